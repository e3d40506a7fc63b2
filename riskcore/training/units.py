"""The units: short texts on the steps of the work, three questions each, and who answered them when."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from riskcore import signing, versions
from riskcore.errors import AskedWrong
from riskcore.policy import Name
from riskcore.policy.base import Frozen
from riskcore.store import Store
from riskcore.training.case import FOLDER

FRESH_MONTHS = 6  # after which a unit falls due again
State = Literal["open", "done", "due"]


class Option(Frozen):
    """An answer to a question, and why it is right or not."""

    text: Name
    reason: Name
    right: bool = False


class Question(Frozen):
    """A question with its answers, of which one is right."""

    text: Name
    option: Annotated[tuple[Option, ...], Field(min_length=2)]


class Unit(Frozen):
    """A unit: its text in paragraphs of Markdown, and its questions. `figure` names what the page draws beside it."""

    id: str
    figure: Literal["mix", "coverage", "waterfall", "movers", "money", "migration"]
    title: Name
    text: Name
    question: Annotated[tuple[Question, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Standing:
    """How a person stands with a unit: the last answer to each question, and whether it was right.

    `done`: all were answered right, under the policy in force and within half a year; `due`: they were, but not so any
    more. `since`: the day of the oldest of these answers.
    """

    state: State
    last: Mapping[int, int]
    since: datetime | None


@cache
def units() -> tuple[Unit, ...]:
    """All units in the order of the work."""
    found = tomllib.loads((FOLDER / "units.toml").read_text("utf-8"))["unit"]
    return tuple(Unit.model_validate(unit) for unit in found)


def answer(store: Store, by: str, unit_id: str, question: int, option: int) -> bool:
    """Record a person's answer, both counted from 0, and return whether it is right; AskedWrong without a name."""
    person, policy = signing.name(by), versions.in_force(store)
    unit = {unit.id: unit for unit in units()}.get(unit_id)
    if unit is None or not 0 <= question < len(unit.question) or not 0 <= option < len(unit.question[question].option):
        raise AskedWrong("unit_unknown")
    right = unit.question[question].option[option].right
    row = [person, unit_id, question, option, right, policy.hash, signing.now()]
    with store.transaction() as cursor:
        cursor.execute("insert into training_answer values (?, ?, ?, ?, ?, ?, ?)", row)
    return right


def standings(store: Store, person: str, now: datetime | None = None) -> dict[str, Standing]:
    """How a person stands with each unit, by its id."""
    in_force = versions.in_force(store).hash
    rows = store.rows(
        "select unit_id, question, option, is_right, answered_at, policy_hash = $policy and "
        f"answered_at + interval {FRESH_MONTHS} month > $now from training_answer where person = $person "
        "qualify row_number() over (partition by unit_id, question order by answered_at desc) = 1",
        person=person,
        policy=in_force,
        now=now or signing.now(),
    )
    return {unit.id: _standing(unit, [row[1:] for row in rows if row[0] == unit.id]) for unit in units()}


def _standing(unit: Unit, answers: list[tuple[int, int, bool, datetime, bool]]) -> Standing:
    complete = len(answers) == len(unit.question) and all(right for _, _, right, _, _ in answers)
    if not complete:
        return Standing("open", {question: option for question, option, *_ in answers}, None)
    since = min(at for *_, at, _ in answers)
    fresh = {question: option for question, option, *_, is_fresh in answers if is_fresh}
    return Standing("done" if len(fresh) == len(answers) else "due", fresh, since)
