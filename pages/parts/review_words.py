"""How a review reads: its outcome, what makes it due, and the calls that wait for one."""

from typing import Any

from pages.parts.format import day, is_nothing, plain
from riskcore.reviews import Call, Outcome
from riskcore.text import Words

KEPT = "reviews_kept"  # the filters of the calendar, so that a review leads on to the next one among them

_OUTCOMES: dict[Outcome, str] = {
    "keep": "reviews.keep",
    "change": "reviews.change_it",
    "escalate": "reviews.escalate",
}
_NOTES: dict[Outcome, str] = {
    "keep": "reviews.keep_note",
    "change": "reviews.change_note",
    "escalate": "reviews.escalate_note",
}
_BECAUSE = {
    "review": "reviews.because_review",
    "file": "reviews.because_file",
    "file_last": "reviews.because_file_last",
    "first": "reviews.because_first",
    "worse": "reviews.because_worse",
    "call": "reviews.because_call",
}
_CALLED = {"alert": "reviews.called_alert", "disagreement": "reviews.called_disagreement"}


def outcome(t: Words, value: Outcome) -> str:
    """An outcome in a word."""
    return t(_OUTCOMES[value])


def outcome_note(t: Words, value: Outcome) -> str:
    """What an outcome means."""
    return t(_NOTES[value])


def because(t: Words, value: str) -> str:
    """What a due day follows from."""
    return t(_BECAUSE[value])


def owner(t: Words, value: Any) -> str:
    """Who reviews."""
    return t("reviews.nobody") if is_nothing(value) else str(value)


def called(t: Words, one: Call) -> str:
    """A call in a line of Markdown."""
    due = day(t, one.due_on)
    if one.cause == "person":
        return plain(t("reviews.called_person", by=one.called_by, due=due, why=one.why))
    return plain(t(_CALLED[one.cause], due=due))


def standing(t: Words, row: dict[str, Any]) -> str:
    """A row of the calendar in a line: due when and why, and the owner."""
    said = {"due": day(t, row["due_on"]), "because": because(t, row["because"])}
    return plain(t("reviews.standing", **said, owner=owner(t, row["owner"])))
