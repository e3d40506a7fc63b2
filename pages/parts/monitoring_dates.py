"""Which two assessments are compared."""

from typing import Any

import streamlit as st

from pages.parts import data
from pages.parts.format import count, day
from riskcore import portfolio
from riskcore.portfolio import Assessed
from riskcore.text import Words

_LABELS = {"earlier": "monitoring.earlier", "later": "monitoring.later"}


def choose(t: Words, newest: Assessed) -> tuple[Assessed, Assessed] | None:
    """The earlier and the later assessment, two of different dates unless another choice is made; None of a single one.

    `newest` is the assessment that other pages show.
    """
    found: list[Assessed] = data.shared(portfolio.assessments)
    if len(found) < 2:
        return None
    by_id = {one.assessment_id: one for one in found}
    order = list(by_id)

    def label(number: int) -> str:
        one = by_id[number]
        key = "monitoring.draft_assessment" if one.draft else "monitoring.assessment"
        return t(key, day=day(t, one.as_of), version=one.version, n=count(one.customers), number=number)

    def choice(place: Any, name: str, options: list[int], usual: int) -> int:
        # A page change forgets widgets; what was chosen is kept beside them.
        key, kept = f"{name}_{usual}", f"kept_{name}_{usual}"
        wished = st.session_state.get(key, st.session_state.get(kept))
        st.session_state[key] = wished if wished in options else usual
        st.session_state[kept] = place.selectbox(t(_LABELS[name]), options, format_func=label, key=key)
        return int(st.session_state[kept])

    left, right = st.columns(2)
    later_ones = order[:-1]
    shown = newest.assessment_id if newest.assessment_id in later_ones else order[0]
    later = choice(right, "later", later_ones, shown)
    earlier_ones = order[order.index(later) + 1 :]
    others = [number for number in earlier_ones if by_id[number].as_of < by_id[later].as_of]
    earlier = choice(left, "earlier", earlier_ones, (others or earlier_ones)[0])
    return by_id[earlier], by_id[later]


def dated(t: Words, one: Assessed) -> str:
    """An assessment by its date and policy, as captions name it."""
    return t("monitoring.date_and_policy", day=day(t, one.as_of), version=one.version)
