"""The four opinions on one customer, and how many grades lie between them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any, Literal

import pandas as pd

from riskcore import altman, schema
from riskcore.policy import Policy
from riskcore.policy.radar import Measure, Radar

Judge = Literal["score", "z_double_prime", "agency", "payment"]
Lack = Literal["unknown", "too_old", "little_known", "not_meant"]
JUDGES: tuple[Judge, ...] = ("score", "z_double_prime", "agency", "payment")
PAIRS = tuple(combinations(JUDGES, 2))
MODEL = next(model for model in altman.MODELS if model.id == "z2")
SEEN = 1e300  # a value that is not below it counts as missing, as in scoring


@dataclass(frozen=True)
class Opinion:
    """What one judge thinks: places of grades, 0 the best, from `best` to `worst`; else what it lacks.

    `told`: the values that it rests on, the name of each with the value and the day that it is of.
    """

    judge: Judge
    best: int | None
    worst: int | None
    lack: Lack | None = None
    told: tuple[tuple[str, float | str, date | None], ...] = ()


@dataclass(frozen=True)
class Apart:
    """Two judges and how many grades lie between their opinions."""

    pair: tuple[Judge, Judge]
    grades: int


def opinions(policy: Policy, row: Mapping[str, Any], as_of: date) -> tuple[Opinion, ...]:
    """The four opinions on a customer of the scoring query, in the order of JUDGES; none where the policy has no radar.

    `as_of`: the day that the row is of.
    """
    if (radar := policy.radar) is None:
        return ()
    z = _z_double_prime(policy, radar, row, as_of)
    return _score(policy, row), z, _agency(policy, row), _payment(policy, radar, row)


def furthest(found: tuple[Opinion, ...]) -> Apart | None:
    """The pair of opinions that are most grades apart, the first such in the order of PAIRS; None without a pair."""
    by_judge = {opinion.judge: opinion for opinion in found if opinion.lack is None}
    pairs = [(a, b) for a, b in PAIRS if a in by_judge and b in by_judge]
    if not pairs:
        return None
    return max((Apart(pair, apart(*(by_judge[judge] for judge in pair))) for pair in pairs), key=lambda one: one.grades)


def apart(a: Opinion, b: Opinion) -> int:
    """How many grades lie between two opinions: 1 for neighbours, 0 where they overlap or one is not known."""
    if a.best is None or a.worst is None or b.best is None or b.worst is None:
        return 0
    return max(0, a.best - b.worst, b.best - a.worst)


def agency_range(policy: Policy, grade: str) -> tuple[int, int] | None:
    """The grades that an agency's normalised grade stands for: from its best one to before where the next begins."""
    at = places(policy)
    bests = [(name, at[best]) for name, best in policy.external_grade_best.items()]
    starts = [start for _, start in bests] + [len(at)]
    for number, (name, start) in enumerate(bests):
        if name == grade:
            return start, max(start, starts[number + 1] - 1)
    return None


def places(policy: Policy) -> dict[str, int]:
    """Of each grade its place, 0 the best."""
    return {grade.code: place for place, grade in enumerate(policy.pd_scale.grade)}


def _score(policy: Policy, row: Mapping[str, Any]) -> Opinion:
    if row["score"] is None:
        return Opinion("score", None, None, "unknown")
    told = (("score", int(row["score"]), None),)
    if row["little_known"]:
        return Opinion("score", None, None, "little_known", told)
    grades = policy.pd_scale.grade
    place = next((p for p, grade in enumerate(grades) if row["score"] >= grade.min_score), len(grades) - 1)
    return Opinion("score", place, place, told=told)


def _z_double_prime(policy: Policy, radar: Radar, row: Mapping[str, Any], as_of: date) -> Opinion:
    value, day = row["z_double_prime"], row["z_double_prime_date"]
    if not _is_known(value):
        is_meant = row["industry_section"] != altman.NOT_FOR
        return Opinion("z_double_prime", None, None, "unknown" if is_meant else "not_meant")
    told = (("z_double_prime", float(value), day),)
    if pd.Timestamp(day) < pd.Timestamp(as_of) - pd.DateOffset(months=radar.statement_months):
        return Opinion("z_double_prime", None, None, "too_old", told)
    name = altman.zone(MODEL, value)
    at, zone = places(policy), next((z for z in radar.zone if z.zone == name), None)
    if zone is None:
        return Opinion("z_double_prime", None, None, "unknown", told)
    return Opinion("z_double_prime", at[zone.best], at[zone.worst], told=told)


def _agency(policy: Policy, row: Mapping[str, Any]) -> Opinion:
    name, state = row["external_grade"], row["external_grade_state"]
    told = (("external_grade", name, row["external_grade_date"]),) if name else ()
    place = agency_range(policy, name) if name else None
    if place is None or state not in (schema.KNOWN, schema.EXPIRED):
        return Opinion("agency", None, None, "unknown")
    if state == schema.EXPIRED:
        return Opinion("agency", None, None, "too_old", told)
    return Opinion("agency", *place, told=told)


def _payment(policy: Policy, radar: Radar, row: Mapping[str, Any]) -> Opinion:
    told, old, ranges = [], [], []
    for measure in radar.payment:
        name = measure.characteristic
        if not _is_known(row[name]):
            continue
        said = (name, float(row[name]), row[f"{name}_date"])
        if row[f"{name}_state"] == schema.KNOWN:
            told.append(said)
            ranges.append(_step(policy, measure, row[name]))
        elif row[f"{name}_state"] == schema.EXPIRED:
            old.append(said)
    if not ranges:
        return Opinion("payment", None, None, "too_old" if old else "unknown", tuple(old))
    best, worst = (max(ends) for ends in zip(*ranges, strict=True))
    return Opinion("payment", best, worst, told=tuple(told))


def _step(policy: Policy, measure: Measure, value: float) -> tuple[int, int]:
    at = places(policy)
    step = next(step for step in measure.step if step.up_to is None or value <= step.up_to)
    return at[step.best], at[step.worst]


def _is_known(value: Any) -> bool:
    return value is not None and math.isfinite(value) and abs(value) < SEEN
