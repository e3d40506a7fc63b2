"""What a score says in words: its tier and what holds it, the losses of points, the rules that fire."""

from collections.abc import Callable, Collection

import streamlit as st

from pages.parts import controls, override_words
from pages.parts.format import MINUS, NOTHING, plain
from riskcore import schema
from riskcore.explanation import Explained, Line
from riskcore.policy import Policy
from riskcore.text import Words
from riskcore.wording import reason_of

PAID_BY_INVOICES = frozenset(
    {
        "days_beyond_terms_12m",
        "past_due_over_30_pct",
        "worst_days_past_due_24m",
        "payment_trend_days",
        "peak_utilisation_6m_pct",
    }
)


def score(t: Words, policy: Policy, customer: Explained, below: Callable[[], None]) -> None:
    """The score in large, the tier, and what `below` draws under it."""
    row = customer.scored
    tier = policy.tier[row["tier"]]
    with st.container(horizontal=True, vertical_alignment="center"):
        number = NOTHING if row["score"] is None else str(row["score"])
        st.html(f'<div style="font-size:3.5rem;font-weight:600;line-height:1">{number}</div>', width="content")
        with st.container(gap=None, width="content"):
            st.markdown(f":{tier.colour}-badge[**{tier.code}**] **{t.of(tier.name)}**")
            below()


def held_or_below(t: Words, policy: Policy, customer: Explained) -> None:
    """Who lifted or lowered the tier, that a rule holds it, or how many points are lacking to the next one."""
    row = customer.scored
    by_score = policy.tier[row["score_tier"]]
    overridden = override_words.effect(t, policy, customer)
    if overridden:
        st.markdown(plain(overridden))
    if customer.held_by:
        rules = ", ".join(f"{r.code} {t.of(r.name)}" for r in customer.held_by)
        code = policy.tier[row["tier"]].code
        held = t("customer.held", score_tier=by_score.code, tier=code, rules=rules)
        st.markdown(t("overrides.beaten", tier=code, rules=rules) if overridden else held)
    elif not overridden and row["score_tier"] > 0 and row["score"] is not None:
        better = policy.tier[row["score_tier"] - 1]
        st.caption(t("customer.below", n=better.min_score - row["score"], code=better.code))


def why(t: Words, policy: Policy, customer: Explained, by_invoices: Collection[str] = ()) -> None:
    """The largest losses of points, then the rules; reasons among `by_invoices` lead to the invoices below."""
    row = customer.scored
    lines = []
    for line in customer.reasons():
        earned = plain(t("customer.earns", points=line.points, most=line.characteristic.max_points))
        said = plain(reason(t, line))
        said = f"[{said}](#invoices)" if line.characteristic.id in by_invoices else said
        lines.append((f":red[**{MINUS}{line.lost}**]", f"**{said}** :gray[{earned}]"))
    lines += [
        (f"**{r.code}**", f"{plain(t.of(r.name))}{plain(controls.bound_words(t, policy, r, row))}")
        for r in customer.rules
    ]
    silent = [line for line in customer.lines if line.is_missing]
    if silent and not row["is_filled"]:
        lines.append(("", f":gray[{plain(t('customer.silent', n=len(silent)))}]"))
    controls.small_table(lines)


def reason(t: Words, line: Line) -> str:
    """What lost the points, in words."""
    state = schema.REFUSED if line.is_refused else schema.EXPIRED if line.is_expired else schema.KNOWN
    return reason_of(t, line.characteristic, state, line.value)
