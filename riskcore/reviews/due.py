"""The calendar: the one day on which each customer's next review is due, what says so, and whose it is.

Due is the next date of the newest review; without a review the date that files tell; without that the last review that
files tell and the cycle of the tier; else the day of the first assessment and the cycle. A tier worse than at the last
review, or a call for a review, brings the day forward. What a review escalated waits for whom it names until the next
review, or until its day is past.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import pandas as pd

from riskcore import portfolio, signing
from riskcore.days import local
from riskcore.policy import Policy
from riskcore.store import Store, paging, sql
from riskcore.wording import is_nothing

Status = Literal["overdue", "escalated", "due", "done", "later"]
STATUSES: tuple[Status, ...] = ("overdue", "escalated", "due", "done", "later")
WINDOW_DAYS = 30  # due within, and done within
SOON_DAYS = 14  # where a cycle is so short that a customer just reviewed is due again within the window
WEEKS = 12

_FILTERS = ("search", "tiers", "industry", "region", "salesperson", "statuses", "owner", "nobody", "due_by")
_WEEK = f"case when due_on < $today then -1 else least((due_on - $today) // 7, {WEEKS}) end"


def calendar(
    store: Store, today: date, filters: Mapping[str, Any], page: int = 1, per_page: int | None = None
) -> pd.DataFrame:
    """Customers by the day on which their review is due, the larger exposure first; one page, or all.

    Filters: `search` (part of name or id), `tiers` (places), `industry`, `region`, `salesperson` (values), `statuses`,
    `owner`, `nobody` (without an owner), `due_by` (a day), `customers` (keys). Columns among others: `due_on`,
    `because` (review, file, file_last, first, worse or call), `status`, `owner`, `last_on`, `outcome`,
    `escalated_to`, `reviewed_by`.
    """
    ordered, values = f"{sql('review_calendar')} order by due_on, position", asked(store, today, filters)
    if per_page is None:
        return store.ask(ordered, **values)
    # First whom, then what is known of these few: all columns of all customers take twice as long to order.
    question = f"select customer_key from ({sql('review_calendar')}) order by due_on, position limit $most offset $skip"
    keys = [key for (key,) in store.rows(question, **paging(page, per_page), **values)]
    return store.ask(ordered, **asked(store, today, {"customers": keys}))


def tally(store: Store, today: date, filters: Mapping[str, Any]) -> pd.DataFrame:
    """Customers counted by `status`, `tier` (place), `owner` (None: nobody) and `week`.

    Weeks count from today: 0 the next seven days, -1 overdue, WEEKS all that is due later.
    """
    question = f"select status, tier, owner, {_WEEK} as week, count(*) as customers from ({sql('review_calendar')})"
    return store.ask(f"{question} group by all order by all", **asked(store, today, filters))


def counts(store: Store, today: date) -> dict[str, Any]:
    """Customers by status, and `by_tier` the same by the code of a tier; all 0 where the book is empty.

    >>> counts(Store(), date(2026, 1, 1))["overdue"]
    0
    """
    assessed = portfolio.newest(store)
    tiers = () if assessed is None else assessed.policy.tier
    by_tier = {tier.code: dict.fromkeys(STATUSES, 0) for tier in tiers}
    for row in tally(store, today, {}).to_dict("records"):
        by_tier[tiers[row["tier"]].code][row["status"]] += int(row["customers"])
    found: dict[str, Any] = {status: sum(tier[status] for tier in by_tier.values()) for status in STATUSES}
    return found | {"by_tier": by_tier}


def of_customer(store: Store, customer_key: int, today: date) -> dict[str, Any] | None:
    """A customer's row of the calendar as plain values; None where the book does not hold it."""
    return _first(calendar(store, today, {"customers": [customer_key]}))


def next_one(store: Store, today: date, filters: Mapping[str, Any], but: int) -> dict[str, Any] | None:
    """The customer due first under the filters, overdue or due, other than one; None where there is none."""
    found = calendar(store, today, {**filters, "statuses": ["overdue", "due"]}, per_page=2)
    return _first(found[found["customer_key"] != but])


def asked(store: Store, today: date, filters: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the calendar's query is asked with."""
    assessed = portfolio.newest(store)
    found = {name: filters.get(name) or None for name in _FILTERS}
    found["search"] = str(found["search"]).strip().lower() if found["search"] else None
    found["customers"] = filters.get("customers")  # an empty choice of customers is none of them
    return {**found, **_of_policy(None if assessed is None else assessed.policy), "today": today} | {
        "offset": local(signing.now()).utcoffset(),  # of now: in another season an hour about midnight may differ
        "soon": SOON_DAYS,
        "window": WINDOW_DAYS,
    }


def _first(rows: pd.DataFrame) -> dict[str, Any] | None:
    if rows.empty:
        return None
    values: dict[str, Any] = {str(name): None if is_nothing(v) else v for name, v in rows.iloc[0].items()}
    days = {name: values[name].date() for name in ("due_on", "last_on") if values[name] is not None}
    return values | days | {"customer_key": int(values["customer_key"]), "tier": int(values["tier"])}


def _of_policy(policy: Policy | None) -> dict[str, Any]:
    tiers = () if policy is None else policy.tier
    return {"codes": [tier.code for tier in tiers], "months": [tier.strategy.review_months for tier in tiers]}
