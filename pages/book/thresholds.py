"""Thresholds: drag a line, and tiers, money and the named customers who move follow."""

import streamlit as st

from pages.parts import (
    assuming,
    board,
    controls,
    data,
    decide,
    drafts,
    meeting,
    movers,
    near,
    pinning,
    presenting,
    words,
)
from pages.parts.format import plain, short
from riskcore import book, money, portfolio
from riskcore.policy import Policy

t = words.current()
present = presenting.on()
controls.head(t("thresholds.title"), present=present)
assessed = controls.assessed_or_stop()
policy: Policy = assessed.policy
in_force = list(policy.thresholds)
currency = data.ask(book.currency)


def inputs(now: list[int]) -> None:
    """A slider per threshold, then what else a meeting turns: grouping, assumptions, pins, undo, the way back."""
    columns = st.columns([3] * len(now), vertical_alignment="bottom", gap="medium")
    for place, column in zip(reversed(range(len(now))), columns, strict=True):
        st.session_state[f"start_{place}"] = now[place]
        column.slider(
            t("thresholds.starts", code=policy.tier[place].code),
            policy.base_score + len(now) - place,
            policy.top_score - place,
            key=f"start_{place}",
            on_change=meeting.slid,
            args=(place,),
        )
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            controls.dimension(t, "board_dimension")
            assuming.edit(t, policy)
            pinning.choose(t, policy)
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.button(
                t("thresholds.undo"),
                icon=":material/undo:",
                type="tertiary",
                on_click=meeting.undo,
                disabled=not meeting.can_undo(),
            )
            presenting.link_in(t)
            st.button(t("thresholds.reset"), on_click=meeting.move_to, args=(in_force,), disabled=now == in_force)


def show_board(now: list[int], dimension: str) -> None:
    """Cards, histogram, segments and money, which follow the drag in the browser."""
    a = meeting.assumptions(policy)
    faces = [
        {
            "code": tier.code,
            "name": t.of(tier.name),
            "colour_name": tier.colour,
            "light": tier.light,
            "dark": tier.dark,
            "ink_light": tier.ink_light,
            "ink_dark": tier.ink_dark,
        }
        for tier in policy.tier
    ]
    payload = board.payload(
        data.shared(portfolio.cube, assessed.assessment_id),
        data.shared(portfolio.cube, assessed.assessment_id, dimension),
        faces,
        in_force,
        now,
        lang=t.lang,
        t=t,
        currency=currency,
        dimension=dimension,
        names={value: controls.value_name(t, value) for value in data.ask(portfolio.segment_values, dimension)},
        money=money.bound(policy, a) | {"uncertainty": a.retention_uncertainty_pct},
        pins=meeting.pinned(meeting.pins()),
        present=present,
    )
    board.show(payload, key="board", on_change=meeting.move_to)


@st.fragment
def at_the_table() -> None:
    """What a released handle reruns."""
    drafts.restore(assessed)
    now = meeting.thresholds(policy)
    if refused := meeting.refused():
        st.warning(t("thresholds.refused", asked=plain(short(refused))))
    if not present:
        decide.recorded(t)
        inputs(now)
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            drafts.bar(t, assessed, now, meeting.assumptions(policy))
            decide.button(t, assessed, now, meeting.assumptions(policy))
    show_board(now, st.session_state.get("board_dimension", "industry"))
    meeting.to_url(policy)
    if present:
        movers.presented(t, assessed, now, currency)
    else:
        movers.table(t, assessed, now, meeting.assumptions(policy), currency)
        near.table(t, assessed, now, currency)


at_the_table()
st.caption(t("thresholds.basis", version=assessed.version))
