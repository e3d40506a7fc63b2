"""The kinds of file, each in a module of its own."""

from riskcore.ingest.kinds.ageing import AGEING
from riskcore.ingest.kinds.base import Kind
from riskcore.ingest.kinds.customers import CUSTOMERS
from riskcore.ingest.kinds.ledger import INVOICES, OPEN_ITEMS
from riskcore.ingest.kinds.payments import PAYMENTS
from riskcore.ingest.kinds.rates import RATES
from riskcore.ingest.kinds.ratings import RATINGS
from riskcore.ingest.kinds.statements import STATEMENTS
from riskcore.ingest.kinds.watch_list import WATCH_LIST

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (CUSTOMERS, OPEN_ITEMS, INVOICES, PAYMENTS, RATES, RATINGS, STATEMENTS, WATCH_LIST, AGEING)
}

__all__ = [
    "AGEING",
    "CUSTOMERS",
    "INVOICES",
    "KINDS",
    "OPEN_ITEMS",
    "PAYMENTS",
    "RATES",
    "RATINGS",
    "STATEMENTS",
    "WATCH_LIST",
    "Kind",
]
