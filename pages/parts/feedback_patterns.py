"""What repeats in what people say of scores, what is too little yet, and what became of it."""

import hashlib
from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts import controls, feedback_draft
from pages.parts.format import MINUS, count, day_of, percent, plain
from pages.parts.room import Room
from riskcore import signing
from riskcore.errors import AskedWrong
from riskcore.feedback import events, patterns
from riskcore.feedback.events import Event
from riskcore.feedback.patterns import Pattern
from riskcore.policy.feedback import Feedback
from riskcore.text import Words
from riskcore.training import practice, progress
from riskcore.training.leaning import LEAST_CASES, Bias
from riskcore.training.progress import Leaning
from riskcore.wording import bin_of

FEW_MOST, EVENTS_MOST = 10, 10


def show(room: Room) -> None:
    """The part of the page."""
    t, enough = room.t, room.policy.feedback
    if enough is None:
        st.caption(t("feedback.no_policy"))
        return
    found, done = patterns.gathered(room.store, room.policy), events.listed(room.store)
    repeating = [one for one in found if one.repeats(enough)]
    open_ones = [one for one in repeating if not events.is_dismissed(one, done)]
    if not found and not done:
        st.caption(t("feedback.none_yet"))
        st.page_link("book/customers.py", label=t("customers.title"), icon=":material/arrow_forward:")
        _leanings(room, enough)
        return
    with st.container(gap=None):
        st.subheader(t("feedback.found", n=len(open_ones)) if open_ones else t("feedback.none"), anchor=False)
        asked = {"customers": enough.customers, "people": enough.people, "share": f"{enough.share_pct:g}"}
        st.caption(t("feedback.rule", surely=f"{enough.surely_over_pct:g}", **asked))
    for one in open_ones:
        with st.container(border=True):
            _pattern(room, one, [event for event in done if event.pattern == one.key])
    _few(room, enough, [one for one in found if not one.repeats(enough)])
    _leanings(room, enough)
    _history(room, done)


def _pattern(room: Room, one: Pattern, own: Sequence[Event]) -> None:
    """One pattern: what, how many say so, what was drafted of it, and what can be done."""
    t = room.t
    with st.container(gap=None):
        st.markdown(f"**{plain(said(room, one))}**")
        st.markdown(plain(counted(t, one)))
        for line in _details(room, one):
            st.caption(plain(line))
    for event in own:
        if event.event == "drafted":
            text = {"by": event.said_by, "day": day_of(t, event.said_at), "state": _state(room, event)}
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(plain(t("feedback.drafted_by", **text)), width="content")
                feedback_draft.reopen(room, event)
    with st.container(horizontal=True, vertical_alignment="center"):
        feedback_draft.offer(room, one, said(room, one), widget_id(one.key))
        _who(room, one)
        _dismiss(room, one)


def said(room: Room, one: Pattern) -> str:
    """A pattern in words, not yet escaped."""
    t = room.t
    if one.kind == "characteristic":
        name = t.of(room.policy.known_characteristic(one.value).name)
        of = {"too_high": t("feedback.points_too_high", what=name), "too_low": t("feedback.points_too_low", what=name)}
        return of[one.direction]
    what = {
        "tier": t("feedback.what_tier", code=one.value),
        "industry": t("feedback.what_industry", value=controls.value_name(t, one.value)),
        "region": t("feedback.what_region", value=controls.value_name(t, one.value)),
        "salesperson": t("feedback.what_salesperson", value=one.value),
    }[one.kind]
    of = {"too_high": t("feedback.judged_too_high", what=what), "too_low": t("feedback.judged_too_low", what=what)}
    return of[one.direction]


def counted(t: Words, one: Pattern) -> str:
    """How many say so, with the share and its interval."""
    low, high = one.interval
    return t(
        "feedback.counted",
        customers=count(len(one.customers)),
        people=one.people,
        opinions=count(one.opinions),
        of_all=count(one.of_all),
        share=percent(one.share, 0),
        low=percent(low, 0),
        high=percent(high, 0),
    )


def _details(room: Room, one: Pattern) -> list[str]:
    """Which bins were named and which reasons of overrides there were, the most frequent first."""
    t, lines = room.t, []
    if one.bins:
        c = room.policy.known_characteristic(one.value)
        named = Counter(bin_of(t, c, code) for code in one.bins)
        lines.append(t("feedback.bins_named", bins=_times(t, named)))
    if one.reasons:
        names = {r.code: t.of(r.name) for r in room.policy.override.reason} if room.policy.override else {}
        reasons = Counter(names.get(code, code) for code in one.reasons)
        lines.append(t("feedback.by_override", n=len(one.reasons), reasons=_times(t, reasons)))
    return lines


def _times(t: Words, named: Counter[str]) -> str:
    return " · ".join(t("feedback.times", name=name, n=n) for name, n in named.most_common())


def _who(room: Room, one: Pattern) -> None:
    """What was said of whom; a click opens the customer."""
    t, own = room.t, widget_id(one.key)
    popover = st.popover(t("feedback.who"), type="tertiary", key=f"who_{own}", on_change="rerun")
    if not popover.open:
        return
    with popover, st.container(width=760):
        rows = patterns.named(room.store, one)
        codes = [tier.code for tier in room.assessed.policy.tier]
        shown = pd.DataFrame(
            {
                "name": rows["customer_name"],
                "score": rows["score"],
                "tier": [[codes[place]] for place in rows["tier"]],
                "because": rows["because"],
                "by": rows["said_by"],
            }
        )
        column = st.column_config
        layout = {
            "name": column.TextColumn(t("thresholds.customer"), width="medium"),
            "score": column.NumberColumn(t("thresholds.score"), width=60),
            "tier": controls.tier_column(t, room.assessed.policy, t("feedback.tier")),
            "because": column.TextColumn(t("feedback.because"), width="large"),
            "by": column.TextColumn(t("feedback.person"), width="small"),
        }
        controls.customer_table(shown, rows["customer_key"], layout, f"said_{own}")


def _dismiss(room: Room, one: Pattern) -> None:
    t, own = room.t, widget_id(one.key)
    popover = st.popover(t("feedback.dismiss"), type="tertiary", key=f"dismiss_{own}", on_change="rerun")
    if not popover.open:
        return
    with popover:
        st.caption(t("feedback.dismiss_note"))
        hint = t("decisions.why_hint", least=signing.REASON_LEAST)
        most = signing.REASON_MOST
        why = st.text_area(t("feedback.why"), key=f"dismiss_why_{own}", max_chars=most, height=68, placeholder=hint)
        if st.button(t("feedback.dismiss_now"), key=f"dismiss_now_{own}"):
            try:
                events.dismiss(room.store, one, room.who, why)
            except AskedWrong as refused:
                st.error(plain(t.error(refused)), icon=":material/error:")
            else:
                st.rerun()


def _few(room: Room, enough: Feedback, found: Sequence[Pattern]) -> None:
    """What several customers have in common, but is no pattern yet: what there is, and what it takes."""
    t = room.t
    shown = sorted((one for one in found if len(one.customers) > 1), key=lambda one: -len(one.customers))[:FEW_MOST]
    if not shown:
        return
    with st.container(gap=None):
        st.subheader(t("feedback.few"), anchor=False)
        st.caption(t("feedback.few_note"))
    rows = [
        (
            plain(said(room, one)),
            _of(t, len(one.customers), enough.customers),
            _of(t, one.people, enough.people),
            _of(t, 100 * one.share, enough.share_pct, "%"),
            _of(t, 100 * one.interval[0], enough.surely_over_pct, "%"),
        )
        for one in shown
    ]
    columns = [
        t("feedback.what"),
        t("feedback.customers"),
        t("feedback.people"),
        t("feedback.share"),
        t("feedback.surely"),
    ]
    st.table(pd.DataFrame(rows, columns=columns), border="horizontal", hide_index=True)


def _of(t: Words, there_is: float, it_takes: float, unit: str = "") -> str:
    """How much there is, and how much it takes where that is more."""
    there = f"{there_is:.0f}{unit}"
    return there if there_is >= it_takes else t("feedback.of", n=there, least=f"{it_takes:g}{unit}")


def _leanings(room: Room, enough: Feedback) -> None:
    """Where the team's judgements lean one way, beside the score's own on the same cases."""
    t = room.t
    found = progress.leanings(practice.judgements(room.store), room.policy, enough.people)
    if not found:
        return
    with st.container(gap=None):
        st.subheader(t("feedback.training"), anchor=False)
        st.caption(t("feedback.training_note"))
    rows = [(plain(_cases(room, one)), str(one.people), leaning(t, one.team), leaning(t, one.score)) for one in found]
    columns = [t("feedback.cases"), t("feedback.people"), t("feedback.team"), t("feedback.score_too")]
    st.table(pd.DataFrame(rows, columns=columns), border="horizontal", hide_index=True)
    query = {"part": "progress", **controls.in_url()}
    st.page_link("learn/training.py", label=t("feedback.training_link"), query_params=query)


def _cases(room: Room, one: Leaning) -> str:
    """On which cases a team leans, not yet escaped."""
    t = room.t
    if one.side is None:
        families = {family.id: t.of(family.name) for family in room.policy.family}
        return t("feedback.most_lost", name=families.get(one.of, one.of))
    names = {c.id: t.of(c.name) for c in room.policy.characteristic}
    name = names.get(one.of, one.of)
    return t("feedback.is_poor", name=name) if one.side == "poor" else t("feedback.is_good", name=name)


def leaning(t: Words, bias: Bias) -> str:
    """A leaning in words, with the mean difference in points of probability and its cases."""
    if bias.mean is None:
        return t("training.few", n=LEAST_CASES)
    named = {"lenient": t("feedback.lenient"), "strict": t("feedback.strict")}
    mean = f"{100 * bias.mean:+.0f}".replace("-", MINUS)
    said_as = named.get(bias.leaning, t("feedback.unclear"))
    return t("feedback.leans", leaning=said_as, mean=mean, n=bias.cases)


def _history(room: Room, done: Sequence[Event]) -> None:
    """What was done about patterns last, and what became of drafts."""
    t = room.t
    if not done:
        return
    st.subheader(t("feedback.history"), anchor=False)
    rows = [
        (
            plain(_named(room, event.pattern)),
            plain(
                t("feedback.dismissed", reason=event.reason)
                if event.event == "dismissed"
                else t("feedback.drafted", state=_state(room, event))
            ),
            plain(event.said_by),
            day_of(t, event.said_at),
            count(event.customers),
        )
        for event in done[:EVENTS_MOST]
    ]
    columns = [
        t("feedback.what"),
        t("feedback.done"),
        t("feedback.person"),
        t("feedback.when"),
        t("feedback.customers"),
    ]
    st.table(pd.DataFrame(rows, columns=columns), border="horizontal", hide_index=True)


def _named(room: Room, key: str) -> str:
    """A pattern of the past in words, also where the policy does not know its characteristic any more."""
    one = patterns.of_key(key)
    is_gone = one.kind == "characteristic" and one.value not in {c.id for c in room.policy.characteristic}
    return key if is_gone else said(room, one)


def _state(room: Room, event: Event) -> str:
    t = room.t
    if event.draft == room.assessed.policy.hash and room.assessed.draft:
        return t("feedback.state_on_book")
    if event.decision_id is not None:
        return t("feedback.state_decided", n=event.decision_id)
    states = {
        "open": t("feedback.state_open"),
        "deleted": t("feedback.state_deleted"),
        "in_force": t("feedback.state_in_force"),
    }
    return states[event.state]


def widget_id(key: str) -> str:
    """A name for widgets: what a pattern is of may be foreign text."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]
