"""The files that wait as lines of one table: what each is, how many rows, and whether it is ready."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts import controls, data
from pages.parts.format import NOTHING, count
from pages.parts.importing import intake
from pages.parts.importing.intake import Tray, Waiting
from riskcore import ingest
from riskcore.text import Words

LINES_MOST = 8


def table(t: Words, tray: Tray) -> Waiting | ingest.Refused | None:
    """The lines, those that need somebody first, and the one in focus: that which was clicked, else the first."""
    needy = [one for one in tray.waiting if intake.prepared(one).checked is None]
    others = [one for one in tray.waiting if intake.prepared(one).checked is not None]
    lines: list[Waiting | ingest.Refused] = [*needy, *tray.refused, *others]
    if len(lines) < 2:
        return lines[0] if lines else None
    with st.container(gap=None):
        st.subheader(t("imports.queue"), anchor=False)
        st.caption(counted(t, tray))
    shown = pd.DataFrame([_line(t, one) for one in lines], columns=["file", "kind", "rows", "as_of", "state"])
    column = st.column_config
    row = controls.clicked_row(
        shown,
        {
            "file": column.TextColumn(t("imports.file"), width=210),
            "kind": column.TextColumn(t("imports.kind"), width=140),
            "rows": column.NumberColumn(t("imports.rows"), format="localized", width=75),
            "as_of": column.DateColumn(t("imports.as_of"), format="YYYY-MM-DD", width=95),
            "state": column.TextColumn(t("imports.state"), width=225),
        },
        key=f"queue_{tray.numbered}_{len(lines)}_{len(needy)}",
        rows_most=LINES_MOST,
    )
    return lines[row or 0]


def _line(t: Words, one: Waiting | ingest.Refused) -> tuple[object, ...]:
    if isinstance(one, ingest.Refused):
        return (one.name, NOTHING, None, None, t("imports.state_refused", why=t.error(one.error)))
    ready = intake.prepared(one)
    return (name_of(one.upload), t(f"kinds.{ready.kind.id}"), ready.upload.rows_read, ready.as_of, state(t, one))


def name_of(upload: ingest.Upload) -> str:
    """The file's name, of a workbook with that of the sheet."""
    return f"{upload.name} / {upload.sheet}" if upload.sheet else upload.name


def state(t: Words, waiting: Waiting) -> str:
    """Whether a table is ready, and if not, why."""
    ready = intake.prepared(waiting)
    if waiting.left_out:
        return t("imports.state_left_out")
    if ready.refused is not None:
        return t("imports.state_refused", why=t.error(ready.refused))
    if ready.checked is None:
        return t("imports.state_asks", n=len(ready.open_questions))
    if not ready.checked.rows_taken:
        return t("imports.state_nothing")
    if ingest.seen_before(data.own(), waiting.upload.sha256):
        return t("imports.state_seen")
    if ready.checked.rows_set_aside:
        return t("imports.state_aside", n=count(ready.checked.rows_set_aside))
    return t("imports.state_known") if ready.remembered else t("imports.state_ready")


def ready_ones(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Those that can be taken in now."""
    return [one for one in waiting if not one.left_out and intake.can_take(intake.prepared(one))]


def counted(t: Words, tray: Tray) -> str:
    """How many are ready, ask, are refused or left out."""
    numbers = {"ready": len(ready_ones(tray.waiting)), "asks": 0, "refused": len(tray.refused), "left_out": 0}
    for one in tray.waiting:
        ready = intake.prepared(one)
        numbers["left_out"] += one.left_out
        numbers["asks"] += not one.left_out and ready.refused is None and ready.checked is None
        numbers["refused"] += not one.left_out and ready.refused is not None
    return t("imports.between_notes").join(t(f"imports.n_{name}", n=n) for name, n in numbers.items() if n)
