"""What stands now and asks for somebody, changed or not: above the limit, held by a hard rule, with old statements."""

from dataclasses import dataclass
from datetime import date

from riskcore import scoring
from riskcore.policy import Policy
from riskcore.store import Store


@dataclass(frozen=True)
class Standing:
    """Customers by state. `over_amount`: the exposure above limits, in the book's currency.

    `hard`: code of a hard rule and customers for whom it fires, most first. `old_statements` is None where the policy
    does not say from which age on they are too old; `months` is the lowest of those ages.
    """

    over_limit: int
    over_amount: float
    hard_rules: int
    hard: tuple[tuple[str, int], ...]
    old_statements: int | None
    months: int | None


def standing(store: Store, policy: Policy, day: date) -> Standing:
    """The states of the newest assessment's customers; `policy` is the one that it applied, `day` its own."""
    hard = hard_rules(policy)
    months = statement_months(policy)
    row = store.one("alert_standing", hard_rules=hard, statement_months=months, day=day) or (0, 0.0, 0, 0)
    masks = store.rows("select rules, count(*) from listing where rules & $hard > 0 group by rules", hard=hard)
    counts: dict[str, int] = {}
    for mask, customers in masks:
        for rule in scoring.rules_of(policy, mask & hard):
            counts[rule.code] = counts.get(rule.code, 0) + customers
    known = [age for age in months if age is not None]
    return Standing(
        over_limit=int(row[0]),
        over_amount=float(row[1]),
        hard_rules=int(row[2]),
        hard=tuple(sorted(counts.items(), key=lambda one: -one[1])),
        old_statements=int(row[3]) if known else None,
        months=min(known, default=None),
    )


def hard_rules(policy: Policy) -> int:
    """The bits of the hard rules."""
    return sum(1 << bit for bit, rule in enumerate(policy.rule) if rule.hard)


def statement_months(policy: Policy) -> list[int | None]:
    """By place of the tier, the age in months from which the policy's alerts call statements too old; None: never."""
    rule = next((rule for rule in policy.alert if rule.watches == "statement_age"), None)
    marks = [None if rule is None else rule.mark(tier.code) for tier in policy.tier]
    return [None if mark is None else int(mark) for mark in marks]
