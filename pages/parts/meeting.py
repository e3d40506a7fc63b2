"""What a meeting has on the table: thresholds with undo, assumptions, pinned customers; per book, and in the URL."""

from dataclasses import replace

import streamlit as st

from pages.parts import data
from riskcore import money, portfolio, tiers
from riskcore.errors import AskedWrong
from riskcore.money import Assumptions
from riskcore.policy import Policy

UNDO_MOST = 50
PINS_MOST = 5


def _key(name: str) -> str:
    return f"meeting_{data.kind()}_{name}"


def thresholds(policy: Policy) -> list[int]:
    """The thresholds on the board, best first: those of the session, else of the URL, else in force."""
    in_force = list(policy.thresholds)
    if len(st.session_state.get(_key("now"), [])) != len(in_force):
        st.session_state[_key("now")] = _from_url(policy) or in_force
        st.session_state[_key("before")] = []
    now: list[int] = st.session_state[_key("now")]
    return now


def _from_url(policy: Policy) -> list[int] | None:
    asked = st.query_params.get("t")
    if not asked:
        return None
    try:
        wished = [int(start) for start in asked.split("-")]
        tiers.check_order(wished, policy.base_score, policy.top_score)
    except (ValueError, AskedWrong):
        wished = []
    if len(wished) == len(policy.thresholds):
        return wished
    st.session_state[_key("refused")] = asked
    return None


def refused() -> str | None:
    """The thresholds of the URL that cannot stand, told once."""
    asked: str | None = st.session_state.pop(_key("refused"), None)
    return asked


def move_to(wished: list[int]) -> None:
    """Take other thresholds, and remember the ones before for undo."""
    if wished != st.session_state[_key("now")]:
        st.session_state[_key("before")] = [*st.session_state[_key("before")], st.session_state[_key("now")]][
            -UNDO_MOST:
        ]
        st.session_state[_key("now")] = wished


def slid(place: int) -> None:
    """A slider was moved: neighbours give way, so that thresholds never cross."""
    wished = list(st.session_state[_key("now")])
    wished[place] = st.session_state[f"start_{place}"]
    for better in range(place - 1, -1, -1):
        wished[better] = max(wished[better], wished[better + 1] + 1)
    for worse in range(place + 1, len(wished)):
        wished[worse] = min(wished[worse], wished[worse - 1] - 1)
    move_to(wished)


def can_undo() -> bool:
    """Whether there is an earlier state."""
    return bool(st.session_state.get(_key("before")))


def undo() -> None:
    """Back to the thresholds before the last move."""
    *st.session_state[_key("before")], st.session_state[_key("now")] = st.session_state[_key("before")]


def assumptions(policy: Policy) -> Assumptions:
    """The assumptions on the table: those of the session, else the book's own, else the policy's."""
    kept: Assumptions | None = st.session_state.get(_key("assumptions"))
    if kept is None or len(kept.kept_pct) != len(policy.tier):
        kept = data.ask(money.of_book, policy)
    return kept


def assume(changed: Assumptions | None) -> None:
    """Put other assumptions on the table; None goes back to the book's."""
    st.session_state[_key("assumptions")] = changed


def assume_kept(a: Assumptions, place: int, kept_pct: float) -> Assumptions:
    """The same assumptions with another share of sales kept in one tier."""
    return replace(a, kept_pct=tuple(kept_pct if i == place else kept for i, kept in enumerate(a.kept_pct)))


def pins() -> list[int]:
    """The keys of the pinned customers: those of the session, else of the URL, which carries numbers and no names."""
    if _key("pins") not in st.session_state:
        asked = st.query_params.get("pin", "").split("-")
        st.session_state[_key("pins")] = [int(key) for key in asked if key.isdigit()][:PINS_MOST]
    kept: list[int] = st.session_state[_key("pins")]
    return kept


def pin(customer_key: int) -> None:
    """Pin a customer; the oldest pin gives way to a sixth."""
    st.session_state[_key("pins")] = [*(k for k in pins() if k != customer_key), customer_key][-PINS_MOST:]


def unpin(customer_key: int) -> None:
    """Take a pin away."""
    st.session_state[_key("pins")] = [k for k in pins() if k != customer_key]


def to_url(policy: Policy) -> None:
    """Keep thresholds and pins in the URL, so that a refresh or a second laptop shows the same board."""
    st.query_params["t"] = "-".join(str(start) for start in thresholds(policy))
    if pins():
        st.query_params["pin"] = "-".join(str(key) for key in pins())
    else:
        st.query_params.pop("pin", None)


def pinned(pins_: list[int]) -> list[dict[str, object]]:
    """The pinned customers as the board draws them."""
    rows = data.ask(portfolio.listed, pins_)
    return [
        {
            "key": int(r.customer_key),
            "name": r.customer_name,
            "score": None if r.score is None else int(r.score),
            "best": int(r.best),
            "worst": int(r.worst),
        }
        for r in rows.astype(object).where(rows.notna(), None).itertuples()
    ]
