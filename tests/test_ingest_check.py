"""Every cell typed and judged, what is set aside and why, and the way into the store."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore import policy as policies
from riskcore import schema
from riskcore.errors import FileRefused
from riskcore.ingest import (
    CUSTOMERS,
    Checked,
    Match,
    Prepared,
    Upload,
    check,
    fix_of,
    load,
    propose,
    questions,
    read,
    remembered_headings,
    seen_before,
    set_aside_csv,
    template_csv,
)
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words, keys

POLICY = policies.load()
BOOK = Store()
AS_OF, NOW = date(2026, 1, 31), datetime(2026, 2, 1, 9, 30)


def checked(text: str, answers: dict[str, str] | None = None, store: Store = BOOK) -> Checked:
    """A file under its proposed mapping."""
    upload = read(text.encode(), "a.csv")
    found = check(upload, propose(upload, POLICY, {}), answers or {}, POLICY, store)
    assert found.rows_read == upload.rows_read == found.rows_taken + found.rows_set_aside
    assert found.problems["line"].is_monotonic_increasing
    for lang in LANGUAGES:
        for problem in found.problems.to_dict("records"):
            assert Words(lang)(problem["reason"], **problem["slots"])
        assert all(Words(lang).phrase(note) for note in found.notes)
    return found


def column(heading: str, *values: str, answers: dict[str, str] | None = None) -> tuple[list[Any], list[str]]:
    """A column's values as they are taken in and the reasons of its problems with their effect."""
    rows = "\n".join(f"C{i}\t{value}" for i, value in enumerate(values))
    found = checked(f"customer_id\t{heading}\n{rows}\n", answers)
    name = found.tables["input"].column_names[3]
    reasons = [
        f"{p['line'] - 2} {p['reason'].removeprefix('problems.')} {p['effect']}"
        for p in found.problems.to_dict("records")
    ]
    return found.tables["input"].column(name).to_pylist(), reasons


def refused(text: str, answers: dict[str, str] | None = None, store: Store = BOOK) -> FileRefused:
    """Why a file is refused whole."""
    with pytest.raises(FileRefused) as caught:
        checked(text, answers, store)
    assert all(Words(lang).error(caught.value) for lang in LANGUAGES)
    return caught.value


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("12,34,567", "1234567.00"),
        ("(100)", "-100.00"),
        ("100-", "-100.00"),
        ("-100", "-100.00"),
        ("\u2212100", "-100.00"),
        ("￥1,000", "1000.00"),
        ("￥１，０００．５０", "1000.50"),
        ("-¥100", "-100.00"),
        ("(￥100)", "-100.00"),
        ("1 000 000", "1000000.00"),
        ("1.5万", "15000.00"),
        ("1.5 万元", "15000.00"),
        ("0.3亿", "30000000.00"),
        ("100元", "100.00"),
        ("CNY 100", "100.00"),
        ("100 RMB", "100.00"),
        ("50.00 CR", "-50.00"),
        ("Cr 1,050.00", "-1050.00"),
        ("50.00DR", "50.00"),
        ("贷 500", "-500.00"),
        ("$(100.00)", "-100.00"),
        ("-$100", "-100.00"),
        ("$-100", "-100.00"),
        ("1e3", "1000.00"),
        (".5", "0.50"),
        ("0.005", "0.01"),
        ("+7", "7.00"),
        ("007", "7.00"),
        ("1.234,50", "1234.50"),
        ("12,5", "12.50"),
    ],
)
def test_amounts(text: str, amount: str) -> None:
    assert column("exposure", text) == ([Decimal(amount)], [])


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "12 34",
        "1,23",
        "12.5.1",
        "1_000",
        "0x10",
        "5%",
        "--5",
        "1,5,0",
        "e5",
        "万",
        "1e",
        "(",
        "=1+1",
        "拒绝",
        "CR",
        "-5CR",
        "5xcr",
    ],
)
def test_amounts_that_cannot_be_read_set_their_row_aside(text: str) -> None:
    values, reasons = column("exposure", "2.5", text, "1")
    assert values == [Decimal("2.50"), Decimal("1.00")]
    assert reasons == ["1 not_a_number row"]


@pytest.mark.parametrize(
    "text", ["NaN", "nan", "inf", "-Infinity", "1e400", "∞", "1" + "0" * 400, "1e999999999999999999999"]
)
@pytest.mark.parametrize("heading", ["exposure", "quick ratio", "legal events", "credit score"])
def test_numbers_that_are_not_finite_count_as_missing_and_are_listed(heading: str, text: str) -> None:
    assert column(heading, text) == ([None], ["0 not_finite cell"])


def test_an_amount_that_the_store_cannot_hold_sets_its_row_aside() -> None:
    assert column("exposure", "1e17", "99999999999999.99", "1e25", "1,0000e17") == (
        [Decimal("99999999999999.99")],
        ["0 too_large row", "2 too_large row", "3 not_a_number row"],
    )


def test_a_column_of_decimal_commas_is_read_as_one() -> None:
    assert column("exposure", "1.234,50", "1.234", "12") == ([Decimal("1234.50"), Decimal(1234), Decimal(12)], [])
    values, reasons = column("exposure", "12,5", "12.5")
    assert (values, reasons) == ([Decimal("12.50")], ["0 not_a_number row"])


def test_the_columns_of_a_file_show_together_what_its_points_are() -> None:
    found = checked("customer_id;exposure;credit limit;days late\n1;12.500;50.000;4,5\n2;1.500;0,500;3\n")
    assert found.tables["input"]["exposure"].to_pylist() == [Decimal(12_500), Decimal(1_500)]
    assert found.tables["input"]["credit_limit"].to_pylist() == [Decimal(50_000), Decimal("0.50")]
    assert found.tables["input"]["days_beyond_terms_12m"].to_pylist() == [4.5, 3.0]
    pointed = checked("customer_id,exposure,days late\n1,12.500,4.5\n2,1.500,3\n")
    assert pointed.tables["input"]["exposure"].to_pylist() == [Decimal("12.50"), Decimal("1.50")]
    assert column("exposure", "1.234.567", "1.234")[0] == [Decimal(1_234_567), Decimal(1_234)]
    assert column("exposure", "1234.567", "1.234")[0] == [Decimal("1234.57"), Decimal("1.23")]
    # Columns that show the contrary leave the third to a person.
    mixed = refused("customer_id;exposure;credit limit;net worth\n1;12,5;3.25;1.500\n")
    assert mixed.slots == {"heading": "net worth"}


def test_amounts_that_may_be_a_thousand_times_more_are_asked_about() -> None:
    assert refused("customer_id,exposure\n1,12.500\n2,7\n").slots == {"heading": "exposure"}
    values = ["12.500", "7", "50.000"]
    thousands = [Decimal(12_500), Decimal(7), Decimal(50_000)]
    assert column("exposure", *values, answers={"decimals:1": "thousands"}) == (thousands, [])
    assert column("exposure", *values, answers={"decimals:1": "point"})[0] == [
        Decimal("12.50"),
        Decimal(7),
        Decimal(50),
    ]
    assert column("quick ratio", "1.234")[0] == [1.234]


def test_a_negative_balance_is_kept_as_a_credit() -> None:
    found = checked("customer_id,exposure,balance,past due\nA,-500.10,(20),1\nB,100,,\n")
    assert found.totals == {
        "exposure": Decimal("-400.10"),
        "ar_balance": Decimal("-20.00"),
        "past_due_amount": Decimal("1.00"),
    }
    assert found.problems.empty


def test_a_heading_in_ten_thousands_multiplies_but_for_cells_with_a_size_of_their_own() -> None:
    assert column("应收余额（万元）", "1.5", "2万", "30000元", "-")[0] == [
        Decimal("15000.00"),
        Decimal("20000.00"),
        Decimal("30000.00"),
        None,
    ]
    found = checked("客户编号,应收余额（万元）\n1,12\n")
    assert [note.slots for note in found.notes] == [{"heading": "应收余额（万元）", "multiplier": 10_000}]


@pytest.mark.parametrize(("heading", "years"), [("合作年限", "3年"), ("Years as customer", "3 yrs")])
def test_years_as_a_customer_are_kept_in_months(heading: str, years: str) -> None:
    assert column(heading, "2", "2.5", years, "-") == ([24, 30, 36, None], [])
    [note] = checked(f"customer_id,{heading}\n1,4\n").notes
    assert note.key == "questions.note_years"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", date(2026, 1, 5)),
        ("2026-1-5", date(2026, 1, 5)),
        ("2026/1/5", date(2026, 1, 5)),
        ("2026.01.05", date(2026, 1, 5)),
        ("20260105", date(2026, 1, 5)),
        ("05.01.2026", date(2026, 1, 5)),
        ("2026年1月5日", date(2026, 1, 5)),
        ("2026-01-05 10:30:00", date(2026, 1, 5)),
        ("46027", date(2026, 1, 5)),
        ("46027.5", date(2026, 1, 5)),
        ("1998", date(1998, 7, 1)),
        ("1998年", date(1998, 7, 1)),
        ("05/05/2026", date(2026, 5, 5)),
        ("1875-03-01", date(1875, 3, 1)),
        ("05-Jan-2026", date(2026, 1, 5)),
        ("5-JAN-2026 00:00:00", date(2026, 1, 5)),
        ("05JAN2026", date(2026, 1, 5)),
        ("Jan 5 2026", date(2026, 1, 5)),
        ("January 5th, 2026", date(2026, 1, 5)),
        ("5 January 2026", date(2026, 1, 5)),
        ("Sept 30, 2025", date(2025, 9, 30)),
        ("Sep. 30, 2025", date(2025, 9, 30)),
        ("March 2020", date(2020, 3, 15)),
        ("Mar-2020", date(2020, 3, 15)),
        ("2020-03", date(2020, 3, 15)),
        ("2020年3月", date(2020, 3, 15)),
        ("05/05/2026 12:00:00 AM", date(2026, 5, 5)),
        ("2026-01-05T08:30:00+08:00", date(2026, 1, 5)),
        ("0000-00-00 00:00:00", None),
        ("1998.0", date(1998, 7, 1)),
        ("00000000", None),
        ("0000-00-00", None),
        ("n/a", None),
    ],
)
def test_dates(text: str, day: date | None) -> None:
    assert column("成立日期", text) == ([day], [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-02-30", "no_such_day"),
        ("9999-12-31", "no_such_day"),
        ("20261301", "no_such_day"),
        ("yesterday", "not_a_date"),
        ("epoch", "not_a_date"),
        ("infinity", "not_a_date"),
        ("5", "not_a_date"),
        ("5 Janus 2026", "not_a_date"),
        ("Ma 2026", "not_a_date"),
        ("Feb 30 2026", "no_such_day"),
        ("2026-13", "no_such_day"),
        ("12:30", "not_a_date"),
    ],
)
def test_dates_that_cannot_be_read_set_their_row_aside(text: str, reason: str) -> None:
    assert column("成立日期", text) == ([], [f"0 {reason} row"])


def test_the_whole_column_decides_whether_the_day_comes_first() -> None:
    assert column("成立日期", "03/04/2026", "31/01/2026")[0] == [date(2026, 4, 3), date(2026, 1, 31)]
    assert column("成立日期", "03/04/2026", "01/31/2026")[0] == [date(2026, 3, 4), date(2026, 1, 31)]
    assert column("成立日期", "2026-04-03", "03/04/2026", "31/01/2026", "01/31/2026") == (
        [date(2026, 4, 3), date(2026, 1, 31), date(2026, 1, 31)],
        ["1 date_order row"],
    )


def test_what_one_column_shows_holds_for_the_others_of_the_file() -> None:
    found = checked("customer_id,成立日期,首次交易日期\nA,03/04/2016,25/04/2016\nB,05/06/2017,01/07/2017\n")
    assert found.tables["input"]["incorporation_date"].to_pylist() == [date(2016, 4, 3), date(2017, 6, 5)]
    text = "customer_id,成立日期,首次交易日期\nA,13/04/2016,04/25/2016\nB,05/06/2017,01/07/2017\n"
    assert checked(text).tables["input"]["relationship_start"].to_pylist() == [date(2016, 4, 25), date(2017, 1, 7)]


def test_what_nothing_shows_is_asked_once_with_a_sample_read_both_ways() -> None:
    text = "customer_id,成立日期,首次交易日期\nA,03/04/2016,05/06/2017\n"
    assert refused(text).key == "errors.file_question_open"
    upload = read(text.encode(), "a.csv")
    [asked] = questions(upload, propose(upload, POLICY, {}), POLICY, BOOK)
    assert asked.id == "dates" and [(o.value, o.slots["day"]) for o in asked.options] == [
        ("day", date(2016, 4, 3)),
        ("month", date(2016, 3, 4)),
    ]
    taken = checked(text, {"dates": "day"}).tables["input"]
    assert (taken["incorporation_date"][0].as_py(), taken["relationship_start"][0].as_py()) == (
        date(2016, 4, 3),
        date(2017, 6, 5),
    )


def test_yes_and_no() -> None:
    yes = ["1", "yes", "TRUE", "Y", "是", "√", "有", "Ｙ"]
    no = ["0", "no", "false", "N", "否", "无"]
    assert column("K2", *yes, *no, "-", "未知", "") == ([True] * 8 + [False] * 6 + [None] * 3, [])
    assert column("是否失信", "perhaps", "2") == ([], ["0 not_yes_or_no row", "1 not_yes_or_no row"])


def test_categories_by_value_name_and_word_and_their_own_words_before_those_for_missing() -> None:
    texts = ["audited_12m", "Audited", "未审计，12个月内", "无", "none", "NONE", "n/a", "是", "拒绝提供", "撤回"]
    assert column("F8", *texts)[0] == [
        *("audited_12m", "audited_12m", "unaudited_12m", "none", "none", "none", None, "audited_12m", None, None)
    ]
    assert column("I1", "3", "3.0", "高", "Very High", "无") == (["3", "3", "4", "5", None], [])
    assert column("I2", "sideways") == ([], ["0 unknown_category row"])


def test_states_of_what_was_refused_or_withdrawn() -> None:
    found = checked(
        "customer_id,F1,F3,C1,credit score,exposure\n"
        "A,1.2,no debt,N2,700,1\nB,refused,拒不提供,拒绝,拒绝提供,\nC,withdrawn,已撤回,撤回,Withdrawn,2\n"
        "D,,-,n/a,未知,\n"
    )
    known, refused_, withdrawn = schema.KNOWN, schema.REFUSED, schema.WITHDRAWN
    for name in ("quick_ratio", "interest_coverage", "external_grade", "credit_score"):
        assert found.tables["input"].column(f"{name}_state").to_pylist() == [known, refused_, withdrawn, None]
        assert found.tables["input"].column(name).to_pylist()[1:] == [None, None, None]
    # A word with a bin of its own is known without a number.
    assert found.tables["input"].column("interest_coverage").to_pylist()[0] is None
    assert "exposure_state" not in found.tables["input"].column_names
    assert found.problems.empty


def test_words_and_units_in_columns_of_numbers() -> None:
    assert column("C2", "被执行中", "2", "3次", "3 times")[0] == [4.0, 2.0, 3.0, 3.0]
    assert column("P1", "30天", "30 days", "-5")[0] == [30.0, 30.0, -5.0]
    assert column("P7", "12年", "3 years")[0] == [12.0, 3.0]
    assert column("P8", "5年") == ([], ["0 not_a_number row"])
    assert column("F2", "62%", "６２％", "62")[0] == [62.0, 62.0, 62.0]
    assert column("F1", "120%", "1.2x")[0] == [1.2, 1.2]
    assert column("credit days", "30天", "45")[0] == [30.0, 45.0]


@pytest.mark.parametrize("heading", ["C2", "P6", "P9", "years in business", "months trading", "employees"])
def test_counts_and_spans_below_zero_set_their_row_aside(heading: str) -> None:
    assert column(heading, "-1", "0", "-0.5") == ([0.0], ["0 negative row", "2 negative row"])


def test_ids_are_kept_letter_by_letter() -> None:
    found = checked(
        "customer id,name\n00123,A\n1E5,B\n123456789012345678901,C\nＡ０１,D\nA\u200b02,E\n某某-1,F\n'=1,G\n"
    )
    assert found.tables["input"]["customer_id"].to_pylist() == [
        *("00123", "1E5", "123456789012345678901", "A01", "A02", "某某-1", "=1")
    ]


def test_numbers_with_and_without_leading_zeros_are_one_customer_in_the_book_s_spelling() -> None:
    found = checked("customer id,exposure\n0000012345,1\n12345,2\n0007,3\nA07,4\n000,5\n")
    assert found.tables["input"]["customer_id"].to_pylist() == ["12345", "0007", "A07", "000"]
    assert [p["reason"] for p in found.problems.to_dict("records")] == ["problems.duplicate_id"]
    [note] = [note for note in found.notes if note.key == "questions.note_zeros"]
    assert note.slots == {"n": 1, "told": "0000012345", "spelling": "12345"}
    book = Store()
    book.rows("insert into customer values (1, '0000012345'), (2, '99'), (3, '099'), (4, '5')")
    taken = checked("customer id,exposure\n12345,1\n099,2\n0099,3\n005,4\n", store=book).tables["input"]
    # A number that the book spells so, or in two other ways, stays.
    assert taken["customer_id"].to_pylist() == ["0000012345", "099", "0099", "5"]


def test_long_numbers_that_a_spreadsheet_shortened_are_said_to_be_lost() -> None:
    found = checked("customer id,tax id,exposure\n1.23E+10,A,1\n1E5,9.13E+17,2\n")
    assert [(p["line"], p["reason"], p["effect"]) for p in found.problems.to_dict("records")] == [
        (2, "problems.number_destroyed", "row"),
        (3, "problems.number_destroyed", "cell"),
    ]
    assert found.tables["input"]["tax_id"].to_pylist() == [None]


def test_errors_of_spreadsheets_count_as_missing_and_are_listed() -> None:
    errors = ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?"]
    assert column("exposure", *errors, "1") == (
        [None] * 5 + [Decimal("1.00")],
        [f"{i} error_cell cell" for i in range(5)],
    )
    assert column("F8", "#N/A")[1] == ["0 error_cell cell"]
    assert column("K2", "#N/A")[1] == ["0 error_cell cell"]
    assert column("成立日期", "#N/A", "2016-01-02")[1] == ["0 error_cell cell"]
    assert column("region", "#N/A", "North") == ([None, "North"], ["0 error_cell cell"])
    assert column("exposure", "-", "--") == ([None, None], [])


def test_every_reason_has_a_fix_that_is_proposed() -> None:
    ours = {"reason_heading", "between", "at_column"}
    reasons = [key for key in keys() if key.startswith("problems.") and key.split(".")[1] not in ours]
    assert [key for key in reasons if fix_of(key) is None] == []
    assert fix_of("problems.at_column") is None


def test_rows_without_an_id_twice_named_and_of_totals() -> None:
    found = checked("customer id,name,exposure\n1,A,1\n,B,2\n1,C,3\n-,D,4\n合计,,10\nTotal,,10\n１,E,5\n2,,6\n")
    assert [(p["line"], p["reason"], p["slots"]) for p in found.problems.to_dict("records")] == [
        (3, "problems.no_customer_id", {}),
        (4, "problems.duplicate_id", {"first": 2}),
        (5, "problems.no_customer_id", {}),
        (6, "problems.total_row", {}),
        (7, "problems.total_row", {}),
        (7, "problems.totals_differ", {"file_says": "10.00", "rows_say": "21.00", "difference": "-11.00"}),
        (8, "problems.duplicate_id", {"first": 2}),
    ]
    assert found.tables["input"]["customer_name"].to_pylist() == ["A", "2"]
    assert found.totals["exposure"] == 7


def test_totals_however_spaced_and_notes_below_the_rows_are_no_customers() -> None:
    text = "客户编码,客户名称,应收余额\n1,甲,10\n合 计,,10\nTOTAL：,,10\n制表人：张三,,\nA:1,乙,\n2,,\n"
    found = checked(text)
    assert [(p["line"], p["reason"]) for p in found.problems.to_dict("records")] == [
        (3, "problems.total_row"),
        (4, "problems.total_row"),
        (5, "problems.note_row"),
    ]
    assert found.tables["input"]["customer_id"].to_pylist() == ["1", "A:1", "2"]
    assert checked("name\nCool Cars: Trucks\n").rows_taken == 1


def test_the_name_serves_as_id_where_there_is_none_and_one_of_both_there_must_be() -> None:
    found = checked("name,exposure\nAcme,1\nBeta,2\nAcme,3\n")
    assert (
        found.tables["input"]["customer_id"].to_pylist()
        == found.tables["input"]["customer_name"].to_pylist()
        == ["Acme", "Beta"]
    )
    assert [note.key for note in found.notes] == ["questions.note_name_is_id"]
    assert refused("exposure,limit\n1,2\n").key == "errors.file_no_customer"


def test_names_are_kept_letter_by_letter() -> None:
    names = [
        "=cmd()",
        "<script>alert(1)</script>",
        "![](http://127.0.0.1)",
        "$5 Store$",
        "Robert'); drop table input; --",
    ]
    found = checked("customer_id\tname\n" + "\n".join(f"{i}\t{name}" for i, name in enumerate(names)))
    assert found.tables["input"]["customer_name"].to_pylist() == names


def test_a_field_mapped_twice_is_refused() -> None:
    upload = read(b"customer_id,a,b\n1,2,3\n", "a")
    twice = [
        Match(i, h, (), f, 1.0, "chosen") for i, h, f in ((0, "id", "customer_id"), (1, "a", "k1"), (2, "b", "k1"))
    ]
    with pytest.raises(FileRefused, match="file_field_twice"):
        check(upload, twice, {}, POLICY, BOOK)


def in_book(code: str) -> Store:
    """A book that has its currency."""
    book = Store()
    book.rows("insert into meta values ('currency', $code)", code=code)
    return book


def currencies_of(text: str, store: Store = BOOK, **answers: str) -> list[str | None]:
    """The currency that each row is taken in with."""
    return list(checked(text, answers, store).tables["input"]["currency"].to_pylist())


def test_each_row_is_in_the_currency_that_it_names() -> None:
    several = "customer_id,currency,exposure\n1,USD,1\n2,人民币,2\n3,RMB,￥3\n4,,4\n"
    assert refused(several).slots == {"heading": "currency"}  # which is the book's is asked
    found = checked(several, {"book_currency": "CNY"})
    assert found.currency == "CNY"
    assert found.totals_by_currency == {"exposure": {"": 4, "CNY": 5, "USD": 1}}
    assert currencies_of(several, in_book("EUR")) == ["USD", "CNY", "CNY", None]
    assert currencies_of("customer_id,exposure\n1,US$1\n2,€2\n3,3\n") == ["USD", "EUR", None]
    titled = "customer_id,Exposure ($ '000),credit limit USD,rating (EUR)\n1,1,2,A\n"
    assert (checked(titled).currency, currencies_of(titled)) == ("USD", ["USD"])
    assert currencies_of("customer_id,应收余额（人民币万元）,敞口（元）\n1,1,2\n") == ["CNY"]
    none = checked("customer_id,European exposure amount,exposure\n1,1,2\n")
    assert (none.currency, none.totals_by_currency) == (None, {})
    assert "currency" not in none.tables["input"].column_names


def test_a_sign_is_the_one_currency_that_it_can_be() -> None:
    assert currencies_of("customer_id,exposure\n1,$1\n") == [None]  # the book's, whichever it is
    assert currencies_of("customer_id,exposure\n1,$1\n", in_book("USD")) == ["USD"]
    assert currencies_of("customer_id,currency,exposure\n1,HKD,$1\n2,,$2\n", in_book("CNY")) == ["HKD", "HKD"]
    assert currencies_of("customer_id,exposure\n1,￥5\n", in_book("CNY")) == ["CNY"]
    unclear = refused("customer_id,exposure\n1,$5\n", store=in_book("CNY"))
    assert (unclear.key, unclear.slots["sign"]) == ("errors.file_currency_sign", "$")
    assert refused("customer_id,exposure\n1,$1\n2,€2\n").slots["sign"] == "$"
    assert refused("customer_id,currency,exposure\n1,HKD,$1\n2,,$2\n", store=in_book("USD")).slots["sign"] == "$"


def test_two_currencies_in_a_row_are_refused() -> None:
    found = checked(
        "customer_id,currency,exposure,credit limit\n1,CNY,$1,2\n2,USD,$1,3\n3,,€1,£2\n", {"book_currency": "CNY"}
    )
    rows = [(p["line"], p["value"]) for p in found.problems.to_dict("records") if p["effect"] == "row"]
    assert rows == [(2, "$, CNY"), (4, "EUR, GBP")]
    assert found.tables["input"]["currency"].to_pylist() == ["USD"]
    assert checked("customer_id,exposure (USD),currency\n1,1,EUR\n2,1,USD\n", store=in_book("USD")).rows_set_aside == 1
    assert refused("customer_id,exposure (USD),credit limit (EUR)\n1,1,2\n").slots == {"currencies": "EUR, USD"}
    assert refused("customer_id,应收余额（万美元）,敞口（￥）\n1,1,1\n").key == "errors.file_currencies"


def test_a_currency_without_a_rate_is_told_once_with_its_sum() -> None:
    book = in_book("CNY")
    text = "customer_id,currency,exposure\n1,USD,1000\n2,USD,500.5\n3,EUR,7\n4,CNY,9\n合计,,1516.5\n"
    found = checked(text, store=book)
    told = [(p["line"], p["value"], p["slots"]) for p in found.problems.to_dict("records") if p["effect"] == "note"]
    assert told == [
        (2, "USD", {"rows": 2, "total": "1,500.50", "own": "CNY"}),
        (4, "EUR", {"rows": 1, "total": "7.00", "own": "CNY"}),
    ]
    assert found.rows_taken == 4


def test_answers_about_per_cents() -> None:
    values = ["0.57", "0.07", "1.1", "-"]
    assert column("F2", *values, answers={"percent:1": "times_100"})[0] == [57.0, 7.0, 110.0, None]
    assert column("F2", *values, answers={"percent:1": "as_is"})[0] == [0.57, 0.07, 1.1, None]
    for answers in ({}, {"percent:1": "guess"}):
        assert refused("customer_id,F2\n1,0.5\n", answers).slots == {"heading": "F2"}


@pytest.mark.parametrize(
    ("heading", "values", "answer", "taken", "reasons"),
    [
        ("credit score", ["300", "850"], None, [300.0, 850.0], []),
        ("credit score", ["700", "900", "299"], "as_is", [700.0], ["1 score_off_scale row", "2 score_off_scale row"]),
        ("risk score", ["300", "800", "850"], "mirror", [850.0, 350.0, 300.0], []),
        ("credit score", ["0", "40", "100"], "stretch_good:100", [300.0, 520.0, 850.0], []),
        ("credit score", ["0", "40", "100"], "stretch_risk:100", [850.0, 630.0, 300.0], []),
        ("credit score", ["0", "0.4", "n/a"], "stretch_good:1", [300.0, 520.0, None], []),
        ("credit score", ["86", "51", "50.5", "1", "拒绝"], "agency:dnb_failure", ["N1", "N2", "N3", "N4", None], []),
    ],
)
def test_answers_about_scores(
    heading: str, values: list[str], answer: str | None, taken: list[Any], reasons: list[str]
) -> None:
    assert column(heading, *values, answers={"score:1": answer} if answer else {}) == (taken, reasons)


def test_a_score_left_out_or_on_an_agency_s_scale_is_no_score() -> None:
    text = "customer_id,credit score\n1,90\n2,拒绝\n"
    assert checked(text, {"score:1": "leave_out"}).tables["input"].column_names == [
        "customer_id",
        "customer_name",
        "line",
    ]
    graded = checked(text, {"score:1": "agency:creditsafe"})
    assert "credit_score" not in graded.tables["input"].column_names
    assert graded.tables["input"]["external_grade_state"].to_pylist() == [schema.KNOWN, schema.REFUSED]
    both = checked("customer_id,credit score,C1\n1,90,N4\n", {"score:1": "agency:creditsafe"})
    assert both.tables["input"]["external_grade"].to_pylist() == ["N4"]


def test_types_are_those_of_the_store() -> None:
    found = checked("customer_id,exposure,成立日期,K1,F1,C1,industry\n1,2,2020-01-01,是,1.5,N1,Retail\n")
    wanted = {
        "line": pa.int64(),
        "exposure": pa.decimal128(18, 2),
        "incorporation_date": pa.date32(),
        "k1": pa.bool_(),
        "quick_ratio": pa.float64(),
        "quick_ratio_state": pa.uint8(),
        "external_grade": pa.string(),
        "industry": pa.string(),
    }
    assert {name: found.tables["input"].schema.field(name).type for name in wanted} == wanted


def test_broken_lines_and_long_values_are_listed_with_the_rest() -> None:
    found = checked("customer_id,exposure\n1,2,3\n2," + "y" * 500 + "\n3,1\n")
    assert [(p["line"], p["column"], len(p["value"])) for p in found.problems.to_dict("records")] == [
        (2, "", 5),
        (3, "exposure", 120),
    ]
    assert (found.rows_taken, found.rows_set_aside) == (1, 2)


def test_a_file_with_no_row_left_is_checked_but_not_loaded() -> None:
    upload = read(b"customer_id,exposure\n1,x\n2,y,z\n", "a")
    matches = propose(upload, POLICY, {})
    found = check(upload, matches, {}, POLICY, BOOK)
    assert (found.rows_taken, found.rows_set_aside, found.totals) == (0, 2, {})
    only_broken = read(b"customer_id,exposure\n1,2,3\n", "a")
    assert check(only_broken, propose(only_broken, POLICY, {}), {}, POLICY, BOOK).rows_taken == 0
    store = Store()
    with pytest.raises(FileRefused, match="file_nothing_to_take"), store.transaction() as cursor:
        load(cursor, Prepared(upload, CUSTOMERS, matches, {}, found, AS_OF, True), "", NOW)
    assert store.rows("select * from import") == []


CELLS = st.sampled_from(
    [
        "",
        "1",
        "-2.5",
        "0.4",
        "1e400",
        "NaN",
        "x",
        "拒绝",
        "是",
        "2026-01-05",
        "03/04/2026",
        "N2",
        "(3)",
        "4万",
        "5%",
        "1,5",
        "=1",
    ]
)
FIELDS = [name for name in CUSTOMERS.fields if name not in {"customer_id", "currency", "credit_score"}]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(FIELDS), min_size=1, max_size=6, unique=True).flatmap(
        lambda names: st.tuples(
            st.just(names), st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=8)
        )
    )
)
def test_any_cells_are_taken_or_listed(table: tuple[list[str], list[list[str]]]) -> None:
    names, rows = table
    text = "\n".join("\t".join(row) for row in [["customer_id", *names], *([f"C{i}", *r] for i, r in enumerate(rows))])
    upload = read(text.encode(), "a.csv")
    matches = [Match(i, h, (), h, 1.0, "chosen") for i, h in enumerate(upload.headings)]
    answers = {q.id: q.default or q.options[0].value for q in questions(upload, matches, POLICY, BOOK)}
    found = check(upload, matches, answers, POLICY, BOOK)
    aside = set(found.problems.loc[found.problems["effect"] == "row", "line"])
    assert found.rows_taken == len(rows) - len(aside)
    assert set(found.tables["input"]["line"].to_pylist()).isdisjoint(aside)
    for values in (
        found.tables["input"].select([n for n in names if schema.FIELDS[n].kind in {"number", "count"}]).columns
    ):
        assert all(value is None or -1e300 < value < 1e300 for value in values.to_pylist())


def test_rows_set_aside_come_back_with_their_reasons_and_no_formula() -> None:
    text = 'customer_id,name,exposure,phone\n1,=cmd(),x,+86 21\n2,"B, Ltd",5,1\n3,@x,-y,-5\n4,"a\n'
    upload = read(text.encode(), "a.csv")
    found = check(upload, propose(upload, POLICY, {}), {}, POLICY, BOOK)
    for lang in LANGUAGES:
        t = Words(lang)
        data = set_aside_csv(upload, found, t)
        assert data.startswith(b"\xef\xbb\xbf")
        again = read(data, "b.csv")
        assert again.headings == (*upload.headings, t("problems.reason_heading"))
        assert again.rows["c0"].to_pylist() == ["1", "3", '4,"a']
        assert again.rows["c1"].to_pylist() == ["'=cmd()", "'@x", None]
        assert again.rows["c3"].to_pylist() == ["'+86 21", "-5", None]
        assert all(again.rows["c4"].to_pylist())
        # Mended and taken in again, the names are what they were, and no second column of reasons is made.
        whole = data[: data.index(b'"4,')]
        mended = read(whole.replace(b",x,", b",7,").replace(b"'-y", b"8"), "b.csv")
        result = check(mended, propose(mended, POLICY, {}), {}, POLICY, BOOK)
        assert result.tables["input"]["customer_name"].to_pylist() == ["=cmd()", "@x"]
        assert (
            set_aside_csv(mended, result, t).decode("utf-8-sig").splitlines()[0]
            == data.decode("utf-8-sig").splitlines()[0]
        )


def take(store: Store, text: str, answers: dict[str, str] | None = None, whole: bool = False) -> tuple[Upload, int]:
    """Read, map, check and load a file in one transaction."""
    upload = read(text.encode(), "book.csv")
    matches = propose(upload, POLICY, remembered_headings(store))
    found = check(upload, matches, answers or {}, POLICY, store)
    with store.transaction() as cursor:
        return upload, load(cursor, Prepared(upload, CUSTOMERS, matches, answers or {}, found, AS_OF, whole), "", NOW)


def test_the_smallest_file_end_to_end() -> None:
    store = Store()
    upload, number = take(store, "customer id,name,credit score\n001,Acme,720\n002,上海某某,580\n")
    assert number == 1
    assert store.rows("select customer_key, customer_id from customer order by 1") == [(1, "001"), (2, "002")]
    assert store.rows(
        "select import_id, customer_key, line, customer_name, credit_score, credit_score_state, exposure from input"
    ) == [(1, 1, 2, "Acme", 720.0, 1, None), (1, 2, 3, "上海某某", 580.0, 1, None)]
    assert seen_before(store, upload.sha256) == ("book.csv", NOW, AS_OF)
    assert seen_before(store, "0" * 64) is None
    _, second = take(store, "customer id,name,credit score\n003,New,610\n001,Acme,700\n", whole=True)
    assert second == 2
    assert store.rows("select customer_key, customer_id from customer order by 1")[2:] == [(3, "003")]
    assert store.rows("select customer_key, line from input where import_id = 2 order by 1") == [(1, 3), (3, 2)]


def test_the_ten_columns_end_to_end() -> None:
    store = Store()
    text = (
        "customer_id, name, industry, annual_revenue, credit_score, debt_ratio, avg_days_late, years_in_business, "
        "outstanding_balance, credit_limit\n"
        '7001,Acme,Retail,"1,200,000",780,0.40,0,12,10000,20000\n'
        "7002,Beta,Moonlight,90万,650,0.62,12,7,(100),0\n"
    )
    answers = {"percent:5": "times_100", "industry:moonlight": "C"}
    take(store, text, answers)
    assert store.rows(
        "select customer_name, industry, customer_revenue, annual_sales, credit_score, liabilities_to_assets_pct, "
        "liabilities_to_assets_pct_state, days_beyond_terms_12m, years_since_incorporation, exposure, credit_limit, "
        "quick_ratio_state, k1 from input order by line"
    ) == [
        (
            "Acme",
            "Retail",
            Decimal(1200000),
            None,
            780.0,
            40.0,
            1,
            0.0,
            12.0,
            Decimal(10000),
            Decimal(20000),
            None,
            None,
        ),
        ("Beta", "Moonlight", Decimal(900000), None, 650.0, 62.0, 1, 12.0, 7.0, Decimal(-100), Decimal(0), None, None),
    ]
    kept = store.one("select mapping, answers, rows_read, rows_taken, rows_set_aside, encoding, delimiter from import")
    assert kept is not None
    assert json.loads(kept[0])["annual_revenue"] == "customer_revenue"
    assert json.loads(kept[1]) == answers
    assert kept[2:] == (2, 2, 0, "UTF-8", ",")
    assert store.rows("select * from remembered") == [("industry", "moonlight", "C")]


def test_what_a_person_chose_is_remembered_and_the_first_currency_kept() -> None:
    store = Store()
    upload = read(b"kto,name,currency,memo\n1,A,CNY,x\n", "a.csv")
    matches = [
        Match(0, "Kto", (), "customer_id", 1.0, "chosen"),
        Match(1, "name", (), "customer_name", 1.0, "same"),
        Match(2, "currency", (), "currency", 1.0, "same"),
        Match(3, "memo", (), None, 1.0, "chosen"),
    ]
    found = check(upload, matches, {}, POLICY, store)
    for _ in range(2):
        with store.transaction() as cursor:
            load(cursor, Prepared(upload, CUSTOMERS, matches, {"industry:x": "none"}, found, AS_OF), "", NOW)
    assert remembered_headings(store) == {"kto": "customer_id", "memo": ""}
    assert store.rows("select value from meta where name = 'currency'") == [("CNY",)]
    assert store.rows("select * from remembered where kind = 'industry'") == []


def test_a_load_that_fails_leaves_nothing() -> None:
    store = Store()
    upload = read(b"customer_id,exposure\n1,2\n", "a.csv")
    matches = propose(upload, POLICY, {})
    found = check(upload, matches, {}, POLICY, store)
    with pytest.raises(RuntimeError), store.transaction() as cursor:
        load(cursor, Prepared(upload, CUSTOMERS, matches, {}, found, AS_OF), "", NOW)
        raise RuntimeError
    for table in ("import", "input", "customer", "remembered"):
        assert store.rows(f"select * from {table}") == []


def test_the_template_is_taken_in_and_clearly_an_example() -> None:
    for lang, word in (("zh", "示例"), ("en", "EXAMPLE")):
        upload = read(template_csv(POLICY, Words(lang)), "template.csv")
        found = check(upload, propose(upload, POLICY, {}), {}, POLICY, BOOK)
        assert (found.rows_taken, len(found.problems)) == (1, 0)
        row = found.tables["input"].to_pylist()[0]
        assert word in row["customer_id"]
        assert all(value is not None for value in row.values())


def test_headings_are_never_sql() -> None:
    store = Store()
    nasty = ['a"; drop table input; --', "'; delete from customer; --", "c0", "line", "customer_id as x"]
    heading = ",".join('"' + h.replace('"', '""') + '"' for h in ["customer_id", "exposure", *nasty])
    take(store, f"{heading}\n1,x=1,{','.join('2' * len(nasty))}\n2,5,{','.join('3' * len(nasty))}\n")
    assert store.rows("select customer_id, exposure from input join customer using (customer_key)") == [
        ("2", Decimal(5))
    ]


def test_decimals_beyond_cents_are_rounded_and_said() -> None:
    found = checked("customer id,exposure\nA1,10.004\nA2,20.006\nA3,30.00\n")
    [note] = [note for note in found.notes if note.key == "questions.note_rounded"]
    assert note.slots == {"heading": "exposure", "n": 2, "was": "60.010", "now": "60.01"}
    assert found.totals["exposure"] == Decimal("60.01")
