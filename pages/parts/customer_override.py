"""A person's override on the customer's page: the one that lives with what can be said of it, or the form to ask."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import streamlit as st

from pages.parts import data, override_settling, override_words, person
from pages.parts.format import full_money, is_nothing, plain
from riskcore import book, overrides, signing
from riskcore.errors import AskedWrong
from riskcore.explanation import Explained
from riskcore.policy.overrides import Overrides
from riskcore.portfolio import Assessed
from riskcore.text import Words

_OPEN = "override_open"
_USUAL_DAYS = 90  # what the form starts with


def card(t: Words, assessed: Assessed, customer: Explained, currency: str) -> None:
    """One row under the customer's tier, on the newest assessment."""
    override_settling.toast()
    policy, key = assessed.policy, int(customer.scored["customer_key"])
    with st.container(horizontal=True, vertical_alignment="center", key="override_card"):
        live = overrides.live_of(data.store().cursor(), key)
        if live is not None:
            st.markdown(override_words.line(t, policy, live), width="stretch")
            override_settling.buttons(t, live, "override")
        elif policy.override is None:
            st.caption(t("overrides.not_in_policy"))
        else:
            _asking(t, assessed, policy.override, customer, currency)


def _asking(t: Words, assessed: Assessed, said: Overrides, customer: Explained, currency: str) -> None:
    """The form, or why there is no tier to deviate to."""
    policy, row = assessed.policy, customer.scored
    tier, codes = int(row["tier"]), [one.code for one in assessed.policy.tier]
    rule = overrides.holding(policy, row["rules"], row["best"], tier)
    held = plain(t("overrides.holds", code=rule.code, name=t.of(rule.name))) if rule else ""
    lifts = [] if rule else [("up", code) for code in codes[:tier]]
    choices = [*lifts, *(("down", code) for code in codes[tier + 1 :])]
    if not choices:
        st.caption(held)
        return
    with st.popover(t("overrides.ask"), icon=":material/swap_vert:", key=_OPEN, on_change="rerun"):
        st.caption(t("overrides.ask_note"))
        if held and tier > 0:
            st.caption(held)
        refusal = st.container()
        key = row["customer_key"]
        chosen = st.radio(
            t("overrides.direction"),
            choices,
            index=None if len(choices) > 1 else 0,
            key=f"override_to_{key}",
            format_func=lambda way: override_words.change(t, *way),
            horizontal=True,
        )
        direction = chosen[0] if chosen else None
        reasons = [r.code for r in said.reason if direction in (None, r.direction) or r.direction is None]
        code = st.selectbox(
            t("overrides.reason"),
            reasons,
            index=None,
            key=f"override_reason_{key}",
            format_func=lambda one: override_words.reason_name(t, policy, one),
            placeholder=t("overrides.reason_none"),
        )
        hint = t("decisions.why_hint", least=signing.REASON_LEAST)
        why = st.text_area(
            t("overrides.text"), key=f"override_why_{key}", max_chars=signing.REASON_MOST, height=68, placeholder=hint
        )
        today = date.today()
        most, first = overrides.latest(said, today), max(today, assessed.as_of) + timedelta(days=1)
        usual = max(first, min(most, today + timedelta(days=_USUAL_DAYS)))
        on_day, by_whom = st.columns(2, vertical_alignment="bottom")
        until = on_day.date_input(
            t("overrides.until"),
            usual,
            min_value=first,
            max_value=max(first, most),
            format="YYYY-MM-DD",
            key=f"override_until_{key}",
        )
        with by_whom:
            by = person.ask(t, "override_person")
        st.caption(plain(_agreeing(t, said, row, currency)))
        if st.button(t("overrides.confirm"), key="override_confirm", disabled=chosen is None or code is None):
            wish = overrides.Wish(key, assessed.assessment_id, chosen[0], chosen[1], code, why, until, by)
            try:
                asked = book.override(data.store(), wish)
            except AskedWrong as refused:
                refusal.error(plain(t.error(refused)), icon=":material/error:")
            else:
                done = t("overrides.done_waits") if asked.needs_second else t("overrides.done_asked")
                override_settling.begin_anew(
                    done, _OPEN, f"override_why_{key}", f"override_to_{key}", f"override_reason_{key}"
                )


def _agreeing(t: Words, said: Overrides, row: Mapping[str, Any], currency: str) -> str:
    """Whether another person has to agree, and why."""
    amounts = [row[name] for name in ("exposure", "credit_limit") if not is_nothing(row[name])]
    if not amounts:
        return t("overrides.amount_unknown")
    slots = {"amount": full_money(max(amounts), currency), "from": full_money(said.second_person_from, currency)}
    if max(amounts) >= said.second_person_from:
        return t("overrides.needs_second", **slots)
    return t("overrides.counts_at_once", **slots)
