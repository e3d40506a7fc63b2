"""Migration between tiers as a heat map, and the customers of one of its cells."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, controls, data, monitoring_dates
from pages.parts.format import count, money
from pages.parts.monitoring_dates import Side
from riskcore import book, monitoring
from riskcore.monitoring import ABSENT, LITTLE_KNOWN, Migration
from riskcore.text import Words

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


def lines(t: Words, assessed: Side) -> list[Line]:
    """Worst tier first, then those little known and those not in the book."""
    tiers = [Line(place, t.of(tier.name), tier.code) for place, tier in enumerate(assessed.policy.tier)]
    apart = [Line(LITTLE_KNOWN, t("overview.little_known")), Line(ABSENT, t("monitoring.not_in_book"))]
    return tiers[::-1] + apart


def same_tiers(earlier: Side, later: Side) -> bool:
    """Whether the two policies name the same tiers, so that better and worse can be told."""
    codes = [[tier.code for tier in one.policy.tier] for one in (earlier, later)]
    return codes[0] == codes[1]


def draw(t: Words, palette: charts.Palette, found: Migration, earlier: Side, later: Side, by: str) -> None:
    """The matrix by `customers` or `exposure`, and below it the customers of the cell that is chosen."""
    currency = data.ask(book.currency)
    with st.container(gap=None):
        st.subheader(t("monitoring.migration"), anchor=False)
        dates = {"was": monitoring_dates.dated(t, earlier), "now": monitoring_dates.dated(t, later)}
        note = t("monitoring.matrix_note", **dates)
        st.caption(f"{note} {t('monitoring.money_note')}" if by == "exposure" else note)
    rows, columns = lines(t, earlier), lines(t, later)
    key = f"cell_{earlier.assessment_id}_{later.assessment_id}"
    # A page change forgets widgets, so that the choice is kept beside its own.
    chosen = st.session_state[key] = st.session_state.get(f"kept_{key}")
    cells, comparable = [], same_tiers(earlier, later)

    def written(amount: float) -> str:
        return count(amount) if by == "customers" else money(t, amount, currency)

    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            if row.place == column.place == ABSENT:
                continue
            was, now = row.place, column.place
            n, exposure = found.customers[was][now], found.exposure[was][now]
            is_tiers = bool(row.code and column.code)
            step = was - now if comparable and is_tiers else 0 if was == now == LITTLE_KNOWN else None
            amount = float(n if by == "customers" else exposure)
            text = t("overview.same", n=written(n)) if step == 0 and by == "customers" else written(amount)
            hint = t(
                "monitoring.cell_hint",
                was=said(row),
                now=said(column),
                n=count(n),
                money=money(t, exposure, currency),
            )
            cells.append(Cell(i, j, amount, text, hint, step, (was, now) == chosen))

    matrix = found.customers if by == "customers" else found.exposure
    row_totals = [written(sum(matrix[row.place])) for row in rows]
    column_totals = [written(sum(line[column.place] for line in matrix)) for column in columns]
    figure = heat_map(palette, rows, columns, cells, row_totals, column_totals, t("monitoring.total"))

    # Another choice is another chart, or a click on a cell that was clicked before would take it back instead.
    chart = f"matrix_{chosen}"

    def clicked() -> None:
        points = st.session_state[chart]["selection"]["points"]
        if points:
            cell = cells[points[0]["point_index"]]
            st.session_state[f"kept_{key}"] = rows[cell.row].place, columns[cell.column].place

    st.plotly_chart(
        figure,
        config=charts.CONFIG,
        theme=None,
        key=chart,
        on_select=clicked,
        selection_mode="points",
        alt=t("monitoring.migration"),
    )
    customers(t, found, rows, columns, (earlier, later), key)


def customers(
    t: Words,
    found: Migration,
    rows: Sequence[Line],
    columns: Sequence[Line],
    compared: tuple[Side, Side],
    key: str,
) -> None:
    """The choice of a cell that holds anybody, and its customers by exposure, a page at a time."""
    names = {
        (row.place, column.place): t(
            "monitoring.cell",
            was=said(row),
            now=said(column),
            n=count(found.customers[row.place][column.place]),
        )
        for row in rows
        for column in columns
        if found.customers[row.place][column.place]
    }
    if st.session_state[key] not in names:
        st.session_state[key] = None

    def selected() -> None:
        st.session_state[f"kept_{key}"] = st.session_state[key]

    chosen = st.selectbox(
        t("monitoring.which"),
        list(names),
        index=None,
        format_func=lambda cell: names.get(cell, ""),
        key=key,
        on_change=selected,
        placeholder=t("monitoring.which_hint"),
        width=460,
    )
    if chosen is None:
        return
    was, now = chosen
    numbers = [one.assessment_id for one in compared]
    place = st.empty()
    asked = f"{key}_{was}_{now}"
    page = controls.pages_of(found.customers[was][now], key=f"page_{asked}")
    listed = data.ask(monitoring.names, *numbers, was, now, page, controls.PER_PAGE)
    shown = pd.DataFrame(
        {
            "name": listed["customer_name"],
            "id": listed["customer_id"],
            "score_was": listed["score_was"],
            "score_now": listed["score_now"],
            "exposure_was": listed["exposure_was"],
            "exposure_now": listed["exposure_now"],
        }
    )
    column, currency = st.column_config, data.ask(book.currency)
    layout = {
        "name": column.TextColumn(t("overview.customer"), width="large"),
        "id": column.TextColumn(t("customers.id"), width="small"),
        "score_was": column.NumberColumn(t("monitoring.score_was"), width=90),
        "score_now": column.NumberColumn(t("monitoring.score_now"), width=90),
        "exposure_was": controls.money_column(t("monitoring.exposure_was", currency=currency)),
        "exposure_now": controls.money_column(t("monitoring.exposure_now", currency=currency)),
    }
    controls.customer_table(shown, listed["customer_key"], layout, f"names_{asked}_{page}", place)


def said(line: Line) -> str:
    """A row or column in a sentence: its letter, else its name."""
    return line.code or line.name


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
