"""Recommended limits against the formula worked by hand for single customers."""

import math
from typing import Any

import pytest

from riskcore import policy as policies
from riskcore import scoring, strategy
from riskcore.store import Store
from tests import books

POLICY = policies.load()
BEST = {c.id: books.inside(max(c.bins, key=lambda b: b.points)) for c in POLICY.characteristic}
EXTRA = ("credit_limit", "annual_sales", "working_capital", "agency_limit")


def limits_of(**facts: Any) -> dict[str, Any]:
    """A customer with the best bin everywhere but for `facts`, through both compiled queries."""
    row = BEST | facts
    table = books.facts([row])
    for name in EXTRA:
        table = table.append_column(name, [[None if row.get(name) is None else float(row[name])]])
    cursor = Store().cursor()
    cursor.register("facts", table)
    cursor.execute(f"create temp table scored as {scoring.compile_query(POLICY)}")
    answer = cursor.execute(strategy.compile_query(POLICY))
    return dict(zip([column[0] for column in answer.description], answer.fetchone() or (), strict=True))


def floor(amount: float, factor_pct: float) -> int:
    return math.floor(round(amount * factor_pct / 100, 2) / 1000) * 1000


def test_need_follows_the_terms_of_each_tier_and_days_late_up_to_fifteen() -> None:
    found = limits_of(annual_sales=12e6, days_beyond_terms_12m=40.0)
    needs = [1e6 * (terms + 15) / 30 * 1.2 for terms in (60, 30)]
    assert found["grade_place"] == 0
    assert found["tier_limit"] == [floor(needs[0], 150), floor(needs[1], 80), 0]
    assert (found["late_days"], found["binding"]) == (15, "need")


@pytest.mark.parametrize(
    ("facts", "term", "amount"),
    [
        ({"net_worth": 5e6}, "capacity", 5e5),
        ({"net_worth": 5e6, "working_capital": 1e6}, "capacity", 2e5),
        ({"net_worth": -5e6, "secured_amount": 1.0}, "capacity", 0),
        ({"agency_limit": 3e5}, "capacity", 3e5),
        ({"net_worth": 5e6, "agency_limit": 1.0}, "capacity", 5e5),
        ({"own_annual_sales": 4e6}, "own_cap", 4e5),
    ],
)
def test_the_smallest_term_binds_and_is_named(facts: dict[str, float], term: str, amount: float) -> None:
    found = limits_of(annual_sales=12e6, days_beyond_terms_12m=0.0, **facts)
    secured = math.floor(facts.get("secured_amount", 0))
    tier = found["tier"]
    assert found["tier_limit"][0] == floor(amount, 150) + secured
    assert found["binding"] == term or tier == 2


def test_what_is_not_known_does_not_bind_and_nothing_known_is_no_limit() -> None:
    assert limits_of(net_worth=5e6)["tier_limit"][:2] == [floor(5e5, 150), floor(5e5, 80)]
    nothing = limits_of()
    assert nothing["tier_limit"] == [None, None, 0]
    assert nothing["binding"] is None


def test_rules_take_the_limit_away_or_leave_the_secured_part() -> None:
    secured = {"annual_sales": 12e6, "secured_amount": 70_500.0}
    assert limits_of(k1=True, **secured)["tier_limit"] == [0, 0, 0]
    assert limits_of(k2=True, **secured)["tier_limit"] == [70_500, 70_500, 70_500]
    in_default = limits_of(k5=True, **secured)
    assert in_default["in_default"] and in_default["tier_limit"] == [70_500, 70_500, 70_500]
    assert limits_of(s4=True, annual_sales=12e6, days_beyond_terms_12m=0.0)["tier_limit"][0] == floor(
        1e6 * 60 / 30 * 1.2, 60
    )


def test_unused_limit_is_never_negative() -> None:
    assert limits_of(credit_limit=100.0, exposure=40.0)["unused_limit"] == 60
    assert limits_of(credit_limit=100.0, exposure=140.0)["unused_limit"] == 0
