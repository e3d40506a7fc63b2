"""What would lift one customer to the next tier: the fewest better or newly supplied values that reach it.

Points are never added up here: every set of changes is scored by the compiled query, with all its rules.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from riskcore import schema, scoring
from riskcore.policy import Characteristic, Policy
from riskcore.policy.card import Bin
from riskcore.store import Cursor

MOST_TOGETHER = 3  # more changes at once are no advice
Kind = Literal["best", "held", "path", "none"]
Set = tuple[int, ...]  # places of characteristics among those that can move
Whole = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """One value to better or to supply: the stored bin code now, the bin to reach (from 1), the points it adds."""

    characteristic: str
    from_bin: int
    to_bin: int
    points_gain: int
    supplies: bool


@dataclass(frozen=True)
class Advice:
    """What leads to the tier `target` (its place, 0 the best).

    `best`: there is none better. `held`: `rules` (codes) leave no better tier. `path`: `steps`, in the policy's order.
    `none`: no three changes reach it. `score_after` is the present score where there is no path.
    """

    kind: Kind
    target: int
    rules: tuple[str, ...]
    steps: tuple[Step, ...]
    score_after: int | None


@dataclass(frozen=True)
class _Way:
    """A step, a value that makes it, and how many bins it climbs."""

    step: Step
    value: float | str
    climb: int


@dataclass(frozen=True)
class _Case:
    """A customer's facts and, for each characteristic that can move, its ways, fewest points first."""

    cursor: Cursor
    policy: Policy
    facts: str
    ways: list[list[_Way]]


def next_tier(cursor: Cursor, policy: Policy, facts: str, scored: Mapping[str, Any]) -> Advice:
    """The advice for the one customer in the table or view `facts`; `scored` is that row of the compiled query.

    Fewest characteristics, then fewest bins climbed (supplying a value counts as one), then the policy's order,
    then the lowest score that reaches the tier.
    """
    tier, score = int(scored["tier"]), scored["score"]
    if tier == 0:
        return Advice("best", 0, (), (), score)
    target = tier - 1
    if scored["best"] > target:
        holding = tuple(r.code for r in policy.rule if scored[f"fired_{r.code}"] > target)
        return Advice("held", target, holding, (), score)
    ways = [found for c in policy.characteristic if c.movable and (found := _ways(policy, c, scored))]
    if not ways:
        return Advice("none", target, (), (), score)
    case = _Case(cursor, policy, facts, ways)
    sets = [s for size in range(1, MOST_TOGETHER + 1) for s in combinations(range(len(ways)), size)]
    # Within a set no bins score more than the best ones, so these tell which sets can reach the tier at all.
    best, _ = _choices(ways, sets, best_only=True)
    hopeful = _outcomes(case, best)["score_tier"] <= target
    for size in range(1, MOST_TOGETHER + 1):
        able = [s for s, hope in zip(sets, hopeful, strict=True) if hope and len(s) == size]
        if path := _shortest(case, able, target):
            return Advice("path", target, (), *path)
    return Advice("none", target, (), (), score)


def _ways(policy: Policy, c: Characteristic, scored: Mapping[str, Any]) -> list[_Way]:
    """The ways of one characteristic: to each bin that earns more points than it does now."""
    code, now, present = int(scored[f"{c.id}_bin"]), int(scored[f"{c.id}_points"]), scored[c.id]
    if code == 0 and scored["is_filled"] and policy.external_score.use == "fill":
        width = policy.top_score - policy.base_score  # the external score stands for this silence
        now = (2 * c.max_points * (scored["external_score"] - policy.base_score) + width) // (2 * width)
    ascending = list(c.bins) if c.is_category else sorted(c.bins, key=_lower)
    if code in {0, schema.REFUSED_BIN} or present is None:
        present = -math.inf if ascending[0].points < ascending[-1].points else math.inf
    supplies = not 1 <= code < schema.REFUSED_BIN
    ways = []
    for number, b in enumerate(c.bins, 1):
        if b.points > now:
            climb = 1 if supplies else abs(ascending.index(b) - ascending.index(c.bins[code - 1]))
            # An expired value that is renewed where it was stays what it was.
            value = scored[c.id] if code == schema.EXPIRED_BINS + number else None
            value = _nearest(c, b, present) if value is None else value
            ways.append(_Way(Step(c.id, code, number, b.points - now, supplies), value, climb))
    return sorted(ways, key=lambda way: way.step.points_gain)


def _lower(b: Bin) -> float:
    return -math.inf if b.lower is None else b.lower


def _nearest(c: Characteristic, b: Bin, present: float) -> float | str:
    """The bin's word, or the number in it that lies next to `present`, which is outside it."""
    if b.value is not None:
        return b.value
    rises = b.upper is None or present <= _lower(b)
    edge = b.lower if rises else b.upper
    assert edge is not None  # a bin open on both sides would hold every value
    if rises == (c.closed == "left"):
        return edge
    inwards = 1 if rises else -1
    return edge + inwards if c.unit == "count" else math.nextafter(edge, inwards * math.inf)


def _choices(ways: list[list[_Way]], sets: Sequence[Set], best_only: bool = False) -> tuple[Whole, Whole]:
    """All choices of ways in these sets: one row each, per characteristic 0 (as it is) or the number of the way.

    With them the place of each row's set. `best_only` takes the last way alone, the one with the most points.
    """
    counts = [len(of_one) for of_one in ways]
    rows = [list(product(*(range(counts[p] if best_only else 1, counts[p] + 1) for p in s))) for s in sets]
    set_of_row = np.repeat(np.arange(len(sets)), [len(of_set) for of_set in rows])
    choice = np.zeros((len(set_of_row), len(ways)), np.int64)
    start = 0
    for s, of_set in zip(sets, rows, strict=True):
        choice[start : start + len(of_set), s] = of_set
        start += len(of_set)
    return choice, set_of_row


def _outcomes(case: _Case, choice: Whole) -> dict[str, Any]:
    """The columns `score`, `score_tier` and `tier` of the customer as each row of choices would have it."""
    moved = {"tried": pa.array(np.arange(len(choice)))}
    replaced = []
    for place, of_one in enumerate(case.ways):
        name = of_one[0].step.characteristic
        moved[name] = pa.array([None, *(way.value for way in of_one)]).take(pa.array(choice[:, place]))
        replaced.append(f"coalesce(m.{name}, f.{name}) as {name}")
        replaced.append(f"case when m.{name} is null then f.{name}_state else {schema.KNOWN} end as {name}_state")
    tried = f"(select f.* replace ({', '.join(replaced)}), m.tried from {case.facts} f cross join moved m)"
    query = scoring.compile_query(case.policy, tried)
    case.cursor.register("moved", pa.table(moved))
    answer = case.cursor.execute(f"select score, score_tier, tier from ({query}) order by tried").fetchnumpy()
    case.cursor.unregister("moved")
    return answer


def _shortest(case: _Case, sets: Sequence[Set], target: int) -> tuple[tuple[Step, ...], int] | None:
    """The steps that climb the fewest bins among sets of one size, and the score they give; None: none reaches."""
    if not sets:
        return None
    choice, set_of_row = _choices(case.ways, sets)
    after = _outcomes(case, choice)
    reached = np.flatnonzero(after["tier"] <= target)
    if not reached.size:
        return None
    climbs = [np.array([0, *(way.climb for way in of_one)]) for of_one in case.ways]
    climbed = np.sum([climbs[place][choice[reached, place]] for place in range(len(climbs))], axis=0)
    first = reached[np.lexsort((after["score"][reached], set_of_row[reached], climbed))[0]]
    steps = tuple(of_one[way - 1].step for of_one, way in zip(case.ways, choice[first], strict=True) if way)
    return steps, int(after["score"][first])
