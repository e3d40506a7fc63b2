"""Deviations from the score's tier: how many, by whom and why, which count now, and what became of them."""

import streamlit as st

from pages.parts.feedback_room import Room


def show(room: Room) -> None:
    """The part of the page."""
    st.caption(room.t("overrides.none"))
