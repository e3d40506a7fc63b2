"""Why so many days: the invoices of a customer, how its average comes about, and the measures of collection."""

import html
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, controls, data
from pages.parts.charts import Palette
from pages.parts.format import NOTHING, count, day, full_money, money, number, percent, plain
from pages.parts.sources import in_file
from riskcore import receivables
from riskcore.receivables import Bucket, Measures
from riskcore.text import Words

PER_PAGE = 10
ANCHOR = "invoices"
_SAME = {"kind": "document_type", "currency": "currency"}
_LATE_LIGHT = ("#F0CFC4", "#DE9A86", "#C25F47", "#962B14")  # to 30, 60 and 90 days past due, and beyond
_LATE_DARK = ("#5A3329", "#8E4938", "#C4644E", "#F08B74")


def panel(t: Words, customer_key: int, as_of: date, known_by: date | None) -> None:
    """The section of a customer's invoices; nothing where there are none."""
    items = data.ask(receivables.invoices_of, customer_key, as_of, known_by)
    measured = data.ask(receivables.measures, as_of, customer_key, known_by)
    if items.empty or measured is None:
        return
    weighed = items[items["weight"].notna()]
    st.subheader(t("customer.invoices.title"), anchor=ANCHOR)
    if weighed.empty:
        st.caption(t("customer.invoices.no_average", n=count(len(items)), day=day(t, measured.day)))
    else:
        first = day(t, items["invoice_date"].min())
        average = days(t, weighed["contribution"].sum())
        st.markdown(
            plain(t("customer.invoices.sentence", average=average, n=count(len(weighed)), day=day(t, measured.day)))
        )
        st.caption(t("customer.invoices.formula", all=count(len(items)), first=first))
    _measures(t, measured)
    _buckets(t, measured)
    _items(t, items.fillna({"currency": measured.currency}), f"{customer_key}_{as_of}_{known_by}")


def days(t: Words, value: float | None) -> str:
    """A number of days."""
    return NOTHING if value is None or pd.isna(value) else t("units.days", n=number(value, 1))


def _measures(t: Words, m: Measures) -> None:
    pairs = [
        (t("customer.invoices.receivables"), full_money(m.receivables, m.currency), t("customer.invoices.currency")),
        (t("customer.invoices.dso"), days(t, m.days_sales_outstanding), t("customer.invoices.dso_help")),
        (t("customer.invoices.best_dso"), days(t, m.best_possible_days), t("customer.invoices.best_dso_help")),
        (t("customer.invoices.terms"), days(t, m.terms_days), t("customer.invoices.terms_help")),
        (t("customer.invoices.to_pay"), days(t, m.days_to_pay), t("customer.invoices.to_pay_help")),
    ]
    with st.container(horizontal=True, gap="large"):
        for label, value, help_text in pairs:
            with st.container(gap=None, width="content"):
                st.caption(label, help=help_text)
                st.markdown(f"**{plain(value)}**")
    if m.items_without_rate:
        st.caption(t("customer.invoices.no_rate", n=count(m.items_without_rate), currency=m.currency))


def _buckets(t: Words, m: Measures) -> None:
    """What is open, by days past due."""
    told = [b for b in m.buckets if b.gross > 0]
    total = sum(b.gross for b in told)
    if not total:
        return
    palette = Palette(dark=st.context.theme.type == "dark")
    st.caption(t("customer.invoices.ageing", total=money(t, total, m.currency)))
    figure = ageing_bar(t, palette, told, m.currency)
    st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="ageing", alt=t("customer.invoices.ageing_alt"))
    marks = (f'<span style="color:{_colour(palette, b)}">■</span> {html.escape(_label(t, b, m))}' for b in told)
    st.html(f'<div style="font-size:0.875rem;color:{palette.muted}">{" &emsp; ".join(marks)}</div>')


def _label(t: Words, bucket: Bucket, m: Measures) -> str:
    total = sum(b.gross for b in m.buckets if b.gross > 0)
    return f"{bucket_name(t, bucket)} {money(t, bucket.gross, m.currency)} ({percent(bucket.gross / total, 0)})"


def ageing_bar(t: Words, palette: Palette, buckets: list[Bucket], currency: str) -> go.Figure:
    """Open amounts by days past due in one bar; what is not due is gray, the oldest are darkest."""
    total, left, traces = sum(b.gross for b in buckets), 0.0, []
    for bucket in buckets:
        share = bucket.gross / total
        label = charts.escape(f"{bucket_name(t, bucket)}: {money(t, bucket.gross, currency)}")
        look = {"color": _colour(palette, bucket), "line": {"color": palette.background, "width": 2}}
        traces.append(
            {"type": "bar", "y": [0], "x": [share], "base": left, "orientation": "h", "width": 1, "marker": look}
            | {"hovertemplate": f"{label}<extra></extra>"}
        )
        left += share
    figure = go.Figure(traces)
    figure.update_layout(
        height=24,
        margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        barmode="overlay",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        hoverlabel={"font": {"size": charts.FONT, "family": charts.FAMILY}},
    )
    figure.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    figure.update_yaxes(visible=False, range=[-0.5, 0.5], fixedrange=True)
    return figure


def bucket_name(t: Words, bucket: Bucket) -> str:
    """The days past due of a bucket, in words."""
    if bucket.from_day is None:
        return t("customer.invoices.no_due_date")
    if bucket.from_day == 0:
        return t("customer.invoices.not_due")
    if bucket.to_day is None:
        return t("fields.aged_over", first=bucket.from_day)
    return t("fields.aged", first=bucket.from_day, last=bucket.to_day)


def _colour(palette: Palette, bucket: Bucket) -> str:
    late = bucket.from_day or 0
    shades = _LATE_DARK if palette.dark else _LATE_LIGHT
    return palette.track if late == 0 else shades[sum(late > edge for edge in (30, 60, 90))]


def _items(t: Words, items: pd.DataFrame, key: str) -> None:
    """The items page by page, those that move the average most first."""
    st.caption(t("customer.invoices.order"))
    place = st.empty()
    page = controls.pages_of(len(items), key=f"invoices_{key}", per_page=PER_PAGE)
    rows = items.iloc[(page - 1) * PER_PAGE : page * PER_PAGE]
    shown = pd.DataFrame(
        {
            "document": rows["document"],
            "kind": [t(f"customer.named.{kind}") for kind in rows["document_type"]],
            "invoice_date": [day(t, v) for v in rows["invoice_date"]],
            "due_date": [day(t, v) for v in rows["due_date"]],
            "paid_date": [
                t("customer.invoices.open") if is_open else _paid(t, paid, inferred)
                for is_open, paid, inferred in zip(rows["is_open"], rows["paid_date"], rows["is_inferred"], strict=True)
            ],
            "amount": rows["amount"].astype(float),
            "currency": rows["currency"],
            "days": rows["days_beyond_terms"],
            "share": 100 * rows["weight"],
            "contribution": rows["contribution"],
            "file": [in_file(f, s) for f, s in zip(rows["file_name"], rows["sheet"], strict=True)],
            "line": rows["line"],
        }
    )
    # What is the same everywhere needs no column.
    same = [name for name in ("kind", "currency") if items[_SAME[name]].nunique() == 1]
    place.dataframe(
        shown.drop(columns=same),
        hide_index=True,
        row_height=32,
        height=32 * (len(shown) + 1) + 4,
        placeholder=NOTHING,
        column_config=_columns(t),
    )


def _paid(t: Words, paid: Any, inferred: bool) -> str:
    return t("customer.invoices.about", day=day(t, paid)) if inferred else day(t, paid)


def _columns(t: Words) -> dict[str, Any]:
    column = st.column_config
    return {
        "document": column.TextColumn(t("customer.invoices.document"), width=100),
        "kind": column.TextColumn(t("fields.document_type"), width=90),
        "invoice_date": column.TextColumn(t("fields.invoice_date"), width=100),
        "due_date": column.TextColumn(t("fields.due_date"), width=100),
        "paid_date": column.TextColumn(t("fields.paid_date"), width=100),
        "amount": column.NumberColumn(t("customer.invoices.amount"), format="localized", width=100),
        "currency": column.TextColumn(t("fields.currency"), width=70),
        "days": column.NumberColumn(t("customer.invoices.late"), width=80),
        "share": column.NumberColumn(t("customer.invoices.weight"), format="%.1f%%", width=80),
        "contribution": column.NumberColumn(t("customer.invoices.contribution"), format="%.2f", width=100),
        "file": column.TextColumn(t("customer.file"), width="medium"),
        "line": column.NumberColumn(t("customer.line"), width=60),
    }
