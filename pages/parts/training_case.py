"""How a case is told: what was known then, what the score says of it today, what was decided, what happened."""

from collections.abc import Sequence

import streamlit as st

from pages.parts import controls, verdict
from pages.parts.format import NOTHING, bin_of, count, money, percent, plain, value_of
from pages.parts.room import Room
from riskcore.explanation import Line
from riskcore.policy import Name
from riskcore.text import Words
from riskcore.training.case import Case, View


def told(t: Words, text: Name | None) -> None:
    """A text of a case, letter by letter; nothing where the figures alone tell it."""
    if text is not None:
        st.markdown(plain(t.of(text)))


def name(t: Words, case: Case) -> str:
    """A case's title; cases of the book have none, only their id."""
    return t.of(case.title) if case.title else t("training.book_title", id=case.case_id[:4])


def origin(t: Words, case: Case) -> str:
    """Where a case comes from, in a word."""
    return {
        "invented": t("training.invented"),
        "team": t("training.of_team"),
        "book": t("training.of_book"),
    }[case.origin]


def known(room: Room, case: Case, seen: View) -> None:
    """What was known then: the circumstances, amounts, and each characteristic that was told, by family."""
    t, policy = room.t, room.policy
    with st.container(gap=None):
        st.subheader(t("training.known"), anchor=False)
        if case.banded:
            st.caption(t("training.banded"))
    told(t, case.known)
    shown = [(label, case.amounts.get(key)) for key, label in _amounts(t)]
    with st.container(horizontal=True, gap="medium"):
        for label, amount in shown:
            if amount is not None:
                with st.container(gap=None, width="content"):
                    st.caption(label)
                    st.markdown(f"**{plain(money(t, amount, case.currency))}**")
    told_of = [line for line in seen.explained.lines if not line.is_missing]
    for box, lines in zip(st.columns(2), _halves(told_of), strict=True):
        with box:
            controls.small_table([(plain(t.of(line.characteristic.name)), _value(t, case, line)) for line in lines])
    firing = [rule for rule in policy.rule if rule.code.lower() in case.flags]
    if firing:
        st.markdown("  \n".join(f"**{rule.code}** {plain(t.of(rule.name))}" for rule in firing))
    if missing := len(seen.explained.lines) - len(told_of):
        st.caption(t("training.unknown_then", n=missing))


def decided(t: Words, case: Case) -> None:
    """What was decided at the time."""
    st.subheader(t("training.decided"), anchor=False)
    told(t, case.decided.text)
    st.caption(plain(treated(t, case, case.decided.tier, case.decided.limit, case.decided.terms_days)))


def happened(t: Words, case: Case) -> None:
    """What came of it."""
    outcome = case.outcome
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t("training.happened"), anchor=False, width="content")
        st.badge(ending(t, case), color="red" if outcome.bad else "blue")
    told(t, outcome.text)
    amounts = (
        (t("training.paid"), outcome.paid),
        (t("training.overdue"), outcome.overdue),
        (t("training.lost"), outcome.lost),
    )
    facts = [t("training.after", n=outcome.months)]
    if outcome.days_late is not None:
        facts.append(t("training.days_late", n=count(outcome.days_late)))
    facts += [f"{label} {money(t, amount, case.currency)}" for label, amount in amounts if amount is not None]
    if case.decided.tier and outcome.tier:
        facts.append(t("training.tier_moved", was=case.decided.tier, now=outcome.tier))
    st.caption(plain(" · ".join(facts)))


def ending(t: Words, case: Case) -> str:
    """How a case ended, in a word."""
    return t("training.went_bad") if case.outcome.bad else t("training.went_well")


def lesson(room: Room, case: Case, seen: View) -> None:
    """What is to be learnt; of a case of the book, what the score of today made of it."""
    t = room.t
    st.subheader(t("training.lesson"), anchor=False)
    if case.lesson is not None:
        told(t, case.lesson)
        return
    warned = seen.tier == len(room.policy.tier) - 1
    lessons = {
        (True, True): t("training.lesson_seen"),
        (True, False): t("training.lesson_missed"),
        (False, True): t("training.lesson_strict"),
        (False, False): t("training.lesson_fine"),
    }
    st.markdown(plain(lessons[case.outcome.bad, warned]))


def score(room: Room, case: Case, seen: View) -> None:
    """What the policy in force says of the case."""
    t, policy = room.t, room.policy
    st.subheader(t("training.score_today"), anchor=False)
    verdict.score(t, policy, seen.explained, lambda: st.caption(t("training.pd_of_score", pd=percent(seen.pd_12m))))
    verdict.held_or_below(t, policy, seen.explained)
    tier = policy.tier[seen.tier].code
    st.caption(plain(t("training.recommends", how=treated(t, case, tier, seen.limit, seen.terms_days))))
    verdict.why(t, policy, seen.explained)


def treated(t: Words, case: Case, tier: str, limit: float, terms_days: int) -> str:
    """Tier, limit and terms in one line."""
    terms = t("training.terms_of", n=terms_days) if terms_days else t("training.prepaid")
    amount = t("training.limit_of", amount=money(t, limit, case.currency))
    return " · ".join(filter(None, (tier and t("training.tier_of", code=tier), amount, terms)))


def _amounts(t: Words) -> Sequence[tuple[str, str]]:
    return (
        ("annual_sales", t("training.sales")),
        ("credit_limit", t("training.limit_then")),
        ("exposure", t("training.exposure_then")),
        ("past_due", t("training.past_due_then")),
        ("net_worth", t("training.net_worth")),
        ("secured_amount", t("training.secured")),
    )


def _value(t: Words, case: Case, line: Line) -> str:
    c = line.characteristic
    if line.is_refused:
        return f"**{t('customer.refused_short')}**"
    number = line.bin % 8
    value = bin_of(t, c, number) if case.banded and number else value_of(t, c, line.value) or NOTHING
    return f"**{plain(value)}**" + (f" :gray[{t('customer.expired_short')}]" if line.is_expired else "")


def _halves(lines: Sequence[Line]) -> tuple[Sequence[Line], Sequence[Line]]:
    middle = -(-len(lines) // 2)
    return lines[:middle], lines[middle:]
