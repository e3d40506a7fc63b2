"""How a review reads: its outcome, what makes it due, and the calls that wait for one."""

import json
from typing import Any

from pages.parts import customer_opinions, data
from pages.parts.format import day, is_nothing, plain
from riskcore import alerts
from riskcore.policy import Policy
from riskcore.reviews import Call, Outcome
from riskcore.text import Words

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
    "call_alert": "reviews.because_call_alert",
    "call_disagreement": "reviews.because_call_disagreement",
    "call_person": "reviews.because_call_person",
}


def kept() -> str:
    """Where a session keeps the filters of the calendar of this book, so that a review leads on to the next one."""
    return f"reviews_kept_{data.kind()}"


def outcome(t: Words, value: Outcome) -> str:
    """An outcome in a word."""
    return t(_OUTCOMES[value])


def concluded(t: Words, value: Outcome, to: Any) -> str:
    """An outcome, and to whom it was escalated."""
    return outcome(t, value) if is_nothing(to) else t("reviews.past_to", name=to)


def outcome_note(t: Words, value: Outcome) -> str:
    """What an outcome means."""
    return t(_NOTES[value])


def because(t: Words, value: str) -> str:
    """What a due day follows from."""
    return t(_BECAUSE[value])


def owner(t: Words, value: Any) -> str:
    """Who reviews."""
    return t("reviews.nobody") if is_nothing(value) else str(value)


def called(t: Words, policy: Policy, one: Call) -> str:
    """A call in a line of Markdown, with what it is about."""
    due = day(t, one.due_on)
    if one.cause == "person":
        return plain(t("reviews.called_person", by=one.called_by, due=due, why=one.why))
    if one.cause == "alert":
        what = alerts.told(t, policy, one.why["watches"], json.dumps(one.why))
        return plain(t("reviews.called_alert", due=due, code=one.why["code"], what=what))
    first, second = (customer_opinions.name(t, judge) for judge in one.why["judges"])
    told = {"first": first, "second": second, "n": one.why["apart"]}
    return plain(t("reviews.called_disagreement", due=due, **told))


def standing(t: Words, row: dict[str, Any]) -> str:
    """A row of the calendar in a line: due when and why, and the owner."""
    said = {"due": day(t, row["due_on"]), "because": because(t, row["because"])}
    return plain(t("reviews.standing", **said, owner=owner(t, row["owner"])))
