"""Who is near a line: customers whom a few points would move to another tier."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts import controls, data, exports
from pages.parts.format import count
from riskcore import portfolio, reports
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.text import Words
from riskcore.wording import main_reasons

POINTS = 10
PER_PAGE = 10


def table(t: Words, assessed: Assessed, thresholds: Sequence[int], currency: str) -> None:
    """Customers within ten points of these thresholds, either side, largest exposure first, one page of them."""
    starts, store = list(thresholds), data.store()  # a download may come when another book is on screen
    total = data.ask(portfolio.near_count, starts, POINTS)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(t("near.title"), anchor=False, width="content")
        if total:
            exports.buttons(
                t,
                "near",
                lambda: reports.near_csv(store, assessed, starts, t, POINTS),
                lambda: reports.near_xlsx(store, assessed, starts, t, POINTS),
            )
    if not total:
        st.caption(t("near.nobody", points=POINTS))
        return
    st.caption(t("near.note", n=count(total), points=POINTS))
    place = st.empty()
    page = controls.pages_of(total, key=f"near_{starts}", per_page=PER_PAGE)
    rows = data.ask(portfolio.near_the_line, starts, POINTS, page, PER_PAGE)
    shown, layout = _shown(t, assessed.policy, rows), _layout(t, currency)
    controls.customer_table(shown, rows["customer_key"], layout, f"near_table_{page}_{starts}", place)


def _shown(t: Words, policy: Policy, rows: pd.DataFrame) -> pd.DataFrame:
    tiers = policy.tier
    return pd.DataFrame(
        {
            "name": rows["customer_name"],
            "score": rows["score"],
            "line": [f"{tiers[place].code} {start}" for place, start in zip(rows["place"], rows["start"], strict=True)],
            "side": [
                t("near.below", n=-distance) if distance < 0 else t("near.above", n=distance)
                for distance in rows["distance"]
            ],
            "exposure": rows["exposure"].astype(float),
            "at_stake": rows["limit_at_stake"].astype(float),
            "past_due": rows["past_due"].astype(float),
            "industry": [controls.value_name(t, value) for value in rows["industry"]],
            "reason": main_reasons(t, policy, rows),
        }
    )


def _layout(t: Words, currency: str) -> dict[str, object]:
    column = st.column_config
    return {
        "name": column.TextColumn(t("thresholds.customer"), width="medium"),
        "score": column.NumberColumn(t("thresholds.score"), width=72),
        "line": column.TextColumn(t("near.line"), width=72),
        "side": column.TextColumn(t("near.side"), width=110),
        "exposure": controls.money_column(t("overview.exposure_in", currency=currency)),
        "at_stake": controls.money_column(t("near.at_stake_in", currency=currency), width=150),
        "past_due": controls.money_column(t("thresholds.past_due_in", currency=currency)),
        "industry": column.TextColumn(t("segments.industry")),
        "reason": column.TextColumn(t("thresholds.reason"), width="medium"),
    }
