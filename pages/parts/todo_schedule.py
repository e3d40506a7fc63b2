"""To do: assess the book again, now or by a schedule; the last runs, and how to do it where no server stands."""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import data, schedule_commands
from pages.parts.format import count, day, plain
from pages.parts.room import Room
from riskcore import schedule, signing
from riskcore.days import local
from riskcore.errors import AskedWrong
from riskcore.schedule import Moves, Rule, Run
from riskcore.signing import said
from riskcore.text import Words

_DONE = "schedule_done"  # the assessment that was just made
_SAVED = "schedule_saved"
_QUIET = 2.0  # seconds of work that nobody is told of
_USUAL = Rule(every="day", hour=6, minute=0)
_WEEKDAYS = (
    *("schedule.monday", "schedule.tuesday", "schedule.wednesday", "schedule.thursday"),
    *("schedule.friday", "schedule.saturday", "schedule.sunday"),
)


def show(room: Room) -> None:
    """Now, by itself, what came of it, and elsewhere."""
    left, right = st.columns(2, gap="large")
    with left:
        _now(room)
    with right:
        _by_itself(room)
    _runs(room)
    kept = schedule.kept(room.store)
    schedule_commands.show(room.t, (kept and kept.rule) or _USUAL, data.kind())


def _moved(t: Words, found: Moves) -> str:
    return t.phrase(schedule.told(found, day(t, found.since)))


def _now(room: Room) -> None:
    t, last = room.t, room.assessed
    with st.container(gap=None):
        st.subheader(t("schedule.now"), anchor=False)
        st.caption(t("schedule.last", when=said(last.created_at), day=day(t, last.as_of), version=last.version))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = data.ask(schedule.known_from) or room.today
        chosen = st.date_input(
            t("schedule.as_of"),
            room.today,
            min_value=min(first, room.today),
            max_value=room.today,
            format="YYYY-MM-DD",
            key="schedule_as_of",
            width=160,
        )
        with st.container(key="main", width="content"):
            asked = st.button(t("schedule.again"), type="primary", icon=":material/refresh:", key="schedule_again")
    if asked and isinstance(chosen, date):
        _assess(room, chosen)
    if (number := st.session_state.get(_DONE)) == last.assessment_id:
        moves = data.ask(schedule.moves, number)
        done = t("schedule.done", n=count(last.customers), day=day(t, last.as_of))
        st.success(f"{done} {_moved(t, moves)}", icon=":material/check:")
        st.page_link(
            "book/monitoring.py", label=t("schedule.to_monitoring"), icon=":material/arrow_forward:", width="content"
        )


def _assess(room: Room, as_of: date) -> None:
    """Assess beside the page, so that it can say how long that has taken, and whoever leaves it stops nothing."""
    beside = ThreadPoolExecutor(1)
    work = beside.submit(schedule.again, room.store, as_of)
    beside.shutdown(wait=False)
    try:
        st.session_state[_DONE] = _awaited(room.t, work)
    except AskedWrong as refused:
        st.error(plain(room.t.error(refused)), icon=":material/error:")
        return
    st.rerun()


def _awaited(t: Words, work: "Future[int]") -> int:
    began = time.monotonic()
    try:
        return work.result(_QUIET)
    except NotYet:
        with st.status(t("schedule.under_way", n=round(_QUIET))) as box:
            while True:
                try:
                    return work.result(1)
                except NotYet:
                    box.update(label=t("schedule.under_way", n=round(time.monotonic() - began)))


def _by_itself(room: Room) -> None:
    t, kept = room.t, schedule.kept(room.store)
    rule = kept.rule if kept else None
    with st.container(gap=None):
        st.subheader(t("schedule.by_itself"), anchor=False)
        st.caption(t("schedule.by_itself_note"))
    if st.session_state.pop(_SAVED, False):
        st.toast(t("schedule.saved"), icon=":material/check:")
    chosen = _choose(t, rule)
    if chosen != rule:
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(t("schedule.save"), icon=":material/save:", key="schedule_save", disabled=not room.who):
                schedule.keep(room.store, chosen, room.who)
                st.session_state[_SAVED] = True
                st.rerun()
            if not room.who:
                st.caption(t("schedule.name_first"))
    if rule is None:
        st.markdown(t("schedule.none"))
    else:
        st.markdown(t("schedule.next", when=plain(said(schedule.next_due(rule, signing.now())))))
    if kept is not None:
        st.caption(plain(t("schedule.set_by", by=kept.set_by, when=said(kept.set_at))))


def _choose(t: Words, rule: Rule | None) -> Rule | None:
    """The rule that the fields say, first filled with the one that is kept."""
    usual, names = rule or _USUAL, _intervals(t)
    every = st.segmented_control(
        t("schedule.every"),
        list(names),
        default=rule.every if rule else "off",
        format_func=names.__getitem__,
        key="schedule_every",
        required=True,
        label_visibility="collapsed",
    )
    if every not in ("day", "week", "month"):
        return None
    found: dict[str, Any] = {"every": every}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if every == "week":
            found["weekday"] = st.selectbox(
                t("schedule.weekday"),
                range(7),
                usual.weekday,
                format_func=lambda number: t(_WEEKDAYS[number]),
                key="schedule_weekday",
                width=150,
            )
        if every == "month":
            found["day"] = st.number_input(t("schedule.day_of_month"), 1, 31, usual.day, key="schedule_day", width=250)
        at = st.time_input(
            t("schedule.at"),
            clock(usual.hour, usual.minute),
            step=timedelta(minutes=15),
            key="schedule_at",
            width=120,
        )
    return Rule(hour=at.hour, minute=at.minute, **found)


def _intervals(t: Words) -> Mapping[str, str]:
    return {
        "off": t("schedule.off"),
        "day": t("schedule.day"),
        "week": t("schedule.week"),
        "month": t("schedule.month"),
    }


def _runs(room: Room) -> None:
    t = room.t
    st.subheader(t("schedule.runs"), anchor=False)
    found = schedule.runs(room.store)
    if not found:
        st.caption(t("schedule.no_runs"))
        return
    lines = [(plain(_minute(run.due_at)), plain(_minute(run.ran_at)), plain(_outcome(t, run))) for run in found]
    columns = [t("schedule.due_at"), t("schedule.ran_at"), t("schedule.outcome")]
    st.table(pd.DataFrame(lines, columns=columns), border="horizontal", hide_index=True)


def _outcome(t: Words, run: Run) -> str:
    if run.failure is not None:
        return t("schedule.failed", why=run.failure)
    return t("schedule.unfinished") if run.moves is None else _moved(t, run.moves)


def _minute(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}"
