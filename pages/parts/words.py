"""The language of the session: from the URL, else from the browser; switchable at any time."""

from pathlib import Path

import streamlit as st

from riskcore.text import LANGUAGES, NAMES, Words

_KEY = "lang"
_TAGS = {"zh": "zh-CN", "en": "en"}

_name = st.components.v2.component(
    "page_language", js=(Path(__file__).parent / "page_language.js").read_text("utf-8"), html="<span></span>"
)


def current() -> Words:
    """The words of the session's language."""
    if _KEY not in st.session_state:
        asked = st.query_params.get("lang")
        browser = (st.context.locale or "en").lower()
        st.session_state[_KEY] = asked if asked in LANGUAGES else "zh" if browser.startswith("zh") else "en"
    return Words(st.session_state[_KEY])


def switch() -> None:
    """Draw the switch."""
    lang = current().lang

    def chosen() -> None:
        st.session_state[_KEY] = st.session_state["lang_choice"] or lang

    # The widget is seeded each run: a page change forgets widgets, and the URL must win on the first one.
    st.session_state["lang_choice"] = lang
    st.segmented_control(
        current()("frame.language"),
        LANGUAGES[::-1],
        format_func=NAMES.__getitem__,
        key="lang_choice",
        on_change=chosen,
        required=True,
        label_visibility="collapsed",
    )


def name_language() -> None:
    """Tell the browser, and so a screen reader, which language the page speaks."""
    _name(data={"lang": _TAGS[current().lang]}, key="page_language", height="content")
