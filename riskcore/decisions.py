"""Decisions: thresholds and assumptions put in force, with their effect as it stood, by whom and why.

A decision is written once. What it brought into force can be put back, by a decision of its own.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal

from riskcore import assessment, money, portfolio, settings, signing, tiers, versions
from riskcore import policy as policies
from riskcore.errors import AskedWrong
from riskcore.money import Assumptions
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.store import Store
from riskcore.wording import is_nothing

MOVERS_KEPT = 10
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
    """What these thresholds would do to the last assessment, against those that it applied."""
    policy, number = assessed.policy, assessed.assessment_id
    counts = portfolio.mover_counts(store, number, thresholds, policy.thresholds)
    largest = portfolio.movers(store, thresholds, policy.thresholds, "all", 1, MOVERS_KEPT)
    return Effect(
        currency=settings.get(store.cursor(), "currency") or policy.currency,
        customers=assessed.customers,
        better=counts["better"],
        worse=counts["worse"],
        before=_by_tier(store, assessed, policy.thresholds, assumptions),
        after=_by_tier(store, assessed, thresholds, assumptions),
        largest=[_mover(row) for row in largest.to_dict("records")],
        scores=[list(row) for row in store.rows("decision_scores", assessment=number)],
    )


def record(
    store: Store,
    assessed: Assessed,
    thresholds: Sequence[int],
    assumptions: Assumptions,
    by: str,
    why: str,
    puts_back: int | None = None,
) -> int:
    """Decide: thresholds and assumptions are in force from now on, and the book is assessed again under them.

    All in one transaction; returns the decision's number. AskedWrong, and nothing is changed, where the name or the
    reason is missing, the thresholds cannot stand, or the book was assessed again since.
    """
    person, reason = signing.name(by), signing.reason(why)
    tiers.check_order(thresholds, assessed.policy.base_score, assessed.policy.top_score)
    if len(thresholds) != len(assessed.policy.thresholds) or len(assumptions.kept_pct) != len(assessed.policy.tier):
        raise AskedWrong("decision_other_tiers")
    policy = policies.with_thresholds(assessed.policy, thresholds)
    with store.transaction() as cursor:
        _check_current(store, assessed)
        found, assumed = effect(store, assessed, thresholds, assumptions), money.of_book(store, assessed.policy)
        versions.put_in_force(cursor, policy, person, reason)
        money.keep(cursor, assumptions)
        assessment.run(cursor, policy, assessed.as_of)
        [newest] = cursor.execute("select coalesce(max(decision_id), 0) from decision").fetchone() or (0,)
        values = [int(newest) + 1, person, reason, signing.now(), assessed.as_of, assessed.assessment_id]
        values += [assessed.policy.hash, policy.hash, money.to_json(assumed), money.to_json(assumptions)]
        values += [json.dumps(asdict(found), ensure_ascii=False), puts_back]
        cursor.execute(f"insert into decision values ({', '.join('?' * len(values))})", values)
    return int(newest) + 1


def put_back(store: Store, decision_id: int, by: str, why: str) -> int:
    """Decide for the thresholds and assumptions of an earlier decision again; returns the new decision's number."""
    earlier, assessed = get(store, decision_id), portfolio.newest(store)
    if assessed is None:
        raise AskedWrong("decision_absent")
    return record(store, assessed, earlier.after.thresholds, earlier.assumptions, by, why, decision_id)


def get(store: Store, decision_id: int) -> Decision:
    """The decision under a number; AskedWrong where there is none."""
    row = store.one(_LISTED, decision=decision_id, most=1, skip=0)
    if row is None:
        raise AskedWrong("decision_absent")
    return _made(row)


def history(store: Store, page: int = 1, per_page: int | None = None) -> list[Decision]:
    """The decisions, newest first; one page, or all."""
    rows = store.rows(_LISTED, decision=None, most=per_page, skip=(page - 1) * (per_page or 0))
    return [_made(row) for row in rows]


def how_many(store: Store) -> int:
    """The number of decisions, which is also the number of the newest one."""
    row = store.one("select coalesce(max(decision_id), 0) from decision where true")
    return int(row[0]) if row else 0


def _check_current(store: Store, assessed: Assessed) -> None:
    newest = portfolio.newest(store)
    if newest is None or newest.assessment_id != assessed.assessment_id:
        raise AskedWrong("decision_stale")
    if assessed.policy.hash != versions.in_force(store).hash:
        raise AskedWrong("decision_on_draft")


def _mover(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "customer_name": row["customer_name"],
        "score": None if is_nothing(row["score"]) else int(row["score"]),
        "was": int(row["was"]),
        "now": int(row["now"]),
        "exposure": None if is_nothing(row["exposure"]) else float(row["exposure"]),
    }


def _by_tier(store: Store, assessed: Assessed, thresholds: Sequence[int], a: Assumptions) -> list[dict[str, float]]:
    found = money.by_tier(store, assessed.policy, assessed.assessment_id, thresholds, a).set_index("tier")
    places = range(len(assessed.policy.tier))  # a tier without customers has no row
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
