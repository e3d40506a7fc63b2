"""Who stands on a public list or a watch list on a date: facts of rules."""

from datetime import date

from riskcore import names, schema
from riskcore.features import live
from riskcore.features.computed import Computed
from riskcore.features.live import Keys
from riskcore.policy import Policy
from riskcore.store import Cursor, sql


def places(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> Computed | None:
    """The flags of customers with a place on a list that began by `as_of` and had not ended by then.

    A whole list takes the place of older lists of the same flag. Customers are known by id, registration number or
    name, all that was told of them by then.
    """
    cursor.execute(f"create or replace temp table entry as {sql('list_entries')}", {"as_of": as_of})
    found = {row[0] for row in cursor.execute("select distinct flag from entry").fetchall()}
    flags = tuple(flag.name for flag in schema.FLAGS if flag.name in found)
    if not flags:
        return None
    told = (
        "(select i.customer_key, customer.customer_id, i.customer_name, i.reg_no "
        "from input i join live using (import_id) join customer using (customer_key) "
        f"where coalesce(i.dated, live.as_of) <= $as_of and {live.between(keys, 'i.customer_key')})"
    )
    columns = ", ".join(f"bool_or(flag = '{flag}') as {flag}" for flag in flags)
    cursor.execute(
        "create or replace temp table places as "
        f"select customer_key, max(dated) as dated, max(import_id) as import_id, {columns} "
        f"from ({names.listed('entry', told)}) group by customer_key",
        {"as_of": as_of},
    )
    cursor.execute("drop table entry")
    return Computed("places", flags=flags)
