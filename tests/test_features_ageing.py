"""Balance and delays from lists of receivables by age, as of any date."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from riskcore import features, schema
from riskcore import policy as policies
from riskcore.store import Store
from tests import books

POLICY = policies.load()
JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
NOT_DUE = (None, None)
Buckets = Mapping[tuple[int | None, int | None], float]


def ageing(
    store: Store,
    as_of: date,
    lists: Mapping[str, Buckets],
    basis: str = "due",
    currency: str | None = None,
    whole: bool = True,
) -> int:
    """Take a list in, per customer its buckets, and return the import's number."""
    number = books.take(store, [{"customer_id": name} for name in lists], as_of, whole)
    with store.transaction() as cursor:
        cursor.execute("update import set kind = 'ageing' where import_id = ?", [number])
        for line, (name, buckets) in enumerate(lists.items(), 2):
            [key] = cursor.execute("select customer_key from customer where customer_id = ?", [name]).fetchone() or ()
            for (first, last), amount in buckets.items():
                cursor.execute(
                    "insert into ageing values (?, ?, ?, ?, ?, ?, ?, ?)",
                    [number, line, key, basis, first, last, amount, currency],
                )
    return number


def facts(store: Store, as_of: date = MAR, name: str = "A", **more: Any) -> dict[str, Any]:
    cursor = store.cursor()
    features.prepare(cursor, POLICY, as_of, **more)
    answer = cursor.execute(
        "select facts.* from facts join customer using (customer_key) where customer_id = ?", [name]
    )
    names = [d[0] for d in answer.description]
    [row] = answer.fetchall()
    return dict(zip(names, row, strict=True))


def of(buckets: Buckets, basis: str = "due", **row: Any) -> dict[str, Any]:
    store = Store()
    books.take(store, [{"customer_id": "A"} | row], JAN)
    ageing(store, JAN, {"A": buckets}, basis)
    return facts(store, JAN)


def money(found: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return found["exposure"], found["past_due"], found["past_due_over_30_pct"]


def test_buckets_of_days_past_due() -> None:
    found = of({NOT_DUE: 500, (1, 30): 100, (31, 60): 250, (61, 90): 150})
    assert money(found) == (1000, 500, 40)
    assert found["ar_balance"] == 1000
    assert found["worst_days_past_due_24m"] == 61
    assert (found["k5"], found["past_due_over_30_pct_date"]) == (False, JAN)


def test_nothing_past_due_says_nothing_of_the_worst_delay() -> None:
    found = of({NOT_DUE: 500})
    assert money(found) == (500, 0, 0)
    assert found["worst_days_past_due_24m_state"] == schema.MISSING


@pytest.mark.parametrize(("beyond", "fires"), [(9.9, False), (10, True), (500, True)])
def test_one_per_cent_more_than_90_days_past_due_is_default(beyond: float, fires: bool) -> None:
    found = of({NOT_DUE: 1000 - beyond, (91, None): beyond})
    assert found["k5"] is fires
    assert found["worst_days_past_due_24m"] == (91 if fires else None)


def test_a_bucket_that_begins_before_91_days_proves_no_default() -> None:
    assert of({NOT_DUE: 500, (61, None): 500})["k5"] is False


def test_a_bucket_across_30_days_leaves_the_share_open() -> None:
    assert money(of({NOT_DUE: 500, (1, 90): 500})) == (1000, 500, None)
    assert money(of({NOT_DUE: 500, (1, 90): 0, (91, None): 500})) == (1000, 500, 50)


def test_credits_lower_the_balance_and_not_the_share() -> None:
    assert money(of({NOT_DUE: 500, (1, 30): -200, (31, 60): 500})) == (800, 300, 50)
    assert money(of({NOT_DUE: -200})) == (-200, 0, None)


def test_days_since_the_invoice_are_shifted_by_the_terms() -> None:
    buckets = {(0, 30): 400, (31, 60): 300, (61, 90): 200, (91, 120): 50, (121, None): 50}
    found = of(buckets, "invoice", credit_days=30.0)
    assert money(found) == (1000, 600, 30)
    assert (found["worst_days_past_due_24m"], found["k5"]) == (91, True)
    # With 45 days the bucket 31 to 60 lies across the due date, and none across the thirtieth day after it.
    assert money(of(buckets, "invoice", credit_days=45.0)) == (1000, None, None)
    assert money(of({(0, 30): 400, (61, 90): 100}, "invoice", credit_days=30.0)) == (500, 100, 20)


def test_without_terms_days_since_the_invoice_say_nothing_of_delays() -> None:
    found = of({(0, 30): 400, (365, None): 100}, "invoice")
    assert money(found) == (500, None, None)
    assert found["worst_days_past_due_24m"] is None
    assert not found["k5"]


def test_the_newest_list_of_the_date_counts_and_the_worst_of_all_lists() -> None:
    store = Store()
    ageing(store, JAN, {"A": {NOT_DUE: 10, (61, 90): 90}})
    ageing(store, MAR, {"A": {NOT_DUE: 70, (1, 30): 30}})
    assert money(facts(store, FEB)) == (100, 90, 90)
    found = facts(store)
    assert money(found) == (100, 30, 0)
    assert found["worst_days_past_due_24m"] == 61
    assert facts(store, date(2028, 2, 1))["worst_days_past_due_24m"] == 1


def test_a_customer_that_the_newest_whole_list_does_not_name_owes_nothing() -> None:
    store = Store()
    ageing(store, JAN, {"A": {(31, 60): 90}, "B": {NOT_DUE: 5}})
    part = ageing(store, FEB, {"B": {NOT_DUE: 6}}, whole=False)
    assert money(facts(store)) == (90, 90, 100)
    ageing(store, MAR, {"B": {NOT_DUE: 7}})
    assert money(facts(store)) == (0, 0, None)
    assert (facts(store)["worst_days_past_due_24m"], facts(store)["k5"]) == (31, False)
    assert money(facts(store, name="B")) == (7, 0, 0)
    with store.transaction() as cursor:
        cursor.execute("update import set undone_at = now()::timestamp where import_id > ?", [part])
    assert money(facts(store)) == (90, 90, 100)


def test_a_newer_balance_of_a_list_of_customers_wins() -> None:
    store = Store()
    ageing(store, JAN, {"A": {NOT_DUE: 100}})
    books.take(store, [{"customer_id": "A", "exposure": 7}], FEB)
    assert facts(store)["exposure"] == 7
    assert facts(store, JAN)["exposure"] == 100


def test_other_currencies_need_a_rate_for_money_and_none_for_shares() -> None:
    store = Store()
    number = ageing(store, JAN, {"A": {NOT_DUE: 50, (31, 60): 50}}, currency="USD")
    assert money(facts(store)) == (None, None, 50)
    with store.transaction() as cursor:
        cursor.execute("insert into rate values (?, 2, 'USD', ?, 7.2)", [number, JAN])
    assert money(facts(store)) == (Decimal(720), Decimal(360), 50)


def test_two_currencies_without_a_rate_say_nothing() -> None:
    store = Store()
    number = ageing(store, JAN, {"A": {NOT_DUE: 50}})
    with store.transaction() as cursor:
        cursor.execute("insert into ageing values (?, 3, 1, 'due', 31, 60, 50, 'USD')", [number])
    assert money(facts(store)) == (None, None, None)


def test_one_customer_asked_for_alone_gets_the_same() -> None:
    store = Store()
    ageing(store, JAN, {"A": {NOT_DUE: 10, (61, 90): 90}, "B": {NOT_DUE: 5}})
    assert facts(store, keys=(1, 1)) == facts(store)
