"""What people do: record a review, call one before its time, say who reviews. Rows are only added."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from riskcore import portfolio, signing
from riskcore.days import months_later
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.reviews import due
from riskcore.store import Cursor, Store, sql

Outcome = Literal["keep", "change", "escalate"]

_NEWEST = "select coalesce(max(review_id), 0) from review where customer_key = ?"
_PAST = """
select review_id, assessment_id, tier, outcome, reason, escalated_to, next_review_on, later_because, reviewed_by,
  reviewed_at
from review where customer_key = $customer order by review_id desc limit $most
"""
_CALLS = """
select cause, cause_key, why, due_on, called_by, called_at
from review_call
where customer_key = $customer
  and called_at > coalesce((select max(reviewed_at) from review where customer_key = $customer), timestamp '0001-01-01')
order by due_on, call_id
"""
_ASSIGNED_SINCE = """
select set_by, set_at, count(*) from review_owner where set_at > ? group by set_by, set_at order by set_at desc limit 1
"""


@dataclass(frozen=True)
class Review:
    """A review as it was recorded; `tier` is a code, `later_because` says why the next is later than the cycle."""

    review_id: int
    assessment_id: int
    tier: str
    outcome: Outcome
    reason: str
    escalated_to: str | None
    next_review_on: date
    later_because: str | None
    reviewed_by: str
    reviewed_at: datetime


@dataclass(frozen=True)
class Call:
    """A call for a review that no review has settled; `why` as it was given, `called_by` None: the program."""

    cause: str
    cause_key: str
    why: Any
    due_on: date
    called_by: str | None
    called_at: datetime


@dataclass(frozen=True)
class Seen:
    """What a person has before the eyes: the customer, the newest assessment, and the newest review (0: none)."""

    customer_key: int
    assessment_id: int
    review_id: int


def latest_due(policy: Policy, tier: int, today: date) -> date:
    """Today and the cycle of a tier (a place): the last day that the next review may have without saying why."""
    return months_later(today, policy.tier[tier].strategy.review_months)


def record(
    store: Store,
    seen: Seen,
    outcome: Outcome,
    why: str,
    next_on: date,
    by: str,
    today: date,
    escalated_to: str = "",
    later_because: str = "",
) -> int:
    """Record a review and return its number; open calls for one are settled by it.

    AskedWrong, and nothing is recorded, where a name or reason is missing, the next date is not ahead or later than
    the cycle without saying why, or somebody reviewed the customer or the book was assessed since it was looked at.
    """
    person, reason = signing.name(by), signing.reason(why)
    if outcome not in get_args(Outcome):
        raise AskedWrong("review_outcome")
    to = signing.required(escalated_to, 1, signing.NAME_MOST, "review_to_missing") if outcome == "escalate" else None
    with store.transaction() as cursor:
        tier, policy = _looked_at(store, cursor, seen)
        if next_on <= today:
            raise AskedWrong("review_next_past", day=next_on.isoformat())
        because = None
        if next_on > (last := latest_due(policy, tier, today)):
            least, most = signing.REASON_LEAST, signing.REASON_MOST
            if not least <= len(" ".join(later_because.split())) <= most:
                raise AskedWrong("review_later", day=last.isoformat(), code=policy.tier[tier].code, least=least)
            because = signing.reason(later_because)
        [number] = cursor.execute("select coalesce(max(review_id), 0) + 1 from review").fetchone() or (1,)
        values = [number, seen.customer_key, seen.assessment_id, policy.tier[tier].code, outcome, reason, to]
        values += [next_on, because, person, signing.now()]
        cursor.execute(
            "insert into review (review_id, customer_key, assessment_id, tier, outcome, reason, escalated_to, "
            f"next_review_on, later_because, reviewed_by, reviewed_at) values ({', '.join('?' * len(values))})",
            values,
        )
    return int(number)


def _looked_at(store: Store, cursor: Cursor, seen: Seen) -> tuple[int, Policy]:
    """The customer's tier and the policy, when what was seen still stands; AskedWrong otherwise."""
    newest = portfolio.newest(store)
    if newest is None:
        raise AskedWrong("review_absent")
    [review_id] = cursor.execute(_NEWEST, [seen.customer_key]).fetchone() or (0,)
    if review_id != seen.review_id:
        asked = "select reviewed_by, reviewed_at from review where review_id = ?"
        by, at = cursor.execute(asked, [review_id]).fetchone() or ("", signing.now())
        raise AskedWrong("review_meanwhile", by=by, when=signing.said(at))
    if newest.assessment_id != seen.assessment_id:
        raise AskedWrong("review_stale", when=signing.said(newest.created_at))
    if newest.draft:
        raise AskedWrong("decision_on_draft")
    row = cursor.execute("select tier from listing where customer_key = ?", [seen.customer_key]).fetchone()
    if row is None:
        raise AskedWrong("review_absent")
    return int(row[0]), newest.policy


def past(store: Store, customer_key: int, most: int | None = None) -> list[Review]:
    """A customer's reviews, newest first."""
    return [Review(*row) for row in store.rows(_PAST, customer=customer_key, most=most)]


def call(
    cursor: Cursor,
    customer_key: int,
    cause: str,
    cause_key: str,
    why: str,
    due_on: date,
    called_by: str | None = None,
) -> bool:
    """Ask for a review by a day, inside the caller's transaction; whether this is new.

    `cause`: alert, disagreement or person; the same cause and key of a customer calls once, whatever became of it.
    `why` is JSON: the figures, or a person's reason.
    """
    added = cursor.execute(
        "insert into review_call select coalesce(max(call_id), 0) + 1, $customer, $cause, $key, $why, $due, $by, $at "
        "from review_call on conflict do nothing returning call_id",
        {
            "customer": customer_key,
            "cause": cause,
            "key": cause_key,
            "why": why,
            "due": due_on,
            "by": called_by,
            "at": signing.now(),
        },
    )
    return added.fetchone() is not None


def call_by_person(store: Store, customer_key: int, why: str, due_on: date, by: str, today: date) -> bool:
    """Ask for a review as a person, with a reason; the same words of the same person on one day call once.

    AskedWrong where the name or the reason is missing or the day is past.
    """
    person, reason = signing.name(by), signing.reason(why)
    if due_on < today:
        raise AskedWrong("review_due_past", day=due_on.isoformat())
    key = f"{today.isoformat()} {signing.person(person)}: {reason}"
    with store.transaction() as cursor:
        return call(cursor, customer_key, "person", key, json.dumps(reason, ensure_ascii=False), due_on, person)


def calls(store: Store, customer_key: int) -> list[Call]:
    """The open calls for a review of a customer, the one due first at the front."""
    found = store.rows(_CALLS, customer=customer_key)
    return [Call(cause, key, json.loads(why), *rest) for cause, key, why, *rest in found]


def last_assigned(store: Store) -> datetime:
    """When somebody last said who reviews a customer; long ago where nobody has."""
    row = store.one("select max(set_at) from review_owner")
    return row[0] if row and row[0] else datetime.min


def assign(
    store: Store, today: date, filters: Mapping[str, Any], owner: str, by: str, seen: datetime | None = None
) -> int:
    """Say who reviews all customers that the filters of `calendar` leave (empty: nobody); returns how many.

    Those that are this person's already are left alone. AskedWrong, and nothing is changed, where the name of who says
    so is missing, or owners were assigned after `seen`, which is what `last_assigned` gave when the person looked.
    """
    person = signing.name(by)
    whose = signing.name(owner) if owner.strip() else None
    question = (
        "insert into review_owner select customer_key, $whose, $person, $at "
        f"from ({sql('review_calendar')}) where owner is distinct from $whose::varchar"
    )
    with store.transaction() as cursor:
        if seen is not None and (changed := cursor.execute(_ASSIGNED_SINCE, [seen]).fetchone()):
            by_whom, at, n = changed
            raise AskedWrong("review_assigned", by=by_whom, when=signing.said(at), n=n)
        values = due.asked(store, today, filters) | {"whose": whose, "person": person, "at": signing.now()}
        row = cursor.execute(question, values).fetchone()
    return int(row[0]) if row else 0
