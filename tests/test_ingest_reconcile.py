"""The totals that a file gives itself beside the sums of its rows."""

from decimal import Decimal

import pytest

from riskcore import policy as policies
from riskcore.ingest import Checked, check, propose, read
from riskcore.ingest.kinds import CUSTOMERS, KINDS
from riskcore.store import Store

POLICY = policies.load()


def checked(text: str, kind: str = CUSTOMERS.id, store: Store | None = None) -> Checked:
    """A file under its proposed mapping."""
    upload = read(text.encode(), "a.csv")
    of = KINDS[kind]
    matches = propose(upload, POLICY, {}, of.fields, of.group)
    return check(upload, matches, {}, POLICY, store or Store(), of)


def reasons(found: Checked, effect: str) -> list[tuple[int, str]]:
    return [
        (p["line"], p["reason"].removeprefix("problems."))
        for p in found.problems.to_dict("records")
        if p["effect"] == effect
    ]


@pytest.mark.parametrize(
    ("rows", "totals"),
    [
        ("A,Acme,10\nB,Beta,20\nTotal,,30\n", [4]),
        ("A,Acme,10\nTotal for Acme,,10\nB,Beta,20\nTotal for Beta,,20\nTOTAL,,30\n", [3, 5, 6]),
        ("A,Acme,10\n,小计,10\nB,Beta,20\n,小 计：,20\n,合计,30\n", [3, 5, 6]),
        ("A,Acme,10\nA小计,,10\nB,Beta,20\nB 小计,,20\n", [3, 5]),
        ("A,Acme,10\nB,Beta,20\n,Total Acme,10\n,Total Beta,20\n", [4, 5]),
        ("A,Acme,10\nB,Beta,20\n合计（2家）,,30\n", [4]),
    ],
)
def test_totals_are_no_rows_and_agree_with_the_rows(rows: str, totals: list[int]) -> None:
    found = checked(f"customer id,name,exposure\n{rows}")
    assert reasons(found, "row") == [(line, "total_row") for line in totals]
    assert [(r.field, r.file_says, r.rows_say, r.agrees) for r in found.reconciled] == [("exposure", 30, 30, True)]
    assert found.totals == {"exposure": Decimal(30)} and not reasons(found, "note")


def test_a_difference_is_said_with_what_both_say_and_nothing_is_lost_for_it() -> None:
    found = checked("customer id,name,exposure,credit limit\nA,Acme,10,5\nB,Beta,x,6\nC,Gamma,7,\n合计,,40,11.01\n")
    assert found.rows_taken == 2
    assert reasons(found, "note") == [(5, "totals_differ")]
    [said] = [p for p in found.problems.to_dict("records") if p["effect"] == "note"]
    assert said["column"] == "exposure"
    assert said["slots"] == {"file_says": "40.00", "rows_say": "17.00", "difference": "23.00"}
    # A hundredth per row is rounding; rows set aside for another column are among the rows all the same.
    assert [(r.field, r.rows_say, r.agrees) for r in found.reconciled] == [
        ("exposure", 17, False),
        ("credit_limit", 11, True),
    ]


def test_customers_whose_names_begin_or_end_like_totals_stay() -> None:
    found = checked("customer id,name,exposure\n1,Total Oil Ltd,10\n2,Sum Trading,5\n3,Total Quality Foods,1\n")
    assert found.rows_taken == 3 and not found.reconciled


def test_totals_per_currency_are_compared_each_with_its_own() -> None:
    text = (
        "Customer ID,Invoice No,Invoice date,Due date,Currency,Amount,Open amount\n"
        "A,1,2025-01-05,2025-02-05,USD,10,10\nB,2,2025-01-06,2025-02-06,EUR,20,20\nB,3,2025-01-07,2025-02-07,EUR,5,5\n"
        "Total,,,,USD,10,10\nTotal,,,,EUR,25,26\n"
    )
    found = checked(text, "open_items", book("USD"))
    assert [(r.field, r.currency, r.file_says, r.rows_say) for r in found.reconciled] == [
        ("amount", "USD", 10, 10),
        ("amount", "EUR", 25, 25),
        ("open_amount", "USD", 10, 10),
        ("open_amount", "EUR", 26, 25),
    ]
    assert found.totals_by_currency["amount"] == {"EUR": Decimal(25), "USD": Decimal(10)}
    assert (6, "totals_differ") in reasons(found, "note")


def test_amounts_without_a_sign_are_added_up_by_debit_and_credit() -> None:
    text = (
        "Customer ID,Document No,Document date,Net due date,Debit/Credit,Amount\n"
        "A,1,2025-01-05,2025-02-05,S,100\nA,2,2025-01-06,2025-02-06,H,30\n*,,,,,70\n"
    )
    found = checked(text, "open_items")
    assert [(r.file_says, r.rows_say, r.agrees) for r in found.reconciled] == [(70, 70, True)]


def book(currency: str) -> Store:
    store = Store()
    store.rows("insert into meta values ('currency', $currency)", currency=currency)
    return store
