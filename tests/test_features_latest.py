"""The last that was said: joined by customer, grouped, mixed, and in ranges of customers, the same every time."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from riskcore import features, schema
from riskcore import policy as policies
from riskcore.features import conversion, latest, live
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


def rows_of_days_of_their_own(store: Store, seed: int) -> None:
    """Give rows of every other import days of their own, before and after those of other imports."""
    with store.transaction() as cursor:
        cursor.execute(
            "update input_kept set dated = $first::date + (hash(import_id, customer_key, $seed) % 800)::integer "
            "where import_id % 2 = 0 and hash(customer_key, $seed) % 3 > 0",
            {"first": FIRST, "seed": seed},
        )


def facts(store: Store, as_of: date, keys: features.Keys | None = None) -> list[tuple[Any, ...]]:
    cursor = store.cursor()
    features.prepare(cursor, POLICY, as_of, keys=keys)
    return cursor.execute("select * from facts order by customer_key").fetchall()


@pytest.mark.parametrize("seed", range(8))
def test_joined_grouped_and_in_ranges_facts_are_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = a_book(seed, customers=6, imports=1 + seed)
    if seed % 2:
        rows_of_days_of_their_own(store, seed)
    for as_of in (LAST, FIRST + timedelta(days=400)):
        everybody = facts(store, as_of)
        assert [row for key in range(1, 7) for row in facts(store, as_of, (key, key))] == everybody
        for layers_most in (0, 1, 2, 3):
            with monkeypatch.context() as patch:
                patch.setattr(latest, "_LAYERS_MOST", layers_most)
                assert facts(store, as_of) == everybody
                patch.setattr(latest, "_GROUPED_MOST", 2)
                patch.setattr(latest, "_CELLS_MOST", 100)
                assert facts(store, as_of) == everybody
    assert facts(store, LAST)


@pytest.mark.parametrize("seed", range(4))
def test_a_single_row_says_the_same_read_off_and_grouped(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    store = a_book(seed + 50, customers=15, imports=1)
    answers = []
    for layers_most in (6, 0):
        monkeypatch.setattr(latest, "_LAYERS_MOST", layers_most)
        cursor = store.cursor()
        live.prepare(cursor, None)
        extent = latest.prepare(cursor, POLICY, LAST, None)
        conversion.prepare(cursor, POLICY, LAST)
        assert (extent.read_off > 0, extent.grouped > 0) == (layers_most > 0, layers_most == 0)
        text = latest.query(POLICY, extent, None, frozenset({"exposure"}))
        answers.append(cursor.execute(f"select * from ({text}) order by customer_key", {"as_of": LAST}))
        answers[-1] = (cursor.description, cursor.fetchall())
    assert answers[0] == answers[1]


def test_only_customers_with_a_row_outside_the_layers_are_grouped(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    everybody = [{"customer_id": f"C{n}", "customer_name": f"Name {n}", "exposure": n} for n in range(1, 10)]
    books.take(store, everybody, FIRST)
    books.take(store, everybody[:4], FIRST)  # the second layer, together with the next
    books.take(store, everybody[4:8], FIRST + timedelta(days=1))
    books.take(store, [everybody[1], everybody[1]], FIRST)
    cursor = store.cursor()
    for layers_most, grouped in ((6, {2}), (1, {1, 2, 3, 4, 5, 6, 7, 8})):
        monkeypatch.setattr(latest, "_LAYERS_MOST", layers_most)
        live.prepare(cursor, None)
        extent = latest.prepare(cursor, POLICY, LAST, None)
        conversion.prepare(cursor, POLICY, LAST)
        assert {layer.imports for layer in extent.layers} <= {(1,), (2, 3), (4,)}
        told = cursor.execute("select customer_key from told where is_grouped").fetchall()
        assert {key for (key,) in told} == grouped
        assert (extent.read_off, extent.grouped) == (9 - len(grouped), len(grouped))
        assert extent.filled == {"customer_name", "exposure"}


@pytest.mark.parametrize(("last", "parts"), [(1, 1), (12, 5), (7, 7), (3, 9)])
def test_ranges_hold_every_customer_once(last: int, parts: int) -> None:
    found = latest.ranges(last, parts)
    assert [key for first, end in found for key in range(1, last + 1) if first <= key <= end] == [*range(1, last + 1)]
    assert len(found) <= parts
