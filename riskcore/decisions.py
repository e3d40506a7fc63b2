"""Decisions: a policy and assumptions put in force, with their effect as it stood, by whom and why.

A decision is written once. What it brought into force can be put back, by a decision of its own.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from riskcore import assessment, money, portfolio, settings, signing, tiers, versions
from riskcore import policy as policies
from riskcore.errors import AskedWrong
from riskcore.money import Assumptions
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.store import Cursor, Store, paging, sql

MOVERS_KEPT = 10
FIRST = 0  # in the place of a decision's number: what was in force before number 1
# What is kept of each tier, before and after; see money.by_tier.
SUMS = (
    *("customers", "exposure_today", "sales", "exposure_on_terms", "margin_kept", "expected_loss", "cost_of_money"),
    *("money", "sales_prepaid", "limit"),
)

_LISTED = """
select decision_id, decided_by, decision.reason, decided_at, decision.as_of, assessment_id, was.source, was.version,
  now.source, now.version, assumptions_before, assumptions, effect, puts_back
from decision
join policy was on was.policy_hash = policy_before
join policy now on now.policy_hash = policy_after
where $decision::integer is null or decision_id = $decision
order by decision_id desc
limit $most offset $skip
"""

_COMPARABLE = """
select assessment_id
from assessment
where policy_hash = $policy and as_of = $day and known_by is not distinct from $known_by
  and created_at >= coalesce((select max(greatest(created_at, undone_at)) from import), created_at)
order by assessment_id desc
limit 1
"""

_Scored = tuple[int, Policy]  # the number of an assessment, and the policy by whose thresholds it is read


@dataclass(frozen=True)
class Effect:
    """What a decision does to the book as it stood; both sides under the assumptions decided.

    `before` and `after`: by tier, best first, the sums named in SUMS. `largest`: the movers with the largest exposure
    (`customer_id, customer_name, score, was, now, exposure`). `scores`: pairs of score and customers.
    """

    currency: str
    customers: int
    better: int
    worse: int
    before: list[dict[str, float]]
    after: list[dict[str, float]]
    largest: list[dict[str, Any]]
    scores: list[list[int]]

    def total(self, side: Literal["before", "after"], what: str) -> float:
        """The sum of one of SUMS over all tiers, `before` or `after`."""
        return sum(tier[what] for tier in (self.before if side == "before" else self.after))


@dataclass(frozen=True)
class Decision:
    """A decision as it was recorded, and the policies before and after it."""

    decision_id: int
    decided_by: str
    reason: str
    decided_at: datetime
    as_of: date
    assessment_id: int
    before: Policy
    version_before: int
    after: Policy
    version: int
    assumptions_before: Assumptions
    assumptions: Assumptions
    effect: Effect
    puts_back: int | None


def effect(store: Store, assessed: Assessed, thresholds: Sequence[int], assumptions: Assumptions) -> Effect:
    """What the policy of the last assessment would do under these thresholds, against the policy in force.

    AskedWrong where the policy in force was not assessed on the same data, or has other tiers.
    """
    policy = policies.with_thresholds(assessed.policy, _checked(assessed.policy, thresholds))
    return _effect(store.cursor(), _before(store, assessed, policy), (assessed.assessment_id, policy), assumptions)


def record(
    store: Store,
    assessed: Assessed,
    thresholds: Sequence[int],
    assumptions: Assumptions,
    by: str,
    why: str,
) -> int:
    """Decide: the policy that was assessed is in force from now on, a draft too, with these thresholds and assumptions.

    In one transaction the book is assessed again under it, and what that finds is the effect that is kept. Returns the
    decision's number. AskedWrong, and nothing is changed, where the name or the reason is missing, the thresholds
    cannot stand, the book was assessed again since, or there is nothing to hold the effect against (see `effect`).
    """
    policy = policies.with_thresholds(assessed.policy, _checked(assessed.policy, thresholds))
    return _decide(store, assessed, policy, assumptions, by, why, None)


def put_back(store: Store, decision_id: int, by: str, why: str) -> int:
    """Decide for the policy and assumptions of an earlier decision again; returns the new decision's number.

    FIRST stands for what was in force before the first decision.
    """
    earlier, assessed = get(store, 1 if decision_id == FIRST else decision_id), portfolio.newest(store)
    if assessed is None:
        raise AskedWrong("decision_absent")
    is_first = decision_id == FIRST
    policy, a = (earlier.before, earlier.assumptions_before) if is_first else (earlier.after, earlier.assumptions)
    return _decide(store, assessed, policy, a, by, why, decision_id)


def get(store: Store, decision_id: int) -> Decision:
    """The decision under a number; AskedWrong where there is none."""
    row = store.one(_LISTED, decision=decision_id, most=1, skip=0)
    if row is None:
        raise AskedWrong("decision_absent")
    return _made(row)


def history(store: Store, page: int = 1, per_page: int | None = None) -> list[Decision]:
    """The decisions, newest first; one page, or all."""
    rows = store.rows(_LISTED, decision=None, **paging(page, per_page))
    return [_made(row) for row in rows]


def how_many(store: Store) -> int:
    """The number of decisions, which is also the number of the newest one."""
    row = store.one("select coalesce(max(decision_id), 0) from decision where true")
    return int(row[0]) if row else 0


def _checked(policy: Policy, thresholds: Sequence[int]) -> tuple[int, ...]:
    if len(thresholds) != len(policy.thresholds):
        raise AskedWrong("decision_other_tiers")
    return tiers.check_order(thresholds, policy.base_score, policy.top_score)


def _decide(
    store: Store, looked_at: Assessed, policy: Policy, a: Assumptions, by: str, why: str, puts_back: int | None
) -> int:
    person, reason = signing.name(by), signing.reason(why)
    with store.transaction() as cursor:
        newest = portfolio.newest(store)
        if newest is None or newest.assessment_id != looked_at.assessment_id:
            raise AskedWrong("decision_stale")
        before = _before(store, looked_at, policy)
        if len(a.kept_pct) != len(policy.tier):
            raise AskedWrong("decision_other_tiers")
        assumed = money.of_book(store, before[1])
        versions.put_in_force(cursor, policy, person, reason)
        money.keep(cursor, a)
        after = assessment.run(cursor, policy, looked_at.as_of, known_by=looked_at.known_by)
        found = _effect(cursor, before, (after, policy), a)
        [last] = cursor.execute("select coalesce(max(decision_id), 0) from decision").fetchone() or (0,)
        values = [int(last) + 1, person, reason, signing.now(), looked_at.as_of, looked_at.assessment_id]
        values += [before[1].hash, policy.hash, money.to_json(assumed), money.to_json(a)]
        values += [json.dumps(asdict(found), ensure_ascii=False), puts_back]
        cursor.execute(f"insert into decision values ({', '.join('?' * len(values))})", values)
    return int(last) + 1


def _before(store: Store, assessed: Assessed, after: Policy) -> _Scored:
    """The last assessment under the policy in force: of the same day, and from the data that there are now."""
    policy = versions.in_force(store)
    if len(policy.tier) != len(after.tier):
        raise AskedWrong("decision_other_tiers")
    if assessed.policy.hash == policy.hash:
        return assessed.assessment_id, policy
    row = store.one(_COMPARABLE, policy=policy.hash, day=assessed.as_of, known_by=assessed.known_by)
    if row is None:
        raise AskedWrong("decision_not_compared")
    return row[0], policy


def _effect(cursor: Cursor, before: _Scored, after: _Scored, a: Assumptions) -> Effect:
    """What lies between two assessments; `after` is the newest one, read under the thresholds of its policy."""
    number, policy = after
    moves = {"before": before[0], "shown": MOVERS_KEPT, **portfolio.starts(policy.thresholds)}
    better, worse, largest = cursor.execute(sql("decision_moves"), moves).fetchone() or (0, 0, [])
    scores = cursor.execute(sql("decision_scores"), {"assessment": number}).fetchall()
    sides = [_by_tier(cursor, *side, a) for side in (before, after)]
    [customers] = cursor.execute("select count(*) from listing").fetchone() or (0,)
    return Effect(
        currency=settings.get(cursor, "currency") or policy.currency,
        customers=customers,
        better=better,
        worse=worse,
        before=sides[0],
        after=sides[1],
        largest=largest,
        scores=[list(row) for row in scores],
    )


def _by_tier(cursor: Cursor, number: int, policy: Policy, a: Assumptions) -> list[dict[str, float]]:
    asked = {"assessment": number, "dimension": "", "thresholds": list(policy.thresholds)}
    found = cursor.execute(sql("money"), asked | money.bound(policy, a)).df().set_index("tier")
    places = range(len(policy.tier))  # a tier without customers has no row
    return [{name: float(found[name].get(place, 0)) for name in SUMS} for place in places]


def _made(row: Sequence[Any]) -> Decision:
    before, after = policies.from_canonical(row[6]), policies.from_canonical(row[8])
    return Decision(
        decision_id=row[0],
        decided_by=row[1],
        reason=row[2],
        decided_at=row[3],
        as_of=row[4],
        assessment_id=row[5],
        before=before,
        version_before=row[7],
        after=after,
        version=row[9],
        assumptions_before=money.from_json(before, row[10]),
        assumptions=money.from_json(after, row[11]),
        effect=Effect(**json.loads(row[12])),
        puts_back=row[13],
    )
