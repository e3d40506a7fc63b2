"""Alerts: the inbox of what changed, filtered and put away, and the list of who is watched."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import alert_digest, alert_watch_list, controls, data
from pages.parts.format import count, day, day_of, is_nothing, plain
from pages.parts.room import Room
from riskcore import alerts, book
from riskcore.errors import AskedWrong

_ROUND, _DONE = "alerts_round", "alerts_done"
_STANDS = ("open", "snoozed", "acknowledged")


def show(room: Room) -> None:
    """The inbox or the watch list."""
    t = room.t
    if done := st.session_state.pop(_DONE, None):
        st.toast(done, icon=":material/check:")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        views = {"inbox": t("alerts.inbox"), "watch_list": t("alerts.watch_list")}
        view = st.segmented_control(
            t("alerts.view"),
            list(views),
            default="inbox",
            required=True,
            key="alerts_view",
            format_func=views.__getitem__,
            label_visibility="collapsed",
        )
        alert_digest.button(room)
    if view == "watch_list":
        alert_watch_list.show(room)
    elif not room.policy.alert:
        st.info(t("alerts.not_in_policy") + " " + t("frame.default_rules"))
    else:
        _inbox(room)


def _inbox(room: Room) -> None:
    t = room.t
    st.caption(t("alerts.note"))
    filters = _filters(room)
    seen = alerts.count(room.store, room.assessed.policy, room.today, filters)
    if not seen[0]:
        st.caption(t("alerts.none_open") if filters == {"stands": "open"} else t("alerts.none"))
        return
    above, place = st.container(), st.empty()
    turn = st.session_state.setdefault(_ROUND, 0)
    shown = hash(str(filters))  # another question starts on its first page
    page = controls.pages_of(seen[0], key=f"alerts_page_{shown}")
    rows = alerts.inbox(room.store, room.assessed.policy, room.today, filters, page, controls.PER_PAGE)
    chosen = _table(room, rows, f"alerts_{page}_{shown}_{turn}", place)
    with above:
        _acting(room, filters, seen, [int(number) for number in rows["alert_id"].iloc[chosen]])


def _filters(room: Room) -> dict[str, Any]:
    """What is asked for: how alerts stand, of which rules, and of customers in which tiers."""
    t, policy = room.t, room.assessed.policy
    by_stand = alerts.by_rule(room.store, room.today)
    numbers = {stands: count(sum(rules.values())) for stands, rules in by_stand.items()}
    labels = {
        "open": t("alerts.open", n=numbers["open"]),
        "snoozed": t("alerts.snoozed", n=numbers["snoozed"]),
        "acknowledged": t("alerts.acknowledged", n=numbers["acknowledged"]),
    }
    codes = [tier.code for tier in policy.tier]
    with st.container(horizontal=True):
        stands = st.segmented_control(
            t("alerts.stands"),
            _STANDS,
            default="open",
            required=True,
            key="alerts_stands",
            format_func=labels.__getitem__,
        )
        names, there = _rule_names(room), by_stand[stands or "open"]
        picked = st.multiselect(
            t("alerts.rules"),
            list(there),
            key=f"alerts_rules_{stands}",
            placeholder=t("customers.any"),
            format_func=lambda code: t(
                "alerts.rule_option", code=code, name=names.get(code, ""), n=count(there.get(code, 0))
            ),
            width=300,
        )
        tiers = st.pills(t("alerts.tiers"), codes[::-1], selection_mode="multi", key="alerts_tiers")
    asked: dict[str, Any] = {"stands": stands}
    if picked:
        asked["codes"] = picked
    if tiers:
        asked["tiers"] = [codes.index(code) for code in tiers]
    return asked


def _rule_names(room: Room) -> dict[str, str]:
    return {rule.code: room.t.of(rule.name) for rule in room.policy.alert}


def _table(room: Room, rows: pd.DataFrame, key: str, place: Any) -> list[int]:
    """One page of alerts; a click on a cell opens the customer. The places of those ticked."""
    t, policy, names = room.t, room.assessed.policy, _rule_names(room)
    currency = data.ask(book.currency)
    shown = pd.DataFrame(
        {
            "watched": ["●" if is_watched else "" for is_watched in rows["is_watched"]],
            "name": rows["customer_name"],
            "tier": [[] if is_nothing(tier) else [policy.tier[int(tier)].code] for tier in rows["tier"]],
            "exposure": rows["exposure"].astype(float),
            "what": [
                alerts.told(t, policy, watches, told)
                for watches, told in zip(rows["watches"], rows["told"], strict=True)
            ],
            "when": [day(t, value) for value in rows["day"]],
            "review": ["" if is_nothing(due) else day(t, due) for due in rows["review_due"]],
            "rule": [f"{code} {names.get(code, '')}".strip() for code in rows["code"]],
        }
    )
    column = st.column_config
    layout: dict[str, Any] = {
        "watched": column.TextColumn(t("alerts.watched"), help=t("alerts.watched_help"), width=64),
        "name": column.TextColumn(t("alerts.customer"), width="medium"),
        "tier": controls.tier_column(t, policy, t("overview.tier")),
        "exposure": controls.money_column(t("alerts.exposure_in", currency=currency)),
        "what": column.TextColumn(t("alerts.what"), width=290),
        "when": column.TextColumn(t("alerts.when"), width=100),
        "review": column.TextColumn(t("alerts.review"), help=t("alerts.review_help"), width=100),
        "rule": column.TextColumn(t("alerts.rule"), width=160),
    }
    if rows["stands"].ne("open").any():
        shown = shown.drop(columns=["watched", "rule"])  # room for who and why
        shown["settled"] = [_settled(room, row) for row in rows.itertuples()]
        shown["remark"] = rows["note"]
        layout["settled"] = column.TextColumn(t("alerts.settled"), width=170)
        layout["remark"] = column.TextColumn(t("alerts.remark"), width="medium")
    return controls.ticked_customers(shown, rows["customer_key"], layout, key, place)


def _settled(room: Room, row: Any) -> str:
    """Who put an alert away, and when or until when; nothing of one that is open."""
    t = room.t
    if is_nothing(row.said_by):
        return ""
    if row.stands == "snoozed":
        return t("alerts.snoozed_by", by=row.said_by, until=day(t, row.until))
    return t("alerts.settled_by", by=row.said_by, day=day_of(t, row.said_at))


def _acting(room: Room, filters: dict[str, Any], seen: tuple[int, int], chosen: list[int]) -> None:
    """What is done with those ticked, or with all that the filters leave."""
    t, turn, policy = room.t, st.session_state[_ROUND], room.assessed.policy
    ticked, of_ticked = {**filters, "alerts": chosen}, (len(chosen), max(chosen, default=0))
    is_open = filters["stands"] != "acknowledged"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        note = st.text_input(t("alerts.note_field"), key=f"alerts_note_{turn}", max_chars=alerts.NOTE_MOST, width=300)
        with st.container(key="main", width="content"):
            acknowledged = st.button(
                t("alerts.acknowledge", n=count(len(chosen))),
                type="primary",
                key="alerts_acknowledge",
                disabled=not (chosen and is_open),
            )
        with st.popover(
            t("alerts.snooze"),
            disabled=not (chosen and is_open),
            key=f"alerts_snoozing_{turn}",
            icon=":material/snooze:",
        ):
            until = _until(room)
            snoozed = st.button(t("alerts.snooze_chosen", n=count(len(chosen))), key="alerts_snooze")
        called = st.button(
            t("alerts.call_review"), key="alerts_call", disabled=not chosen, icon=":material/event_available:"
        )
        st.space("stretch")
        everyone = is_open and _all_of_them(room, seen[0], turn)
    st.caption(t("alerts.chosen", n=count(len(chosen))) if chosen else t("alerts.hint"))
    try:
        if acknowledged:
            n = alerts.acknowledge(room.store, policy, room.today, ticked, of_ticked, room.who, note)
            _again(t("alerts.done_acknowledged", n=count(n)))
        elif everyone:
            n = alerts.acknowledge(room.store, policy, room.today, filters, seen, room.who, note)
            _again(t("alerts.done_acknowledged", n=count(n)))
        elif snoozed:
            n = alerts.snooze(room.store, policy, room.today, ticked, of_ticked, until, room.who, note)
            _again(t("alerts.done_snoozed", n=count(n), day=day(t, until)))
        elif called:
            new, old = alerts.call_reviews(room.store, room.policy, chosen, room.today, room.who)
            _again(t("alerts.done_called", n=count(new), old=count(old)))
    except AskedWrong as refused:
        st.error(plain(t.error(refused)), icon=":material/error:")


def _again(told: str) -> None:
    """Say what was done and start afresh, with nothing chosen and no note."""
    st.session_state[_DONE] = told
    st.session_state[_ROUND] += 1
    st.rerun()


def _until(room: Room) -> date:
    """The day on which what is snoozed is back."""
    t = room.t
    spans = {"week": t("alerts.week"), "month": t("alerts.month"), "date": t("alerts.date")}
    span = st.segmented_control(
        t("alerts.snooze_for"),
        list(spans),
        default="week",
        required=True,
        key="alerts_span",
        format_func=spans.__getitem__,
    )
    if span == "date":
        tomorrow = room.today + timedelta(1)
        return st.date_input(t("alerts.until"), tomorrow, min_value=tomorrow, key="alerts_until", format="YYYY-MM-DD")
    return room.today + timedelta(30 if span == "month" else 7)


def _all_of_them(room: Room, n: int, turn: int) -> bool:
    """Whether all that the filters leave are to be acknowledged: asked once."""
    t = room.t
    with st.popover(t("alerts.acknowledge_all", n=count(n)), key=f"alerts_all_{turn}"):
        st.markdown(t("alerts.acknowledge_all_note", n=count(n)))
        return st.button(t("alerts.acknowledge_all", n=count(n)), key="alerts_acknowledge_all")
