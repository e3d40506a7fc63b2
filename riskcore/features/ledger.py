"""How customers pay, from their invoices, credit notes and payments as of a date: exact sums of cents and days.

An item counts from its invoice date on and is open until it is paid. Days beyond terms weigh invoices by value, early
payment counting negative and what stands open and overdue as late as it is by then; credit notes, payments on account
and down payments weigh nothing. A payment that names invoices of its customer pays them, in whichever order and file
they come: it first stands for what the invoice's own file shows as paid up to then, of the same day and amount before
all else, then splits what is open. The ledger is read on the date asked for, or on the last day that its files tell of
where that is earlier: an old list is no news of today, and its facts age by that day.
"""

from datetime import date

from riskcore.features import conversion, live
from riskcore.features.computed import Computed
from riskcore.features.live import Keys
from riskcore.policy import Policy
from riskcore.store import Cursor, by_column, sql

# What more than 90 days past due must come to at least, in the book's currency, to be material beside 1 % of the
# exposure: the absolute threshold for other than retail exposures in Delegated Regulation (EU) 2018/171.
PAST_DUE_MINIMUM = 500

_NAMES_INVOICES = "select 1 from item semi join ledger_import using (import_id) where settles is not null limit 1"

# What payments go to, by the state of an invoice's part, and which of them: up to the last day of the invoice's files
# to what these show as paid; to what is open, but for those up to a list's day, which are in its amounts; the rest to
# what is paid on days not told.
_STEPS = (
    ("state in ('paid', 'undated')", "day <= told_on"),
    ("state = 'open'", "(listed_on is null or day > listed_on) and (closed_on is null or day <= closed_on)"),
    ("state = 'undated'", "true"),
)

_PERIODS = f"""
select ($day - interval 12 month)::date as year, ($day - interval 3 month)::date as quarter,
  ($day - interval 6 month)::date as half_year, ($day - interval 24 month)::date as two_years,
  {", ".join(f"last_day($day - interval {n} month) as month_{n}" for n in range(1, 7))}
"""


def work_out(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> Computed | None:
    """Make the table `ledger`: payment behaviour, balances and dates of each customer with items; reads `live`.

    Averages need an invoice paid, due or overdue within their months, and more than a list of what is open, which
    tells of late payers alone; else they are NULL. Measures: days beyond terms
    and their trend (the last 3 months less the 9 before), open more than 30 days past due in per cent of open invoices
    (credits not taken off), the worst days that at least 1 % of the value of 24 months was late by, the highest
    balance of the last six month ends and of the day in per cent of the newest limit. Sales need a history: a list of
    what is open does not tell them.
    """
    day = prepare_items(cursor, policy, as_of, keys)
    if day is None:
        return None
    dates = periods(cursor, day)
    months = {f"month_{n}": dates[f"month_{n}"] for n in range(1, 7)}
    starts = {name: dates[name] for name in ("year", "quarter", "half_year", "two_years")}
    bound = {"as_of": day, "asked_for": as_of, "minimum_cents": PAST_DUE_MINIMUM * 100}
    limit = conversion.converted("credit_limit", "input.currency")
    cursor.execute(sql("ledger_features").replace("limit_converted", limit), bound | starts | months)
    if cursor.execute("select 1 from ledger where is_worst_sought limit 1").fetchone():
        cursor.execute(sql("ledger_worst"), {"two_years": dates["two_years"]})
    drop_items(cursor)
    return Computed(
        "ledger",
        stated=(
            "days_beyond_terms_12m",
            "past_due_over_30_pct",
            "worst_days_past_due_24m",
            "payment_trend_days",
            "peak_utilisation_6m_pct",
        ),
        plain=("exposure", "ar_balance", "past_due_amount", "annual_sales", "last_sale_date", "last_receipt_date"),
        fallback=("relationship_start",),
        flags=("k5",),
    )


def prepare_items(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> date | None:
    """Make the view `ledger_item` of all items that count, and return the day that they are seen on; reads `live`.

    The day is `as_of` or the last one that the files tell of; None where there are no items. Amounts in a currency
    without a rate stay in their own cents, and `ledger_unconverted` names their customers.
    """
    cursor.execute(sql("ledger_imports"), {"as_of": as_of})
    found = cursor.execute(
        "select max(told_through), bool_or(overlapping or pays or closed_on is not null) from ledger_import"
    ).fetchone()
    day, is_told_twice = found or (None, None)
    if day is None:
        return None
    wanted = live.between(keys)
    conversion.prepare(cursor, policy, as_of)
    book = {"book": conversion.book_currency(cursor, policy)}
    if is_told_twice or cursor.execute(_NAMES_INVOICES).fetchone():
        cursor.execute(sql("ledger_settled").replace("keys_wanted", wanted), book)
        _apply_payments(cursor)
        seen = "select * from ledger_settled"
    else:
        seen = (
            "select item.* replace (case when paid_date <= told_through then paid_date end as paid_date), "
            "false as is_inferred, listed, told_through from item join ledger_import using (import_id) "
            f"where invoice_date <= told_through and {wanted}"
        )
    is_foreign = cursor.execute(f"select 1 from ({seen}) where currency <> $book limit 1", book).fetchone()
    if is_foreign:
        cursor.execute(sql("ledger_unconverted").replace("seen_items", f"({seen})"), book)
        seen = f"select seen.*, rate from ({seen}) seen left join conversion using (currency)"
    else:
        cursor.execute("create or replace temp table ledger_unconverted (customer_key integer, is_mixed boolean)")
    cents = "round(amount * 100 * coalesce(rate, 1))::bigint" if is_foreign else "(amount * 100)::bigint"
    has_rate = "(currency is null or rate is not null)" if is_foreign else "true"
    slots = {"source_of_items": seen, "cents_of_item": cents, "item_has_rate": has_rate}
    view = sql("ledger_items")
    for slot, text in slots.items():
        view = view.replace(slot, text)
    cursor.execute(view)
    return date.fromisoformat(str(day))


def _apply_payments(cursor: Cursor) -> None:
    """Split the parts of `ledger_settled` by the payments that name their invoices."""
    cursor.execute(sql("ledger_claims"))
    [most] = cursor.execute("select max(which) from ledger_named").fetchone() or (None,)
    for which in range(1, (most or 0) + 1):
        cursor.execute(sql("ledger_same"), {"which": which})
        for owed, claimed in _STEPS:
            step = sql("ledger_apply").replace("owed_of_step", owed).replace("claim_of_step", claimed)
            cursor.execute(step, {"which": which})
    cursor.execute(sql("ledger_paid"))


def drop_items(cursor: Cursor) -> None:
    """Forget what `prepare_items` made."""
    cursor.execute("drop view if exists ledger_item")
    for table in ("ledger_settled", "ledger_unconverted", "ledger_import", "conversion"):
        cursor.execute(f"drop table if exists {table}")


def periods(cursor: Cursor, day: date) -> dict[str, date]:
    """The days that periods up to `day` begin after (year, quarter, half_year, two_years) and the month ends before.

    `month_1` is the end of the month before that of `day`, `month_6` the sixth back.
    """
    return by_column(cursor.execute(_PERIODS, {"day": day}))[0]
