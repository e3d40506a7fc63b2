"""What each column of the file in focus is taken for: proposed, changeable, and back to the proposal."""

import pandas as pd
import streamlit as st

from pages.parts.importing import intake
from pages.parts.importing.intake import Waiting
from riskcore import ingest, schema
from riskcore.text import Words

NONE = "–"
ROWS_MOST = 14


def table(t: Words, waiting: Waiting) -> None:
    """The mapping as a table in which a field can be changed."""
    ready = intake.prepared(waiting)
    chosen = intake.tray().chosen(waiting)
    matches = ready.matches
    used = sum(m.field is not None for m in matches)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            st.subheader(t("imports.columns"), anchor=False)
            st.caption(t("imports.columns_note", n=len(matches), used=used, unused=len(matches) - used))
        if chosen.fields and st.button(t("imports.proposal"), icon=":material/undo:", type="tertiary"):
            chosen.fields.clear()
            st.rerun()
    fields = [NONE, *dict.fromkeys([*ready.kind.fields, *(m.field for m in matches if m.field)])]
    names = {field: _named(t, ready.kind, field) for field in fields}
    shown = pd.DataFrame(
        {
            "heading": [m.heading for m in matches],
            "samples": [t("imports.between").join(m.samples) for m in matches],
            "field": [m.field or NONE for m in matches],
            "confidence": [100 * m.confidence for m in matches],
            "note": [_note(t, m) for m in matches],
        }
    )
    # The edits of one drawing are kept as choices, and the next drawing starts from those.
    key = f"mapping_{waiting.number}_{ready.kind.id}_{sorted(chosen.fields.items())}"

    def edited() -> None:
        for row, cells in st.session_state[key]["edited_rows"].items():
            if "field" in cells:
                wished = None if cells["field"] in {None, NONE} else cells["field"]
                chosen.fields[matches[int(row)].index] = wished

    column = st.column_config
    st.data_editor(
        shown,
        hide_index=True,
        row_height=32,
        height=32 * (min(len(shown), ROWS_MOST) + 1) + 4,
        key=key,
        on_change=edited,
        disabled=["heading", "samples", "confidence", "note"],
        column_config={
            "heading": column.TextColumn(t("imports.heading"), width=120),
            "samples": column.TextColumn(t("imports.samples"), width=150),
            "field": column.SelectboxColumn(
                t("imports.field"), options=fields, required=True, width=150, format_func=names.__getitem__
            ),
            "confidence": column.ProgressColumn(
                t("imports.confidence"), format="%.0f%%", min_value=0, max_value=100, width=90
            ),
            "note": column.TextColumn(t("imports.note"), width=110),
        },
    )


def _named(t: Words, kind: ingest.Kind, field: str) -> str:
    if field == NONE:
        return t("imports.not_taken")
    return f"{field_name(t, field)} *" if kind.requires(field) else field_name(t, field)


def field_name(t: Words, field: str) -> str:
    """What a fact is called, a bucket of an ageing list by its days."""
    days = schema.aged_days(field)
    if days is None:
        return t(f"fields.{field}")
    first, last = days
    return t("fields.aged_over", first=first) if last is None else t("fields.aged", first=first, last=last)


def _note(t: Words, match: ingest.Match) -> str:
    if match.rival:
        return t("imports.rival", heading=match.rival)
    if match.multiplier != 1:
        return t("imports.multiplied", n=f"{match.multiplier:,}")
    return t(f"imports.how_{match.how}")
