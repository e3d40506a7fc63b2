"""To do: what asks for a person now, each kind a part of its own."""

from datetime import date

import streamlit as st

from pages.parts import controls, data, person, todo_alerts, todo_disagreement, todo_reviews, todo_schedule, words
from pages.parts.todo import Room
from riskcore import versions

t = words.current()
controls.head(t("todo.title"))
assessed = data.assessed() or controls.assessed_or_stop()
PARTS = {
    "alerts": (t("todo.alerts"), todo_alerts.show),
    "reviews": (t("todo.reviews"), todo_reviews.show),
    "disagreement": (t("todo.disagreement"), todo_disagreement.show),
    "schedule": (t("todo.schedule"), todo_schedule.show),
}
if "todo_part" not in st.session_state:  # a page change forgets it, and a link to a part opens there
    asked = st.query_params.get("part", "")
    st.session_state["todo_part"] = asked if asked in PARTS else next(iter(PARTS))
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    part = st.segmented_control(
        t("todo.title"),
        list(PARTS),
        required=True,
        key="todo_part",
        format_func=lambda name: PARTS[name][0],
        label_visibility="collapsed",
    )
    with st.container(width=260):
        who = person.ask(t, "todo_person").strip()
st.query_params["part"] = part
store = data.store()
PARTS[part][1](Room(t, store, versions.in_force(store), assessed, who, date.today()))
