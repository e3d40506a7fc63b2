"""Lists that leave the program: all rows, in order, with the reader's headings, and harmless in a spreadsheet."""

import csv
import functools
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from riskcore import book, explanation, ingest, limits, money, portfolio, reports, scoring, versions
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
    book.take_in(store, [ingest.Prepared(upload, ingest.CUSTOMERS, matches, {}, checked, policy.in_force)])
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


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def workbook(data: bytes) -> tuple[list[list[Any]], zipfile.ZipFile, ElementTree.Element]:
    """The cells of the first sheet, texts as text and numbers as float, None where empty; the file; the sheet."""
    file = zipfile.ZipFile(io.BytesIO(data))
    sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in sheet.iter(f"{MAIN}row"):
        cells: dict[int, Any] = {}
        for cell in row:
            letters = re.match("[A-Z]+", cell.attrib["r"])
            assert letters is not None
            place = functools.reduce(lambda n, letter: 26 * n + ord(letter) - 64, letters[0], 0) - 1
            value = cell.find(f"{MAIN}v")
            text = "".join(part.text or "" for part in cell.iter(f"{MAIN}t"))
            cells[place] = (
                text if cell.attrib.get("t") == "inlineStr" else float(value.text if value is not None else 0)
            )
        rows.append([cells.get(place) for place in range(max(cells) + 1)])
    return rows, file, sheet


Written = Callable[[Store, Assessed], bytes]
LISTS: dict[str, tuple[Written, Written]] = {
    "movers": (
        lambda s, a: reports.movers_csv(s, a, MOVED, a.policy.thresholds, "better", ZH, bound(a)),
        lambda s, a: reports.movers_xlsx(s, a, MOVED, a.policy.thresholds, "better", ZH, bound(a)),
    ),
    "customers": (
        lambda s, a: reports.customers_csv(s, a, {"tiers": [0]}, "name", EN),
        lambda s, a: reports.customers_xlsx(s, a, {"tiers": [0]}, "name", EN),
    ),
    "limits": (
        lambda s, a: reports.limits_csv(s, a, {"direction": "up"}, EN),
        lambda s, a: reports.limits_xlsx(s, a, {"direction": "up"}, EN),
    ),
    "near": (
        lambda s, a: reports.near_csv(s, a, MOVED, ZH),
        lambda s, a: reports.near_xlsx(s, a, MOVED, ZH),
    ),
}


def bound(assessed: Assessed) -> dict[str, Any]:
    return money.bound(assessed.policy, money.of_policy(assessed.policy))


@pytest.mark.parametrize("name", LISTS)
def test_a_workbook_holds_what_the_csv_holds_in_typed_cells(sample: Store, assessed: Assessed, name: str) -> None:
    as_csv, as_xlsx = LISTS[name]
    heading, rows = table(as_csv(sample, assessed))
    cells, file, sheet = workbook(as_xlsx(sample, assessed))
    assert cells[0] == heading and len(cells) == len(rows) + 1 > 5
    assert len(set(heading)) == len(heading)
    epoch = date(1899, 12, 30)
    for written, row in zip(cells[1:], rows, strict=True):
        assert written[-2:] == [(assessed.as_of - epoch).days, assessed.policy.hash[:12]]
        assert row[-2:] == [assessed.as_of.isoformat(), assessed.policy.hash[:12]]
        for cell, text in zip(written[:-2], row[:-2], strict=True):
            if isinstance(cell, float) and "-" not in text[1:]:
                assert float(text) == pytest.approx(cell)
            elif not isinstance(cell, float):
                assert (cell or "") == text.removeprefix("'")
    pane = next(sheet.iter(f"{MAIN}pane"))
    assert (pane.attrib["ySplit"], pane.attrib["state"]) == ("1", "frozen")
    assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")
    widths = [float(column.attrib["width"]) for column in sheet.iter(f"{MAIN}col")]
    assert len(set(widths)) > 2 and max(widths) < 45
    styles = file.read("xl/styles.xml").decode()
    assert "yyyy\\-mm\\-dd" in styles or "yyyy-mm-dd" in styles


def test_movers_with_money_say_what_changes(sample: Store, assessed: Assessed) -> None:
    policy = assessed.policy
    heading, rows = table(reports.movers_csv(sample, assessed, MOVED, policy.thresholds, "all", EN, bound(assessed)))
    found = portfolio.movers(sample, MOVED, policy.thresholds, bound=bound(assessed))
    limit, worth = (heading.index(f"Change of {what} (CNY)") for what in ("recommended limit", "money a year"))
    assert [float(row[limit]) for row in rows] == found["limit_change"].tolist()
    assert [float(row[worth]) for row in rows] == pytest.approx(found["money_change"].tolist())


def test_limits_with_terms_by_tier_and_what_was_decided(sample: Store, assessed: Assessed) -> None:
    number, up = assessed.assessment_id, {"direction": "up"}
    first, second = limits.changes(sample, number, up, 1, 2)["customer_key"].tolist()
    limits.decide(sample, number, {"customers": [first]}, "adjust", "=Ada", "@home, after the meeting", 5000.5)
    limits.decide(sample, number, {"customers": [second]}, "accept", "Lin", "Agreed in the meeting")
    heading, rows = table(reports.limits_csv(sample, assessed, up, EN))
    lines = [dict(zip(heading, row, strict=True)) for row in rows]
    assert len(lines) == limits.change_count(sample, number, up)
    assert [line["Decision"] for line in lines[:3]] == ["Adjusted", "Accepted", ""]
    assert (lines[0]["Decided by"], lines[0]["Reason"]) == ("'=Ada", "'@home, after the meeting")
    assert [line["Decided limit (CNY)"] for line in lines[:3]] == [
        "5000.5",
        lines[1]["Recommended limit (CNY)"] + ".0",
        "",
    ]
    tiers = {tier.code: tier.strategy for tier in assessed.policy.tier}
    for line in lines:
        strategy = tiers[line["Tier"]]
        assert int(line["Terms by tier (days)"]) == strategy.terms_days
        assert int(line["Review cycle (months)"]) == strategy.review_months
        assert line["Approver"] == strategy.approver.en
        assert line["Bound by"] in {"Need", "Capacity", "Our own cap", "Tier, grade or a rule"}
        assert float(line["Difference (CNY)"]) > 0
    down = table(reports.limits_csv(sample, assessed, {"tiers": [2]}, EN))
    payments = {row[down[0].index("Payment in advance")] for row in down[1]}
    assert payments == {"Prepayment, or 30% deposit, rest in 14 days"}


def test_near_the_line_says_which_and_on_which_side(sample: Store, assessed: Assessed) -> None:
    heading, rows = table(reports.near_csv(sample, assessed, MOVED, EN))
    assert len(rows) == portfolio.near_count(sample, MOVED) > 10
    for row in rows:
        line = dict(zip(heading, row, strict=True))
        code, start = line["Nearest line"].split()
        assert (code, int(start)) in {("A", 660), ("B", 560)}
        assert int(line["Points from the line"]) == int(line["Score"]) - int(start)
        assert line["Side of the line"] == ("below" if int(line["Score"]) < int(start) else "above")


def test_nothing_to_list_is_a_workbook_of_headings(sample: Store, assessed: Assessed) -> None:
    starts = assessed.policy.thresholds
    cells, _, _ = workbook(reports.movers_xlsx(sample, assessed, starts, starts, "all", ZH))
    assert len(cells) == 1 and cells[0][0] == "客户编号"
