"""Where a value comes from, in words: a file with its sheet and line, a person, or the policy's own tables."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts.format import day, value_of
from riskcore.explanation import BY_HAND, Explained, Line, Place
from riskcore.text import Words


def of_line(t: Words, line: Line, version: int) -> str:
    """The source of a characteristic in brief; empty where nothing was supplied."""
    if line.is_expired:
        return t("customer.expired_short")
    if line.is_missing or line.is_refused:
        return ""
    if line.place is None:
        return t("customer.from_policy", version=version)
    said = line.remark.source if line.remark and line.remark.import_id == line.place.import_id else ""
    return said or file_of(t, line.place)


def file_of(t: Words, place: Place) -> str:
    """The file and sheet, or who entered it."""
    if place.kind == BY_HAND:
        return t("customer.by_hand", by=place.taken_by) if place.taken_by else t("customer.typed")
    return in_file(place.file_name, place.sheet)


def in_file(file_name: str, sheet: str) -> str:
    """A file and its sheet."""
    return f"{file_name} / {sheet}" if sheet else file_name


def value_with_mark(t: Words, line: Line) -> str:
    """A characteristic's value, and whether somebody disputes it."""
    if line.is_missing:
        return t("customer.not_supplied")
    if line.is_refused:
        return t("customer.refused_short")
    value = value_of(t, line.characteristic, line.value)
    return t("customer.disputed", value=value) if line.remark and line.remark.disputed else value


def table(t: Words, customer: Explained, version: int) -> None:
    """Every value with its date, file, sheet and line, and what was remarked of it; it opens on demand."""
    with st.popover(t("customer.sources"), icon=":material/description:", width="content"):
        rows = [_row(t, line, version) for line in customer.lines if not line.is_missing]
        st.dataframe(
            pd.DataFrame(rows, columns=["name", "value", "day", "source", "line", "lines"]),
            hide_index=True,
            row_height=32,
            width=656,
            height=32 * (min(len(rows), 12) + 1) + 4,
            column_config=_columns(t),
        )


def _row(t: Words, line: Line, version: int) -> tuple[Any, ...]:
    place = line.place
    in_brief = of_line(t, line, version)
    told = dict.fromkeys((in_brief, file_of(t, place)) if place else (in_brief,))
    in_lines = place if place and place.kind != BY_HAND else None
    return (
        t.of(line.characteristic.name),
        value_with_mark(t, line),
        None if line.known_on is None else day(t, line.known_on),
        t("imports.between_notes").join(filter(None, told)),
        in_lines.line if in_lines else None,
        in_lines.lines if in_lines else None,
    )


def _columns(t: Words) -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn(t("customer.characteristic"), width=170),
        "value": column.TextColumn(t("customer.col_value"), width=100),
        "day": column.TextColumn(t("customer.col_date"), width=90),
        "source": column.TextColumn(t("customer.col_source"), width=180),
        "line": column.NumberColumn(t("customer.line"), width=56),
        "lines": column.NumberColumn(t("customer.lines"), width=56),
    }
