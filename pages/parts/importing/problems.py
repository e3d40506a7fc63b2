"""Every row and cell of the file in focus that is not taken as it stands, page by page, with what to do about it."""

import pandas as pd
import streamlit as st

from pages.parts import controls
from pages.parts.format import count
from pages.parts.importing.intake import Waiting
from riskcore import ingest
from riskcore.text import Words

PER_PAGE = 8
_ALL = "all"
_EFFECTS = ("row", "cell", "note")


def table(t: Words, waiting: Waiting, checked: ingest.Checked) -> None:
    """The problems under a filter by what they do; nothing where there are none."""
    found = checked.problems
    if found.empty:
        return
    numbers = found["effect"].value_counts()
    present = [effect for effect in _EFFECTS if effect in numbers]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            st.subheader(t("imports.problems"), anchor=False)
            st.caption(t("imports.problems_note", n=count(len(found)), reasons=found["reason"].nunique()))
        if len(present) > 1:
            counted = {_ALL: len(found), **{effect: int(numbers[effect]) for effect in present}}
            chosen = st.segmented_control(
                t("imports.effect"),
                list(counted),
                default=_ALL,
                required=True,
                format_func=lambda effect: t(f"imports.filter_{effect}", n=count(counted[effect])),
                key=f"effect_{waiting.number}",
                label_visibility="collapsed",
                width="content",
            )
            found = found if chosen == _ALL else found[found["effect"] == chosen]
    place = st.empty()
    page = controls.pages_of(len(found), key=f"problems_{waiting.number}", per_page=PER_PAGE)
    part = found.iloc[(page - 1) * PER_PAGE : page * PER_PAGE]
    column = st.column_config
    place.dataframe(
        pd.DataFrame(
            {
                "line": part["line"],
                "column": part["column"],
                "value": part["value"],
                "reason": [t(key, **slots) for key, slots in zip(part["reason"], part["slots"], strict=True)],
                "fix": [_fix(t, reason) for reason in part["reason"]],
                "effect": [t(f"imports.effect_{effect}") for effect in part["effect"]],
            }
        ),
        hide_index=True,
        row_height=32,
        height=32 * (len(part) + 1) + 4,
        placeholder="",
        column_config={
            "line": column.NumberColumn(t("imports.line"), width=55),
            "column": column.TextColumn(t("imports.heading"), width=100),
            "value": column.TextColumn(t("imports.value"), width=90),
            "reason": column.TextColumn(t("imports.reason"), width=180),
            "fix": column.TextColumn(t("imports.fix"), width=180),
            "effect": column.TextColumn(t("imports.effect"), width=90),
        },
    )


def _fix(t: Words, reason: str) -> str:
    key = ingest.fix_of(reason)
    return t(key) if key else ""
