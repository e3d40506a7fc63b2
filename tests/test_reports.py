"""Lists that leave the program: all rows, in order, with the reader's headings, and harmless in a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from riskcore import book, explanation, ingest, portfolio, scoring, versions
from riskcore.portfolio import Assessed
from riskcore.reports import customers_csv, movers_csv
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from riskcore.wording import NOTHING, reason_of

EN, ZH = Words("en"), Words("zh")
MOVED = (660, 560)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A sample book of 400 customers."""
    path = tmp_path_factory.mktemp("book") / "sample.duckdb"
    book.make_sample(path, 400)
    store = Store(path)
    yield store
    store.close()


@pytest.fixture(scope="module")
def assessed(sample: Store) -> Assessed:
    newest = portfolio.newest(sample)
    assert newest is not None
    return newest


def table(data: bytes) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of a written file."""
    heading, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return heading, rows


def test_movers_are_all_there_largest_exposure_first(sample: Store, assessed: Assessed) -> None:
    policy = assessed.policy
    heading, rows = table(movers_csv(sample, assessed, MOVED, policy.thresholds, "all", EN))
    counts = portfolio.mover_counts(sample, assessed.assessment_id, MOVED, policy.thresholds)
    assert len(rows) == counts["all"] > 25
    assert heading == [
        *("Customer id", "Customer name", "Tier was (A 700, B 600)", "Tier now (A 660, B 560)", "Score"),
        *("Exposure (CNY)", "Past due amount (CNY)", "Credit limit (CNY)", "Industry", "Region", "Salesperson"),
        *("Rules that fire", "Largest loss of points", "Data as of", "Policy version"),
    ]
    exposures = [float(row[5]) for row in rows if row[5]]
    assert exposures == sorted(exposures, reverse=True)
    assert {row[2] for row in rows} | {row[3] for row in rows} <= {"A", "B", "C"}
    assert all(row[2] != row[3] for row in rows)
    assert {tuple(row[-2:]) for row in rows} == {("2026-10-31", policy.hash[:12])}


@pytest.mark.parametrize("direction", ["better", "worse"])
def test_movers_of_one_direction(sample: Store, assessed: Assessed, direction: portfolio.Direction) -> None:
    thresholds = (720, 560)
    _, rows = table(movers_csv(sample, assessed, thresholds, assessed.policy.thresholds, direction, EN))
    counts = portfolio.mover_counts(sample, assessed.assessment_id, thresholds, assessed.policy.thresholds)
    assert len(rows) == counts[direction] > 0
    assert all((row[3] < row[2]) == (direction == "better") for row in rows)


def test_nobody_moved_is_a_line_of_headings(sample: Store, assessed: Assessed) -> None:
    starts = assessed.policy.thresholds
    heading, rows = table(movers_csv(sample, assessed, starts, starts, "all", ZH))
    assert rows == []
    assert heading[0] == "客户编号" and heading[2] == "原等级（A 700, B 600）"


def test_customers_follow_the_filters_and_the_order(sample: Store, assessed: Assessed) -> None:
    filters = {"tiers": [2], "search": "c0001"}
    heading, rows = table(customers_csv(sample, assessed, filters, "score_low", EN))
    listed = portfolio.customers(sample, filters, "score_low")
    assert [row[0] for row in rows] == listed["customer_id"].tolist()
    assert len(rows) > 5 and {row[heading.index("Tier")] for row in rows} == {"C"}
    scores = [int(row[heading.index("Score")]) for row in rows]
    assert scores == sorted(scores) == listed["score"].tolist()


def test_rules_are_codes_and_the_reason_is_that_of_the_customers_page(sample: Store, assessed: Assessed) -> None:
    heading, rows = table(customers_csv(sample, assessed, {}, "name", ZH))
    listed = portfolio.customers(sample, {}, "name")
    assert len(rows) == 400
    for row, mask in zip(rows, listed["rules"], strict=True):
        codes = [rule.code for rule in scoring.rules_of(assessed.policy, int(mask))]
        assert row[heading.index("触发的规则")] == " ".join(codes)
    for row, key in list(zip(rows, listed["customer_key"], strict=True))[::17]:
        found = explanation.explain(sample, assessed.policy, assessed.as_of, int(key))
        assert found is not None
        said = [
            reason_of(ZH, line.characteristic, int(found.scored[f"{line.characteristic.id}_state"]), line.value)
            for line in found.reasons(1)
        ]
        assert row[heading.index("失分最多")] == (said[0] if said else NOTHING)


def test_headings_are_told_apart_in_both_languages(sample: Store, assessed: Assessed) -> None:
    for lang in LANGUAGES:
        heading, _ = table(customers_csv(sample, assessed, {}, "exposure", Words(lang)))
        assert len(set(heading)) == len(heading)


def test_foreign_names_do_not_act_and_unknown_amounts_are_empty(tmp_path: Path) -> None:
    rows = 'C1,"=HYPERLINK(""http://a.b"")",700\n=1+1,<script>,640\nC3,-5,500\n'
    upload = ingest.read(f"customer_id,customer_name,credit_score\n{rows}".encode(), "names.csv")
    store = Store(tmp_path / "own.duckdb")
    policy = versions.in_force(store)
    matches = ingest.propose(upload, policy, {})
    checked = ingest.check(upload, matches, {}, policy, store)
    book.take_in(store, upload, checked, matches, {}, policy.in_force, whole_book=False)
    newest = portfolio.newest(store)
    assert newest is not None
    heading, written = table(customers_csv(store, newest, {}, "score_high", EN))
    assert [row[:2] for row in written] == [
        ["C1", '\'=HYPERLINK("http://a.b")'],
        ["'=1+1", "<script>"],
        ["C3", "-5"],
    ]
    assert {row[heading.index("Exposure (CNY)")] for row in written} == {""}
    store.close()
