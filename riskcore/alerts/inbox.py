"""The inbox: alerts that wait for somebody, put away by acknowledging or snoozing them, and kept all the same."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from riskcore import reviews, signing
from riskcore.alerts.watching import watch_rules
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.store import Cursor, Store, paging, sql

Stands = Literal["open", "snoozed", "acknowledged"]
NOTE_MOST = 500
REVIEW_WITHIN = 14  # days, where the rule of an alert opens none by itself
_ORDER = "order by is_watched desc, day desc, exposure desc nulls last, alert_id desc"


def inbox(
    store: Store,
    policy: Policy,
    today: date,
    filters: Mapping[str, Any],
    page: int = 1,
    per_page: int | None = None,
) -> pd.DataFrame:
    """Alerts under filters, of watched customers first, then the newest, the largest exposure; one page, or all.

    Filters, None or absent where not set: `stands`, `codes` (of alert rules), `tiers` (places now), `customer` (key),
    `alerts` (ids), `since` (day of the assessment). Columns: `alert_id, customer_key, customer_id, customer_name`,
    `tier, exposure` (now; NULL where the customer left), `code, watches, cause, told` (JSON), `day, stands, until,
    note, said_by, said_at, is_watched`, `review_due` (of the first review asked for and not done).
    """
    asked = _filters(policy, today, filters)
    if per_page is not None:  # of all that fit only the numbers are sorted
        question = f"select alert_id from ({_found()}) {_ORDER} limit $most offset $skip"
        ids = [number for (number,) in store.rows(question, **paging(page, per_page), **asked)]
        asked["alerts"] = ids
    return store.ask(f"{_found()} {_ORDER}", **asked)


def count(store: Store, policy: Policy, today: date, filters: Mapping[str, Any]) -> tuple[int, int]:
    """How many alerts the filters leave, and the highest number among them (0: none)."""
    row = store.one(_counted(), **_filters(policy, today, filters)) or (0, 0)
    return int(row[0]), int(row[1])


def by_rule(store: Store, today: date) -> dict[Stands, dict[str, int]]:
    """How many alerts stand in each way, by the code of their rule, in the order of the codes."""
    question = f"select stands, code, count(*) from ({sql('alert_stands')}) group by all"
    found: dict[Stands, dict[str, int]] = {"open": {}, "snoozed": {}, "acknowledged": {}}
    for stands, code, n in sorted(store.rows(question, today=today), key=lambda row: (len(row[1]), row[1])):
        found[stands][code] = n
    return found


def acknowledge(
    store: Store,
    policy: Policy,
    today: date,
    which: Mapping[str, Any],
    seen: tuple[int, int],
    by: str,
    note: str = "",
) -> int:
    """Put away the alerts that the filters `which` leave, as one person says, and return how many.

    `seen` is what `count` gave when the person looked. AskedWrong, and nothing is changed, where the name is missing,
    or somebody put one of them away in between or others came: it names who and when where it can.
    """
    return _say(store, policy, today, which, seen, "acknowledged", None, by, note)


def snooze(
    store: Store,
    policy: Policy,
    today: date,
    which: Mapping[str, Any],
    seen: tuple[int, int],
    until: date,
    by: str,
    note: str = "",
) -> int:
    """Put them away until a later day, on which they are back; otherwise like `acknowledge`."""
    if until <= today:
        raise AskedWrong("snooze_past", day=until.isoformat())
    return _say(store, policy, today, which, seen, "snoozed", until, by, note)


def call_reviews(store: Store, policy: Policy, alert_ids: Sequence[int], today: date, by: str) -> tuple[int, int]:
    """Ask for a review of the customers of some alerts: how many are new, and how many had been asked for.

    Due as the alert's rule says, else in REVIEW_WITHIN days. The same alert asks once, whoever asks.
    """
    person = signing.name(by)
    within = {rule.code: rule.review_within_days or REVIEW_WITHIN for rule in policy.alert}
    chosen = "select alert_id, customer_key, code, watches, cause, told from alert where list_contains($ids, alert_id)"
    new = 0
    with store.transaction() as cursor:
        rows = cursor.execute(chosen, {"ids": list(alert_ids)}).fetchall()
        for alert_id, customer_key, code, watches, cause, told in rows:
            why = json.dumps({**json.loads(told), "code": code, "watches": watches, "alert_id": alert_id})
            due_on = today + timedelta(within.get(code, REVIEW_WITHIN))
            new += reviews.call(cursor, customer_key, "alert", f"{code}|{cause}", why, due_on, person)
    return new, len(rows) - new


def _say(
    store: Store,
    policy: Policy,
    today: date,
    which: Mapping[str, Any],
    seen: tuple[int, int],
    event: str,
    until: date | None,
    by: str,
    note: str,
) -> int:
    person, written = signing.name(by), signing.required(note, 0, NOTE_MOST, "alert_note_long")
    with store.transaction() as cursor:
        bound = _filters(policy, today, which)
        there = cursor.execute(_counted(), bound).fetchone() or (0, 0)
        if tuple(there) != tuple(seen):
            raise _changed(cursor, which, seen[0], int(there[0]))
        cursor.execute(
            f"insert into alert_event select alert_id, $event, $until, $written, $by, $at from ({_found()})",
            {**bound, "event": event, "until": until, "written": written, "by": person, "at": signing.now()},
        )
    return seen[0]


def _changed(cursor: Cursor, which: Mapping[str, Any], seen: int, there: int) -> AskedWrong:
    """What the second of two people is told: who put it away and when, or how many are left now."""
    if ids := which.get("alerts"):
        row = cursor.execute(
            "select said_by, said_at from alert_event where list_contains($ids, alert_id) "
            "order by said_at desc limit 1",
            {"ids": list(ids)},
        ).fetchone()
        if row is not None:
            return AskedWrong("alert_settled", by=row[0], when=signing.said(row[1]))
    return AskedWrong("alerts_changed", seen=seen, now=there)


def _found() -> str:
    return f"with standing as ({sql('alert_stands')}) {sql('alert_inbox')}"


def _counted() -> str:
    return f"select count(*), coalesce(max(alert_id), 0) from ({_found()})"


def _filters(policy: Policy, today: date, filters: Mapping[str, Any]) -> dict[str, Any]:
    names = ("stands", "codes", "tiers", "customer", "alerts", "since")
    asked = {name: filters.get(name) for name in names}
    return asked | {"today": today, "watch_rules": watch_rules(policy)}
