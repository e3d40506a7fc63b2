"""Customers: one row per customer, with whatever is known of it."""

from collections.abc import Iterator, Mapping

from riskcore import schema
from riskcore.ingest.kinds import currencies
from riskcore.ingest.kinds.base import Kind, Problem, Shaping
from riskcore.ingest.mapping import CUSTOMER_FIELDS

_TOLD_FIRST = ("exposure", "ar_balance", "annual_sales", "credit_limit")  # what the sum of a currency is told by


def judge(shaping: Shaping) -> Iterator[Problem]:
    """Rows in two currencies, and currencies without a rate."""
    amounts = [c.field.name for c in shaping.columns if c.field.kind == "amount"]
    if amounts:
        first = next((name for name in _TOLD_FIRST if name in amounts), amounts[0])
        yield from currencies.judge(shaping, first, shaping.heading(first))


def tables(shaping: Shaping) -> Mapping[str, str]:
    """All mapped facts with the currency that their amounts are in, and the state of those that carry one."""
    currency, join = currencies.of_rows(shaping)
    kept = [name for name in input_columns(shaping) if name != "currency"]
    own = [f"{currency} as currency"] if currency else []
    return {"input": f"select {', '.join((*kept, *own))} from typed {join} anti join aside using (line) order by line"}


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
    ask=currencies.ask,
    judge=judge,
    currency=currencies.of_file,
    row_currency=currencies.of_rows,
)
