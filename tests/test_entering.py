"""One customer entered by hand: read as a file is, scored as it will be, written as an import."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from riskcore import assessment, entering, explanation, portfolio, schema, versions
from riskcore.entering import Entry, Said
from riskcore.errors import AskedWrong
from riskcore.explanation import Explained
from riskcore.policy import load
from riskcore.store import Store
from tests.books import take

POLICY = load()
TODAY = date.today()
BEFORE = TODAY - timedelta(days=30)
TABLES = ("import", "customer", "input", "remark", "assessment", "score")


@pytest.fixture
def store() -> Store:
    opened = Store()
    row = {"customer_id": "C1", "customer_name": "Known", "quick_ratio": 0.6, "months_trading": 40, "k2": False}
    take(opened, [row | {"external_grade": "N3"}, {"customer_id": "C2", "customer_name": "Other"}], BEFORE, True)
    versions.in_force(opened)
    with opened.transaction() as cursor:
        assessment.run(cursor, POLICY)
    return opened


def counts(store: Store) -> list[int]:
    return [row[0] for name in TABLES for row in store.rows(f"select count(*) from {name}")]


def known(value: Any, **more: Any) -> Said:
    return Said(value, schema.KNOWN, **more)


def by_id(found: Explained, name: str) -> explanation.Line:
    return next(line for line in found.lines if line.characteristic.id == name)


def applicant(**said: Said) -> Entry:
    return Entry(None, "NEW-1", {"customer_name": Said("Acme'); drop table score; --"), **said})


@pytest.mark.parametrize(
    ("name", "text", "value", "state"),
    [
        ("quick_ratio", "1.2", Decimal("1.2"), None),
        ("liabilities_to_assets_pct", "６２%", Decimal(62), None),
        ("net_worth", "1.5万元", Decimal(15000), None),
        ("net_worth", "(2,000)", Decimal(-2000), None),
        ("interest_coverage", "no debt", None, schema.KNOWN),
        ("quick_ratio", "拒绝提供", None, schema.REFUSED),
        ("legal_events_24m", "0", Decimal(0), None),
        ("quick_ratio", "n/a", None, None),
    ],
)
def test_what_is_typed_is_read_as_a_file_is(name: str, text: str, value: Any, state: int | None) -> None:
    cell = entering.read(POLICY, name, text)
    assert (cell.value, cell.state, cell.reason) == (value, state, None)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("quick_ratio", "high", "not_a_number"),
        ("legal_events_24m", "-1", "negative"),
        ("years_since_incorporation", "-2", "negative"),
        ("credit_score", "900", "score_off_scale"),
        ("net_worth", "1e16", "too_large"),
        ("quick_ratio", "inf", "not_finite"),
    ],
)
def test_what_cannot_be_used_has_a_reason(name: str, text: str, reason: str) -> None:
    assert entering.read(POLICY, name, text).reason == f"problems.{reason}"


def test_a_preview_writes_nothing_and_says_what_saving_will(store: Store) -> None:
    entry = applicant(
        quick_ratio=known(1.5, day=BEFORE, source="auditor"),
        interest_coverage=Said(state=schema.KNOWN),
        statement_quality=Said(state=schema.REFUSED),
        annual_sales=Said(Decimal(500_000)),
        industry=Said("C"),
        k3=Said(True),
    )
    before = counts(store)
    seen = entering.preview(store, POLICY, entry, entering.day_of(store))
    assert counts(store) == before
    key = entering.save(store, entry, entering.day_of(store), "  Ada  Lin ")
    stored = store.one(
        "select score, tier, rules from score where customer_key = $k order by assessment_id desc", k=key
    )
    assert stored == (seen.scored["score"], seen.scored["tier"], seen.scored["rules"])
    listed = store.one("select tier_limit[tier + 1], binding from listing where customer_key = $k", k=key)
    assert listed == (seen.limit["recommended"], seen.scored["binding"])
    assert [rule.code for rule in seen.rules] == ["K3", "S1", "S2"]
    after = explanation.explain(store, POLICY, TODAY, key)
    assert after is not None
    assert [line.points for line in after.lines] == [line.points for line in seen.lines]
    assert by_id(after, "interest_coverage").points == 25
    assert by_id(after, "statement_quality").is_refused
    line = by_id(after, "quick_ratio")
    assert (line.value, line.known_on) == (1.5, BEFORE)
    assert line.place and line.remark
    assert (line.place.kind, line.place.taken_by, line.remark.source) == ("by_hand", "Ada Lin", "auditor")


def test_an_entry_is_an_import_with_a_row_for_each_date(store: Store) -> None:
    entry = Entry(1, "C1", {"quick_ratio": known(2.0, day=BEFORE), "revenue_growth_pct": known(3.0), "k2": Said(True)})
    entering.save(store, entry, TODAY, "Ada")
    made = portfolio.imports(store).iloc[0]
    assert (made["kind"], made["file_name"], made["taken_by"], made["rows_taken"]) == ("by_hand", "by_hand", "Ada", 2)
    assert not made["whole_book"]
    rows = store.rows("select dated, quick_ratio, revenue_growth_pct, k2 from input where import_id = 2 order by line")
    assert rows == [(BEFORE, 2.0, None, None), (TODAY, None, 3.0, True)]
    assert store.rows("select customer_name from listing order by customer_name") == [("Known",), ("Other",)]


def test_only_what_was_said_changes_and_what_is_taken_back_stays_expired(store: Store) -> None:
    entry = Entry(1, "C1", {"external_grade": Said(state=schema.WITHDRAWN), "quick_ratio": known(0.9)})
    entering.save(store, entry, TODAY, "Ada")
    found = explanation.explain(store, POLICY, TODAY, 1)
    assert found is not None
    assert by_id(found, "external_grade").is_expired
    assert by_id(found, "external_grade").value == "N3"
    assert (by_id(found, "quick_ratio").value, by_id(found, "months_trading").value) == (0.9, 40)


def test_the_past_does_not_know_an_entry(store: Store) -> None:
    entering.save(store, Entry(1, "C1", {"quick_ratio": known(2.0, day=BEFORE)}), TODAY, "Ada")
    yesterday = TODAY - timedelta(days=1)
    store.cursor().execute("update import set created_at = created_at - interval 9 day where import_id = 1")
    then = explanation.explain(store, POLICY, TODAY, 1, known_by=yesterday)
    now = explanation.explain(store, POLICY, BEFORE, 1)
    assert then is not None and now is not None
    assert (by_id(then, "quick_ratio").value, by_id(now, "quick_ratio").value) == (0.6, 2.0)


def test_a_value_older_than_what_is_known_does_not_count(store: Store) -> None:
    older = Entry(
        1, "C1", {"quick_ratio": known(2.0, day=BEFORE - timedelta(days=1)), "revenue_growth_pct": known(5.0)}
    )
    seen = entering.preview(store, POLICY, older, TODAY)
    assert by_id(seen, "quick_ratio").value == 0.6
    assert not entering.counts(seen, "quick_ratio")
    assert entering.counts(seen, "revenue_growth_pct")


def test_a_dispute_marks_the_value_until_a_newer_one_comes(store: Store) -> None:
    entering.save(store, Entry(1, "C1", {"quick_ratio": Said(disputed=True)}), TODAY, "Ada")
    found = explanation.explain(store, POLICY, TODAY, 1)
    assert found is not None
    line = by_id(found, "quick_ratio")
    assert line.value == 0.6 and line.remark and line.remark.disputed
    take(store, [{"customer_id": "C1", "quick_ratio": 0.7}], TODAY)
    found = explanation.explain(store, POLICY, TODAY, 1)
    assert found is not None
    assert (by_id(found, "quick_ratio").value, by_id(found, "quick_ratio").remark) == (0.7, None)


@pytest.mark.parametrize(
    ("entry", "by", "key"),
    [
        (applicant(), " ", "person_missing"),
        (Entry(None, "NEW-1", {"quick_ratio": known(1.0)}), "Ada", "entry_without_name"),
        (Entry(None, "", {"customer_name": Said("A")}), "Ada", "entry_without_id"),
        (Entry(None, "C2", {"customer_name": Said("A")}), "Ada", "entry_id_taken"),
        (Entry(1, "C1", {}), "Ada", "entry_empty"),
    ],
)
def test_what_cannot_be_saved_changes_nothing(store: Store, entry: Entry, by: str, key: str) -> None:
    before = counts(store)
    with pytest.raises(AskedWrong) as refused:
        entering.save(store, entry, TODAY, by)
    assert refused.value.key == f"errors.{key}"
    assert counts(store) == before


def test_a_customer_who_left_the_book_comes_back_by_an_entry(store: Store) -> None:
    take(store, [{"customer_id": "C1"}], TODAY + timedelta(days=1), whole_book=True)
    day = entering.day_of(store)
    assert day == TODAY + timedelta(days=1)
    seen = entering.preview(store, POLICY, Entry(2, "C2", {"quick_ratio": known(1.0)}), day)
    assert by_id(seen, "quick_ratio").value == 1.0


def test_the_first_customer_of_an_empty_book() -> None:
    store = Store()
    assert entering.proposed_id(store) == "NEW-1"
    key = entering.save(store, applicant(credit_score=known(655.0)), TODAY, "Ada")
    assert store.rows("select score from score where customer_key = $k", k=key) == [(655,)]
    assert entering.proposed_id(store) == "NEW-2"


def test_what_is_missing_most_is_what_a_full_value_would_add(store: Store) -> None:
    seen = entering.preview(store, POLICY, applicant(), TODAY)
    ranked = entering.missing_most(POLICY, seen)
    assert [points for _, points in ranked] == sorted((points for _, points in ranked), reverse=True)
    line, points = ranked[0]
    assert points == line.characteristic.max_points - line.points
    filled = entering.preview(store, POLICY, applicant(credit_score=known(850.0)), TODAY)
    assert entering.missing_most(POLICY, filled) == []  # the score stands for all of it
