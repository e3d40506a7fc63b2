"""Recommended limits against today's, recounted in plain Python, and what people decide of them."""

import math
from datetime import date
from typing import Any

import pandas as pd
import pytest

from riskcore import assessment, limits, policy, portfolio
from riskcore.errors import AskedWrong
from riskcore.limits import Undecided
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests import books

POLICY = policy.load()
WHY = "Agreed in the meeting"
JAN = date(2026, 1, 31)


def rows() -> list[dict[str, Any]]:
    """Customers with and without a limit, sales, a balance sheet or security."""
    found = books.random_rows(300, 11, POLICY)
    for n, row in enumerate(found):
        row["credit_limit"] = [None, 0, 5000 * (n % 60), 90_000.5, 1e6][n % 5]
        row["annual_sales"] = [None, 4e5 * (n % 31), 3e6][n % 3]
        row["net_worth"] = [None, 6e6, -1.0, 1.5e5 * n][n % 4]
        row["secured_amount"] = 20_000.7 if n % 7 == 0 else None
        row["credit_days"] = float(n % 90)
    return found


@pytest.fixture
def store() -> Store:
    made = Store()
    books.take(made, rows(), JAN)
    books.assess(made, POLICY)
    return made


def listing(store: Store) -> list[dict[str, Any]]:
    """The listing's rows with the recommended limit and its difference to today's, in Python."""
    frame = store.ask("select * from listing order by position")
    frame = frame.astype(object).where(frame.notna(), None)
    found = frame.to_dict("records")
    for row in found:
        recommended = store.one("select tier_limit[tier + 1] from listing where position = $p", p=row["position"])
        row["recommended"] = recommended[0] if recommended else None
        today = row["credit_limit"]
        both = row["recommended"] is not None and today is not None
        row["difference"] = row["recommended"] - float(today) if both else None
        row["changes"] = row["recommended"] is not None and row["recommended"] != float(today or 0)
    return found


def test_changes_are_all_that_differ_largest_difference_first(store: Store) -> None:
    expected = [row for row in listing(store) if row["changes"]]
    expected.sort(key=lambda r: (r["difference"] is None, -abs(r["difference"] or 0), r["position"]))
    found = limits.changes(store, 1, {})
    assert found["customer_id"].tolist() == [row["customer_id"] for row in expected]
    assert len(expected) == limits.change_count(store, 1, {}) > 150
    assert sum(row["difference"] is None for row in expected) > 20
    for row, line in zip(expected, found.itertuples(), strict=True):
        assert line.recommended == row["recommended"]
        assert (None if pd.isna(line.difference) else line.difference) == row["difference"]
    pages = [limits.changes(store, 1, {}, page, 70)["customer_id"] for page in (1, 2, 3, 4, 5)]
    assert pd.concat(pages).tolist() == found["customer_id"].tolist()


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        ({"direction": "up"}, lambda r: (r["difference"] or 0) > 0),
        ({"direction": "down"}, lambda r: (r["difference"] or 0) < 0),
        ({"direction": "all", "tiers": [0, 2]}, lambda r: r["tier"] in {0, 2}),
        ({"search": " C01 ", "tiers": None}, lambda r: "c01" in r["search"]),
        ({"search": "'; drop table listing; --"}, lambda r: False),
        ({"customers": [3, 4, 5]}, lambda r: r["customer_key"] in {3, 4, 5}),
        ({"customers": []}, lambda r: False),
    ],
)
def test_filters(store: Store, filters: dict[str, Any], fits: Any) -> None:
    expected = {row["customer_id"] for row in listing(store) if row["changes"] and fits(row)}
    assert set(limits.changes(store, 1, filters)["customer_id"]) == expected
    assert limits.change_count(store, 1, filters) == len(expected)


def test_totals_are_those_of_the_listing_and_of_the_cube(store: Store) -> None:
    every = listing(store)
    differences = [row["difference"] for row in every if row["difference"] is not None]
    found = limits.totals(store, 1)
    assert found.today == pytest.approx(sum(float(row["credit_limit"] or 0) for row in every))
    assert found.recommended == sum(row["recommended"] or 0 for row in every)
    assert found.up == pytest.approx(sum(d for d in differences if d > 0))
    assert found.down == pytest.approx(-sum(d for d in differences if d < 0))
    assert (found.up_count, found.down_count) == (sum(d > 0 for d in differences), sum(d < 0 for d in differences))
    assert (found.changes, found.decided) == (sum(row["changes"] for row in every), 0)
    assert found.unknown == sum(row["recommended"] is None for row in every) > 0
    cube = portfolio.cube(store, 1)
    tiers = store.rows("select score, best, worst, little_known, in_default, tier from listing group by all")
    tier_of = {tuple(cell[:5]): cell[5] for cell in tiers}
    cells = zip(
        *(cube[name].tolist() for name in ("score", "best", "worst", "little_known", "in_default")), strict=True
    )
    places = [tier_of[cell] for cell in cells]
    for name, total in (("tier_limit_up_cents", found.up), ("tier_limit_down_cents", found.down)):
        assert sum(sums[p] for sums, p in zip(cube[name], places, strict=True)) == pytest.approx(100 * total)


def test_how_a_limit_comes_about_adds_up_for_everybody(store: Store) -> None:
    told = 0
    said = dict(store.rows("select customer_key, secured_amount from input where true"))
    for row in listing(store):
        found = limits.working(POLICY, row)
        by_rule = [r for r in POLICY.rule if row["rules"] >> POLICY.rule.index(r) & 1]
        if any(r.limit for r in by_rule) or row["in_default"]:
            assert found.factor_pct == 0 and found.unsecured == 0
        secured = 0 if any(r.limit == "none" for r in by_rule) else math.floor(said[row["customer_key"]] or 0)
        if found.secured is None:
            assert row["recommended"] is None
            continue
        told += 1
        assert found.secured == secured
        assert found.unsecured == row["recommended"] - secured
    assert told > 200


def test_grades_and_factors_of_single_customers() -> None:
    base = {"rules": 0, "need": 3e5, "capacity": None, "own_cap": None, "tier": 0, "score": 760, "recommended": 360_000}
    assert limits.working(POLICY, base) == limits.Working("2", 120, 150, 360_000, 0)
    in_b = base | {"tier": 1, "recommended": 240_500}
    assert limits.working(POLICY, in_b) == limits.Working("2", 120, 80, 240_000, 500)
    unknown = base | {"need": None, "recommended": None}
    assert limits.working(POLICY, unknown) == limits.Working("2", 120, 150, None, None)
    not_scored = base | {"score": None, "tier": 2, "recommended": 7}
    assert limits.working(POLICY, not_scored) == limits.Working("7", 0, 0, 0, 7)
    bit = {r.code: 1 << place for place, r in enumerate(POLICY.rule)}
    assert limits.working(POLICY, base | {"rules": bit["K1"], "recommended": 0}).secured == 0
    assert limits.working(POLICY, base | {"rules": bit["K5"], "recommended": 9}).grade is None
    assert limits.working(POLICY, base | {"rules": bit["S4"], "recommended": 180_000}).grade == "5"


def test_one_customer_with_the_newest_decision(store: Store) -> None:
    key = int(limits.changes(store, 1, {"direction": "up"})["customer_key"].iloc[0])
    before = limits.of_customer(store, key)
    assert before is not None and before["choice"] is None and before["difference"] > 0
    assert before["recommended"] == before["tier_limit"][before["tier"]]
    for choice, amount in (("accept", None), ("adjust", 12_345.67)):
        assert limits.decide(store, 1, {"customers": [key]}, choice, "Ada", WHY, amount) == 1
    after = limits.of_customer(store, key)
    assert after is not None
    assert (after["choice"], after["decided_limit"], after["decided_by"]) == ("adjust", 12_345.67, "Ada")
    assert limits.of_customer(store, 999_999) is None


def test_a_decision_says_what_who_and_why_and_only_the_newest_counts(store: Store) -> None:
    up = {"direction": "up"}
    number = limits.change_count(store, 1, up)
    assert limits.decide(store, 1, up, "accept", "  Ada\nL ", WHY) == number > 10
    found = limits.changes(store, 1, up)
    assert set(found["choice"]) == {"accept"} and set(found["decided_by"]) == {"Ada L"}
    assert found["decided_limit"].tolist() == found["recommended"].tolist()
    assert limits.totals(store, 1).decided == number
    assert limits.change_count(store, 1, up | {"undecided": True}) == 0
    some = [int(key) for key in found["customer_key"].iloc[:3]]
    assert limits.decide(store, 1, {"customers": some}, "reject", "Lin", "Their audit is still open") == 3
    again = limits.changes(store, 1, {"customers": some})
    assert set(again["choice"]) == {"reject"} and again["decided_limit"].tolist() == again["credit_limit"].tolist()
    assert limits.totals(store, 1).decided == number
    assert store.one("select count(*), count(distinct decision_id) from limit_decision") == (number + 3, number + 3)
    assert limits.decide(store, 1, up | {"undecided": True}, "accept", "Ada", WHY) == 0


def test_a_rejected_limit_stays_unknown_where_there_is_none(store: Store) -> None:
    found = limits.changes(store, 1, {})
    key = int(found.loc[found["credit_limit"].isna(), "customer_key"].iloc[0])
    assert limits.decide(store, 1, {"customers": [key]}, "reject", "Ada", WHY) == 1
    assert store.rows("select decided_limit from limit_decision where true") == [(None,)]


@pytest.mark.parametrize(
    ("by", "why", "choice", "amount", "lacking"),
    [
        ("", WHY, "accept", None, ["errors.person_missing"]),
        ("Ada", "  short ", "reject", None, ["errors.reason_missing"]),
        ("", "", "adjust", None, ["errors.person_missing", "errors.reason_missing", "limits.amount_missing"]),
        ("Ada", WHY, "adjust", -1.0, ["limits.amount_missing"]),
        ("Ada", WHY, "adjust", math.nan, ["limits.amount_missing"]),
        ("Ada", WHY, "adjust", math.inf, ["limits.amount_missing"]),
    ],
)
def test_what_is_missing_is_said_and_nothing_recorded(
    store: Store, by: str, why: str, choice: limits.Choice, amount: float | None, lacking: list[str]
) -> None:
    with pytest.raises(Undecided) as refused:
        limits.decide(store, 1, {}, choice, by, why, amount)
    assert [phrase.key for phrase in refused.value.lacking] == lacking
    for lang in LANGUAGES:
        assert Words(lang).error(refused.value) == Words(lang).phrase(refused.value.lacking[0])
    assert store.one("select count(*) from limit_decision where true") == (0,)


def test_a_decision_on_what_was_assessed_again_or_on_a_draft_is_refused(store: Store) -> None:
    books.assess(store, POLICY)
    with pytest.raises(AskedWrong) as refused:
        limits.decide(store, 1, {}, "accept", "Ada", WHY)
    assert refused.value.key == "errors.decision_stale"
    assert limits.decide(store, 2, {"customers": [1, 2, 3]}, "accept", "Ada", WHY) >= 1
    draft = policy.with_thresholds(POLICY, [680, 590])
    with store.transaction() as cursor:
        assessment.run(cursor, draft, draft=True)
    with pytest.raises(AskedWrong) as refused:
        limits.decide(store, 3, {}, "accept", "Ada", WHY)
    assert refused.value.key == "errors.decision_on_draft"
    assert limits.totals(store, 3).decided == 0
