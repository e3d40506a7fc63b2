"""Where the database's rows stand in the file, and the text of those that are wanted or could not be read."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from riskcore.ingest.bulk.watch import Watch

_TELL = 1 << 18  # lines between two signs of life


class NotPlain(Exception):
    """The database and this program do not see the same rows in a file."""


@dataclass(frozen=True)
class Walked:
    """The records asked for, each with the number of its first line, and how line numbers follow from row numbers.

    From row `starts[i]` on, the line is the row plus `extra[i]`.
    """

    records: tuple[tuple[int, str], ...]
    starts: tuple[int, ...]
    extra: tuple[int, ...]

    def row(self, line: int) -> int:
        """The row, counted from 0, that begins on a line."""
        firsts = [start + extra for start, extra in zip(self.starts, self.extra, strict=True)]
        return line - self.extra[max(0, bisect_right(firsts, line) - 1)]

    def line_sql(self, row: str) -> str:
        """SQL of the line that a row begins on."""
        return _bisected(row, self.starts, self.extra)


def _bisected(row: str, starts: Sequence[int], extra: Sequence[int]) -> str:
    if len(starts) == 1:
        return f"{row} + {extra[0]}"
    half = len(starts) // 2
    before, after = _bisected(row, starts[:half], extra[:half]), _bisected(row, starts[half:], extra[half:])
    return f"case when {row} < {starts[half]} then {before} else {after} end"


def walk(
    path: Path,
    above: int,
    quote: str,
    delimiter: str,
    rows: int,
    unread: Mapping[int, int],
    wanted: Sequence[int],
    watch: Watch,
) -> Walked:
    """Go through the lines of a file as the database did; NotPlain where it must have seen other rows.

    `above`: lines above the first row. `rows`: how many rows it read. `unread`: where records begin that it could not
    read, in bytes, and how many lines each has. `wanted`: rows whose text is asked for, in order.
    """
    mark, begins = quote.encode(), (quote.encode(), delimiter.encode() + quote.encode())
    found: list[tuple[int, str]] = []
    starts, extra = [0], [above + 1]
    waiting = iter([*wanted, -1])
    next_wanted = next(waiting)
    row, passed = 0, 0
    with path.open("rb") as file:
        lines = enumerate(file, 1)
        place = sum(len(line) for _, line in islice(lines, above))
        for number, line in lines:
            if number % _TELL == 0:
                watch.tick(row / max(1, rows))
            at, place, text = place, place + len(line), line
            if at in unread:
                for _, more in islice(lines, unread[at] - 1):
                    text, place = text + more, place + len(more)
                passed += 1
                found.append((number, text.decode("utf-8")))
                continue
            if len(line) < 3 and not line.strip(b"\r\n"):
                continue
            if mark in line and line.count(mark) % 2 and (line.startswith(begins[0]) or begins[1] in line):
                for _, more in lines:
                    text, place = text + more, place + len(more)
                    if more.count(mark) % 2:
                        break
            if number - row != extra[-1]:
                starts.append(row)
                extra.append(number - row)
            if row == next_wanted:
                found.append((number, text.decode("utf-8")))
                next_wanted = next(waiting)
            row += 1
    if row != rows or passed != len(unread) or next_wanted != -1:
        raise NotPlain
    return Walked(tuple(found), tuple(starts), tuple(extra))


def physical(records: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines of records, each with its number."""
    for number, text in records:
        for offset, line in enumerate(text.replace("\r\n", "\n").removesuffix("\n").split("\n")):
            yield number + offset, line
