"""External grades, their change, and days beyond terms from an index of payments."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from riskcore import features, schema
from riskcore import policy as policies
from riskcore.policy import Policy
from riskcore.store import Store
from tests import books

POLICY = policies.load()
TODAY, LISTED = date(2026, 6, 30), date(2026, 3, 1)
Rating = tuple[str, str | None, float | None, date]  # agency, grade, score, report date


def book(*ratings: Rating, **row: Any) -> Store:
    """A book of one customer with these ratings, all of one import; `row` is what a list says of it in between."""
    store = Store()
    books.take(store, [{"customer_id": "A"}], date(2020, 1, 1))
    if row:
        books.take(store, [{"customer_id": "A"} | row], LISTED)
    number = books.take(store, [{"customer_id": "A"}], TODAY)
    rate(store, number, ratings)
    return store


def rate(store: Store, number: int, ratings: Sequence[Rating]) -> None:
    with store.transaction() as cursor:
        for line, (agency, grade, score, day) in enumerate(ratings, 2):
            cursor.execute(
                "insert into rating (import_id, line, customer_key, report_date, agency, grade, score) "
                "values (?, ?, 1, ?, ?, ?, ?)",
                [number, line, day, agency, grade, score],
            )


def facts(store: Store, as_of: date = TODAY, policy: Policy = POLICY, **more: Any) -> dict[str, Any]:
    cursor = store.cursor()
    features.prepare(cursor, policy, as_of, **more)
    answer = cursor.execute("select * from facts")
    names = [d[0] for d in answer.description]
    [row] = answer.fetchall()
    return dict(zip(names, row, strict=True))


def graded(agency: str, grade: str | None, score: float | None = None) -> str | None:
    return facts(book((agency, grade, score, TODAY)))["external_grade"]


@pytest.mark.parametrize(
    ("agency", "grade", "normal"),
    [
        ("Standard & Poor's Ratings Services", "BBB-", "N1"),
        ("S&P", "BB", "N2"),
        ("Fitch Ratings", "B+", "N3"),
        ("Egan-Jones Ratings Company", "B", "N4"),
        ("DBRS", "BBB (low)", "N1"),
        ("DBRS", "BB (low)", "N3"),
        ("惠誉评级", "CCC", "N5"),
        ("Moody's Investors Service", "Baa3", "N1"),
        ("moodys", "Ba2", "N2"),
        ("穆迪", "B1", "N3"),
        ("Moody's", "Caa1", "N5"),
        ("Moody's", "BBB", "N1"),
        ("中诚信国际信用评级有限责任公司", "AAA", "N1"),
        ("联合资信", "AA", "N3"),
        ("大公国际", "AA－", "N4"),
        ("大公国际", "A+", "N5"),
        ("D&B", "3", "N3"),
        ("Creditsafe", "D", "N4"),
        ("Creditsafe", "55", "N2"),
        ("Ｓ＆Ｐ Global Ratings", "aa+", "N1"),
        ("china_issuer", "AA+", "N2"),
        ("A bureau next door", "AAA", None),
        ("S&P", "NR", None),
    ],
)
def test_grades_of_agencies_are_read_through_the_policy_s_table(agency: str, grade: str, normal: str | None) -> None:
    assert graded(agency, grade) == normal


@pytest.mark.parametrize(
    ("agency", "score", "normal"),
    [
        ("D&B", 86, "N1"),
        ("D&B", 50.5, "N3"),
        ("Dun & Bradstreet", 1, "N4"),
        ("D&B", 0, None),
        ("Experian", 76, "N1"),
        ("Coface", 1, "N5"),
        ("科法斯", 11, None),
        ("allianz", 10, "N5"),
    ],
)
def test_scores_fall_in_the_bands_of_the_agency(agency: str, score: float, normal: str | None) -> None:
    assert graded(agency, None, score) == normal


def test_the_newest_of_all_agencies_counts_and_of_one_day_the_worse() -> None:
    store = book(
        ("S&P", "AA", None, date(2026, 1, 10)),
        ("Moody's", "Ba1", None, date(2026, 3, 10)),
        ("Fitch", "B", None, date(2026, 3, 10)),
        ("S&P", "CCC", None, date(2026, 7, 1)),
    )
    assert facts(store)["external_grade"] == "N4"
    assert facts(store)["external_grade_date"] == date(2026, 3, 10)
    assert facts(store, date(2026, 2, 1))["external_grade"] == "N1"
    assert facts(store, date(2026, 7, 1))["external_grade"] == "N5"
    assert facts(store, date(2025, 12, 31))["external_grade"] is None


def test_a_grade_is_out_of_date_after_its_months() -> None:
    store = book(("S&P", "AA", None, date(2025, 6, 30)))
    assert facts(store)["external_grade_state"] == schema.KNOWN
    assert facts(store, date(2026, 7, 1))["external_grade_state"] == schema.EXPIRED


def test_what_is_no_grade_leaves_the_one_before_in_force() -> None:
    store = book(("S&P", "BB", None, date(2026, 1, 1)), ("S&P", "NR", None, date(2026, 2, 1)))
    assert facts(store)["external_grade"] == "N2"


def change(*ratings: Rating) -> float | None:
    return facts(book(*ratings))["external_grade_change_12m"]


def test_the_change_counts_notches_of_the_agency_s_own_letters() -> None:
    now, year_ago = date(2026, 5, 1), date(2025, 5, 1)
    assert change(("S&P", "BB", None, now), ("S&P", "BBB-", None, year_ago)) == -2
    assert change(("Moody's", "A1", None, now), ("Moody's", "A3", None, year_ago)) == 2
    assert change(("联合资信", "AA", None, now), ("联合资信", "AA+", None, year_ago)) == -1
    assert change(("S&P", "AA", None, now), ("S&P", "AA", None, year_ago)) == 0


def test_the_change_counts_normalised_grades_where_there_are_no_letters() -> None:
    assert change(("Experian", None, 30, date(2026, 5, 1)), ("Experian", None, 80, date(2025, 1, 1))) == -2


def test_the_change_needs_the_same_agency_a_year_before() -> None:
    now = ("S&P", "BB", None, date(2026, 5, 1))
    assert change(now) is None
    assert change(now, ("S&P", "AAA", None, date(2025, 5, 2))) is None
    assert change(now, ("Fitch", "AAA", None, date(2025, 1, 1))) is None
    older, old = ("S&P", "AAA", None, date(2024, 1, 1)), ("S&P", "BB+", None, date(2025, 4, 1))
    assert change(now, older, old) == -1


def test_another_table_rates_anew() -> None:
    data = POLICY.model_dump(mode="json", by_alias=True)
    for agency in data["agency"]:
        if agency["id"] == "letters":
            for step in agency["grades"]:
                step["grade"] = "N5"
    store = book(("S&P", "AAA", None, TODAY))
    assert facts(store)["external_grade"] == "N1"
    assert facts(store, policy=Policy.model_validate(data))["external_grade"] == "N5"


def test_only_what_was_taken_in_and_not_undone_counts() -> None:
    store = book(("S&P", "AA", None, date(2026, 1, 1)))
    later = books.take(store, [{"customer_id": "A"}], TODAY)
    rate(store, later, [("S&P", "CCC", None, date(2026, 2, 1))])
    assert facts(store)["external_grade"] == "N5"
    with store.transaction() as cursor:
        cursor.execute("update import set undone_at = now()::timestamp where import_id = ?", [later])
    assert facts(store)["external_grade"] == "N1"


def test_a_grade_of_a_list_yields_to_a_newer_report_and_stands_against_an_older_one() -> None:
    store = book(("S&P", "CCC", None, date(2026, 1, 1)), external_grade="N2")
    assert facts(store)["external_grade"] == "N2"
    assert facts(store, date(2026, 2, 1))["external_grade"] == "N5"


@pytest.mark.parametrize(
    ("index", "days"), [(95, 0), (80, 0), (79, 15), (70, 15), (50, 30), (40, 60), (39, 90), (0, 90)]
)
def test_an_index_of_payments_stands_for_days_beyond_terms(index: float, days: float) -> None:
    assert facts(book(agency_payment_index=index))["bureau_days_beyond_terms"] == days


def test_days_beyond_terms_that_are_told_win_over_the_index() -> None:
    assert facts(book(agency_payment_index=80, bureau_days_beyond_terms=12))["bureau_days_beyond_terms"] == 12
    assert facts(book(agency_payment_index=-1))["bureau_days_beyond_terms"] is None


@pytest.mark.parametrize(
    ("scale", "rule"),
    [
        ({"bands": (), "grades": ()}, "scale_empty"),
        ({"grades": [{"words": ["A"], "grade": "N1"}, {"words": ["a"], "grade": "N2"}]}, "named_twice"),
    ],
)
def test_a_scale_has_bands_or_letters_each_once(scale: dict[str, Any], rule: str) -> None:
    data = POLICY.model_dump(mode="json", by_alias=True)
    data["agency"][0] |= scale
    with pytest.raises(ValidationError) as raised:
        Policy.model_validate(data)
    assert raised.value.errors()[0]["ctx"]["rule"] == rule
