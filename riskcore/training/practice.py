"""Practice: judgements on cases, scored by money and by Brier, and whether they lean to one side.

Money is that of riskcore.money with the outcome known: margin x sales kept - cost of money x exposure - LGD x (exposure
+ share drawn x unused limit) where the case went bad; exposure = sales / 365 x (terms + days late, capped), at most the
limit; sales that the limit does not carry are prepaid, and of those only the worst tier's share stays. Brier: (stated
probability - outcome)^2, 0 the best; Brier, G. W. (1950), Monthly Weather Review 78.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, stdev
from typing import Any, Literal

from riskcore import money, signing, versions
from riskcore.errors import AskedWrong
from riskcore.money import Assumptions
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.training.case import Case, view, worst_family

LEAST_CASES = 10  # fewer say nothing of a leaning
Leaning = Literal["few", "unclear", "lenient", "strict"]


@dataclass(frozen=True)
class Judgement:
    """One judgement beside what the score would have done; money in per cent of the case's yearly sales, the limit in
    the case's currency.

    `tier`, `score_tier` are codes of the policy at the time; `worst_tier`, `score_worst_tier` say that they were its
    worst. `family`: the one that had lost most.
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
class Bias:
    """How far stated probabilities lie from what happened, on average, -1 to 1; below 0 is too lenient.

    `low` to `high` is the 95 % interval; all are None, and the leaning is `few`, where there are under 10 cases.
    """

    cases: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    leaning: Leaning = "few"


@dataclass(frozen=True)
class Report:
    """Judgements together and beside the score on the same cases; means are None where there are none.

    `by_family`: by the family that had lost most in a case, its cases, the mean difference, and the leaning.
    """

    cases: int
    brier: float | None
    score_brier: float | None
    money_pct: float | None
    score_money_pct: float | None
    bias: Bias
    score_bias: Bias
    by_family: tuple[tuple[str, float, Bias], ...]


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
    return [Judgement(*row) for row in store.rows(question, person=person)]


def report(given: Sequence[Judgement]) -> Report:
    """What judgements come to."""
    stated = [(j.family, j.pd - j.bad, j.bad) for j in given]
    families = dict.fromkeys(family for family, _, _ in stated if family)
    return Report(
        cases=len(given),
        brier=_mean([j.brier for j in given]),
        score_brier=_mean([j.score_brier for j in given]),
        money_pct=_mean([j.money_pct for j in given]),
        score_money_pct=_mean([j.score_money_pct for j in given]),
        bias=bias([(difference, bad) for _, difference, bad in stated]),
        score_bias=bias([(j.score_pd - j.bad, j.bad) for j in given]),
        by_family=tuple(_of_family(family, stated) for family in families),
    )


def bias(differences: Sequence[tuple[float, bool]]) -> Bias:
    """The leaning of stated less happened, each with whether the case went bad; t interval of the mean.

    The spread is at least that of outcomes at their smoothed rate (Agresti and Coull), so that ten good cases in a row
    prove nothing.
    """
    n = len(differences)
    if n < LEAST_CASES:
        return Bias(n)
    mean = fmean(difference for difference, _ in differences)
    rate = (sum(bad for _, bad in differences) + 2) / (n + 4)
    spread = max(stdev(difference for difference, _ in differences), math.sqrt(rate * (1 - rate)))
    half = _t(n - 1) * spread / math.sqrt(n)
    leaning: Leaning = "lenient" if mean + half < 0 else "strict" if mean - half > 0 else "unclear"
    return Bias(n, mean, mean - half, mean + half, leaning)


def _of_family(family: str, stated: Sequence[tuple[str | None, float, bool]]) -> tuple[str, float, Bias]:
    own = [(difference, bad) for of, difference, bad in stated if of == family]
    return family, fmean(difference for difference, _ in own), bias(own)


def _mean(numbers: Sequence[float]) -> float | None:
    return fmean(numbers) if numbers else None


def _t(freedom: int) -> float:
    """The 97.5 % quantile of Student's t, by the first terms of its expansion about the normal one."""
    z = NormalDist().inv_cdf(0.975)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
