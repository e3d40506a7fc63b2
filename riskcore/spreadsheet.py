"""Tables as files: CSV and workbooks in which no cell can act as a formula, and Parquet."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from unicodedata import east_asian_width

import pandas as pd
import xlsxwriter
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

_ACTING = r"[=+\-@\t\r\n＝＋－＠]"  # full-width signs too: spreadsheets in East Asia take them for the plain ones
_PLAIN_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z"
_NEUTRALISED = rf"(?!{_PLAIN_NUMBER}){_ACTING}"

XLSX_ROWS_MOST = 1_048_575  # below the headings, in one sheet of a workbook
_NARROWEST, _WIDEST, _ROWS_LOOKED_AT = 8, 40, 200  # columns of a sheet, in letters
_LARGE = 1000
_AMOUNT, _DAY, _MOMENT = _SHAPES = ("#,##0", "yyyy-mm-dd", "yyyy-mm-dd hh:mm")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV: UTF-8 with BOM, commas, a heading line, no index; empty cells for missing values.

    A text cell or heading that starts like a formula gets a leading apostrophe, unless it is a plain number.
    """
    safe = frame.apply(_neutralised, axis=0) if len(frame) else frame.copy()
    safe.columns = _neutralised(pd.Series([str(name) for name in frame.columns], dtype="str")).tolist()
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _neutralised(cells: pd.Series) -> pd.Series:
    if is_numeric_dtype(cells) or is_bool_dtype(cells) or is_datetime64_any_dtype(cells):
        return cells
    acting = cells.str.match(_NEUTRALISED).fillna(False).astype(bool)
    return cells.where(~acting, "'" + cells.where(acting).astype("str")) if acting.any() else cells


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    path.write_bytes(csv_bytes(frame))


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False)


def _write_xlsx(frame: pd.DataFrame, path: Path) -> None:
    with path.open("wb") as file:
        _fill({"": frame}, file)


def xlsx_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as a workbook: headings frozen, numbers and dates as such, texts never as formulas or links."""
    return workbook_bytes({"": frame})


def workbook_bytes(sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Several frames as one workbook, each a sheet under its name of at most 31 letters, made as by `xlsx_bytes`."""
    file = io.BytesIO()
    _fill(sheets, file)
    return file.getvalue()


def _fill(sheets: Mapping[str, pd.DataFrame], file: IO[bytes]) -> None:
    """As many sheets as the rows need. Row by row and straight to disk, so that a large table needs little memory."""
    texts_only = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, {"constant_memory": True, **texts_only}) as workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        shapes = {shape: workbook.add_format({"num_format": shape}) for shape in _SHAPES}
        for name, frame in sheets.items():
            formats = [shapes.get(_shape(frame.iloc[:, place])) for place in range(frame.shape[1])]
            for first in range(0, max(len(frame), 1), XLSX_ROWS_MOST):
                part = frame.iloc[first : first + XLSX_ROWS_MOST]
                sheet = workbook.add_worksheet(name if name and not first else None)
                _fill_sheet(sheet, part, bold, formats)


def _fill_sheet(sheet: Any, part: pd.DataFrame, bold: Any, formats: Sequence[Any]) -> None:
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(part.columns):
        sheet.set_column(place, place, _width(str(name), part.iloc[:, place]))
        sheet.write_string(0, place, str(name), bold)
    for row, cells in enumerate(part.itertuples(index=False, name=None), 1):
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                sheet.write_string(row, place, cell)
            elif isinstance(cell, datetime) and not pd.isna(cell):
                sheet.write_datetime(row, place, cell, formats[place])
            elif not pd.isna(cell):
                sheet.write_number(row, place, cell, formats[place])


def _shape(cells: pd.Series) -> str:
    """How a column's numbers or dates are shown: large numbers with their thousands apart, small ones as they are."""
    if is_datetime64_any_dtype(cells):
        return _DAY if (cells.dropna() == cells.dropna().dt.normalize()).all() else _MOMENT
    large = is_numeric_dtype(cells) and not is_bool_dtype(cells) and bool((cells.abs() >= _LARGE).any())
    return _AMOUNT if large else ""


def _width(heading: str, cells: pd.Series) -> float:
    """Wide enough for most of what the column's first rows hold; letters of East Asia take twice the room."""
    first = cells.head(_ROWS_LOOKED_AT).dropna()
    texts = [f"{cell:,.0f}" if isinstance(cell, float) else str(cell)[:_WIDEST] for cell in first]
    widest = max(map(_room, texts), default=0)
    return min(max(widest, _room(heading) / 2, _NARROWEST) + 2, _WIDEST)


def _room(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".xlsx": _write_xlsx,
}


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write what shall stand at `path`: it is there whole or, whatever goes wrong, not at all."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write texts and numbers to a CSV, Parquet or xlsx file, by the ending of its name; KeyError for another.

    A file is there whole or not at all; OSError where it cannot be written.
    """
    with whole(path) as partial:
        WRITERS[path.suffix.lower()](frame, partial)
