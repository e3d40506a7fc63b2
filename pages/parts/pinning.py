"""Customers pinned to the board: found by name or id, up to five."""

import streamlit as st

from pages.parts import data, meeting
from pages.parts.format import plain
from riskcore import portfolio
from riskcore.policy import Policy
from riskcore.text import Words

FOUND_MOST = 5


def choose(t: Words, policy: Policy) -> None:
    """A popover: who is pinned, and a search for others."""
    pinned = data.ask(portfolio.listed, meeting.pins())
    with st.popover(t("pinning.title", n=len(pinned)), icon=":material/keep:"):
        for row in pinned.itertuples():
            st.button(
                f"{policy.tier[row.tier].code} {plain(row.customer_name)}",
                key=f"unpin_{row.customer_key}",
                icon=":material/close:",
                on_click=meeting.unpin,
                args=(int(row.customer_key),),
                help=t("pinning.remove"),
            )
        wanted = st.text_input(t("pinning.find"), key="pin_search", placeholder=t("customers.search_hint"))
        if not wanted:
            return
        found = data.ask(portfolio.customers, {"search": wanted}, "exposure", 1, FOUND_MOST)
        for row in found[~found["customer_key"].isin(meeting.pins())].itertuples():
            st.button(
                f"{policy.tier[row.tier].code} {plain(row.customer_name)}",
                key=f"pin_{row.customer_key}",
                icon=":material/keep:",
                on_click=meeting.pin,
                args=(int(row.customer_key),),
            )
        if found.empty:
            st.caption(t("customers.none"))
