"""The kinds of file, each in a module of its own."""

from riskcore.ingest.kinds.base import Kind
from riskcore.ingest.kinds.customers import CUSTOMERS

KINDS: dict[str, Kind] = {kind.id: kind for kind in (CUSTOMERS,)}

__all__ = ["CUSTOMERS", "KINDS", "Kind"]
