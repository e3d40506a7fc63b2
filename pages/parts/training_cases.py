"""Cases: the library, one case told from what was known to the lesson, and two ways to add to it."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import controls, data, training_case
from pages.parts.format import bin_of, plain
from pages.parts.room import Room
from riskcore import book, schema
from riskcore.errors import AskedWrong
from riskcore.training import case as cases
from riskcore.training import library, past, refreshers
from riskcore.training.case import Case, Outcome, View
from riskcore.training.refreshers import Mark

_TOLD, _ADDING = "training_told", "training_own"
_ROWS = 18
# Where there is no room beside it, the list stands above the case.
_NARROW = """<style>
@media (max-width: 1000px) {
  .st-key-training_both {flex-direction: column; flex-wrap: nowrap}
  .st-key-training_both > div {width: 100% !important}
}
</style>"""


def show(room: Room) -> None:
    """The list beside the case that is chosen from it, or the form of a new one."""
    t = room.t
    if told := st.session_state.pop(_TOLD, None):
        st.session_state[_ADDING] = False
        st.toast(plain(told), icon=":material/check:")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(t("training.cases_note"), width="stretch")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            adding = st.toggle(t("training.own"), key=_ADDING)
            _from_the_book(room)
    if adding:
        _form(room)
        return
    found = library.listed(room.store)
    marks = refreshers.marks(room.store, room.who, found) if room.who else {}
    st.html(_NARROW)
    with st.container(horizontal=True, gap="large", key="training_both"):
        left, right = st.container(width=480 if room.who else 420), st.container(width="stretch")
    with left:
        place = _list(room, found, marks)
    chosen = found[place or 0]
    if place is not None and room.who and chosen.case_id not in marks:
        library.opened(room.store, room.who, chosen.case_id)
    with right:
        _one(room, chosen, cases.view(room.store, room.policy, chosen))


def _list(room: Room, found: list[Case], marks: dict[str, Mark]) -> int | None:
    t, policy, column = room.t, room.policy, st.column_config
    # A case never changes, so its tier stands until the policy or the list does.
    tiers = data.ask(library.tiers_of, policy, [case.case_id for case in found])
    shown = pd.DataFrame(
        {
            "title": [training_case.name(t, case) for case in found],
            "ending": [training_case.ending(t, case) for case in found],
            "tier": [[policy.tier[tier].code] for tier in tiers],
            "origin": [training_case.origin(t, case) for case in found],
        }
    )
    layout: dict[str, Any] = {
        "title": column.TextColumn(t("training.case"), width=190),
        "ending": column.TextColumn(t("training.ending"), width=64),
        "tier": controls.tier_column(t, policy, t("training.score_says")),
        "origin": column.TextColumn(t("training.origin"), width=64),
    }
    if room.who:
        told = {"read": t("training.mark_read"), "judged": t("training.mark_judged"), "due": t("training.mark_due")}
        shown.insert(1, "mark", [told[marks[case.case_id]] if case.case_id in marks else None for case in found])
        layout["mark"] = column.TextColumn(t("training.you"), width=64)
    return controls.clicked_row(shown, layout, key="training_cases", rows_most=_ROWS)


def _one(room: Room, case: Case, seen: View) -> None:
    t = room.t
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(plain(training_case.name(t, case)), anchor=False, width="content")
        st.badge(training_case.origin(t, case), color="gray")
    training_case.known(room, case, seen)
    training_case.decided(t, case)
    training_case.happened(t, case)
    training_case.lesson(room, case, seen)
    training_case.score(room, case, seen)


def _from_the_book(room: Room) -> None:
    """A popover that makes anonymous cases of the book's past."""
    t = room.t
    with st.popover(t("training.from_book"), icon=":material/history:", width="content"):
        st.markdown(t("training.from_book_note"))
        if st.button(t("training.make"), key="training_make", disabled=not room.who):
            try:
                made = past.make(room.store, room.who)
            except AskedWrong as refused:
                st.error(plain(t.error(refused)), icon=":material/error:")
            else:
                st.session_state[_TOLD] = t("training.made", n=made)
                st.rerun()
        if not room.who:
            st.caption(t("training.name_first"))


def _form(room: Room) -> None:
    """A case of the team's own."""
    t, currency = room.t, data.ask(book.currency)
    st.caption(t("training.own_note"))
    with st.form("training_own_form", border=False):
        texts = {"title": st.text_input(t("training.own_title"), max_chars=library.TITLE_MOST, key="own_title")}
        labels = {
            "known": t("training.known"),
            "decided": t("training.decided"),
            "happened": t("training.happened"),
            "lesson": t("training.lesson"),
        }
        for name, label in labels.items():
            texts[name] = st.text_area(label, max_chars=library.TEXT_MOST, height=80, key=f"own_{name}")
        first, second, third = st.columns(3)
        sales = first.number_input(
            t("training.own_sales", currency=currency), 0.0, 1e15, None, format="%.0f", key="own_sales"
        )
        limit = second.number_input(
            t("training.own_limit", currency=currency), 0.0, 1e15, None, format="%.0f", key="own_limit"
        )
        days = third.number_input(t("training.own_days"), 0, 365, None, key="own_days")
        endings = {False: t("training.went_well"), True: t("training.went_bad")}
        bad = first.segmented_control(t("training.ending"), list(endings), format_func=endings.get, key="own_bad")
        months = second.number_input(t("training.own_months"), 0, 120, 12, key="own_months")
        lost = third.number_input(
            t("training.own_lost", currency=currency), 0.0, 1e15, 0.0, format="%.0f", key="own_lost"
        )
        st.markdown(f"**{t('training.own_facts')}** :gray[{plain(t('training.own_facts_note'))}]")
        bins = _bins(room)
        with st.container(key="main"):
            sent = st.form_submit_button(t("training.own_save"), type="primary", icon=":material/save:")
    if not sent:
        return
    outcome = None if bad is None else Outcome(bad=bad, months=int(months or 0), lost=lost or 0.0)
    try:
        made = library.add_own(room.store, room.policy, room.who, texts, bins, currency, sales, limit, days, outcome)
    except AskedWrong as refused:
        st.error(plain(t.error(refused)), icon=":material/error:")
        return
    st.session_state[_TOLD] = t("training.own_saved", title=training_case.name(t, made))
    st.rerun()


def _bins(room: Room) -> dict[str, int]:
    """Per characteristic the bin that was known, or that it was refused; what is left alone was not known."""
    t, found, boxes = room.t, {}, st.columns(3)
    for place, c in enumerate(room.policy.characteristic):
        names = {number: bin_of(t, c, number) for number in range(len(c.bins), 0, -1)}
        names[schema.REFUSED_BIN] = t("customer.refused_short")
        chosen = boxes[place % 3].selectbox(
            t.of(c.name),
            list(names),
            index=None,
            key=f"own_{c.id}",
            format_func=lambda number, names=names: names[number],
            placeholder=t("training.not_known"),
        )
        if chosen is not None:
            found[c.id] = chosen
    return found
