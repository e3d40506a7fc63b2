"""Where every point comes from: a waterfall from the base score to the score, against the maximum of each row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go

from pages.parts.charts import FAMILY, FONT, Palette, escape
from riskcore.policy import Policy

ROW = 21
_LEFT, _RIGHT = 196, 302  # so that at 900 pixels a third is left for the bars
_POINTS, _VALUE, _DATE = 62, 78, 224  # pixels right of the bars


@dataclass(frozen=True)
class Row:
    """A line of the waterfall; without `most` it is a family's heading, whose `points` are its sum."""

    label: str
    points: int
    most: int
    heading: bool = False
    value: str = ""
    day: str = ""
    missing: bool = False
    hint: str = ""
    link: str = ""  # where the value leads to on the page


@dataclass
class _Drawing:
    """What a figure is made of. Given to it at once: added one by one, each would be checked with all before it."""

    bars: list[dict[str, Any]] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)


def waterfall(
    policy: Policy,
    palette: Palette,
    rows: Sequence[Row],
    thresholds: Sequence[int],
    last: Row,
    tier: int,
    headings: Sequence[str],
) -> go.Figure:
    """Rows from the base score on; `last` is the score itself, `headings` name base, points, value and date."""
    drawing = _Drawing()
    losses = sorted((r.most - r.points for r in rows if not r.heading), reverse=True)[:5]
    large = {loss for loss in losses if loss > 0}
    running = policy.base_score
    for y, row in enumerate(rows):
        if row.heading:
            _text(drawing, y, f"<b>{escape(row.label)}</b>", palette.text, 0, "left", -_LEFT)
            _text(drawing, y, f"<b>{row.points}</b> / {row.most}", palette.text, 1, "right", _POINTS)
            if y:
                _text(drawing, y, str(running), palette.muted, running, "right", -4, "x")
            continue
        lost = row.most - row.points
        _bar(drawing, y, running, row.points, palette.primary, row, palette)
        _bar(drawing, y, running + row.points, lost, palette.track, None, palette)
        if lost:
            red = lost in large
            text = f"<b>−{lost}</b>" if red else f"−{lost}"
            _text(drawing, y, text, palette.worse if red else palette.muted, running + row.most, "left", 5, "x")
        _text(drawing, y, escape(row.label), palette.text, 0, "left", -_LEFT + 12)
        _text(drawing, y, f"{row.points} / {row.most}", palette.muted, 1, "right", _POINTS)
        value = _cut(row.value, 23)
        if row.link:
            value = f'<a href="{row.link}" target="_self" style="color:{palette.primary}"><u>{value}</u></a>'
        _text(drawing, y, value, palette.worse if row.missing else palette.text, 1, "left", _VALUE)
        _text(drawing, y, row.day, palette.muted, 1, "left", _DATE)
        running += row.points
        _line(drawing, running, y, y + 1, {"color": palette.axis, "width": 1})
    _score(drawing, policy, palette, len(rows), last, tier)
    for start in thresholds:
        _line(drawing, start, -0.6, len(rows) + 0.5, {"color": palette.axis, "width": 1, "dash": "dash"})
    marks = [(policy.base_score, headings[0]), (policy.top_score, str(policy.top_score))]
    marks += [(start, f"{start} {t.code}") for start, t in zip(thresholds, policy.tier, strict=False)]
    ends = {policy.base_score: "left", policy.top_score: "right"}
    for x, text in marks:
        _text(drawing, -1.1, text, palette.muted, x, ends.get(x, "center"), 0, "x")
    for text, shift, anchor in zip(headings[1:], (_POINTS, _VALUE, _DATE), ("right", "left", "left"), strict=True):
        _text(drawing, -1.1, text, palette.muted, 1, anchor, shift)
    figure = go.Figure([{"type": "bar"} | bar for bar in drawing.bars])
    figure.update_layout(
        annotations=drawing.texts,
        shapes=drawing.lines,
        height=round(ROW * (len(rows) + 2.8)),
        margin={"l": _LEFT, "r": _RIGHT, "t": 0, "b": 0, "pad": 0},
        barmode="overlay",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        font={"size": FONT, "color": palette.text, "family": FAMILY},
        hoverlabel={"font": {"size": FONT, "family": FAMILY}, "align": "left"},
    )
    figure.update_xaxes(visible=False, range=[policy.base_score, policy.top_score], fixedrange=True)
    figure.update_yaxes(visible=False, range=[len(rows) + 0.8, -1.8], fixedrange=True)
    return figure


def _score(drawing: _Drawing, policy: Policy, palette: Palette, y: int, last: Row, tier: int) -> None:
    colour, ink = palette.tier(policy, tier)
    drawing.bars.append(
        {
            "y": [y],
            "x": [last.points],
            "base": policy.base_score,
            "orientation": "h",
            "width": 0.8,
            "marker": {"color": colour},
            "text": [f"<b>{policy.tier[tier].code}</b>"],
            "textposition": "inside",
            "insidetextanchor": "start",
            "textangle": 0,
            "textfont": {"color": ink, "size": FONT},
            "constraintext": "none",
            "hoverinfo": "skip",
        }
    )
    total = policy.base_score + last.points
    _text(drawing, y, f"<b>{escape(last.label)}</b>", palette.text, 0, "left", -_LEFT)
    _text(drawing, y, f"<b>{total}</b>", palette.text, total, "left", 6, "x")
    _text(drawing, y, f"<b>{last.points}</b> / {last.most}", palette.text, 1, "right", _POINTS)


def _bar(drawing: _Drawing, y: int, base: int, points: int, colour: str, row: Row | None, palette: Palette) -> None:
    if not points:
        return
    hatched = row is not None and row.missing
    pattern = {"shape": "/", "fgcolor": colour, "bgcolor": palette.background, "size": 6, "solidity": 0.55}
    drawing.bars.append(
        {
            "y": [y],
            "x": [points],
            "base": base,
            "orientation": "h",
            "width": 0.64,
            "marker": {
                "color": palette.background if hatched else colour,
                "line": {"width": 0},
                "pattern": pattern if hatched else {},
            },
            "hovertemplate": f"{escape(row.hint)}<extra></extra>" if row else None,
            "hoverinfo": None if row else "skip",
        }
    )


def _text(
    drawing: _Drawing, y: float, text: str, colour: str, x: float, anchor: str, shift: float, ref: str = "paper"
) -> None:
    if text:
        drawing.texts.append(
            {
                "x": x,
                "xref": ref,
                "y": y,
                "text": text,
                "showarrow": False,
                "xanchor": anchor,
                "xshift": shift,
                "font": {"color": colour, "size": FONT},
            }
        )


def _line(drawing: _Drawing, x: float, top: float, bottom: float, look: dict[str, Any]) -> None:
    drawing.lines.append({"type": "line", "x0": x, "x1": x, "y0": top, "y1": bottom, "line": look})


def _cut(text: str, most: int) -> str:
    wide = [2.1 if ord(letter) > 0x2E80 else 1.0 for letter in text]
    if sum(wide) <= most:
        return escape(text)
    kept, room = "", most - 1.0
    for letter, width in zip(text, wide, strict=True):
        room -= width
        if room < 0:
            break
        kept += letter
    return escape(kept + "…")
