"""Overview: how the book stands, what changed, where the money is, and how fresh the knowledge is."""

from datetime import date

import pandas as pd
import streamlit as st

from pages.parts import charts, controls, data, groups, needs_action, words
from pages.parts.format import NOTHING, age_days, count, day, money, percent, plain, short, signed
from pages.parts.mix import parts, total
from riskcore import book, coverage, monitoring, portfolio
from riskcore import money as book_money
from riskcore.policy import Policy

t = words.current()
controls.head(t("overview.title"))
assessed = controls.assessed_or_stop()
policy: Policy = assessed.policy
currency = data.ask(book.currency)
before = data.ask(portfolio.earlier, assessed)
palette = charts.Palette(dark=st.context.theme.type == "dark")

mix = data.ask(portfolio.mix, assessed.assessment_id, policy.thresholds)
mix_before = None if before is None else data.ask(portfolio.mix, before.assessment_id, before.policy.thresholds)
moves = None if before is None else data.ask(monitoring.migration, before.assessment_id, assessed.assessment_id)
assumed = data.ask(book_money.of_book, policy)
losses = data.ask(book_money.by_tier, policy, assessed.assessment_id, policy.thresholds, assumed)
losses_before = (
    None
    if before is None
    else data.ask(book_money.by_tier, policy, before.assessment_id, before.policy.thresholds, assumed)
)
exposure_known = total(mix, "with_exposure") > 0


def headline() -> None:
    """What happened since the last assessment, in one sentence."""
    if before is None or moves is None:
        st.markdown(t("overview.first"))
        return
    cells = [(was, now, n) for was, row in enumerate(moves.by_tier) for now, n in enumerate(row)]
    better, worse = (sum(n for was, now, n in cells if (now - was) * way > 0) for way in (-1, 1))
    worst = policy.tier[-1].code
    in_worst = total(mix[mix["tier"] == len(policy.tier) - 1], "exposure")
    share = percent(in_worst / total(mix, "exposure")) if total(mix, "exposure") > 0 else NOTHING
    names = {"day": day(t, before.as_of), "code": worst, "share": share}
    numbers = {"better": better, "worse": worse, "arrived": moves.arrived, "left": moves.left}
    st.markdown(t("overview.headline", **names, **{name: count(n) for name, n in numbers.items()}))


def past_due_share(frame: pd.DataFrame | None) -> float | None:
    """Past due as a share of the exposure, 0 to 1."""
    known = frame is not None and total(frame, "exposure") > 0
    return total(frame, "past_due") / total(frame, "exposure") if known else None


def cards() -> None:
    """Four figures, each with its change beside it."""
    since = None if before is None else t("overview.since")
    look = {"delta_color": "off", "border": True, "height": "stretch"}
    customers, exposure, loss, due = st.columns(4)

    def change(column: str, write: object) -> str | None:
        if mix_before is None:
            return None
        moved = total(mix, column) - total(mix_before, column)
        return signed(moved, write(moved)).replace("−", "-")  # st.metric reads the hyphen as a fall

    n = count(total(mix, "customers"))
    customers.metric(t("overview.customers"), n, change("customers", count), delta_description=since, **look)
    amount = money(t, total(mix, "exposure"), currency) if exposure_known else NOTHING
    moved = change("exposure", lambda m: money(t, m, currency)) if exposure_known else None
    exposure.metric(t("overview.exposure"), amount, moved, delta_description=since, **look)
    now, then = past_due_share(mix), past_due_share(mix_before)
    points = None if now is None or then is None else t("overview.points", n=f"{100 * (now - then):+.1f}")
    share = NOTHING if now is None else percent(now)
    due.metric(t("overview.of_exposure"), share, points, delta_description=since, **look)
    lost = total(losses, "expected_loss_today")
    moved = None if losses_before is None else lost - total(losses_before, "expected_loss_today")
    change_of_loss = None if moved is None else signed(moved, money(t, moved, currency)).replace("−", "-")
    written = money(t, lost, currency) if exposure_known else NOTHING
    loss.metric(
        t("overview.expected_loss"),
        written,
        change_of_loss,
        delta_description=since,
        help=t("overview.loss_help"),
        **look,
    )


def tier_mix() -> None:
    """The whole book by tier, by count and by money."""
    with st.container(gap=None):
        st.subheader(t("overview.tier_mix"), anchor=False)
        legend = controls.tier_legend(t, policy, policy.thresholds)
        st.markdown(f"{legend}  :gray[{t('overview.hatched', code=policy.tier[-1].code)}]")
    bars = [(mix, "customers"), (mix, "exposure"), (losses, "expected_loss_today")]
    labels = [t("overview.customers"), t("overview.exposure"), t("overview.expected_loss")]
    totals = [count(total(mix, "customers")), *(money(t, total(frame, name), currency) for frame, name in bars[1:])]
    if not exposure_known:
        bars, labels, totals = bars[:1], labels[:1], totals[:1]
    figure = charts.stacked_bars(policy, palette, labels, parts(t, policy, bars, currency), totals, row=42)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="tier_mix", alt=t("overview.tier_mix"))


def segments() -> None:
    """The mix by industry, region or salesperson."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="content"):
            st.subheader(t("overview.segments"), anchor=False)
            st.caption(t("overview.segments_note"))
        dimension = controls.dimension(t, "segment")
    frame = data.ask(portfolio.mix, assessed.assessment_id, policy.thresholds, dimension)
    groups = [(place, name, rows) for (place, name), rows in frame.groupby(["place", "segment"])]
    groups.sort(key=lambda group: (group[0] == -1, group[0]))  # "not given" comes last
    labels = [short(controls.segment_name(t, place, name)) for place, name, _ in groups]
    lost = data.ask(book_money.by_tier, policy, assessed.assessment_id, policy.thresholds, assumed, dimension)
    by_group = lost.groupby(["place", "segment"])["expected_loss_today"].sum()
    totals = [
        f"{money(t, total(rows, 'exposure'), currency)} · {money(t, by_group[place, name], currency)}"
        if total(rows, "with_exposure")
        else NOTHING
        for place, name, rows in groups
    ]
    bars = parts(t, policy, [(rows, "customers") for _, _, rows in groups])
    figure = charts.stacked_bars(policy, palette, labels, bars, totals, row=28)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="segments", alt=t("overview.segments"))


def changes() -> None:
    """Tiers then and now."""
    with st.container(gap=None):
        st.subheader(t("overview.changes"), anchor=False)
        if before is None or moves is None:
            st.caption(t("overview.no_earlier"))
            return
        st.caption(t("overview.changes_note", was=day(t, before.as_of), now=day(t, assessed.as_of)))
    size = len(policy.tier)
    # The earlier policy may have had more tiers, or fewer.
    counts = [*moves.by_tier, *[[0] * size] * size][:size]
    names = [f"{tier.code} {t.of(tier.name)}" for tier in policy.tier]
    figure = charts.migration(policy, palette, counts, t("overview.same", n="{n}"), names)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="changes", alt=t("overview.changes"))


def concentration() -> None:
    """The ten largest exposures, and the largest industry."""
    largest = data.ask(portfolio.concentration)
    with st.container(gap=None):
        st.subheader(t("overview.largest"), anchor=False)
        if largest.empty:
            st.caption(t("overview.no_exposure"))
            return
        note = t("overview.largest_note", n=len(largest), share=percent(largest["running_share"].iloc[-1]))
        by_industry = data.ask(portfolio.mix, assessed.assessment_id, policy.thresholds, "industry")
        sums = by_industry[by_industry["place"].between(0, 11)].groupby("segment")["exposure"].sum()
        if len(sums) and total(mix, "exposure") > 0:
            share = percent(sums.max() / total(mix, "exposure"))
            note += " " + t("overview.largest_industry", name=plain(controls.value_name(t, sums.idxmax())), share=share)
        st.caption(note)
    shown = pd.DataFrame(
        {
            "tier": [[policy.tier[p].code] for p in largest["tier"]],
            "name": largest["customer_name"],
            "share": 100 * largest["share"],
            "exposure": largest["exposure"].astype(float),
        }
    )
    column = st.column_config
    most = float(shown["share"].max())
    layout = {
        "tier": controls.tier_column(t, policy, t("overview.tier")),
        "name": column.TextColumn(t("overview.customer"), width=175),
        "share": column.ProgressColumn(t("overview.share"), format="%.1f%%", min_value=0, max_value=most, width=90),
        "exposure": controls.money_column(t("overview.exposure_in", currency=currency)),
    }
    controls.customer_table(shown, largest["customer_key"], layout, key="largest")


def freshness() -> None:
    """How old the files are, and how much of what the scorecard asks is known."""
    history = data.ask(portfolio.imports)
    newest = history["as_of"].max()
    age = age_days(newest, date.today())
    with st.container(gap=None):
        st.subheader(t("overview.fresh"), anchor=False)
        sentence = t("overview.fresh_note", day=day(t, newest), n=count(age), files=count(len(history)))
        st.caption(f":yellow[{sentence}]" if age > 31 else sentence)
    controls.coverage_table(t, policy, data.ask(coverage.by_family, assessed.assessment_id, policy))


def rules() -> None:
    """The rules that fire, by customers; a click lists them."""
    firing = {code: n for code, n in data.ask(portfolio.held_by_rule, policy).items() if n}
    with st.container(gap=None):
        st.subheader(t("overview.rules"), anchor=False)
        st.caption(t("overview.rules_note") if firing else t("overview.no_rules"))
    if firing:
        chosen = [rule for rule in policy.rule if rule.code in firing]
        shown = pd.DataFrame(
            [(rule.code, t.of(rule.name), firing[rule.code]) for rule in chosen], columns=["code", "name", "n"]
        )
        layout = {
            "code": st.column_config.TextColumn(t("customers.rules"), width=56),
            "name": st.column_config.TextColumn(t("overview.rule"), width="large"),
            "n": st.column_config.NumberColumn(t("overview.customers"), width=80),
        }
        place = controls.clicked_row(shown, layout, key="rules")
        if place is not None:
            st.session_state["customers_rule"] = chosen[place].code
            st.switch_page("book/customers.py")


headline()
cards()
tier_mix()
left, right = controls.beside(2, "now")
with left:
    segments()
with right:
    needs_action.card(t, assessed, currency)
    changes()
left, right = controls.beside(2, "largest")
with left:
    concentration()
    groups.table(t, assessed, currency)
with right:
    freshness()
    rules()
