"""Migration between tiers: which cells there are, which one is chosen, and its customers."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts import charts, controls, data, monitoring_dates
from pages.parts.format import count, money
from pages.parts.monitoring_heat_map import Cell, Line, heat_map
from riskcore import book, monitoring
from riskcore.monitoring import ABSENT, LITTLE_KNOWN, Migration
from riskcore.portfolio import Assessed
from riskcore.text import Words


def lines(t: Words, assessed: Assessed) -> list[Line]:
    """Worst tier first, then those little known and those not in the book."""
    tiers = [Line(place, t.of(tier.name), tier.code) for place, tier in enumerate(assessed.policy.tier)]
    apart = [Line(LITTLE_KNOWN, t("overview.little_known")), Line(ABSENT, t("monitoring.not_in_book"))]
    return tiers[::-1] + apart


def same_tiers(earlier: Assessed, later: Assessed) -> bool:
    """Whether the two policies name the same tiers, so that better and worse can be told."""
    codes = [[tier.code for tier in one.policy.tier] for one in (earlier, later)]
    return codes[0] == codes[1]


def draw(t: Words, palette: charts.Palette, found: Migration, earlier: Assessed, later: Assessed, by: str) -> None:
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

    largest = max(map(sum, (*found.exposure, *zip(*found.exposure, strict=True))))  # of the totals

    def written(amount: float) -> str:
        return count(amount) if by == "customers" else money(t, amount, currency, beside=largest)

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
    compared: tuple[Assessed, Assessed],
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
