"""Practise: a case as it was known then, without its score; then what happened, and how the judgement did."""

import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts import controls, training_case
from pages.parts.format import MINUS, NOTHING, count, money, percent, plain
from pages.parts.room import Room
from riskcore import money as book_money
from riskcore.errors import AskedWrong
from riskcore.training import case as cases
from riskcore.training import leaning, library, practice, refreshers
from riskcore.training.case import Case, View
from riskcore.training.leaning import Bias, Contrast
from riskcore.training.practice import Judgement
from riskcore.training.refreshers import Changed, Due, Shown

_SHOWN = "training_judged"  # the case whose outcome is on screen
_CHANCES = (
    None,
    *(n / 1000 for n in (1, 2, 5, 10, 15, 20, 30, 40, 50, 70)),
    *(n / 100 for n in range(10, 100, 5)),
    0.99,
)


def show(room: Room) -> None:
    """The next case or the one just judged, and what all judgements come to."""
    t, found = room.t, library.listed(room.store)
    given = practice.judgements(room.store, room.who) if room.who else []
    done = {judgement.case_id: judgement for judgement in given}
    shown = next((case for case in found if case.case_id == st.session_state.get(_SHOWN)), None)
    read = library.read(room.store, room.who) if room.who else set()
    waiting = [case for case in found if case.case_id not in done]
    waiting.sort(key=lambda case: (case.case_id in read, _place(room, case)))  # whose end is known comes last
    due = refreshers.of_person(room.store, room.who) if given else Due()
    if shown is not None and shown.case_id in done:
        _result(room, shown, done[shown.case_id], due)
    else:
        _again(room, due, bool(waiting))
        if waiting:
            if waiting[0].case_id in read:
                st.caption(t("training.read_before"))
            _ask(room, waiting[0], found, len(found) - len(waiting) + 1)
        else:
            st.markdown(t("training.all_judged"))
    _report(room, given)


def _place(room: Room, case: Case) -> str:
    """Each person meets the cases in an order of their own, which tells nothing of how they end."""
    return hashlib.sha256(f"{room.who} {case.case_id}".encode()).hexdigest()


def _again(room: Room, due: Due, waiting: bool) -> None:
    """Cases that are to be read again: those that show something else by now, or one where none is left to judge."""
    t = room.t
    if due.changed:
        note, wanted = t("training.changed_cases", n=len(due.changed)), due.changed[0].case_id
    elif due.idle_since:
        note, wanted = t("training.idle"), None if waiting else due.oldest
    else:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":yellow[:material/update: {note}]", width="content")
        if wanted:
            st.button(t("training.read_again"), key="training_again", on_click=_show, args=(wanted,))


def _show(case_id: str) -> None:
    st.session_state[_SHOWN] = case_id


def _ask(room: Room, case: Case, found: list[Case], number: int) -> None:
    t = room.t
    seen = cases.view(room.store, room.policy, case)
    left, right = controls.beside([8, 5], "judging")
    with left:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("training.case_number", n=number, of=len(found)), width="content")
            st.badge(training_case.origin(t, case), color="gray")
        training_case.known(room, case, seen)
    with right.container(border=True):
        st.subheader(t("training.your_judgement"), anchor=False)
        st.caption(t("training.judge_note", n=len(found), bad=sum(one.outcome.bad for one in found)))
        _form(room, case)


@st.fragment
def _form(room: Room, case: Case) -> None:
    """What is decided; while it is filled in, the case beside it stands still."""
    t, key = room.t, case.case_id
    tiers = {tier.code: f"{tier.code} {t.of(tier.name)}" for tier in room.policy.tier[::-1]}
    tier = st.segmented_control(t("overview.tier"), list(tiers), format_func=tiers.__getitem__, key=f"judge_tier_{key}")
    limit = st.number_input(
        t("training.own_limit", currency=case.currency),
        0.0,
        1e15,
        None,
        step=10000.0,
        format="%.0f",
        key=f"judge_limit_{key}",
    )
    if limit is not None:  # a nought too many is seen at once
        st.caption(plain(money(t, limit, case.currency)))
    days = st.number_input(t("training.own_days"), 0, 365, None, step=5, key=f"judge_days_{key}")
    chance = st.select_slider(
        t("training.chance"),
        _CHANCES,
        format_func=lambda share: NOTHING if share is None else f"{100 * share:g}%",
        key=f"judge_pd_{key}",
        help=t("training.chance_help"),
    )
    with st.container(key="main"):
        sent = st.button(t("training.judge"), type="primary", icon=":material/gavel:", key="training_judge")
    if not sent:
        return
    try:
        practice.judge(room.store, case, room.who, tier, limit, days, chance)
    except AskedWrong as refused:
        st.error(plain(t.error(refused)), icon=":material/error:")
        return
    st.session_state[_SHOWN] = case.case_id
    st.rerun()


def _result(room: Room, case: Case, judged: Judgement, due: Due) -> None:
    t, seen = room.t, cases.view(room.store, room.policy, case)
    changed = next((one for one in due.changed if one.case_id == case.case_id), None)
    to_read = changed is not None or case.case_id == due.oldest
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.subheader(plain(training_case.name(t, case)), anchor=False, width="content")
            st.badge(training_case.origin(t, case), color="gray")
        with st.container(key="main", width="content"):
            label = t("training.was_read") if to_read else t("training.next")
            if st.button(label, type="primary", icon=":material/arrow_forward:", key="training_next"):
                if to_read:
                    refreshers.reread(room.store, room.who, case.case_id)
                st.session_state.pop(_SHOWN)
                st.rerun()
    if changed is not None:
        _changed(room, case, changed)
    left, right = controls.beside([8, 5], "judged")
    with left:
        if to_read:  # months later nobody knows it by heart
            training_case.known(room, case, seen)
        training_case.happened(t, case)
        _compared(room, case, seen, judged)
        training_case.decided(t, case)
        training_case.lesson(room, case, seen)
    with right:
        training_case.score(room, case, seen)


def _changed(room: Room, case: Case, changed: Changed) -> None:
    """What the case showed when it was last seen, and what it shows now."""
    t = room.t

    def told(one: Shown) -> str:
        treated = training_case.treated(t, case, one.tier, one.limit, one.terms_days)
        return " · ".join((NOTHING if one.score is None else str(one.score), percent(one.pd_12m), treated))

    st.markdown(plain(t("training.changed", was=told(changed.was), now=told(changed.now))))


def _compared(room: Room, case: Case, seen: View, judged: Judgement) -> None:
    """The judgement beside the score's and what was decided then: limit, chance stated, Brier value and money."""
    t, a = room.t, book_money.of_book(room.store, room.policy)
    sales = case.amounts["annual_sales"]
    then = 100 * practice.earned(room.policy, a, case, case.decided.limit, case.decided.terms_days) / sales
    rows = [
        (t("training.you"), judged.tier, judged.credit_limit, judged.pd, judged.brier, judged.money_pct),
        (
            t("training.score_did"),
            judged.score_tier,
            judged.score_limit,
            judged.score_pd,
            judged.score_brier,
            judged.score_money_pct,
        ),
        (t("training.decided"), case.decided.tier or NOTHING, case.decided.limit, None, None, then),
    ]
    columns = [
        t("training.who"),
        t("overview.tier"),
        t("training.limit"),
        t("training.chance_short"),
        t("training.brier"),
        t("training.money_in", currency=case.currency),
        t("training.per_hundred"),
    ]
    shown = [
        (
            who,
            tier,
            plain(money(t, limit, case.currency)),
            NOTHING if chance is None else percent(chance),
            NOTHING if brier is None else f"{brier:.3f}",
            plain(money(t, per_cent * sales / 100, case.currency)),
            _number(per_cent),
        )
        for who, tier, limit, chance, brier, per_cent in rows
    ]
    st.table(pd.DataFrame(shown, columns=columns), border="horizontal", hide_index=True)
    st.caption(t("training.money_how"))


def _report(room: Room, given: list[Judgement]) -> None:
    """What a person's judgements come to, beside the score on the same cases."""
    t = room.t
    with st.container(gap=None):
        st.subheader(t("training.report"), anchor=False)
        st.caption(t("training.report_note"))
    if not given:
        st.caption(t("training.no_judgements"))
        return
    found = practice.report(given)
    look = {"border": True, "height": "stretch", "delta_color": "off", "delta_arrow": "off"}
    number, brier, earned, leans = st.columns(4)
    right = sum(judgement.is_right for judgement in given) / len(given)
    number.metric(t("training.judged"), count(found.cases), t("training.right_of", share=percent(right, 0)), **look)
    of_score = t("training.score_has", n=f"{found.score_brier:.3f}")
    brier.metric(t("training.brier"), f"{found.brier:.3f}", of_score, help=t("training.brier_help"), **look)
    of_score = t("training.score_has", n=_number(found.score_money_pct))
    earned.metric(t("training.per_hundred"), _number(found.money_pct), of_score, **look)
    leans.metric(t("training.leaning"), _leaning(room, found.bias), _interval(room, found.bias), **look)
    score = plain(_leaning(room, found.score_bias))
    st.caption(t("training.bias_note", score=score))
    _characteristics(room, found.by_characteristic)


def _characteristics(room: Room, found: Sequence[Contrast]) -> None:
    """Where a person leans, a sentence for each characteristic that stands out, and the figures of all."""
    t = room.t
    names = {c.id: t.of(c.name) for c in room.policy.characteristic}
    for one in found:
        if one.named:
            st.markdown(plain(_said(room, one, one.named, names.get(one.characteristic, one.characteristic))))
    if not found:
        st.caption(t("training.characteristics_few", n=leaning.LEAST_CASES))
        return
    if not any(one.side for one in found):
        st.caption(t("training.characteristics_none", n=len(found)))
    with st.expander(t("training.characteristics", n=len(found))):
        lines = [
            (
                plain(names.get(one.characteristic, one.characteristic)),
                *(text for of in (one.poor, one.good) for text in (str(of.cases), _interval(room, of))),
            )
            for one in found
        ]
        columns = [
            t("training.characteristic"),
            t("training.poor_cases"),
            t("training.poor_leaning"),
            t("training.good_cases"),
            t("training.good_leaning"),
        ]
        st.table(pd.DataFrame(lines, columns=columns), border="horizontal", hide_index=True)
        st.caption(t("training.characteristics_note", n=leaning.LEAST_CASES))


def _said(room: Room, one: Contrast, named: Bias, name: str) -> str:
    t, beside = room.t, one.good if one.side == "poor" else one.poor
    slots = {
        "name": name,
        **dict(zip(("low", "points", "high"), sorted(map(_points, (named.low, named.mean, named.high))), strict=True)),
        "n": named.cases,
        "other": _interval(room, beside),
        "of": beside.cases,
    }
    return {
        ("poor", "lenient"): t("training.poor_lenient", **slots),
        ("poor", "strict"): t("training.poor_strict", **slots),
        ("good", "lenient"): t("training.good_lenient", **slots),
        ("good", "strict"): t("training.good_strict", **slots),
    }[one.side, named.leaning]


def _leaning(room: Room, bias: Bias) -> str:
    t = room.t
    return {
        "few": t("training.few", n=leaning.LEAST_CASES),
        "unclear": t("training.unclear"),
        "lenient": t("training.lenient"),
        "strict": t("training.strict"),
    }[bias.leaning]


def _interval(room: Room, bias: Bias) -> str | None:
    if bias.mean is None or bias.low is None or bias.high is None:
        return None
    return room.t("training.interval", mean=_signed(bias.mean), low=_signed(bias.low), high=_signed(bias.high))


def _points(share: float | None) -> int:
    """A leaning's points, whichever way it goes."""
    return round(100 * abs(share or 0.0))


def _signed(share: float) -> str:
    return f"{round(100 * share):+d}".replace("-", MINUS)


def _number(amount: float | None) -> str:
    return NOTHING if amount is None else f"{amount:.1f}".replace("-", MINUS)
