"""Tables as files: CSV and workbooks in which no cell can act as a formula, and Parquet."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import xlsxwriter
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

_ACTING = r"[=+\-@\t\r\n＝＋－＠]"  # full-width signs too: spreadsheets in East Asia take them for the plain ones
_PLAIN_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z"
_NEUTRALISED = rf"(?!{_PLAIN_NUMBER}){_ACTING}"

XLSX_ROWS_MOST = 1_048_575  # below the headings, in one sheet of a workbook
_LETTERS_WIDE, _FIGURES_WIDE = 24, 12  # columns of a sheet, in characters


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
    """One sheet, headings frozen. Row by row and straight to disk, so that a large table needs little memory."""
    texts_only = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    options = {"constant_memory": True, **texts_only}
    with path.open("wb") as file, xlsxwriter.Workbook(file, options) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        for place, name in enumerate(frame.columns):
            numeric = is_numeric_dtype(frame[name])
            sheet.set_column(place, place, _FIGURES_WIDE if numeric else _LETTERS_WIDE)
            sheet.write_string(0, place, name)
        for row, cells in enumerate(frame.itertuples(index=False, name=None), 1):
            for place, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, place, cell)
                elif not pd.isna(cell):
                    sheet.write_number(row, place, cell)


WRITERS: dict[str, Callable[[pd.DataFrame, Path], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
    ".xlsx": _write_xlsx,
}


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write texts and numbers to a CSV, Parquet or xlsx file, by the ending of its name; KeyError for another.

    A file is there whole or not at all; OSError where it cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        WRITERS[path.suffix.lower()](frame, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
