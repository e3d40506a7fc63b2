"""Drafts made of patterns: a threshold that moves by the fewest points, or other points for the bins concerned."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from riskcore import schema, scoring
from riskcore.errors import AskedWrong
from riskcore.feedback.patterns import Pattern
from riskcore.policy import Characteristic, Policy
from riskcore.policy.feedback import Feedback
from riskcore.portfolio import Assessed
from riskcore.store import Store

LARGEST = 10
# Why no draft can be made: no tier lies beyond; nobody named is in the tier today; the line would move too far; the
# worst bin stays at no points and the best at the maximum.
Why = Literal["no_tier_beyond", "nobody_left", "too_far", "ends_stay"]


@dataclass(frozen=True)
class Line:
    """Thresholds with one moved. `here`: customers named who are in the tier today; `moved`: of them, who leave it.

    `place` is that of the tier whose start moves, `points` by how many.
    """

    thresholds: tuple[int, ...]
    place: int
    points: int
    here: int
    moved: int


@dataclass(frozen=True)
class Points:
    """A policy with other points for a characteristic: `changes` are bin codes with the points before and after."""

    policy: Policy
    characteristic: str
    changes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Moved:
    """What other points do to the assessment: customers by tier (best first), who moves, and how much exposure.

    `named`: those of the pattern who move the way it says. `largest`: keys of movers with their places before and
    after, largest exposure first.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    better: int
    worse: int
    exposure: float
    named: int
    largest: tuple[tuple[int, int, int], ...]


def line(store: Store, policy: Policy, pattern: Pattern) -> Line | Why:
    """The threshold beside a tier, moved by the fewest points by which half of those named leave the tier.

    By at most the policy's `line_points_most`, even where fewer leave it then; nobody whom a bound holds there.
    """
    place, last = policy.tier_place(pattern.value), len(policy.tier) - 1
    down = pattern.direction == "too_high"
    if place == (last if down else 0):
        return "no_tier_beyond"
    rows = store.rows(
        "select score, best, worst from listing where tier = $place and customer_key in (select unnest($keys))",
        place=place,
        keys=list(pattern.customers),
    )
    if not rows:
        return "nobody_left"
    starts, most = list(policy.thresholds), _enough(policy).line_points_most
    moving = place if down else place - 1
    start = starts[moving]
    if down:
        free = sorted(score + 1 for score, _, worst in rows if score is not None and worst > place)
        ceiling = starts[moving - 1] - 1 if moving else policy.top_score
        reached = [wished for wished in free if start < wished <= min(start + most, ceiling)]
    else:
        free = sorted((score for score, best, _ in rows if score is not None and best < place), reverse=True)
        floor = starts[moving + 1] + 1 if moving + 1 < len(starts) else policy.base_score + 1
        reached = [wished for wished in free if max(start - most, floor) <= wished < start]
    if not reached:
        return "too_far"
    starts[moving] = reached[min(len(reached), -(-len(rows) // 2)) - 1]
    moved = sum(wished <= starts[moving] if down else wished >= starts[moving] for wished in reached)
    return Line(tuple(starts), moving, starts[moving] - start, len(rows), moved)


def points(policy: Policy, pattern: Pattern) -> Points | Why:
    """A policy in which the bins concerned earn less, or more, by the policy's step of the maximum, at least 1 point.

    Concerned is what at least two opinions name, else all that is named. Bins keep their order, the worst its 0 and the
    best the maximum.
    """
    c = policy.known_characteristic(pattern.value)
    step = max(1, c.max_points * _enough(policy).bin_step_pct // 100)
    step = -step if pattern.direction == "too_high" else step
    named = Counter(code - schema.EXPIRED_BINS if code > schema.EXPIRED_BINS else code for code in pattern.bins)
    codes = {code for code, n in named.items() if n > 1} or set(named)
    was = {place: b.points for place, b in enumerate(c.bins, 1)} | {
        0: c.missing_points,
        schema.REFUSED_BIN: c.refused_points,
    }
    now = _in_order(c, {code: n + step if code in codes else n for code, n in was.items()}, up=step > 0)
    changes = tuple((code, was[code], now[code]) for code in sorted(was) if was[code] != now[code])
    return Points(_with_points(policy, c, now), c.id, changes) if changes else "ends_stay"


def effect(store: Store, assessed: Assessed, draft: Points, pattern: Pattern) -> Moved:
    """What other points do to the newest assessment, from the bins that it kept; bounds stay as they are.

    Only who has one of the bins that changed is scored again: nobody else's score can differ.
    """
    changed = {code for code, _, _ in draft.changes}
    codes = changed | {schema.EXPIRED_BINS + place for place in range(1, 7) if {0, place} & changed}
    own = f"list_contains($codes::utinyint[], {draft.characteristic}_bin)"
    rescored = scoring.rescore_query(draft.policy, f"(select * from score where assessment_id = $assessment and {own})")
    moves = store.rows(
        f"select was, now, count(*), coalesce(sum(exposure), 0)::double, "
        "count(*) filter (customer_key in (select unnest($keys))), "
        f"arg_max(customer_key, coalesce(exposure, 0), {LARGEST}), "
        f"arg_max(coalesce(exposure, 0), coalesce(exposure, 0), {LARGEST}) "
        f"from ({rescored}) where was <> now group by was, now",
        assessment=assessed.assessment_id,
        codes=sorted(codes),
        keys=list(pattern.customers),
    )
    counted = "select tier, count(*) from score where assessment_id = $assessment group by tier"
    kept = dict(store.rows(counted, assessment=assessed.assessment_id))
    before = [kept.get(place, 0) for place in range(len(draft.policy.tier))]
    after = list(before)
    for was, now, customers, *_ in moves:
        after[was] -= customers
        after[now] += customers
    down = pattern.direction == "too_high"
    largest = sorted(
        (
            (amount, key, was, now)
            for was, now, _, _, _, keys, amounts in moves
            for key, amount in zip(keys, amounts, strict=True)
        ),
        reverse=True,
    )
    return Moved(
        before=tuple(before),
        after=tuple(after),
        better=sum(row[2] for row in moves if row[1] < row[0]),
        worse=sum(row[2] for row in moves if row[1] > row[0]),
        exposure=sum(row[3] for row in moves),
        named=sum(row[4] for row in moves if (row[1] > row[0]) == down),
        largest=tuple((key, was, now) for _, key, was, now in largest[:LARGEST]),
    )


def _enough(policy: Policy) -> Feedback:
    if policy.feedback is None:
        raise AskedWrong("feedback_no_policy")
    return policy.feedback


def _in_order(c: Characteristic, wished: Mapping[int, int], up: bool) -> dict[int, int]:
    """Points by code: no bin reaches another that it lay below or above, and the ends stay."""
    now = {code: min(max(wished[code], 0), c.max_points) for code in (0, schema.REFUSED_BIN)}
    ranked = sorted(enumerate(c.bins, 1), key=lambda b: b[1].points, reverse=up)
    for place, b in ranked:
        passed = [now[other] for other, o in ranked if (o.points > b.points if up else o.points < b.points)]
        if b.points in (0, c.max_points):
            now[place] = b.points
        else:
            now[place] = min(wished[place], min(passed) - 1) if up else max(wished[place], max(passed) + 1)
    return now


def _with_points(policy: Policy, c: Characteristic, now: dict[int, int]) -> Policy:
    data = policy.model_dump(mode="json", by_alias=True)
    [own] = (one for one in data["characteristic"] if one["id"] == c.id)
    own["missing_points"], own["refused_points"] = now[0], now[schema.REFUSED_BIN]
    for place, one in enumerate(own["bins"], 1):
        one["points"] = now[place]
    return Policy.model_validate(data)
