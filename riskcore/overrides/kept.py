"""Overrides as they are kept: what a person asked for, what others said of it, and where it stands on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from riskcore import versions
from riskcore.days import local
from riskcore.store import Cursor, Store, by_column, paging, sql

Direction = Literal["up", "down"]
State = Literal["waiting", "in_force", "refused", "withdrawn", "ended"]
LIVE: tuple[State, ...] = ("waiting", "in_force")
STATES: tuple[State, ...] = (*LIVE, "refused", "withdrawn", "ended")


@dataclass(frozen=True)
class Override:
    """A person's deviation from the tier of the score; times in UTC.

    `tier` and `tier_before` are codes; up: at worst that tier, down: at best. It ends on `expires_on`. `amount` is the
    larger of exposure and limit when it was asked for. `closed`: refused or withdrawn. `tier_now`: the customer's place
    in the newest assessment, None where that does not hold it.
    """

    override_id: int
    customer_key: int
    customer_id: str
    customer_name: str
    tier_now: int | None
    direction: Direction
    tier: str
    reason_code: str
    reason: str
    expires_on: date
    amount: Decimal | None
    needs_second: bool
    assessment_id: int
    score: int | None
    tier_before: str
    asked_by: str
    asked_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    approved_why: str | None
    closed: Literal["refused", "withdrawn"] | None
    closed_by: str | None
    closed_at: datetime | None
    closed_why: str | None
    began_at: datetime | None
    state: State


def listed(
    cursor: Cursor,
    states: Sequence[State] | None = None,
    *,
    override_id: int | None = None,
    customer_key: int | None = None,
    page: int = 1,
    per_page: int | None = None,
    today: date | None = None,
) -> list[Override]:
    """Overrides in some states, those that wait first, then those in force, each the last asked for first."""
    values: dict[str, Any] = {"states": None if states is None else list(states), "override": override_id}
    values |= {"customer": customer_key, "today": today or date.today(), **paging(page, per_page)}
    answer = cursor.execute(f"with standing as ({sql('override_standing')}) {sql('override_listed')}", values)
    return [Override(**row) for row in by_column(answer)]


def how_many(store: Store, today: date | None = None) -> dict[State, int]:
    """The number of overrides by state."""
    question = f"select state, count(*) from ({sql('override_standing')}) group by state"
    found = dict(store.rows(question, today=today or date.today()))
    return {state: found.get(state, 0) for state in STATES}


def get(cursor: Cursor, override_id: int, today: date | None = None) -> Override | None:
    """The override under a number."""
    return next(iter(listed(cursor, override_id=override_id, today=today)), None)


def live_of(cursor: Cursor, customer_key: int, today: date | None = None) -> Override | None:
    """The override of a customer that waits or is in force; there is at most one."""
    return next(iter(listed(cursor, LIVE, customer_key=customer_key, today=today)), None)


def ended_since(cursor: Cursor, today: date | None = None) -> bool:
    """Whether the newest assessment carries an override that has ended, or lacks one that came into force.

    An assessment of a policy not in force or of a past day is left as it is.
    """
    assessed = versions.current(cursor)
    if assessed is None:
        return False
    values: dict[str, Any] = {"today": today or date.today(), "then": assessed.created_at, "as_of": assessed.as_of}
    values["then_day"] = looked_on(cursor, assessed.assessment_id)
    question = f"with standing as ({sql('override_standing')}) {sql('override_changed')}"
    [changed] = cursor.execute(question, values).fetchone() or (0,)
    return bool(changed)


def looked_on(cursor: Cursor, assessment_id: int | None) -> date | None:
    """The day on which an assessment of the newest data looked at overrides; None where there is no such assessment."""
    row = cursor.execute("select as_of, created_at from assessment where assessment_id = ?", [assessment_id]).fetchone()
    return None if row is None else max(row[0], local(row[1]).date())
