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
if "part" not in st.session_state:  # a page change forgets it, and a link to a part opens there
    asked = st.query_params.get("part", "")
    st.session_state["part"] = asked if asked in PARTS else "learn"
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    part = st.segmented_control(
        t("training.title"),
        list(PARTS),
        required=True,
        key="part",
        format_func=lambda name: PARTS[name][0],
        label_visibility="collapsed",
    )
    with st.container(width=260):
        who = person.ask(t, "training_person").strip()
st.query_params["part"] = part
store = data.store()
PARTS[part][1](Room(t, store, versions.in_force(store), data.assessed(), who))
