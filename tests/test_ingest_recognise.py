"""Which kind of file an upload is taken for, and what a person may change of it."""

from datetime import date

import pytest

from riskcore import policy as policies
from riskcore.ingest import KINDS, Preparing, from_rows, prepare, read
from riskcore.store import Store

POLICY = policies.load()


def prepared(text: str, name: str = "a.csv", store: Store | None = None, **chosen: object) -> Preparing:
    """A file made ready against an empty book."""
    return prepare(read(text.encode(), name), POLICY, store or Store(), **chosen)  # type: ignore[arg-type]


CUSTOMERS = "客户编号,客户名称,行业,应收余额,信用额度\nA1,甲公司,制造业,100,500\nA2,乙公司,批发业,20,50\n"
OPEN = (
    "Customer,Invoice number,Invoice date,Due date,Open amount\n"
    "C1,9001,2025-01-05,2025-02-04,100.00\nC1,9002,2025-01-15,2025-02-14,50.00\nC2,9003,2025-01-25,2025-02-24,10.50\n"
)
HISTORY = (
    "customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate\n"
    "C1,9001,2025-01-05,2025-02-04,100.00,2025-02-01\nC1,9002,2025-01-15,2025-02-14,50.00,2025-03-01\n"
    "C2,9003,2025-01-25,2025-02-24,10.50,\n"
)
STATEMENTS = (
    "公司代码,报告期,资产总计,负债合计,所有者权益合计,营业收入,净利润\n"
    "600001,2023-12-31,100,60,40,200,10\n600001,2022-12-31,90,50,40,180,9\n"
)
LONG = (
    "编制单位：甲公司\n项目,2024年12月31日,2023年12月31日\n"
    "货币资金,10,8\n资产总计,100,90\n负债合计,60,55\n所有者权益合计,40,35\n"
)
RATINGS = "Company,Rating Agency,Rating,Rating date\nAcme,Fitch,BBB,2024-05-01\nBeta,Moody's,Baa2,2024-06-01\n"
AGEING = "Customer,Current,1-30,31-60,61-90,Over 90,Total\nC1,100,20,0,0,5,125\nC2,10,0,0,0,0,10\n"
RATES = "Currency,Date,Rate\nUSD,2025-01-02,7.2\nEUR,2025-01-02,7.5\nUSD,2025-02-03,7.1\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CUSTOMERS, "customers"),
        (OPEN, "open_items"),
        (HISTORY, "invoices"),
        (STATEMENTS, "statements"),
        (LONG, "statements"),
        (RATINGS, "ratings"),
        (AGEING, "ageing"),
        (RATES, "rates"),
    ],
)
def test_each_kind_is_recognised_and_said_how_surely(text: str, kind: str) -> None:
    found = prepared(text)
    assert found.kind.id == kind
    assert 0.5 <= found.confidence <= 1
    assert found.refused is None


def test_a_kind_that_a_person_chose_is_the_kind() -> None:
    chosen = prepared(OPEN, kind=KINDS["customers"])
    assert chosen.kind.id == "customers" and chosen.checked is not None
    assert chosen.confidence < prepared(OPEN).confidence
    lacking = prepared(CUSTOMERS, kind=KINDS["rates"])
    assert lacking.checked is None and lacking.refused is not None and lacking.refused.key == "errors.file_lacks"


@pytest.mark.parametrize(
    "text",
    [
        "status,duration,purpose,amount\nA11,6,radio,1169\nA12,48,car,5951\nA14,12,education,2096\n",
        "\n".join(" ".join(str((i * j) % 90) for j in range(1, 9)) for i in range(1, 30)),
        ",age,debts\n1,30,2\n2,44,5\n3,51,9\n",
    ],
)
def test_files_that_are_no_trade_credit_are_refused_saying_what_is_missing(text: str) -> None:
    found = prepared(text)
    assert found.confidence < 0.5
    assert found.refused is not None and found.refused.key in {"errors.file_no_customer", "errors.file_lacks"}


def test_the_same_heading_means_a_number_or_a_name_by_what_stands_below_it() -> None:
    number = prepared("Customer,Name\n100012,Acme Ltd\n100013,Beta GmbH\n")
    assert [m.field for m in number.matches] == ["customer_id", "customer_name"]
    name = prepared("Customer,Balance\nAcme Ltd,100\nBeta GmbH,20\n")
    assert name.matches[0].field == "customer_name"


def test_a_name_is_the_document_s_number_where_it_looks_like_one_and_others_are_the_customer() -> None:
    found = prepared(
        "name,partner_id,invoice_date,invoice_date_due,amount_total_signed,amount_residual_signed\n"
        "INV/2025/0001,Azure Interior,2025-01-05,2025-02-05,100,100\n"
        "INV/2025/0002,Deco Addict,2025-01-06,2025-02-06,50,20\n"
    )
    assert [m.field for m in found.matches] == [
        *("document_no", "customer_id", "invoice_date", "due_date", "amount_local", "open_amount")
    ]
    people = prepared(
        "name,customer id,invoice date,due date,amount\n"
        "Acme 24,A,2025-01-05,2025-02-05,1\nBeta,B,2025-01-05,2025-02-05,2\n"
    )
    assert people.matches[0].field == "customer_name"


def test_a_column_that_lost_its_field_names_the_one_that_took_it() -> None:
    matches = prepared("customer id,客户编码,exposure\nA,7,1\n").matches
    assert [(m.field, m.rival) for m in matches] == [
        ("customer_id", ""),
        (None, "customer id"),
        ("exposure", ""),
    ]


def test_values_alone_tell_what_a_kind_needs_with_little_confidence() -> None:
    found = prepared(
        ",Invoice number,Invoice date,Due date,Open amount\n"
        "DE-1001,1,2025-01-05,2025-02-04,100.00\nDE-1001,2,2025-01-15,2025-02-14,50.00\n"
        "DE-1002,3,2025-01-25,2025-02-24,10.50\nDE-1003,4,2025-01-26,2025-02-25,9.50\n"
    )
    first = found.matches[0]
    assert (first.field, first.how) == ("customer_id", "values") and first.confidence < 0.5
    assert found.checked is not None and found.checked.rows_taken == 4


def test_columns_whose_values_cannot_be_dates_or_amounts_are_not_taken_for_such() -> None:
    # Days counted from 1960 are no dates of a spreadsheet.
    text = "customer id,incorporation date,exposure\n" + "".join(f"C{i},{15074 + i},n{i}x\n" for i in range(5))
    assert [m.field for m in prepared(text).matches] == ["customer_id", None, None]
    days = "customer id,incorporation date\n" + "".join(f"C{i},{43000 + i}\n" for i in range(5))
    checked = prepared(days).checked
    assert checked is not None and checked.tables["input"]["incorporation_date"][0].as_py() == date(2017, 9, 22)


def test_what_a_person_chose_wins_and_takes_the_field_from_its_column() -> None:
    text = "customer id,exposure,balance before\nA,1,100\n"
    found = prepared(text, fields={2: "exposure"})
    assert [(m.field, m.how) for m in found.matches] == [
        ("customer_id", "same"),
        (None, "none"),
        ("exposure", "chosen"),
    ]
    assert found.matches[1].rival == "balance before"
    left_out = prepared(text, fields={1: None})
    assert left_out.matches[1].field is None and left_out.checked is not None and not left_out.checked.totals


def test_the_day_of_a_file_is_its_newest_that_has_been() -> None:
    assert prepared(HISTORY).as_of == date(2025, 3, 1)
    assert prepared(CUSTOMERS).as_of == date.today()
    assert prepared(HISTORY, as_of=date(2025, 2, 1)).as_of == date(2025, 2, 1)
    ahead = HISTORY + f"C2,9004,{date.today().year + 1}-01-01,,1.00,\n"
    assert prepared(ahead).as_of == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("first", "second", "day"),
    [
        (("05/01/2025", "04/02/2025"), ("06/01/2025", "05/02/2025"), date(2025, 1, 5)),  # day first
        (("01/05/2025", "02/04/2025"), ("01/06/2025", "02/05/2025"), date(2025, 1, 5)),  # month first
        (("05/01/25", "04/02/25"), ("06/01/25", "05/02/25"), date(2025, 1, 5)),
        (("25/1/5", "25/2/4"), ("25/1/31", "25/2/28"), date(2025, 1, 5)),  # year first
        (("5.1.25", "4.2.25"), ("6.1.25", "5.2.25"), date(2025, 1, 5)),
        (("2025/1/5 0:00", "2025/2/4 0:00"), ("2025/1/6 0:00", "2025/2/5 0:00"), date(2025, 1, 5)),
        (("2025 年 1 月 5 日", "2025年2月4日"), ("2025 年 1 月 6 日", "2025年2月5日"), date(2025, 1, 5)),
        (("45662", "45692"), ("45663", "45693"), date(2025, 1, 5)),
    ],
)
def test_the_order_of_dates_is_that_under_which_no_row_contradicts_itself(
    first: tuple[str, str], second: tuple[str, str], day: date
) -> None:
    rows = "".join(f"C{i},{9000 + i},{','.join((first, second)[i % 2])},100.00\n" for i in range(4))
    found = prepared(f"Customer ID,Invoice number,Invoice date,Due date,Open amount\n{rows}")
    assert not found.open_questions and found.checked is not None
    assert found.checked.tables["item"]["invoice_date"][0].as_py() == day


def test_lists_are_whole_by_default_and_histories_are_not() -> None:
    assert prepared(OPEN).whole_book and not prepared(HISTORY).whole_book
    assert not prepared(OPEN, whole_book=False).whole_book


def test_the_unit_of_a_title_counts_where_a_heading_has_none() -> None:
    rows = [
        (1, ["单位：万元", "", "", ""]),
        (2, ["客户编号", "应收余额", "信用额度（元）", "销售额（百万元）"]),
        (3, ["A", "1.5", "20", "3"]),
        (4, ["B", "2", "30", "4"]),
    ]
    upload = from_rows(rows, name="a.xlsx", sha256="x", encoding="Excel", delimiter="")
    assert upload.unit_line
    checked = prepare(upload, POLICY, Store()).checked
    assert checked is not None
    assert checked.totals["ar_balance"] == 35_000 and checked.totals["credit_limit"] == 50


def test_a_list_is_of_the_day_that_its_name_bears_unless_it_says_more() -> None:
    assert prepared(CUSTOMERS, "customers_2025-03-31.csv").as_of == date(2025, 3, 31)
    assert prepared(CUSTOMERS, f"customers_{date.today().year + 1}-03-31.csv").as_of == date.today()
    assert prepared("As of 31 March 2025\n" + CUSTOMERS, "list 2025-04-02.csv").as_of == date(2025, 3, 31)
    assert prepared(HISTORY, "exported 2024-12-31.csv").as_of == date(2025, 3, 1)


@pytest.mark.parametrize(
    ("rows", "day"),
    [
        ([("2025-01-05", "2025-02-04", "24"), ("2025-01-20", "2025-02-19", "9")], date(2025, 2, 28)),
        ([("2025-01-05", "2025-02-04", "24"), ("2025-02-20", "2025-03-22", "-22")], date(2025, 2, 28)),
        ([("2025-01-05", "2025-02-04", "24"), ("2025-02-20", "2025-03-22", "0")], date(2025, 2, 20)),  # one row tells
        ([("2025-01-05", "2025-02-04", "24"), ("2025-01-20", "2025-02-19", "3")], date(2025, 1, 20)),  # no one day
        (
            [("2025-01-05", "2025-02-04", "1"), ("2025-02-20", "2025-02-03", "2")],
            date(2025, 2, 20),
        ),  # before a document
    ],
)
def test_a_list_is_of_the_day_up_to_which_it_counts_days(rows: list[tuple[str, str, str]], day: date) -> None:
    text = "Customer ID,Invoice number,Invoice date,Due date,Days overdue,Open amount\n"
    text += "".join(f"C{i},{9000 + i},{','.join(row)},100.00\n" for i, row in enumerate(rows))
    assert prepared(text).as_of == day
    assert prepared("As of 31 March 2025\n" + text).as_of == date(2025, 3, 31)


def test_the_age_of_documents_counts_from_their_own_day() -> None:
    text = "Customer ID,Invoice number,Invoice date,Due date,Age (Days),Open amount\n"
    text += "C1,9001,2025-01-05,2025-02-04,54,100.00\nC2,9002,2025-01-20,2025-03-21,39,80.00\n"
    assert prepared(text).as_of == date(2025, 2, 28)


def test_values_that_are_dates_are_no_customer_and_years_no_dates() -> None:
    text = "invoice_id,deal,amount_usd,falls_on,paid_date\n"
    text += "".join(f"{i},{i + 40},{170 + i}.25,2026-0{i}-16,2026-0{i}-2{i}\n" for i in range(1, 7))
    assert all(m.field != "customer_id" for m in prepared(text).matches)
    text = "Customer ID,Invoice number,school_year,Open amount\nC1,1,2021,10.00\nC2,2,2022,20.00\nC3,3,2023,30.00\n"
    assert {m.heading: m.field for m in prepared(text, kind=KINDS["invoices"]).matches}["school_year"] is None


def test_an_amount_with_tax_makes_invoices_of_what_says_when_it_was_paid() -> None:
    text = (
        "invoice_id,customer_id,status,issue_date,due_date,payment_date,amount_excl_gst,gst,amount_incl_gst,amount_paid\n"
        "N-1,K1,Paid,2026-01-14,2026-01-28,2026-02-02,100.00,10.00,110.00,110.00\n"
        "N-2,K1,Open,2026-02-14,2026-02-28,,200.00,20.00,220.00,0.00\n"
        "N-3,K2,Paid,2026-01-24,2026-02-07,2026-02-05,50.00,5.00,55.00,55.00\n"
    )
    found = prepared(text)
    assert found.kind.id == "invoices" and found.checked is not None
    assert found.checked.totals == {"amount": 385, "paid_amount": 165}
