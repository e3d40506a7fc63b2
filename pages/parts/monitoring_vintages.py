"""Customer quality by the quarter of the first sale: a bar of tiers for each, the newest first."""

import streamlit as st

from pages.parts import charts, controls, data, monitoring_dates
from pages.parts.charts import Part
from pages.parts.format import NOTHING, count
from riskcore import monitoring
from riskcore.monitoring import Vintage
from riskcore.portfolio import Assessed
from riskcore.text import Words

_NOTES = {"customers": "monitoring.vintages_note", "exposure": "monitoring.vintages_money_note"}
_ROW_PX, _BARS = 26, 14


def draw(t: Words, palette: charts.Palette, assessed: Assessed, by: str) -> None:
    """The bars of one assessment, by `customers` or `exposure`."""
    found: list[Vintage] = data.ask(monitoring.vintages, assessed.assessment_id)
    found.sort(key=lambda one: (one.quarter is not None, one.quarter), reverse=True)
    with st.container(gap=None):
        st.subheader(t("monitoring.vintages"), anchor=False)
        st.caption(t(_NOTES[by], now=monitoring_dates.dated(t, assessed)))
    place = st.empty()
    page = controls.pages_of(len(found), "vintages_page", _BARS)
    found = found[(page - 1) * _BARS : page * _BARS]
    labels = [quarter(t, one) for one in found]
    totals = [f"{count(one.customers)} · {mean(one, by)}" for one in found]
    figure = charts.stacked_bars(assessed.policy, palette, labels, parts(t, assessed, found, by), totals, row=_ROW_PX)
    place.plotly_chart(figure, config=charts.CONFIG, theme=None, key="vintages", alt=t("monitoring.vintages"))


def quarter(t: Words, one: Vintage) -> str:
    """The name of a quarter."""
    if one.quarter is None:
        return t("monitoring.no_first_sale")
    return t("monitoring.quarter", year=one.quarter.year, quarter=(one.quarter.month + 2) // 3)


def mean(one: Vintage, by: str) -> str:
    """The mean score of a quarter's customers, weighed as the bars are."""
    score = one.mean_score if by == "customers" else one.mean_score_by_exposure
    return NOTHING if score is None else count(score)


def parts(t: Words, assessed: Assessed, found: list[Vintage], by: str) -> list[Part]:
    """The parts of the bars, worst tier first, those little known hatched in its colour."""
    number, worst = ("customers", "exposure").index(by), len(assessed.policy.tier) - 1

    def part(place: int) -> Part:
        tier = assessed.policy.tier[place]
        amounts = [max(float(one.by_tier[place][number]), 0.0) for one in found]
        return Part(place, charts.escape(f"{tier.code} {t.of(tier.name)}"), amounts)

    little = [max(float(one.little_known[number]), 0.0) for one in found]
    hatched = Part(worst, t("overview.little_known"), little, hatched=True)
    return [part(worst), hatched, *(part(place) for place in range(worst - 1, -1, -1))]
