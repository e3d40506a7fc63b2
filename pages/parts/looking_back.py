"""Two dates to look back by: what was true on one, from what had been taken in by the other; both in the URL."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from pages.parts.format import day, plain
from riskcore.text import Words

_FIRST = date(1990, 1, 1)


@dataclass(frozen=True)
class Dates:
    """The day that the page tells of, and the last day of what it knows (None: all that is known now)."""

    as_of: date
    known_by: date | None
    is_now: bool


def dates(newest: date, newest_known_by: date | None) -> Dates:
    """The dates of the URL; the newest assessment's where it names none, or none that can be."""
    as_of, known_by = _asked("as_of", newest), _asked("known_by", date.today())
    return Dates(as_of or newest, known_by or newest_known_by, known_by is None and as_of in (None, newest))


def choose(t: Words, chosen: Dates, newest: date) -> None:
    """The popover with both dates."""
    with st.popover(t("customer.back.choose"), icon=":material/history:", type="tertiary"):
        st.caption(t("customer.back.help"))
        _input(t("customer.back.as_of"), "as_of", chosen.as_of, newest)
        _input(t("customer.back.known_by"), "known_by", chosen.known_by, date.today())


def say(t: Words, chosen: Dates, version: int) -> None:
    """Where the page looks back: that it does, and the way to the present."""
    if chosen.is_now:
        return
    as_of = day(t, chosen.as_of)
    if chosen.known_by is None:
        said = t("customer.back.said", day=as_of, version=version)
    else:
        said = t("customer.back.said_known", day=as_of, known=day(t, chosen.known_by), version=version)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.warning(plain(said), icon=":material/history:")
        st.button(t("customer.back.to_now"), key="to_now", on_click=_forget)


def _asked(name: str, latest: date) -> date | None:
    try:
        found = date.fromisoformat(st.query_params.get(name, ""))
    except ValueError:
        return None
    return found if _FIRST <= found <= latest else None


def _input(label: str, name: str, value: date | None, latest: date) -> None:
    key = f"back_{name}"
    st.session_state[key] = value
    st.date_input(label, None, key=key, min_value=_FIRST, max_value=latest, on_change=_keep, args=(name, key))


def _keep(name: str, key: str) -> None:
    if chosen := st.session_state[key]:
        st.query_params[name] = chosen.isoformat()
    else:
        st.query_params.pop(name, None)


def _forget() -> None:
    for name in ("as_of", "known_by"):
        st.query_params.pop(name, None)
