"""A link that opens in the same tab: into the presentation and out of it by one click, theme and chrome by the URL."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

_FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "same_tab",
    html='<a target="_self"></a>',
    css=(_FOLDER / "same_tab.css").read_text("utf-8"),
    js=(_FOLDER / "same_tab.js").read_text("utf-8"),
)


def link(label: str, query: Mapping[str, str], key: str) -> None:
    """A button-like link to this page under another query."""
    _mount(data={"label": label, "href": f"?{urlencode(query)}"}, key=key, width="content", height="content")
