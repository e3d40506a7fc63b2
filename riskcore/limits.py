"""Credit limits as they are recommended: the changes to today's, how each comes about, and what people decide of them.

Decisions are only added: the newest one of a customer in an assessment counts. Amounts are in the book's currency.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from riskcore import scoring, signing
from riskcore.errors import AskedWrong, Phrase
from riskcore.policy import Policy
from riskcore.policy.models import Strategy
from riskcore.store import Store, paging, sql
from riskcore.text import Words
from riskcore.wording import is_nothing

Choice = Literal["accept", "adjust", "reject"]
Direction = Literal["all", "up", "down"]
MOST = 1e15  # the store keeps amounts below

_BINDING = {"need": "limits.need", "capacity": "limits.capacity", "own_cap": "limits.own_cap"}
_CHOICE = {"accept": "limits.accepted", "adjust": "limits.adjusted", "reject": "limits.rejected"}
_ORDER = "order by abs(difference) desc nulls last, position"
_TERMS = ("need", "capacity", "own_cap")


class Undecided(AskedWrong):
    """A decision that lacks something; `lacking` says all of it, the error's own sentence is the first."""

    def __init__(self, lacking: Sequence[Phrase]) -> None:
        super().__init__("limit_undecided", **lacking[0].slots)
        self.key, self.lacking = lacking[0].key, tuple(lacking)


@dataclass(frozen=True)
class Totals:
    """All limits today and recommended; sums and counts of the changes; `unknown` have no recommendation."""

    today: float
    recommended: float
    up: float
    down: float
    up_count: int
    down_count: int
    changes: int
    decided: int
    unknown: int


@dataclass(frozen=True)
class Working:
    """How a limit comes about: factors in per cent, the part without and with security in whole units.

    `grade` is the code of the grade after rules, None in default. A part is None where it cannot be told.
    """

    grade: str | None
    grade_factor_pct: int
    tier_factor_pct: int
    unsecured: int | None
    secured: int | None

    @property
    def factor_pct(self) -> int:
        """The smaller of the two factors, which counts."""
        return min(self.grade_factor_pct, self.tier_factor_pct)


def changes(
    store: Store,
    assessment_id: int,
    filters: Mapping[str, Any],
    page: int = 1,
    per_page: int | None = None,
) -> pd.DataFrame:
    """Recommended limits that differ from today's, the largest difference first; one page, or all.

    Filters: `direction` (up, down), `tiers` (places), `search` (part of name or id), `undecided`, `customers` (keys).
    Columns: those of the listing, `recommended`, `difference` (NULL where there is no limit today) and what was
    decided: `choice, decided_limit, decided_by, decided_why, decided_at`.
    """
    question = f"{sql('limit_changes')} {_ORDER} limit $most offset $skip"
    return store.ask(question, assessment=assessment_id, **paging(page, per_page), **_filters(filters))


def change_count(store: Store, assessment_id: int, filters: Mapping[str, Any]) -> int:
    """How many changes the filters leave."""
    return change_sums(store, assessment_id, filters)[0]


def change_sums(store: Store, assessment_id: int, filters: Mapping[str, Any]) -> tuple[int, float, float]:
    """How many changes the filters leave, and the sums of their limits today and recommended."""
    sums = "count(*), coalesce(sum(credit_limit), 0)::double, coalesce(sum(recommended), 0)::double"
    row = store.one(f"select {sums} from ({sql('limit_changes')})", assessment=assessment_id, **_filters(filters))
    return (int(row[0]), row[1], row[2]) if row else (0, 0.0, 0.0)


def totals(store: Store, assessment_id: int) -> Totals:
    """What all limits come to."""
    row = store.one("limit_totals", assessment=assessment_id)
    return Totals(*(row or (0.0, 0.0, 0.0, 0.0, 0, 0, 0, 0, 0)))


def of_customer(store: Store, customer_key: int) -> dict[str, Any] | None:
    """A customer's row of the listing with `recommended`, `difference` and the newest decision; None: no such one."""
    frame = store.ask("limit_customer", customer=customer_key)
    if frame.empty:
        return None
    return {str(name): None if name != "tier_limit" and is_nothing(v) else v for name, v in frame.iloc[0].items()}


def working(policy: Policy, row: Mapping[str, Any]) -> Working:
    """How the limit of a row of the listing comes about; see riskcore.strategy for the formula."""
    grades, limit = policy.pd_scale.grade, policy.limit
    rules = scoring.rules_of(policy, int(row["rules"]))
    score = -1 if is_nothing(row["score"]) else int(row["score"])
    place = next((n for n, grade in enumerate(grades) if score >= grade.min_score), len(grades) - 1)
    codes = [grade.code for grade in grades]
    place = max([place, *(codes.index(r.best_grade) for r in rules if r.best_grade)])
    grade = None if any(r.grade_d for r in rules) else codes[place]
    held = grade is None or any(r.limit for r in rules)
    by_grade = 0 if held else limit.grade_factor_pct[codes[place]]
    by_tier = policy.tier[int(row["tier"])].strategy.max_factor_pct
    unsecured = _unsecured(row, min(by_grade, by_tier), limit.step)
    recommended = None if is_nothing(row["recommended"]) else int(row["recommended"])
    if any(r.limit == "none" for r in rules):
        return Working(grade, by_grade, by_tier, 0, 0)
    secured = None if unsecured is None or recommended is None else recommended - unsecured
    return Working(grade, by_grade, by_tier, unsecured, secured)


def _unsecured(row: Mapping[str, Any], factor_pct: int, step: int) -> int | None:
    if factor_pct == 0:
        return 0
    known = [float(row[term]) for term in _TERMS if not is_nothing(row[term])]
    if not known:
        return None
    cents = math.floor(max(min(known), 0.0) * factor_pct + 0.5)  # rounded as the query rounds
    return math.floor(cents / 100 / step) * step


def binding_of(t: Words, binding: Any, recommended: Any = 0) -> str:
    """The term that binds, in words; where none does, that a factor or a rule takes all, or that nothing is known."""
    if is_nothing(binding):
        return t("limits.no_term") if is_nothing(recommended) else t("limits.by_factor")
    return t(_BINDING[binding])


def payment_of(t: Words, strategy: Strategy) -> str:
    """What a customer of a tier pays in advance, in words; empty where nothing."""
    asked = {"pct": strategy.deposit_pct, "days": strategy.terms_days_by_approval}
    if strategy.prepay:
        return t("limits.prepaid_or_deposit", **asked) if strategy.deposit_pct else t("limits.prepaid")
    return t("limits.deposit", **asked) if strategy.deposit_pct else ""


def choice_of(t: Words, choice: Any) -> str:
    """What was decided, in a word; empty where nothing."""
    return "" if is_nothing(choice) else t(_CHOICE[choice])


def decide(
    store: Store,
    assessment_id: int,
    filters: Mapping[str, Any],
    choice: Choice,
    by: str,
    why: str,
    amount: float | None = None,
) -> int:
    """Record one choice for all changes that the filters leave; returns for how many.

    Accepting takes the recommended limit, rejecting keeps today's, adjusting takes `amount`. Nothing is recorded and
    Undecided raised where name, reason or amount are missing; AskedWrong where the book was assessed again since, or
    is assessed under a draft.
    """
    person, reason, lacking = _signed(by, why)
    if choice == "adjust" and (amount is None or not 0 <= amount < MOST):
        lacking.append(Phrase("limits.amount_missing"))
    if lacking:
        raise Undecided(lacking)
    question = (
        "insert into limit_decision select (select coalesce(max(decision_id), 0) from limit_decision) "
        f"+ row_number() over ({_ORDER}), $assessment, customer_key, $choice, credit_limit, recommended, "
        "case $choice when 'accept' then recommended when 'adjust' then $amount else credit_limit end, "
        f"$by, $why, $at from ({sql('limit_changes')})"
    )
    values = {"choice": choice, "amount": amount, "by": person, "why": reason, "at": signing.now()}
    with store.transaction() as cursor:
        _check_current(store, assessment_id)
        values |= {"assessment": assessment_id, **_filters(filters)}
        row = cursor.execute(question, values).fetchone()
    return int(row[0]) if row else 0


def _signed(by: str, why: str) -> tuple[str, str, list[Phrase]]:
    """Name and reason, and what is missing of them."""
    found, lacking = [], []
    for check, text in ((signing.name, by), (signing.reason, why)):
        try:
            found.append(check(text))
        except AskedWrong as error:
            found.append("")
            lacking.append(Phrase(error.key, error.slots))
    return found[0], found[1], lacking


def _check_current(store: Store, assessment_id: int) -> None:
    row = store.one(
        "select assessment_id, draft from assessment join policy using (policy_hash) "
        "order by assessment_id desc limit 1"
    )
    if row is None or row[0] != assessment_id:
        raise AskedWrong("decision_stale")
    if row[1]:
        raise AskedWrong("decision_on_draft")


def _filters(filters: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: filters.get(name) or None for name in ("search", "tiers", "direction", "undecided")}
    found["search"] = str(found["search"]).strip().lower() if found["search"] else None
    return found | {"customers": filters.get("customers")}  # an empty choice of customers is none of them
