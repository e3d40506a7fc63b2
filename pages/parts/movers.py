"""Who changes tier, by name, largest exposure first."""

import pandas as pd
import streamlit as st

from pages.parts import controls, data, exports
from pages.parts.format import count, full_money, plain
from riskcore import money, portfolio, reports
from riskcore.money import Assumptions
from riskcore.portfolio import Assessed
from riskcore.text import Words
from riskcore.wording import main_reasons

PER_PAGE = 10
PRESENTED = 6  # what is read across a room


def table(t: Words, assessed: Assessed, now: list[int], a: Assumptions, currency: str) -> None:
    """The movers between the policy in force and these thresholds, one page of them, and what each move is worth."""
    in_force, bound = list(assessed.policy.thresholds), money.bound(assessed.policy, a)
    counts = data.ask(portfolio.mover_counts, assessed.assessment_id, now, in_force)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(t("thresholds.movers"), anchor=False, width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            direction = st.segmented_control(
                t("thresholds.direction"),
                ("all", "better", "worse"),
                default="all",
                key="direction",
                required=True,
                format_func=lambda d: t(f"thresholds.way_{d}", n=count(counts[d])),
                label_visibility="collapsed",
            )
            if counts["all"]:
                store, way = data.store(), direction or "all"  # a download is made when no book is on screen
                exports.buttons(
                    t,
                    "movers",
                    lambda: reports.movers_csv(store, assessed, now, in_force, way, t, bound),
                    lambda: reports.movers_xlsx(store, assessed, now, in_force, way, t, bound),
                )
    if not counts[direction or "all"]:
        st.caption(t("thresholds.nobody"))
        return
    st.caption(t("thresholds.movers_note", n=count(counts["all"])))
    place = st.empty()
    page = controls.pages_of(counts[direction or "all"], key=f"movers_{direction}", per_page=PER_PAGE)
    rows = data.ask(portfolio.movers, now, in_force, direction or "all", page, PER_PAGE, bound)
    key = f"movers_{page}_{direction}_{now}"
    controls.customer_table(_shown(t, assessed, rows), rows["customer_key"], _layout(t, assessed, currency), key, place)


def presented(t: Words, assessed: Assessed, now: list[int], currency: str) -> None:
    """The largest movers in a table that grows with the type."""
    in_force = list(assessed.policy.thresholds)
    counts = data.ask(portfolio.mover_counts, assessed.assessment_id, now, in_force)
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        st.subheader(t("thresholds.movers"), anchor=False, width="content")
        st.caption(t("thresholds.movers_note", n=count(counts["all"])), width="content")
    if not counts["all"]:
        return
    rows = data.ask(portfolio.movers, now, in_force, "all", 1, PRESENTED)
    chips = [f":{tier.colour}-badge[**{tier.code}**]" for tier in assessed.policy.tier]
    shown = pd.DataFrame(
        {
            t("thresholds.customer"): [plain(name) for name in rows["customer_name"]],
            t("thresholds.score"): ["–" if pd.isna(s) else str(int(s)) for s in rows["score"]],
            t("overview.tier"): [
                f"{'▲' if n < w else '▼'} {chips[w]} → {chips[n]}"
                for w, n in zip(rows["was"], rows["now"], strict=True)
            ],
            t("overview.exposure"): [full_money(amount, currency) for amount in rows["exposure"]],
            t("thresholds.reason"): [plain(reason) for reason in main_reasons(t, assessed.policy, rows)],
        }
    )
    st.table(shown, border="horizontal", hide_index=True)


def _shown(t: Words, assessed: Assessed, rows: pd.DataFrame) -> pd.DataFrame:
    tiers = assessed.policy.tier
    return pd.DataFrame(
        {
            "name": rows["customer_name"],
            "score": rows["score"],
            "way": ["▲" if n < w else "▼" for w, n in zip(rows["was"], rows["now"], strict=True)],
            "was": [[tiers[p].code] for p in rows["was"]],
            "now": [[tiers[p].code] for p in rows["now"]],
            "exposure": rows["exposure"].astype(float),
            "limit": rows["limit_change"].astype(float),
            "money": rows["money_change"].astype(float).round(),
            "reason": main_reasons(t, assessed.policy, rows),
        }
    )


def _layout(t: Words, assessed: Assessed, currency: str) -> dict[str, object]:
    column = st.column_config
    return {
        "name": column.TextColumn(t("thresholds.customer"), width="medium"),
        "score": column.NumberColumn(t("thresholds.score"), width=72),
        "way": column.TextColumn(" ", width=36),
        "was": controls.tier_column(t, assessed.policy, t("thresholds.was")),
        "now": controls.tier_column(t, assessed.policy, t("thresholds.now")),
        "exposure": controls.money_column(t("overview.exposure_in", currency=currency)),
        "limit": controls.money_column(t("thresholds.limit_change_in", currency=currency), width=140),
        "money": controls.money_column(t("thresholds.money_change_in", currency=currency), width=150),
        "reason": column.TextColumn(t("thresholds.reason"), width="medium"),
    }
