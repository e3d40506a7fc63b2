"""What an import left to know: its files, coverage, the best score, the file that would add most, and Undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from pages.parts import controls, data
from pages.parts.format import count, plain
from pages.parts.importing import history
from riskcore import alerts, coverage, ingest
from riskcore.text import Words

LINES_MOST = 8


@dataclass(frozen=True)
class Line:
    """One file that was taken in."""

    name: str
    kind: str
    rows_taken: int
    rows_set_aside: int

    @classmethod
    def of(cls, name: str, prepared: ingest.Prepared) -> "Line":
        """The line of a table that was taken in."""
        return cls(name, prepared.kind.id, prepared.checked.rows_taken, prepared.checked.rows_set_aside)


@dataclass(frozen=True)
class Taken:
    """What was taken in together; `at_once`: without a click, because all of its layouts were known."""

    lines: Sequence[Line]
    import_ids: Sequence[int]
    at_once: bool


def show(t: Words, taken: Taken) -> None:
    """The outcome of the import just done, the ways on, and the way back."""
    store, assessed = data.own(), data.assessed()
    if assessed is None:
        return
    policy = assessed.policy
    rows, aside = (sum(getattr(one, name) for one in taken.lines) for name in ("rows_taken", "rows_set_aside"))
    if len(taken.lines) == 1:
        sentence = t("imported.done", name=plain(taken.lines[0].name), taken=count(rows), aside=count(aside))
    else:
        sentence = t("imported.done_files", n=len(taken.lines), taken=count(rows), aside=count(aside))
    st.success(f"{sentence} {t('imported.at_once')}" if taken.at_once else sentence, icon=":material/check:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("book/overview.py", label=t("imported.to_overview"), icon=":material/arrow_forward:")
        st.page_link("book/thresholds.py", label=t("imported.to_thresholds"), icon=":material/arrow_forward:")
        if open_alerts := sum(alerts.by_rule(store, date.today())["open"].values()):
            label = t("imported.to_alerts", n=count(open_alerts))
            if st.button(label, key="taken_to_alerts", type="tertiary", icon=":material/notifications:"):
                st.session_state["todo_part"] = "alerts"
                st.switch_page("book/todo.py")
        history.undo(t, taken.import_ids, rows, "taken")
        if st.button(t("imported.close"), key="taken_close", type="tertiary"):
            st.session_state.pop("taken")
            st.rerun()
    if len(taken.lines) > 1:
        _files(t, taken.lines)
    st.subheader(t("imported.known"), anchor=False)
    best = coverage.best_score(policy, store, assessed.assessment_id)
    sentence = t("imported.best_score", score=best)
    useful = coverage.most_useful_file(policy, store, assessed.assessment_id)
    if useful is not None:
        sentence += " " + t("imported.most_useful", file=t(f"imported.file_{useful[0]}"), points=count(useful[1]))
    st.markdown(sentence)
    controls.coverage_table(t, policy, coverage.by_family(store, assessed.assessment_id, policy))


def _files(t: Words, lines: Sequence[Line]) -> None:
    column = st.column_config
    st.dataframe(
        pd.DataFrame(
            [(one.name, t(f"kinds.{one.kind}"), one.rows_taken, one.rows_set_aside) for one in lines],
            columns=["file", "kind", "taken", "aside"],
        ),
        hide_index=True,
        row_height=32,
        height=32 * (min(len(lines), LINES_MOST) + 1) + 4,
        column_config={
            "file": column.TextColumn(t("imports.file"), width="large"),
            "kind": column.TextColumn(t("imports.kind"), width="medium"),
            "taken": column.NumberColumn(t("imports.rows_taken"), format="localized"),
            "aside": column.NumberColumn(t("imports.rows_set_aside"), format="localized"),
        },
    )
