"""The imports of the user's own book: all of them, one in detail, and the way to undo one."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import controls, data, person
from pages.parts.format import count, day, plain
from pages.parts.importing.columns import field_name
from riskcore import book, portfolio, schema, signing
from riskcore.errors import RiskError
from riskcore.text import Words, keys

PER_PAGE = 10
_KEYS = frozenset(keys())
_ROUND = "history_round"  # counts what was undone, so that the next drawing starts with no row chosen


def show(t: Words) -> None:
    """The history, newest first, page by page, and below it the import that was clicked."""
    past = portfolio.imports(data.own())
    if past.empty:
        return
    with st.container(gap=None):
        st.subheader(t("imports.history"), anchor=False)
        st.caption(t("imports.history_note"))
    place = st.empty()
    page = controls.pages_of(len(past), key="history_page", per_page=PER_PAGE)
    part = past.iloc[(page - 1) * PER_PAGE : page * PER_PAGE]
    turn = st.session_state.setdefault(_ROUND, 0)
    row = controls.clicked_row(_shown(t, part), _layout(t), f"history_{page}_{len(past)}_{turn}", place)
    if row is not None:
        _detail(t, part.iloc[row])


def _shown(t: Words, part: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "file": [name_of(t, row) for row in part.to_dict("records")],
            "kind": [kind_name(t, kind) for kind in part["kind"]],
            "as_of": part["as_of"],
            "taken": part["rows_taken"],
            "aside": part["rows_set_aside"],
            "by": part["taken_by"],
            "when": [_when(moment) for moment in part["created_at"]],
            "state": [_state(t, row) for row in part.to_dict("records")],
        }
    )


def _layout(t: Words) -> dict[str, Any]:
    column = st.column_config
    return {
        "file": column.TextColumn(t("imports.file"), width="medium"),
        "kind": column.TextColumn(t("imports.kind"), width=150),
        "as_of": column.DateColumn(t("imports.as_of"), format="YYYY-MM-DD", width=100),
        "taken": column.NumberColumn(t("imports.rows_taken"), format="localized", width=90),
        "aside": column.NumberColumn(t("imports.rows_set_aside"), format="localized", width=90),
        "by": column.TextColumn(t("imports.taken_by"), width=120),
        "when": column.TextColumn(t("imports.taken_at"), width=140),
        "state": column.TextColumn(t("imports.state"), width="medium"),
    }


def name_of(t: Words, row: dict[str, Any]) -> str:
    """What an import is called: its file and sheet, or that it was entered by hand."""
    key = f"imports.made_{row['kind']}"
    if key in _KEYS:
        return t(key)
    return f"{row['file_name']} / {row['sheet']}" if row["sheet"] else str(row["file_name"])


def kind_name(t: Words, kind: str) -> str:
    """What a kind of file is called."""
    key = f"kinds.{kind}"
    return t(key) if key in _KEYS else kind


def _state(t: Words, row: dict[str, Any]) -> str:
    if pd.isna(row["undone_at"]):
        return t("imports.counts")
    return t("imports.undone", by=row["undone_by"], when=_when(row["undone_at"]))


def _when(moment: pd.Timestamp) -> str:
    """A kept moment in this machine's own time, to the minute."""
    return signing.said(moment.to_pydatetime()).split(" (")[0]


def _detail(t: Words, row: pd.Series) -> None:
    """What one import was: its rows, its columns, its answers; and undoing it."""
    about = row.to_dict()
    with st.container(border=True):
        row_of_head = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
        with row_of_head, st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(name_of(t, about))}** &nbsp; {plain(kind_name(t, about['kind']))}")
            line = t(
                "imports.detail",
                read=count(about["rows_read"]),
                taken=count(about["rows_taken"]),
                aside=count(about["rows_set_aside"]),
                as_of=day(t, about["as_of"]),
                encoding=about["encoding"],
            )
            if about["whole_book"]:
                line += f" · {t('imports.whole_list')}"
            if about["overlapping"]:
                line += f" · {t('imports.overlapping')}"
            st.caption(plain(line))
        with row_of_head:
            if pd.isna(about["undone_at"]):
                undo(t, [int(about["import_id"])], int(about["rows_taken"]), f"history_{about['import_id']}")
            else:
                st.caption(plain(_state(t, about)), width="content")
        mapping = [(heading, _field(t, name)) for heading, name in json.loads(about["mapping"] or "{}").items() if name]
        answers = json.loads(about["answers"] or "{}")
        columns, said = st.columns([3, 2], gap="large")
        if mapping:
            columns.dataframe(
                pd.DataFrame(mapping, columns=[t("imports.heading"), t("imports.field")]),
                hide_index=True,
                row_height=32,
                height=32 * (min(len(mapping), PER_PAGE) + 1) + 4,
            )
        if answers:
            said.dataframe(
                pd.DataFrame(
                    [_answer(t, question, answer) for question, answer in answers.items()],
                    columns=[t("imports.question"), t("imports.answer")],
                ),
                hide_index=True,
                row_height=32,
                height=32 * (min(len(answers), PER_PAGE) + 1) + 4,
            )


def _field(t: Words, name: str) -> str:
    return field_name(t, name) if name in schema.FIELDS or schema.aged_days(name) else name


def _answer(t: Words, question: str, answer: str) -> tuple[str, str]:
    """A question by its kind, and its answer, in words where they are ours."""
    kind, _, about = question.partition(":")
    asked = t(f"imports.asked.{kind}") if f"imports.asked.{kind}" in _KEYS else kind
    said = f"imports.said.{kind}_{answer}"
    return (asked if about.isdigit() or not about else f"{asked}: {about}", t(said) if said in _KEYS else answer)


def undo(t: Words, import_ids: Sequence[int], rows: int, key: str) -> None:
    """A popover that says what undoing changes, asks for a name, and does it."""
    with st.popover(t("imports.undo"), icon=":material/undo:", key=f"undo_{key}"):
        gone = portfolio.leaving(data.own(), import_ids)
        st.markdown(t("imports.undo_note", n=count(rows)))
        if gone:
            st.markdown(t("imports.undo_leaving", n=count(gone)))
        st.caption(t("imports.undo_again"))
        by = person.ask(t, f"undo_by_{key}")
        if st.button(t("imports.undo_confirm"), key=f"undo_now_{key}", icon=":material/undo:"):
            try:
                signed = signing.name(by)
                for import_id in import_ids:
                    book.undo(data.own(), import_id, signed)
            except RiskError as refused:
                st.error(plain(t.error(refused)), icon=":material/error:")
            else:
                st.session_state[_ROUND] += 1
                st.session_state.pop("taken", None)
                st.session_state["told"] = t("imports.undone_now", n=count(rows))
                st.rerun()
