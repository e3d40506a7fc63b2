"""The assumptions of a meeting, edited beside the board: margin, loss, cost of money, and what sales stay."""

from dataclasses import replace

import streamlit as st

from pages.parts import data, meeting
from riskcore import book, settings
from riskcore.money import Assumptions
from riskcore.policy import Policy
from riskcore.text import Words


def edit(t: Words, policy: Policy) -> None:
    """A popover with every assumption; a change follows at once on the board."""
    a = meeting.assumptions(policy)
    with st.popover(t("assuming.title"), icon=":material/tune:"):
        st.caption(t("assuming.note"))
        changed = a
        for name, most, step in (
            ("margin_pct", 60.0, 0.5),
            ("lgd_pct", 100.0, 1.0),
            ("ead_share_pct", 100.0, 1.0),
            ("cost_of_money_pct", 25.0, 0.25),
            ("retention_uncertainty_pct", 50.0, 1.0),
        ):
            changed = replace(
                changed, **{name: _slider(t(f"assuming.{name}"), float(getattr(a, name)), most, step, name)}
            )
        for place, tier in enumerate(policy.tier[1:], 1):
            label = t("assuming.kept", code=tier.code)
            changed = meeting.assume_kept(
                changed, place, _slider(label, a.kept_pct[place], 100.0, 1.0, f"kept_{place}")
            )
        _keep(changed, a)
        st.button(t("assuming.reset"), on_click=meeting.assume, args=(None,))
        _own_sales(t)


def _slider(label: str, value: float, most: float, step: float, key: str) -> float:
    st.session_state[f"assume_{key}"] = value
    return float(st.slider(label, 0.0, most, step=step, key=f"assume_{key}", format="%.4g%%"))


def _keep(changed: Assumptions, before: Assumptions) -> None:
    if changed != before:
        meeting.assume(changed)
        st.rerun(scope="fragment")


def _own_sales(t: Words) -> None:
    """The company's own yearly sales: a cap on every limit and what rule S7 measures, so the book is assessed again."""
    store = data.store()
    now = settings.own_annual_sales(store.cursor())
    amount = st.number_input(
        t("assuming.own_sales", currency=book.currency(store)),
        min_value=0.0,
        value=now,
        step=1e6,
        format="%.0f",
        help=t("assuming.own_sales_help"),
        placeholder=t("assuming.own_sales_none"),
    )
    if st.button(t("assuming.own_sales_keep"), disabled=amount == now):
        book.set_own_annual_sales(store, amount or None)
        book.assess(store)
        st.rerun(scope="app")
