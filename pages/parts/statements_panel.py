"""A second opinion from financial statements: Altman's scores on their scales and all ratios; never in the score."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, data
from pages.parts.charts import Palette
from pages.parts.format import NOTHING, day, full_money, number, plain
from pages.parts.sources import in_file
from riskcore import altman, statements
from riskcore.policy import Policy
from riskcore.statements import Figure, Opinion, Ratio
from riskcore.text import Words

_ROW = 30
_NAMED = {"retained", "debt", "tangible", "interest", "quick_assets"}  # figures that no file has


def panel(t: Words, policy: Policy, customer_key: int, as_of: date, known_by: date | None) -> None:
    """The section of a customer's statements; nothing where there are none."""
    opinion = data.ask(statements.second_opinion, customer_key, as_of, known_by)
    if opinion is None:
        return
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(t("customer.statements.title"), anchor=False, width="content")
            st.badge(t("customer.statements.not_in_score"), color="gray")
        st.caption(plain(_about(t, opinion)))
    if opinion.altman:
        _altman(t, opinion)
    _ratios(t, policy, opinion)


def _about(t: Words, opinion: Opinion) -> str:
    said = [
        t("customer.statements.period", day=day(t, opinion.period_end), currency=opinion.currency or NOTHING)
        if opinion.currency
        else t("customer.statements.period_only", day=day(t, opinion.period_end))
    ]
    if opinion.audit_opinion:
        said.append(t("customer.statements.audit", opinion=t(f"customer.named.{opinion.audit_opinion}")))
    if opinion.period_before:
        said.append(t("customer.statements.before", day=day(t, opinion.period_before)))
    if not opinion.is_year:
        said.append(t("customer.statements.interim"))
    if opinion.ebit_by_finance_cost:
        said.append(t("customer.statements.by_finance_cost"))
    return " · ".join(said)


def _altman(t: Words, opinion: Opinion) -> None:
    """The models that can be told, each on its own scale; what the others lack."""
    left, right = st.columns([3, 2], gap="large", vertical_alignment="center")
    told = [score for score in opinion.altman if score.value is not None]
    if told:
        palette = Palette(dark=st.context.theme.type == "dark")
        figure = scales(t, palette, told)
        left.plotly_chart(figure, config=charts.CONFIG, theme=None, key="altman", alt=t("customer.statements.altman"))
    for score in opinion.altman:
        if score.value is None:
            lacking = ", ".join(figure_name(t, name) for name in score.lacking)
            right.caption(plain(t("customer.statements.lacking", model=_model(t, score.model), figures=lacking)))
    right.caption(t("customer.statements.altman_note"))


def scales(t: Words, palette: Palette, scores: Iterable[altman.Score]) -> go.Figure:
    """A row per model: distress on the left, safe on the right, the edges written, a mark where the score stands."""
    figure, models = go.Figure(), {model.id: model for model in altman.MODELS}
    zones = (palette.worse, palette.track, palette.primary)
    for y, score in enumerate(scores):
        model = models[score.model]
        for place, colour in enumerate(zones):
            box = {"x0": place, "x1": place + 1, "y0": y - 0.12, "y1": y + 0.12}
            figure.add_shape(type="rect", **box, fillcolor=colour, line={"color": palette.background, "width": 2})
        _say(figure, palette, 1, y + 0.36, f"{model.distress:g}", palette.muted)
        _say(figure, palette, 2, y + 0.36, f"{model.safe:g}", palette.muted)
        value = number(score.value, 2)
        at = _place(model, score.value or 0.0)
        _say(figure, palette, at, y - 0.3, f"<b>{value}</b> ▼", palette.text)
        _say(figure, palette, 0, y, f"<b>{_model(t, score.model)}</b>", palette.text, "right", -10)
        _say(figure, palette, 3, y, t(f"customer.named.{score.zone}"), palette.text, "left", 10)
    rows = y + 1
    figure.update_layout(
        height=round(1.6 * _ROW * rows) + 8,
        margin={"l": 96, "r": 72, "t": 0, "b": 0, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode=False,
        font={"size": charts.FONT, "family": charts.FAMILY},
    )
    figure.update_xaxes(visible=False, range=[0, 3], fixedrange=True)
    figure.update_yaxes(visible=False, range=[rows - 0.4, -0.6], fixedrange=True)
    return figure


def _place(model: altman.Model, value: float) -> float:
    """Where a value stands on a scale of three zones of one width; the outer ones reach as far as the grey one."""
    width = model.safe - model.distress
    return min(2.97, max(0.03, 1 + (value - model.distress) / width))


def _say(
    figure: go.Figure,
    palette: Palette,
    x: float,
    y: float,
    text: str,
    colour: str,
    anchor: str = "center",
    shift: int = 0,
) -> None:
    font = {"size": charts.FONT, "color": colour}
    figure.add_annotation(x=x, y=y, text=text, showarrow=False, xanchor=anchor, xshift=shift, font=font)


def _model(t: Words, model: str) -> str:
    return t(f"customer.named.{model}")


def figure_name(t: Words, name: str) -> str:
    """What a figure of a statement is called."""
    return t(f"customer.named.{name}") if name in _NAMED else t(f"fields.{name}")


def _ratios(t: Words, policy: Policy, opinion: Opinion) -> None:
    """All ratios with the figures that they are made of, and where those stand."""
    in_card = {c.id: t.of(c.name) for c in policy.characteristic}
    known = [r for r in opinion.ratios if r.value is not None or r.special]
    shown = pd.DataFrame(
        {
            "name": [in_card.get(r.id) or t(f"customer.named.{r.id}") for r in known],
            "value": [_value(t, r) for r in known],
            "figures": [t("imports.between_notes").join(_figures(t, r, opinion)) for r in known],
            "places": ["; ".join(_places(t, r, opinion)) for r in known],
        }
    )
    column = st.column_config
    st.dataframe(
        shown,
        hide_index=True,
        row_height=32,
        height=32 * (min(len(shown), 9) + 1) + 4,
        column_config={
            "name": column.TextColumn(t("customer.statements.ratio"), width=200),
            "value": column.TextColumn(t("customer.col_value"), width=80),
            "figures": column.TextColumn(t("customer.statements.figures"), width=560),
            "places": column.TextColumn(t("customer.statements.places"), width=300),
        },
    )


def _value(t: Words, ratio: Ratio) -> str:
    if ratio.value is None:
        return t("customer.statements.no_debt")
    digits = 1 if ratio.unit == "days" else 2 if ratio.unit == "times" else 1
    return t(f"units.{ratio.unit}", n=number(ratio.value, digits))


def _figures(t: Words, ratio: Ratio, opinion: Opinion) -> list[str]:
    """The figures of a ratio with their amounts, this period's and that of the year before."""
    out = []
    for name in ratio.of:
        now, before = opinion.figures.get(name), opinion.figures_before.get(name)
        if now is not None:
            amount = full_money(now.value, "").strip()
            earlier = f" ({full_money(before.value, '').strip()})" if before is not None else ""
            out.append(f"{figure_name(t, name)} {amount}{earlier}")
    return out


def _places(t: Words, ratio: Ratio, opinion: Opinion) -> list[str]:
    """The files, sheets and lines that the figures stand in, each once."""
    found = [place for name in ratio.of for place in _stands(name, opinion.figures)]
    return list(
        dict.fromkeys(t("customer.statements.place", file=in_file(f.file_name, f.sheet), line=f.line) for f in found)
    )


def _stands(name: str, figures: Mapping[str, Figure]) -> list[Any]:
    """The figures of files that a figure is made of; itself, if a file has it."""
    figure = figures.get(name)
    if figure is None:
        return []
    if figure.file_name:
        return [figure]
    return [figures[part] for part in figure.made_of if part in figures and figures[part].file_name]
