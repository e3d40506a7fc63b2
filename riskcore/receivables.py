"""What customers owe and how they pay: the invoices behind an average, and the measures of collection.

All of it reads the ledger as the features do, on the day asked for or the last one that its files tell of.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from riskcore import versions
from riskcore.features import conversion, ledger, live
from riskcore.store import Cursor, Store, by_column, sql


@dataclass(frozen=True)
class Bucket:
    """Open amounts that are `from_day` to `to_day` days past due; both are None where no due date is known.

    `from_day` 0 is what is not past due; `to_day` None is an open end. `gross`: invoices; `net`: less what is open of
    credit notes and payments of the same age.
    """

    from_day: int | None
    to_day: int | None
    items: int
    gross: float
    net: float


@dataclass(frozen=True)
class Measures:
    """Receivables on a day, over the 12 months that end on it; amounts in the book's currency, None: not known.

    `days_sales_outstanding`: net receivables / sales x days of the period. `count_back_days`: days of the newest
    sales, month by month, that make up the receivables; None where 12 months do not. `best_possible_days`: the same
    as the first of receivables not past due; the rest, `average_days_delinquent`, is due to late payment. `cei_pct`:
    (receivables at the start + sales - receivables) / (the same - receivables not past due) x 100, 100 where all that
    was due was collected. `terms_days` and `days_to_pay`: of the invoices paid in the period, weighted by value, from
    invoice to due and to paid date. `items_without_rate` are left out of all amounts. What has
    no due date counts as not past due.
    Sources: DSO, CEI and weighted terms, fswfunding.com "Is DSO outdated"; best possible DSO, apruve.com; average days
    delinquent, waycalculator.com. Sales need a history of invoices.
    """

    day: date
    currency: str
    receivables: float
    not_past_due: float
    sales: float | None
    days_sales_outstanding: float | None
    count_back_days: float | None
    best_possible_days: float | None
    average_days_delinquent: float | None
    cei_pct: float | None
    terms_days: float | None
    days_to_pay: float | None
    buckets: tuple[Bucket, ...]
    items_without_rate: int


def invoices_of(store: Store, customer_key: int, as_of: date, known_by: date | None = None) -> pd.DataFrame:
    """Each item of a customer and what it does to the average days beyond terms; empty where there is no ledger.

    Columns: document, document_type, invoice_date, due_date, paid_date, is_inferred (the payment's day was worked out
    from lists), amount in its currency, is_open, days_beyond_terms (below 0: early; NULL: not due yet), weight (share
    of the average, 0 to 1; NULL: no part of it), contribution in days (they add up to the average), file_name, sheet,
    line. What moves the average most comes first.
    """
    with _items(store, as_of, known_by, customer_key) as (cursor, day):
        if day is None:
            return pd.DataFrame(columns=_INVOICE_COLUMNS)
        year = ledger.periods(cursor, day)["year"]
        return cursor.execute(sql("ledger_invoices"), {"year": year}).df()


def measures(
    store: Store, as_of: date, customer_key: int | None = None, known_by: date | None = None
) -> Measures | None:
    """The measures of the book or of one customer; None where no file tells of items."""
    with _items(store, as_of, known_by, customer_key) as (cursor, day):
        if day is None:
            return None
        dates = ledger.periods(cursor, day)
        summed = _row(cursor, sql("ledger_measures"), {"year": dates["year"]})
        months = cursor.execute(sql("ledger_sales"), {"as_of": day}).fetchall()
        buckets = tuple(Bucket(*row) for row in cursor.execute(sql("ledger_buckets")).fetchall())
        currency = conversion.book_currency(cursor, versions.in_force(store))
    owed, current, sales = summed["receivables"], summed["not_past_due"], summed["sales"]
    span = (day - dates["year"]).days
    outstanding = owed / sales * span if sales else None
    best = current / sales * span if sales else None
    to_collect = summed["receivables_before"] + sales - current if sales else 0
    return Measures(
        day=day,
        currency=currency,
        receivables=owed,
        not_past_due=current,
        sales=sales,
        days_sales_outstanding=outstanding,
        count_back_days=count_back(owed, [(float(sold), int(days)) for sold, days in months]) if sales else None,
        best_possible_days=best,
        average_days_delinquent=None if outstanding is None or best is None else outstanding - best,
        cei_pct=100 * (summed["receivables_before"] + sales - owed) / to_collect if to_collect > 0 else None,
        terms_days=summed["terms_days"],
        days_to_pay=summed["days_to_pay"],
        buckets=buckets,
        items_without_rate=summed["items_without_rate"],
    )


def count_back(owed: float, months: list[tuple[float, int]]) -> float | None:
    """Days of the newest sales that make up what is owed; `months` are sales and days, newest first.

    >>> count_back(150.0, [(100.0, 31), (100.0, 30)]), count_back(250.0, [(100.0, 31), (100.0, 30)])
    (46.0, None)
    """
    days = 0.0
    for sold, span in months:
        if owed <= 0:
            break
        if sold >= owed:
            return days + owed / sold * span
        owed -= sold
        days += span
    return days if owed <= 0 else None


_INVOICE_COLUMNS = [
    *("document", "document_type", "invoice_date", "due_date", "paid_date", "is_inferred", "amount", "currency"),
    *("is_open", "days_beyond_terms", "weight", "contribution", "file_name", "sheet", "line"),
]


@contextmanager
def _items(
    store: Store, as_of: date, known_by: date | None, customer_key: int | None
) -> Iterator[tuple[Cursor, date | None]]:
    """A cursor with the view `ledger_item`, and the day that it is seen on."""
    cursor = store.cursor()
    live.prepare(cursor, known_by)
    keys = None if customer_key is None else (customer_key, customer_key)
    yield cursor, ledger.prepare_items(cursor, versions.in_force(store), as_of, keys)
    cursor.close()  # its temporary tables go with it


def _row(cursor: Cursor, question: str, values: dict[str, Any]) -> dict[str, Any]:
    return by_column(cursor.execute(question, values))[0]
