"""Invoices and open items: every system's rows come to the same documents, parts and totals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore import policy as policies
from riskcore.ingest import KINDS, Checked, from_rows, load, read
from riskcore.ingest.kinds import ledger
from riskcore.ingest.kinds.terms import Terms, read_terms
from riskcore.ingest.preparing import Preparing, prepare
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words

POLICY = policies.load()
AS_OF, NOW = date(2026, 6, 30), datetime(2026, 7, 1, 9, 30)


@dataclass(frozen=True)
class Seen:
    """A file made ready, with the rows of `item` as dictionaries in the order of their lines."""

    ready: Preparing
    checked: Checked
    items: list[dict[str, Any]]

    def parts(self, *names: str) -> list[tuple[Any, ...]]:
        """Some columns of the items; amounts and days as texts."""
        return [tuple(plain(item[name]) for name in names) for item in self.items]

    def sums(self, **wanted: Any) -> Decimal:
        """The sum of the items whose columns are as wanted."""
        return sum((i["amount"] for i in self.items if all(i[k] == v for k, v in wanted.items())), Decimal(0))

    @property
    def said(self) -> dict[str, Mapping[str, Any]]:
        """Notes on the file by their key, with their slots."""
        return {note.key.removeprefix("ledger."): note.slots for note in self.checked.notes}

    @property
    def reasons(self) -> list[tuple[int, str, str]]:
        """Line, reason and effect of every problem."""
        found = self.checked.problems.to_dict("records")
        return [(p["line"], p["reason"].removeprefix("ledger.").removeprefix("problems."), p["effect"]) for p in found]

    @property
    def customers(self) -> list[dict[str, Any]]:
        """The rows of `input`."""
        return self.checked.tables["input"].to_pylist()


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | Decimal) else value


def seen(
    text: str,
    kind: str,
    answers: dict[str, str] | None = None,
    store: Store | None = None,
    asked: tuple[str, ...] = (),
    fields: dict[int, str | None] | None = None,
) -> Seen:
    """A file that is recognised as a kind by itself, and asks nothing but what is told."""
    ready = prepare(read(text.encode(), "a.csv"), POLICY, store or Store(), answers=answers, as_of=AS_OF, fields=fields)
    assert ready.kind is KINDS[kind], ready.kind.id
    assert tuple(question.kind for question in ready.questions) == asked
    assert ready.refused is None
    assert ready.checked is not None
    for lang in LANGUAGES:
        t = Words(lang)
        assert all(t.phrase(note) for note in ready.checked.notes)
        assert all(t(p["reason"], **p["slots"]) for p in ready.checked.problems.to_dict("records"))
        assert all(t(o.key, **o.slots) for q in ready.questions for o in q.options)
    items = sorted(ready.checked.tables["item"].to_pylist(), key=lambda i: (i["line"], i["paid_date"] is None))
    return Seen(ready, ready.checked, items)


SAP = "MANDT,BUKRS,KUNNR,UMSKZ,AUGDT,GJAHR,BELNR,BUZEI,BUDAT,BLDAT,WAERS,BLART,SHKZG,DMBTR,WRBTR,ZFBDT,ZTERM"


def test_raw_sap_rows_get_their_sign_from_the_side_and_their_due_date_from_days() -> None:
    found = seen(
        f"{SAP},ZBD1T,ZBD2T,ZBD3T,REBZG\n"
        "100,1000,0000010001,,,2026,90001,001,20260110,20260110,USD,RV,S,7200,1000,20260110,Z1,10,20,45,\n"
        "100,1000,0000010001,,,2026,90002,001,20260111,20260111,USD,RV,S,1440,200,20260115,Z2,14,0,0,\n"
        "100,1000,0000010001,,,2026,90003,001,20260112,20260112,USD,RV,S,720,100,20260112,Z3,14,30,0,\n"
        "100,1000,0000010001,,,2026,16001,001,20260201,20260201,USD,DG,H,360,50,20260201,Z1,10,20,45,90001\n"
        "100,1000,0000010001,,,2026,16002,001,20260202,20260202,USD,DG,H,72,10,20260202,Z1,10,20,45,\n"
        "100,1000,0000010002,A,,2026,14001,001,20260203,20260203,CNY,DZ,H,500,500,20260203,,0,0,0,\n"
        "100,1000,0000010002,F,,2026,14002,001,20260204,20260204,CNY,DZ,S,900,900,20260204,,0,0,0,\n"
        "100,1000,0000010002,W,,2026,14003,001,20260205,20260205,CNY,DA,S,300,300,20260505,,0,0,0,\n",
        "open_items",
        answers={"book_currency": "CNY"},
        asked=("currency",),
    )
    assert found.parts("document", "document_type", "due_date", "amount", "currency") == [
        ("1000/2026/90001/001", "invoice", "2026-02-24", "1000.00", "USD"),
        ("1000/2026/90002/001", "invoice", "2026-01-29", "200.00", "USD"),
        ("1000/2026/90003/001", "invoice", "2026-02-11", "100.00", "USD"),
        ("1000/2026/16001/001", "credit_note", "2026-02-24", "-50.00", "USD"),  # as its invoice
        ("1000/2026/16002/001", "credit_note", "2026-02-02", "-10.00", "USD"),  # at once
        ("1000/2026/14001/001/payment", "down_payment", "2026-02-03", "-500.00", "CNY"),
        ("1000/2026/14003/001", "invoice", "2026-05-05", "300.00", "CNY"),
    ]
    assert (8, "noted", "row") in found.reasons
    assert (2, "without_rate", "note") in found.reasons
    assert found.checked.currency == "CNY"
    assert found.said["note_credit_notes"] == {"n": 2, "sums": "USD -60.00"}
    assert found.said["note_down_payments"] == {"n": 1, "sums": "CNY -500.00"}
    assert found.said["note_special"] == {"n": 1}


TERMS = (
    f"{SAP}\n"
    "100,1000,C1,,,2026,1,001,20260110,20260110,USD,RV,S,100,100,20260110,N030\n"
    "100,1000,C1,,,2026,2,001,20260110,20260110,USD,RV,S,100,100,20260112,2/10N30\n"
    "100,1000,C2,,,2026,3,001,20260110,20260110,USD,RV,S,100,100,20260110,月结60天\n"
    "100,1000,C2,,,2026,4,001,20260110,20260110,USD,RV,S,100,100,20260110,NAH4\n"
)


@pytest.mark.parametrize(
    ("answer", "due"),
    [
        (None, ["2026-02-09", "2026-02-11", "2026-04-01", None]),
        ("baseline", ["2026-01-10", "2026-01-12", "2026-01-10", "2026-01-10"]),
        ("unknown", [None, None, None, None]),
    ],
)
def test_codes_of_terms_are_read_and_confirmed_once(answer: str | None, due: list[str | None]) -> None:
    found = seen(TERMS, "open_items", {"terms:16": answer} if answer else None, asked=("terms",))
    assert [d for (d,) in found.parts("due_date")] == due
    [question] = found.ready.questions
    assert question.options[0].slots == {"codes": "2/10N30 = 30; N030 = 30; 月结60天 = EOM + 60"}
    assert question.default == "as_read"
    unknown = found.said.get("note_due_unknown")
    assert (unknown and unknown["n"]) == (due.count(None) or None)


def test_codes_that_tell_nothing_are_not_asked_about() -> None:
    found = seen(TERMS.replace("N030", "NAA8").replace("2/10N30", "NAA8").replace("月结60天", "CA10"), "open_items")
    assert [d for (d,) in found.parts("due_date")] == [None] * 4
    with_due = seen(
        "Customer number,Document number,Posting date,Net due date,Terms of payment,Amount\n"
        "C1,1,2026-01-10,2026-02-10,NAH4,100\nC1,2,2026-01-10,2026-02-12,N030,100\n",
        "open_items",
    )
    assert with_due.parts("due_date") == [("2026-02-10",), ("2026-02-12",)]


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("N030", Terms(30)),
        ("2/10N30", Terms(30)),
        ("2% 10 days, net 30", Terms(30)),
        ("Net 45", Terms(45)),
        ("30天", Terms(30)),
        ("60 days end of month", Terms(60, True)),
        ("EOM+30", Terms(30, True)),
        ("月结", Terms(0, True)),
        ("COD", Terms(0)),
        ("45", Terms(45)),
        ("0001", None),
        ("NAH4", None),
        ("C129", None),
        ("90M7", None),
        ("2/10", None),
    ],
)
def test_days_of_a_code(code: str, terms: Terms | None) -> None:
    assert read_terms(code) == terms


def test_a_printed_list_in_chinese_with_trailing_minus() -> None:
    found = seen(
        "|客户编号|会计凭证号|凭证类型|凭证日期|净到期日|凭证货币金额|货币|\n"
        "|10001|90001|RV|2026.01.10|2026.02.09|1.234,56|CNY|\n"
        "|10001|16001|DG|2026.01.20|2026.01.20|234,56-|CNY|\n"
        "|10002|90002|RV|2026.01.11|2026.02.10|500,00|CNY|\n",
        "open_items",
    )
    assert found.parts("customer_id", "document_type", "amount", "due_date") == [
        ("10001", "invoice", "1234.56", "2026-02-09"),
        ("10001", "credit_note", "-234.56", "2026-01-20"),
        ("10002", "invoice", "500.00", "2026-02-10"),
    ]
    assert found.checked.currency == "CNY"


def test_a_list_grouped_by_customer() -> None:
    found = seen(
        ",Date,Transaction type,Num,Due date,Past due,Amount,Open balance\n"
        "Acme Ltd,,,,,,,\n"
        ",01/15/2026,Invoice,1001,02/14/2026,136,1000.00,600.00\n"
        ",01/20/2026,Payment,1001,,,-300.00,-100.00\n"
        "Total for Acme Ltd,,,,,,700.00,500.00\n"
        "Beta GmbH,,,,,,,\n"
        ",02/28/2026,Credit Memo,1002,02/28/2026,,-50.00,-50.00\n"
        ",03/01/2026,Invoice,1003,03/31/2026,91,70.00,70.00\n"
        "Total for Beta GmbH,,,,,,20.00,20.00\n"
        "TOTAL,,,,,,720.00,520.00\n",
        "open_items",
    )
    assert found.parts("customer_id", "document", "document_type", "amount") == [
        ("Acme Ltd", "1001", "invoice", "600.00"),
        ("Acme Ltd", "1001/payment", "payment", "-100.00"),
        ("Beta GmbH", "1002", "credit_note", "-50.00"),
        ("Beta GmbH", "1003", "invoice", "70.00"),
    ]
    assert found.sums() == Decimal(520)
    assert found.said["note_grouped"] == {"n": 2}
    assert {customer["customer_name"] for customer in found.customers} == {"Acme Ltd", "Beta GmbH"}


def test_sales_invoices_with_what_was_paid_and_what_is_due() -> None:
    found = seen(
        "ContactName,InvoiceNumber,Reference,InvoiceDate,DueDate,PlannedDate,Total,TaxTotal,InvoiceAmountPaid,"
        "InvoiceAmountDue,Currency,Type,Sent,Status\n"
        "Acme,INV-1,,2026-01-10,2026-02-09,,100.00,0,40.00,60.00,GBP,Sales invoice,Sent,Authorised\n"
        "Acme,INV-2,,2026-01-11,2026-02-10,,200.00,0,200.00,0.00,GBP,Sales invoice,Sent,Paid\n"
        "Acme,CN-1,,2026-01-12,2026-01-12,,30.00,0,0.00,30.00,GBP,Sales credit note,Sent,Authorised\n"
        "Bolt,INV-3,,2026-01-13,2026-02-12,,900.00,0,0.00,900.00,GBP,Sales invoice,,Draft\n"
        "Bolt,INV-4,,2026-01-13,2026-02-12,,80.00,0,0.00,80.00,GBP,Sales invoice,Sent,Authorised\n",
        "open_items",
    )
    assert found.parts("document", "document_type", "amount") == [
        ("INV-1", "invoice", "60.00"),
        ("CN-1", "credit_note", "-30.00"),
        ("INV-4", "invoice", "80.00"),
    ]
    assert found.reasons == [(5, "void", "row")]


def test_odoo_in_chinese() -> None:
    found = seen(
        "编号,合作伙伴,发票/账单日期,到期日,付款条件,总金额,剩余金额,付款状态\n"
        "INV/2026/0001,甲公司,2026-01-10,2026-02-09,30天,100.00,100.00,未付款\n"
        "INV/2026/0002,甲公司,2026-01-12,2026-02-11,30天,80.00,30.00,部分付款\n"
        "RINV/2026/0001,乙公司,2026-01-15,2026-01-15,,-20.00,-20.00,未付款\n",
        "open_items",
        fields={0: "document_no"},
    )
    assert found.parts("customer_id", "document", "document_type", "amount") == [
        ("甲公司", "INV/2026/0001", "invoice", "100.00"),
        ("甲公司", "INV/2026/0002", "invoice", "30.00"),
        ("乙公司", "RINV/2026/0001", "credit_note", "-20.00"),
    ]
    assert "note_partial" not in found.said


def test_erpnext_receivables() -> None:
    found = seen(
        "Posting Date,Party Type,Party,Receivable Account,Customer Name,Voucher Type,Voucher No,Due Date,"
        "Invoice Grand Total,Paid Amount,Credit Note,Outstanding Amount,Age (Days),0-30,31-60,61-90,91-120,121-Above,"
        "Currency,Territory,Sales Person\n"
        "2026-01-10,Customer,C-1,AR,Acme,Sales Invoice,SI-1,2026-02-09,100,30,10,60,171,0,0,0,0,60,INR,North,Li\n"
        "2026-01-12,Customer,C-1,AR,Acme,Payment Entry,PE-1,2026-01-12,-40,0,0,-40,169,0,0,0,0,-40,INR,North,Li\n"
        "2026-05-12,Customer,C-2,AR,Bolt,Sales Invoice,SI-2,2026-06-11,70,0,0,70,49,0,70,0,0,0,INR,South,\n",
        "open_items",
    )
    assert found.parts("customer_id", "document", "document_type", "amount") == [
        ("C-1", "SI-1", "invoice", "60.00"),
        ("C-1", "PE-1/payment", "payment", "-40.00"),
        ("C-2", "SI-2", "invoice", "70.00"),
    ]
    assert found.said["note_credited"] == {"n": 1, "sums": "INR 10.00"}
    assert [(c["customer_name"], c["salesperson"], c["currency"]) for c in found.customers] == [
        ("Acme", "Li", "INR"),
        ("Bolt", None, "INR"),
    ]


def test_u8_receivables_with_sides_and_two_currencies() -> None:
    found = seen(
        "单据类型,应收付单据号,对应单据号,单据日期,客商编号,币种,汇率,借贷方向,本币金额,原币金额,付款条件\n"
        "应收单,YS001,,2026-01-10,K001,美元,7.2,借,7200.00,1000.00,30天\n"
        "应收单,YS002,,2026-01-12,K001,人民币,1,借,500.00,500.00,30天\n"
        "收款单,SK001,YS001,2026-01-25,K001,美元,7.2,贷,2880.00,400.00,\n"
        "收款单,SK002,,2026-02-01,K002,人民币,1,贷,90.00,90.00,\n",
        "open_items",
        answers={"book_currency": "CNY"},
        asked=("terms", "currency"),
    )
    assert found.parts("document", "document_type", "due_date", "amount", "currency") == [
        ("YS001", "invoice", "2026-02-09", "600.00", "USD"),
        ("YS002", "invoice", "2026-02-11", "500.00", "CNY"),
        ("SK002/payment", "payment", None, "-90.00", "CNY"),
    ]


def test_kingdee_receivables_keep_what_is_not_received() -> None:
    found = seen(
        "业务日期,单据编号,单据类型,往来单位编码,往来单位,结算币别,结算汇率,应收金额,实收金额,应收金额本位币,单据状态,销售员\n"
        "2026-01-10,AR001,标准应收单,K01,甲公司,人民币,1,1000,400,1000,已审核,张三\n"
        "2026-01-11,AR002,标准应收单,K01,甲公司,人民币,1,300,300,300,已审核,张三\n"
        "2026-01-12,AR003,标准应收单,K02,乙公司,人民币,1,-50,0,-50,已审核,李四\n"
        "2026-01-13,AR004,标准应收单,K02,乙公司,人民币,1,999,0,999,暂存,李四\n",
        "open_items",
    )
    assert found.parts("document", "document_type", "amount") == [
        ("AR001", "invoice", "600.00"),
        ("AR003", "credit_note", "-50.00"),
    ]
    assert found.reasons == [(5, "void", "row")]


def test_payments_that_name_their_invoice_become_its_parts() -> None:
    found = seen(
        "客户编号,单据编号,单据类型,单据日期,到期日,收款日期,对应单据号,金额\n"
        "K01,FP1,发票,2026-01-10,2026-02-09,,,1000\n"
        "K01,SK1,收款单,2026-02-01,,,FP1,300\n"
        "K01,SK2,收款单,2026-03-01,,,FP1,200\n"
        "K01,SK3,收款单,2026-03-02,,,FP9,70\n"
        "K02,FP2,发票,2026-01-11,2026-02-10,2026-02-20,,400\n",
        "invoices",
    )
    assert found.parts("document", "document_type", "paid_date", "amount") == [
        ("FP1", "invoice", None, "500.00"),
        ("FP1", "invoice", "2026-02-01", "300.00"),
        ("FP1", "invoice", "2026-03-01", "200.00"),
        ("SK3/payment", "payment", None, "-70.00"),
        ("FP2", "invoice", "2026-02-20", "400.00"),
    ]
    assert {part["due_date"] for part in found.items if part["document"] == "FP1"} == {date(2026, 2, 9)}
    assert [i["settles"] for i in found.items] == [None, None, None, ["FP9"], None]
    assert found.reasons == [(5, "not_in_book", "note")]


def test_cleared_rows_keep_the_day_of_clearing_on_both_sides() -> None:
    found = seen(
        f"{SAP}\n"
        "100,1000,C1,,2026-03-05,2026,1,001,2026-01-10,2026-01-10,EUR,RV,S,100,100,2026-01-10,N030\n"
        "100,1000,C1,,2026-03-05,2026,2,001,2026-03-04,2026-03-04,EUR,DZ,H,100,100,2026-03-04,\n"
        "100,1000,C1,,,2026,3,001,2026-02-10,2026-02-10,EUR,RV,S,40,40,2026-02-10,N030\n",
        "invoices",
        asked=("terms",),
    )
    assert found.parts("document_type", "paid_date", "amount") == [
        ("invoice", "2026-03-05", "100.00"),
        ("payment", "2026-03-05", "-100.00"),
        ("invoice", None, "40.00"),
    ]


def test_a_printed_list_in_english_with_trailing_minus() -> None:
    found = seen(
        "Customer line items\n\n"
        "|  |Customer|Document Number|Document Type|Document Date|Net due date|Amount in local currency|\n"
        "|  |10001|90001|RV|10.01.2026|09.02.2026|1,234.56 |\n"
        "|  |10001|16001|DG|20.01.2026|20.01.2026|234.56-|\n"
        "|* |10001|||||1,000.00 |\n",
        "open_items",
    )
    assert found.parts("document", "document_type", "amount", "currency") == [
        ("90001", "invoice", "1234.56", None),
        ("16001", "credit_note", "-234.56", None),
    ]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["C1", "C2"]),
            st.integers(1, 4),  # number of the document
            st.integers(-999, 999).filter(bool),  # amount
            st.one_of(st.none(), st.integers(0, 1200)),  # paid amount
            st.one_of(st.none(), st.integers(1, 28)),  # day of payment
        ),
        min_size=1,
        max_size=30,
    )
)
@settings(max_examples=12, deadline=None)
def test_no_amount_is_lost(rows: list[tuple[str, int, int, int | None, int | None]]) -> None:
    """Parts, and what was paid on unknown days, come to the amounts of documents as a plain reading has them."""
    lines = [
        f"{c},{n},2026-01-10,2026-02-09,{f'2026-03-{d:02}' if d else ''},{a},{'' if p is None else p}"
        for c, n, a, p, d in rows
    ]
    text = HISTORY + "".join(f"{line}\n" for line in [*lines, "C9,9,2026-01-10,2026-02-09,2026-02-09,1,1"])
    ready = prepare(read(text.encode(), "a.csv"), POLICY, Store(), kind=KINDS["invoices"], as_of=AS_OF)
    assert ready.checked is not None
    distinct: dict[tuple[str, int], dict[str, tuple[int, int | None]]] = {}
    for row, line in zip(rows, lines, strict=True):
        distinct.setdefault(row[:2], {})[line] = (row[2], row[3])
    expected = 1
    for kept in distinct.values():
        amounts = [a for a, _ in kept.values()]
        repeats = len(kept) > 1 and len(set(amounts)) == 1 and any(p is not None for _, p in kept.values())
        expected += amounts[0] if repeats else sum(amounts)
    undated = next((n.slots["sums"] for n in ready.checked.notes if n.key == "ledger.note_undated"), "0")
    total = sum(i["amount"] for i in ready.checked.tables["item"].to_pylist())
    assert total + Decimal(undated.replace(",", "")) == expected


HISTORY = "customer id,invoice number,invoice date,due date,paid date,amount,paid amount\n"


def test_one_row_per_payment_becomes_parts_of_the_document() -> None:
    found = seen(
        f"{HISTORY}C1,1,2026-01-10,2026-02-09,2026-02-01,1000,300\n"
        "C1,1,2026-01-10,2026-02-09,2026-03-01,1000,200\n"
        "C1,2,2026-01-10,2026-02-09,2026-02-05,80,80\n",
        "invoices",
    )
    assert found.parts("document", "paid_date", "amount") == [
        ("1", "2026-02-01", "300.00"),
        ("1", None, "500.00"),
        ("1", "2026-03-01", "200.00"),
        ("2", "2026-02-05", "80.00"),
    ]
    assert found.reasons == []


def test_rows_of_one_document_with_amounts_of_their_own_add_up() -> None:
    found = seen(
        "customer id,invoice number,invoice date,due date,paid date,amount\n"
        "C1,1,2026-01-10,2026-02-09,2026-02-01,300\n"
        "C1,1,2026-01-10,2026-02-09,2026-03-01,200\n"
        "C1,2,2026-01-10,2026-02-09,2026-03-01,50\n"
        "C1,2,2026-01-10,2026-02-09,2026-03-01,50\n",
        "invoices",
    )
    assert found.parts("document", "paid_date", "amount") == [
        ("1", "2026-02-01", "300.00"),
        ("1", "2026-03-01", "200.00"),
        ("2", "2026-03-01", "50.00"),
    ]
    assert found.reasons == [(5, "twice", "row")]
    assert found.checked.problems["slots"].iloc[0] == {"first": 4}


def test_overpaid_and_oddly_dated_rows_are_kept_and_said() -> None:
    found = seen(
        f"{HISTORY}C1,1,2026-01-10,2026-02-09,2026-02-01,100,120\n"
        "C1,2,2026-01-10,2026-01-05,2026-01-08,50,50\n"
        "C2,3,2026-08-01,2026-08-31,,60,\n",
        "invoices",
    )
    assert found.parts("document", "document_type", "paid_date", "amount") == [
        ("1", "invoice", "2026-02-01", "120.00"),
        ("1", "payment", None, "-20.00"),
        ("2", "invoice", "2026-01-08", "50.00"),
        ("3", "invoice", None, "60.00"),
    ]
    assert sorted(found.reasons) == [
        (2, "overpaid", "note"),
        (3, "due_before_invoice", "note"),
        (3, "paid_before_invoice", "note"),
        (4, "after_the_day", "note"),
    ]


def test_what_was_paid_on_an_unknown_day_is_left_out_and_said() -> None:
    found = seen(
        "INVOICE_NO,CUSTOMER,INVOICE_DATE,INVOICE_AMOUNT,PAID_AMOUNT,OPEN_AMOUNT,CREDITED_AMOUNT,DUE_DATE,PAYMENT_DATE,"
        "INVOICE_STATUS\n"
        "1,10001,2026-01-10,100,60,30,10,2026-02-09,2026-02-01,Partial\n"
        "2,10001,2026-01-10,100,40,60,0,2026-02-09,,Partial\n"
        "3,10002,2026-01-10,70,0,70,0,2026-02-09,,Open\n"
        "4,10002,2026-01-10,90,90,0,0,2026-02-09,2026-02-09,Paid\n",
        "invoices",
    )
    assert found.parts("document", "paid_date", "amount") == [
        ("1", "2026-02-01", "60.00"),
        ("1", None, "30.00"),
        ("2", None, "60.00"),
        ("3", None, "70.00"),
        ("4", "2026-02-09", "90.00"),
    ]
    assert found.said["note_undated"] == {"n": 1, "sums": "40.00"}
    assert found.said["note_credited"] == {"n": 1, "sums": "10.00"}


def test_partial_without_an_amount_stays_open_in_full_and_open_wins_over_a_date() -> None:
    found = seen(
        "ARID,Customer,InvoiceDate,DueDate,Amount,Currency,Status,ReceivedDate,Terms,Outstanding\n"
        "A1,Acme,2026-01-10,2026-02-24,100,EUR,Partial,,Net 45,100\n"
        "A2,Acme,2026-01-10,2026-02-24,50,EUR,Received,2026-02-24,Net 45,0\n"
        "A3,Bolt,2026-01-10,2026-02-24,70,EUR,Open,2026-02-24,Net 45,70\n",
        "invoices",
    )
    assert found.parts("document", "paid_date", "amount") == [
        ("A1", None, "100.00"),
        ("A2", "2026-02-24", "50.00"),
        ("A3", None, "70.00"),
    ]
    assert found.said["note_partial"] == {"n": 1, "sums": "EUR 100.00"}
    assert found.reasons == [(4, "paid_though_open", "note")]


def test_rows_without_a_customer_or_an_amount_are_set_aside() -> None:
    found = seen(
        "customer id,invoice number,invoice date,due date,amount\n"
        "C1,1,2026-01-10,2026-02-09,100\n"
        ",2,2026-01-10,2026-02-09,100\n"
        "C1,3,2026-01-10,2026-02-09,\n"
        "C1,4,2026-01-10,2026-02-09,abc\n",
        "open_items",
    )
    assert found.parts("document", "amount") == [("1", "100.00")]
    assert found.reasons == [
        (3, "no_customer_id", "row"),
        (4, "no_amount", "row"),
        (5, "not_a_number", "row"),
    ]


def test_documents_without_a_number_are_the_same_in_the_same_list() -> None:
    text = (
        "customer,date,due date,amount\n"
        "Acme,2026-01-10,2026-02-09,100\nAcme,2026-01-10,2026-02-09,100\nBolt,2026-01-11,2026-02-09,5\n"
    )
    first, second = seen(text, "open_items"), seen(text, "open_items")
    assert first.parts("document") == second.parts("document")
    assert first.parts("document") == [("2026-01-10|100.00|1",), ("2026-01-10|100.00|2",), ("2026-01-11|5.00|1",)]


def test_the_most_frequent_spelling_names_the_customer_and_a_history_dates_it() -> None:
    text = (
        "customer id,customer name,invoice number,invoice date,due date,paid date,amount\n"
        "C1,Acme llc,1,2026-01-12,2026-02-09,2026-02-01,1\n"
        "C1,Acme,2,2026-01-11,2026-02-09,2026-02-01,2\n"
        "C1,Acme,3,2026-01-13,2026-02-09,,3\n"
    )
    [customer] = seen(text, "invoices").customers
    assert (customer["customer_name"], customer["dated"]) == ("Acme", date(2026, 1, 11))
    [customer] = seen(text.replace("2026-02-01", ""), "open_items").customers
    assert customer["dated"] is None


def test_the_currency_in_a_heading_is_that_of_the_rows() -> None:
    found = seen(
        "customer id,invoice number,invoice date,due date,amount (USD)\nC1,1,2026-01-10,2026-02-09,100\n", "open_items"
    )
    assert found.parts("currency", "amount") == [("USD", "100.00")]
    assert found.checked.currency == "USD"


def test_a_book_with_a_currency_is_not_asked_for_one() -> None:
    store = Store()
    with store.transaction() as cursor:
        cursor.execute("insert into meta values ('currency', 'CNY')")
        cursor.execute(
            "insert into import (import_id, kind, file_name, sha256, as_of, whole_book, rows_read, "
            "rows_taken, rows_set_aside, encoding, delimiter, mapping, answers, created_at) "
            "values (1, 'rates', 'r.csv', '', ?, false, 1, 1, 0, '', '', '{}', '{}', ?)",
            [AS_OF, NOW],
        )
        cursor.execute("insert into rate values (1, 2, 'USD', ?, 7.2)", [AS_OF])
    found = seen(
        "customer id,invoice number,invoice date,due date,amount,currency\n"
        "C1,1,2026-01-10,2026-02-09,100,USD\nC1,2,2026-01-10,2026-02-09,50,EUR\nC1,3,2026-01-10,2026-02-09,9,CNY\n",
        "open_items",
        store=store,
    )
    assert found.checked.currency is None
    assert found.reasons == [(3, "without_rate", "note")]
    assert found.checked.problems["slots"].iloc[0] == {"rows": 1, "total": "50.00", "own": "CNY"}
    assert found.customers[0]["currency"] is None


def test_a_sheet_is_taken_like_a_text() -> None:
    rows = [
        (1, ["Customer number", "Document number", "Document date", "Net due date", "Amount"]),
        (2, ["C1", "1", "2026-01-10", "2026-02-09", "100"]),
        (3, ["C2", "2", "2026-01-10", "2026-02-09", "-30"]),
    ]
    upload = from_rows(rows, name="a.xlsx", sha256="x", encoding="", delimiter="", sheet="AR")
    ready = prepare(upload, POLICY, Store(), as_of=AS_OF)
    assert ready.kind is KINDS["open_items"]
    assert ready.checked is not None
    assert [i["amount"] for i in ready.checked.tables["item"].to_pylist()] == [Decimal(100), Decimal(-30)]


def test_an_import_that_names_a_document_again_is_marked() -> None:
    store = Store()
    text = "customer id,invoice number,invoice date,due date,amount\nC1,1,2026-01-10,2026-02-09,100\n"
    for place, file in enumerate((text, text.replace("C1,1", "C1,2"), text.replace("C1,1", "C2,1"), text), start=1):
        prepared = seen(file, "open_items", store=store).ready.prepared
        with store.transaction() as cursor:
            assert load(cursor, prepared, "", NOW) == place
    assert store.rows("select overlapping from import order by import_id") == [(False,), (False,), (False,), (True,)]
    with store.transaction() as cursor:
        cursor.execute("update import set undone_at = ? where import_id = 1", [NOW])
        ledger.mark_overlapping(cursor, 4)
    assert store.rows("select overlapping from import where import_id = 4") == [(False,)]
    assert store.rows("select count(*), sum(amount) from item") == [(4, Decimal(400))]


def test_what_a_ledger_says_of_customers_takes_no_wide_rows_and_numbers_each_customer_once() -> None:
    store = Store()
    text = "customer id,region,invoice number,invoice date,due date,amount\nC1,North,1,2026-01-10,2026-02-09,100\n"
    for file in (text, text.replace("\nC1,North", "\nC2,South"), text):
        with store.transaction() as cursor:
            load(cursor, seen(file, "open_items", store=store).ready.prepared, "", NOW)
    assert store.rows("select count(*) from input_kept") == [(0,)]
    assert store.rows("select customer_key, region from input order by import_id") == [
        (1, "North"),
        (2, "South"),
        (1, "North"),
    ]
    assert store.rows("select customer_key, customer_id from customer order by 1") == [(1, "C1"), (2, "C2")]


def test_a_register_that_tells_nothing_of_payments_says_so() -> None:
    register = b"Customer No,Invoice No,Invoice Date,Amount\nC1,F1,2026-01-05,100\nC2,F2,2026-01-06,200\n"
    store = Store()
    found = prepare(read(register, "register.csv"), policies.load(), store)
    assert found.kind.id == "open_items"
    assert found.checked and "ledger.note_register" in {note.key for note in found.checked.notes}
    told = register.replace(b"Amount", b"Amount,Open balance").replace(b"00\n", b"00,50\n")
    found = prepare(read(told, "open.csv"), policies.load(), store)
    assert found.checked and "ledger.note_register" not in {note.key for note in found.checked.notes}


def test_goods_row_by_row_are_summed_to_documents() -> None:
    found = seen(
        "InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,6,2026-01-12 8:26,2.55,17850,United Kingdom\n"
        "536365,71053,6,2026-01-12 8:26,2.55,17850,United Kingdom\n"
        '536366,22633,"1,000",2026-01-13 8:28,1.855,17850,United Kingdom\n'
        "C53637,D,-1,2026-01-14 9:41,27.5,14527,United Kingdom\n"
        "536414,22139,56,2026-01-15 11:52,0.5,,United Kingdom\n"
        "536415,22139,a lot,2026-01-16 11:52,3,12345,France\n",
        "open_items",
    )
    assert found.parts("document", "document_type", "amount", "invoice_date") == [
        ("536365", "invoice", "30.60", "2026-01-12"),  # two rows alike are two rows of goods
        ("536366", "invoice", "1855.00", "2026-01-13"),
        ("C53637", "credit_note", "-27.50", "2026-01-14"),
    ]
    assert found.said["note_priced"] == {"rows": 6, "n": 5}
    assert [(line, effect) for line, _, effect in found.reasons] == [(6, "row"), (7, "row")]
    assert found.checked.rows_read == 5


def test_lines_of_an_import_for_sales_invoices_are_summed_to_documents() -> None:
    found = seen(
        "*ContactName,EmailAddress,*InvoiceNumber,*InvoiceDate,*DueDate,*Description,*Quantity,*UnitAmount,*TaxType\n"
        "Anker Ltd,,S-1,14/05/2026,28/05/2026,Work,3,120.00,None\n"
        "Anker Ltd,,S-1,14/05/2026,28/05/2026,Parts,1,40.50,None\n"
        "Birch Pty,,S-2,20/05/2026,20/06/2026,Work,2,120.00,None\n",
        "open_items",
    )
    assert found.parts("customer_id", "document", "due_date", "amount") == [
        ("Anker Ltd", "S-1", "2026-05-28", "400.50"),
        ("Birch Pty", "S-2", "2026-06-20", "240.00"),
    ]


def test_what_is_open_is_the_amount_less_what_was_paid_where_headings_leave_it_open() -> None:
    found = seen(
        "id,Amount Due,Amount Paid,Amount Remaining,Currency,Customer Name,Date,Due Date (UTC),Number,Status,Total\n"
        "in_1,120.00,120.00,0.00,usd,Alpha,2026-05-01 10:00,2026-05-31 10:00,A-0001,paid,120.00\n"
        "in_2,80.50,30.25,50.25,usd,Bravo,2026-06-01 10:00,2026-07-01 10:00,B-0001,open,80.50\n",
        "open_items",
    )
    assert found.parts("document", "amount", "due_date") == [("B-0001", "50.25", "2026-07-01")]
    assert {m.heading: m.field for m in found.ready.matches}["Amount Due"] is None


def test_bills_with_what_is_still_to_be_paid() -> None:
    found = seen(
        "账单号,订单号,客户名称,应收金额,已付金额,待付金额,账单状态,到期时间,创建时间\n"
        "ZD-001,O-1,甲公司,¥100.00,¥40.00,¥60.00,待支付,2026-05-01,2026-04-01 10:22:03\n"
        'ZD-002,O-2,乙公司,"¥1,250.00","¥1,250.00",¥0.00,已支付,2026-05-05,2026-04-05 08:00:00\n',
        "open_items",
    )
    assert found.parts("document", "amount", "due_date") == [("ZD-001", "60.00", "2026-05-01")]


def test_amounts_owed_and_paid_by_customer_are_a_list_of_what_is_open() -> None:
    found = seen("客户名称,应收金额,实收金额\n甲公司,1000,800\n乙公司,500,600\n丙公司,300,300\n", "open_items")
    assert found.sums() == Decimal(100)
    assert (3, "overpaid", "note") in found.reasons


def test_groups_whose_lines_label_who_it_is_and_repeat_the_headings() -> None:
    headings = "No,Type,Date,Ref,Details,Balance,Future,Current,Period 1,Period 2\n"
    found = seen(
        "Aged Debtors Analysis (Detailed),,,,,,,,,\nDate: 30/09/2026,,,,,,,,,\n,,,,,,,,,\n"
        "A/C: ABS001,Name: ABS Garages Ltd,,Contact: Mike Hall,,Tel: 01234 567890,,,,\n"
        f"{headings}"
        '1,SI,15/07/2026,101,Opening,"2,533.31",0,0,"2,533.31",0\n'
        "45,SI,02/09/2026,145,Parts,350.00,0,350.00,0,0\n"
        ',,,,Totals:,"2,883.31",0,350.00,"2,533.31",0\n'
        f"A/C: BBS001,Name: Bobs Building Supplies,,Contact: Bob,,Tel: 01234,,,,\n{headings}"
        '46,SI,10/09/2026,146,Sand,"1,000.00",0,"1,000.00",0,0\n'
        ',,,,Totals:,"1,000.00",0,"1,000.00",0,0\n',
        "open_items",
    )
    assert found.parts("customer_id", "document", "amount") == [
        ("ABS001", "1", "2533.31"),
        ("ABS001", "45", "350.00"),
        ("BBS001", "46", "1000.00"),
    ]
    names = {customer["customer_id"]: customer["customer_name"] for customer in found.customers}
    assert names == {"ABS001": "ABS Garages Ltd", "BBS001": "Bobs Building Supplies"}
    assert [(one.agrees, one.rows_say) for one in found.checked.reconciled] == [(True, Decimal("3883.31"))]
    assert found.said["note_grouped"] == {"n": 1}


def test_names_that_head_groups_whose_rows_begin_with_a_date() -> None:
    found = seen(
        "Aged Receivables Detail,,,,,,\nAs at 31 May 2026,,,,,,\n"
        "Invoice Date,Due Date,Invoice Number,Invoice Reference,Current,Older,Total\n"
        "Bayside Club,,,,,,\n"
        "15 Feb 2026,25 Feb 2026,INV-0028,P/O 9711,0.00,234.00,234.00\n"
        '2 Mar 2026,12 Mar 2026,INV-0031,,0.00,"1,200.00","1,200.00"\n'
        'Total Bayside Club,,,,0.00,"1,434.00","1,434.00"\n'
        "Port & Philip Freight,,,,,,\n"
        "1 May 2026,31 May 2026,INV-0029,Support,541.25,0.00,541.25\n"
        "Total Port & Philip Freight,,,,541.25,0.00,541.25\n"
        'Total,,,,541.25,"1,434.00","1,975.25"\n',
        "open_items",
    )
    assert found.parts("customer_id", "document", "amount") == [
        ("Bayside Club", "INV-0028", "234.00"),
        ("Bayside Club", "INV-0031", "1200.00"),
        ("Port & Philip Freight", "INV-0029", "541.25"),
    ]
    assert [one.agrees for one in found.checked.reconciled] == [True]
