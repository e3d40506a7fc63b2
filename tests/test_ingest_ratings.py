"""Agencies' ratings taken in: scales, companies without an id, and what a report says beside its grade."""

from datetime import date
from typing import Any

import pytest

from riskcore import book as books_of
from riskcore import features, ingest
from riskcore import policy as policies
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests import books

POLICY = policies.load()
AS_OF = date(2026, 1, 31)

RATED = """Rating,Name,Symbol,Rating Agency Name,Date,Sector,currentRatio
A,Alpha Corporation,ALP,Egan-Jones Ratings Company,11/27/2015,Energy,0.9
BBB,Alpha Corporation,ALP,Standard & Poor's Ratings Services,2/13/2014,Energy,1.1
B,"Beta, Inc.",BET,Moody's Investors Service,8/9/2016,Energy,1.2
"""
PORTFOLIO = """
LedgerID AccountID DUNS LocalBusinessNumber CompanyName OutofBusinessIndicator StartYear FailureScore PAYDEX
""".strip().replace(" ", "\t")
PORTFOLIO += """
1\tK-01\t150483782\t03977902\tAlpha Ltd\tN\t1998\t88\t79
1\tK-02\t150483783\t03977903\tBeta Ltd\tY\t2011\t7\t
"""
CHINESE = """企业名称,统一社会信用代码,经营状态,主体评级,失信被执行人,经营异常,被执行人,成立日期,报告日期
上海甲（贸易）有限公司,91310000MA1FL0000X,存续（在营、开业、在册）,AA+,0,0,1,2010-05-06,2026-01-05
北京乙有限公司,91110000MA1FL0001Y,吊销，未注销,,2,1,6,2015-01-01,2026-01-05
广州丙有限公司,,筹建,AA,0,0,0,,2026-01-06
"""


def prepared(text: str, name: str = "ratings.csv", store: Store | None = None, **more: Any) -> ingest.Preparing:
    found = ingest.prepare(
        ingest.read(text.encode(), name), POLICY, store or Store(), kind=ingest.KINDS["ratings"], **more
    )
    for lang in LANGUAGES:
        t = Words(lang)
        assert all(ingest.worded(said, t) for q in found.questions for said in (q, *q.options))
        if found.checked is not None:
            assert all(t.phrase(note) for note in found.checked.notes)
            assert all(t(p["reason"], **p["slots"]) for p in found.checked.problems.to_dict("records"))
    return found


def rows(found: ingest.Preparing, table: str) -> list[dict[str, Any]]:
    assert found.checked is not None
    return found.checked.tables[table].to_pylist()


def notes(found: ingest.Preparing) -> dict[str, dict[str, Any]]:
    assert found.checked is not None
    return {note.key: note.slots for note in found.checked.notes}


def facts(store: Store, as_of: date = AS_OF) -> dict[str, dict[str, Any]]:
    cursor = store.cursor()
    features.prepare(cursor, POLICY, as_of)
    answer = cursor.execute("select customer_id, facts.* from facts join customer using (customer_key)")
    names = [d[0] for d in answer.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in answer.fetchall()}


def test_several_ratings_of_several_agencies_are_all_kept() -> None:
    found = prepared(RATED)
    assert found.questions == ()
    assert [(r["customer_id"], r["report_date"], r["grade"]) for r in rows(found, "rating")] == [
        ("Alpha Corporation", date(2015, 11, 27), "A"),
        ("Alpha Corporation", date(2014, 2, 13), "BBB"),
        ("Beta, Inc.", date(2016, 8, 9), "B"),
    ]
    assert notes(found)["matching.new"] == {"customers": 2, "named": "Alpha Corporation, Beta, Inc."}
    store = Store()
    books_of.take_in(store, [found.prepared])
    assert store.one("select count(*), count(distinct customer_key) from input") == (3, 2)
    # A customer is in the book from its first report on.
    assert {n: f["external_grade"] for n, f in facts(store, date(2015, 1, 1)).items()} == {"Alpha Corporation": "N1"}
    assert {n: f["external_grade"] for n, f in facts(store, date(2016, 8, 9)).items()} == {
        "Alpha Corporation": "N1",
        "Beta, Inc.": "N4",
    }


def test_a_portfolio_file_of_dun_and_bradstreet() -> None:
    store = Store()
    found = prepared(PORTFOLIO, "portfolio.txt", store, as_of=AS_OF)
    assert found.questions == ()
    assert [(r["customer_id"], r["agency"], r["score"]) for r in rows(found, "rating")] == [
        ("K-01", "dnb_failure", 88),
        ("K-02", "dnb_failure", 7),
    ]
    books_of.take_in(store, [found.prepared])
    alpha, beta = facts(store)["K-01"], facts(store)["K-02"]
    assert (alpha["external_grade"], alpha["bureau_days_beyond_terms"], alpha["k1"]) == ("N1", 15, False)
    assert (beta["external_grade"], beta["bureau_days_beyond_terms"], beta["k1"]) == ("N4", None, True)
    assert (alpha["customer_name"], alpha["incorporation_date"]) == ("Alpha Ltd", date(1998, 7, 1))


def test_an_export_of_a_chinese_bureau() -> None:
    store = Store()
    books.take(store, [{"customer_id": "C1", "reg_no": "91310000MA1FL0000X"}], AS_OF)
    books.take(store, [{"customer_id": "C2", "customer_name": "北京乙有限公司"}], AS_OF)
    found = prepared(CHINESE, "企业征信.csv", store)
    assert found.questions == ()
    assert notes(found)["matching.held"] == {"customers": 2}
    assert notes(found)["matching.new"] == {"customers": 1, "named": "广州丙有限公司"}
    assert found.checked
    assert found.checked.problems[["line", "value", "reason", "effect"]].to_numpy().tolist() == [
        [4, "筹建", "problems.status_unknown", "note"]
    ]
    books_of.take_in(store, [found.prepared])
    known = facts(store)
    assert {n: (f["external_grade"], f["k1"], f["k2"], f["s3"], f["legal_events_24m"]) for n, f in known.items()} == {
        "C1": ("N2", False, False, False, 1),
        "C2": (None, True, True, True, 6),
        "广州丙有限公司": ("N3", None, False, False, 0),
    }
    # The book's own spelling of a name stays.
    assert known["C2"]["customer_name"] == "北京乙有限公司"
    assert known["C1"]["customer_name"] == "C1"


def test_letters_without_an_agency_are_asked_once_for_the_layout() -> None:
    store = Store()
    text = "Company,Credit Rating,Report Date\nAlpha,AA+,2026-01-05\nBeta,BBB,2026-01-06\n"
    asked = prepared(text, store=store)
    [question] = asked.open_questions
    assert [o.value for o in question.options] == ["letters", "moodys", "china_issuer", "none"]
    found = prepared(text, store=store, answers={"scale:agency_grade": "china_issuer"})
    assert [r["agency"] for r in rows(found, "rating")] == ["china_issuer"] * 2
    books_of.take_in(store, [found.prepared])
    again = prepared("Company,Credit Rating,Report Date\nGamma,AAA,2026-02-05\n", store=store)
    assert again.open_questions == ()
    assert facts(store)["Alpha"]["external_grade"] == "N2"


@pytest.mark.parametrize(
    ("heading", "values", "name", "asked", "agency"),
    [
        ("Moody's Rating", ("Baa1", "Ba3"), "a.csv", False, "moodys"),
        ("S&P Rating", ("BBB", "BB+"), "a.csv", False, "letters"),
        ("主体信用等级", ("AAA", "AA"), "a.csv", False, "china_issuer"),
        ("Rating", ("Baa1", "Ba3"), "a.csv", True, "moodys"),
        ("Rating", ("AAA", "AA"), "fitch-2026.csv", True, "letters"),
        ("International Score", ("A", "E"), "a.csv", True, "creditsafe_letters"),
    ],
)
def test_headings_files_and_values_may_tell_the_agency(
    heading: str, values: tuple[str, str], name: str, asked: bool, agency: str
) -> None:
    text = f"Company,{heading}\nAlpha,{values[0]}\nBeta,{values[1]}\n"
    found = prepared(text, name)
    assert (len(found.questions), found.open_questions) == (int(asked), ())
    assert {r["agency"] for r in rows(found, "rating")} == {agency}


def test_what_is_no_agency_s_is_kept_and_said() -> None:
    text = "Company,Credit Rating\nAlpha,AAA\n"
    found = prepared(text, answers={"scale:agency_grade": "none"})
    assert [(r["agency"], r["grade"]) for r in rows(found, "rating")] == [(None, "AAA")]
    assert found.checked
    assert found.checked.problems["reason"].tolist() == ["problems.grade_unread"]


def test_a_grade_that_the_table_lacks_is_kept_and_said() -> None:
    text = "Company,Rating,Rating Agency Name\nAlpha,NR,Fitch\nBeta,A,Fitch\nGamma,A,Nextdoor Ratings\n"
    found = prepared(text)
    assert found.checked
    assert found.checked.problems[["line", "value", "slots", "effect"]].to_numpy().tolist() == [
        [2, "NR", {"agency": "Fitch"}, "note"],
        [4, "A", {"agency": "Nextdoor Ratings"}, "note"],
    ]
    assert len(rows(found, "rating")) == 3


def test_grades_and_scores_without_an_agency_are_of_two_scales() -> None:
    text = "Company,D&B Rating,Failure Score\nAlpha,2,77\n"
    found = prepared(text)
    assert {(r["agency"], r["grade"], r["score"]) for r in rows(found, "rating")} == {
        ("dnb_class", "2", None),
        ("dnb_failure", None, 77),
    }


def test_companies_are_found_by_number_then_name_then_name_without_its_form() -> None:
    store = Store()
    book = [
        {"customer_id": "1", "customer_name": "ALPHA  Trading Co., Ltd."},
        {"customer_id": "2", "customer_name": "Beta GmbH"},
        {"customer_id": "3", "customer_name": "Gamma Inc"},
        {"customer_id": "4", "customer_name": "Gamma GmbH"},
        {"customer_id": "5", "customer_name": "Delta", "reg_no": "91310000MA1FL0000X"},
        {"customer_id": "6", "customer_name": "Delta", "reg_no": "91310000MA1FL00011"},
        {"customer_id": "7", "customer_name": "丁 有限公司"},
        {"customer_id": "8", "customer_name": "丁有限公司"},
    ]
    books.take(store, book, AS_OF)
    named = {
        "Alpha Trading Co Ltd": {"1"},
        "beta": {"2"},
        "Gamma": {"Gamma"},
        "Delta": {"5"},
        "丁有限公司": {"7", "8"},
        "Epsilon AG": {"Epsilon AG"},
        "EPSILON ag": {"Epsilon AG"},
    }
    numbers = {"Delta": "91310000ma1fl0000x"}
    text = "Company,Registration number,Rating,Agency\n"
    text += "".join(f"{name},{numbers.get(name, '')},BBB,S&P\n" for name in named)
    found: dict[int, set[str]] = {}
    for row in rows(prepared(text, store=store), "rating"):
        found.setdefault(row["line"], set()).add(row["customer_id"])
    assert list(found.values()) == list(named.values())


def test_a_number_alone_names_a_company() -> None:
    store = Store()
    books.take(store, [{"customer_id": "5", "reg_no": "91310000MA1FL0000X"}], AS_OF)
    found = prepared("统一社会信用代码,主体评级\n91310000MA1FL0000X,AA\n91310000MA1FL00011,AA\n", store=store)
    assert [r["customer_id"] for r in rows(found, "rating")] == ["5", "91310000MA1FL00011"]


def test_of_two_reports_of_one_day_the_later_line_is_said_of_the_customer() -> None:
    text = "Customer ID,Company,Report Date,Max Credit,Agency,Rating\nK,Alpha,2026-01-05,100,S&P,A\n"
    text += "K,Alpha,2026-01-05,200,Fitch,BB\nK,Alpha,2026-01-06,300,Fitch,B\n"
    said = rows(prepared(text), "input")
    assert [(r["dated"], r["agency_limit"], r["agency_grade"]) for r in said] == [
        (date(2026, 1, 5), 200, "BB"),
        (date(2026, 1, 6), 300, "B"),
    ]


@pytest.mark.parametrize("text", [RATED, PORTFOLIO, CHINESE])
def test_a_file_of_ratings_is_recognised(text: str) -> None:
    assert ingest.prepare(ingest.read(text.encode(), "a.csv"), POLICY, Store()).kind.id == "ratings"
