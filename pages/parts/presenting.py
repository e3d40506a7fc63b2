"""The presentation: large type, nothing but the board and the names; dark or light; one click in and out."""

import streamlit as st

from pages.parts import same_tab
from riskcore.text import Words

ROOT_PX = 21


def on() -> bool:
    """Whether the page is being presented."""
    return st.query_params.get("present") == "1"


def enlarge() -> None:
    """All rem sizes grow with the root."""
    st.html(f"<style>html{{font-size:{ROOT_PX}px}}</style>")


def _query() -> dict[str, str]:
    kept = ("t", "pin", "lang", "book", "draft", "a")
    return {name: st.query_params[name] for name in kept if name in st.query_params}


def _into(theme: str) -> dict[str, str]:
    return _query() | {"present": "1", "embed": "true", "embed_options": f"{theme}_theme"}


def link_in(t: Words) -> None:
    """The way in, in the theme that is on screen."""
    same_tab.link(t("frame.present"), _into(st.context.theme.type or "light"), key="present")


def links_out(t: Words) -> None:
    """The other theme, and the way out."""
    other = "light" if st.context.theme.type == "dark" else "dark"
    same_tab.link(t(f"frame.theme_{other}"), _into(other), key="other_theme")
    same_tab.link(t("frame.leave"), _query(), key="leave")
