"""From what imports said to the facts of a date."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from riskcore import features, schema
from riskcore import policy as policies
from riskcore.store import Store
from tests import books
from tests.books import WITHDRAWN
from tests.reference import REFUSED

POLICY = policies.load()
JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
MISSING, KNOWN, EXPIRED = schema.MISSING, schema.KNOWN, schema.EXPIRED
ONE = {"customer_id": "A", "customer_name": "Alpha"}


def facts(store: Store, as_of: date, **more: Any) -> dict[str, dict[str, Any]]:
    """The facts of a date, by customer id."""
    cursor = store.cursor()
    features.prepare(cursor, POLICY, as_of, **more)
    answer = cursor.execute("select customer_id, facts.* from facts join customer using (customer_key)")
    names = [d[0] for d in answer.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in answer.fetchall()}


def one(*imports: tuple[date, Mapping[str, Any]], as_of: date = MAR, **more: Any) -> dict[str, Any]:
    """The facts of a customer, of whom each import says something."""
    store = Store()
    for day, row in imports:
        books.take(store, [ONE | row], day)
    return facts(store, as_of, **more)["A"]


def said(found: Mapping[str, Any], name: str) -> tuple[Any, int]:
    return found[name], found[f"{name}_state"]


def test_an_import_after_the_date_changes_nothing() -> None:
    store = Store()
    books.take(store, [ONE | {"quick_ratio": 0.8, "exposure": 100}], JAN)
    before = facts(store, FEB)
    books.take(store, [ONE | {"quick_ratio": 2.0, "k1": True}, {"customer_id": "B"}], MAR, whole_book=True)
    assert facts(store, FEB) == before
    later = facts(store, MAR)
    assert said(later["A"], "quick_ratio") == (2.0, KNOWN)
    assert set(later) == {"A", "B"}


def test_an_older_import_that_comes_late_does_not_win() -> None:
    found = one((MAR, {"quick_ratio": 2.0}), (JAN, {"quick_ratio": 0.8, "return_on_assets_pct": 4.0}))
    assert said(found, "quick_ratio") == (2.0, KNOWN)
    assert said(found, "return_on_assets_pct") == (4.0, KNOWN)
    assert (found["quick_ratio_date"], found["quick_ratio_import"]) == (MAR, 1)
    assert (found["return_on_assets_pct_date"], found["return_on_assets_pct_import"]) == (JAN, 2)


def test_of_one_day_the_later_import_wins() -> None:
    assert one((JAN, {"quick_ratio": 2.0}), (JAN, {"quick_ratio": 0.8}))["quick_ratio"] == 0.8


def test_a_later_import_replaces_only_what_it_says() -> None:
    first = {"quick_ratio": 0.8, "exposure": 100, "k2": True, "region": "North", "interest_coverage": 3.0}
    found = one((JAN, first), (FEB, {"exposure": 250, "interest_coverage": "no_debt", "k2": False}))
    assert (found["customer_name"], found["region"], found["exposure"], found["k2"]) == ("Alpha", "North", 250, False)
    assert said(found, "quick_ratio") == (0.8, KNOWN)
    assert said(found, "interest_coverage") == (None, KNOWN)
    assert found["quick_ratio_date"] == JAN


def test_a_file_without_names_leaves_them() -> None:
    assert one((FEB, {"customer_name": None, "exposure": 1}))["customer_name"] == "A"
    for unsaid in (None, "A"):  # nothing, or the id where the name would stand
        assert one((JAN, {}), (FEB, {"customer_name": unsaid}))["customer_name"] == "Alpha"
    assert one((JAN, {}), (FEB, {"customer_name": "Alpha Ltd"}))["customer_name"] == "Alpha Ltd"


def test_the_whole_book_retires_those_it_does_not_name() -> None:
    store = Store()
    books.take(store, [{"customer_id": name} for name in "ABC"], JAN)
    books.take(store, [{"customer_id": name} for name in "AB"], FEB, whole_book=True)
    books.take(store, [{"customer_id": "D", "quick_ratio": 1.0}], FEB)
    assert set(facts(store, JAN)) == {"A", "B", "C"}
    assert set(facts(store, FEB)) == {"A", "B", "D"}
    books.take(store, [{"customer_id": "C"}], MAR)
    assert set(facts(store, MAR)) == {"A", "B", "C", "D"}


def test_the_whole_list_retires_only_those_that_a_list_named_before() -> None:
    store = Store()
    books.take(store, [{"customer_id": name} for name in "AB"], JAN)
    for name, kind in (("C", "by_hand"), ("D", "invoices"), ("B", "invoices")):
        number = books.take(store, [{"customer_id": name}], JAN)
        store.rows("update import set kind = $kind where import_id = $number", kind=kind, number=number)
    books.take(store, [{"customer_id": "A"}], FEB, whole_book=True)
    assert set(facts(store, JAN)) == {"A", "B", "C", "D"}
    assert set(facts(store, FEB)) == {"A", "C", "D"}
    books.take(store, [{"customer_id": "C"}], FEB)
    books.take(store, [{"customer_id": "A"}], MAR, whole_book=True)
    assert set(facts(store, MAR)) == {"A", "D"}  # the list names C from now on


def test_only_the_customer_that_is_asked_for() -> None:
    store = Store()
    books.take(store, [{"customer_id": name, "quick_ratio": 1.0} for name in "ABC"], JAN)
    books.take(store, [{"customer_id": name} for name in "AB"], FEB, whole_book=True)
    everybody = facts(store, MAR)
    assert facts(store, MAR, keys=(2, 2)) == {"B": everybody["B"]}
    assert facts(store, MAR, keys=(3, 3)) == {}  # retired


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([0.8], (0.8, KNOWN)),
        ([REFUSED], (None, schema.REFUSED)),
        ([WITHDRAWN], (None, MISSING)),
        ([0.8, REFUSED], (0.8, EXPIRED)),
        ([0.8, WITHDRAWN], (0.8, EXPIRED)),
        ([0.8, REFUSED, None], (0.8, EXPIRED)),
        ([REFUSED, None], (None, schema.REFUSED)),
        ([REFUSED, 0.8], (0.8, KNOWN)),
        ([0.8, REFUSED, 0.9], (0.9, KNOWN)),
        ([REFUSED, WITHDRAWN], (None, MISSING)),
        ([None], (None, MISSING)),
    ],
)
def test_silence_after_a_value_leaves_it_expired(cells: Sequence[Any], expected: tuple[Any, int]) -> None:
    days = [JAN, FEB, MAR]
    imports = [(day, {"quick_ratio": cell}) for day, cell in zip(days, cells, strict=False)]
    assert said(one(*imports), "quick_ratio") == expected


def test_a_value_expires_after_its_months() -> None:
    payment, outlook = {"days_beyond_terms_12m": 3.0}, {"industry_outlook": "stable"}
    for as_of, state in ((date(2026, 7, 31), KNOWN), (date(2026, 8, 1), EXPIRED)):
        found = one((JAN, payment | outlook), as_of=as_of)
        assert said(found, "days_beyond_terms_12m") == (3.0, state)
        assert said(found, "industry_outlook") == ("stable", KNOWN)
    # A state said again without a value does not make it younger; a value said again does.
    again = one((JAN, payment), (MAR, payment), as_of=date(2026, 8, 1))
    assert said(again, "days_beyond_terms_12m") == (3.0, KNOWN)


def test_a_statement_is_as_old_as_its_period() -> None:
    row = {"quick_ratio": 0.8, "own_statement_date": date(2024, 6, 30), "days_beyond_terms_12m": 3.0}
    for as_of, state in ((date(2025, 12, 30), KNOWN), (date(2025, 12, 31), EXPIRED)):
        found = one((date(2025, 12, 1), row), as_of=as_of)
        assert said(found, "quick_ratio") == (0.8, state)
        assert found["quick_ratio_date"] == date(2024, 6, 30)
        assert said(found, "days_beyond_terms_12m") == (3.0, KNOWN)


def test_an_external_score_expires_after_the_policy_months() -> None:
    for as_of, state in ((date(2027, 1, 31), KNOWN), (date(2027, 2, 1), EXPIRED)):
        assert said(one((JAN, {"credit_score": 640.0}), as_of=as_of), "credit_score") == (640.0, state)


def test_dates_become_whole_months_and_years() -> None:
    for start, months in ((date(2025, 9, 30), 6), (date(2025, 10, 1), 5), (date(2025, 8, 31), 7), (MAR, 0)):
        assert said(one((JAN, {"relationship_start": start})), "months_trading") == (months, KNOWN)
    years, state = said(one((JAN, {"incorporation_date": date(2018, 3, 31)})), "years_since_incorporation")
    assert (years, state) == (8.0, KNOWN)
    third = {"incorporation_date": date(2017, 1, 31)}
    for day, years in ((date(2020, 1, 30), 35 / 12), (date(2020, 1, 31), 3.0)):
        found = one((date(2019, 1, 31), third), as_of=day)["years_since_incorporation"]
        assert found == pytest.approx(years, abs=1e-6)
    future = one((JAN, {"relationship_start": date(2026, 4, 1), "incorporation_date": date(2026, 4, 1)}))
    assert said(future, "months_trading") == (None, MISSING)
    assert said(future, "years_since_incorporation") == (None, MISSING)


def test_months_grow_with_the_date_and_a_stated_value_goes_first() -> None:
    started = {"relationship_start": date(2025, 10, 31)}
    assert [one((JAN, started), as_of=day)["months_trading"] for day in (JAN, MAR)] == [3, 5]
    assert one((JAN, started | {"months_trading": 40.0}))["months_trading"] == 40
    assert said(one((JAN, started | {"months_trading": REFUSED})), "months_trading") == (None, schema.REFUSED)


def test_net_worth_over_the_limit_asked_for_else_the_present_one() -> None:
    name = "net_worth_to_requested_limit"
    assert said(one((JAN, {"net_worth": 500, "requested_limit": 40, "credit_limit": 100})), name) == (12.5, KNOWN)
    assert said(one((JAN, {"net_worth": 500, "credit_limit": 300})), name) == (1.666667, KNOWN)
    assert said(one((JAN, {"net_worth": -500, "credit_limit": 100})), name) == (-5.0, KNOWN)
    assert said(one((JAN, {"net_worth": 500, "credit_limit": 0})), name) == (None, MISSING)
    assert said(one((JAN, {"net_worth": 500, "requested_limit": 0, "credit_limit": 9})), name) == (None, MISSING)
    assert said(one((JAN, {"net_worth": 500})), name) == (None, MISSING)
    # Facts of two files come together, and age as the net worth does.
    old = {"net_worth": 500, "own_statement_date": date(2024, 1, 31)}
    assert said(one((JAN, old), (FEB, {"credit_limit": 100})), name) == (5.0, EXPIRED)


@pytest.mark.parametrize(
    ("industry", "section", "grade"),
    [
        ("建筑业", "E", "4"),
        (" Construction ", "E", "4"),
        ("REAL ESTATE", "K", "5"),
        ("d", "D", "1"),
        ("C35", "C", "3"),
        ("f5131", "F", "3"),
        ("C3", None, None),
        ("something else", None, None),
        (None, None, None),
    ],
)
def test_the_industry_gives_grade_and_outlook(industry: str | None, section: str | None, grade: str | None) -> None:
    found = one((JAN, {"industry": industry}))
    state = KNOWN if section else MISSING
    assert found["industry_section"] == section
    assert said(found, "industry_risk_grade") == (grade, state)
    assert said(found, "industry_outlook") == ("stable" if section else None, state)


def test_an_industry_that_was_asked_once_is_remembered() -> None:
    store = Store()
    with store.transaction() as cursor:
        cursor.execute("insert into remembered values ('industry', 'Drone Hire', 'G'), ('heading', 'x', 'industry')")
    books.take(store, [ONE | {"industry": "drone hire"}], JAN)
    found = facts(store, JAN)["A"]
    assert (found["industry_section"], found["industry_risk_grade"]) == ("G", "3")


def test_a_row_that_says_the_grade_overrules_the_table() -> None:
    found = one((JAN, {"industry": "建筑业", "industry_risk_grade": "1", "industry_outlook": "negative"}))
    assert said(found, "industry_risk_grade") == ("1", KNOWN)
    assert said(found, "industry_outlook") == ("negative", KNOWN)


def test_the_country_at_home_has_a_grade_and_others_none() -> None:
    for country, expected in (("CN", ("2", KNOWN)), ("中国", ("2", KNOWN)), ("FR", (None, MISSING))):
        assert said(one((JAN, {"country": country})), "country_risk_grade") == expected
    assert said(one((JAN, {})), "country_risk_grade") == (None, MISSING)


def test_a_policy_without_countries_grades_none() -> None:
    store = Store()
    books.take(store, [ONE | {"country": "CN", "industry": "C35"}], JAN)
    cursor = store.cursor()
    features.prepare(cursor, POLICY.model_copy(update={"country": ()}), MAR)
    [found] = cursor.execute("select country_risk_grade, industry_risk_grade from facts").fetchall()
    assert found[0] is None and found[1] is not None


@pytest.mark.parametrize(
    ("number", "country", "fails"),
    [
        ("91350100M000100Y43", None, 0),
        ("91350100m000100y43 ", "CN", 0),
        ("91350100M000100Y44", None, 1),  # check character
        ("91350100M000100X43", "China", 1),  # another character
        ("91350100M00010OY43", "CN", 1),  # the letter O is none of theirs
        ("91350100M000100Y44", "DE", 0),
        ("91350100M000100Y44", "Atlantis", 0),
        ("91350100M000100Y4", None, 0),
        ("350100100012345", "CN", 0),
        (None, "CN", 0),
    ],
)
def test_a_registration_number_is_judged_at_home(number: str | None, country: str | None, fails: int) -> None:
    found = one((JAN, {"reg_no": number, "country": country}))["registration_number_fails"]
    assert (found or 0) == fails


def test_exposure_falls_back_to_receivables() -> None:
    assert one((JAN, {"exposure": 70, "ar_balance": 100}))["exposure"] == 70
    assert one((JAN, {"exposure": 0, "ar_balance": 100}))["exposure"] == 0
    assert one((JAN, {"ar_balance": -100, "past_due_amount": 30}))["exposure"] == -100
    assert one((JAN, {}))["exposure"] is None
    found = one((JAN, {"past_due_amount": 30}), own_annual_sales=9e6)
    assert (found["past_due"], found["own_annual_sales"]) == (30, 9e6)


def test_no_import_is_no_customer() -> None:
    assert facts(Store(), JAN) == {}
    store = Store()
    books.take(store, [ONE], FEB)
    assert facts(store, JAN) == {}
