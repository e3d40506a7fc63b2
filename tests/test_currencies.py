"""Customers in several currencies, from their files to the sums of the book."""

from datetime import date
from decimal import Decimal

import pytest

from riskcore import book, features, ingest, portfolio, versions
from riskcore.store import Store

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
OWN = b"customer_id,currency,exposure,credit_limit\nC1,CNY,1000.10,5000\n"
FOREIGN = b"customer_id,currency,exposure,credit_limit\nU1,USD,100.01,50\nU2,USD,0.33,\nE1,EUR,200.02,70\nC1,,900,\n"


def ready(store: Store, content: bytes, as_of: date, name: str) -> ingest.Prepared:
    [upload] = ingest.open_file(content, name).uploads
    policy = versions.in_force(store)
    asked = ingest.prepare(upload, policy, store, as_of=as_of)
    answers = {q.id: "CNY" if q.id == "book_currency" else "as_is" for q in asked.open_questions}
    return ingest.prepare(upload, policy, store, as_of=as_of, answers=answers).prepared


def take(store: Store, content: bytes, as_of: date, name: str = "customers.csv") -> None:
    book.take_in(store, [ready(store, content, as_of, name)], "A")


def facts(store: Store, as_of: date, name: str = "exposure") -> dict[str, Decimal | None]:
    cursor = store.cursor()
    features.prepare(cursor, versions.in_force(store), as_of)
    rows = cursor.execute(f"select customer_id, {name} from facts join customer using (customer_key)").fetchall()
    return dict(rows)


@pytest.fixture
def store() -> Store:
    return Store()


def test_amounts_wait_for_rates_and_follow_them(store: Store) -> None:
    take(store, OWN, JAN)
    take(store, FOREIGN, JAN, "foreign.csv")
    assert book.currency(store) == "CNY"
    assert facts(store, MAR) == {"C1": 900, "U1": None, "U2": None, "E1": None}
    missing = portfolio.missing_rates(store, "CNY", MAR)
    assert missing[["currency", "amounts"]].values.tolist() == [["USD", 2], ["EUR", 1]]

    take(store, b"currency,rate_date,rate\nUSD,2026-01-31,7.1234\nEUR,2026-01-31,8.0501\n", JAN, "rates.csv")
    january = {
        "C1": Decimal("900.00"),
        "U1": Decimal("712.41"),  # 712.411234
        "U2": Decimal("2.35"),  # 2.350722
        "E1": Decimal("1610.18"),  # 1610.181002
    }
    assert facts(store, JAN) == facts(store, MAR) == january
    assert facts(store, MAR, "credit_limit")["U1"] == Decimal("356.17")
    assert portfolio.missing_rates(store, "CNY", MAR).empty
    [total] = store.one("select sum(exposure) from listing") or ()
    assert total == sum(january.values())

    take(store, b"currency,rate_date,rate\nUSD,2026-03-01,7\n", MAR, "rates.csv")
    assert facts(store, FEB) == january
    assert facts(store, MAR) == january | {"U1": Decimal("700.07"), "U2": Decimal("2.31")}


def test_a_newer_amount_without_a_rate_is_not_an_older_one(store: Store) -> None:
    take(store, OWN, JAN)
    take(store, b"customer_id,exposure (USD)\nC1,5\n", FEB)
    assert facts(store, JAN)["C1"] == Decimal("1000.10")
    assert facts(store, FEB)["C1"] is None
    assert facts(store, FEB, "credit_limit")["C1"] == 5000


def test_of_two_first_files_the_first_one_s_currency_is_the_book_s(store: Store) -> None:
    first = ready(store, b"customer_id,exposure (EUR)\n1,10\n", JAN, "a.csv")
    second = ready(store, b"customer_id,exposure (USD)\n2,20\n", JAN, "b.csv")
    book.take_in(store, [first, second], "A")
    assert book.currency(store) == "EUR"
    assert facts(store, JAN) == {"1": 10, "2": None}
