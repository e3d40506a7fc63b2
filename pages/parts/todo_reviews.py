"""Reviews of customers: who is due, when, and by whom."""

import streamlit as st

from pages.parts.todo import Room


def show(room: Room) -> None:
    """The calendar of reviews."""
    st.subheader(room.t("todo.reviews"), anchor=False)
