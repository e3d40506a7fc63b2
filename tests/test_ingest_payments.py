"""Payments in a file of their own: every system's rows come to the same payments, applied in either order of upload."""

from datetime import date
from itertools import permutations
from typing import Any

import pandas as pd
import pytest

from riskcore import policy as policies
from riskcore import receivables
from riskcore.ingest import KINDS, load, read
from riskcore.ingest.preparing import Preparing, prepare
from riskcore.store import Store
from tests.test_ingest_ledger import AS_OF, NOW, SAP, seen

POLICY = policies.load()
LIST = (
    "收款单号,收款日期,客户编号,客户名称,对应发票号,收款金额\n"
    "SK1,2026-02-01,K01,甲公司,FP1,300\n"
    "SK2,2026-03-01,K01,甲公司,FP1；FP2,900\n"
    "SK3,2026-03-02,K02,乙公司,,200\n"
)
INVOICES = (
    "客户编号,单据编号,开票日期,到期日,金额\nK01,FP1,2026-01-10,2026-02-09,1000\nK01,FP2,2026-02-10,2026-03-12,400\n"
)


def take(store: Store, text: str, kind: str | None = None, as_of: date = AS_OF, **more: Any) -> Preparing:
    """A file taken into a book, as the kind that it is recognised as or the one chosen."""
    chosen = KINDS[kind] if kind else None
    ready = prepare(read(text.encode(), more.pop("name", "a.csv")), POLICY, store, kind=chosen, as_of=as_of, **more)
    with store.transaction() as cursor:
        load(cursor, ready.prepared, "", NOW)
    return ready


def owed(store: Store, customer: str, as_of: date = AS_OF) -> list[tuple[str, str, str | None, str]]:
    """Document, type, day of payment and amount of each item of a customer, by document and day."""
    [key] = store.one("select customer_key from customer where customer_id = $customer", customer=customer) or (0,)
    found = receivables.invoices_of(store, key, as_of)
    days = [None if pd.isna(day) else str(day)[:10] for day in found["paid_date"]]
    amounts = [f"{amount:.2f}" for amount in found["amount"]]
    return sorted(zip(found["document"], found["document_type"], days, amounts, strict=True), key=repr)


PAID = [
    ("FP1", "invoice", "2026-02-01", "300.00"),
    ("FP1", "invoice", "2026-03-01", "700.00"),
    ("FP2", "invoice", "2026-03-01", "200.00"),
    ("FP2", "invoice", None, "200.00"),
]


@pytest.mark.parametrize("order", list(permutations([(INVOICES, "invoices"), (LIST, None)])))
def test_invoices_in_one_file_and_payments_in_another_in_either_order(order: list[tuple[str, str | None]]) -> None:
    store = Store()
    for text, kind in order:
        take(store, text, kind)
    assert owed(store, "K01") == PAID
    assert owed(store, "K02") == [("SK3/payment", "payment", None, "-200.00")]
    # As of a day between two payments, the first is known and the second is not.
    assert owed(store, "K01", date(2026, 2, 20)) == [
        ("FP1", "invoice", "2026-02-01", "300.00"),
        ("FP1", "invoice", None, "700.00"),
        ("FP2", "invoice", None, "400.00"),
    ]
    found = receivables.measures(store, AS_OF)
    assert found is not None and found.receivables == 0  # 200 open less the 200 that name no invoice


def test_payments_of_invoices_that_the_book_lacks_are_kept_and_said() -> None:
    store = Store()
    ready = take(store, LIST)
    assert ready.kind is KINDS["payments"] and ready.checked is not None
    [problem] = ready.checked.problems.to_dict("records")
    assert (problem["line"], problem["value"], problem["effect"]) == (2, "FP1", "note")
    assert (problem["reason"], problem["slots"]) == ("ledger.not_in_book", {"n": 2, "total": "1,200.00"})
    assert [(n.key, n.slots) for n in ready.checked.notes] == [("ledger.note_payments", {"n": 1, "sums": "-200.00"})]
    # They say that they were made, and are nobody's credit while what they pay is not known.
    assert [row[2] for row in owed(store, "K01")] == ["2026-02-01", "2026-03-01"]
    take(store, INVOICES, "invoices")
    assert take(store, LIST.replace("SK", "RC")).checked.problems.empty  # type: ignore[union-attr]


def test_the_part_names_the_line_of_its_payment() -> None:
    store = Store()
    take(store, INVOICES, "invoices", name="invoices.csv")
    take(store, LIST, name="payments.csv")
    found = receivables.invoices_of(store, 1, AS_OF)
    paid = found[found["paid_date"].notna()].sort_values(["line", "document"])
    assert list(zip(paid["file_name"], paid["line"], paid["document"], strict=True)) == [
        ("payments.csv", 2, "FP1"),
        ("payments.csv", 3, "FP1"),
        ("payments.csv", 3, "FP2"),
    ]
    assert set(found[found["paid_date"].isna()]["file_name"]) == {"invoices.csv"}


def test_the_same_list_twice_pays_once_and_a_longer_one_adds_to_it() -> None:
    store = Store()
    for text in (INVOICES, LIST, LIST, f"{LIST}SK4,2026-04-01,K01,甲公司,FP2,250\n"):
        take(store, text, "invoices" if text is INVOICES else None)
    assert owed(store, "K01") == [
        *PAID[:2],
        ("FP2", "invoice", "2026-03-01", "150.00"),
        ("FP2", "invoice", "2026-04-01", "250.00"),  # a payment that names it alone comes before the rest of others
        ("SK2/payment", "payment", None, "-50.00"),
    ]


def test_what_the_invoices_own_file_shows_as_paid_is_not_paid_again() -> None:
    store = Store()
    text = (
        "customer id,invoice number,invoice date,due date,paid date,amount,paid amount\n"
        "C1,1,2026-01-10,2026-02-09,2026-02-01,1000,300\n"  # the same payment
        "C1,2,2026-01-10,2026-02-09,2026-03-05,500,500\n"  # two payments under the day of the last
        "C1,3,2026-01-10,2026-02-09,,80,80\n"  # paid on a day that the file does not tell
    )
    take(store, text)
    assert ("3", "invoice", None, "80.00") not in owed(store, "C1")
    payments = (
        "Payment date,Payment no,Customer no,Invoice number,Amount\n"
        "2026-02-01,P1,C1,1,300\n2026-02-11,P2,C1,1,100\n2026-02-20,P3,C1,2,200\n2026-03-05,P4,C1,2,300\n"
        "2026-02-21,P5,C1,3,80\n"
    )
    take(store, payments)
    assert owed(store, "C1") == [
        ("1", "invoice", "2026-02-01", "300.00"),
        ("1", "invoice", "2026-02-11", "100.00"),
        ("1", "invoice", None, "600.00"),
        ("2", "invoice", "2026-02-20", "200.00"),
        ("2", "invoice", "2026-03-05", "300.00"),
        ("3", "invoice", "2026-02-21", "80.00"),
    ]


def test_a_list_of_what_is_open_has_earlier_payments_in_its_amounts() -> None:
    store = Store()
    take(store, INVOICES, "open_items", date(2026, 2, 10))
    take(store, LIST)
    assert owed(store, "K01") == [
        ("FP1", "invoice", "2026-03-01", "900.00"),
        ("FP1", "invoice", None, "100.00"),
        ("FP2", "invoice", None, "400.00"),
        ("SK1/payment", "payment", "2026-02-01", "-300.00"),
    ]
    take(store, INVOICES.replace("1000", "100"), "open_items", date(2026, 3, 31))
    assert [row for row in owed(store, "K01") if row[2] is None] == [
        ("FP1", "invoice", None, "100.00"),
        ("FP2", "invoice", None, "400.00"),
    ]
    take(store, INVOICES.splitlines(keepends=True)[0] + "K09,X,2026-03-10,2026-04-09,1\n", "open_items", AS_OF)
    assert [row for row in owed(store, "K01") if row[2] is None] == []


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param(  # QuickBooks: payments below their customer's name, as what they do to the balance
            "Customer,Date,Transaction type,Num,Applied to,Amount\n"
            "Acme Ltd,,,,,\n,02/20/2026,Payment,2001,1001,-300.00\n,03/05/2026,Payment,2002,1001,-50.00\n"
            "Total for Acme Ltd,,,,,-350.00\nBeta LLC,,,,,\n,03/15/2026,Payment,2003,,-20.00\n"
            "Total for Beta LLC,,,,,-20.00\n",
            [
                ("Acme Ltd", "2001/payment", "2026-02-20", "-300.00", ["1001"]),
                ("Acme Ltd", "2002/payment", "2026-03-05", "-50.00", ["1001"]),
                ("Beta LLC", "2003/payment", "2026-03-15", "-20.00", None),
            ],
            id="quickbooks",
        ),
        pytest.param(  # Xero: no number of the payment's own
            "Date,ContactName,InvoiceNumber,Reference,Amount,Currency,PaymentType,Status\n"
            "2026-02-20,Acme Ltd,INV-0001,BACS,300.00,GBP,ACCRECPAYMENT,AUTHORISED\n"
            "2026-02-20,Acme Ltd,INV-0001,BACS,300.00,GBP,ACCRECPAYMENT,AUTHORISED\n"
            "2026-02-21,Acme Ltd,INV-0002,BACS,10.00,GBP,ACCRECPAYMENT,DELETED\n",
            [
                ("Acme Ltd", "INV-0001|2026-02-20|-300.00|1|payment", "2026-02-20", "-300.00", ["INV-0001"]),
                ("Acme Ltd", "INV-0001|2026-02-20|-300.00|2|payment", "2026-02-20", "-300.00", ["INV-0001"]),
            ],
            id="xero",
        ),
        pytest.param(
            "单据编号,单据类型,业务日期,往来单位编码,往来单位,币别,应收金额,实收金额,源单编号,单据状态\n"
            "SKD001,销售收款单,2026-02-20,K01,甲公司,人民币,1000,1000,AR0001,已审核\n"
            "SKD002,收款退款单,2026-02-25,K01,甲公司,人民币,100,100,AR0001,已审核\n"
            "SKD003,销售收款单,2026-02-26,K02,乙公司,人民币,50,50,,已审核\n"
            "SKD004,销售收款单,2026-02-27,K02,乙公司,人民币,60,60,AR0002,暂存\n",
            [
                ("K01", "SKD001/payment", "2026-02-20", "-1000.00", ["AR0001"]),
                ("K01", "SKD002/payment", "2026-02-25", "100.00", None),
                ("K02", "SKD003/payment", "2026-02-26", "-50.00", None),
            ],
            id="kingdee",
        ),
        pytest.param(  # ERPNext: a payment in whole on each row, and its share of every invoice
            "Payment Entry,Payment Type,Posting Date,Party,Paid Amount,Reference Name,Allocated Amount,Status\n"
            "PE-1,Receive,2026-02-20,C-1,500,SINV-1,300,Submitted\n"
            "PE-1,Receive,2026-02-20,C-1,500,SINV-2,150,Submitted\n"
            "PE-2,Receive,2026-02-21,C-2,70,,,Submitted\n",
            [
                ("C-1", "PE-1/payment", "2026-02-20", "-300.00", ["SINV-1"]),
                ("C-1", "PE-1/payment", "2026-02-20", "-50.00", None),
                ("C-1", "PE-1/payment", "2026-02-20", "-150.00", ["SINV-2"]),
                ("C-2", "PE-2/payment", "2026-02-21", "-70.00", None),
            ],
            id="erpnext",
        ),
    ],
)
def test_payments_of_every_system(text: str, rows: list[tuple[object, ...]]) -> None:
    found = seen(text, "payments")
    items = sorted(found.items, key=lambda i: (i["line"], i["amount"]))
    assert [
        (i["customer_id"], i["document"], str(i["invoice_date"]), str(i["amount"]), i["settles"]) for i in items
    ] == rows


def test_cleared_rows_of_sap_name_the_invoice_of_another_file() -> None:
    store = Store()
    head = f"{SAP},REBZG,AUGBL\n"
    take(
        store,
        head + "100,1000,C1,,,2026,0000090001,001,20260110,20260110,EUR,RV,S,1000,1000,20260110,,,\n"
        "100,1000,C1,,,2026,0000090002,001,20260110,20260110,EUR,RV,S,40,40,20260110,,,\n",
        "invoices",
    )
    cleared = take(
        store,
        head + "100,1000,C1,,20260305,2026,1400001,001,20260220,20260220,EUR,DZ,H,300,300,20260220,,90001,1400002\n"
        "100,1000,C1,,20260305,2026,1400002,001,20260305,20260305,EUR,DZ,H,700,700,20260305,,90001,1400002\n"
        "100,1000,C1,,20260306,2026,1400003,001,20260306,20260306,EUR,DZ,H,40,40,20260306,,,1400003\n",
    )
    assert cleared.kind is KINDS["invoices"]
    assert owed(store, "C1") == [
        ("1000/2026/0000090001/001", "invoice", "2026-02-20", "300.00"),
        ("1000/2026/0000090001/001", "invoice", "2026-03-05", "700.00"),
        ("1000/2026/0000090002/001", "invoice", None, "40.00"),
        ("1000/2026/1400003/001/payment", "payment", "2026-03-06", "-40.00"),
    ]


def test_invoices_and_payments_in_one_list_are_a_history() -> None:
    found = seen(
        "Customer,Date,Transaction type,Num,Applied to,Amount\n"
        "Acme Ltd,,,,,\n,01/15/2026,Invoice,1001,,500.00\n,02/20/2026,Payment,2001,1001,-300.00\n"
        ",03/15/2026,Payment,2002,,-20.00\nTotal for Acme Ltd,,,,,180.00\n",
        "invoices",
    )
    assert found.parts("document", "document_type", "paid_date", "amount") == [
        ("1001", "invoice", None, "200.00"),
        ("1001", "invoice", "2026-02-20", "300.00"),
        ("2002/payment", "payment", None, "-20.00"),
    ]


def test_a_payment_in_another_currency_or_of_another_customer_pays_nothing() -> None:
    store = Store()
    take(store, INVOICES, "invoices")
    take(
        store,
        "Payment date,Payment no,Customer no,Invoice number,Amount,Currency\n"
        "2026-02-01,P1,K01,FP1,300,EUR\n2026-02-11,P2,K02,FP1,100,CNY\n2026-02-11,P3,K01,FP1,100,CNY\n",
        answers={"book_currency": "CNY"},
    )
    assert ("FP1", "invoice", "2026-02-11", "100.00") in owed(store, "K01")
    assert ("P1/payment", "payment", None, "-300.00") in owed(store, "K01")
    assert owed(store, "K02") == [("P2/payment", "payment", "2026-02-11", "-100.00")]


def test_an_undone_list_of_payments_pays_nothing() -> None:
    store = Store()
    take(store, INVOICES, "invoices")
    take(store, LIST)
    with store.transaction() as cursor:
        cursor.execute("update import set undone_at = ? where import_id = 2", [NOW])
    assert owed(store, "K01") == [("FP1", "invoice", None, "1000.00"), ("FP2", "invoice", None, "400.00")]
