"""Statements of every form: one row per period, or captions down the side and periods across."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from riskcore import book, ingest
from riskcore import policy as policies
from riskcore.ingest.bulk import Watch, prepare_bulk
from riskcore.ingest.kinds.captions import figure_of
from riskcore.ingest.kinds.long_form import LongForm, reshape
from riskcore.ingest.kinds.statements import opinion_of
from riskcore.ingest.periods import period_in, read_period
from riskcore.store import Store
from tests import books

POLICY = policies.load()

# As a download service writes them: units in the captions, newest first, `--` for what is not reported, and a comma
# at the end of each line.
DOWNLOAD = """报告日期,2024-12-31,2023-12-31,
货币资金(万元),120,100,
交易性金融资产(万元),--,7,
存货(万元),200,--,
流动资产合计(万元),600,500,
资产总计(万元),1000,900,
流动负债合计(万元),250,200,
负债合计(万元),400,380,
实收资本(或股本)(万元),300,300,
所有者权益(或股东权益)合计(万元),600,510,
基本每股收益,1.1,0.78,
"""
# As the ministry's form is filled in: assets beside liabilities, with line numbers and titles above.
FORM = """资产负债表,,,,,,,
编制单位：江南机械有限公司,,2024年6月30日,,,,单位：万元,
资产,行次,期末余额,年初余额,负债和所有者权益,行次,期末余额,年初余额
流动资产：,,,,流动负债：,,,
货币资金,1,"1,200.50",900,短期借款,31,300,200
流动资产合计,15,"5,000",4000,流动负债合计,41,"2,500",2000
资产总计,30,"9,000",8000,负债合计,47,"4,000",3500
,,,,所有者权益合计,52,"5,000",4500
"""
INCOME = """项目,附注,2024 年度 ,2023 年度
一、营业总收入,五.1,"1,556.98","6,759.56"
其中：营业收入,五.1,"1,500.00","6,759.56"
二、营业总成本,,2043,6566
减：营业成本,,1550.5,6116.5
财务费用,,136.9,108.4
其中：利息费用,,148.3,145.5
利息收入,,14.8,13
四、利润总额（亏损总额以“－”号填列）,,－3083.2,-212.9
减：所得税费用,,(36.1),54.1
五、净利润（净亏损以“－”号填列）,,-3047.1,-267.0
"""
CASH_FLOW = """项目,2024年,2023年
销售商品、提供劳务收到的现金,900,800
经营活动产生的现金流量净额,82,62
净利润,79,56
财务费用,13,11
固定资产折旧,35,33
"""


def prepare(text: str, name: str = "C1.csv", store: Store | None = None, **more: Any) -> ingest.Preparing:
    return ingest.prepare(ingest.read(text.encode(), name), POLICY, store or Store(), **more)


def rows(prepared: ingest.Preparing) -> dict[date, dict[str, Any]]:
    """What goes into the store, by period."""
    assert prepared.checked is not None, (prepared.refused, prepared.open_questions)
    return {row["period_end"]: row for row in prepared.checked.tables["statement"].to_pylist()}


def reasons(prepared: ingest.Preparing) -> list[tuple[int, str, str]]:
    assert prepared.checked is not None
    found = prepared.checked.problems
    return [(row.line, row.reason.removeprefix("problems."), row.effect) for row in found.itertuples()]


def kept(prepared: ingest.Preparing) -> dict[str, Any]:
    """What is said of the figures beside the known ones."""
    assert prepared.checked is not None
    [note] = [note for note in prepared.checked.notes if note.key == "statements.kept"]
    return note.slots


def test_a_download_is_one_row_per_period() -> None:
    prepared = prepare(DOWNLOAD, "zcfzb000898.csv")
    assert prepared.kind is ingest.KINDS["statements"]
    assert prepared.confidence > 0.9
    found = rows(prepared)
    assert list(found) == [date(2024, 12, 31), date(2023, 12, 31)]
    newest = found[date(2024, 12, 31)]
    assert newest["customer_id"] == "000898"
    assert (newest["cash"], newest["total_assets"]) == (Decimal(1_200_000), Decimal(10_000_000))
    assert (newest["share_capital"], newest["equity"]) == (Decimal(3_000_000), Decimal(6_000_000))
    assert (newest["trading_assets"], found[date(2023, 12, 31)]["inventory"]) == (None, None)
    assert reasons(prepared) == [(3, "statement_unbalanced", "note")]
    assert kept(prepared) == {"n": 1, "figures": 2, "captions": "基本每股收益"}
    assert dict(newest["others"]) == {"基本每股收益": Decimal("1.1")}  # of a share, and so in no unit of money


def test_the_same_with_the_newest_period_last() -> None:
    lines = [line.split(",") for line in DOWNLOAD.splitlines()]
    turned = "\n".join(",".join((a, c, b, "")) for a, b, c, _ in lines)
    first, second = ({day: row | {"line": 0} for day, row in rows(prepare(t)).items()} for t in (DOWNLOAD, turned))
    assert first == second


def test_a_form_of_two_blocks_with_company_and_date_in_its_titles() -> None:
    prepared = prepare(FORM)
    found = rows(prepared)
    assert list(found) == [date(2024, 6, 30), date(2023, 12, 31)]
    middle = found[date(2024, 6, 30)]
    assert middle["customer_id"] == "江南机械有限公司"
    assert middle["cash"] == Decimal(12_005_000)  # in the unit of the title
    assert middle["total_assets"] / middle["cash"] == pytest.approx(Decimal(9000) / Decimal("1200.5"))
    assert middle["total_assets"] == middle["total_liabilities"] + middle["equity"]
    assert found[date(2023, 12, 31)]["short_term_borrowings"] * 4 == found[date(2023, 12, 31)]["total_assets"] / 10
    assert not reasons(prepared)


def test_numbered_captions_signs_notes_and_of_which() -> None:
    prepared = prepare(INCOME, "鞍山钢铁2024年利润表.csv")
    found = rows(prepared)[date(2024, 12, 31)]
    assert found["customer_id"] == "鞍山钢铁"
    assert found["revenue"] == Decimal("1556.98")
    assert (found["finance_cost"], found["interest_expense"]) == (Decimal("136.9"), Decimal("148.3"))
    assert (found["profit_before_tax"], found["income_tax"]) == (Decimal("-3083.2"), Decimal("-36.1"))
    assert (found["cost_of_sales"], found["net_profit"]) == (Decimal("1550.5"), Decimal("-3047.1"))
    assert kept(prepared) == {"n": 3, "figures": 6, "captions": "营业收入、营业总成本、利息收入"}
    assert found["others"] == [("营业收入", 1500), ("营业总成本", 2043), ("利息收入", Decimal("14.8"))]


def test_a_cash_flow_statement_repeats_figures_that_are_others_own() -> None:
    found = rows(prepare(CASH_FLOW))[date(2024, 12, 31)]
    assert (found["operating_cash_flow"], found["depreciation"]) == (82, 35)
    assert "net_profit" not in found
    assert "finance_cost" not in found
    assert [caption for caption, _ in found["others"]] == ["销售商品、提供劳务收到的现金", "净利润", "财务费用"]


def test_english_captions() -> None:
    text = 'Item,31 Dec 2024,31 Dec 2023\nTotal current assets,600,500\nTotal assets,"1,000",900\n'
    text += "Total liabilities,400,380\nTotal equity,600,520\nLess: treasury shares,5,4\n"
    assert rows(prepare(text, "Acme Ltd - balance sheet 2024.csv"))[date(2024, 12, 31)] == {
        "customer_id": "Acme Ltd",
        "line": 2,
        "period_end": date(2024, 12, 31),
        "currency": None,
        "audit_opinion": None,
        "others": [("treasury shares", 5)],
        "current_assets": 600,
        "total_assets": 1000,
        "total_liabilities": 400,
        "equity": 600,
    }


def test_whose_it_is_is_asked_of_the_file_and_found_in_the_book() -> None:
    store = Store()
    books.take(
        store,
        [{"customer_id": "898", "customer_name": "鞍钢"}, {"customer_id": "C7", "customer_name": "江南机械有限公司"}],
        date(2024, 1, 1),
    )
    [question] = prepare(DOWNLOAD, "zcfzb000898.csv", store).questions
    assert (question.default, question.free, question.of_file) == ("898", True, True)
    assert prepare(FORM, store=store).questions[0].default == "C7"
    answered = prepare(DOWNLOAD, "zcfzb000898.csv", store, answers={question.id: "C7"})
    assert {row["customer_id"] for row in rows(answered).values()} == {"C7"}
    nothing_said = prepare(DOWNLOAD, "资产负债表.csv", store)
    assert [q.id for q in nothing_said.open_questions] == [question.id]
    assert rows(prepare(DOWNLOAD, "资产负债表.csv", store, answers={question.id: "C7"}))


def test_a_period_that_no_title_names_is_asked_for() -> None:
    undated = "项目,期末余额,年初余额\n资产总计,1000,900\n负债合计,400,380\n所有者权益合计,600,520\n"
    prepared = prepare(undated, "C7.csv")
    [question] = prepared.open_questions
    answered = prepare(undated, "C7.csv", answers={question.id: "2024-06-30"})
    assert {day: row["total_assets"] for day, row in rows(answered).items()} == {
        date(2024, 6, 30): 1000,
        date(2023, 12, 31): 900,
    }
    wrong = prepare(undated, "C7.csv", answers={question.id: "soon"})
    assert {reason for _, reason, _ in reasons(wrong)} == {"statement_no_period"}


WIDE = """公司代码,日期,资产合计,负债合计,所有者权益合计,审计意见,营业收入
000898,2024-12-31,1000,400,600,标准无保留意见,2200
000898,2023,900,380,520,保留意见,2000
600104,FY2024,50,20,36,,
600104,2024Q3,60,20,40,盖章,
"""


def test_wide_rows_with_periods_of_any_form() -> None:
    prepared = prepare(WIDE)
    assert prepared.checked is not None
    found = prepared.checked.tables["statement"].to_pylist()
    assert [(row["customer_id"], row["period_end"], row["audit_opinion"]) for row in found] == [
        ("000898", date(2024, 12, 31), "unqualified"),
        ("000898", date(2023, 12, 31), "qualified"),
        ("600104", date(2024, 12, 31), None),
        ("600104", date(2024, 9, 30), None),
    ]
    assert reasons(prepared) == [(4, "statement_unbalanced", "note"), (5, "statement_opinion", "note")]
    customers = prepared.checked.tables["input"].to_pylist()
    assert [(row["customer_id"], row["dated"]) for row in customers] == [
        ("000898", date(2023, 12, 31)),
        ("600104", date(2024, 9, 30)),
    ]


def test_second_rows_of_a_period() -> None:
    text = "customer id,period end,total assets,equity,revenue\n"
    text += (
        "A,2024,100,50,\nA,2024,,,70\nA,2024,100,50,\nA,2024,101,50,\nB,2024,100,50,\nB,2023,,,\nB,2098,1,1,\nB,,1,1,\n"
    )
    prepared = prepare(text)
    assert [(line, reason) for line, reason, effect in reasons(prepared) if effect == "row"] == [
        (4, "statement_twice"),
        (5, "statement_twice"),
        (7, "statement_empty"),
        (8, "statement_future"),
        (9, "statement_no_period"),
    ]
    assert prepared.checked is not None
    assert [row["line"] for row in prepared.checked.tables["statement"].to_pylist()] == [2, 3, 6]


def test_what_cannot_be_is_said_and_taken() -> None:
    text = "customer id,period end,current assets,total assets,inventory,revenue\nA,2024,120,100,130,-5\n"
    prepared = prepare(text)
    assert reasons(prepared) == [
        (2, "statement_negative", "note"),
        (2, "statement_part", "note"),
        (2, "statement_part", "note"),
    ]
    assert len(rows(prepared)) == 1


def test_the_currency_that_headings_name() -> None:
    text = "customer id,period end,Total assets (USD '000),Equity (USD '000)\nA,2024,100,50\n"
    [row] = rows(prepare(text)).values()
    assert (row["currency"], row["total_assets"]) == ("USD", 100_000)


def test_what_accounts_were_debited_and_credited_in_a_trial_balance_is_no_figure() -> None:
    text = "科目编码,科目名称,期初余额,本期借方发生额,本期贷方发生额,期末余额\n"
    text += "1122,应收账款,100,70,50,120\n1405,库存商品,30,5,5,30\n2202,应付账款,40,20,35,55\n"
    found = rows(prepare(text, answers={"statement_period": "2024-06-30"}))
    told = {day: (row["receivables"], row["payables"]) for day, row in found.items()}
    assert told == {date(2023, 12, 31): (100, 40), date(2024, 6, 30): (120, 55)}
    sides = text.replace("期初余额", "期初借方").replace("期末余额", "期末贷方")
    assert prepare(sides).refused is not None


def test_the_currency_that_a_column_names() -> None:
    text = "customer id,period end,Currency,total assets,equity\nA,2024,NTD,100,50\nA,2023/12,TWD,90,40\n"
    first, second = rows(prepare(text)).values()
    assert (first["currency"], second["currency"], second["total_assets"]) == ("TWD", "TWD", 90)


def test_a_file_without_any_figure_is_refused_and_says_why() -> None:
    kind = ingest.KINDS["statements"]
    for text, field in (
        ("公司代码,日期,购买商品支付的现金\n600395,2018-12-31,数据不可用\n600409,2018-12-31,--\n", "total_assets"),
        ("公司代码,日期,序号,备注\n600395,2018-12-31,1,好\n600409,2018-12-31,2,\n600409,2017,3,\n", "total_assets"),
        ("公司代号,固定资产净额\n600395,数据不可用\n600409,数据不可用\n", "period_end"),
    ):
        refused = prepare(text, kind=kind).refused
        assert refused is not None
        assert refused.slots["field"].key == f"fields.{field}"


def sum_of(prepared: ingest.Preparing) -> Decimal:
    """All figures that go into the store."""
    told = [value for row in rows(prepared).values() for name, value in row.items() if name != "line"]
    amounts = [value for value in told if isinstance(value, Decimal)]
    return sum(amounts, Decimal(0)) + sum(
        amount for row in rows(prepared).values() for _, amount in row["others"] or ()
    )


FLOWS = """项目,2024年,2023年
一、经营活动产生的现金流量：,,
销售商品、提供劳务收到的现金(万元),900,--
购买商品、接受劳务支付的现金(万元),500,450.25
经营活动产生的现金流量净额(万元),82,62
净利润(万元),79,56
加：资产减值准备(万元),3,见附注
经营活动产生的现金流量净额(万元),82,62
现金的期末余额(万元,10,9
"""


def test_captions_that_stand_twice_are_both_kept() -> None:
    prepared = prepare(FLOWS)
    newest = rows(prepared)[date(2024, 12, 31)]
    assert newest["operating_cash_flow"] == 820_000
    assert newest["others"] == [
        ("销售商品、提供劳务收到的现金", 9_000_000),
        ("购买商品、接受劳务支付的现金", 5_000_000),
        ("净利润", 790_000),
        ("资产减值准备", 30_000),
        ("经营活动产生的现金流量净额", 820_000),
        ("现金的期末余额", 100_000),
    ]
    assert sum_of(prepared) == 10_000 * (1656 + Decimal("639.25"))
    assert reasons(prepared) == [(3, "not_a_number", "cell")]
    twice = FLOWS.replace("净利润", "其他").replace("资产减值准备", "其他")
    assert [caption for caption, _ in rows(prepare(twice))[date(2024, 12, 31)]["others"]][2:4] == ["其他", "其他 (2)"]


def test_columns_of_one_period_beside_the_one_that_counts_are_kept() -> None:
    text = "项目,2024年6月 本月数,2024年6月 本年累计数\n营业收入,10,60\n净利润,1,7\n"
    [row] = rows(prepare(text)).values()
    assert (row["revenue"], row["net_profit"]) == (60, 7)
    assert dict(row["others"]) == {"营业收入 2024年6月 本月数": 10, "净利润 2024年6月 本月数": 1}


def test_a_long_form_without_any_known_caption_is_taken() -> None:
    prepared = prepare("单位：万元\n项目,2024年,2023年\n应付职工薪酬,5,4\n现金分红率(%),30,25\n库存,1.5,2\n", "C7.csv")
    found = rows(prepared)
    assert prepared.kind is ingest.KINDS["statements"]
    assert dict(found[date(2024, 12, 31)]["others"]) == {"应付职工薪酬": 50_000, "现金分红率(%)": 30, "库存": 15_000}
    assert len(found) == 2


CASH_WIDE = """,公司代码,日期,经营活动现金流入小计（万元）,购买商品、接受劳务支付的现金（万元）,备注
1,000898,2024-12-31,"1,200.50",900,合并
2,000898,2023-12-31,1100,x,
3,600104,2024-12-31,30000000000000,,
4,600104,2023-12-31,50,(20),合并
"""


def test_wide_rows_keep_columns_that_no_ratio_uses() -> None:
    prepared = prepare(CASH_WIDE, "现金流量表(直接法).csv")
    assert prepared.checked is not None
    assert prepared.kind is ingest.KINDS["statements"]
    inflow, outflow = "经营活动现金流入小计", "购买商品、接受劳务支付的现金"
    assert [row["others"] for row in prepared.checked.tables["statement"].to_pylist()] == [
        [(inflow, 12_005_000), (outflow, 9_000_000)],
        [(inflow, 11_000_000)],
        [(inflow, 500_000), (outflow, -200_000)],
    ]
    assert reasons(prepared) == [
        (3, "not_a_number", "cell"),
        (4, "statement_empty", "row"),
        (4, "too_large", "cell"),
    ]
    assert kept(prepared) == {"n": 2, "figures": 5, "captions": f"{inflow}、{outflow}"}


def test_which_columns_of_wide_rows_hold_figures() -> None:
    text = "customer id,period end,equity,no.,zip,rent,note,\n"
    text += "A,2024,50,1,02001,5,3 flats,1.5\nB,2024,50,2,02002,6,,2\nC,2024,50,3,02003,7,none,--\n"
    found = prepare(text, kind=ingest.KINDS["statements"]).prepared.checked.tables["statement"]
    assert isinstance(found, pa.Table)
    assert [row["others"] for row in found.to_pylist()] == [
        [("rent", 5), ("#8", Decimal("1.5"))],
        [("rent", 6), ("#8", 2)],
        [("rent", 7)],
    ]


def test_a_large_file_of_wide_rows_keeps_them_too(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("customer id,period end,equity,rent\n" + "".join(f"C{n},2024-12-31,50,{n}.5\n" for n in range(50)))
    store = Store()
    checked = prepare_bulk(
        path, POLICY, store, store.cursor(), Watch(), kind=ingest.KINDS["statements"]
    ).prepared.checked
    found = checked.tables["statement"]
    assert isinstance(found, pa.Table)
    assert [row["others"] for row in found.to_pylist()] == [[("rent", n + Decimal("0.5"))] for n in range(50)]


def test_second_rows_of_a_period_by_what_no_ratio_uses() -> None:
    text = "customer id,period end,equity,staff cost,rent\nA,2024,50,7,\nA,2024,50,,3\nA,2024,50,8,\nA,2024,50,7,\n"
    assert reasons(prepare(text)) == [(4, "statement_twice", "row"), (5, "statement_twice", "row")]


def test_figures_with_decimals_after_a_comma() -> None:
    text = "Item;31.12.2024;31.12.2023\nTotal assets;1.000,50;900,25\nEquity;600,10;520,00\nStaff;1.234;900,5\n"
    assert rows(prepare(text))[date(2024, 12, 31)]["others"] == [("Staff", 1234)]


def test_statements_of_one_company_in_several_files_come_to_ratios() -> None:
    store = Store()
    for text, name in (
        (DOWNLOAD, "zcfzb000898.csv"),
        (INCOME.replace(",", "(万元),", 0), "lrb000898.csv"),
        (CASH_FLOW, "xjllb000898.csv"),
    ):
        book.take_in(store, [prepare(text, name, store).prepared])
    [row] = store.rows("select count(*), count(distinct customer_key), min(period_end) from statement")
    assert row == (6, 1, date(2023, 12, 31))
    assert store.rows("select customer_id from customer") == [("000898",)]
    told = "select others['基本每股收益'] from statement where period_end = $day and import_id = 1"
    assert store.rows(told, day=date(2023, 12, 31)) == [(Decimal("0.78"),)]


@pytest.mark.parametrize(
    ("caption", "figure"),
    [
        ("货币资金(万元)", "cash"),
        ("向中央银行借款净增加额(万元", None),
        (" 流动资产合计 ", "current_assets"),
        ("非流动资产合计", None),
        ("负债和所有者权益（或股东权益）总计", None),
        ("归属于母公司所有者权益合计", None),
        ("1.持续经营净利润（净亏损以“－”号填列）", None),
        ("三、营业利润（亏损以“－”号填列）", "operating_profit"),
        ("减：营业成本", "cost_of_sales"),
        ("（一）、利润总额", "profit_before_tax"),
        ("Less: Cost of sales", "cost_of_sales"),
        ("5. Net profit", "net_profit"),
    ],
)
def test_captions(caption: str, figure: str | None) -> None:
    found = figure_of(caption)
    assert (found and found[0]) == figure


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024年度", date(2024, 12, 31)),
        ("FY2024", date(2024, 12, 31)),
        ("2024A", date(2024, 12, 31)),
        ("2024Q1", date(2024, 3, 31)),
        ("2024年第三季度", date(2024, 9, 30)),
        ("2024年1-6月", date(2024, 6, 30)),
        ("2024年半年度", date(2024, 6, 30)),
        ("H2 2024", date(2024, 12, 31)),
        ("202402", date(2024, 2, 29)),
        ("2024-02", date(2024, 2, 29)),
        ("12/31/2024", date(2024, 12, 31)),
        ("31.12.2024", date(2024, 12, 31)),
        ("Dec 2024", date(2024, 12, 31)),
        ("30th June 2024", date(2024, 6, 30)),
        ("2019 年 12 月 31 日 ", date(2019, 12, 31)),
        ("45657", date(2024, 12, 31)),
        ("2025E", None),
        ("2018-13-31", None),
        ("附注", None),
        ("--", None),
    ],
)
def test_periods(text: str, day: date | None) -> None:
    assert read_period(text).value == day
    if day and text != "45657":  # a spreadsheet's day is no heading
        assert period_in(f"{text} 合并") == day


@pytest.mark.parametrize(
    ("text", "opinion"),
    [
        ("标准无保留意见", "unqualified"),
        ("保留意见", "qualified"),
        ("带持续经营重大不确定性段落的无保留意见", "going_concern"),
        ("无法表示意见", "disclaimed"),
        ("Adverse opinion", "adverse"),
        ("Unqualified", "unqualified"),
        ("unaudited", "unaudited"),
        ("未经审计", "unaudited"),
        ("已审计", "audited"),
        ("否", "unaudited"),
        ("yes", "audited"),
        ("purple", None),
    ],
)
def test_opinions(text: str, opinion: str | None) -> None:
    assert opinion_of(text) == opinion


def test_tables_of_other_kinds_are_left_as_they_are() -> None:
    for text in ("customer id,name,exposure\nA,Alpha,100\n", WIDE, "a,b\n1,2\n3,4\n"):
        upload = ingest.read(text.encode(), "x.csv")
        assert reshape(upload) is None
    assert isinstance(prepare(DOWNLOAD).upload, LongForm)
