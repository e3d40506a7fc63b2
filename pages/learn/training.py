"""Training: learn the steps of the work, read cases, practise on them without the score, and see how it goes."""

import streamlit as st

from pages.parts import (
    controls,
    data,
    person,
    training_cases,
    training_learn,
    training_practise,
    training_progress,
    words,
)
from pages.parts.training_case import Room
from riskcore import versions

t = words.current()
controls.head(t("training.title"))
PARTS = {
    "learn": (t("training.learn"), training_learn.show),
    "cases": (t("training.cases"), training_cases.show),
    "practise": (t("training.practise"), training_practise.show),
    "progress": (t("training.progress"), training_progress.show),
}
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    part = st.segmented_control(
        t("training.title"),
        list(PARTS),
        default="learn",
        required=True,
        key="part",
        format_func=lambda name: PARTS[name][0],
        label_visibility="collapsed",
        bind="query-params",
    )
    with st.container(width=260):
        who = person.ask(t, "training_person").strip()
store = data.store()
PARTS[part or "learn"][1](Room(t, store, versions.in_force(store), data.assessed(), who))
