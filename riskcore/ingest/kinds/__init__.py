"""The kinds of file, each in a module of its own."""

from riskcore.ingest.kinds.base import Kind
from riskcore.ingest.kinds.customers import CUSTOMERS
from riskcore.ingest.kinds.ledger import INVOICES, OPEN_ITEMS
from riskcore.ingest.kinds.rates import RATES

KINDS: dict[str, Kind] = {kind.id: kind for kind in (CUSTOMERS, OPEN_ITEMS, INVOICES, RATES)}

__all__ = ["CUSTOMERS", "INVOICES", "KINDS", "OPEN_ITEMS", "RATES", "Kind"]
