"""Receivables by age from the lists of many systems: buckets, their basis, totals, and nothing counted twice."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from riskcore import ingest, schema
from riskcore import policy as policies
from riskcore.ingest.buckets import bucket_of, fields_of
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests import books

POLICY = policies.load()
AS_OF = date(2026, 1, 31)

QUICKBOOKS = """A/R Aging Summary
"As of January 31, 2026"

,Current,1 - 30,31 - 60,61 - 90,> 90,TOTAL
Alpha Ltd,100.00,50.00,0.00,0.00,25.00,175.00
"Beta, Inc.",10.00,-3.00,0.00,0.00,0.00,7.00
Gamma GmbH,0.00,0.00,8.50,0.00,0.00,8.50
TOTAL,110.00,47.00,8.50,0.00,25.00,190.50
"""
XERO = """Contact,Current,< 1 Month,1 Month,2 Months,3 Months,Older,Total
Alpha,1,2,3,4,5,6,21
Beta,1.5,0,0,0,0,0,1.5
Total,2.5,2,3,4,5,6,22.5
"""
ERPNEXT = """Party Type,Party,Customer Name,Advance Amount,Outstanding Amount,0-30,31-60,61-90,91-120,121-Above,Currency
Customer,C-1,Alpha,0,100,50,20,10,12,8,USD
Customer,C-2,Beta,0,5,5,0,0,0,0,USD
"""
CHINESE = """客户编码,客户名称,应收款合计,未逾期金额,1～30天,31～60天,61～90天,>90天合计,91～180天,181～365天,>365天
001,甲公司,1000,500,100,100,100,200,100,50,50
002,乙公司,300,300,0,0,0,0,0,0,0
合计,,1300,800,100,100,100,200,100,50,50
"""
YEARS = """客户名称,期末余额,1年以内,1-2年,2至3年,3年以上
甲公司,1000,500,300,100,100
乙公司,70,70,,,
"""


def prepared(text: str, name: str = "list.csv", store: Store | None = None, **more: Any) -> ingest.Preparing:
    found = ingest.prepare(ingest.read(text.encode(), name), POLICY, store or Store(), **more)
    assert found.kind.id == "ageing"
    assert found.whole_book
    for lang in LANGUAGES:
        t = Words(lang)
        assert all(ingest.worded(said, t) for q in found.questions for said in (q, *q.options))
        if found.checked is not None:
            assert all(t.phrase(note) for note in found.checked.notes)
            assert all(t(p["reason"], **p["slots"]) for p in found.checked.problems.to_dict("records"))
    return found


def amounts(found: ingest.Preparing) -> dict[str, dict[str, Decimal]]:
    """What was read, by customer and bucket, zeros left out."""
    assert found.checked is not None
    out: dict[str, dict[str, Decimal]] = {}
    for row in found.checked.tables["ageing"].to_pylist():
        first, last = row["from_day"], row["to_day"]
        name = "not_due" if first is None else f"{first}-{'' if last is None else last}"
        if row["amount"]:
            out.setdefault(row["customer_id"], {})[name] = row["amount"]
    return out


def basis(found: ingest.Preparing) -> set[str]:
    assert found.checked is not None
    return set(found.checked.tables["ageing"].column("basis").to_pylist())


def reasons(found: ingest.Preparing) -> list[tuple[int, str, str]]:
    assert found.checked is not None
    listed = found.checked.problems
    return list(zip(listed["line"], listed["reason"].str.removeprefix("problems."), listed["effect"], strict=True))


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("1-30", "aged_1_30"),
        ("31～60天", "aged_31_60"),
        ("61至90天", "aged_61_90"),
        ("181－365天", "aged_181_365"),
        ("90天以上", "aged_over_90"),
        (">365天", "aged_over_365"),
        ("365天以上", "aged_over_365"),
        ("121-Above", "aged_over_120"),
        ("91+", "aged_over_90"),
        ("91 and over", "aged_over_90"),
        ("over_90", "aged_over_90"),
        ("day1_30", "aged_1_30"),
        ("aged_31_60", "aged_31_60"),
        ("amt_61_90", "aged_61_90"),
        ("0-30", "aged_0_30"),
        ("30-60", "aged_31_60"),
        ("1 - 30 Days", "aged_1_30"),
        ("31-60 days past due", "aged_31_60"),
        ("逾期1-30天", "aged_1_30"),
        ("逾期90天以上(元)", "aged_over_90"),
        (">90天合计", "aged_over_90"),
        ("1年以内", "aged_0_365"),
        ("1-2年", "aged_366_730"),
        ("3年以上", "aged_over_1095"),
        ("6个月-1年", "aged_181_365"),
        ("3个月以内", "aged_0_90"),
        ("< 1 Month", "aged_0_30"),
        ("1 Month", "aged_31_60"),
        ("range5", "aged_over_120"),
        ("90+ Days", "aged_over_90"),
        ("3+ months", "aged_over_90"),
        ("91 & above", "aged_over_90"),
        ("≥ 90 days", "aged_over_90"),
        ("gt_60", "aged_over_60"),
        ("Aging 1-30", "aged_1_30"),
        ("Bal 31-60", "aged_31_60"),
        ("current_0_30_amount", "aged_0_30"),
        ("over_31_60_amount", "aged_31_60"),
        ("over_91_plus_amount", "aged_over_90"),
        *((other, None) for other in ("Amount", "Current", "合计", "2024-01", "2023年", "1月", "Age (Days)", "30", "")),
    ],
)
def test_a_heading_is_read_as_days(heading: str, field: str | None) -> None:
    assert bucket_of(heading) == field
    assert field is None or schema.aged_days(field)


def test_older_is_what_lies_beyond_the_oldest_bucket() -> None:
    assert fields_of(["Contact", "Current", "1-30", "31-60", "Older"])[4] == "aged_over_60"
    assert fields_of(["Older", "Amount"]) == {}


def test_quickbooks_summary_without_a_heading_above_its_names() -> None:
    found = prepared(QUICKBOOKS)
    assert found.questions == ()
    assert amounts(found) == {
        "Alpha Ltd": {"not_due": 100, "1-30": 50, "91-": 25},
        "Beta, Inc.": {"not_due": 10, "1-30": -3},
        "Gamma GmbH": {"31-60": Decimal("8.5")},
    }
    assert basis(found) == {"due"}
    assert reasons(found) == [(8, "total_row", "row")]


def test_xero_aged_receivables() -> None:
    found = prepared(XERO)
    assert found.questions == ()
    alpha = amounts(found)["Alpha"]
    assert alpha == {"not_due": 1, "0-30": 2, "31-60": 3, "61-90": 4, "91-120": 5, "121-": 6}
    assert reasons(found) == [(4, "total_row", "row")]


def test_erpnext_summary_asks_once_what_the_days_count_from() -> None:
    asked = prepared(ERPNEXT)
    assert [(q.id, q.default, [o.value for o in q.options]) for q in asked.open_questions] == [
        ("basis", None, ["due", "invoice"])
    ]
    found = prepared(ERPNEXT, answers={"basis": "invoice"})
    assert amounts(found)["C-1"] == {"0-30": 50, "31-60": 20, "61-90": 10, "91-120": 12, "121-": 8}
    assert basis(found) == {"invoice"}
    assert found.checked and found.checked.currency == "USD"


@pytest.mark.parametrize(
    ("name", "said"), [("逾期账龄.csv", "due"), ("账龄（按开票日期）.csv", "invoice"), ("账龄.csv", None)]
)
def test_a_file_may_say_itself_what_the_days_count_from(name: str, said: str | None) -> None:
    found = prepared(YEARS, name)
    assert len(found.open_questions) == (said is None)
    if said is not None:
        assert basis(found) == {said}


def test_a_bucket_that_holds_others_is_not_counted_twice() -> None:
    found = prepared(CHINESE)
    assert found.questions == ()
    first = {"not_due": 500, "1-30": 100, "31-60": 100, "61-90": 100, "91-180": 100, "181-365": 50, "366-": 50}
    assert amounts(found) == {"001": first, "002": {"not_due": 300}}
    assert reasons(found) == [(4, "total_row", "row")]
    assert found.checked
    assert "ageing.note_parts" in {note.key for note in found.checked.notes}


def test_what_parts_leave_of_a_bucket_stays_its_own() -> None:
    found = prepared("客户名称,未到期,90天以上,91-180天\n甲,10,100,60\n乙,0,30,\n")
    assert amounts(found) == {"甲": {"not_due": 10, "91-": 40, "91-180": 60}, "乙": {"91-": 30}}


def test_a_total_beyond_the_buckets_is_what_is_not_due() -> None:
    found = prepared("客户名称,应收余额,逾期1-30天,逾期30天以上\n甲,100,20,5\n乙,10,20,0\n")
    assert amounts(found) == {"甲": {"not_due": 75, "1-30": 20, "31-": 5}, "乙": {"1-30": 20}}
    assert reasons(found) == [(3, "ageing_total_differs", "note")]


def test_totals_that_differ_are_said_and_the_row_is_taken() -> None:
    found = prepared("Customer,Current,1-30,31-60,Total\nAlpha,1,2,3,7\nBeta,1,1,1,3.01\n")
    assert reasons(found) == [(2, "ageing_total_differs", "note")]
    assert sum(amounts(found)["Alpha"].values()) == 6


def test_a_customer_has_a_row_per_currency_and_no_second_one() -> None:
    text = "Customer ID,Customer Name,Current,1-30,31-60,Currency\n1,A,5,0,0,USD\n1,A,7,0,0,EUR\n1,A,9,0,0,USD\n"
    assert [question.id for question in prepared(text).open_questions] == ["book_currency"]
    found = prepared(text, answers={"book_currency": "EUR"})
    assert reasons(found) == [(2, "ledger.without_rate", "note"), (4, "duplicate_id", "row")]
    assert found.checked
    rows = found.checked.tables["ageing"].to_pylist()
    assert [(row["currency"], row["amount"]) for row in rows] == [("USD", 5), ("EUR", 7)]
    assert found.checked.tables["input"].num_rows == 1
    assert found.checked.currency == "EUR"


def test_cells_and_headings_name_currencies_too() -> None:
    found = prepared("Customer ID,Current (EUR),1-30,31-60\n1,5,0,0\n2,7,1,0\n")
    assert found.checked
    assert found.checked.totals_by_currency["not_due"] == {"EUR": 12}
    found = prepared("Customer ID,Current,1-30,31-60\n1,US$5,0,0\n2,€7,1,0\n3,€7,£1,0\n")
    assert found.checked
    assert {row["currency"] for row in found.checked.tables["ageing"].to_pylist()} == {"USD", "EUR"}
    assert (4, "two_currencies", "row") in reasons(found)


def test_a_heading_s_unit_and_currency_count() -> None:
    found = prepared("客户名称,未到期(万元),1-30天(万元),30天以上(万元)\n甲,1.5,0.2,0\n")
    assert amounts(found) == {"甲": {"not_due": 15000, "1-30": 2000}}


def test_customers_that_the_book_knows_by_another_number_are_found_by_name() -> None:
    store = Store()
    books.take(store, [{"customer_id": "C7", "customer_name": "ALPHA, Ltd."}], AS_OF)
    books.take(store, [{"customer_id": n, "customer_name": "Gamma GmbH"} for n in ("G1", "G2")], AS_OF)
    found = prepared(QUICKBOOKS, store=store)
    # Two numbers of one name cannot both owe the amount.
    assert set(amounts(found)) == {"C7", "Beta, Inc.", "Gamma GmbH"}
    assert found.checked
    names = {row["customer_id"]: row["customer_name"] for row in found.checked.tables["input"].to_pylist()}
    assert names["C7"] is None


def test_a_list_without_buckets_is_no_ageing_list() -> None:
    text = "Customer,Current,Total\nAlpha,1,2\n"
    found = ingest.prepare(ingest.read(text.encode(), "a.csv"), POLICY, Store(), kind=ingest.KINDS["ageing"])
    assert found.refused is not None
    assert "Bucket" in Words("en").error(found.refused) or "bucket" in Words("en").error(found.refused)


def test_a_list_of_documents_with_buckets_is_no_ageing_list() -> None:
    text = "Customer,Voucher No,Due Date,Outstanding Amount,0-30,31-60\nA,INV-1,2026-01-02,5,5,0\n"
    assert ingest.prepare(ingest.read(text.encode(), "a.csv"), POLICY, Store()).kind.id != "ageing"


def test_a_line_of_two_cells_that_says_the_day_is_a_title() -> None:
    text = (
        'As of,"September 30, 2026"\n\nCustomer,Current,1-30,31-60,>60,Total\n'
        "Anker Foods,100,20,0,5,125\nBirch Tools,0,70,10,0,80\nTotals,100,90,10,5,205\n"
    )
    found = prepared(text)
    assert found.as_of == date(2026, 9, 30)
    assert amounts(found) == {
        "Anker Foods": {"not_due": 100, "1-30": 20, "61-": 5},
        "Birch Tools": {"1-30": 70, "31-60": 10},
    }


def test_amounts_by_days_in_names_of_columns() -> None:
    text = (
        "customer_name,total_amount,current_0_30_amount,over_31_60_amount,over_61_plus_amount,over_31_total_amount\n"
        "Anker,100,60,30,10,40\nBirch,80,0,80,0,80\n"
    )
    found = prepared(text, answers={"basis": "due"})
    assert amounts(found) == {"Anker": {"0-30": 60, "31-60": 30, "61-": 10}, "Birch": {"31-60": 80}}
    assert {m.heading: m.field for m in found.matches}["total_amount"] == "ageing_total"


def test_a_list_by_organisation_with_credit_days_and_a_total_in_short() -> None:
    text = (
        "Organization,Salesperson,O/S Amount,Not Due,0 to 30,31 To 60,60+ Days,Credit Days\n"
        'Anker Freight,Ruth,"1,250.00",0,"(50.00)","1,000.00",300.00,30\nBirch Cargo,Omar,70.00,70.00,,,,45\n'
    )
    found = prepared(text)
    assert amounts(found) == {
        "Anker Freight": {"0-30": -50, "31-60": 1000, "61-": 300},
        "Birch Cargo": {"not_due": 70},
    }
    assert {m.heading: m.field for m in found.matches}["O/S Amount"] == "ageing_total"


def test_a_list_is_of_the_day_that_its_titles_say_and_an_empty_bucket_has_a_total() -> None:
    text = (
        'A/R Aging Summary,,,,\n"As of October 31, 2025",,,,\n,,,,\n'
        ",Current,1 - 30,31 - 60,Total\nAmy,,239.00,,239.00\nBill,,,85.00,85.00\nTOTAL,0.00,239.00,85.00,$324.00\n"
    )
    ready = ingest.prepare(ingest.read(text.encode(), "a.csv"), POLICY, Store())
    assert (ready.kind.id, ready.as_of) == ("ageing", date(2025, 10, 31))
    assert ready.checked is not None
    assert all(one.agrees for one in ready.checked.reconciled)
    assert sum(row["amount"] for row in ready.checked.tables["ageing"].to_pylist()) == 324
