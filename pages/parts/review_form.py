"""The second and third step of a review: its outcome, reason, next date and name; and where it leads afterwards."""

from datetime import date
from typing import Any, get_args

import streamlit as st

from pages.parts import controls, data, person, review_words
from pages.parts.format import day, plain
from riskcore import reviews, signing
from riskcore.errors import AskedWrong
from riskcore.portfolio import Assessed
from riskcore.reviews import Outcome, Seen
from riskcore.text import Words

_SEEN, _DONE = "review_seen", "review_done"
_OUTCOME, _WHY, _NEXT, _LATER, _TO = (f"review_{name}" for name in ("outcome", "why", "next", "later", "to"))


def seen(now: Seen) -> Seen:
    """What the person has before the eyes since opening this customer; a page change forgets the fields and this."""
    known: Seen | None = st.session_state.get(_SEEN)
    if known is None or known.customer_key != now.customer_key or _OUTCOME not in st.session_state:
        st.session_state[_SEEN] = now
    found: Seen = st.session_state[_SEEN]
    return found


def draw(t: Words, assessed: Assessed, now: Seen, tier: int, today: date) -> None:
    """`tier`: the customer's place."""
    looked_at = seen(now)
    left, right = st.columns([5, 4], gap="large")
    with left:
        st.subheader(t("reviews.step_outcome"), anchor=False)
        outcome, to = _outcome(t, assessed, now.customer_key, tier)
    with right:
        st.subheader(t("reviews.step_sign"), anchor=False)
        least = signing.REASON_LEAST
        why = st.text_area(
            t("reviews.why"),
            key=_WHY,
            max_chars=signing.REASON_MOST,
            height=80,
            placeholder=t("decisions.why_hint", least=least),
        )
        for_date, for_name = st.columns(2)
        next_on, because = _next(t, assessed, tier, today, for_date)
        with for_name:
            by = person.ask(t, "review_person")
        with st.container(key="main", width="content"):
            save = st.button(t("reviews.save"), type="primary", icon=":material/check:", key="review_save")
    if save:
        try:
            reviews.record(data.store(), looked_at, outcome, why, next_on, by, today, to, because)
        except AskedWrong as refused:
            st.session_state[_SEEN] = now  # told of it, the person may save again
            st.error(plain(t.error(refused)), icon=":material/error:")
        else:
            st.session_state[_DONE] = (now.customer_key, outcome, next_on)
            for name in (_OUTCOME, _WHY, _NEXT, _LATER, _TO):
                st.session_state.pop(name, None)
            st.rerun()


def _outcome(t: Words, assessed: Assessed, customer_key: int, tier: int) -> tuple[Outcome, str]:
    """What is concluded, and to whom it is escalated."""
    outcome: Outcome = st.segmented_control(
        t("reviews.outcome"),
        list(get_args(Outcome)),
        default="keep",
        required=True,
        key=_OUTCOME,
        format_func=lambda value: review_words.outcome(t, value),
        label_visibility="collapsed",
    )
    st.caption(review_words.outcome_note(t, outcome))
    if outcome == "escalate":
        approver = t.of(assessed.policy.tier[tier].strategy.approver)
        return outcome, st.text_input(t("reviews.escalated_to"), approver, key=_TO, max_chars=signing.NAME_MOST)
    if outcome == "change":
        _where_to_change(t, customer_key)
    return outcome, ""


def _where_to_change(t: Words, customer_key: int) -> None:
    here = {"customer": str(customer_key), **controls.in_url()}
    for page, label, icon in (
        ("book/limits.py", t("reviews.to_limits"), ":material/account_balance:"),
        ("book/customer.py", t("reviews.to_override"), ":material/swap_vert:"),
        ("book/assess.py", t("reviews.to_assess"), ":material/edit:"),
    ):
        st.page_link(page, label=label, icon=icon, query_params=here)


def _next(t: Words, assessed: Assessed, tier: int, today: date, place: Any) -> tuple[date, str]:
    """The next date, at `place`, and why it is later than the cycle where it is."""
    last = reviews.latest_due(assessed.policy, tier, today)
    next_on: date = place.date_input(t("reviews.next_on"), last, key=_NEXT, format="YYYY-MM-DD")
    st.caption(t("reviews.next_note", code=assessed.policy.tier[tier].code, day=day(t, last)))
    if next_on <= last:
        return next_on, ""
    return next_on, st.text_input(t("reviews.later_because"), key=_LATER, max_chars=signing.REASON_MOST)


def done(t: Words, customer_key: int, today: date) -> bool:
    """Whether this customer was just reviewed: says so, and leads on to the next one in the calendar's filters."""
    recorded = st.session_state.get(_DONE)
    if recorded is None or recorded[0] != customer_key:
        st.session_state.pop(_DONE, None)
        return False
    _, outcome, next_on = recorded
    said = t("reviews.saved", outcome=review_words.outcome(t, outcome), day=day(t, next_on))
    st.success(plain(said), icon=":material/check:")
    if outcome == "change":
        st.caption(t("reviews.change_left"))
        with st.container(horizontal=True):
            _where_to_change(t, customer_key)
    filters: dict[str, Any] = st.session_state.get(review_words.kept(), {}).get("filters", {})
    following = reviews.next_one(data.store(), today, filters, customer_key)
    if following is None:
        st.caption(t("reviews.no_next", days=reviews.WINDOW_DAYS))
    with st.container(horizontal=True, vertical_alignment="center"):
        if following is not None:
            _lead_on(t, following)
        if st.button(t("reviews.once_more"), type="tertiary", key="review_again"):
            st.session_state.pop(_DONE, None)
            st.rerun()
    return True


def _lead_on(t: Words, following: dict[str, Any]) -> None:
    with st.container(key="main", width="content"):
        label = t("reviews.next_due", name=plain(following["customer_name"]))
        if st.button(label, type="primary", icon=":material/arrow_forward:", key="review_next"):
            st.session_state.pop(_DONE, None)
            here = {"customer": str(following["customer_key"]), **controls.in_url()}
            st.switch_page("book/review.py", query_params=here)
