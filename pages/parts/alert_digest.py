"""The digest of the week as a download."""

import streamlit as st

from pages.parts.room import Room
from riskcore import alerts

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def button(room: Room) -> None:
    """A workbook of the week up to the newest data, made when it is asked for."""
    store, t, today = room.store, room.t, room.today  # when it is made, another book may be on screen
    st.download_button(
        t("alerts.digest"),
        lambda: alerts.digest(store, t, today),
        file_name=f"digest-{room.assessed.as_of}.xlsx",
        mime=_XLSX,
        key="alerts_digest",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
    )
