"""Recording a decision at the board, and how a decision reads in a line."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.parts import controls, data, drafts, meeting, person
from pages.parts.format import count, full_money, is_nothing, money, plain, short, signed
from riskcore import changes, decisions, printing, signing, versions
from riskcore.decisions import Effect
from riskcore.errors import AskedWrong
from riskcore.money import Assumptions
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.text import Words

LARGEST_SHOWN = 5
_NUMBER, _TOLD, _OPEN = "decision_recorded", "decision_told", "decision_open"


def button(t: Words, assessed: Assessed, thresholds: list[int], assumptions: Assumptions) -> None:
    """A popover: what would change and what follows from it, name, reason, and the one button that puts it in force.

    Where a draft policy is tried, that is what is decided, with the thresholds on the board. After it the page runs
    anew, says so once and offers the decision as PDF beside the button.
    """
    recorded(t)
    if number := st.session_state.get(_NUMBER):
        download(t, number, "decision_download_new")
    label = t("decisions.adopt") if assessed.draft else t("decisions.record")
    popover = st.popover(label, icon=":material/gavel:", key=_OPEN, on_change="rerun")
    if not popover.open:  # what follows is asked of the whole book
        return
    with popover:
        before = versions.in_force(data.store())
        st.markdown("  \n".join(starts_lines(t, assessed.policy, before.thresholds, thresholds)))
        changed(t, before, assessed.policy)
        try:
            effect = data.ask(decisions.effect, assessed, tuple(thresholds), assumptions)
        except AskedWrong as refused:
            st.error(plain(t.error(refused)), icon=":material/error:")
            return
        st.markdown(plain(effect_line(t, effect)))
        if assessed.draft:  # the board shows only what thresholds move
            movers = [(m["customer_name"], m["was"], m["now"], m["exposure"]) for m in effect.largest]
            largest(t, assessed.policy, movers, effect.currency)
        st.caption(t("decisions.adopt_note") if assessed.draft else t("decisions.record_note"))
        by, why = signed_by(t, "decision")
        if st.button(t("decisions.confirm"), key="decision_confirm", icon=":material/gavel:"):
            try:
                number = decisions.record(data.store(), assessed, thresholds, assumptions, by, why)
            except AskedWrong as refused:
                st.error(plain(t.error(refused)), icon=":material/error:")
            else:
                after(number, "decision")


def signed_by(t: Words, key: str) -> tuple[str, str]:
    """Fields for the name and the reason."""
    by = person.ask(t, f"{key}_person")
    hint = t("decisions.why_hint", least=signing.REASON_LEAST)
    why = st.text_area(
        t("decisions.why"), key=f"{key}_why", max_chars=signing.REASON_MOST, height=100, placeholder=hint
    )
    return by, why


def after(number: int, key: str) -> None:
    """A decision was recorded: the assumptions are the book's now, and the page runs anew under the new policy."""
    st.session_state[_NUMBER], st.session_state[_TOLD] = number, False
    for gone in (f"{key}_why", f"{key}_open"):
        st.session_state.pop(gone, None)
    meeting.assume(None)
    drafts.close()
    st.rerun(scope="app")


def recorded(t: Words) -> None:
    """Say once that a decision is in force."""
    if st.session_state.get(_TOLD) is False:
        st.session_state[_TOLD] = True
        st.toast(t("decisions.recorded", n=st.session_state[_NUMBER]), icon=":material/check:")


def download(t: Words, number: int, key: str) -> None:
    """The decision as PDF, made when it is asked for."""
    store = data.store()
    st.download_button(
        t("decisions.download", n=number),
        lambda: printing.decision_pdf(store, number, t),
        file_name=f"decision-{number}.pdf",
        mime="application/pdf",
        icon=":material/picture_as_pdf:",
        key=key,
        type="tertiary",
        on_click="ignore",
    )


def starts_lines(t: Words, policy: Policy, was: Sequence[int], now: Sequence[int]) -> list[str]:
    """The thresholds before and after, worst tier first as on the board; Markdown."""
    lines = []
    for tier, before, start in reversed(list(zip(policy.tier, was, now, strict=False))):
        same = {"code": f":{tier.colour}-badge[**{tier.code}**]", "now": start}
        lines.append(
            t("decisions.starts_same", **same) if before == start else t("decisions.starts", was=before, **same)
        )
    return lines


def changed(t: Words, before: Policy, after: Policy) -> None:
    """What else than thresholds differs between two policies, a line each."""
    if said := changes.in_words(t, before, after):
        st.markdown("  \n".join(plain(line) for line in said))


def largest(t: Words, policy: Policy, movers: Sequence[tuple[Any, int, int, Any]], currency: str) -> None:
    """Movers by exposure: the amount, the name, from which tier to which. `movers`: name, places, exposure."""

    def chip(place: int) -> str:
        return f":{policy.tier[place].colour}-badge[{policy.tier[place].code}]"

    controls.small_table(
        [
            (
                plain(full_money(None if is_nothing(amount) else amount, currency)),
                f"{plain(short(name, 30))} {chip(was)} → {chip(now)}",
            )
            for name, was, now, amount in movers[:LARGEST_SHOWN]
        ]
    )


def effect_line(t: Words, effect: Effect) -> str:
    """What a decision does, in one sentence."""
    before, now = effect.total("before", "money"), effect.total("after", "money")
    return t(
        "decisions.effect",
        better=count(effect.better),
        worse=count(effect.worse),
        before=money(t, before, effect.currency),
        after=money(t, now, effect.currency),
        change=signed(now - before, money(t, now - before, effect.currency)),
    )
