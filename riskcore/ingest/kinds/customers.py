"""Customers: one row per customer, with whatever is known of it."""

from collections.abc import Mapping

from riskcore import schema
from riskcore.ingest.kinds.base import Kind, Shaping
from riskcore.ingest.mapping import CUSTOMER_FIELDS


def tables(shaping: Shaping) -> Mapping[str, str]:
    """All mapped facts, and the state of those that carry one."""
    return {
        "input": f"select {', '.join(input_columns(shaping))} from typed anti join aside using (line) order by line"
    }


def input_columns(shaping: Shaping) -> list[str]:
    """The columns of `typed` that the table `input` takes, the id in place of a name that is not told."""
    name = "coalesce(customer_name, customer_id)" if shaping.has("customer_name") else "customer_id"
    kept = [
        column
        for c in shaping.columns
        if c.field in schema.INPUT and c.field.name != "customer_name"
        for column in (c.field.name, *([f"{c.field.name}_state"] if c.is_stated else []))
    ]
    return ["customer_id", f"{name} as customer_name", "line", *kept]


CUSTOMERS = Kind(
    id="customers",
    fields=CUSTOMER_FIELDS,
    needs=(("customer_id", "customer_name"),),
    tables=tables,
    one_row_per_customer=True,
)
