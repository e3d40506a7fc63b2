"""Progress: the team by person, and one person's units and judgements over time."""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.parts import charts, controls
from pages.parts.format import NOTHING, day, percent, plain
from pages.parts.room import Room
from riskcore.training import leaning, practice, progress, refreshers, units
from riskcore.training.progress import Agreement
from riskcore.training.refreshers import Due


def show(room: Room) -> None:
    """The team, then the person at the keyboard."""
    t, team = room.t, progress.team(room.store)
    with st.container(gap=None):
        st.subheader(t("training.team"), anchor=False)
        st.caption(t("training.team_note"))
    if team:
        _team(room, team)
    else:
        st.caption(t("training.nobody"))
    _due(room, bool(team))
    if not room.who:
        return
    left, right = st.columns(2, gap="large")
    with left:
        _units(room)
    with right:
        _course(room)


def _team(room: Room, team: list[progress.Standing]) -> None:
    t, of = room.t, len(units.units())
    rows = [
        (
            plain(one.person),
            f"{one.units_done} / {of}",
            str(one.units_due or NOTHING),
            str(one.cases),
            NOTHING if one.right is None else percent(one.right, 0),
            NOTHING if one.brier is None else f"{one.brier:.3f}",
            NOTHING if one.score_brier is None else f"{one.score_brier:.3f}",
            _agreed(room, one.agreement),
        )
        for one in team
    ]
    columns = [
        t("training.person"),
        t("training.units_done"),
        t("training.units_due"),
        t("training.judged"),
        t("training.right"),
        t("training.brier"),
        t("training.brier_of_score"),
        t("training.agreement"),
    ]
    st.table(pd.DataFrame(rows, columns=columns), border="horizontal", hide_index=True)
    given = practice.judgements(room.store)
    together = practice.report(given)
    leanings = {
        "few": t("training.few", n=leaning.LEAST_CASES),
        "unclear": t("training.unclear"),
        "lenient": t("training.lenient"),
        "strict": t("training.strict"),
    }
    agreed = _agreed(room, progress.agreement(team))
    st.caption(plain(t("training.together", leaning=leanings[together.bias.leaning], agreed=agreed)))
    if progress.leanings(given, room.policy):
        query = {"part": "patterns", **controls.in_url()}
        st.page_link("learn/feedback.py", label=t("training.leanings_link"), query_params=query)


def _due(room: Room, anybody: bool) -> None:
    """What is due again for whom, a line each; the ways there for the person at the keyboard."""
    t, found = room.t, refreshers.of_team(room.store)
    with st.container(gap=None):
        st.subheader(t("training.refreshers"), anchor=False)
        st.caption(t("training.refreshers_note", n=units.FRESH_MONTHS))
    if not found:
        st.caption(t("training.nothing_due") if anybody else t("training.nobody_due"))
        return
    lines = [(plain(person), plain(_due_for(room, due))) for person, due in found.items()]
    columns = [t("training.person"), t("training.refreshers")]
    st.table(pd.DataFrame(lines, columns=columns), border="horizontal", hide_index=True)
    own = found.get(room.who)
    if own is None:
        return
    with st.container(horizontal=True):
        if own.units:
            st.button(t("training.to_unit"), key="due_unit", on_click=_go, args=("learn", own.units[0]))
        if own.changed or own.idle_since:
            st.button(t("training.to_practise"), key="due_case", on_click=_go, args=("practise",))


def _due_for(room: Room, due: Due) -> str:
    """What is due for one person, in one line."""
    t = room.t
    titles = {unit.id: t.of(unit.title) for unit in units.units()}
    parts = []
    if due.units:
        parts.append(t("training.due_units", titles=t("training.between").join(titles[name] for name in due.units)))
    if due.changed:
        parts.append(t("training.due_cases", n=len(due.changed)))
    if due.idle_since:
        parts.append(t("training.due_practice", day=day(t, due.idle_since)))
    return t("training.and_then").join(parts)


def _go(part: str, unit: str | None = None) -> None:
    st.session_state["training_part"] = part
    if unit:
        st.session_state["training_unit"] = unit


def _agreed(room: Room, agreement: Agreement) -> str:
    if agreement.share is None:
        return NOTHING
    return room.t("training.agreed", share=percent(agreement.share, 0), n=agreement.pairs)


def _units(room: Room) -> None:
    t = room.t
    st.subheader(t("training.my_units"), anchor=False)
    states = {
        "open": t("training.state_open"),
        "done": t("training.state_done"),
        "due": t("training.state_due"),
    }
    found = units.standings(room.store, room.who)
    rows = [(t.of(unit.title), states[found[unit.id].state], day(t, found[unit.id].since)) for unit in units.units()]
    columns = [t("training.unit"), t("training.state"), t("training.since")]
    st.table(pd.DataFrame(rows, columns=columns), border="horizontal", hide_index=True)


def _course(room: Room) -> None:
    """The share judged right so far, after each case."""
    t = room.t
    course = progress.over_time(practice.judgements(room.store, room.who))
    with st.container(gap=None):
        st.subheader(t("training.course"), anchor=False)
        st.caption(t("training.course_note") if len(course) > 1 else t("training.course_short"))
    if len(course) > 1:
        palette = charts.Palette(dark=st.context.theme.type == "dark")
        lines = {
            t("training.right"): ([right for right, _, _ in course], palette.primary),
            t("training.brier"): ([own for _, own, _ in course], palette.text),
            t("training.brier_of_score"): ([score for _, _, score in course], palette.muted),
        }
        figure = _lines(lines, palette)
        st.plotly_chart(figure, config=charts.CONFIG, theme=None, key="training_course", alt=t("training.course"))


def _lines(lines: dict[str, tuple[list[float], str]], palette: charts.Palette) -> go.Figure:
    """Shares from 0 to 1 by number of cases, each line with its name at its end."""
    figure = go.Figure()
    for name, (values, colour) in lines.items():
        numbers = list(range(1, len(values) + 1))
        figure.add_scatter(
            x=numbers,
            y=values,
            mode="lines",
            line={"color": colour, "width": 1.5},
            hovertemplate=f"{name}: %{{y:.2f}}<extra></extra>",
        )
        figure.add_scatter(x=numbers[-1:], y=values[-1:], mode="markers", marker={"color": colour}, hoverinfo="skip")
    ends = sorted(((values[-1], name, colour) for name, (values, colour) in lines.items()), key=lambda end: end[0])
    at = -1.0
    for value, name, colour in ends:
        at = max(value, at + 0.09)  # labels do not lie on one another
        label = {"xref": "paper", "x": 1, "xanchor": "left", "xshift": 8, "y": at, "showarrow": False}
        figure.add_annotation(text=f"{name} {value:.2f}", font={"color": colour, "size": charts.FONT}, **label)
    figure.update_layout(
        height=260,
        margin={"l": 32, "r": 150, "t": 8, "b": 24},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        font={"size": charts.FONT, "color": palette.text, "family": charts.FAMILY},
    )
    figure.update_xaxes(showgrid=False, color=palette.muted, dtick=max(1, len(next(iter(lines.values()))[0]) // 6))
    figure.update_yaxes(range=[-0.03, 1.08], gridcolor=palette.track, zerolinecolor=palette.axis, color=palette.muted)
    return figure
