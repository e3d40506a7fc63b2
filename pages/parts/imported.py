"""What an import left to know: coverage, the best score it allows, the file that would add most, and the draft."""

import streamlit as st

from pages.parts import controls, data
from pages.parts.format import count, plain
from riskcore import coverage
from riskcore.text import Words


def show(t: Words, name: str, rows_taken: int, rows_set_aside: int) -> None:
    """The outcome of the import just done, and the ways on."""
    store, assessed = data.own(), data.assessed()
    if assessed is None:
        return
    policy = assessed.policy
    st.success(
        t("imported.done", name=plain(name), taken=count(rows_taken), aside=count(rows_set_aside)),
        icon=":material/check:",
    )
    with st.container(horizontal=True):
        st.page_link("book/overview.py", label=t("imported.to_overview"), icon=":material/arrow_forward:")
        st.page_link("book/thresholds.py", label=t("imported.to_thresholds"), icon=":material/arrow_forward:")
    st.subheader(t("imported.known"), anchor=False)
    best = coverage.best_score(policy, store, assessed.assessment_id)
    sentence = t("imported.best_score", score=best)
    useful = coverage.most_useful_file(policy, store, assessed.assessment_id)
    if useful is not None:
        sentence += " " + t("imported.most_useful", file=t(f"imported.file_{useful[0]}"), points=count(useful[1]))
    st.markdown(sentence)
    controls.coverage_table(t, policy, coverage.by_family(store, assessed.assessment_id, policy))
