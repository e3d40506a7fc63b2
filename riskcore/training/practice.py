"""Practice: judgements on cases, scored by money and by Brier, and whether they lean to one side.

Money is that of riskcore.money with the outcome known: margin x sales kept - cost of money x exposure - LGD x (exposure
+ share drawn x unused limit) where the case went bad; exposure = sales / 365 x (terms + days late, capped), at most the
limit; sales that the limit does not carry are prepaid, and of those only the worst tier's share stays. Brier: (stated
probability - outcome)^2, 0 the best; Brier, G. W. (1950), Monthly Weather Review 78.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from riskcore import money, signing, versions
from riskcore.errors import AskedWrong
from riskcore.money import Assumptions
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.training import leaning
from riskcore.training.case import Case, good_and_poor, view, worst_family
from riskcore.training.leaning import Bias, Contrast, Stated


@dataclass(frozen=True)
class Judgement:
    """One judgement beside what the score would have done; money in per cent of the case's yearly sales, the limit in
    the case's currency.

    `tier`, `score_tier` are codes of the policy at the time; `worst_tier`, `score_worst_tier` say that they were its
    worst. `family`: the one that had lost most. `good`, `poor`: characteristics with a known value, by its points.
    """

    person: str
    case_id: str
    bad: bool
    family: str | None
    tier: str
    worst_tier: bool
    credit_limit: float
    terms_days: int
    pd: float
    money_pct: float
    score_tier: str
    score_worst_tier: bool
    score_pd: float
    score_limit: float
    score_money_pct: float
    good: tuple[str, ...]
    poor: tuple[str, ...]

    @property
    def brier(self) -> float:
        """The squared distance of the stated probability from what happened."""
        return (self.pd - self.bad) ** 2

    @property
    def score_brier(self) -> float:
        """The same of the score's probability."""
        return (self.score_pd - self.bad) ** 2

    @property
    def is_right(self) -> bool:
        """Whether the worst tier was given to one that went bad, or a better one to one that paid."""
        return self.worst_tier == self.bad


@dataclass(frozen=True)
class Report:
    """Judgements together and beside the score on the same cases; means are None where there are none."""

    cases: int
    brier: float | None
    score_brier: float | None
    money_pct: float | None
    score_money_pct: float | None
    bias: Bias
    score_bias: Bias
    by_characteristic: tuple[Contrast, ...]


def earned(policy: Policy, a: Assumptions, case: Case, limit: float, terms_days: int) -> float:
    """What a limit and terms would have brought in a year, less what was lost; in the case's currency."""
    sales = case.amounts["annual_sales"]
    late = min(max(case.outcome.days_late or 0.0, 0.0), policy.limit.late_days_most)
    needed = sales / 365 * (terms_days + late) if terms_days else 0.0
    exposure = min(limit, needed)
    on_credit = exposure / needed if needed else 0.0
    kept = sales * (on_credit + (1 - on_credit) * a.kept_pct[-1] / 100)
    at_stake = exposure + a.ead_share_pct / 100 * (limit - exposure) if exposure else 0.0
    lost = a.lgd_pct / 100 * at_stake if case.outcome.bad else 0.0
    return a.margin_pct / 100 * kept - a.cost_of_money_pct / 100 * exposure - lost


def judge(
    store: Store, case: Case, by: str, tier: str | None, limit: float | None, terms_days: int | None, pd: float | None
) -> Judgement:
    """Record what a person would decide, with what the policy in force would; `pd` is the probability of going bad.

    AskedWrong, and nothing recorded, where something is missing or the person judged the case before.
    """
    person, policy = signing.name(by), versions.in_force(store)
    codes = [t.code for t in policy.tier]
    if tier not in codes or limit is None or terms_days is None or pd is None:
        raise AskedWrong("judgement_incomplete")
    if not (0 <= limit < 1e15 and 0 <= terms_days <= 365 and 0 <= pd <= 1):
        raise AskedWrong("judgement_incomplete")
    found, a, sales = view(store, policy, case), money.of_book(store, policy), case.amounts["annual_sales"]
    good, poor = good_and_poor(found.explained)
    row: dict[str, Any] = {
        "person": person,
        "case_id": case.case_id,
        "bad": case.outcome.bad,
        "family": worst_family(found.explained),
        "tier": tier,
        "worst_tier": tier == codes[-1],
        "credit_limit": limit,
        "terms_days": terms_days,
        "pd": pd,
        "money_pct": 100 * earned(policy, a, case, limit, terms_days) / sales,
        "score": found.explained.scored["score"],
        "score_tier": codes[found.tier],
        "score_worst_tier": found.tier == len(codes) - 1,
        "score_pd": found.pd_12m,
        "score_limit": found.limit,
        "score_money_pct": 100 * earned(policy, a, case, found.limit, found.terms_days) / sales,
        "good": list(good),
        "poor": list(poor),
        "policy_hash": policy.hash,
        "judged_at": signing.now(),
    }
    with store.transaction() as cursor:
        question = "select 1 from training_judgement where person = ? and case_id = ?"
        if cursor.execute(question, [person, case.case_id]).fetchone():
            raise AskedWrong("judged_already")
        names = ", ".join(row)
        values = ", ".join(f"${name}" for name in row)
        cursor.execute(f"insert into training_judgement ({names}) values ({values})", row)
    return next(one for one in judgements(store, person) if one.case_id == case.case_id)


def judgements(store: Store, person: str | None = None) -> list[Judgement]:
    """The judgements of a person, or of all, oldest first."""
    names = ", ".join(Judgement.__dataclass_fields__)
    question = (
        f"select {names} from training_judgement where $person::varchar is null or person = $person "
        "order by judged_at, case_id"
    )
    rows = store.rows(question, person=person)
    return [Judgement(*row[:-2], *(tuple(marked or ()) for marked in row[-2:])) for row in rows]


def report(given: Sequence[Judgement]) -> Report:
    """What judgements come to."""
    stated = [Stated(j.pd - j.bad, j.bad, j.good, j.poor) for j in given]
    return Report(
        cases=len(given),
        brier=_mean([j.brier for j in given]),
        score_brier=_mean([j.score_brier for j in given]),
        money_pct=_mean([j.money_pct for j in given]),
        score_money_pct=_mean([j.score_money_pct for j in given]),
        bias=leaning.bias(stated),
        score_bias=leaning.bias([Stated(j.score_pd - j.bad, j.bad) for j in given]),
        by_characteristic=tuple(leaning.by_characteristic(stated)),
    )


def _mean(numbers: Sequence[float]) -> float | None:
    return fmean(numbers) if numbers else None
