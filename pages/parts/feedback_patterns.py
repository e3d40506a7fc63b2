"""What repeats in what people say of scores."""

import streamlit as st

from pages.parts.feedback_room import Room


def show(room: Room) -> None:
    """The part of the page."""
    st.caption(room.t("feedback.no_patterns"))
