"""Two drafts, or a draft and the policy in force, side by side: where customers go, the money of both, who moves."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, controls, data
from pages.parts.charts import Palette
from pages.parts.drafts import starts_line
from pages.parts.format import count, full_money, money, plain
from riskcore import book, changes, drafts, portfolio, versions
from riskcore import money as book_money
from riskcore.money import Assumptions
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.text import Words

PER_PAGE = 10
SANKEY_TIERS_MOST = 4
_SUMS = ("exposure_on_terms", "margin_kept", "expected_loss", "cost_of_money", "money", "sales_prepaid", "limit")


@dataclass(frozen=True)
class Side:
    """One of the two: what it is called (foreign text), its thresholds and its assumptions."""

    name: str
    thresholds: tuple[int, ...]
    assumptions: Assumptions


def sides(t: Words, assessed: Assessed) -> dict[str, Side]:
    """What can be compared, by id: the policy assessed under the empty one, then the drafts, the last saved first."""
    policy = assessed.policy
    applied = t("drafts.on_trial" if assessed.draft else "drafts.in_force", version=assessed.version)
    found = {"": Side(applied, policy.thresholds, data.ask(book_money.of_book, policy))}
    for draft in drafts.listed(data.store()):
        if len(draft.thresholds) == len(policy.thresholds):
            found[draft.draft_id] = Side(draft.name, draft.thresholds, draft.assumptions)
    return found


def two(t: Words, assessed: Assessed, currency: str, palette: Palette) -> None:
    """The choice of two and what sets them apart."""
    found = sides(t, assessed)
    with st.container(gap=None):
        st.subheader(t("drafts.compare"), anchor=False)
        st.caption(t("drafts.compare_note"))
        if assessed.draft:
            changed = changes.in_words(t, versions.in_force(data.store()), assessed.policy)
            st.caption(plain(t("drafts.on_trial_note", changes=" · ".join(changed))))
    left, right = st.columns(2)
    before = found[_chosen(left, t("drafts.compare_from"), assessed.policy, found, 0, "compare_from")]
    after = found[_chosen(right, t("drafts.compare_to"), assessed.policy, found, 1, "compare_to")]
    left, right = st.columns(2, gap="large")
    with left:
        if before.thresholds == after.thresholds:
            st.caption(t("drafts.same"))
        else:
            _flow(t, assessed, currency, palette, before, after)
    with right:
        _money(t, assessed, currency, before, after)
    _movers(t, assessed, currency, before, after)


def _chosen(place: Any, label: str, policy: Policy, found: dict[str, Side], first: int, key: str) -> str:
    def shown(i: str) -> str:
        return f"{found[i].name} · {starts_line(policy, found[i].thresholds)}"

    ids = list(found)
    if st.session_state.get(key) not in found:
        st.session_state[key] = ids[min(first, len(ids) - 1)]
    chosen: str = place.selectbox(label, ids, format_func=shown, key=key)
    return chosen


def _flow(t: Words, assessed: Assessed, currency: str, palette: Palette, before: Side, after: Side) -> None:
    policy = assessed.policy
    counts = data.ask(portfolio.mover_counts, assessed.assessment_id, after.thresholds, before.thresholds)
    said = {name: count(counts[name]) for name in ("better", "worse")}
    with st.container(gap=None):
        st.markdown(f"**{t('drafts.flow', n=count(counts['all']), **said)}**")
        named = {"before": plain(before.name), "after": plain(after.name)}
        st.caption(t("drafts.flow_note", **named))
    rows = data.ask(drafts.flow, assessed.assessment_id, before.thresholds, after.thresholds)
    if len(policy.tier) <= SANKEY_TIERS_MOST:
        texts = [
            t(
                "drafts.flow_link",
                before=policy.tier[row.was].code,
                after=policy.tier[row.now].code,
                n=count(row.customers),
                exposure=money(t, row.exposure, currency),
            )
            for row in rows.itertuples()
        ]
        figure = sankey(t, policy, palette, rows, texts)
    else:
        size = range(len(policy.tier))
        moves = {(int(row.was), int(row.now)): int(row.customers) for row in rows.itertuples()}
        matrix = [[moves.get((was, now), 0) for now in size] for was in size]
        names = [f"{tier.code} {t.of(tier.name)}" for tier in policy.tier]
        figure = charts.migration(policy, palette, matrix, t("overview.same", n="{n}"), names)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="compare_flow", alt=t("drafts.compare"))


def sankey(t: Words, policy: Policy, palette: Palette, rows: pd.DataFrame, texts: Sequence[str]) -> go.Figure:
    """Customers from tier to tier: `rows` of drafts.flow, one text a row; worst tier at the bottom, worse moves red."""
    size = len(policy.tier)
    sums = [rows.groupby(side)["customers"].sum() for side in ("was", "now")]
    shown = [(side, place) for side in (0, 1) for place in range(size) if place in sums[side].index]
    number = {node: n for n, node in enumerate(shown)}
    whole = float(rows["customers"].sum()) or 1.0
    gray, red = ("141, 151, 165", "222, 91, 71") if palette.dark else ("119, 128, 141", "168, 50, 26")
    worse = [row.now > row.was for row in rows.itertuples()]
    figure = go.Figure(
        go.Sankey(
            arrangement="fixed",
            node={
                "label": [
                    t("drafts.node", code=policy.tier[place].code, n=count(sums[side][place])) for side, place in shown
                ],
                "color": [palette.tier(policy, place)[0] for _, place in shown],
                "x": [0.001 if side == 0 else 0.999 for side, _ in shown],
                "y": [_middle(sums[side], place, whole) for side, place in shown],
                "pad": 14,
                "thickness": 16,
                "line": {"width": 0},
                "hovertemplate": "%{label}<extra></extra>",
            },
            link={
                "source": [number[0, row.was] for row in rows.itertuples()],
                "target": [number[1, row.now] for row in rows.itertuples()],
                "value": rows["customers"].tolist(),
                "color": [f"rgba({red}, 0.45)" if w else f"rgba({gray}, 0.35)" for w in worse],
                "customdata": list(texts),
                "hovertemplate": "%{customdata}<extra></extra>",
            },
            textfont={"size": charts.FONT, "color": palette.text, "shadow": "none"},
        )
    )
    figure.update_layout(
        height=260,
        margin={"l": 2, "r": 2, "t": 8, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        font={"size": charts.FONT, "color": palette.text, "family": charts.FAMILY},
    )
    return figure


def _middle(sums: pd.Series, place: int, whole: float) -> float:
    """The height of a node's middle, 0 at the top, strictly inside."""
    above = float(sums[sums.index < place].sum())
    return min(max((above + float(sums[place]) / 2) / whole, 0.001), 0.999)


def _money(t: Words, assessed: Assessed, currency: str, before: Side, after: Side) -> None:
    with st.container(gap=None):
        st.markdown(f"**{t('drafts.money')}**")
        st.caption(t("drafts.money_note", currency=currency))
    both = [
        data.ask(book_money.by_tier, assessed.policy, assessed.assessment_id, side.thresholds, side.assumptions)
        for side in (before, after)
    ]
    sums = [[float(frame[name].sum()) for name in _SUMS] for frame in both]
    shown = pd.DataFrame(
        {
            "measure": [t(f"print.sum_{name}") for name in _SUMS],
            "before": sums[0],
            "after": sums[1],
            "difference": [after - before for before, after in zip(*sums, strict=True)],
        }
    )
    column = st.column_config
    st.dataframe(
        shown.round(0),
        hide_index=True,
        row_height=32,
        key="compare_money",
        column_config={
            "measure": column.TextColumn(t("drafts.measure")),
            "before": controls.money_column(t("drafts.compare_from")),
            "after": controls.money_column(t("drafts.compare_to")),
            "difference": controls.money_column(t("drafts.difference")),
        },
    )
    for line in assumed_apart(t, assessed.policy, before.assumptions, after.assumptions):
        st.caption(line)


def assumed_apart(t: Words, policy: Policy, before: Assumptions, after: Assumptions) -> list[str]:
    """The assumptions in which two differ, a sentence each."""
    names = ("margin_pct", "lgd_pct", "ead_share_pct", "cost_of_money_pct", "retention_uncertainty_pct")
    was, now = asdict(before), asdict(after)
    pairs = [(t(f"print.{name}"), was[name], now[name]) for name in names]
    for tier, kept_before, kept_after in zip(policy.tier, before.kept_pct, after.kept_pct, strict=True):
        pairs.append((t("assuming.kept", code=tier.code), kept_before, kept_after))
    apart = [t("drafts.assumed", name=n, before=f"{b:g}%", after=f"{a:g}%") for n, b, a in pairs if b != a]
    if before.own_annual_sales != after.own_annual_sales:
        currency = data.ask(book.currency)
        own = [full_money(a.own_annual_sales, currency) for a in (before, after)]
        apart.append(t("drafts.assumed", name=t("assuming.own_sales", currency=currency), before=own[0], after=own[1]))
    return apart


def _movers(t: Words, assessed: Assessed, currency: str, before: Side, after: Side) -> None:
    policy, lines = assessed.policy, (list(after.thresholds), list(before.thresholds))
    total = data.ask(portfolio.mover_counts, assessed.assessment_id, *lines)["all"]
    if not total:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t("thresholds.movers"), anchor=False, width="content")
        st.caption(t("thresholds.movers_note", n=count(total)), width="content")
    place = st.empty()
    page = controls.pages_of(total, key="compare_page", per_page=PER_PAGE)
    rows = data.ask(portfolio.movers, *lines, "all", page, PER_PAGE)
    shown = pd.DataFrame(
        {
            "name": rows["customer_name"],
            "score": rows["score"],
            "way": ["▲" if now < was else "▼" for was, now in zip(rows["was"], rows["now"], strict=True)],
            "was": [[policy.tier[p].code] for p in rows["was"]],
            "now": [[policy.tier[p].code] for p in rows["now"]],
            "exposure": rows["exposure"].astype(float),
        }
    )
    column = st.column_config
    layout = {
        "name": column.TextColumn(t("thresholds.customer"), width="medium"),
        "score": column.NumberColumn(t("thresholds.score"), width=72),
        "way": column.TextColumn(" ", width=36),
        "was": controls.tier_column(t, policy, t("drafts.compare_from")),
        "now": controls.tier_column(t, policy, t("drafts.compare_to")),
        "exposure": controls.money_column(t("overview.exposure_in", currency=currency)),
    }
    controls.customer_table(shown, rows["customer_key"], layout, f"compare_movers_{page}_{lines}", place)
