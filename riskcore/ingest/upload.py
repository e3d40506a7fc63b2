"""An upload as rows of text: what is a row, what is passed over, and which lines cannot be rows.

The structure is checked here line by line and never guessed by a reader that mends: a broken quote or a ragged row
sets aside itself alone. Cells become arrow columns batch by batch, so that no Python object is kept per cell.
"""

import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.decoding import clean_name, clean_text, find_encoding, refuse_other_kinds
from riskcore.ingest.headings import CELL_MOST, HEADING_MOST, are_words, named, unit_among
from riskcore.ingest.layout import Layout, Record, find_dialect, find_layout, is_ruler
from riskcore.ingest.lines import Dialect, Lines, quoted

SHOWN_MOST = 300  # characters kept of a line that is set aside
_BATCH_CELLS = 400_000
_SAMPLE = 50  # rows of a sheet that say how it lies
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Broken:
    """A line that is no row: its number in the file, the key of the reason, and its beginning."""

    line: int
    reason: str
    slots: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Upload:
    """A file, or one sheet of a workbook, read as rows of text.

    `rows` has an int64 column `line` (where in the file the row begins) and string columns c0 to cN, trimmed, NULL
    where empty. `rows_read` counts `rows` and `broken`; empty lines are no rows. `notes` say what was passed over or
    mended; `titles` are the lines above the headings, their cells two blanks apart, and `unit_line` is what they say of
    the unit of the amounts.
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
    titles: tuple[str, ...] = ()


def read(data: bytes, name: str) -> Upload:
    """The rows of a text file; FileRefused where nothing of it can be used."""
    refuse_other_kinds(data)
    encoding, codec = find_encoding(data)
    lines = Lines(io.TextIOWrapper(io.BytesIO(data), encoding=codec, newline=None))
    dialect, sample = find_dialect(lines)
    layout = find_layout(dialect, sample)
    table = _Table(layout)
    while lines.number < layout.ends and (line := lines.take()) is not None:
        table.counts["rulers"] += bool(line) and is_ruler(line)
    table.fill(_rows(lines, dialect, layout, table))
    digest = hashlib.sha256(data).hexdigest()
    return table.upload(name=clean_name(name), sha256=digest, encoding=encoding, delimiter=dialect.delimiter)


def from_rows(
    rows: Iterable[tuple[int, list[str]]],
    *,
    name: str,
    sha256: str,
    encoding: str,
    delimiter: str,
    sheet: str = "",
    notes: tuple[Phrase, ...] = (),
    width: int = 0,
) -> Upload:
    """The upload that rows of texts make, each with its number in the file; FileRefused where there are none.

    What stands above the headings is found, rows that are wholly empty are no rows, and a row is filled up to the
    width of the sheet, which is that of its first rows or `width`; one that is wider is set aside.
    """
    filled = ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))
    sample = list(islice(filled, _SAMPLE))
    width = max([width, *(_width(cells) for _, cells in sample)])
    records = [Record(number, number, _fitted(cells, width), " ".join(cells)) for number, cells in sample]
    layout = find_layout(Dialect(delimiter), records)
    table = _Table(layout)
    below = chain(((r.begins, r.cells or []) for r in records if r.begins > layout.ends), filled)
    table.fill(_sheet_rows(below, width, table))
    return table.upload(
        name=clean_name(name), sha256=sha256, encoding=encoding, delimiter=delimiter, sheet=sheet, notes=notes
    )


def _sheet_rows(rows: Iterable[tuple[int, list[str]]], width: int, table: "_Table") -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        row = _fitted(cells, width)
        if len(row) != width:
            table.set_aside(number, "ragged", " ".join(row), found=len(row), expected=width)
        elif max(map(len, row)) > CELL_MOST:
            table.set_aside(number, "cell_too_long", " ".join(row), most=CELL_MOST)
        else:
            yield number, row


def _width(cells: list[str]) -> int:
    """How many cells a row has up to its last filled one."""
    return next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)


def _fitted(cells: list[str], width: int) -> list[str]:
    """A row with empty cells added or taken off at its end; what is filled stays."""
    return cells[: max(width, _width(cells))] + [""] * (width - len(cells))


def _rows(lines: Lines, dialect: Dialect, layout: Layout, table: "_Table") -> Iterator[tuple[int, list[str]]]:
    """The rows that have as many cells as there are headings; the others are set aside in the table."""
    delimiter, quote, width = dialect.delimiter, dialect.quote, len(layout.headings)
    titles = {_page_title(title) for title in layout.titles}
    blank = " \t" + delimiter
    while (line := lines.take()) is not None:
        if not line.strip(blank):
            continue
        begins = lines.number
        if is_ruler(line):
            table.counts["rulers"] += 1
            continue
        if quote in line:
            cells, is_mended = quoted(lines, line, dialect, width)
            table.counts["quotes"] += is_mended
        else:
            cells = line.split(delimiter)
        if cells is None and len(line) <= CELL_MOST:
            table.set_aside(begins, "broken_quote", line)
        elif cells is None or (len(line) > CELL_MOST and max(map(len, cells)) > CELL_MOST):
            table.set_aside(begins, "cell_too_long", line, most=CELL_MOST)
        elif len(cells) == width:
            yield begins, cells
        elif titles and _page_title(cells) in titles:
            table.counts["titles_again"] += 1
        else:
            table.set_aside(begins, "ragged", line, found=len(cells), expected=width)


def _title(cells: Sequence[str]) -> str:
    return "  ".join(clean_text(cell, HEADING_MOST) for cell in cells if cell.strip())


def _page_title(cells: list[str]) -> str:
    """A title without its numbers: a list that is printed page by page repeats it with another page or time."""
    return _NUMBER.sub("0", " ".join(" ".join(cells).split()))


class _Table:
    """Rows of one width that become an arrow table batch by batch, and what is said of the lines beside them."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._width = len(layout.headings)
        named(layout.headings)  # refuses too many before any row is read
        self._schema = pa.schema([("line", pa.int64()), *((f"c{i}", pa.string()) for i in range(self._width))])
        self._batches: list[pa.RecordBatch] = []
        self._broken: list[Broken] = []
        self.counts = Counter[str]()

    def set_aside(self, line: int, reason: str, text: str, **slots: int) -> None:
        """Keep a line that is no row, with the reason."""
        self._broken.append(Broken(line, f"problems.{reason}", slots, text[:SHOWN_MOST]))

    def fill(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        """Add rows with the number of their line; the headings repeated among them are passed over."""
        headings = self._layout.headings if any(are_words([cell]) for cell in self._layout.headings) else None
        numbers: list[int] = []
        cells_flat: list[str] = []
        rows_most = max(1, _BATCH_CELLS // self._width)
        for number, cells in rows:
            if cells == headings:
                self.counts["headings_again"] += 1
                continue
            numbers.append(number)
            cells_flat += cells
            if len(numbers) == rows_most:
                self._batches.append(_batch(numbers, cells_flat, self._width, self._schema))
                numbers, cells_flat = [], []
        if numbers:
            self._batches.append(_batch(numbers, cells_flat, self._width, self._schema))

    def upload(self, *, notes: tuple[Phrase, ...] = (), **about: Any) -> Upload:
        """All that was read, without empty columns at either side; FileRefused where there is no row."""
        rows = pa.Table.from_batches(self._batches, self._schema)
        if not rows.num_rows + len(self._broken):
            raise FileRefused("file_only_headings")
        first, last = self._edges(rows)
        kept = rows.select([0, *range(first + 1, last + 1)]).rename_columns(
            ["line", *(f"c{i}" for i in range(last - first))]
        )
        headings, doubles = named(self._layout.headings[first:last])
        titles, unit = self._layout.titles, unit_among(self._layout.titles)
        said = [
            *notes,
            *([Phrase("reading.titles", {"n": len(titles)})] if titles else []),
            *([Phrase("reading.unit", {"text": unit})] if unit else []),
            *self._layout.notes,
            *doubles,
            *(Phrase(_COUNTED[what], {"n": n}) for what, n in sorted(self.counts.items()) if n),
        ]
        read_rows = rows.num_rows + len(self._broken)
        return Upload(
            headings=headings,
            rows=kept,
            broken=tuple(self._broken),
            rows_read=read_rows,
            notes=tuple(said),
            unit_line=unit,
            titles=tuple(_title(title) for title in titles),
            **about,
        )

    def _edges(self, rows: pa.Table) -> tuple[int, int]:
        """The first column and the one after the last that have a heading or a value: frames and ends are neither."""
        used = [
            place
            for place, heading in enumerate(self._layout.headings)
            if heading.strip() or rows.column(place + 1).null_count < rows.num_rows
        ]
        return (used[0], used[-1] + 1) if used else (0, self._width)


_COUNTED = {
    "headings_again": "reading.headings_again",
    "quotes": "reading.quotes",
    "rulers": "reading.rulers",
    "titles_again": "reading.titles_again",
}


def _batch(numbers: list[int], cells: list[str], width: int, schema: pa.Schema) -> pa.RecordBatch:
    columns = [pa.array(numbers, pa.int64())]
    for place in range(width):
        trimmed = pc.utf8_trim_whitespace(pa.array(cells[place::width], pa.string()))
        if pc.any(pc.starts_with(trimmed, '="')).as_py():
            # A formula that is a text, as exports write ids so that a spreadsheet keeps their zeros.
            trimmed = pc.replace_substring_regex(trimmed, '^="([^"]*)"$', r"\1")
        columns.append(pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
