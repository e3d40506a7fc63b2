"""An assessment: what it writes, that it is all or nothing, and that the cube holds the whole book."""

import random
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from riskcore import assessment, portfolio, schema, settings, versions
from riskcore import book as people
from riskcore import policy as policies
from riskcore.store import Store, sql
from tests import books
from tests.reference import tier_of

POLICY = policies.load()
DAY = date(2026, 1, 31)
TABLES = ("policy", "assessment", "score", "bin_count", "cube", "listing")


@pytest.fixture(scope="module")
def book() -> Store:
    store = Store()
    books.take(store, books.random_rows(400, 4, POLICY), DAY)
    books.assess(store, POLICY)
    return store


def contents(store: Store) -> dict[str, list[Any]]:
    return {table: store.rows(f"select * from {table} order by all") for table in TABLES}


def test_each_customer_has_its_score_tier_and_bins(book: Store) -> None:
    rows = book.rows(
        "select s.score, s.best, s.worst, s.tier, known_points from score s join listing using (customer_key)"
    )
    assert len(rows) == 400
    for score, best, worst, tier, known_points in rows:
        assert (best <= tier <= worst) and worst == 2
        assert tier == max("ABC".index(tier_of(score)), best)
        assert 0 <= known_points <= 550
    assert {tier for *_, tier, _ in rows} == {0, 1, 2}
    keys = [key for (key,) in book.rows("select customer_key from score_kept order by rowid")]
    assert keys == sorted(keys)


def test_the_cube_sums_to_the_book_in_every_dimension(book: Store) -> None:
    cells = "score, best, worst, little_known"
    whole = book.rows(
        f"select {cells}, count(*), count(exposure), coalesce(sum(exposure), 0)::double, "
        f"coalesce(sum(past_due), 0)::double from listing group by {cells} order by {cells}"
    )
    for dimension in ("", *schema.SEGMENTS):
        summed = book.rows(
            f"select {cells}, sum(customers)::bigint, sum(with_exposure)::bigint, "
            "sum(exposure_cents)::double / 100, sum(past_due_cents)::double / 100 "
            f"from cube where dimension = $dimension group by {cells} order by {cells}",
            dimension=dimension,
        )
        assert [row[:6] for row in summed] == [row[:6] for row in whole]
        for found, expected in zip(summed, whole, strict=True):
            assert found[6:] == pytest.approx(expected[6:])


def test_a_dimension_names_twelve_values_the_rest_and_those_without(book: Store) -> None:
    for dimension in schema.SEGMENTS:
        values = [value for (value,) in book.rows(f"select {dimension} from listing where true")]
        ranked = sorted(Counter(v for v in values if v).items(), key=lambda item: (-item[1], item[0]))
        expected = {(place, name): n for place, (name, n) in enumerate(ranked[:12])}
        expected[(12, "")] = sum(n for _, n in ranked[12:])
        expected[(-1, "")] = sum(not v for v in values)
        found = book.rows(
            "select place, segment, sum(customers)::bigint from cube where dimension = $dimension group by all",
            dimension=dimension,
        )
        assert {(place, name): n for place, name, n in found} == {key: n for key, n in expected.items() if n}
    assert len(set(book.rows("select region from listing where region is not null"))) > 12


def test_bins_are_read_as_they_were_written() -> None:
    codes = [0, *range(1, schema.REFUSED_BIN + 1), *range(schema.EXPIRED_BINS + 1, schema.EXPIRED_BINS + 7)]
    names = [f"{f.name}_bin" for f in schema.CHARACTERISTICS]
    pick = random.Random(7)
    rows = [[code] * len(names) for code in codes] + [[pick.choice(codes) for _ in names] for _ in range(500)]
    columns = zip(*rows, strict=True)
    store = Store()
    with store.transaction() as cursor:
        cursor.register("bins", pa.table({n: pa.array(c, pa.uint8()) for n, c in zip(names, columns, strict=True)}))
        scored = "null::smallint as score, null::smallint as external_score, 1::utinyint as best, 2::utinyint as worst"
        other = "2::utinyint as tier, 5 as rules, true as little_known, 0.01::decimal(18,2) as exposure"
        cursor.execute(
            f"create temp table sized as select (row_number() over ())::integer as customer_key, {scored}, {other}, * "
            "from bins"
        )
        cursor.execute(sql("score_write"), {"assessment": 3})
        cursor.execute("drop table sized")
    assert [list(row) for row in store.rows(f"select {', '.join(names)} from score order by customer_key")] == rows
    assert store.rows("select distinct assessment_id, best, worst, tier, rules, little_known, exposure from score") == [
        (3, 1, 2, 2, 5, True, Decimal("0.01"))
    ]


def test_an_assessment_replaces_the_segments_of_the_earlier_ones() -> None:
    store = Store()
    books.take(store, books.random_rows(30, 1, POLICY), DAY)
    books.assess(store, POLICY)
    books.assess(store, policies.with_thresholds(POLICY, (800, 500)))
    found = store.rows("select dimension, assessment_id, sum(customers)::bigint from cube group by all order by all")
    assert found == [("", 1, 30), ("", 2, 30), *((dimension, 2, 30) for dimension in sorted(schema.SEGMENTS))]


def test_a_book_grows_by_what_it_keeps_and_not_by_what_it_replaces(tmp_path: Path) -> None:
    store = Store(tmp_path / "book.duckdb")
    books.take(store, books.random_rows(4000, 5, POLICY), DAY)
    sizes = []
    for _ in range(8):
        books.assess(store, POLICY)
        sizes.append((tmp_path / "book.duckdb").stat().st_size)
    store.close()
    blocks = (sizes[-1] - sizes[1]) / 262_144
    assert blocks < 10  # six listings take 14


def test_counts_of_bins_sum_to_the_book(book: Store) -> None:
    for c in POLICY.characteristic:
        found = book.rows(
            "select bin, customers, points from bin_count where characteristic = $name order by bin", name=c.id
        )
        expected = book.rows(f"select {c.id}_bin, count(*) from score group by 1 order by 1")
        assert [(code, customers) for code, customers, _ in found] == expected
        for code, customers, points in found:
            if 1 <= code <= len(c.bins):
                assert points == c.bins[code - 1].points * customers


def test_points_of_the_bins_and_the_base_are_the_score() -> None:
    rows = books.random_rows(60, 8, POLICY)
    store = Store()
    books.take(store, [row | {"credit_score": None} for row in rows], DAY)
    books.assess(store, POLICY)
    [points] = store.one("select sum(points)::bigint from bin_count") or ()
    [scores] = store.one("select sum(score)::bigint from score") or ()
    assert scores == points + 60 * POLICY.base_score


def test_the_listing_stands_by_exposure_and_is_searched_by_name(book: Store) -> None:
    listed = book.rows(
        "select position, customer_id, customer_name, search, exposure, industry from listing order by position"
    )
    exposures = [(-(e if e is not None else -(10**18)), name) for _, name, _, _, e, _ in listed]
    assert exposures == sorted(exposures)
    assert [row[0] for row in listed] == list(range(1, 401))
    assert all(search.startswith(f"{key} {name}".lower()) for _, key, name, search, _, _ in listed)
    assert " " not in {industry for *_, industry in listed}


def test_assessments_stand_side_by_side() -> None:
    store = Store()
    books.take(store, books.random_rows(30, 1, POLICY), DAY)
    first = books.assess(store, POLICY)
    before = store.rows("select * from score order by customer_key")
    other = policies.with_thresholds(POLICY, (800, 500))
    books.take(store, [{"customer_id": "NEW", "customer_name": "New"}], date(2026, 2, 28))
    second = books.assess(store, other)
    assert (first, second) == (1, 2)
    assert store.rows("select * from score where assessment_id = 1 order by customer_key") == before
    found = store.rows("select assessment_id, policy_hash, as_of, customers from assessment order by 1")
    assert found == [(1, POLICY.hash, DAY, 30), (2, other.hash, date(2026, 2, 28), 31)]
    assert store.rows("select count(*) from listing where true") == [(31,)]
    assert versions.kept(store, other.hash)[0] == other
    listed = [(one.assessment_id, one.as_of, one.customers, one.policy) for one in portfolio.assessments(store)]
    assert listed == [(2, date(2026, 2, 28), 31, other), (1, DAY, 30, POLICY)]
    third = books.assess(store, POLICY, as_of=DAY)
    again = store.rows("select * exclude (assessment_id) from score where assessment_id = $n order by 1", n=third)
    assert again == [row[1:] for row in before]


def test_an_assessment_from_what_was_known_by_a_day_sees_no_later_import() -> None:
    store = Store()
    books.take(store, [{"customer_id": "A", "quick_ratio": 0.8}], DAY)
    with store.transaction() as cursor:
        cursor.execute("update import set created_at = timestamp '2026-02-01 09:00:00'")
    books.take(store, [{"customer_id": "A", "quick_ratio": 2.0}, {"customer_id": "B"}], DAY)
    bins = "select quick_ratio_bin from score where assessment_id = $number order by customer_key"
    then = people.assess(store, POLICY, DAY, known_by=date(2026, 2, 1))
    now = people.assess(store, POLICY, DAY)
    assert (store.rows(bins, number=then), store.rows(bins, number=now)) == ([(3,)], [(5,), (0,)])
    known = store.rows("select assessment_id, known_by from assessment order by 1")
    assert known == [(then, date(2026, 2, 1)), (now, None)]
    newest = portfolio.newest(store)
    assert newest and newest.known_by is None


def test_a_failure_leaves_nothing() -> None:
    store = Store()
    books.take(store, books.random_rows(20, 2, POLICY), DAY)
    books.assess(store, POLICY)
    before = contents(store)
    # More money than the cube's cents can hold: the last steps of the assessment break.
    rich = [{"customer_id": f"R{n}", "customer_name": "Rich", "exposure": 9_000_000_000_000_000} for n in range(12)]
    books.take(store, rich, DAY)
    with pytest.raises(Exception, match="Conversion"):
        books.assess(store, policies.with_thresholds(POLICY, (800, 500)))
    assert contents(store) == before
    # The same store goes on.
    books.take(store, [row | {"exposure": 1} for row in rich], DAY)
    assert books.assess(store, POLICY) == 2


def test_an_import_and_its_assessment_are_one() -> None:
    store = Store()
    books.take(store, books.random_rows(5, 2, POLICY), DAY)
    before = contents(store)
    with pytest.raises(ZeroDivisionError), store.transaction() as cursor:
        cursor.execute("insert into customer values (99, 'X')")
        assessment.run(cursor, POLICY)
        raise ZeroDivisionError
    assert contents(store) == before
    assert store.one("select * from customer where customer_id = 'X'") is None


def test_a_customer_without_a_name_goes_by_its_id() -> None:
    store = Store()
    books.take(store, [{"customer_id": "A7", "exposure": 5}], DAY)
    books.assess(store, POLICY)
    assert store.rows("select customer_name, search from listing where true") == [("A7", "a7 a7 ")]


def test_our_own_sales_make_large_exposures_stand_out() -> None:
    store = Store()
    books.take(store, [{"customer_id": "A", "exposure": 101}, {"customer_id": "B", "exposure": 100}], DAY)
    rule = next(place for place, r in enumerate(POLICY.rule) if r.code == "S7")
    fired = "select customer_id, rules >> $rule & 1 from listing order by customer_id"
    books.assess(store, POLICY)
    assert store.rows(fired, rule=rule) == [("A", 0), ("B", 0)]
    with store.transaction() as cursor:
        settings.put(cursor, "own_annual_sales", "1000.0")
    books.assess(store, POLICY)
    assert store.rows(fired, rule=rule) == [("A", 1), ("B", 0)]


def test_one_very_large_amount_is_no_obstacle() -> None:
    store = Store()
    books.take(store, [{"customer_id": "A", "exposure": 9_000_000_000_000_000, "past_due_amount": 5}], DAY)
    books.assess(store, POLICY)
    assert store.rows("select distinct exposure_cents, past_due_cents from cube where true") == [(9 * 10**17, 500)]


def test_an_empty_book_is_assessed() -> None:
    store = Store()
    number = books.assess(store, POLICY, DAY)
    assert store.rows("select assessment_id, customers from assessment where true") == [(number, 0)]
    assert contents(store)["cube"] == contents(store)["listing"] == []
