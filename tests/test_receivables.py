"""The invoices behind an average, and the measures of collection."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from riskcore import portfolio, receivables
from riskcore.store import Store
from tests.test_features_ledger import DAY, File, Item, days, invoice, measured, take

AVERAGE = (
    invoice(-60, -50, 30_000, document="late"),
    invoice(-60, -70, document="early"),
    invoice(-40, document="owed"),
)


@pytest.fixture
def store() -> Store:
    return Store()


def test_the_invoices_add_up_to_the_average(store: Store) -> None:
    credit = invoice(-20, None, -5_000, document_type="credit_note", document="credit")
    take(store, File([*AVERAGE, invoice(5, document="due later"), invoice(-500, -400, document="old"), credit]))
    take(store, File([invoice(-60, -1, customer=2)]))
    found = receivables.invoices_of(store, 1, DAY)
    average = measured(store)[1]["days_beyond_terms_12m"]
    assert found["contribution"].sum() == pytest.approx(average) == 12
    assert found["weight"].sum() == pytest.approx(1)
    assert list(found["document"][:3]) == ["owed", "late", "early"]
    rows = found.set_index("document").astype(object)
    assert list(rows.loc["late", ["days_beyond_terms", "weight", "contribution"]]) == [10, 0.6, 6]
    assert list(rows.loc["owed", ["days_beyond_terms", "contribution", "is_open"]]) == [40, 8, True]
    assert list(rows.loc["early", ["amount", "file_name", "sheet", "line"]]) == [100, "1.csv", "", 3]
    assert rows.loc["due later", ["days_beyond_terms", "weight"]].isna().all()
    assert rows.loc[["old", "credit"], "weight"].isna().all()
    assert len(found) == 6


def test_invoices_on_a_past_date_and_day_of_knowledge(store: Store) -> None:
    take(store, File(AVERAGE))
    take(store, File([invoice(-45, -44, document="came later")], taken_on=days(3)))
    before = receivables.invoices_of(store, 1, days(-55), days(2)).set_index("document")
    assert set(before.index) == {"late", "early", "owed"}
    assert before.loc["late", "is_open"] and before.loc["late", "days_beyond_terms"] == 5
    assert pd.isna(before.loc["owed", "days_beyond_terms"])
    assert len(receivables.invoices_of(store, 1, DAY)) == 4


def test_a_day_that_lists_gave_is_told(store: Store) -> None:
    gone = Item("gone", days(-99), days(-45))
    take(store, File([gone], days(-60), "open_items"), File([replace(gone, document="x")], days(-30), "open_items"))
    found = receivables.invoices_of(store, 1, DAY).set_index("document")
    assert found.loc["gone", "is_inferred"] and found.loc["gone", "paid_date"].date() == days(-45)
    assert not found.loc["x", "is_inferred"]


def test_measures_of_a_book(store: Store) -> None:
    take(
        store,
        File(
            [
                Item("before", date(2025, 3, 1), date(2025, 3, 31), date(2025, 5, 30), 100_000),
                Item("paid", date(2025, 9, 1), date(2025, 10, 1), date(2025, 10, 11), 300_000),
                Item("overdue", date(2026, 1, 10), date(2026, 2, 9), None, 50_000),
                Item("current", date(2026, 3, 20), date(2026, 4, 19), None, 150_000, customer=2),
                Item("credit", date(2026, 1, 12), date(2026, 2, 9), None, -10_000, "credit_note"),
            ]
        ),
    )
    found = receivables.measures(store, DAY)
    assert found is not None
    assert (found.day, found.currency, found.items_without_rate) == (DAY, "CNY", 0)
    assert (found.receivables, found.not_past_due, found.sales) == (1900, 1500, 4900)
    assert found.days_sales_outstanding == pytest.approx(1900 / 4900 * 365)
    assert found.best_possible_days == pytest.approx(1500 / 4900 * 365)
    assert found.average_days_delinquent == pytest.approx(400 / 4900 * 365)
    assert found.cei_pct == pytest.approx((1000 + 4900 - 1900) / (1000 + 4900 - 1500) * 100)
    assert found.count_back_days == pytest.approx(31 + 28 + 31)  # 1,500 of March, none of February, 400 of January
    assert found.terms_days == 30
    assert found.days_to_pay == pytest.approx((90 * 1000 + 40 * 3000) / 4000)
    filled = {(b.from_day, b.to_day): (b.items, b.gross, b.net) for b in found.buckets if b.items}
    assert filled == {(0, 0): (1, 1500, 1500), (31, 60): (2, 500, 400)}
    assert len(found.buckets) == 8
    one = receivables.measures(store, DAY, customer_key=2)
    assert one is not None and (one.receivables, one.sales, one.days_to_pay) == (1500, 1500, None)


def test_every_day_past_due_has_its_bucket(store: Store) -> None:
    edges = {0: 0, 1: 1, 30: 1, 31: 31, 60: 31, 61: 61, 90: 61, 91: 91, 180: 91, 181: 181, 365: 181, 366: 366}
    for late, start in edges.items():
        book = Store()
        take(book, File([invoice(-late)]))
        found = receivables.measures(book, DAY)
        assert found is not None and [b.from_day for b in found.buckets if b.items] == [start]
        book.close()
    take(store, File([replace(invoice(0), due_date=None)]))
    unknown = receivables.measures(store, DAY)
    assert unknown is not None and [b.items for b in unknown.buckets] == [0] * 7 + [1]


def test_a_list_alone_has_balances_but_no_days(store: Store) -> None:
    take(store, File([invoice(-10)], kind="open_items"))
    found = receivables.measures(store, DAY)
    assert found is not None and found.receivables == 100
    days_known = (found.sales, found.days_sales_outstanding, found.count_back_days, found.cei_pct, found.terms_days)
    assert days_known == (None,) * 5
    assert receivables.measures(store, days(-1)) is None
    assert receivables.invoices_of(store, 1, days(-1)).empty


def test_currencies_without_a_rate_are_named_and_left_out(store: Store) -> None:
    dollars = [invoice(-10, currency="USD"), invoice(-40, -20, currency="USD", document="paid")]
    take(store, File([*dollars, invoice(5), invoice(5, currency="EUR")], rates={"EUR": (days(-9), 8.0)}))
    assert portfolio.missing_rates(store, "CNY", DAY)[["currency", "amounts"]].values.tolist() == [["USD", 2]]
    found = receivables.measures(store, DAY)
    assert found is not None and (found.receivables, found.items_without_rate) == (900, 2)
    assert list(portfolio.missing_rates(store, "CNY", days(-10))["currency"]) == ["USD", "EUR"]
