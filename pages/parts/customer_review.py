"""Reviews on the customer's page: when the next is due, the last ones, a review now, and a call for one."""

from datetime import date, timedelta

import pandas as pd
import streamlit as st

from pages.parts import controls, data, person, review_words
from pages.parts.format import day, day_of, plain
from riskcore import reviews, signing
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.reviews import Review
from riskcore.text import Words

_PAST_MOST = 3
_CALL_DAYS = 14  # the day that a call starts with
_TOLD = "review_called"


def panel(t: Words, policy: Policy, customer_key: int) -> None:
    """Nothing where the newest assessment does not hold the customer."""
    today = date.today()
    row = reviews.of_customer(data.store(), customer_key, today)
    if row is None:
        return
    if told := st.session_state.pop(_TOLD, None):
        st.toast(plain(told), icon=":material/check:")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        with st.container(gap=None, width="content"):
            st.subheader(t("reviews.title"), anchor=False)
            st.markdown(review_words.standing(t, row))
        with st.container(horizontal=True, width="content"):
            if st.button(t("reviews.review_now"), icon=":material/rate_review:", key="review_now"):
                here = {"customer": str(customer_key), **controls.in_url()}
                st.switch_page("book/review.py", query_params=here)
            _calling(t, customer_key, today)
    if calls := reviews.calls(data.store(), customer_key):
        st.markdown("  \n".join(f":material/flag: {review_words.called(t, policy, one)}" for one in calls))
    if past := reviews.past(data.store(), customer_key, _PAST_MOST):
        rows = [_line(t, one) for one in past]
        st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, hide_header=True)
    else:
        st.caption(t("reviews.no_history"))


def _line(t: Words, one: Review) -> tuple[str, str, str]:
    """A review as cells in Markdown: when and who, the outcome, reason and next date."""
    said = [t("reviews.past", code=one.tier, reason=one.reason)]
    if one.escalated_to:
        said.append(t("reviews.past_to", name=one.escalated_to))
    said.append(t("reviews.past_next", day=day(t, one.next_review_on)))
    if one.later_because:
        said.append(t("reviews.past_later", why=one.later_because))
    who = f"{plain(day_of(t, one.reviewed_at))} :gray[{plain(one.reviewed_by)}]"
    return who, f"**{plain(review_words.outcome(t, one.outcome))}**", plain(" · ".join(said))


def _calling(t: Words, customer_key: int, today: date) -> None:
    with st.popover(t("reviews.call"), icon=":material/flag:"):
        hint = t("decisions.why_hint", least=signing.REASON_LEAST)
        why = st.text_area(
            t("reviews.call_why"), key="call_why", max_chars=signing.REASON_MOST, height=80, placeholder=hint
        )
        due_on = st.date_input(
            t("reviews.call_by"), today + timedelta(days=_CALL_DAYS), key="call_due", format="YYYY-MM-DD"
        )
        by = person.ask(t, "call_person")
        if st.button(t("reviews.call_confirm"), key="call_confirm"):
            try:
                is_new = reviews.call_by_person(data.store(), customer_key, why, due_on, by, today)
            except AskedWrong as refused:
                st.error(plain(t.error(refused)), icon=":material/error:")
            else:
                said = t("reviews.called", day=day(t, due_on)) if is_new else t("reviews.called_already")
                st.session_state[_TOLD] = said
                st.session_state.pop("call_why", None)
                st.rerun()
