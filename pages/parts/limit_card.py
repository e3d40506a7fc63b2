"""A customer's limit and terms: what is recommended, from which terms and factors, and who has to agree."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import controls
from pages.parts.format import NOTHING, count, day, full_money, is_nothing, plain, signed
from riskcore import limits
from riskcore.limits import Working
from riskcore.policy import Policy
from riskcore.text import Words
from riskcore.wording import MINUS

Line = tuple[str, str, str]  # what, how much, and how it comes about


def card(t: Words, policy: Policy, row: Mapping[str, Any], currency: str) -> None:
    """Limit and terms of a row of `riskcore.limits.of_customer`."""
    worked = limits.working(policy, row)
    with st.container(gap=None):
        st.subheader(t("limits.card.title"), anchor=False)
        st.caption(t("limits.card.formula", step=count(policy.limit.step)))
    left, right = controls.beside([3, 2], "limit")
    with left:
        _table([*_terms(t, policy, row, currency), *_factors(t, policy, row, worked, currency)])
    with right:
        _headline(t, row, currency)
        _table(_treatment(t, policy, row))
        if not is_nothing(row["choice"]):
            said = {"choice": limits.choice_of(t, row["choice"]), "by": row["decided_by"], "why": row["decided_why"]}
            said |= {"amount": full_money(row["decided_limit"], currency), "day": day(t, row["decided_at"])}
            st.markdown(plain(t("limits.card.decided", **said)))


def _headline(t: Words, row: Mapping[str, Any], currency: str) -> None:
    """The recommended limit against today's."""
    if is_nothing(row["recommended"]):
        st.metric(t("limits.recommended"), NOTHING)
        st.caption(t("limits.card.none"))
        return
    st.metric(t("limits.recommended"), full_money(row["recommended"], currency))
    if is_nothing(row["credit_limit"]):
        st.caption(t("limits.card.no_limit_today"))
        return
    difference = signed(row["difference"], full_money(row["difference"], currency))
    st.caption(
        plain(t("limits.card.against_today", today=full_money(row["credit_limit"], currency), difference=difference))
    )


def _terms(t: Words, policy: Policy, row: Mapping[str, Any], currency: str) -> list[Line]:
    """Need, capacity and own cap; the one that binds is named, and what is not known says so."""
    limit, strategy = policy.limit, policy.tier[row["tier"]].strategy
    late = f"{row['late_days']:g}".replace("-", MINUS)
    notes = {
        "need": t("limits.card.need_note", days=strategy.terms_days, late=late, peak=f"{limit.peak_factor:g}"),
        "capacity": t(
            "limits.card.capacity_note",
            worth=f"{limit.net_worth_share_pct:g}",
            working=f"{limit.working_capital_share_pct:g}",
        ),
        "own_cap": t("limits.card.own_cap_note", pct=f"{limit.own_sales_share_pct:g}"),
    }
    names = {"need": t("limits.need"), "capacity": t("limits.capacity"), "own_cap": t("limits.own_cap")}
    lines = []
    for term, note in notes.items():
        amount, said = full_money(row[term], currency), plain(note)
        if is_nothing(row[term]):
            said = f":gray[{plain(t('limits.card.not_binding'))}]"
        elif row["binding"] == term:
            amount, said = f"**{amount}**", f":primary-badge[{plain(t('limits.card.binds'))}] {said}"
        lines.append((names[term], amount, said))
    return lines


def _factors(t: Words, policy: Policy, row: Mapping[str, Any], worked: Working, currency: str) -> list[Line]:
    """The factor with both that it is the smaller of, and the two parts of the limit."""
    note = t(
        "limits.card.factor_note",
        grade=worked.grade or t("limits.card.in_default"),
        by_grade=worked.grade_factor_pct,
        code=policy.tier[row["tier"]].code,
        by_tier=worked.tier_factor_pct,
    )
    secured = plain(t("limits.card.no_secured")) if worked.secured == 0 else ""
    return [
        (t("limits.card.factor"), f"{worked.factor_pct}%", plain(note)),
        (t("limits.card.unsecured"), full_money(worked.unsecured, currency), ""),
        (t("limits.card.secured"), full_money(worked.secured, currency), f":gray[{secured}]" if secured else ""),
    ]


def _treatment(t: Words, policy: Policy, row: Mapping[str, Any]) -> list[Line]:
    """Terms by tier beside today's, payment in advance, review and approval."""
    strategy = policy.tier[row["tier"]].strategy
    longer = strategy.terms_days_by_approval > strategy.terms_days and not strategy.prepay
    terms = (
        t("limits.card.days_approved", n=strategy.terms_days, most=strategy.terms_days_by_approval)
        if longer
        else t("limits.card.days", n=strategy.terms_days)
    )
    today = (
        t("limits.card.terms_today_unknown")
        if is_nothing(row["credit_days"])
        else t("limits.card.terms_today", days=t("limits.card.days", n=f"{row['credit_days']:g}"))
    )
    return [
        (t("limits.card.terms"), plain(terms), f":gray[{plain(today)}]"),
        (t("limits.card.payment"), plain(limits.payment_of(t, strategy) or t("limits.card.payment_none")), ""),
        (t("limits.card.review"), t("limits.card.review_every", n=strategy.review_months), ""),
        (t("limits.card.approver"), plain(t.of(strategy.approver)), ""),
    ]


def _table(lines: list[Line]) -> None:
    st.table(
        pd.DataFrame(lines, columns=["what", "much", "how"]), border="horizontal", hide_index=True, hide_header=True
    )
