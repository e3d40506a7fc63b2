"""Rates that amounts wait for: a small table to fill in, kept as an import of its own."""

import csv
import io
from datetime import date

import pandas as pd
import streamlit as st

from pages.parts import data, person
from pages.parts.format import plain
from riskcore import book, ingest, portfolio, signing, versions
from riskcore.errors import RiskError
from riskcore.text import Words

_FILE = "rates.csv"
_FIELDS = ("currency", "rate_date", "rate")


def show(t: Words) -> None:
    """The missing rates, where there are any and the book has been assessed."""
    store = data.own()
    assessed = portfolio.newest(store)
    if assessed is None:
        return
    currency = book.currency(store)
    missing = portfolio.missing_rates(store, currency, assessed.as_of)
    if missing.empty:
        return
    with st.container(border=True):
        with st.container(gap=None):
            st.subheader(t("imports.rates"), anchor=False)
            st.caption(t("imports.rates_note", n=len(missing), currency=currency))
        column = st.column_config
        codes = list(missing["currency"])
        edited = st.data_editor(
            pd.DataFrame(
                {
                    "currency": codes,
                    "amounts": missing["amounts"],
                    "day": [assessed.as_of] * len(codes),
                    "rate": pd.Series([None] * len(codes), dtype="float64"),
                }
            ),
            hide_index=True,
            row_height=32,
            width="content",
            placeholder="",
            disabled=["currency", "amounts"],
            key=f"rates_{assessed.assessment_id}",
            column_config={
                "currency": column.TextColumn(t("imports.currency"), width=90),
                "amounts": column.NumberColumn(t("imports.waiting"), format="localized", width=120),
                "day": column.DateColumn(t("imports.rate_day"), format="YYYY-MM-DD", width=130, required=True),
                "rate": column.NumberColumn(
                    t("imports.rate_of", currency=currency), format="%.6g", min_value=0, width=200
                ),
            },
        )
        given = [
            (str(row.currency), row.day, float(row.rate)) for row in edited.itertuples() if row.rate and row.rate > 0
        ]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width=240):
                by = person.ask(t, "rates_by")
            if st.button(t("imports.rates_save"), key="rates_save", disabled=not given):
                try:
                    _take_in(given, signing.name(by))
                except RiskError as refused:
                    st.error(plain(t.error(refused)), icon=":material/error:")
                else:
                    st.session_state["told"] = t("imports.rates_saved", n=len(given))
                    st.rerun()


def _take_in(given: list[tuple[str, date, float]], by: str) -> None:
    """The rates as a file of their kind; what is written means units of the book's currency for one."""
    store = data.own()
    policy = versions.in_force(store)
    out = io.StringIO()
    csv.writer(out).writerows([_FIELDS, *((code, f"{day:%Y-%m-%d}", f"{rate:.12g}") for code, day, rate in given)])
    [upload] = ingest.open_file(out.getvalue().encode(), _FILE).uploads
    kind = ingest.KINDS["rates"]
    asked = ingest.prepare(upload, policy, store, kind=kind).questions
    ready = ingest.prepare(upload, policy, store, kind=kind, answers={question.id: "as_is" for question in asked})
    book.take_in(store, [ready.prepared], by)
