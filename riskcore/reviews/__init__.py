"""Reviews of customers: when each is due and by whom, what changed since the last one, and what a person concludes."""

from riskcore.reviews.acts import (
    Call,
    Outcome,
    Review,
    Seen,
    assign,
    call,
    call_by_person,
    calls,
    last_assigned,
    latest_due,
    past,
    record,
)
from riskcore.reviews.due import STATUSES, WEEKS, WINDOW_DAYS, Status, calendar, counts, next_one, of_customer, tally
from riskcore.reviews.since import Since, since

__all__ = [
    "STATUSES",
    "WEEKS",
    "WINDOW_DAYS",
    "Call",
    "Outcome",
    "Review",
    "Seen",
    "Since",
    "Status",
    "assign",
    "calendar",
    "call",
    "call_by_person",
    "calls",
    "counts",
    "last_assigned",
    "latest_due",
    "next_one",
    "of_customer",
    "past",
    "record",
    "since",
    "tally",
]
