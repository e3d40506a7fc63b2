"""Places on public lists and watch lists, as of any date."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from riskcore import features
from riskcore import policy as policies
from riskcore.store import Store
from tests import books

POLICY = policies.load()
JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
ALPHA = {"customer_id": "A", "customer_name": "上海甲 （贸易）有限公司", "reg_no": "91310000MA1FL0000X"}
BETA = {"customer_id": "B", "customer_name": "Beta Trading Co., Ltd."}


def book() -> Store:
    store = Store()
    books.take(store, [ALPHA, BETA], date(2025, 1, 1))
    return store


def listed(
    store: Store, as_of: date, entries: Sequence[Mapping[str, Any]], flag: str = "k2", whole: bool = True
) -> int:
    """Take a list in and return the import's number."""
    with store.transaction() as cursor:
        [number] = cursor.execute("select max(import_id) + 1 from import").fetchone() or (1,)
        cursor.execute(
            "insert into import (import_id, kind, file_name, sha256, as_of, whole_book, rows_read, rows_taken, "
            "rows_set_aside, encoding, delimiter, mapping, answers, created_at) "
            "values (?, 'watch_list', 'a list', 'x', ?, ?, 1, 1, 0, 'UTF-8', ',', '{}', '{}', now()::timestamp)",
            [number, as_of, whole],
        )
        for line, entry in enumerate(entries, 2):
            row = {"import_id": number, "line": line, "flag": flag} | entry
            cursor.execute(
                f"insert into list_entry ({', '.join(row)}) values ({', '.join(f'${name}' for name in row)})", row
            )
    return int(number)


def flagged(store: Store, as_of: date = MAR, flag: str = "k2", **more: Any) -> set[str]:
    cursor = store.cursor()
    features.prepare(cursor, POLICY, as_of, **more)
    rows = cursor.execute(f"select customer_id from facts join customer using (customer_key) where {flag}").fetchall()
    return {name for (name,) in rows}


@pytest.mark.parametrize(
    ("entry", "who"),
    [
        ({"customer_id": "A"}, {"A"}),
        ({"customer_id": "a"}, set()),
        ({"reg_no": "91310000ma1fl0000x"}, {"A"}),
        ({"reg_no": "９１３１００００MA1FL0000X", "customer_name": "another name"}, {"A"}),
        ({"customer_name": "上海甲(贸易)有限公司"}, {"A"}),
        ({"customer_name": "BETA TRADING CO LTD"}, {"B"}),
        ({"customer_name": "ＢＥＴＡ　Trading Co.,Ltd"}, {"B"}),
        ({"customer_name": "Beta Trading"}, set()),
        ({"customer_name": "上海甲(贸易)有限公司", "reg_no": "91310000MA1FL00011"}, set()),
        ({"customer_name": "上海甲(贸易)有限公司", "reg_no": "12345"}, {"A"}),
        ({"customer_name": "Beta Trading Co., Ltd.", "reg_no": "91310000MA1FL00011"}, {"B"}),
        ({"customer_name": "..."}, set()),
        ({}, set()),
    ],
)
def test_customers_are_known_by_id_number_or_name(entry: Mapping[str, Any], who: set[str]) -> None:
    store = book()
    listed(store, JAN, [entry])
    assert flagged(store) == who


def test_a_place_counts_from_its_day_to_its_end() -> None:
    store = book()
    entry = {"customer_id": "A", "listed_on": date(2025, 6, 1), "removed_on": date(2025, 9, 1)}
    listed(store, JAN, [entry, {"customer_id": "B"}])
    days = (date(2025, 5, 31), date(2025, 6, 1), date(2025, 8, 31), date(2025, 9, 1), JAN)
    assert [flagged(store, day) for day in days] == [set(), {"A"}, {"A"}, set(), {"B"}]


def test_a_newer_whole_list_of_the_same_flag_replaces_the_older() -> None:
    store = book()
    listed(store, JAN, [{"customer_id": "A"}])
    listed(store, JAN, [{"customer_id": "A"}], flag="s3")
    newer = listed(store, FEB, [{"customer_id": "B"}])
    assert flagged(store, JAN) == {"A"}
    assert flagged(store) == {"B"}
    assert flagged(store, flag="s3") == {"A"}
    listed(store, MAR, [{"customer_id": "A"}], whole=False)
    assert flagged(store) == {"A", "B"}
    with store.transaction() as cursor:
        cursor.execute("update import set undone_at = now()::timestamp where import_id = ?", [newer])
    assert flagged(store) == {"A"}
    assert flagged(store, FEB) == {"A"}


def test_a_customer_that_comes_later_is_found() -> None:
    store = book()
    listed(store, JAN, [{"customer_name": "Gamma GmbH"}])
    assert flagged(store) == set()
    books.take(store, [{"customer_id": "G", "customer_name": "GAMMA GmbH"}], FEB)
    assert flagged(store) == {"G"}
    assert flagged(store, keys=(1, 2)) == set()


def test_what_a_list_of_customers_says_stays() -> None:
    store = book()
    books.take(store, [{"customer_id": "B", "k2": True}], FEB)
    listed(store, JAN, [{"customer_id": "A"}])
    assert flagged(store) == {"A", "B"}


def test_a_list_that_was_not_taken_in_by_then_is_not_known() -> None:
    store = book()
    listed(store, JAN, [{"customer_id": "A"}])
    with store.transaction() as cursor:
        cursor.execute("update import set created_at = as_of + interval 1 day")
    assert flagged(store, known_by=JAN) == set()
    assert flagged(store, known_by=FEB) == {"A"}
