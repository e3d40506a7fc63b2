"""What lists of receivables by age amount to: balance, past due, its share, and the least that the worst delay was."""

from datetime import date

from riskcore.features import conversion
from riskcore.features.computed import Computed
from riskcore.features.live import Keys
from riskcore.policy import Policy
from riskcore.store import Cursor, sql

_LAST_KEY = 2**31 - 1


def work_out(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> Computed | None:
    """Of each customer the newest list up to `as_of`; one that a later whole list does not name owes nothing.

    Buckets by invoice date are shifted by the customer's terms; without terms, and where a filled bucket lies across
    the day asked about, nothing is said of what is past due. The worst delay of 24 months is a lower bound, the first
    day of the oldest bucket that held 1% of the balance. Money is in the book's currency; without a rate NULL.
    """
    if not cursor.execute(
        "select 1 from live where kind = 'ageing' and as_of <= $as_of limit 1", {"as_of": as_of}
    ).fetchall():
        return None
    conversion.prepare(cursor, policy, as_of)
    first, last = keys or (0, _LAST_KEY)
    bound = {"as_of": as_of, "book": conversion.book_currency(cursor, policy), "first": first, "last": last}
    cursor.execute(f"create or replace temp table ageing_facts as {sql('ageing_facts')}", bound)
    return Computed(
        "ageing_facts",
        stated=("past_due_over_30_pct", "worst_days_past_due_24m"),
        plain=("exposure", "ar_balance", "past_due_amount"),
        flags=("k5",),
    )
