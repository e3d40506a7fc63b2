"""From what imports said of a customer to the facts of one date: latest values, their age, and what follows from them.

A list counts from its as-of date on; invoices, payments, statements and reports count from their own dates on. A
later import replaces only what it says; one that is the whole book retires the customers it does not name. A value
that its source withdrew, or then refused, stays known as expired, so that silence never pays.
"""

from riskcore.features.facts import asked, prepare
from riskcore.features.live import Keys

__all__ = ["Keys", "asked", "prepare"]
