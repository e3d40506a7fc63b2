"""Tables for spreadsheet programs: CSV bytes in which no cell can act as a formula."""

import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

_ACTING = r"[=+\-@\t\r\n＝＋－＠]"  # full-width signs too: spreadsheets in East Asia take them for the plain ones
_PLAIN_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z"
_NEUTRALISED = rf"(?!{_PLAIN_NUMBER}){_ACTING}"


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
