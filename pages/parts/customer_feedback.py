"""What people think of a customer's score: one row to say it, and what was said last."""

from collections.abc import Sequence

import streamlit as st

from pages.parts import data, person
from pages.parts.format import NOTHING, day_of, plain
from riskcore import signing
from riskcore.errors import AskedWrong, Phrase
from riskcore.explanation import Explained, Line
from riskcore.feedback import opinions
from riskcore.feedback.opinions import Opinion, Said
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.text import Words

_OPINION, _WHICH, _BECAUSE, _PERSON = "opinion", "opinion_which", "opinion_because", "opinion_person"
_TOLD, _REFUSED = "opinion_told", "opinion_refused"
_CHOICES: tuple[Opinion, ...] = ("agree", "too_high", "too_low")


@st.fragment
def row(t: Words, assessed: Assessed, customer: Explained) -> None:
    """The question, its form once it is answered, and the last three answers; on the newest assessment."""
    key = int(customer.scored["customer_key"])
    named = {"agree": t("feedback.agree"), "too_high": t("feedback.too_high"), "too_low": t("feedback.too_low")}
    if st.session_state.pop(_TOLD, False):
        st.toast(t("feedback.recorded"), icon=":material/check:")
    with st.container(key="feedback_row"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{t('feedback.score_is')}**", width="content")
            chosen = st.segmented_control(
                t("feedback.score_is"),
                _CHOICES,
                key=f"{_OPINION}_{key}",
                format_func=lambda choice: named[choice],
                label_visibility="collapsed",
            )
        if chosen:
            _form(t, assessed, customer, key, chosen)
        for one in opinions.said(data.store(), key):
            st.caption(_told(t, assessed.policy, named[one.opinion], one))


def _form(t: Words, assessed: Assessed, customer: Explained, key: int, chosen: Opinion) -> None:
    """What is judged wrongly, why, and who says so."""
    agrees = chosen == "agree"
    if not agrees:
        lines = {line.characteristic.id: line for line in ranked(customer.lines, chosen)}
        st.selectbox(
            t("feedback.which"),
            list(lines),
            index=None,
            key=f"{_WHICH}_{key}",
            format_func=lambda name: _named(t, lines[name]),
            placeholder=t("feedback.which_none"),
            width=460,
        )
    least = signing.REASON_LEAST
    st.text_area(
        t("feedback.because"),
        key=f"{_BECAUSE}_{key}",
        max_chars=signing.REASON_MOST,
        height=68,
        placeholder=t("feedback.because_optional") if agrees else t("feedback.because_hint", least=least),
        width=640,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=260):
            person.ask(t, _PERSON)
        st.button(t("feedback.record"), key="opinion_give", on_click=_give, args=(assessed.assessment_id, key, chosen))
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(plain(t.phrase(refused)), icon=":material/error:")


def _give(assessment_id: int, key: int, chosen: Opinion) -> None:
    """Record what the form says, and begin anew; what is refused stays in the form."""
    said = {name: st.session_state.get(f"{name}_{key}") for name in (_WHICH, _BECAUSE)}
    which = None if chosen == "agree" else said[_WHICH]
    try:
        opinions.give(data.store(), assessment_id, key, chosen, st.session_state[_PERSON], said[_BECAUSE] or "", which)
    except AskedWrong as refused:
        st.session_state[_REFUSED] = Phrase(refused.key, refused.slots)
        return
    # Set and not forgotten: the browser would go on showing what was chosen.
    for name, empty in ((_OPINION, None), (_WHICH, None), (_BECAUSE, "")):
        st.session_state[f"{name}_{key}"] = empty
    st.session_state[_TOLD] = True


def ranked(lines: Sequence[Line], opinion: Opinion) -> list[Line]:
    """Where a score is too low those that lost most first, where it is too high those that earned most."""
    return sorted(lines, key=lambda line: -(line.lost if opinion == "too_low" else line.points))


def _named(t: Words, line: Line) -> str:
    earned = t("customer.earns", points=line.points, most=line.characteristic.max_points)
    return f"{t.of(line.characteristic.name)} · {earned}"


def _told(t: Words, policy: Policy, opinion: str, one: Said) -> str:
    """One answer: who, what, why, and what stood there then; Markdown."""
    names = {c.id: t.of(c.name) for c in policy.characteristic}
    about = [opinion, names.get(one.characteristic or "", one.characteristic), one.because]
    score = NOTHING if one.score is None else one.score
    then = t("feedback.said_of", day=day_of(t, one.given_at), score=score, tier=one.tier, version=one.version)
    return f"**{plain(one.given_by)}** {plain(' · '.join(part for part in about if part))} :gray[{plain(then)}]"
