"""A heat map of who stood where and stands where: a figure from cells, nothing asked."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.parts import charts

_APART = 0.12  # of a cell: the gap between tiers and those that have none
_ROW_PX = 42
_NAMED_COLUMNS = 6  # more of them leave room for letters only
_ABOVE, _LEFT = {"yanchor": "bottom"}, {"xanchor": "right", "xshift": -8}


@dataclass(frozen=True)
class Line:
    """A row or column of the matrix: a place, its name, and its letter where it is a tier."""

    place: int
    name: str
    code: str = ""


@dataclass(frozen=True)
class Cell:
    """What one cell says; `step` is above 0 where it is better than before, below 0 worse, None off the tiers."""

    row: int
    column: int
    amount: float
    text: str
    hint: str
    step: int | None
    chosen: bool = False


def heat_map(
    palette: charts.Palette,
    rows: Sequence[Line],
    columns: Sequence[Line],
    cells: Sequence[Cell],
    row_totals: Sequence[str],
    column_totals: Sequence[str],
    total: str,
) -> go.Figure:
    """The cells as one trace in their order, so that a click names one; the unmoved outlined, the chosen framed."""
    top = max((cell.amount for cell in cells if cell.step != 0), default=0.0)
    figure = go.Figure()
    figure.add_bar(
        x=[_middle(columns, cell.column) for cell in cells],
        base=[_start(rows, cell.row) + 0.03 for cell in cells],
        y=[0.94] * len(cells),
        width=0.98,
        marker={
            "color": [_fill(palette, cell, top) for cell in cells],
            "line": {
                "color": [
                    palette.primary if cell.chosen else palette.axis if cell.step == 0 else palette.background
                    for cell in cells
                ],
                "width": [3 if cell.chosen else 1 for cell in cells],
            },
        },
        text=[_text(cell) for cell in cells],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        constraintext="none",
        textfont={"size": charts.FONT, "color": [palette.muted if _calm(cell) else palette.text for cell in cells]},
        hovertext=[charts.escape(cell.hint) for cell in cells],
        hoverinfo="text",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )
    labels = [f"{row.code} {row.name}".strip() for row in rows]
    width, height = _start(columns, len(columns)) + 1, _start(rows, len(rows)) + 1
    end_x, end_y = width - 0.5, height - 0.6  # where the totals stand
    notes = [
        *(
            _note(palette.text, _middle(columns, j), 0, _heading(c, len(columns)), **_ABOVE)
            for j, c in enumerate(columns)
        ),
        *(_note(palette.text, 0, _middle(rows, i), _label(row), **_LEFT) for i, row in enumerate(rows)),
        _note(palette.muted, end_x, 0, charts.escape(total), **_ABOVE),
        _note(palette.muted, 0, end_y, charts.escape(total), **_LEFT),
        *(_note(palette.muted, end_x, _middle(rows, i), text) for i, text in enumerate(row_totals)),
        *(_note(palette.muted, _middle(columns, j), end_y, text) for j, text in enumerate(column_totals)),
    ]
    left = 7 * max(charts.width(label) for label in labels) + 16
    charts.bare(figure, palette, height=_ROW_PX * height + 44, left=left, right=2)
    figure.update_layout(margin_t=44, barmode="overlay", hovermode="closest", annotations=notes)
    figure.update_xaxes(visible=False, range=[0, width], fixedrange=True)
    figure.update_yaxes(visible=False, range=[height, 0], fixedrange=True)
    return figure


def _start(of: Sequence[Line], number: int) -> float:
    """Where a row or column begins, in cells; what is no tier stands a little apart."""
    tiers = sum(1 for line in of if line.code)
    return number + (_APART if number >= tiers else 0)


def _middle(of: Sequence[Line], number: int) -> float:
    return _start(of, number) + 0.5


def _calm(cell: Cell) -> bool:
    return cell.step == 0 or not cell.amount


def _fill(palette: charts.Palette, cell: Cell, top: float) -> str:
    if cell.step == 0:
        return palette.background
    return palette.ramp[round((len(palette.ramp) - 1) * max(cell.amount, 0) / top) if top > 0 else 0]


def _text(cell: Cell) -> str:
    if _calm(cell):
        return cell.text
    mark = "" if cell.step is None else " ▲" if cell.step > 0 else " ▼"
    return f"<b>{cell.text}</b>{mark}"


def _heading(line: Line, columns: int) -> str:
    if line.code:
        letter = f"<b>{charts.escape(line.code)}</b>"
        return letter if columns > _NAMED_COLUMNS else f"{letter}<br>{charts.escape(line.name)}"
    return "<br>".join(charts.escape(line.name).rsplit(" ", 1))


def _label(line: Line) -> str:
    text = charts.escape(f"{line.code} {line.name}".strip())
    return f"<b>{text}</b>" if line.code else text


def _note(colour: str, x: float, y: float, text: str, **place: object) -> dict[str, object]:
    font = {"color": colour, "size": charts.FONT}
    return {"x": x, "y": y, "text": text, "showarrow": False, "font": font, **place}
