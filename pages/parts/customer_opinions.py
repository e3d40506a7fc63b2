"""Four opinions on a customer on one axis of grades: ranges, what each rests on, and where two are far apart."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, data, sources
from pages.parts.charts import Palette
from pages.parts.format import day, number, plain, value_of
from pages.parts.looking_back import Dates
from riskcore import altman, radar
from riskcore.explanation import Explained
from riskcore.policy import Policy
from riskcore.radar import Apart, Judge, Opinion
from riskcore.radar.opinions import MODEL
from riskcore.text import Words

_NAMES: dict[Judge, str] = {
    "score": "radar.score",
    "z_double_prime": "radar.z",
    "agency": "radar.agency",
    "payment": "radar.payment",
}
_UNKNOWN: dict[Judge, str] = {
    "score": "radar.no_score",
    "z_double_prime": "radar.no_z",
    "agency": "radar.no_agency",
    "payment": "radar.no_payment",
}
_MEASURES = {
    "days_beyond_terms_12m": "radar.is_late",
    "worst_days_past_due_24m": "radar.is_worst",
    "past_due_over_30_pct": "radar.is_over_30",
}
_ROW = 38
_LINE = 44  # letters of what an opinion rests on; what is longer goes onto a second line


def panel(t: Words, policy: Policy, customer: Explained, back: Dates) -> None:
    """The section of a customer; nothing where the policy does not say how opinions compare."""
    found = radar.opinions(policy, customer.scored, back.as_of)
    if policy.radar is None or not found:
        return
    far = radar.furthest(found)
    disagree = far if far is not None and far.grades >= policy.radar.grades_apart else None
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(t("radar.title"), anchor=False, width="content")
            st.badge(t("customer.statements.not_in_score"), color="gray")
        st.caption(t("radar.note"))
    st.markdown(_verdict(t, policy, found, far, disagree) + _called(t, customer.scored["customer_key"], back, disagree))
    palette = Palette(dark=st.context.theme.type == "dark")
    figure = axis(t, policy, palette, found, disagree)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="opinions", alt=t("radar.title"))
    if told := _sources(t, customer, found):
        st.caption(plain(t("radar.sources", sources=t("cli.between").join(told))))


def name(t: Words, judge: Judge) -> str:
    """What an opinion is called."""
    return t(_NAMES[judge])


def pair_name(t: Words, pair: tuple[Judge, Judge]) -> str:
    """Two opinions, in one name."""
    return t("radar.pair", first=name(t, pair[0]), second=name(t, pair[1]))


def range_of(policy: Policy, best: Any, worst: Any) -> str:
    """Places of grades as their codes, the better first: 2, or 6–7."""
    codes = [policy.pd_scale.grade[int(place)].code for place in (best, worst)]
    return "–".join(dict.fromkeys(codes))


def _verdict(t: Words, policy: Policy, found: Sequence[Opinion], far: Apart | None, disagree: Apart | None) -> str:
    if disagree is not None:
        names = {place: name(t, judge) for place, judge in zip(("first", "second"), disagree.pair, strict=True)}
        return f"**{plain(t('radar.differ', **names, n=disagree.grades))}**"
    if far is not None and policy.radar is not None:
        return plain(t("radar.agree", n=policy.radar.grades_apart))
    return plain(t("radar.alone") if any(one.lack is None for one in found) else t("radar.nobody"))


def _called(t: Words, customer_key: int, back: Dates, disagree: Apart | None) -> str:
    """That a review is open because of it, as of today."""
    due = radar.review_days(data.store(), [customer_key]).get(customer_key) if disagree and back.is_now else None
    return "" if due is None else " " + plain(t("radar.called", day=day(t, due)))


def axis(t: Words, policy: Policy, palette: Palette, found: Sequence[Opinion], disagree: Apart | None) -> go.Figure:
    """A row per opinion on the grades, the worst on the left; between two that disagree the gap is marked."""
    grades, figure = policy.pd_scale.grade, go.Figure()
    last = len(grades)
    labels = [t("radar.z_of") if one.judge == "z_double_prime" else name(t, one.judge) for one in found]
    lines = [_rests_on(t, policy, one) for one in found]
    for row, opinion in enumerate(found):
        for place in range(last):
            _box(figure, palette, last - 1 - place, last - place, row, palette.track if opinion.lack is None else None)
        if opinion.best is not None and opinion.worst is not None:
            is_worse = disagree is not None and opinion.judge == _worse_of(found, disagree)
            colour = palette.worse if is_worse else palette.primary
            _box(figure, palette, last - 1 - opinion.worst, last - opinion.best, row, colour)
            middle = last - (opinion.best + opinion.worst + 1) / 2
            label = f"<b>{range_of(policy, opinion.best, opinion.worst)}</b>"
            _say(figure, middle, row, label, palette.background, "center")
        _say(figure, 0, row, charts.escape(labels[row]), palette.text, "right", -10)
        text = "<br>".join(charts.escape(line) for line in lines[row])
        _say(figure, last, row, text, palette.muted if opinion.lack else palette.text, "left", 10)
    if disagree is not None:
        _mark_gap(figure, palette, last, found, disagree)
    for place, grade in enumerate(grades):
        _say(figure, last - place - 0.5, -0.78, grade.code, palette.muted, "center")
    _say(figure, 0, -0.78, t("radar.high"), palette.muted, "right", -10)
    _say(figure, last, -0.78, t("radar.low"), palette.muted, "left", 10)
    left, right = (max(map(charts.width, texts)) for texts in (labels, [line for two in lines for line in two]))
    charts.bare(figure, palette, height=_ROW * (len(found) + 0.7), left=7 * left + 18, right=6.8 * right + 24)
    figure.update_xaxes(visible=False, range=[0, last], fixedrange=True)
    figure.update_yaxes(visible=False, range=[len(found) - 0.5, -1.2], fixedrange=True)
    return figure


def _worse_of(found: Sequence[Opinion], disagree: Apart) -> Judge:
    """The judge of a pair that thinks worse."""
    return max((one for one in found if one.judge in disagree.pair), key=lambda one: one.best or 0).judge


def _mark_gap(figure: go.Figure, palette: Palette, last: int, found: Sequence[Opinion], disagree: Apart) -> None:
    """The grades between the two, from the row of one to that of the other."""
    (row, a), (other, b) = ((row, one) for row, one in enumerate(found) if one.judge in disagree.pair)
    better, worse = (a, b) if (a.best or 0) < (b.best or 0) else (b, a)
    figure.add_shape(
        type="rect",
        x0=last - (worse.best or 0),
        x1=last - 1 - (better.worst or 0),
        y0=row - 0.36,
        y1=other + 0.36,
        fillcolor=palette.worse,
        opacity=0.16,
        line={"width": 0},
        layer="above",
    )


def _rests_on(t: Words, policy: Policy, opinion: Opinion) -> list[str]:
    """What an opinion rests on in brief, and as of when; or why there is none. One line, or two."""
    newest = max((told[2] for told in opinion.told if told[2] is not None), default=None)
    if opinion.lack is not None:
        special = {"little_known": t("radar.too_little"), "not_meant": t("radar.not_meant")}
        if opinion.lack == "too_old":
            return [t("radar.too_old", day=day(t, newest))]
        return [special.get(opinion.lack) or t(_UNKNOWN[opinion.judge])]
    said = [_value(t, policy, what, value) for what, value, _ in opinion.told]
    said += [] if newest is None else [day(t, newest)]
    text = " · ".join(said)
    return [text] if charts.width(text) <= _LINE else [said[0], " · ".join(said[1:])]


def _value(t: Words, policy: Policy, what: str, value: float | str) -> str:
    if what == "score":
        return t("radar.points", n=value)
    if what == "z_double_prime":
        zone = t(f"customer.named.{altman.zone(MODEL, float(value))}")
        return t("radar.z_value", value=number(value, 2), zone=zone)
    c = next((c for c in policy.characteristic if c.id == what), None)
    text = str(value) if c is None or what == "external_grade" else value_of(t, c, value)
    return t(_MEASURES[what], value=text) if what in _MEASURES else text


def _sources(t: Words, customer: Explained, found: Sequence[Opinion]) -> list[str]:
    """The files that the opinions come from, each once an opinion."""
    out = []
    for opinion in found:
        imports = [customer.scored.get(f"{what}_import") for what, _, _ in opinion.told]
        places = [customer.places[one] for one in imports if one in customer.places]
        if files := dict.fromkeys(sources.file_of(t, place) for place in places):
            out.append(t("radar.source", name=name(t, opinion.judge), file=t("imports.between_notes").join(files)))
    return out


def _box(figure: go.Figure, palette: Palette, x0: float, x1: float, row: int, colour: str | None) -> None:
    figure.add_shape(
        type="rect",
        x0=x0,
        x1=x1,
        y0=row - 0.34,
        y1=row + 0.34,
        fillcolor=colour or palette.background,
        line={"color": palette.background if colour else palette.axis, "width": 2 if colour else 1},
    )


def _say(figure: go.Figure, x: float, y: float, text: str, colour: str, anchor: str, shift: int = 0) -> None:
    font = {"size": charts.FONT, "color": colour}
    figure.add_annotation(x=x, y=y, text=text, showarrow=False, xanchor=anchor, xshift=shift, font=font, align=anchor)
