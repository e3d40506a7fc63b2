"""Asking for an override, and saying something of one: approving, refusing, withdrawing. Rows are only added."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from riskcore import signing, versions
from riskcore.days import months_later
from riskcore.errors import AskedWrong, Phrase
from riskcore.overrides.kept import LIVE, Direction, Override, get, live_of
from riskcore.policy import Policy, Rule
from riskcore.policy.overrides import Overrides
from riskcore.store import Cursor, by_column, sql

Event = Literal["approved", "refused", "withdrawn"]
_SAID: dict[Event, Phrase] = {
    "approved": Phrase("overrides.said_approved"),
    "refused": Phrase("overrides.said_refused"),
    "withdrawn": Phrase("overrides.said_withdrawn"),
}


@dataclass(frozen=True)
class Wish:
    """What a person asks for: a customer's tier at worst (up) or at best (down) the one named, until a day.

    `assessment_id` is the assessment that was looked at.
    """

    customer_key: int
    assessment_id: int
    direction: Direction
    tier: str
    reason_code: str
    reason: str
    expires_on: date
    by: str


def ask(cursor: Cursor, policy: Policy, wish: Wish, today: date | None = None) -> Override:
    """Record a wish under the policy in force, inside the caller's transaction; it counts at once if one is enough.

    AskedWrong, and nothing is recorded, where name, reason or day do not do, a rule holds the tier, the book changed
    since it was looked at, or the customer has an override already.
    """
    said, day = policy.override, today or date.today()
    if said is None:
        raise AskedWrong("override_not_in_policy")
    person, why = signing.name(wish.by), signing.reason(wish.reason)
    if not said.allows(wish.reason_code, wish.direction):
        raise AskedWrong("override_reason")
    assessed = versions.current(cursor)
    if assessed is None:
        raise AskedWrong("override_not_current")
    _check_day(wish.expires_on, max(day, assessed.as_of), latest(said, day))
    row = _customer(cursor, wish, assessed.assessment_id)
    if live := live_of(cursor, wish.customer_key, day):
        raise AskedWrong("override_live", by=live.asked_by, when=signing.said(live.asked_at))
    if row["tier"] != row["tier_seen"]:
        raise AskedWrong("override_stale")
    _check_tier(policy, wish, row)
    amount = max((a for a in (row["exposure"], row["credit_limit"]) if a is not None), default=None)
    [number] = cursor.execute("select coalesce(max(override_id), 0) + 1 from override").fetchone() or (1,)
    values = [number, wish.customer_key, wish.direction, wish.tier, wish.reason_code, why, wish.expires_on, amount]
    values += [amount is None or amount >= said.second_person_from, assessed.assessment_id, row["score"]]
    values += [policy.tier[row["tier"]].code, person, signing.now()]
    cursor.execute(f"insert into override values ({', '.join('?' * len(values))})", values)
    return _kept(cursor, number, day)


def say(
    cursor: Cursor, override_id: int, event: Event, by: str, why: str = "", today: date | None = None
) -> tuple[Override, bool]:
    """Approve, refuse or withdraw; the override as it now is, and whether that changes what counts.

    AskedWrong, and nothing is recorded, where it stands otherwise by now, or who approves or refuses asked for it.
    Approving needs no reason.
    """
    person = signing.name(by)
    reason = (
        signing.required(why, 0, signing.REASON_MOST, "draft_note_long") if event == "approved" else signing.reason(why)
    )
    found = _kept(cursor, override_id, today)
    if found.state == "ended":
        raise AskedWrong("override_ended", day=found.expires_on.isoformat())
    if found.state not in (LIVE if event == "withdrawn" else ("waiting",)):
        raise _settled(found)
    if event != "withdrawn" and signing.person(person) == signing.person(found.asked_by):
        raise AskedWrong("override_second_person", by=found.asked_by)
    cursor.execute(
        "insert into override_event values (?, ?, ?, ?, ?)", [override_id, event, reason, person, signing.now()]
    )
    return _kept(cursor, override_id, today), event == "approved" or found.state == "in_force"


def latest(said: Overrides, today: date) -> date:
    """The last day on which an override of today may end: so many months on, or the end of a shorter month."""
    return months_later(today, said.longest_months)


def holding(policy: Policy, rules: int, best: int, tier: int) -> Rule | None:
    """The rule against which no person can lift a customer: a hard one that fires, or one that holds this tier.

    `rules`: the bits of those that fire; `best`, `tier`: the places of the tier that they allow and of that in force.
    """
    fired = [rule for bit, rule in enumerate(policy.rule) if rules >> bit & 1]
    holds = policy.tier[best].code if best >= tier > 0 else None
    bounding = [rule for rule in fired if holds in {case.best_tier for case in rule.case if case.best_tier}]
    return next(iter([*(rule for rule in fired if rule.hard), *bounding]), None)


def _check_day(asked: date, after: date, most: date) -> None:
    if not after < asked <= most:
        raise AskedWrong("override_expiry", after=after.isoformat(), most=most.isoformat())


def _customer(cursor: Cursor, wish: Wish, number: int) -> dict[str, Any]:
    answer = cursor.execute(
        sql("override_customer"), {"customer": wish.customer_key, "newest": number, "seen": wish.assessment_id}
    )
    row = next(iter(by_column(answer)), None)
    if row is None:
        raise AskedWrong("override_no_customer")
    return row


def _check_tier(policy: Policy, wish: Wish, row: dict[str, Any]) -> None:
    codes = [tier.code for tier in policy.tier]
    now = row["tier"]
    if wish.direction == "up" and (rule := holding(policy, row["rules"], row["best"], now)):
        raise AskedWrong("override_rule", code=rule.code, name=rule.name.model_dump())
    place = codes.index(wish.tier) if wish.tier in codes else now
    if place >= now if wish.direction == "up" else place <= now:
        raise AskedWrong("override_tier", code=codes[now])


def _kept(cursor: Cursor, override_id: int, today: date | None) -> Override:
    found = get(cursor, override_id, today)
    if found is None:
        raise AskedWrong("override_absent")
    return found


def _settled(found: Override) -> AskedWrong:
    """What was said of it in between, by whom and when."""
    by, at = (found.closed_by, found.closed_at) if found.closed else (found.approved_by, found.approved_at)
    if by is None or at is None:  # it never needed a second person
        return AskedWrong("override_in_force")
    return AskedWrong("override_settled", what=_SAID[found.closed or "approved"], by=by, when=signing.said(at))
