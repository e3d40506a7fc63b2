"""Monitoring: what became of the book between two assessments, whether it drifted, and how newer customers do."""

import streamlit as st

from pages.parts import (
    charts,
    controls,
    data,
    monitoring_dates,
    monitoring_drift,
    monitoring_matrix,
    monitoring_vintages,
    words,
)
from pages.parts.format import NOTHING, count, day, money, percent, plain
from riskcore import book, monitoring
from riskcore.monitoring import Migration
from riskcore.portfolio import Assessed

_BY = {"customers": "monitoring.by_customers", "exposure": "monitoring.by_exposure"}

t = words.current()
controls.head(t("monitoring.title"))
newest = controls.assessed_or_stop()
compared = monitoring_dates.choose(t, newest)
palette = charts.Palette(dark=st.context.theme.type == "dark")


def headline(found: Migration, earlier: Assessed, later: Assessed) -> None:
    """Who got better and who worse, by count and exposure."""
    came_and_went = {"arrived": count(found.arrived), "left": count(found.left)}
    better, worse = found.better, found.worse
    if better is None or worse is None:
        told = monitoring_matrix.same_tiers(earlier, later)
        none = t("monitoring.none_on_both", **came_and_went)
        st.markdown(none if told else t("monitoring.other_tiers", **came_and_went))
        return
    tiers = range(len(later.policy.tier))
    pairs = [(was, now) for was in tiers for now in tiers]
    currency = data.ask(book.currency)

    def moved(way: int) -> tuple[str, str]:
        cells = [(was, now) for was, now in pairs if (was - now) * way > 0]
        amount = sum(found.exposure[was][now] for was, now in cells)
        return count(sum(found.customers[was][now] for was, now in cells)), plain(money(t, amount, currency))

    def of_exposure(share: float | None) -> str:
        return NOTHING if share is None else percent(share)

    (up, up_money), (down, down_money) = moved(1), moved(-1)
    st.markdown(
        t(
            "monitoring.moved",
            was=day(t, earlier.as_of),
            now=day(t, later.as_of),
            better=up,
            better_share=percent(better.customers),
            better_part=of_exposure(better.exposure),
            better_money=up_money,
            worse=down,
            worse_share=percent(worse.customers),
            worse_part=of_exposure(worse.exposure),
            worse_money=down_money,
            **came_and_went,
        )
    )
    st.caption(t("monitoring.of_both", n=count(sum(found.customers[was][now] for was, now in pairs))))


def policies(earlier: Assessed, later: Assessed) -> None:
    """That the policy is another one, where it is."""
    if earlier.policy.hash != later.policy.hash:
        note = t("monitoring.policy_changed", was=earlier.version, now=later.version)
        st.markdown(f":yellow[{note}]")


if compared is None:
    st.markdown(t("monitoring.only_one"))
    with st.container(key="main", width="content"):
        if st.button(t("monitoring.to_import"), type="primary", icon=":material/upload:"):
            st.switch_page("data/imports.py")
    st.stop()

migration = data.ask(monitoring.migration, compared[0].assessment_id, compared[1].assessment_id)
with st.container(gap=None):
    headline(migration, *compared)
    policies(*compared)
# A page change forgets widgets; what was chosen is kept beside them.
st.session_state.setdefault("monitoring_by", st.session_state.get("kept_monitoring_by", "customers"))
by = st.segmented_control(
    t("monitoring.by"),
    list(_BY),
    format_func=lambda one: t(_BY[one]),
    key="monitoring_by",
    required=True,
    label_visibility="collapsed",
)
st.session_state["kept_monitoring_by"] = by
monitoring_matrix.draw(t, palette, migration, *compared, by)
monitoring_drift.draw(t, *compared)
monitoring_vintages.draw(t, palette, compared[1], by)
