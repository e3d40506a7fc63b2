"""The watch list: who is watched, why, by whom and since when."""

import pandas as pd
import streamlit as st

from pages.parts import controls, data
from pages.parts.format import day, day_of, is_nothing
from pages.parts.room import Room
from riskcore import alerts, book, scoring


def show(room: Room) -> None:
    """The customers watched, largest exposure first; a click opens one."""
    t, policy = room.t, room.assessed.policy
    st.caption(t("alerts.watch_note"))
    total = alerts.watched_count(room.store, policy)
    if not total:
        st.caption(t("alerts.watch_none"))
        return
    place = st.empty()
    page = controls.pages_of(total, key="watched_page")
    rows = alerts.watch_list(room.store, policy, page, controls.PER_PAGE)
    since = alerts.rules_since(room.store, policy, [int(key) for key in rows["customer_key"]])
    lines = [_line(room, row, since) for row in rows.to_dict("records")]
    shown = pd.DataFrame(
        {
            "name": rows["customer_name"],
            "tier": [[policy.tier[tier].code] for tier in rows["tier"]],
            "score": rows["score"],
            "exposure": rows["exposure"].astype(float),
            "why": [why for why, _, _ in lines],
            "by": [by for _, by, _ in lines],
            "since": [began for _, _, began in lines],
        }
    )
    column = st.column_config
    layout = {
        "name": column.TextColumn(t("alerts.customer"), width="medium"),
        "tier": controls.tier_column(t, policy, t("overview.tier")),
        "score": column.NumberColumn(t("thresholds.score"), width=72),
        "exposure": controls.money_column(t("alerts.exposure_in", currency=data.ask(book.currency))),
        "why": column.TextColumn(t("alerts.why"), width=360),
        "by": column.TextColumn(t("alerts.by"), width=110),
        "since": column.TextColumn(t("alerts.since"), width=100),
    }
    controls.customer_table(shown, rows["customer_key"], layout, f"watched_{page}", place)


def _line(room: Room, row: dict[str, object], since: dict[tuple[int, str], object]) -> tuple[str, str, str]:
    """Why a customer is watched, by whom, and since when: what a person said comes before what rules say."""
    t, policy = room.t, room.assessed.policy
    rules = scoring.rules_of(policy, int(row["watch_rules"]))
    names = [f"{rule.code} {t.of(rule.name)}" for rule in rules]
    if not is_nothing(row["reason"]):
        return t("alerts.between").join([str(row["reason"]), *names]), str(row["said_by"]), day_of(t, row["said_at"])
    days = [found for rule in rules if (found := since.get((int(row["customer_key"]), rule.code)))]
    return t("alerts.between").join(names), t("alerts.by_rule"), day(t, min(days, default=None))
