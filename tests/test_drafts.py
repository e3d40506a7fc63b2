"""Drafts: kept under an id, told apart by version, and never overwritten unseen; an older book learns to hold them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from riskcore import drafts, money, portfolio, versions
from riskcore import policy as policies
from riskcore.drafts import Draft
from riskcore.errors import AskedWrong
from riskcore.store import SQL, Cursor, Store
from tests import books

POLICY = policies.load()
ASSUMED = replace(money.of_policy(POLICY), margin_pct=12.5, kept_pct=(100.0, 95.0, 70.0))
HOSTILE = "<b>![x](http://other/x.png)</b> '; drop table draft; --"


def saved(store: Store, name: str = "Q1", by: str = "Ada") -> Draft:
    return drafts.save(store, drafts.new(name, "first try", (690, 580), ASSUMED), 0, by)


def refused(store: Store, draft: Draft, seen: int, by: str = "Bo") -> AskedWrong:
    with pytest.raises(AskedWrong) as told:
        drafts.save(store, draft, seen, by)
    return told.value


def test_a_draft_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    store = Store(tmp_path / "book.duckdb")
    first = saved(store, f"  {HOSTILE} ")
    store.close()
    again = Store(tmp_path / "book.duckdb")
    assert drafts.get(again, first.draft_id) == first
    assert (first.name, first.version, first.saved_by) == (HOSTILE, 1, "Ada")
    assert (first.thresholds, first.assumptions) == ((690, 580), ASSUMED)
    second = drafts.save(again, replace(first, thresholds=(700, 610)), 1, "Bo")
    assert (second.version, second.saved_by, second.thresholds) == (2, "Bo", (700, 610))
    assert drafts.listed(again) == [second]
    again.close()


def test_ids_are_short_and_say_nothing() -> None:
    ids = {drafts.new("Q1", "", (700, 600), ASSUMED).draft_id for _ in range(200)}
    assert len(ids) == 200
    assert all(len(i) == 10 and i.isalnum() for i in ids)


def test_of_two_who_save_the_second_is_told_who_and_when_and_nothing_is_overwritten() -> None:
    store = Store()
    seen_by_both = saved(store)
    first = drafts.save(store, replace(seen_by_both, thresholds=(710, 600)), seen_by_both.version, "Ada")
    told = refused(store, replace(seen_by_both, thresholds=(720, 620)), seen_by_both.version)
    assert told.key == "errors.draft_saved_between"
    assert told.slots["by"] == "Ada"
    assert told.slots["when"][:4].isdigit()
    assert drafts.get(store, first.draft_id) == first
    assert drafts.save(store, replace(first, thresholds=(720, 620)), first.version, "Bo").version == 3


def test_two_who_save_at_once_do_not_both_win() -> None:
    store = Store()
    seen = saved(store)

    def attempt(n: int) -> bool:
        try:
            drafts.save(store, replace(seen, thresholds=(700 + n, 600)), seen.version, f"person {n}")
        except AskedWrong:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
    assert drafts.get(store, seen.draft_id).version == 2


def test_a_copy_is_a_draft_of_its_own() -> None:
    store = Store()
    original = saved(store)
    copy = drafts.duplicate(store, original.draft_id, "Q1 again", "Bo")
    assert copy.draft_id != original.draft_id
    assert (copy.thresholds, copy.assumptions, copy.version) == (original.thresholds, original.assumptions, 1)
    drafts.save(store, replace(copy, thresholds=(800, 700)), 1, "Bo")
    assert drafts.get(store, original.draft_id) == original
    assert [d.name for d in drafts.listed(store)] == ["Q1 again", "Q1"]


def test_a_deleted_draft_is_marked_and_not_saved_over() -> None:
    store = Store()
    kept, gone = saved(store, "kept"), saved(store, "gone")
    drafts.delete(store, gone.draft_id, gone.version, "Bo")
    assert drafts.listed(store) == [kept]
    for ask in (lambda: drafts.get(store, gone.draft_id), lambda: drafts.save(store, gone, gone.version, "Ada")):
        with pytest.raises(AskedWrong) as told:
            ask()
        assert (told.value.key, told.value.slots["by"]) == ("errors.draft_deleted", "Bo")
    assert store.rows("select name, thresholds from draft where deleted_by = 'Bo'") == [("gone", [690, 580])]


def test_what_somebody_saved_is_not_deleted_unseen() -> None:
    store = Store()
    seen = saved(store)
    newer = drafts.save(store, replace(seen, thresholds=(710, 600)), 1, "Ada")
    with pytest.raises(AskedWrong) as told:
        drafts.delete(store, seen.draft_id, seen.version, "Bo")
    assert told.value.key == "errors.draft_saved_between"
    assert drafts.listed(store) == [newer]


@pytest.mark.parametrize("draft_id", ["", "0", "no such", "' or true --", "9" * 5000])
def test_an_id_that_names_no_draft_is_a_sentence(draft_id: str) -> None:
    with pytest.raises(AskedWrong) as told:
        drafts.get(Store(), draft_id)
    assert told.value.key == "errors.draft_absent"


@pytest.mark.parametrize(
    ("name", "note", "by", "key"),
    [
        (" ", "", "Ada", "draft_name_missing"),
        ("x" * 61, "", "Ada", "draft_name_missing"),
        ("Q1", "x" * 501, "Ada", "draft_note_long"),
        ("Q1", "", "\n", "person_missing"),
        ("Q1", "", "x" * 61, "person_missing"),
    ],
)
def test_a_draft_needs_a_name_and_a_person(name: str, note: str, by: str, key: str) -> None:
    store = Store()
    told = refused(store, drafts.new(name, note, (700, 600), ASSUMED), 0, by)
    assert told.key == f"errors.{key}"
    assert drafts.listed(store) == []


def test_the_flow_between_two_drafts_counts_every_customer_once() -> None:
    store = Store()
    books.take(store, books.random_rows(300, 11, POLICY), date(2026, 1, 31))
    number = books.assess(store, POLICY)
    found = drafts.flow(store, number, (690, 580), (720, 610))

    def tier(score: int | None, best: int, worst: int, starts: tuple[int, int]) -> int:
        place = 2 if score is None else 0 if score >= starts[0] else 1 if score >= starts[1] else 2
        return min(max(place, best), worst)

    expected: dict[tuple[int, int], list[float]] = {}
    for score, best, worst, exposure in store.rows("select score, best, worst, exposure from listing where true"):
        pair = tier(score, best, worst, (690, 580)), tier(score, best, worst, (720, 610))
        cell = expected.setdefault(pair, [0, 0.0])
        cell[0] += 1
        cell[1] += float(exposure or 0)
    rows = {(r.was, r.now): [r.customers, r.exposure] for r in found.itertuples()}
    assert {pair: n for pair, (n, _) in rows.items()} == {pair: n for pair, (n, _) in expected.items()}
    assert all(rows[pair][1] == pytest.approx(expected[pair][1]) for pair in expected)
    moved = portfolio.movers(store, (720, 610), (690, 580))
    assert sum(n for (was, now), (n, _) in rows.items() if was != now) == len(moved) > 0


def as_first_made(path: Path) -> Cursor:
    """A book as the first migration alone makes it, with two policies, the newer one a draft."""
    book = duckdb.connect(str(path))
    book.execute("create table migration (number integer primary key, name varchar)")
    book.execute((SQL / "migrations" / "0001_book.sql").read_text("utf-8"))
    book.execute("insert into migration values (1, '0001_book')")
    lower = policies.with_thresholds(POLICY, (690, 590))
    for version, policy, draft in ((1, POLICY, False), (2, lower, False), (3, policies.load(), True)):
        key = policy.hash if not draft else "another"
        values = [key, version, draft, policy.canonical(), "Ada", "a reason"]
        book.execute("insert into policy values (?, ?, ?, ?, ?, ?, now()::timestamp)", values)
    return book


def test_a_book_of_the_first_migration_learns_to_hold_drafts_and_a_copy_stays(tmp_path: Path) -> None:
    path = tmp_path / "book.duckdb"
    as_first_made(path).close()
    store = Store(path)
    assert versions.in_force(store).thresholds == (690, 590)  # the newest that is no draft, as before
    assert saved(store) in drafts.listed(store)
    store.close()
    backup = as_opened(tmp_path / "book.before-0002.duckdb")
    assert backup == [(1, "0001_book")]


def as_opened(path: Path) -> list[tuple[int, str]]:
    with duckdb.connect(str(path), read_only=True) as book:
        return book.execute("select number, name from migration order by number").fetchall()
