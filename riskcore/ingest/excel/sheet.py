"""One sheet read as a stream: its rows as texts, its merged ranges, and what is hidden in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .formats import iso, plain, reader
from .package import LOCAL, Attributes, Book, Gathered, Package, Sheet, Unreadable, parse, unescaped

ROWS_MOST = 1_048_576
CELLS_MOST = 30_000_000
MERGES_MOST = 200_000
_COLUMN_LAST = 16_384
_LETTERS = re.compile("[A-Za-z]{1,3}")
_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})")


@dataclass
class Found:
    """What a sheet holds beside its rows; columns are counted from 1.

    `columns` are those that hold anything, in the order in which they were met, which is that of the cells in the
    rows; `merges` are ranges as first row, first column, last row, last column. `hidden_rows` and `hidden_columns`
    count what holds cells, `unvalued` the formulas without a stored value.
    """

    rows: int = 0
    columns: list[int] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: int = 0
    unvalued: int = 0


def read_sheet(
    package: Package,
    book: Book,
    sheet: Sheet,
    emit: Callable[[int, list[str]], None],
    columns_most: int,
    cell_most: int,
) -> Found:
    """Give each row that holds anything to `emit`, its number and its texts; Unreadable past a limit."""
    reading = _Reading(book, emit, columns_most, cell_most)
    parse(package.chunks(sheet.part), reading.start, reading.end, reading.text)
    return reading.finish()


class _Reading:
    """The state between two elements of a sheet."""

    def __init__(self, book: Book, emit: Callable[[int, list[str]], None], columns_most: int, cell_most: int) -> None:
        self._strings = book.strings
        self._readers = {
            str(style): reader(number, code, book.is_1904) for style, (number, code) in enumerate(book.formats)
        }
        self._emit = emit
        self._columns_most, self._cell_most = columns_most, cell_most
        self._found = Found()
        self._places: dict[int, int] = {}  # a column's number and its place in the rows
        self._numbers: dict[str, int] = {}  # a column's letters and its number
        self._hidden: list[tuple[int, int]] = []
        self._cells = 0
        self._line = self._column = 0
        self._ref: str | None = None  # of the cell, where it names its place
        self._row: dict[int, str] = {}
        self._is_row_hidden = False
        self._kind, self._style = "n", ""
        self._has_formula = self._is_value = self._is_inline = False
        self._parts: list[str] = []
        self._inline = Gathered(cell_most)

    def start(self, element: str, attributes: Attributes) -> None:
        local = LOCAL[element]
        if local == "v":
            self._is_value = True
        elif local == "c":
            # Most cells of a large sheet may be empty: what a reference names is found out for the others only.
            ref = attributes.get("r")
            if ref is None:
                self._column = self._at() + 1
            self._ref = ref
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        elif local == "row":
            self._line = _whole(attributes["r"]) if "r" in attributes else self._line + 1
            if not 0 < self._line <= ROWS_MOST:
                raise Unreadable("workbook_damaged")
            self._is_row_hidden = attributes.get("hidden") in {"1", "true"}
            self._ref, self._column = None, 0
        elif local == "f":
            self._has_formula = True
        elif local == "is":
            self._is_inline = True
        elif self._is_inline:
            self._inline.start(local)
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif local == "col" and attributes.get("hidden") in {"1", "true"}:
            self._hidden.append((_whole(attributes.get("min", "0")), _whole(attributes.get("max", "0"))))

    def text(self, text: str) -> None:
        if self._is_value:
            self._parts.append(text)
        elif self._is_inline:
            self._inline.add(text)

    def end(self, element: str) -> None:
        local = LOCAL[element]
        if local == "v":
            self._is_value = False
        elif local == "c":
            if self._parts or self._has_formula or self._kind == "inlineStr":
                text = self._said()
                if text and not text.isspace():
                    self._row[self._place(self._at())] = text
                self._parts = []
                self._has_formula = False
        elif local == "row":
            if self._row:
                self._end_row()
        elif local == "is":
            self._is_inline = False
        elif self._is_inline:
            self._inline.end(local)

    def finish(self) -> Found:
        """What was found, after the last element."""
        hidden = [column for column in self._places if any(low <= column <= high for low, high in self._hidden)]
        self._found.columns = list(self._places)
        self._found.hidden_columns = len(hidden)
        return self._found

    def _said(self) -> str:
        """The text of the cell that ends."""
        if self._kind == "inlineStr":
            text = self._inline.text()
            self._inline.clear()
            return text
        raw = "".join(self._parts)
        if self._kind == "str":
            return unescaped(raw[: self._cell_most + 1])
        raw = raw.strip()
        if not raw:
            self._found.unvalued += self._has_formula
            return ""
        if self._kind == "s":
            place = _whole(raw)
            if place >= len(self._strings):
                raise Unreadable("workbook_damaged")
            return self._strings[place]
        if self._kind == "n":
            return self._readers.get(self._style, plain)(raw)
        if self._kind == "b":
            return "FALSE" if raw in {"0", "false"} else "TRUE"
        return iso(raw) if self._kind == "d" else raw

    def _at(self) -> int:
        """The column of the cell, which without a reference is the next one."""
        return self._column if self._ref is None else self._number(self._ref)

    def _place(self, column: int) -> int:
        """Where in the rows a column stands; the first cell of a column gives it its place."""
        place = self._places.get(column)
        if place is None:
            place = self._places[column] = len(self._places)
            if place >= self._columns_most:
                raise Unreadable("sheet_columns", most=self._columns_most)
        return place

    def _end_row(self) -> None:
        self._found.rows += 1
        self._found.hidden_rows += self._is_row_hidden
        self._cells += len(self._row)
        if self._cells > CELLS_MOST:
            raise Unreadable("sheet_cells", most=CELLS_MOST)
        row = [""] * (max(self._row) + 1)
        for place, text in self._row.items():
            row[place] = text
        self._emit(self._line, row)
        self._row.clear()

    def _merge(self, ref: str) -> None:
        if found := _RANGE.fullmatch(ref):
            first, top, last, bottom = found.groups()
            self._found.merges.append((int(top), self._number(first), int(bottom), self._number(last)))
            if len(self._found.merges) > MERGES_MOST:
                raise Unreadable("sheet_merges", most=MERGES_MOST)

    def _number(self, ref: str) -> int:
        """The column that a reference such as AB12 names."""
        letters = ref.rstrip("0123456789")
        number = self._numbers.get(letters)
        if number is None:
            if not _LETTERS.fullmatch(letters):
                raise Unreadable("workbook_damaged")
            number = 0
            for letter in letters.upper():
                number = number * 26 + ord(letter) - 64
            if number > _COLUMN_LAST:
                raise Unreadable("workbook_damaged")
            self._numbers[letters] = number
        return number


def _whole(text: str) -> int:
    """A number that a sound sheet writes in digits; Unreadable otherwise."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unreadable("workbook_damaged")
    return int(text)
