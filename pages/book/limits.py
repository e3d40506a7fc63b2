"""Limits: what is recommended against what is, and the decision on each."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import controls, data, exports, words
from pages.parts.format import NOTHING, count, is_nothing, money, plain, signed
from riskcore import book, limits, reports
from riskcore.errors import RiskError

t = words.current()
controls.head(t("limits.title"))
assessed = controls.assessed_or_stop()
policy = assessed.policy
currency = data.ask(book.currency)
store = data.store()  # a download is made later, when another book may be on screen
number = assessed.assessment_id
codes = [tier.code for tier in policy.tier]
ROUND = "limits_round"  # counts decisions, so that each starts with nothing chosen and no reason written
turn = st.session_state.setdefault(ROUND, 0)
if recorded := st.session_state.pop("limits_recorded", None):
    st.toast(t("limits.recorded", n=count(recorded)), icon=":material/check:")


def seed() -> None:
    """A link that names a customer finds that one."""
    asked = st.query_params.get("customer", "")
    if "limits_search" in st.session_state or not asked.isdecimal() or len(asked) >= 10:  # a key has 32 bits
        return
    if row := limits.of_customer(store, int(asked)):
        st.session_state["limits_search"] = row["customer_id"]


def headline(found: limits.Totals) -> None:
    """All limits today and recommended, and the changes."""
    look: dict[str, Any] = {"border": True, "height": "stretch", "delta_color": "off", "delta_arrow": "off"}
    today, recommended, up, down = st.columns(4)
    change = found.recommended - found.today
    unknown = t("limits.unknown", n=count(found.unknown)) if found.unknown else None
    today.metric(t("limits.today"), money(t, found.today, currency), **look)
    recommended.metric(
        t("limits.recommended"),
        money(t, found.recommended, currency),
        signed(change, money(t, change, currency)).replace("−", "-"),
        delta_description=unknown,
        help=t("limits.unknown_help") if unknown else None,
        **look,
    )
    for box, label, amount, n in (
        (up, t("limits.up"), found.up, found.up_count),
        (down, t("limits.down"), found.down, found.down_count),
    ):
        box.metric(label, money(t, amount, currency), t("limits.of_customers", n=count(n)), **look)


def asked(found: limits.Totals) -> dict[str, Any]:
    """The filters by which way, tier and name."""
    ways = {
        "all": t("limits.way_all", n=count(found.changes)),
        "up": t("limits.way_up", n=count(found.up_count)),
        "down": t("limits.way_down", n=count(found.down_count)),
    }
    with st.container(horizontal=True):
        direction = st.segmented_control(
            t("limits.direction"),
            list(ways),
            default="all",
            required=True,
            key="limits_way",
            format_func=ways.__getitem__,
        )
        chosen = st.pills(t("customers.tiers"), codes[::-1], selection_mode="multi", key="limits_tiers")
        search = st.text_input(
            t("customers.search"),
            key="limits_search",
            placeholder=t("customers.search_hint"),
            icon=":material/search:",
            width=260,
        )
    tiers = [codes.index(code) for code in chosen] or None
    return {"direction": direction, "tiers": tiers, "search": search}


def table(rows: pd.DataFrame, key: str, place: Any) -> list[int]:
    """One page of changes; a tick chooses, a click on a cell opens the customer. The places of those chosen."""
    strategies = [policy.tier[tier].strategy for tier in rows["tier"]]
    shown = pd.DataFrame(
        {
            "name": rows["customer_name"],
            "tier": [[codes[tier]] for tier in rows["tier"]],
            "today": rows["credit_limit"].astype(float),
            "recommended": rows["recommended"].astype(float),
            "way": ["" if is_nothing(d) else "▲" if d > 0 else "▼" for d in rows["difference"]],
            "difference": rows["difference"].astype(float),
            "decision": [limits.choice_of(t, choice) for choice in rows["choice"]],
            "decided": rows["decided_limit"].astype(float),
            "binding": [limits.binding_of(t, binding) for binding in rows["binding"]],
            "terms": [
                f"{NOTHING if is_nothing(days) else f'{days:g}'} → {strategy.terms_days}"
                for days, strategy in zip(rows["credit_days"], strategies, strict=True)
            ],
            "payment": [limits.payment_of(t, strategy) for strategy in strategies],
            "review": [strategy.review_months for strategy in strategies],
            "approver": [t.of(strategy.approver) for strategy in strategies],
        }
    )
    column = st.column_config
    layout = {
        "name": column.TextColumn(t("limits.customer"), width="medium"),
        "tier": controls.tier_column(t, policy, t("overview.tier")),
        "today": controls.money_column(t("limits.today_in", currency=currency)),
        "recommended": controls.money_column(t("limits.recommended_in", currency=currency), width=140),
        "way": column.TextColumn(" ", width=36),
        "difference": controls.money_column(t("limits.difference_in", currency=currency)),
        "decision": column.TextColumn(t("limits.decision"), width=84),
        "decided": controls.money_column(t("limits.decided_limit_in", currency=currency)),
        "binding": column.TextColumn(t("limits.binding"), width=140),
        "terms": column.TextColumn(t("limits.terms"), width=84),
        "payment": column.TextColumn(t("limits.payment"), width=260),
        "review": column.NumberColumn(t("limits.review"), width=110),
        "approver": column.TextColumn(t("limits.approver"), width="medium"),
    }
    return controls.ticked_customers(shown, rows["customer_key"], layout, key, place, unknown="")


def record(which: dict[str, Any], choice: limits.Choice, by: str, why: str, amount: float | None = None) -> None:
    """Decide, and start afresh; or say what is missing."""
    try:
        done = limits.decide(store, number, which, choice, by, why, amount)
    except limits.Undecided as error:
        for phrase in error.lacking:
            st.error(t.phrase(phrase), icon=":material/error:")
    except RiskError as error:
        st.error(t.error(error), icon=":material/error:")
    else:
        st.session_state[ROUND] = turn + 1
        st.session_state["limits_recorded"] = done
        st.rerun()


def deciding(filters: dict[str, Any], rows: pd.DataFrame, chosen: list[int]) -> None:
    """Name, reason, and what to do with those chosen or with all that are still open."""
    picked = rows.iloc[chosen]
    which = {"customers": [int(key) for key in picked["customer_key"]]}
    sums = {name: money(t, picked[column].sum(), currency) for name, column in _SUMMED.items()}
    who, reason = st.columns([1, 3])
    by = who.text_input(t("limits.by"), key="limits_by", max_chars=60)
    why = reason.text_input(t("limits.why"), key=f"limits_why_{turn}", max_chars=500)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(key="main", width="content"):
            accept = st.button(t("limits.accept"), type="primary", key="limits_accept", disabled=not chosen)
        reject = st.button(t("limits.reject"), key="limits_reject", disabled=not chosen)
        amount, adjust = None, False
        if len(chosen) == 1:
            amount = st.number_input(
                t("limits.amount_in", currency=currency),
                min_value=0.0,
                value=float(picked["recommended"].iloc[0]),
                step=float(policy.limit.step),
                format="%.0f",
                key=f"limits_amount_{which['customers'][0]}_{turn}",
                width=200,
            )
            adjust = st.button(t("limits.adjust"), key="limits_adjust")
        st.space("stretch")
        all_of_them = accepting_all(filters)
    st.caption(t("limits.chosen", n=count(len(picked)), **sums) if chosen else t("limits.choose"))
    if accept:
        record(which, "accept", by, why)
    elif reject:
        record(which, "reject", by, why)
    elif adjust:
        record(which, "adjust", by, why, amount)
    elif all_of_them:
        record(filters | {"undecided": True}, "accept", by, why)


_SUMMED = {"today": "credit_limit", "recommended": "recommended"}


def accepting_all(filters: dict[str, Any]) -> bool:
    """Whether all that the filters leave undecided are to be accepted: asked once."""
    n, today, recommended = limits.change_sums(store, number, filters | {"undecided": True})
    if not n:
        return False
    with st.popover(t("limits.accept_all", n=count(n)), key=f"limits_all_{turn}"):
        sums = {"today": money(t, today, currency), "recommended": money(t, recommended, currency)}
        st.markdown(plain(t("limits.accept_all_note", n=count(n), **sums)))
        return st.button(t("limits.accept_all_confirm", n=count(n)), key="limits_accept_all")


totals = limits.totals(store, number)
headline(totals)
seed()
filters = asked(totals)
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.caption(t("limits.note") + "  " + t("limits.decided", done=count(totals.decided), n=count(totals.changes)))
    filters["undecided"] = st.toggle(t("limits.open_only"), key="limits_open", width="content")
total = limits.change_count(store, number, filters)
if total:
    above, place = st.container(), st.empty()
    shown_filters = hash(str(filters))  # another question starts on its first page
    page = controls.pages_of(total, key=f"limits_page_{shown_filters}")
    rows = limits.changes(store, number, filters, page, controls.PER_PAGE)
    chosen = table(rows, f"limits_{page}_{shown_filters}_{turn}", place)
    with above:  # beside what is ticked, however long the page
        deciding(filters, rows, chosen)
else:
    st.caption(t("limits.nothing"))
exports.buttons(
    t,
    "limits",
    lambda: reports.limits_csv(store, assessed, filters, t),
    lambda: reports.limits_xlsx(store, assessed, filters, t),
)
st.caption(t("limits.basis", version=assessed.version))
