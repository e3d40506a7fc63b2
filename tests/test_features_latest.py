"""The last that was said: read off single rows, grouped, mixed, and in ranges of customers, the same every time."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from riskcore import features, schema
from riskcore import policy as policies
from riskcore.features import latest, live
from riskcore.store import Store
from tests import books
from tests.books import WITHDRAWN
from tests.reference import REFUSED

POLICY = policies.load()
FIRST = date(2024, 1, 31)
LAST = FIRST + timedelta(days=800)
FIELDS = (*latest.PLAIN, *schema.STATED)


def a_value(field: schema.Field, pick: random.Random) -> Any:
    if field in schema.STATED and pick.random() < 0.3:
        return pick.choice([REFUSED, WITHDRAWN, "no_debt"])
    days = timedelta(days=pick.randrange(700))
    values = {"text": f"text {pick.randrange(5)}", "date": FIRST + days, "flag": pick.random() < 0.5}
    return values.get(field.kind, str(pick.randint(1, 5)) if field.kind == "category" else float(pick.randint(1, 900)))


def a_book(seed: int, customers: int, imports: int) -> Store:
    """Imports of random days that name some customers and some fields each; later ones may be older."""
    pick, store = random.Random(seed), Store()
    for _ in range(imports):
        fields = pick.sample(FIELDS, pick.randint(3, 40))
        named = pick.sample(range(customers), pick.randint(1, customers))
        rows = [
            {"customer_id": f"C{n:02}", "customer_name": f"Name {n}"}
            | {f.name: a_value(f, pick) for f in fields if pick.random() < 0.7}
            for n in named
        ]
        books.take(store, rows, FIRST + timedelta(days=pick.randrange(800)), whole_book=pick.random() < 0.2)
    return store


def facts(store: Store, as_of: date, keys: features.Keys | None = None) -> list[tuple[Any, ...]]:
    cursor = store.cursor()
    features.prepare(cursor, POLICY, as_of, keys=keys)
    return cursor.execute("select * from facts order by customer_key").fetchall()


@pytest.mark.parametrize("seed", range(4))
def test_ranges_and_single_customers_have_the_facts_of_all(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = a_book(seed, customers=6, imports=2 + 2 * seed)
    for as_of in (LAST, FIRST + timedelta(days=400)):
        everybody = facts(store, as_of)
        assert [row for key in range(1, 7) for row in facts(store, as_of, (key, key))] == everybody
        with monkeypatch.context() as patch:
            patch.setattr(latest, "_GROUPED_MOST", 2)
            assert facts(store, as_of) == everybody
    assert facts(store, LAST)


@pytest.mark.parametrize("seed", range(4))
def test_a_single_row_says_the_same_read_off_and_grouped(seed: int) -> None:
    store = a_book(seed + 50, customers=15, imports=1)
    cursor = store.cursor()
    live.prepare(cursor, None)
    extent = latest.prepare(cursor, LAST, None)
    assert (extent.often, extent.ranges) == (0, (None,)) and extent.once > 0
    answers = []
    for once, often in ((extent.once, 0), (0, extent.once)):
        part = latest.Extent(extent.filled, once, often, (None,))
        text = latest.query(POLICY, part, None, frozenset({"exposure"}))
        answers.append(cursor.execute(f"select * from ({text}) order by customer_key", {"as_of": LAST}))
        answers[-1] = (cursor.description, cursor.fetchall())
    assert answers[0] == answers[1]


def test_ranges_hold_every_customer_once() -> None:
    store = a_book(3, customers=12, imports=9)
    cursor = store.cursor()
    live.prepare(cursor, None)
    extent = latest.prepare(cursor, LAST, None)
    assert extent.often > 2
    assert extent.filled <= {f.name for f in FIELDS}
    [told] = cursor.execute("select list(customer_key order by customer_key) from told").fetchone() or ()
    for most in (1, 2, 5):
        found = latest.ranges(extent.often, max(told), most)
        assert [key for first, last in found for key in told if first <= key <= last] == told
