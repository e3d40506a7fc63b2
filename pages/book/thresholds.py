"""Thresholds: drag a line, and tiers, money and the named customers who move follow."""

import pandas as pd
import streamlit as st

from pages.parts import board, controls, data, words
from pages.parts.format import count, plain, short
from riskcore import book, portfolio, reports, tiers
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.wording import main_reasons

t = words.current()
controls.head(t("thresholds.title"))
assessed = controls.assessed_or_stop()
policy: Policy = assessed.policy
in_force = list(policy.thresholds)
currency = data.ask(book.currency)

NOW, BEFORE, SHOWN = "thresholds", "thresholds_before", f"thresholds_shown_{assessed.policy.hash[:8]}"
UNDO_MOST = 50


def from_url() -> list[int]:
    """The thresholds of the URL, best first; those in force where it names none or they cannot stand."""
    asked = st.query_params.get("t")
    if not asked:
        return in_force
    try:
        wished = [int(start) for start in asked.split("-")]
        tiers.check_order(wished, policy.base_score, policy.top_score)
    except (ValueError, AskedWrong):
        wished = []
    if len(wished) == len(in_force):
        return wished
    st.session_state["thresholds_refused"] = asked
    return in_force


def current() -> list[int]:
    """The thresholds on the board, best first."""
    if len(st.session_state.get(NOW, [])) != len(in_force):
        st.session_state[NOW] = from_url()
        st.session_state[BEFORE] = []
    now: list[int] = st.session_state[NOW]
    return now


def move_to(wished: list[int]) -> None:
    """Take other thresholds, and remember the ones before for undo."""
    if wished == st.session_state[NOW]:
        return
    st.session_state[BEFORE] = [*st.session_state[BEFORE], st.session_state[NOW]][-UNDO_MOST:]
    st.session_state[NOW] = wished


def slid(place: int) -> None:
    """A slider was moved: neighbours give way, so that thresholds never cross."""
    wished = list(st.session_state[NOW])
    wished[place] = st.session_state[f"start_{place}"]
    for better in range(place - 1, -1, -1):
        wished[better] = max(wished[better], wished[better + 1] + 1)
    for worse in range(place + 1, len(wished)):
        wished[worse] = min(wished[worse], wished[worse - 1] - 1)
    move_to(wished)


def undo() -> None:
    """Back to the thresholds before the last move."""
    *st.session_state[BEFORE], st.session_state[NOW] = st.session_state[BEFORE]


def inputs(now: list[int]) -> None:
    """A slider per threshold, undo, and the way back to the policy in force."""
    count_of = len(now)
    columns = st.columns([*[3] * count_of, 5], vertical_alignment="bottom", gap="medium")
    for place, column in zip(reversed(range(count_of)), columns, strict=False):
        st.session_state[f"start_{place}"] = now[place]
        column.slider(
            t("thresholds.starts", code=policy.tier[place].code),
            policy.base_score + count_of - place,
            policy.top_score - place,
            key=f"start_{place}",
            on_change=slid,
            args=(place,),
        )
    with columns[-1], st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        controls.dimension(t, "board_dimension")
        st.button(
            t("thresholds.undo"),
            icon=":material/undo:",
            type="tertiary",
            on_click=undo,
            disabled=not st.session_state[BEFORE],
        )
        st.button(t("thresholds.reset"), on_click=move_to, args=(in_force,), disabled=now == in_force)


def show_board(now: list[int], dimension: str) -> None:
    """Cards, histogram and segments, which follow the drag in the browser."""
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
        data.ask(portfolio.cube, assessed.assessment_id),
        data.ask(portfolio.cube, assessed.assessment_id, dimension),
        faces,
        in_force,
        now,
        lang=t.lang,
        t=t,
        currency=currency,
        dimension=dimension,
    )
    board.show(payload, key="board", on_change=move_to)


def movers(now: list[int]) -> None:
    """Who changes tier, by name, largest exposure first."""
    counts = data.ask(portfolio.mover_counts, assessed.assessment_id, now, in_force)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            st.subheader(t("thresholds.movers"), anchor=False, width="content")
            st.caption(t("thresholds.movers_note", n=count(counts["all"])), width="content")
        with st.container(horizontal=True, vertical_alignment="center", width="content"):
            direction = st.segmented_control(
                t("thresholds.direction"),
                ("all", "better", "worse"),
                default="all",
                key="direction",
                required=True,
                format_func=lambda d: t(f"thresholds.way_{d}", n=count(counts[d])),
                label_visibility="collapsed",
            )
            if counts["all"]:
                st.download_button(
                    t("thresholds.download"),
                    lambda: reports.movers_csv(data.store(), assessed, now, in_force, direction or "all", t),
                    file_name="movers.csv",
                    mime="text/csv",
                    icon=":material/download:",
                    type="tertiary",
                    on_click="ignore",
                )
    if not counts[direction or "all"]:
        st.caption(t("thresholds.nobody"))
        return
    place = st.empty()
    page = controls.pages_of(counts[direction or "all"], key=f"movers_{direction}", per_page=10)
    rows = data.ask(portfolio.movers, now, in_force, direction or "all", page, 10)
    shown = pd.DataFrame(
        {
            "name": rows["customer_name"],
            "score": rows["score"],
            "way": ["▲" if n < w else "▼" for w, n in zip(rows["was"], rows["now"], strict=True)],
            "was": [[policy.tier[p].code] for p in rows["was"]],
            "now": [[policy.tier[p].code] for p in rows["now"]],
            "exposure": rows["exposure"].astype(float),
            "past_due": rows["past_due"].astype(float),
            "industry": rows["industry"],
            "reason": main_reasons(t, policy, rows),
        }
    )
    layout = {
        "name": st.column_config.TextColumn(t("thresholds.customer"), width="medium"),
        "score": st.column_config.NumberColumn(t("thresholds.score"), width=72),
        "way": st.column_config.TextColumn(" ", width=36),
        "was": controls.tier_column(t, policy, t("thresholds.was")),
        "now": controls.tier_column(t, policy, t("thresholds.now")),
        "exposure": controls.money_column(t("overview.exposure_in", currency=currency)),
        "past_due": controls.money_column(t("thresholds.past_due_in", currency=currency)),
        "industry": st.column_config.TextColumn(t("segments.industry")),
        "reason": st.column_config.TextColumn(t("thresholds.reason"), width="medium"),
    }
    controls.customer_table(shown, rows["customer_key"], layout, f"movers_{page}_{direction}_{now}", place)


@st.fragment
def meeting() -> None:
    """What a released handle reruns."""
    now = current()
    if refused := st.session_state.pop("thresholds_refused", None):
        st.warning(t("thresholds.refused", asked=plain(short(refused))))
    inputs(now)
    dimension = st.session_state.get("board_dimension", "industry")
    show_board(now, dimension)
    st.query_params["t"] = "-".join(str(start) for start in now)
    movers(now)


meeting()
st.caption(t("thresholds.basis", version=assessed.version))
