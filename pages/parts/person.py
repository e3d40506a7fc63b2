"""Who is at the keyboard: asked where something is signed, and remembered for the session."""

import streamlit as st

from riskcore.signing import NAME_MOST
from riskcore.text import Words

KEY = "person"  # of the session


def ask(t: Words, key: str, label_inside: bool = False) -> str:
    """A field for the reader's own name, filled with what was typed last; `key` tells the fields of a page apart.

    `label_inside`: the label stands in the empty field, for a row of things without labels.
    """
    return st.text_input(
        t("drafts.person"),
        st.session_state.get(KEY, ""),
        key=key,
        max_chars=NAME_MOST,
        on_change=_remember,
        args=(key,),
        placeholder=t("drafts.person") if label_inside else None,
        label_visibility="collapsed" if label_inside else "visible",
    )


def _remember(key: str) -> None:
    if typed := st.session_state[key]:
        st.session_state[KEY] = typed
