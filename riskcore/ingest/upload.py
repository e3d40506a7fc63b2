"""An upload as rows of text: delimiter, headings, and which lines cannot be rows.

The structure is checked here line by line and never guessed by a reader that mends: a broken quote or a ragged row
sets aside itself alone. Cells become arrow columns batch by batch, so that no Python object is kept per cell.
"""

import csv
import hashlib
import io
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.decoding import clean_name, clean_text, find_encoding, refuse_other_kinds
from riskcore.ingest.headings import CELL_MOST, COLUMNS_MOST, named, titles_above, unit_among

DELIMITERS = (",", ";", "\t", "|")
SHOWN_MOST = 300  # characters kept of a line that is set aside
_AHEAD_MOST = 1_000  # lines that a quoted cell may span
_BATCH_CELLS = 400_000
_SAMPLE = 50  # lines that decide the delimiter
_TITLES_MOST = 10  # lines of title above the headings that are passed over
_TITLE_LONGEST = 2_000  # characters


@dataclass(frozen=True)
class Broken:
    """A line that is no row: its number in the file, the key of the reason, and its beginning."""

    line: int
    reason: str
    slots: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Upload:
    """A file read as rows of text.

    `rows` has an int64 column `line` (where in the file the row begins) and string columns c0 to cN, trimmed, NULL
    where empty. `rows_read` counts `rows` and `broken`; empty lines are no rows.
    """

    name: str
    sha256: str
    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    rows: pa.Table
    broken: tuple[Broken, ...]
    rows_read: int
    sheet: str = ""
    notes: tuple[Phrase, ...] = ()
    unit_line: str = ""


def from_rows(
    rows: Iterable[tuple[int, list[str]]],
    *,
    name: str,
    sha256: str,
    encoding: str,
    delimiter: str,
    sheet: str = "",
    notes: tuple[Phrase, ...] = (),
) -> Upload:
    """The upload that rows of texts make, each with its number in the file; FileRefused where there are none.

    What stands above the headings is found, rows that are wholly empty are no rows, and a row is filled up to the
    width of the headings; one that is wider is set aside.
    """
    filled = ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))
    sample = list(islice(filled, _SAMPLE))
    if not sample:
        raise FileRefused("file_empty")
    width = max(_width(cells) for _, cells in sample)
    sample = [(number, _fitted(cells, width)) for number, cells in sample]
    titles = titles_above([cells for _, cells in sample])
    above = [cells for _, cells in sample[:titles]]
    headings, doubles = named(sample[titles][1])
    table = _Table(width)
    broken: list[Broken] = []
    for number, cells in chain(sample[titles + 1 :], filled):
        row = _fitted(cells, width)
        if len(row) != width:
            slots = {"found": len(row), "expected": width}
            broken.append(Broken(number, "problems.ragged", slots, " ".join(row)[:SHOWN_MOST]))
        elif max(map(len, row)) > CELL_MOST:
            broken.append(Broken(number, "problems.cell_too_long", {"most": CELL_MOST}, " ".join(row)[:SHOWN_MOST]))
        else:
            table.add(number, row)
    kept = table.finish()
    rows_read = kept.num_rows + len(broken)
    if not rows_read:
        raise FileRefused("file_only_headings")
    said = (*notes, *((Phrase("reading.titles", {"n": titles}),) if titles else ()), *doubles)
    return Upload(
        clean_name(name),
        sha256,
        encoding,
        delimiter,
        headings,
        kept,
        tuple(broken),
        rows_read,
        sheet,
        said,
        unit_among(above),
    )


def _width(cells: list[str]) -> int:
    """How many cells a row has up to its last filled one."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)


def _fitted(cells: list[str], width: int) -> list[str]:
    """A row with empty cells added or taken off at its end; what is filled stays."""
    return cells[: max(width, _width(cells))] + [""] * (width - len(cells))


class _Table:
    """Rows of one width that become an arrow table batch by batch."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._schema = pa.schema([("line", pa.int64()), *((f"c{i}", pa.string()) for i in range(width))])
        self._rows_most = max(1, _BATCH_CELLS // width)
        self._batches: list[pa.RecordBatch] = []
        self._numbers: list[int] = []
        self._cells: list[str] = []

    def add(self, number: int, cells: list[str]) -> None:
        """One row more, with the number of its line."""
        self._numbers.append(number)
        self._cells += cells
        if len(self._numbers) == self._rows_most:
            self._close()

    def finish(self) -> pa.Table:
        """The table of all rows that were added."""
        if self._numbers:
            self._close()
        return pa.Table.from_batches(self._batches, self._schema)

    def _close(self) -> None:
        self._batches.append(_batch(self._numbers, self._cells, self._width, self._schema))
        self._numbers, self._cells = [], []


def read(data: bytes, name: str) -> Upload:
    """The rows of a CSV or TSV file; FileRefused where nothing of it can be used."""
    refuse_other_kinds(data)
    encoding, codec = find_encoding(data)
    lines = _Lines(data, codec)
    delimiter = _delimiter(lines)
    headings = _headings(lines, delimiter)
    broken: list[Broken] = []
    rows = _rows(lines, delimiter, len(headings), broken)
    rows_read = rows.num_rows + len(broken)
    if not rows_read:
        raise FileRefused("file_only_headings")
    digest = hashlib.sha256(data).hexdigest()
    return Upload(clean_name(name), digest, encoding, delimiter, headings, rows, tuple(broken), rows_read)


class _Lines:
    """The lines of a text, whichever way they end, with their number; lines can be given back."""

    def __init__(self, data: bytes, codec: str) -> None:
        self._stream = io.TextIOWrapper(io.BytesIO(data), encoding=codec, newline=None)
        self._back: deque[str] = deque()
        self.number = 0

    def take(self) -> str | None:
        """The next line without its end, None after the last."""
        line = self._back.popleft() if self._back else self._stream.readline()
        if not line:
            return None
        self.number += 1
        return line.rstrip("\n")

    def give_back(self, lines: list[str]) -> None:
        """Put lines back, to be taken again in the same order."""
        self._back.extendleft(f"{line}\n" for line in reversed(lines))
        self.number -= len(lines)

    def peek(self, most: int) -> list[str]:
        """The next lines that are not empty, at most `most`, without taking them."""
        taken: list[str] = []
        while len(taken) < 2 * most and (line := self.take()) is not None:
            taken.append(line)
        self.give_back(taken)
        return [line for line in taken if line.strip()][:most]


def _delimiter(lines: _Lines) -> str:
    """The delimiter that cuts most lines of a sample into as many cells as the heading."""
    first = lines.take() or ""
    if said := re.fullmatch(r'"?sep=(.)"?', first.strip(" "), re.IGNORECASE):
        if said[1] in DELIMITERS:
            return said[1]
    else:
        lines.give_back([first])
    sample = lines.peek(_SAMPLE)

    def width(parts: list[str], delimiter: str) -> int:
        return len(_cells(parts, delimiter) or parts[0].split(delimiter))

    def merit(delimiter: str) -> tuple[bool, float, int]:
        titles = _titles(sample, delimiter)
        below = sample[titles:]
        place = _heading_lines(below)
        heading, others = width(below[:place], delimiter), below[place:]
        fitting = (
            sum(width([line], delimiter) == heading for line in others) / len(others) if others else float(not titles)
        )
        # A delimiter that makes sense of all lines comes before one that needs some of them for a title.
        return titles == 0 and fitting * (heading - 1) >= 0.5, fitting * (heading - 1), heading

    return max(DELIMITERS, key=merit) if sample else DELIMITERS[0]


def _heading_lines(sample: list[str]) -> int:
    """How many lines the first record spans: it ends on the first line that leaves no quote open."""
    ends = (n for n in range(1, len(sample)) if "\n".join(sample[:n]).count('"') % 2 == 0)
    return next(ends, 1)


def _titles(sample: list[str], delimiter: str) -> int:
    """How many lines are a title above the headings: one cell each, or cells such as `Date: 31 January`.

    They count as that only where a line of several words follows, which are the headings.
    """
    for place, line in enumerate(sample[: _TITLES_MOST + 1]):
        if len(line) > _TITLE_LONGEST:
            return 0
        below = sample[place:]
        cells = _cells(below[: _heading_lines(below)], delimiter) or line.split(delimiter)
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) < 2 or all(":" in cell or "：" in cell for cell in filled):
            continue
        # A line that is cut short is a title only above many headings; a spreadsheet fills all lines to one width.
        is_padded = all(title.count(delimiter) >= len(cells) - 1 for title in sample[:place])
        are_words = all(any(ch.isalpha() for ch in cell) for cell in filled)
        return place if are_words and (is_padded or len(filled) > 2) else 0
    return 0


def _headings(lines: _Lines, delimiter: str) -> tuple[str, ...]:
    titles = _titles(lines.peek(_SAMPLE), delimiter)
    first = lines.take()
    while first is not None and (titles or not first.strip()):
        titles -= bool(first.strip())
        first = lines.take()
    if first is None:
        raise FileRefused("file_empty")
    # Counted before it is taken apart: a heading of many megabytes is refused, not read.
    if first.count(delimiter) >= COLUMNS_MOST and '"' not in first:
        raise FileRefused("file_columns", columns=first.count(delimiter) + 1, most=COLUMNS_MOST)
    cells = _quoted(lines, first, delimiter, None) if '"' in first else first.split(delimiter)
    if cells is None or max(map(len, cells)) > CELL_MOST:
        raise FileRefused("file_heading_broken", line=lines.number)
    if len(cells) > COLUMNS_MOST:
        raise FileRefused("file_columns", columns=len(cells), most=COLUMNS_MOST)
    named = [clean_text(cell, CELL_MOST) for cell in cells]
    doubles = sorted({name for name in named if name and named.count(name) > 1})
    if doubles:
        shown = ", ".join(name[:60] for name in doubles[:5])
        raise FileRefused("file_headings_twice", headings=shown)
    return tuple(name[:200] or f"#{place}" for place, name in enumerate(named, 1))


def _rows(lines: _Lines, delimiter: str, width: int, broken: list[Broken]) -> pa.Table:
    """The rows that have as many cells as there are headings; the others are added to `broken`."""
    batches: list[pa.RecordBatch] = []
    schema = pa.schema([("line", pa.int64()), *((f"c{i}", pa.string()) for i in range(width))])
    numbers: list[int] = []
    cells_flat: list[str] = []
    rows_in_batch = max(1, _BATCH_CELLS // width)
    blank = " \t" + delimiter
    while (line := lines.take()) is not None:
        if not line.strip(blank):
            continue
        begins = lines.number
        cells = _quoted(lines, line, delimiter, width) if '"' in line else line.split(delimiter)
        if cells is None:
            reason = "cell_too_long" if len(line) > CELL_MOST else "broken_quote"
        elif len(line) > CELL_MOST and max(map(len, cells)) > CELL_MOST:
            reason = "cell_too_long"
        elif len(cells) != width:
            reason = "ragged"
        else:
            numbers.append(begins)
            cells_flat += cells
            if len(numbers) == rows_in_batch:
                batches.append(_batch(numbers, cells_flat, width, schema))
                numbers, cells_flat = [], []
            continue
        slots = {
            "cell_too_long": {"most": CELL_MOST},
            "broken_quote": {},
            "ragged": {"found": len(cells or ()), "expected": width},
        }
        broken.append(Broken(begins, f"problems.{reason}", slots[reason], line[:SHOWN_MOST]))
    if numbers:
        batches.append(_batch(numbers, cells_flat, width, schema))
    return pa.Table.from_batches(batches, schema)


def _batch(numbers: list[int], cells: list[str], width: int, schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array(numbers, pa.int64())]
    for place in range(width):
        trimmed = pc.utf8_trim_whitespace(pa.array(cells[place::width], pa.string()))
        if pc.any(pc.starts_with(trimmed, '="')).as_py():
            # A formula that is a text, as exports write ids so that a spreadsheet keeps their zeros.
            trimmed = pc.replace_substring_regex(trimmed, '^="([^"]*)"$', r"\1")
        columns.append(pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _quoted(lines: _Lines, line: str, delimiter: str, width: int | None) -> list[str] | None:
    """The cells of a row that holds quotes, over several lines where a cell holds line breaks; None: broken."""
    cells = _cells([line], delimiter)
    if cells is not None or line.count('"') % 2 == 0:
        return cells
    parts, size, is_open = [line], len(line), True
    while is_open and len(parts) < _AHEAD_MOST and size <= 2 * CELL_MOST and (more := lines.take()) is not None:
        parts.append(more)
        size += len(more)
        is_open ^= more.count('"') % 2 == 1
    cells = None if is_open else _cells(parts, delimiter)
    if cells is not None and (width is None or (len(cells) == width and not _swallowed(parts, delimiter, width))):
        return cells
    lines.give_back(parts[1:])
    return None


def _swallowed(parts: list[str], delimiter: str, width: int) -> bool:
    """Whether each line would be a row by itself: a quote left open has then run over its neighbours."""
    return width > 2 and all(part.count(delimiter) == width - 1 for part in parts)


def _cells(parts: list[str], delimiter: str) -> list[str] | None:
    """The cells of one record that stands on these lines; None where its quotes do not match."""
    try:
        records = list(csv.reader([f"{part}\n" for part in parts], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None
