"""Feedback: where people deviated from the score and what became of it, and what repeats in what they say."""

import streamlit as st

from pages.parts import controls, data, feedback_overrides, feedback_patterns, person, words
from pages.parts.feedback_room import Room
from riskcore import versions

t = words.current()
controls.head(t("feedback.title"))
PARTS = {
    "overrides": (t("feedback.overrides"), feedback_overrides.show),
    "patterns": (t("feedback.patterns"), feedback_patterns.show),
}
assessed = controls.assessed_or_stop()
if "part" not in st.session_state:  # a page change forgets it, and a link to a part opens there
    asked = st.query_params.get("part", "")
    st.session_state["part"] = asked if asked in PARTS else "overrides"
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    part = st.segmented_control(
        t("feedback.title"),
        list(PARTS),
        required=True,
        key="part",
        format_func=lambda name: PARTS[name][0],
        label_visibility="collapsed",
    )
    with st.container(width=260):
        who = person.ask(t, "feedback_person").strip()
st.query_params["part"] = part
store = data.store()
PARTS[part][1](Room(t, store, versions.in_force(store), assessed, who))
