"""The assumptions of a meeting, edited beside the board: margin, loss, cost of money, and what sales stay."""

from dataclasses import replace

import streamlit as st

from pages.parts import data, meeting
from riskcore import book, settings
from riskcore.policy import Policy
from riskcore.text import Words

_SLIDERS = (  # assumption, highest value and step, in per cent
    ("margin_pct", 60.0, 0.5),
    ("lgd_pct", 100.0, 1.0),
    ("ead_share_pct", 100.0, 1.0),
    ("cost_of_money_pct", 25.0, 0.25),
    ("retention_uncertainty_pct", 50.0, 1.0),
)


def edit(t: Words, policy: Policy) -> None:
    """A popover with every assumption; a change follows at once on the board."""
    a = meeting.assumptions(policy)
    with st.popover(t("assuming.title"), icon=":material/tune:", width="content"):
        st.caption(t("assuming.note"))
        left, right = st.columns(2, gap="medium")
        for number, (name, most, step) in enumerate(_SLIDERS):
            column = right if number % 2 else left
            with column:
                _slider(t(f"assuming.{name}"), float(getattr(a, name)), most, step, (policy, name, None))
        for place, tier in enumerate(policy.tier[1:], 1):
            with right if (len(_SLIDERS) + place) % 2 == 0 else left:
                label = t("assuming.kept", code=tier.code)
                _slider(label, a.kept_pct[place], 100.0, 1.0, (policy, "kept_pct", place))
        st.button(t("assuming.reset"), on_click=meeting.assume, args=(None,))
        _own_sales(t, policy)


def _slider(label: str, value: float, most: float, step: float, what: tuple[Policy, str, int | None]) -> None:
    key = f"assume_{what[1]}_{what[2]}"
    st.session_state[key] = value
    st.slider(label, 0.0, most, step=step, key=key, format="%.4g%%", on_change=_moved, args=(key, *what))


def _moved(key: str, policy: Policy, name: str, place: int | None) -> None:
    """A slider was moved: its value is on the table before the page runs again."""
    a, value = meeting.assumptions(policy), float(st.session_state[key])
    meeting.assume(replace(a, **{name: value}) if place is None else meeting.assume_kept(a, place, value))


def _own_sales(t: Words, policy: Policy) -> None:
    """The company's own yearly sales: a cap on limits and what rule S7 measures, from the next assessment on."""
    store, own = data.store(), meeting.assumptions(policy).own_annual_sales
    st.session_state["assume_own_sales"] = own
    st.number_input(
        t("assuming.own_sales", currency=book.currency(store)),
        min_value=0.0,
        max_value=1e15,
        step=1e6,
        format="%.0f",
        key="assume_own_sales",
        help=t("assuming.own_sales_help"),
        placeholder=t("assuming.own_sales_none"),
        on_change=_own_sales_moved,
        args=(policy,),
    )
    if own == settings.own_annual_sales(store.cursor()):
        return
    st.caption(t("assuming.own_sales_later"))
    if st.button(t("assuming.own_sales_keep")):
        book.set_own_annual_sales(store, own)
        book.assess(store)
        st.rerun(scope="app")


def _own_sales_moved(policy: Policy) -> None:
    wished = st.session_state["assume_own_sales"]
    meeting.assume(replace(meeting.assumptions(policy), own_annual_sales=float(wished) if wished else None))
