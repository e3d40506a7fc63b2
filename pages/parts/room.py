"""A page of several parts: which of them is chosen, and what each of them works with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from pages.parts import person
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.store import Store
from riskcore.text import Words

Show = Callable[[Any], None]


@dataclass(frozen=True)
class Room:
    """The book on screen, the policy in force, the newest assessment, and whose name is typed (may be empty).

    `assessed` is None only on a page that an empty book has, too.
    """

    t: Words
    store: Store
    policy: Policy
    assessed: Assessed | None
    who: str
    today: date


def choose(t: Words, title: str, parts: Mapping[str, tuple[str, Show]], key: str, person_key: str) -> tuple[Show, str]:
    """What shows the chosen part, and the name typed beside the choice (may be empty).

    `parts`: by the word that stands in the address, what a part is called and what shows it; the first is the usual.
    """
    if key not in st.session_state:  # a page change forgets it, and a link to a part opens there
        asked = st.query_params.get("part", "")
        st.session_state[key] = asked if asked in parts else next(iter(parts))
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        part = st.segmented_control(
            title,
            list(parts),
            required=True,
            key=key,
            format_func=lambda name: parts[name][0],
            label_visibility="collapsed",
        )
        with st.container(width=260):
            who = person.ask(t, person_key, label_inside=True).strip()
    st.query_params["part"] = part
    return parts[part][1], who
