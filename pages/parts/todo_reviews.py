"""Reviews of customers: who is due, when, and by whom; a click starts a review, ticks assign an owner."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import controls, data, review_weeks, review_words
from pages.parts.format import NOTHING, count, day, is_nothing, plain
from pages.parts.room import Room
from riskcore import book, portfolio, reviews, schema
from riskcore.errors import AskedWrong

_ROUND, _TOLD, _SEEN = "reviews_round", "reviews_assigned", "reviews_seen"
_NOBODY = ""  # the choice of those without an owner
_FIELDS = ("status", "tiers", "region", "salesperson", "search", "owner")


def show(room: Room) -> None:
    """The weeks ahead, the filters, and the customers by due day."""
    t = room.t
    if (told := st.session_state.pop(_TOLD, None)) is not None:
        st.toast(t("reviews.assigned", n=count(told)), icon=":material/check:")
    cycles = t("cli.between").join(
        t("reviews.cycle", code=tier.code, n=tier.strategy.review_months) for tier in room.assessed.policy.tier
    )
    st.caption(t("reviews.note", cycles=cycles))
    _seed()
    head = st.container()
    choices = st.container(horizontal=True)
    filters = _filters(room, choices)
    all_of_them = reviews.tally(room.store, room.today, filters)
    filters |= _owner(room, all_of_them, choices)
    tally = _of_owner(all_of_them, filters)
    with head:
        filters["statuses"] = _status(room, tally)
        review_weeks.draw(t, tally, room.today)
    st.session_state[review_words.kept()] = {
        "filters": filters,
        "chosen": {name: st.session_state.get(f"reviews_{name}") for name in _FIELDS},
    }
    counted = tally if filters["statuses"] is None else tally[tally["status"].isin(filters["statuses"])]
    total = int(counted["customers"].sum())
    if not total:
        st.caption(t("reviews.none"))
        return
    above, place = st.container(), st.empty()
    shown = hash(str(filters))  # another question starts on its first page
    page = controls.pages_of(total, key=f"reviews_page_{shown}")
    seen = reviews.last_assigned(room.store)
    rows = reviews.calendar(room.store, room.today, filters, page, controls.PER_PAGE)
    turn = st.session_state.setdefault(_ROUND, 0)
    chosen = _table(room, rows, f"reviews_{page}_{shown}_{turn}", place)
    with above:
        _assigning(room, filters, total, [int(key) for key in rows["customer_key"].iloc[chosen]])
        st.caption(t("reviews.open_hint"))
    st.session_state[_SEEN] = seen


def _seed() -> None:
    """A page change forgets what was chosen; what was kept of it stands again, or the status that a link asks for."""
    if "reviews_status" in st.session_state:
        return
    kept = st.session_state.get(review_words.kept(), {}).get("chosen", {})
    if (asked := st.query_params.get("status")) in reviews.STATUSES:
        del st.query_params["status"]
        kept = {"status": asked}
    for name, value in {"status": "all", **kept}.items():
        st.session_state[f"reviews_{name}"] = value


def _filters(room: Room, place: Any) -> dict[str, Any]:
    t, codes = room.t, [tier.code for tier in room.assessed.policy.tier]
    found: dict[str, Any] = {}
    with place:
        picked = st.pills(t("customers.tiers"), codes[::-1], selection_mode="multi", key="reviews_tiers")
        found["tiers"] = [codes.index(code) for code in picked] or None
        for dimension in schema.SEGMENTS[1:]:
            values = data.ask(portfolio.segment_values, dimension)
            found[dimension] = st.selectbox(
                t(f"segments.{dimension}"),
                values,
                index=None,
                placeholder=t("customers.any"),
                key=f"reviews_{dimension}",
                disabled=not values,
                format_func=lambda value: str(controls.value_name(t, value)),
                width=130,
            )
        found["search"] = st.text_input(
            t("customers.search"),
            key="reviews_search",
            placeholder=t("customers.search_hint"),
            icon=":material/search:",
            width=188,
        )
    return found


def _owner(room: Room, tally: pd.DataFrame, place: Any) -> dict[str, Any]:
    """The choice among all owners that the other filters leave, and those without one."""
    t = room.t
    names = sorted({name for name in tally["owner"] if not is_nothing(name)})
    if (kept := st.session_state.get("reviews_owner")) and kept not in names:
        names.append(kept)
    chosen = place.selectbox(
        t("reviews.owner"),
        [_NOBODY, *names],
        index=None,
        placeholder=t("customers.any"),
        key="reviews_owner",
        format_func=lambda name: name or t("reviews.nobody"),
        width=130,
    )
    return {"owner": chosen, "nobody": chosen == _NOBODY}


def _of_owner(tally: pd.DataFrame, filters: dict[str, Any]) -> pd.DataFrame:
    if filters["nobody"]:
        return tally[tally["owner"].isna()]
    return tally[tally["owner"] == filters["owner"]] if filters["owner"] else tally


def _status(room: Room, tally: pd.DataFrame) -> list[str] | None:
    """The choice of a status, each with how many there are."""
    t = room.t
    by_status = tally.groupby("status")["customers"].sum()
    n = {status: count(by_status.get(status, 0)) for status in reviews.STATUSES}
    names = {
        "all": t("reviews.all", n=count(by_status.sum())),
        "overdue": t("reviews.overdue", n=n["overdue"]),
        "escalated": t("reviews.escalated", n=n["escalated"]),
        "due": t("reviews.due", n=n["due"], days=reviews.WINDOW_DAYS),
        "done": t("reviews.done", n=n["done"], days=reviews.WINDOW_DAYS),
        "later": t("reviews.later", n=n["later"]),
    }
    chosen = st.segmented_control(
        t("reviews.status"),
        list(names),
        required=True,
        key="reviews_status",
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    return None if chosen == "all" else [chosen]


def _table(room: Room, rows: pd.DataFrame, key: str, place: Any) -> list[int]:
    """One page of the calendar; a click on a cell opens the review. The places of those ticked."""
    t, policy = room.t, room.assessed.policy
    currency = data.ask(book.currency)
    last = [
        t("reviews.never")
        if is_nothing(on)
        else day(t, on) + ("" if is_nothing(what) else f" · {review_words.concluded(t, what, to)}")
        for on, what, to in zip(rows["last_on"], rows["outcome"], rows["escalated_to"], strict=True)
    ]
    shown = pd.DataFrame(
        {
            "due": [day(t, value) for value in rows["due_on"]],
            "days": (rows["due_on"] - pd.Timestamp(room.today)).dt.days,
            "name": rows["customer_name"],
            "tier": [[policy.tier[tier].code] for tier in rows["tier"]],
            "exposure": rows["exposure"].astype(float),
            "owner": [NOTHING if is_nothing(value) else value for value in rows["owner"]],
            "because": [review_words.because(t, value) for value in rows["because"]],
            "last": last,
        }
    )
    column = st.column_config
    layout = {
        "due": column.TextColumn(t("reviews.due_on"), width=96),
        "days": column.NumberColumn(t("reviews.days"), help=t("reviews.days_help"), format="localized", width=64),
        "name": column.TextColumn(t("reviews.customer"), width="medium"),
        "tier": controls.tier_column(t, policy, t("overview.tier")),
        "exposure": controls.money_column(t("reviews.exposure_in", currency=currency)),
        "owner": column.TextColumn(t("reviews.owner"), width=96),
        "because": column.TextColumn(t("reviews.because"), width=190),
        "last": column.TextColumn(t("reviews.last"), width=200),
    }
    return controls.ticked_customers(shown, rows["customer_key"], layout, key, place, "book/review.py")


def _assigning(room: Room, filters: dict[str, Any], total: int, chosen: list[int]) -> None:
    """Who reviews those ticked, or all that the filters leave."""
    t = room.t
    with st.popover(t("reviews.assign"), icon=":material/person_add:", key=f"reviews_open_{st.session_state[_ROUND]}"):
        owner = st.text_input(t("reviews.assign_to"), key="reviews_assign_to", max_chars=60)
        ticked = st.button(
            t("reviews.assign_chosen", n=count(len(chosen))), key="reviews_assign_chosen", disabled=not chosen
        )
        everyone = st.button(t("reviews.assign_all", n=count(total)), key="reviews_assign_all")
        if ticked or everyone:
            which = {"customers": chosen} if ticked else filters
            try:
                done = reviews.assign(room.store, room.today, which, owner, room.who, st.session_state.get(_SEEN))
            except AskedWrong as refused:
                st.error(plain(t.error(refused)), icon=":material/error:")
                st.session_state[_ROUND] += 1  # the rows that were ticked may be others now
            else:
                st.session_state[_TOLD] = done
                st.session_state[_ROUND] += 1
                st.rerun()
