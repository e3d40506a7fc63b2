"""One customer through all assessments, and at each step what changed its score: facts, or the policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from riskcore import schema, scoring, tiers, versions
from riskcore.monitoring.applied import named
from riskcore.policy import Characteristic, Policy
from riskcore.store import Store

# Why points changed. facts: another bin. policy: the same bin, which earns other points now. both: another bin, and the
# policy treats the characteristic otherwise too. bins: the policy draws other bins, so that facts and policy cannot be
# told apart. stand_in: nothing is known as before, and what stands for it follows the customer's other values.
Cause = Literal["facts", "policy", "both", "bins", "stand_in"]


@dataclass(frozen=True)
class Change:
    """Points of one characteristic before and after a step; a bin is its stored code, None where the policy has none.

    `was` and `now` are 0 where the policy does not have the characteristic.
    """

    characteristic: str
    bin_was: int | None
    bin_now: int | None
    was: int
    now: int
    cause: Cause

    @property
    def points(self) -> int:
        """Points gained; below 0: lost."""
        return self.now - self.was


@dataclass(frozen=True)
class Step:
    """A customer in one assessment, and how it got there from the one before; the first has no changes.

    `tier` is a place in `policy`, 0 the best; `rules` are codes of those that fire. `by_person`: an override, and
    neither score nor rules, gives the tier. `policy_changed`: it is another one than at the step before. `changes`:
    largest first. `elsewhere`: points of the score's change that no characteristic explains (an external score,
    another base); None where there is no score on both sides.
    """

    assessment_id: int
    as_of: date
    created_at: datetime
    policy: Policy
    version: int
    draft: bool
    score: int | None
    tier: int
    little_known: bool
    exposure: float | None
    rules: tuple[str, ...]
    by_person: bool
    policy_changed: bool
    changes: tuple[Change, ...]
    elsewhere: int | None


@dataclass(frozen=True)
class _Row:
    kept: Mapping[str, Any]
    points: Mapping[str, int]
    policy: Policy
    version: int
    draft: bool


def history(store: Store, customer_key: int) -> list[Step]:
    """A customer in every assessment that holds it, oldest first; exposure in the book's currency."""
    steps: list[Step] = []
    before = None
    for row in _rows(store, customer_key):
        steps.append(_step(before, row))
        before = row
    return steps


def _rows(store: Store, customer_key: int) -> list[_Row]:
    kept = named(store, "customer_history", customer=customer_key)
    policies = {h: versions.kept(store, h) for h in {row["policy_hash"] for row in kept}}
    return [_Row(row, _points(policies[row["policy_hash"]][0], row), *policies[row["policy_hash"]]) for row in kept]


def _points(policy: Policy, kept: Mapping[str, Any]) -> dict[str, int]:
    bins = {c.id: kept[f"{c.id}_bin"] for c in policy.characteristic}
    return scoring.kept_points(policy, bins, kept["external_score"])


def _step(before: _Row | None, now: _Row) -> Step:
    kept = now.kept
    changes = () if before is None else _changes(before, now)
    scored = before is not None and None not in (kept["score"], before.kept["score"])
    return Step(
        assessment_id=kept["assessment_id"],
        as_of=kept["as_of"],
        created_at=kept["created_at"],
        policy=now.policy,
        version=now.version,
        draft=now.draft,
        score=kept["score"],
        tier=kept["tier"],
        little_known=kept["little_known"],
        exposure=None if kept["exposure"] is None else float(kept["exposure"]),
        rules=tuple(rule.code for rule in scoring.rules_of(now.policy, kept["rules"])),
        by_person=_by_person(now),
        policy_changed=before is not None and before.kept["policy_hash"] != kept["policy_hash"],
        changes=changes,
        elsewhere=kept["score"] - before.kept["score"] - sum(c.points for c in changes) if before and scored else None,
    )


def _by_person(row: _Row) -> bool:
    """Whether the tier is better than that of the score, or worse without a rule that allows no better one."""
    policy, place = row.policy, row.kept["tier"]
    by_score = tiers.tier_of(row.kept["score"], policy.thresholds)
    fired = scoring.rules_of(policy, row.kept["rules"])
    is_held = any(case.best_tier == policy.tier[place].code for rule in fired for case in rule.case)
    return bool(place < by_score or (place > by_score and not is_held))


def _changes(before: _Row, now: _Row) -> tuple[Change, ...]:
    found = []
    for name in dict.fromkeys((*now.points, *before.points)):
        was, is_now = before.points.get(name, 0), now.points.get(name, 0)
        if was != is_now:
            bins = (row.kept[f"{name}_bin"] if name in row.points else None for row in (before, now))
            found.append(Change(name, next(bins), next(bins), was, is_now, _cause(name, before, now)))
    return tuple(sorted(found, key=lambda change: -abs(change.points)))


def _cause(name: str, before: _Row, now: _Row) -> Cause:
    if name not in before.points or name not in now.points:
        return "policy"
    ours, theirs = before.policy.known_characteristic(name), now.policy.known_characteristic(name)
    bin_was, bin_now = before.kept[f"{name}_bin"], now.kept[f"{name}_bin"]
    is_known = [0 < code != schema.REFUSED_BIN for code in (bin_was, bin_now)]
    if all(is_known) and scoring.bins_of(ours) != scoring.bins_of(theirs):
        return "bins"
    treated_alike = _treatment(before.policy, ours) == _treatment(now.policy, theirs)
    if bin_was != bin_now:
        return "facts" if treated_alike else "both"
    return "stand_in" if treated_alike else "policy"


def _treatment(policy: Policy, c: Characteristic) -> object:
    """All of a policy that decides what a bin of the characteristic earns, other values apart."""
    earned = [b.points for b in c.bins], c.missing_points, c.refused_points
    return earned, policy.missing_mode, policy.prior_share_pct, policy.external_score.use, policy.total_points
