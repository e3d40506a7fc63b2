"""Charts as figures, from numbers; nothing here asks or draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import plotly.graph_objects as go

from riskcore.metrics import shares
from riskcore.policy import Policy

CONFIG = {"displayModeBar": False}
FONT = 13
FAMILY = "'Source Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme that belong to no tier."""

    dark: bool

    @property
    def text(self) -> str:
        """Ink."""
        return "#E8EBF0" if self.dark else "#14181F"

    @property
    def muted(self) -> str:
        """Labels and captions."""
        return "#A5AEBB" if self.dark else "#5A6472"

    @property
    def axis(self) -> str:
        """Axes."""
        return "#465161" if self.dark else "#C6CCD4"

    @property
    def track(self) -> str:
        """What could have been: the rest of a bar."""
        return "#2F3845" if self.dark else "#D3DAE2"

    @property
    def primary(self) -> str:
        """Petrol: points and controls."""
        return "#9FD0D3" if self.dark else "#17434F"

    @property
    def worse(self) -> str:
        """Losses."""
        return "#F08B74" if self.dark else "#962B14"

    @property
    def background(self) -> str:
        """The page."""
        return "#12161D" if self.dark else "#FFFFFF"

    @property
    def ramp(self) -> tuple[str, ...]:
        """A sequence of blues from the page's colour on."""
        return (
            ("#1A2433", "#1F3049", "#263F63", "#2F517F") if self.dark else ("#F3F6FA", "#DCE7F3", "#BFD3EA", "#9BBBDE")
        )

    def tier(self, policy: Policy, place: int) -> tuple[str, str]:
        """A tier's colour and the ink on it."""
        tier = policy.tier[place]
        return (tier.dark, tier.ink_dark) if self.dark else (tier.light, tier.ink_light)


@dataclass(frozen=True)
class Part:
    """One part of every stacked bar: a tier, or half of one (`hatched`)."""

    place: int
    name: str
    amounts: Sequence[float]
    texts: Sequence[str] = ()
    hatched: bool = False


def stacked_bars(
    policy: Policy, palette: Palette, labels: Sequence[str], parts: Sequence[Part], totals: Sequence[str], row: int
) -> go.Figure:
    """Horizontal bars of 100%, one a label, worst tier first, with the share inside and the total on the right.

    `parts` in drawing order; `row` is a bar's share of the height in pixels.
    """
    figure = go.Figure()
    by_label = [shares([part.amounts[i] for part in parts]) for i in range(len(labels))]
    for number, part in enumerate(parts):
        colour, ink = palette.tier(policy, part.place)
        share = [by_label[i][number] for i in range(len(labels))]
        texts = part.texts or [""] * len(labels)
        figure.add_bar(
            y=list(range(len(labels))),
            x=share,
            orientation="h",
            width=0.62 if row < 40 else 0.84,
            marker={
                "color": palette.background if part.hatched else colour,
                "line": {"color": palette.background, "width": 2},
                "pattern": {"shape": "/", "fgcolor": colour, "bgcolor": palette.background, "size": 6, "solidity": 0.55}
                if part.hatched
                else {},
            },
            text=[
                ""
                if part.hatched or s < (3 if row >= 40 else 5)
                else (f" <b>{s:.0f}%</b>" if row >= 40 else f"<b>{s:.0f}</b>")
                + (f"  {text}" if text and s > 14 else "")
                for s, text in zip(share, texts, strict=True)
            ],
            textposition="inside",
            insidetextanchor="middle" if row < 40 else "start",
            textfont={"color": ink, "size": FONT},
            textangle=0,
            constraintext="none",
            hovertemplate=[
                f"{part.name}: {s:.0f}%{' · ' + x if x else ''}<extra></extra>"
                for s, x in zip(share, texts, strict=True)
            ],
        )
    # All at once: one by one they take seconds where there are many bars.
    notes = [_beside(i, label, palette.text, 0, "right", -10) for i, label in enumerate(labels)]
    notes += [_beside(i, total, palette.muted, 1, "left", 10) for i, total in enumerate(totals)]
    figure.update_layout(annotations=notes)
    bare(
        figure,
        palette,
        height=row * len(labels),
        left=7 * max((width(x) for x in labels), default=8) + 16,
        right=7 * max((width(x) for x in totals), default=8) + 20,
    )
    figure.update_layout(barmode="stack", bargap=0)
    figure.update_xaxes(visible=False, range=[0, 100])
    figure.update_yaxes(visible=False, range=[len(labels) - 0.5, -0.5])
    return figure


def score_strip(policy: Policy, palette: Palette, score: int | None) -> go.Figure:
    """The scale with its tiers, worst on the left, and a mark where the score stands."""
    figure = go.Figure()
    edges = [policy.base_score, *reversed(policy.thresholds), policy.top_score]
    for place, (low, high) in enumerate(pairwise(edges)):
        tier = len(policy.tier) - 1 - place
        colour, _ = palette.tier(policy, tier)
        figure.add_shape(
            type="rect", x0=low, x1=high, y0=0, y1=1, fillcolor=colour, line={"color": palette.background, "width": 2}
        )
        _mark(figure, (low + high) / 2, policy.tier[tier].code, palette.muted)
        _mark(figure, low, str(low), palette.muted, "left" if place == 0 else "center")
    _mark(figure, policy.top_score, str(policy.top_score), palette.muted, "right")
    if score is not None:
        figure.add_annotation(
            x=score, y=1, yshift=9, text="▼", showarrow=False, font={"color": palette.text, "size": 15}
        )
        figure.add_shape(type="line", x0=score, x1=score, y0=-0.3, y1=1.3, line={"color": palette.text, "width": 2})
    bare(figure, palette, height=56, left=2, right=2)
    figure.update_layout(margin_t=20, margin_b=26)
    figure.update_xaxes(visible=False, range=[policy.base_score, policy.top_score])
    figure.update_yaxes(visible=False, range=[0, 1])
    return figure


def _mark(figure: go.Figure, x: float, text: str, colour: str, anchor: str = "center") -> None:
    figure.add_annotation(
        x=x, y=0, yshift=-14, xanchor=anchor, text=text, showarrow=False, font={"color": colour, "size": FONT}
    )


def migration(
    policy: Policy, palette: Palette, counts: Sequence[Sequence[int]], same: str, names: Sequence[str]
) -> go.Figure:
    """Customers by tier then (rows) and now (columns), worst first; better and worse marked by arrows."""
    size = len(names)
    order = list(range(size))[::-1]
    most = max((counts[w][n] for w in order for n in order if w != n), default=0)
    figure = go.Figure()
    for row, was in enumerate(order):
        for column, now in enumerate(order):
            n = counts[was][now]
            level = 0 if not most or was == now else min(len(palette.ramp) - 1, round(3 * n / most))
            figure.add_shape(
                type="rect",
                x0=column + 0.01,
                x1=column + 0.99,
                y0=row + 0.03,
                y1=row + 0.97,
                fillcolor=palette.background if was == now else palette.ramp[level],
                line={"color": palette.axis if was == now else palette.background, "width": 1},
                layer="below",
            )
            mark = "" if was == now or not n else (" ▲" if now < was else " ▼")
            text = same.format(n=f"{n:,}") if was == now else f"<b>{n:,}</b>{mark}"
            colour = palette.muted if was == now else palette.text
            figure.add_annotation(
                x=column + 0.5, y=row + 0.5, text=text, showarrow=False, font={"color": colour, "size": FONT}
            )
    for place, tier in enumerate(order):
        bold = f"<b>{names[tier]}</b>"
        figure.add_annotation(
            x=place + 0.5, y=0, yshift=14, text=bold, showarrow=False, font={"color": palette.text, "size": FONT}
        )
        figure.add_annotation(
            x=0,
            y=place + 0.5,
            xshift=-8,
            xanchor="right",
            text=bold,
            showarrow=False,
            font={"color": palette.text, "size": FONT},
        )
    bare(figure, palette, height=44 * size + 34, left=8 * max(width(n) for n in names) + 8, right=2)
    figure.update_layout(margin_t=30)
    figure.update_xaxes(visible=False, range=[0, size])
    figure.update_yaxes(visible=False, range=[size, 0])
    return figure


def _beside(row: int, text: str, colour: str, x: float, anchor: str, shift: int) -> dict[str, object]:
    return {
        "x": x,
        "xref": "paper",
        "y": row,
        "text": escape(text),
        "showarrow": False,
        "xanchor": anchor,
        "xshift": shift,
        "font": {"color": colour, "size": FONT},
    }


def escape(text: str) -> str:
    """Foreign text for Plotly, which reads some HTML, shown letter by letter."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def width(text: str) -> float:
    """How many Latin letters wide a text is; a Chinese one counts double."""
    return sum(1.9 if ord(letter) > 0x2E80 else 1 for letter in text)


def bare(figure: go.Figure, palette: Palette, height: float, left: float, right: float) -> None:
    """Nothing but the marks: no margins of Plotly's own, legend, grid or background."""
    figure.update_layout(
        height=height,
        margin={"l": left, "r": right, "t": 0, "b": 0, "pad": 0},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        font={"size": FONT, "color": palette.text, "family": FAMILY},
        hoverlabel={"font": {"size": FONT, "family": FAMILY}},
        dragmode=False,
    )
