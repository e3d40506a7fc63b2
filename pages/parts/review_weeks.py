"""The weeks ahead as bars, those overdue before them, and the customers of each owner."""

from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, controls, review_words
from pages.parts.format import count, day, day_of_year
from riskcore import reviews
from riskcore.text import Words

_OWNERS_MOST = 5
_HEIGHT = 208


def draw(t: Words, tally: pd.DataFrame, today: date) -> None:
    """Both, side by side; `tally` as `riskcore.reviews.tally` gives it."""
    left, right = controls.beside([3, 2], "weeks")
    with left:
        st.subheader(t("reviews.weeks", n=reviews.WEEKS), anchor=False)
        by_week = tally.groupby("week")["customers"].sum()
        counts = [int(by_week.get(week, 0)) for week in range(-1, reviews.WEEKS)]
        figure = bars(t, charts.Palette(dark=st.context.theme.type == "dark"), counts, today)
        alt = t("reviews.weeks", n=reviews.WEEKS)
        st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="reviews_weeks", alt=alt)
    with right:
        st.subheader(t("reviews.by_owner"), anchor=False)
        owners(t, tally)


def bars(t: Words, palette: charts.Palette, counts: list[int], today: date) -> go.Figure:
    """A bar for those overdue, then one a week, with the number on top and the first day beneath."""
    starts = [today + timedelta(days=7 * week) for week in range(len(counts) - 1)]
    hints = [t("reviews.overdue_bar", n=count(counts[0]))]
    hints += [t("reviews.week_bar", day=day(t, s), n=count(n)) for s, n in zip(starts, counts[1:], strict=True)]
    places = [-0.4, *range(1, len(counts))]  # those overdue stand apart
    figure = go.Figure()
    figure.add_bar(
        x=places,
        y=counts,
        width=0.72,
        marker={"color": [palette.worse, *[palette.primary] * len(starts)]},
        text=[count(n) if n else "" for n in counts],
        textposition="outside",
        textfont={"color": palette.text, "size": charts.FONT},
        cliponaxis=False,
        hovertext=hints,
        hoverinfo="text",
    )
    charts.bare(figure, palette, height=_HEIGHT, left=4, right=4)
    figure.update_layout(margin={"l": 4, "r": 4, "t": 22, "b": 26}, bargap=0)
    days = [day_of_year(t, start) if week % 2 == 0 else "" for week, start in enumerate(starts)]
    figure.update_xaxes(
        tickvals=places,
        ticktext=[t("reviews.overdue_short"), *days],
        tickfont={"color": palette.muted, "size": charts.FONT - 1},
        showgrid=False,
        range=[-1, len(counts) - 0.4],
        linecolor=palette.axis,
        showline=True,
        tickangle=0,
    )
    figure.update_yaxes(visible=False, range=[0, max(*counts, 1) * 1.04])
    return figure


def owners(t: Words, tally: pd.DataFrame) -> None:
    """A row an owner, those with the most to do first; the rest together."""
    named = tally.assign(owner=[review_words.owner(t, owner) for owner in tally["owner"]])
    table = named.pivot_table(index="owner", columns="status", values="customers", aggfunc="sum", fill_value=0)
    table = table.reindex(columns=list(reviews.STATUSES), fill_value=0)
    table = table.sort_values(["overdue", "due", "later"], ascending=False)
    if len(table) > _OWNERS_MOST + 1:
        rest = table.iloc[_OWNERS_MOST:]
        table = table.iloc[:_OWNERS_MOST]
        table.loc[t("reviews.others", n=count(len(rest)))] = rest.sum()
    number = st.column_config.NumberColumn
    st.dataframe(
        table.drop(columns="later").reset_index(),
        hide_index=True,
        row_height=32,
        column_config={
            "owner": st.column_config.TextColumn(t("reviews.owner")),
            "overdue": number(t("reviews.overdue_short"), format="localized", width=64),
            "escalated": number(t("reviews.escalated_short"), format="localized", width=76),
            "due": number(t("reviews.due_short"), format="localized", width=76),
            "done": number(t("reviews.done_short"), format="localized", width=64),
        },
    )
