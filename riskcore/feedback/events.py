"""What became of patterns: drafts made of them, and those that were dismissed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from riskcore import drafts, signing
from riskcore.drafts import Draft
from riskcore.feedback.patterns import Pattern
from riskcore.store import Cursor, Store

GROWN = 1.5  # a dismissed pattern is back when it holds so many times the customers

State = Literal["in_force", "open", "deleted"]


@dataclass(frozen=True)
class Event:
    """A pattern was drafted or dismissed; `customers` is how many it held then.

    `draft`: the id of a draft of thresholds, or the hash of a draft policy. What became of it: `in_force` by the
    decision of that number (None: otherwise), still `open`, or `deleted`.
    """

    pattern: str
    event: Literal["drafted", "dismissed"]
    draft: str | None
    reason: str
    customers: int
    said_by: str
    said_at: datetime
    state: State
    decision_id: int | None


def drafted(cursor: Cursor, pattern: Pattern, draft: str, by: str) -> None:
    """Record that a draft was made of a pattern, inside the caller's transaction; AskedWrong without a name."""
    _record(cursor, pattern, "drafted", draft, "", by)


def save_draft(store: Store, pattern: Pattern, draft: Draft, by: str) -> Draft:
    """Save a new draft of thresholds with the pattern that it was made of; AskedWrong without a name."""
    with store.transaction() as cursor:
        drafted(cursor, pattern, draft.draft_id, by)
        return drafts.save_within(cursor, draft, 0, by)


def dismiss(store: Store, pattern: Pattern, by: str, why: str) -> None:
    """Dismiss a pattern until it has grown by half; AskedWrong without a name or a reason."""
    with store.transaction() as cursor:
        _record(cursor, pattern, "dismissed", None, signing.reason(why), by)


def listed(store: Store) -> list[Event]:
    """All that was done about patterns, newest first."""
    return [Event(*row) for row in store.rows("feedback_events")]


def is_dismissed(pattern: Pattern, events: Sequence[Event]) -> bool:
    """Whether it was dismissed last, and has not grown by half since."""
    own = next((event for event in events if event.pattern == pattern.key), None)
    return own is not None and own.event == "dismissed" and len(pattern.customers) < GROWN * own.customers


def _record(cursor: Cursor, pattern: Pattern, event: str, draft: str | None, reason: str, by: str) -> None:
    row = [pattern.key, event, draft, len(pattern.customers), reason, signing.name(by), signing.now()]
    cursor.execute("insert into pattern_event values (?, ?, ?, ?, ?, ?, ?)", row)
