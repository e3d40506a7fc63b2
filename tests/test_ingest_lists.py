"""Public lists and watch lists taken in: what a place means, who stands on it, and who of these is in the book."""

from datetime import date
from typing import Any

import pytest

from riskcore import book as books_of
from riskcore import ingest
from riskcore import policy as policies
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests import books

POLICY = policies.load()
AS_OF = date(2026, 1, 31)
DISHONEST = """企业名称,统一社会信用代码,发布时间,失信被执行人行为具体情形
上海甲(贸易)有限公司,91310000MA1FL0000X,2025-06-01,有履行能力而拒不履行
北京乙有限公司,,2025-07-01,违反财产报告制度
,,2025-08-01,
"""
OFAC = """Entity Name,Program,Listing Date,End Date
Beta Trading Co Ltd,SDGT,2025-06-01,2025-05-01
Nobody Ltd,SDGT,,
"""
PLAIN = "Company,Reason\nAlpha,late payer\n"


def prepared(text: str, name: str, store: Store | None = None, **more: Any) -> ingest.Preparing:
    kind = ingest.KINDS["watch_list"]
    found = ingest.prepare(ingest.read(text.encode(), name), POLICY, store or Store(), kind=kind, **more)
    for lang in LANGUAGES:
        t = Words(lang)
        assert all(ingest.worded(said, t) for q in found.questions for said in (q, *q.options))
        if found.checked is not None:
            assert all(t.phrase(note) for note in found.checked.notes)
    return found


def with_customers() -> Store:
    store = Store()
    books.take(store, [{"customer_id": "A", "customer_name": "甲", "reg_no": "91310000MA1FL0000X"}], AS_OF)
    books.take(store, [{"customer_id": "B", "customer_name": "BETA Trading Co., Ltd."}], AS_OF)
    return store


@pytest.mark.parametrize(
    ("name", "text", "flag"),
    [
        ("名单.csv", DISHONEST, "k2"),
        ("严重违法失信名单.csv", PLAIN, "k3"),
        ("经营异常名录.csv", PLAIN, "s3"),
        ("名单（票据持续逾期）.csv", PLAIN, "k6"),
        ("a.csv", "承兑人名称,披露日期\n甲公司,2025-12-31\n", "k6"),
        ("ofac_sdn.csv", OFAC, "k4"),
        ("sanctions 2026.csv", PLAIN, "k4"),
        ("list.csv", PLAIN, None),
    ],
)
def test_what_a_place_means_is_read_from_names_and_headings_or_asked(name: str, text: str, flag: str | None) -> None:
    found = prepared(text, name)
    [question] = found.questions
    assert (question.id, question.default) == ("list_flag", flag)
    assert {option.value for option in question.options} == {"k1", "k2", "k3", "k4", "k6", "s3"}
    assert len(found.open_questions) == (flag is None)
    assert found.whole_book


def test_entries_are_kept_with_their_dates_and_reasons_and_nobody_becomes_a_customer() -> None:
    store = with_customers()
    found = prepared(DISHONEST, "名单.csv", store)
    assert found.checked
    assert (found.checked.rows_taken, found.checked.rows_set_aside) == (2, 1)
    assert {note.key: note.slots for note in found.checked.notes}["lists.note_matched"] == {"matched": 1, "others": 1}
    books_of.take_in(store, [found.prepared])
    rows = store.rows("select flag, customer_name, reg_no, listed_on, reason from list_entry order by line")
    assert rows[0] == (
        *("k2", "上海甲(贸易)有限公司", "91310000MA1FL0000X"),
        *(date(2025, 6, 1), "有履行能力而拒不履行"),
    )
    assert len(rows) == 2
    assert store.one("select count(*) from customer") == (2,)
    assert store.one("select count(*) from score where (rules & 2) > 0") != (0,)


def test_a_place_that_ended_before_it_began_is_said() -> None:
    found = prepared(OFAC, "ofac.csv", with_customers())
    assert found.checked
    assert found.checked.problems[["line", "reason", "effect"]].to_numpy().tolist() == [
        [2, "problems.removed_before_listed", "note"]
    ]
    assert {note.key: note.slots for note in found.checked.notes}["lists.note_matched"] == {"matched": 1, "others": 1}


def test_an_answer_is_remembered_for_the_layout() -> None:
    store = Store()
    first = prepared(PLAIN, "one.csv", store, answers={"list_flag": "s3"})
    books_of.take_in(store, [first.prepared])
    again = prepared("Company,Reason\nBeta,late\n", "two.csv", store)
    assert (again.open_questions, dict(again.answers)) == ((), {"list_flag": "s3"})


def test_a_list_of_numbers_alone_will_do() -> None:
    found = prepared("统一社会信用代码\n91310000MA1FL0000X\n91310000MA1FL00011\n", "失信.csv", with_customers())
    assert found.checked
    assert {note.key: note.slots for note in found.checked.notes}["lists.note_matched"] == {"matched": 1, "others": 1}


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("名单.csv", DISHONEST, "watch_list"),
        ("ofac.csv", OFAC, "watch_list"),
        ("严重违法失信名单.csv", "企业名称,备注\n甲,无\n", "watch_list"),
        ("客户.csv", "客户编码,客户名称,备注\n1,甲,无\n", "customers"),
        ("a.csv", "客户编码,客户名称,统一社会信用代码,失信被执行人\n1,甲,91310000MA1FL0000X,否\n", "customers"),
        ("a.csv", "承兑人,披露日期\n甲公司,2025-12-31\n", "watch_list"),
        ("a.csv", "customer id,customer name,credit score,失信被执行人\n1,Alpha,700,否\n", "customers"),
    ],
)
def test_a_list_is_told_from_a_list_of_customers(name: str, text: str, kind: str) -> None:
    assert ingest.prepare(ingest.read(text.encode(), name), POLICY, Store()).kind.id == kind
