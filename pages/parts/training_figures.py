"""The live figure of each unit, from the book on screen; where it is empty, the way to fill it."""

import pandas as pd
import streamlit as st

from pages.parts import charts, controls, data, mix, near, sources
from pages.parts import waterfall as chart
from pages.parts.format import count, day, full_money, money, plain
from pages.parts.room import Room
from riskcore import book, coverage, explanation, monitoring, portfolio
from riskcore import money as book_money
from riskcore.portfolio import Assessed
from riskcore.training.units import Unit


def show(room: Room, unit: Unit) -> None:
    """The figure that belongs to a unit."""
    t, assessed = room.t, room.assessed
    st.subheader(t("training.figure"), anchor=False)
    if assessed is None:
        st.caption(t("training.no_book"))
        if st.button(t("frame.see_sample"), icon=":material/visibility:", key="training_sample"):
            data.open_book("sample")
            st.rerun()
        return
    figures = {
        "mix": _mix,
        "coverage": _coverage,
        "waterfall": _waterfall,
        "movers": _near,
        "money": _money,
        "migration": _migration,
    }
    figures[unit.figure](room, assessed)


def _palette() -> charts.Palette:
    return charts.Palette(dark=st.context.theme.type == "dark")


def _losses(assessed: Assessed) -> pd.DataFrame:
    policy = assessed.policy
    assumed = data.ask(book_money.of_book, policy)
    return data.ask(book_money.by_tier, policy, assessed.assessment_id, policy.thresholds, assumed)


def _mix(room: Room, assessed: Assessed) -> None:
    t, policy, currency = room.t, assessed.policy, data.ask(book.currency)
    tiers, losses = data.ask(portfolio.mix, assessed.assessment_id, policy.thresholds), _losses(assessed)
    st.markdown(controls.tier_legend(t, policy, policy.thresholds))
    bars = [(tiers, "customers"), (tiers, "exposure"), (losses, "expected_loss_today")]
    labels = [t("overview.customers"), t("overview.exposure"), t("overview.expected_loss")]
    totals = [count(mix.total(tiers, "customers")), *(money(t, mix.total(f, n), currency) for f, n in bars[1:])]
    figure = charts.stacked_bars(policy, _palette(), labels, mix.parts(t, policy, bars, currency), totals, row=42)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="training_mix", alt=t("overview.tier_mix"))


def _coverage(room: Room, assessed: Assessed) -> None:
    t, policy = room.t, assessed.policy
    most: dict[str, int] = {}
    for c in policy.characteristic:
        most[c.family] = most.get(c.family, 0) + c.max_points
    points = " · ".join(t("training.family_points", name=t.of(f.name), n=most.get(f.id, 0)) for f in policy.family)
    st.caption(plain(t("training.coverage_note", points=points)))
    controls.coverage_table(t, policy, data.ask(coverage.by_family, assessed.assessment_id, policy))


def _waterfall(room: Room, assessed: Assessed) -> None:
    t, policy = room.t, assessed.policy
    largest = data.ask(portfolio.customers, {}, "exposure", 1, 1)
    key = int(largest["customer_key"].iloc[0])
    found = data.ask(explanation.explain, policy, assessed.as_of, key)
    st.caption(plain(t("training.waterfall_note", name=largest["customer_name"].iloc[0])))
    rows: list[chart.Row] = []
    for family in policy.family:
        lines = [line for line in found.lines if line.characteristic.family == family.id]
        most = sum(line.characteristic.max_points for line in lines)
        rows.append(chart.Row(t.of(family.name), sum(line.points for line in lines), most, heading=True))
        for line in lines:
            c, silent = line.characteristic, line.is_missing or line.is_refused
            value = sources.value_with_mark(t, line)
            when = "" if silent else day(t, line.known_on or policy.in_force)
            hint = f"{t.of(c.long_name)}: {value}"
            row = chart.Row(t.of(c.name), line.points, c.max_points, value=value, day=when, missing=silent, hint=hint)
            rows.append(row)
    scored = found.scored
    if scored["external_points"]:
        name = t("customer.external_family")
        rows.append(chart.Row(name, scored["external_points"], scored["silent_points"], heading=True))
    headings = [
        t("customer.base", score=policy.base_score),
        t("customer.col_points"),
        t("customer.col_value"),
        t("customer.col_date"),
    ]
    points = (scored["score"] or policy.base_score) - policy.base_score
    last = chart.Row(t("thresholds.score"), points, policy.total_points)
    figure = chart.waterfall(policy, _palette(), rows, policy.thresholds, last, scored["tier"], headings)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="training_waterfall", alt=t("customer.points"))


def _near(room: Room, assessed: Assessed) -> None:
    near.table(room.t, assessed, assessed.policy.thresholds, data.ask(book.currency))


def _money(room: Room, assessed: Assessed) -> None:
    t, policy, currency = room.t, assessed.policy, data.ask(book.currency)
    found = _losses(assessed).set_index("tier")
    names = {
        "sales": t("training.sales"),
        "exposure_on_terms": t("training.exposure_on_terms"),
        "margin_kept": t("training.margin_kept"),
        "expected_loss": t("overview.expected_loss"),
        "cost_of_money": t("training.cost_of_money"),
        "money": t("training.remains"),
    }
    rows = []
    for place, tier in enumerate(policy.tier):
        treated = tier.strategy
        terms = t("training.prepaid") if treated.prepay else t("training.terms_of", n=treated.terms_days)
        sums = [full_money(found[name].get(place, 0.0), currency) for name in names]
        rows.append([f":{tier.colour}-badge[**{tier.code}**]", terms, *map(plain, sums)])
    columns = [t("overview.tier"), t("training.terms"), *names.values()]
    st.caption(t("training.money_note"))
    st.table(pd.DataFrame(rows, columns=columns), border="horizontal", hide_index=True)


def _migration(room: Room, assessed: Assessed) -> None:
    t, policy = room.t, assessed.policy
    before = data.ask(portfolio.earlier, assessed)
    if before is None:
        st.caption(t("overview.no_earlier"))
        return
    st.caption(t("overview.changes_note", was=day(t, before.as_of), now=day(t, assessed.as_of)))
    moves, size = data.ask(monitoring.migration, before.assessment_id, assessed.assessment_id), len(policy.tier)
    counts = [*moves.by_tier, *[[0] * size] * size][:size]  # the earlier policy may have had fewer tiers
    names = [f"{tier.code} {t.of(tier.name)}" for tier in policy.tier]
    figure = charts.migration(policy, _palette(), counts, t("overview.same", n="{n}"), names)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="training_moves", alt=t("overview.changes"))
