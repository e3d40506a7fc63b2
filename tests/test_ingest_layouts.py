"""What was settled for a layout of headings, and the next file of it."""

from datetime import date, datetime

import pytest

from riskcore import policy as policies
from riskcore.ingest import KINDS, Preparing, Upload, from_rows, load, open_file, prepare, read, set_aside_csv
from riskcore.ingest.layouts import fingerprint
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words

POLICY = policies.load()
NOW = datetime(2026, 2, 1, 9, 30)


def upload_of(text: str, name: str = "a.csv") -> Upload:
    return read(text.encode(), name)


def take(store: Store, found: Preparing) -> None:
    with store.transaction() as cursor:
        load(cursor, found.prepared, "", NOW)


RATIOS = "customer id,debt_ratio,my limit,founded on\nA,0.62,10,03/04/2016\nB,0.5,20,05/06/2017\n"
NEXT = "customer id,debt_ratio,my limit,founded on\nC,0.71,30,07/08/2018\nD,0.9,40,01/02/2019\n"
ANSWERS = {"percent:1": "times_100", "dates": "day"}


def test_a_second_file_of_a_layout_asks_nothing_again() -> None:
    store = Store()
    fields = {2: "credit_limit", 3: "incorporation_date"}
    first = prepare(upload_of(RATIOS), POLICY, store, fields=fields)
    assert {q.id for q in first.open_questions} == {"percent:1", "dates"} and first.checked is None
    assert not first.remembered
    take(store, prepare(upload_of(RATIOS), POLICY, store, fields=fields, answers=ANSWERS))
    again = prepare(upload_of(NEXT, "b.csv"), POLICY, store)
    assert again.remembered and again.confidence == 1 and not again.open_questions
    assert [m.field for m in again.matches] == [
        *("customer_id", "liabilities_to_assets_pct", "credit_limit", "incorporation_date")
    ]
    assert again.checked is not None
    taken = again.checked.tables["input"]
    assert taken["liabilities_to_assets_pct"].to_pylist() == [71.0, 90.0]
    assert taken["incorporation_date"].to_pylist() == [date(2018, 8, 7), date(2019, 2, 1)]


def test_what_a_person_says_wins_over_what_is_remembered() -> None:
    store = Store()
    fields = {2: "credit_limit", 3: "incorporation_date"}
    take(store, prepare(upload_of(RATIOS), POLICY, store, fields=fields, answers=ANSWERS))
    other = prepare(upload_of(NEXT), POLICY, store, fields={2: "exposure"}, answers={"dates": "month"})
    assert other.matches[2].field == "exposure" and other.answers == {"percent:1": "times_100", "dates": "month"}
    assert not prepare(upload_of(NEXT), POLICY, store, kind=KINDS["ratings"]).remembered


def test_other_headings_are_another_layout_and_periods_and_our_reasons_are_not() -> None:
    assert fingerprint(upload_of("a,b\n1,2\n")) != fingerprint(upload_of("b,a\n1,2\n"))
    assert fingerprint(upload_of("A ,b\n1,2\n")) == fingerprint(upload_of("a,B\n1,2\n"))
    assert fingerprint(upload_of("项目,2024年,2023年\n甲,1,2\n")) == fingerprint(
        upload_of("项目,2025年,2024年\n甲,1,2\n")
    )
    for lang in LANGUAGES:
        reason = Words(lang)("problems.reason_heading")
        assert fingerprint(upload_of(f"a,b,{reason}\n1,2,x\n")) == fingerprint(upload_of("a,b\n1,2\n"))


def test_what_a_file_shows_of_its_dates_and_decimals_holds_for_a_smaller_one() -> None:
    store = Store()
    text = "客户编号;应收余额;成立日期\nA;1.234,50;25/04/2016\nB;12.500;05/06/2017\n"
    take(store, prepare(upload_of(text), POLICY, store))
    small = prepare(upload_of("客户编号;应收余额;成立日期\nC;12.500;03/04/2016\n"), POLICY, store)
    assert not small.open_questions and small.checked is not None
    assert small.checked.totals["ar_balance"] == 12_500
    assert small.checked.tables["input"]["incorporation_date"].to_pylist() == [date(2016, 4, 3)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rows_set_aside_come_back_as_the_same_layout_with_their_unit(lang: str) -> None:
    store = Store()
    rows = [
        (1, ["单位：万元", "", ""]),
        (2, ["客户编号", "应收余额", "成立日期"]),
        (3, ["A", "1.5", "2016-04-03"]),
        (4, ["B", "abc", "2017-05-06"]),
    ]
    upload = from_rows(rows, name="a.xlsx", sha256="x", encoding="Excel", delimiter="")
    found = prepare(upload, POLICY, store)
    take(store, found)
    assert found.checked is not None
    data = set_aside_csv(found.upload, found.checked, Words(lang))
    [again] = open_file(data.replace(b"abc", b"2.5"), "aside.csv").uploads
    back = prepare(again, POLICY, store)
    assert back.remembered and back.kind is found.kind and back.checked is not None
    assert (back.checked.rows_taken, back.checked.totals["ar_balance"]) == (1, 25_000)


def test_a_long_statement_s_rows_come_back_in_the_form_that_is_mapped() -> None:
    store = Store()
    text = (
        "编制单位：甲公司\n单位：万元\n项目,2098年12月31日,2023年12月31日\n"
        "货币资金,10,8\n资产总计,100,90\n负债合计,60,55\n所有者权益合计,40,35\n"
    )
    found = prepare(upload_of(text), POLICY, store)
    assert found.kind.id == "statements" and found.checked is not None and found.checked.rows_set_aside == 1
    take(store, found)
    data = set_aside_csv(found.upload, found.checked, Words("zh"))
    again = prepare(upload_of(data.decode("utf-8-sig").replace("2098", "2024"), "aside.csv"), POLICY, store)
    assert again.kind is found.kind and again.remembered and again.checked is not None
    assert again.checked.rows_taken == 1 and again.checked.totals["total_assets"] == 1_000_000
    # Next year's statement has the same layout.
    later = text.replace("2098", "2025").replace("2023", "2024")
    assert prepare(upload_of(later), POLICY, store).remembered


def test_an_answer_for_one_file_alone_is_asked_again() -> None:
    store = Store()
    text = "项目,2024-12-31,2023-12-31\n货币资金,10,8\n资产总计,100,90\n负债合计,60,55\n所有者权益合计,40,35\n"
    found = prepare(upload_of(text, "balance.csv"), POLICY, store)
    [asked] = [q for q in found.questions if q.of_file]
    given = {asked.id: "甲公司"}
    take(store, prepare(upload_of(text, "balance.csv"), POLICY, store, answers=given))
    again = prepare(upload_of(text.replace("100", "101"), "other.csv"), POLICY, store)
    assert again.remembered and again.answers.get(asked.id) != "甲公司"
