"""The lines of a text, and the cells of the record that begins on one of them.

Nothing is mended on a guess: a record is read as the standard has it, and only where that does not fit the width of
the table is a quote that nobody doubled taken for a letter, and only where the cells then are as many as expected.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from riskcore.ingest.headings import CELL_MOST

_AHEAD_MOST = 1_000  # lines that a quoted cell may span


@dataclass(frozen=True)
class Dialect:
    """How cells are set apart and held together."""

    delimiter: str
    quote: str = '"'


class Lines:
    """Lines with their number, to be taken one after another; some can be given back."""

    def __init__(self, lines: Iterator[str], before: int = 0) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self.number = before

    def take(self) -> str | None:
        """The next line without its end, None after the last."""
        line = self._back.popleft() if self._back else next(self._lines, None)
        if line is None:
            return None
        self.number += 1
        return line.rstrip("\n")

    def give_back(self, lines: list[str]) -> None:
        """Put lines back, to be taken again in the same order."""
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)

    def peek(self, most: int, characters: int) -> list[str]:
        """The next lines without taking them: at most `most`, and no more once so many characters are reached."""
        taken: list[str] = []
        while len(taken) < most and characters > 0 and (line := self.take()) is not None:
            taken.append(line)
            characters -= len(line)
        self.give_back(taken)
        return taken


def quoted(lines: Lines, line: str, dialect: Dialect, width: int | None) -> tuple[list[str] | None, bool]:
    """The cells of the record that begins with this line, which holds quotes; None where they do not match.

    A cell that holds line breaks takes more lines. The second value says that a quote was taken for a letter, which
    is done only where the cells then are `width`; cells of another number are returned as the standard has them.
    """
    cells = _standard([line], dialect, width)
    if cells is None and line.count(dialect.quote) % 2:
        cells = _over_lines(lines, line, dialect, width)
    if width is None or (cells is not None and len(cells) == width) or len(line) > 2 * CELL_MOST:
        return cells, False
    letters = lenient(line, dialect)
    return (letters, True) if letters is not None and len(letters) == width else (cells, False)


def _over_lines(lines: Lines, line: str, dialect: Dialect, width: int | None) -> list[str] | None:
    parts, size, is_open = [line], len(line), True
    while is_open and len(parts) < _AHEAD_MOST and size <= 2 * CELL_MOST and (more := lines.take()) is not None:
        parts.append(more)
        size += len(more)
        is_open ^= more.count(dialect.quote) % 2 == 1
    cells = None if is_open else _standard(parts, dialect, width)
    if cells is not None and (width is None or (len(cells) == width and not _swallowed(parts, dialect, width))):
        return cells
    lines.give_back(parts[1:])
    return None


def _swallowed(parts: list[str], dialect: Dialect, width: int) -> bool:
    """Whether each line would be a row by itself: a quote left open has then run over its neighbours."""
    return width > 2 and all(part.count(dialect.delimiter) == width - 1 for part in parts)


def _standard(parts: list[str], dialect: Dialect, width: int | None) -> list[str] | None:
    """The cells of one record on these lines, a blank before a quote passed over unless that does not fit."""
    cells = _cells(parts, dialect, skips=True)
    if cells is not None and (width is None or len(cells) == width):
        return cells
    others = _cells(parts, dialect, skips=False)
    return others if cells is None or (others is not None and len(others) == width) else cells


def _cells(parts: list[str], dialect: Dialect, skips: bool) -> list[str] | None:
    texts = [f"{part}\n" for part in parts]
    try:
        records = list(
            csv.reader(texts, delimiter=dialect.delimiter, quotechar=dialect.quote, skipinitialspace=skips, strict=True)
        )
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def lenient(line: str, dialect: Dialect) -> list[str] | None:
    """The cells where a quote closes only before a delimiter or the end; None where one is left open."""
    cells: list[str] = []
    place = 0
    while (found := _cell(dialect).match(line, place)) is not None:
        inner, bare = found.groups()
        if inner is None and bare.lstrip(" ").startswith(dialect.quote):
            return None
        cells.append(bare if inner is None else _unescaped(inner, dialect.quote))
        if found.end() == len(line):
            return cells
        place = found.end() + 1
    return None


def _unescaped(text: str, quote: str) -> str:
    return text.replace(f"\\{quote}", quote).replace(2 * quote, quote)


@cache
def _cell(dialect: Dialect) -> re.Pattern[str]:
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    return re.compile(rf" *{quote}(.*?)(?<!\\){quote} *(?={delimiter}|$)|([^{delimiter}]*)")
