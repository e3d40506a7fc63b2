"""Customers on whom opinions disagree, furthest apart first; a click opens the customer."""

import pandas as pd
import streamlit as st

from pages.parts import controls, customer_opinions, data
from pages.parts.format import NOTHING, count, day, full_money, is_nothing
from pages.parts.room import Room
from riskcore import book, radar
from riskcore.policy import Policy
from riskcore.policy.radar import Radar
from riskcore.text import Words


def show(room: Room) -> None:
    """How many there are, which two opinions, and the customers, a page at a time."""
    t, policy, as_of = room.t, room.assessed.policy, room.assessed.as_of
    if policy.radar is None:
        st.info(t("radar.none"))
        return
    counted = data.ask(radar.counts, policy, as_of)
    if not counted["compared"]:
        st.info(t("radar.nothing_yet"))
        return
    said = {"compared": count(counted["compared"]), "n": count(counted["apart"]), "least": policy.radar.grades_apart}
    st.markdown(t("radar.counted", **said))
    codes = [grade.code for grade in policy.pd_scale.grade]
    st.caption(f"{t('radar.scale', best=codes[0], worst=codes[-1])} {_calls(t, policy.radar)}")
    if not counted["apart"]:
        return
    pair = st.selectbox(
        t("radar.which"),
        [None, *(number for number in range(len(radar.PAIRS)) if counted[f"pair_{number}"])],
        format_func=lambda number: _choice(t, counted, number),
        key="radar_pair",
        width=360,
    )
    total = counted["apart"] if pair is None else counted[f"pair_{pair}"]
    place = st.empty()
    page = controls.pages_of(total, key=f"radar_page_{pair}")
    rows = data.ask(radar.disagreements, policy, as_of, pair, page, controls.PER_PAGE)
    due = radar.review_days(room.store, [int(key) for key in rows["customer_key"]])  # people write these
    table(t, policy, rows, due, f"radar_{pair}_{page}", place)


def table(t: Words, policy: Policy, rows: pd.DataFrame, due: dict[int, object], key: str, place: object) -> None:
    """One page of them: who, how large, the four opinions as grades, and the review that was called."""
    shown = pd.DataFrame(
        {
            "name": rows["customer_name"],
            "tier": [[policy.tier[tier].code] for tier in rows["tier"]],
            "exposure": rows["exposure"].astype(float),
            "apart": rows["gap"].astype(int),
            **{judge: _ranges(policy, rows, judge) for judge in radar.JUDGES},
            "two": [customer_opinions.pair_name(t, radar.PAIRS[number]) for number in rows["pair"]],
            "review": [day(t, due[key]) if key in due else NOTHING for key in rows["customer_key"]],
        }
    )
    column = st.column_config
    layout = {
        "name": column.TextColumn(t("radar.customer"), width="medium"),
        "tier": controls.tier_column(t, policy, t("overview.tier")),
        "exposure": controls.money_column(t("overview.exposure_in", currency=data.ask(book.currency))),
        **{judge: column.TextColumn(customer_opinions.name(t, judge), width=92) for judge in radar.JUDGES},
        "apart": column.NumberColumn(t("radar.apart"), help=t("radar.apart_help"), width=64),
        "two": column.TextColumn(t("radar.two"), width=170),
        "review": column.TextColumn(t("radar.review"), width=100),
    }
    controls.customer_table(shown, rows["customer_key"], layout, key, place)


def _ranges(policy: Policy, rows: pd.DataFrame, judge: radar.Judge) -> list[str]:
    ends = zip(rows[f"{judge}_best"], rows[f"{judge}_worst"], strict=True)
    return [NOTHING if is_nothing(best) else customer_opinions.range_of(policy, best, worst) for best, worst in ends]


def _choice(t: Words, counted: dict[str, int], number: int | None) -> str:
    if number is None:
        return t("radar.any", n=count(counted["apart"]))
    pair = customer_opinions.pair_name(t, radar.PAIRS[number])
    return t("radar.pair_n", pair=pair, n=count(counted[f"pair_{number}"]))


def _calls(t: Words, part: Radar) -> str:
    """For which of them reviews are called."""
    text = t("radar.calls", most=count(part.reviews_most))
    if part.exposure_from > 0:
        text += " " + t("radar.calls_from", amount=full_money(part.exposure_from, data.ask(book.currency)))
    return text
