"""What other judges of a customer stand for on the scale of the score's grades, and when they disagree with it."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from riskcore.policy.base import Frozen, Months, Word, broken


class Grades(Frozen):
    """A range of grades of the score, both ends included."""

    best: Word
    worst: Word


class Zone(Grades):
    """A zone of Altman's Z'' and the grades that it stands for."""

    zone: Literal["safe", "grey", "distress"]


class Step(Grades):
    """Values up to `up_to`, included, and the grades that they stand for; the last step has no end."""

    up_to: float | None = None


class Measure(Frozen):
    """A characteristic of payment with its steps from the best value on."""

    characteristic: Literal["days_beyond_terms_12m", "past_due_over_30_pct", "worst_days_past_due_24m"]
    step: tuple[Step, ...] = Field(min_length=1)


class Radar(Frozen):
    """How opinions are placed, from how many grades apart they disagree, and which disagreements call a review.

    `exposure_from`: in the book's currency; `reviews_most`: of so many of the largest.
    """

    grades_apart: Annotated[int, Field(ge=1)]
    statement_months: Months
    review_within_days: Annotated[int, Field(ge=1, le=365)]
    exposure_from: Annotated[float, Field(ge=0)] = 0.0
    reviews_most: Annotated[int, Field(ge=0, le=10_000)]
    zone: tuple[Zone, ...] = ()
    payment: tuple[Measure, ...] = ()


def check(radar: Radar, grades: Sequence[str]) -> None:
    """Whether every range of grades is one of the scale, best first, and steps rise to an open end."""
    places = {grade: place for place, grade in enumerate(grades)}
    ranges: list[Grades] = [*radar.zone, *(step for measure in radar.payment for step in measure.step)]
    for one in ranges:
        if unknown := {one.best, one.worst} - set(places):
            raise broken("radar_grade_unknown", min(unknown))
        if places[one.best] > places[one.worst]:
            raise broken("radar_range", f"{one.best} {one.worst}")
    names: list[str] = [*(zone.zone for zone in radar.zone), *(measure.characteristic for measure in radar.payment)]
    if doubles := {name for name in names if names.count(name) > 1}:
        raise broken("named_twice", min(doubles))
    for measure in radar.payment:
        *ends, last = (step.up_to for step in measure.step)
        known = [end for end in ends if end is not None]
        if last is not None or len(known) < len(ends) or known != sorted(set(known)):
            raise broken("radar_steps", measure.characteristic)
