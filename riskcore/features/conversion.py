"""Other currencies in the book's own: by the newest rate that was set by a day, never by a guess."""

from datetime import date

from riskcore.policy import Policy
from riskcore.store import Cursor, sql


def book_currency(cursor: Cursor, policy: Policy) -> str:
    """The currency of the book's amounts: that of its files, else the policy's."""
    row = cursor.execute("select value from meta where name = 'currency'").fetchone()
    return str(row[0]) if row else policy.currency


def prepare(cursor: Cursor, policy: Policy, as_of: date) -> None:
    """Make the temporary table `conversion`: currency, and rate in units of the book's currency for one of it.

    Of each currency the rate of the newest day up to `as_of`, of that day the one taken in last; reads `live`. A
    currency that is not in the table has no rate.
    """
    cursor.execute(sql("conversion"), {"as_of": as_of, "book": book_currency(cursor, policy)})


def converted(amount: str, currency: str) -> str:
    """SQL of an amount in the book's currency, `conversion` being joined by its own; NULL where that has no rate."""
    exchanged = f"try_cast(round({amount}::double * conversion.rate, 2) as decimal(18,2))"
    return f"case when {currency} is null or conversion.rate = 1 then {amount} else {exchanged} end"
