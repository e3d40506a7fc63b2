"""How much is known of a book, recounted customer by customer."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from riskcore import coverage
from riskcore import policy as policies
from riskcore.policy import Policy
from riskcore.store import Store
from tests import books
from tests.reference import REFUSED, Expired, score_customer

POLICY = policies.load()
LATE, DAY = date(2024, 1, 31), date(2026, 1, 31)
# Long ago, then on the day: one customer known well, one of old, one who refuses, one known by name alone.
OLD = [
    {"customer_id": "A", "customer_name": "Alpha", "quick_ratio": 2.0, "industry_outlook": "stable"},
    {"customer_id": "B", "customer_name": "Beta", "quick_ratio": 0.6, "days_beyond_terms_12m": 0.0},
]
NEW = [
    {"customer_id": "A", "liabilities_to_assets_pct": 40.0, "external_grade": "N2", "legal_events_24m": 0.0},
    {"customer_id": "C", "customer_name": "Gamma", "quick_ratio": REFUSED, "liabilities_to_assets_pct": REFUSED},
    {"customer_id": "D", "customer_name": "Delta"},
]


def book(*imports: tuple[date, Sequence[Mapping[str, Any]]], policy: Policy = POLICY) -> tuple[Store, int]:
    store = Store()
    for as_of, rows in imports:
        books.take(store, rows, as_of)
    return store, books.assess(store, policy)


@pytest.fixture(scope="module")
def mixed() -> tuple[Store, int]:
    return book((LATE, OLD), (DAY, NEW))


def using(use: str, mode: str = "table") -> Policy:
    data = POLICY.model_dump(mode="json", by_alias=True) | {"missing_mode": mode}
    data["external_score"]["use"] = use
    return Policy.model_validate(data)


def test_shares_by_family_are_of_all_values_of_all_customers(mixed: tuple[Store, int]) -> None:
    store, number = mixed
    shares = coverage.by_family(store, number, POLICY)
    assert [s.family for s in shares] == [f.id for f in POLICY.family]
    values = {f.id: 4 * sum(c.family == f.id for c in POLICY.characteristic) for f in POLICY.family}
    expected = {
        "financial": (1, 2, 2),  # Alpha's liabilities; Gamma's two refusals; the two old quick ratios
        "credit_report": (2, 0, 0),
        "history_payment": (0, 0, 1),
        "industry": (1, 0, 0),  # an outlook never expires
    }
    for share in shares:
        found = [round(n * values[share.family]) for n in (share.known, share.refused, share.expired)]
        assert tuple(found) == expected[share.family]
        assert share.known + share.refused + share.expired + share.missing == pytest.approx(1)


def test_nobody_is_no_share_and_no_file() -> None:
    store = Store()
    number = books.assess(store, POLICY)
    shares = coverage.by_family(store, number, POLICY)
    assert shares == [(f.id, 0, 0, 0, 0) for f in POLICY.family]
    assert coverage.most_useful_file(POLICY, store, number) is None
    assert not coverage.nobody_can_leave_worst(store, number, POLICY)


def test_best_score_takes_the_best_of_what_anybody_knows(mixed: tuple[Store, int]) -> None:
    store, number = mixed
    best = {"liabilities_to_assets_pct": 30.0, "external_grade": "N1", "legal_events_24m": 0.0}
    expected = score_customer(best | {"industry_outlook": "improving"})["score"]
    assert coverage.best_score(POLICY, store, number) == expected


@pytest.mark.parametrize("mode", ["table", "reallocate", "zero"])
def test_best_score_of_a_book_of_ledgers(mode: str) -> None:
    row = {"customer_id": "A", "customer_name": "Alpha", "days_beyond_terms_12m": 80.0, "past_due_over_30_pct": 50.0}
    policy = using("fill", mode)
    store, number = book((DAY, [row]), policy=policy)
    best = {"days_beyond_terms_12m": -1.0, "past_due_over_30_pct": 0.0}
    assert coverage.best_score(policy, store, number) == score_customer(best, mode=mode)["score"]  # type: ignore[arg-type]


def test_an_external_score_allows_the_top_where_it_is_used() -> None:
    row = {"customer_id": "A", "customer_name": "Alpha", "credit_score": 610.0, "quick_ratio": 0.1}
    for use, expected in (
        ("fill", 850),
        ("prefer", 850),
        ("ignore", score_customer({"quick_ratio": 2.0})["score"]),
        ("compare", score_customer({"quick_ratio": 2.0})["score"]),
    ):
        store, number = book((DAY, [row]), policy=using(use))
        assert coverage.best_score(using(use), store, number) == expected


def test_best_score_is_none_where_a_required_value_is_known_of_nobody() -> None:
    data = using("fill", "refuse").model_dump(mode="json", by_alias=True)
    next(c for c in data["characteristic"] if c["id"] == "quick_ratio")["required"] = True
    strict = Policy.model_validate(data)
    store, number = book((DAY, [{"customer_id": "A", "customer_name": "Alpha", "months_trading": 80.0}]), policy=strict)
    assert coverage.best_score(strict, store, number) is None


def test_the_most_useful_file_opens_the_most_points(mixed: tuple[Store, int]) -> None:
    store, number = mixed
    customers = [
        {
            "quick_ratio": Expired(2.0),
            "industry_outlook": "stable",
            **{k: v for k, v in NEW[0].items() if k != "customer_id"},
        },
        {"quick_ratio": Expired(0.6), "days_beyond_terms_12m": Expired(0.0)},
        {"quick_ratio": REFUSED, "liabilities_to_assets_pct": REFUSED},
        {},
    ]
    assert coverage.most_useful_file(POLICY, store, number) == open_points(customers)


def open_points(customers: Sequence[Mapping[str, Any]], **score: Any) -> tuple[str, float]:
    """The file with the most points to win per customer, by the reference."""
    missed = {c.file: 0.0 for c in POLICY.characteristic}
    for values in customers:
        points = score_customer(values, **score)["points"]
        for c in POLICY.characteristic:
            if values.get(c.id) in (None, REFUSED) or isinstance(values[c.id], Expired):
                missed[c.file] += c.max_points - points[c.id]
    file = max(missed, key=missed.__getitem__)
    return file, pytest.approx(missed[file] / len(customers))


def test_what_an_external_score_stands_for_is_not_open() -> None:
    rows = [
        {"customer_id": "A", "customer_name": "Alpha", "credit_score": 850.0},
        {"customer_id": "B", "customer_name": "Beta", "credit_score": 575.0},
    ]
    store, number = book((DAY, rows))
    receivables = sum(c.max_points for c in POLICY.characteristic if c.file == "receivables")
    statements = sum(c.max_points for c in POLICY.characteristic if c.file == "statements")
    assert coverage.most_useful_file(POLICY, store, number) == (
        "statements" if statements >= receivables else "receivables",
        pytest.approx(max(statements, receivables) * (0 + 0.5) / 2),
    )
    store, number = book((DAY, rows), policy=using("ignore"))
    assert coverage.most_useful_file(using("ignore"), store, number) == open_points([{}, {}])


def test_nothing_is_open_where_all_is_known() -> None:
    row = {
        c.id: c.bins[0].value or (c.bins[0].lower if c.bins[0].lower is not None else (c.bins[0].upper or 0) - 1)
        for c in POLICY.characteristic
    }
    store, number = book((DAY, [{"customer_id": "A", "customer_name": "Alpha"} | row]))
    assert coverage.most_useful_file(POLICY, store, number) is None


def test_nobody_leaves_the_worst_tier_while_too_little_is_known() -> None:
    silent = [{"customer_id": name, "customer_name": name, "quick_ratio": 2.0} for name in "AB"]
    known = {"customer_id": "B", "credit_score": 400.0}
    store, number = book((DAY, silent))
    assert coverage.nobody_can_leave_worst(store, number, POLICY)
    store, number = book((DAY, silent), (DAY, [known]))
    assert not coverage.nobody_can_leave_worst(store, number, POLICY)
    # A customer held for something bad is not held for want of knowledge.
    store, number = book((DAY, [row | {"k1": True} for row in silent]))
    assert not coverage.nobody_can_leave_worst(store, number, POLICY)
    draft = policies.rate_on_what_is_known(POLICY)
    store, number = book((DAY, silent), policy=draft)
    assert not coverage.nobody_can_leave_worst(store, number, draft)
