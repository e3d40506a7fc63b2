"""Ratios of a customer's statements as of a date, and what follows from them."""

from datetime import date, datetime
from typing import Any

import pytest

from riskcore import features, schema
from riskcore import policy as policies
from riskcore.store import Store
from tests import books

POLICY = policies.load()
MISSING, KNOWN, EXPIRED = schema.MISSING, schema.KNOWN, schema.EXPIRED
END_23, END_24 = date(2023, 12, 31), date(2024, 12, 31)
AUGUST = date(2025, 8, 31)
BALANCE = {
    "cash": 120,
    "inventory": 200,
    "prepayments": 50,
    "current_assets": 600,
    "intangibles": 30,
    "goodwill": 20,
    "total_assets": 1000,
    "short_term_borrowings": 100,
    "current_liabilities": 250,
    "total_liabilities": 400,
    "equity": 600,
}
YEAR = {"revenue": 2200, "profit_before_tax": 90, "interest_expense": 30, "operating_cash_flow": 50}
NOW = BALANCE | YEAR
BEFORE = {"total_assets": 1400, "revenue": 2000}


def state(
    store: Store, *rows: dict[str, Any], as_of: date = END_24, customer: str = "A", created: date = END_24
) -> int:
    """Put an import of statements into a book: each row names its period and whatever it says."""
    with store.transaction() as cursor:
        (number,) = cursor.execute("select coalesce(max(import_id), 0) + 1 from import").fetchone() or (1,)
        cursor.execute(
            "insert into import (import_id, kind, file_name, sha256, as_of, whole_book, rows_read, rows_taken, "
            "rows_set_aside, encoding, delimiter, mapping, answers, created_at) "
            "values (?, 'statements', 'f', 'x', ?, false, 1, 1, 0, 'UTF-8', ',', '{}', '{}', ?)",
            [number, as_of, datetime.combine(created, datetime.min.time())],
        )
        cursor.execute(
            "insert into customer select count(*) + 1, $id from customer "
            "having $id not in (select customer_id from customer)",
            {"id": customer},
        )
        [key] = cursor.execute("select customer_key from customer where customer_id = ?", [customer]).fetchone() or (0,)
        first = min(row["period_end"] for row in rows)
        cursor.execute(
            "insert into input_kept (import_id, customer_key, line, customer_name, dated) values (?, ?, 2, ?, ?)",
            [number, key, customer, first],
        )
        for line, row in enumerate(rows, 2):
            names = ", ".join(row)
            marks = ", ".join("?" * len(row))
            cursor.execute(
                f"insert into statement (import_id, line, customer_key, {names}) values (?, ?, ?, {marks})",
                [number, line, key, *row.values()],
            )
    return int(number)


def facts(store: Store, as_of: date = AUGUST, **more: Any) -> dict[str, Any]:
    cursor = store.cursor()
    features.prepare(cursor, POLICY, as_of, **more)
    answer = cursor.execute("select facts.* from facts join customer using (customer_key) where customer_id = 'A'")
    names = [d[0] for d in answer.description]
    row = answer.fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def of(*rows: dict[str, Any], as_of: date = AUGUST) -> dict[str, Any]:
    store = Store()
    state(store, *rows)
    return facts(store, as_of)


def at(day: date, *figures: dict[str, Any], **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"period_end": day}
    for some in figures:
        row |= some
    return row | more


def test_every_ratio_of_a_year_with_the_one_before() -> None:
    found = of(at(END_24, NOW, audit_opinion="unqualified"), at(END_23, BEFORE))
    expected = {
        "quick_ratio": (600 - 200 - 50) / 250,
        "liabilities_to_assets_pct": 40,
        "interest_coverage": (90 + 30) / 30,
        "return_on_assets_pct": 120 / ((1000 + 1400) / 2) * 100,
        "cash_flow_to_current_liabilities_pct": 20,
        "revenue_growth_pct": 10,
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert {found[f"{name}_state"] for name in expected} == {KNOWN}
    assert {found[f"{name}_date"] for name in expected} == {END_24}
    assert (found["net_worth"], found["working_capital"], found["customer_revenue"]) == (550, 350, 2200)
    assert (found["statement_quality"], found["s4"]) == ("audited_12m", False)


def test_a_statement_counts_from_its_period_on_and_expires() -> None:
    store = Store()
    state(store, at(END_24, NOW), at(END_23, BEFORE, total_liabilities=700))
    assert facts(store, date(2024, 12, 30))["liabilities_to_assets_pct"] == 50
    assert facts(store, END_24)["liabilities_to_assets_pct"] == 40
    assert facts(store, date(2023, 12, 30)) == {}
    assert facts(store, date(2026, 6, 30))["quick_ratio_state"] == KNOWN
    assert facts(store, date(2026, 7, 1))["quick_ratio_state"] == EXPIRED


def test_what_was_not_yet_known_changes_nothing() -> None:
    store = Store()
    state(store, at(END_23, NOW), created=date(2024, 5, 1))
    before = facts(store, AUGUST)
    state(store, at(END_24, NOW, current_liabilities=500), created=date(2025, 5, 1))
    assert facts(store, AUGUST, known_by=date(2025, 4, 30)) == before
    assert facts(store, AUGUST)["quick_ratio"] == 0.7


def test_files_of_one_year_merge_and_the_later_value_wins() -> None:
    store = Store()
    state(store, at(END_24, BALANCE))
    state(store, at(END_24, YEAR, total_assets=None))
    assert facts(store)["interest_coverage"] == 4
    assert facts(store)["liabilities_to_assets_pct"] == 40
    state(store, at(END_24, {"total_assets": 800}))
    assert facts(store)["liabilities_to_assets_pct"] == 50
    assert facts(store)["liabilities_to_assets_pct_import"] == 3


def test_undone_imports_are_gone() -> None:
    store = Store()
    state(store, at(END_24, NOW))
    with store.transaction() as cursor:
        cursor.execute("update import set undone_at = now()::timestamp")
    assert facts(store) == {}


@pytest.mark.parametrize(
    ("figures", "coverage", "known"),
    [
        ({"short_term_borrowings": 0, "interest_expense": None}, None, KNOWN),  # no debt
        ({"short_term_borrowings": None, "interest_expense": 0}, None, KNOWN),
        ({"short_term_borrowings": None, "interest_expense": None}, None, MISSING),
        ({"short_term_borrowings": 100, "interest_expense": 0}, None, MISSING),
        ({"short_term_borrowings": 100, "interest_expense": None}, None, MISSING),
        ({"interest_expense": None, "finance_cost": 45}, 3, KNOWN),  # in place of interest
        ({"interest_expense": None, "finance_cost": -5, "short_term_borrowings": None}, None, KNOWN),
        ({"ebit": 60}, 2, KNOWN),
        ({"profit_before_tax": -150}, -4, KNOWN),
        ({"short_term_borrowings": 0}, 4, KNOWN),  # interest on something else
    ],
)
def test_interest_coverage(figures: dict[str, Any], coverage: float | None, known: int) -> None:
    found = of(at(END_24, NOW, figures))
    assert (found["interest_coverage"], found["interest_coverage_state"]) == (coverage, known)


def test_no_debt_yields_to_a_later_list_and_wins_over_an_earlier_one() -> None:
    for day, expected in ((date(2024, 6, 30), None), (date(2025, 3, 31), 1.5)):
        store = Store()
        books.take(store, [{"customer_id": "A", "interest_coverage": 1.5}], day)
        state(store, at(END_24, NOW, short_term_borrowings=0, interest_expense=0))
        found = facts(store)
        assert (found["interest_coverage"], found["interest_coverage_state"]) == (expected, KNOWN)


@pytest.mark.parametrize(
    ("figures", "name", "expected"),
    [
        ({"inventory": None, "prepayments": None, "cash": None}, "quick_ratio", None),
        ({"inventory": None, "prepayments": None}, "quick_ratio", 2.4),  # cash is told, inventory is not: none
        ({"current_liabilities": 0}, "quick_ratio", None),
        ({"total_liabilities": None}, "liabilities_to_assets_pct", 40),
        ({"equity": -100, "total_liabilities": 1100}, "liabilities_to_assets_pct", 110),
        ({"equity": -100}, "net_worth", -150),
        ({"equity": 40}, "net_worth", 0),  # tangible is below zero and equity is not
        ({"equity": None}, "net_worth", 550),
        ({"intangibles": None, "goodwill": None}, "net_worth", 600),
    ],
)
def test_balance_sheet(figures: dict[str, Any], name: str, expected: float | None) -> None:
    assert of(at(END_24, NOW, figures))[name] == expected


def test_prepayments_may_be_quick() -> None:
    store = Store()
    state(store, at(END_24, NOW))
    policy = POLICY.model_copy(update={"ratios": POLICY.ratios.model_copy(update={"quick_without_prepayments": False})})
    cursor = store.cursor()
    features.prepare(cursor, policy, AUGUST)
    assert cursor.execute("select quick_ratio from facts").fetchone() == ((600 - 200) / 250,)


def test_without_the_year_before_there_is_no_growth_and_assets_are_the_closing_ones() -> None:
    found = of(at(END_24, NOW), at(date(2022, 12, 31), BEFORE))
    assert (found["revenue_growth_pct"], found["return_on_assets_pct"]) == (None, 12)
    assert of(at(END_24, NOW), at(END_23, BEFORE, revenue=0))["revenue_growth_pct"] is None


def test_an_interim_statement_gives_its_balance_sheet_only() -> None:
    found = of(at(END_24, NOW), at(date(2025, 6, 30), NOW, current_liabilities=500, revenue=900, profit_before_tax=10))
    assert (found["quick_ratio"], found["quick_ratio_date"]) == (0.7, date(2025, 6, 30))
    assert (found["interest_coverage"], found["interest_coverage_date"]) == (4, END_24)
    assert found["customer_revenue"] == 2200
    assert of(at(date(2025, 6, 30), NOW))["interest_coverage_state"] == MISSING


def test_a_year_may_end_in_another_month() -> None:
    found = of(at(date(2025, 6, 30), NOW), at(date(2024, 6, 30), BEFORE))
    assert (found["interest_coverage"], found["revenue_growth_pct"]) == (4, 10)


def test_of_a_year_without_a_balance_sheet_the_older_one_counts() -> None:
    found = of(at(END_24, YEAR), at(END_23, BALANCE))
    assert (found["quick_ratio"], found["quick_ratio_date"]) == (1.4, END_23)
    assert (found["interest_coverage"], found["interest_coverage_date"]) == (4, END_24)


@pytest.mark.parametrize(
    ("opinion", "as_of", "quality"),
    [
        ("unqualified", date(2025, 12, 31), "audited_12m"),
        ("audited", date(2026, 1, 30), "audited_12m"),
        ("unqualified", date(2026, 1, 31), "audited_18m"),
        ("unqualified", date(2026, 6, 30), "audited_18m"),
        ("unqualified", date(2026, 7, 31), "old_or_tax"),
        ("qualified", AUGUST, "audited_18m"),
        ("qualified", date(2026, 3, 31), "old_or_tax"),
        ("adverse", AUGUST, "unaudited_12m"),
        ("unaudited", AUGUST, "unaudited_12m"),
        (None, AUGUST, "unaudited_12m"),
        (None, date(2026, 3, 31), "old_or_tax"),
        ("tax_return", AUGUST, "old_or_tax"),
    ],
)
def test_quality(opinion: str | None, as_of: date, quality: str) -> None:
    assert of(at(END_24, NOW, audit_opinion=opinion), as_of=as_of)["statement_quality"] == quality


def test_a_better_older_statement_is_not_lost_by_sending_another() -> None:
    audited = at(END_24, NOW, audit_opinion="unqualified")
    assert of(audited, at(date(2025, 6, 30), BALANCE))["statement_quality"] == "audited_12m"


def test_grave_opinions_raise_the_flag_until_another_one_comes() -> None:
    for opinion in ("adverse", "disclaimed", "going_concern"):
        store = Store()
        state(store, at(END_23, NOW, audit_opinion=opinion), at(date(2024, 6, 30), BALANCE))
        assert facts(store)["s4"] is True
        state(store, at(END_24, NOW, audit_opinion="qualified"))
        assert facts(store)["s4"] is False
    assert of(at(END_24, NOW))["s4"] is None


def test_other_currencies_give_ratios_always_and_money_by_a_rate() -> None:
    store = Store()
    number = state(store, at(END_24, NOW, currency="USD"))
    found = facts(store)
    assert (found["quick_ratio"], found["net_worth"], found["customer_revenue"]) == (1.4, None, None)
    with store.transaction() as cursor:
        cursor.execute("insert into rate values (?, 2, 'USD', date '2024-12-01', 7.2)", [number])
    assert (facts(store)["net_worth"], facts(store)["customer_revenue"]) == (3960, 15840)


def test_negative_equity_fires_its_rule() -> None:
    store = Store()
    state(store, at(END_24, NOW, equity=-100, total_liabilities=1100))
    books.assess(store, POLICY, AUGUST)
    [rules] = store.one("select rules from score") or (0,)
    assert "K7" in {POLICY.rule[place].code for place in range(len(POLICY.rule)) if rules >> place & 1}
