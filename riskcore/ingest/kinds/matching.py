"""Rows that name a company without the book's id for it: found in the book by registration number, then by name."""

import pyarrow as pa

from riskcore import names
from riskcore.errors import Phrase
from riskcore.ingest.kinds.base import Shaping

_NAMED_MOST = 3  # of companies that are new

# Customers that the book knows by any import that counts, by every name and number that was ever told of them.
_TOLD = f"""
select distinct customer_key, {names.key("customer_name")} as name, {names.key("reg_no")} as number,
  customer_name as full_name
from input join import using (import_id) where undone_at is null
"""

_FOUND = f"""
with told as materialized ({_TOLD}),
numbered as (select distinct customer_key, number from told where number is not null),
by_number as (select distinct line, customer_key from named join numbered using (number)),
unnumbered as (select named.* from named anti join by_number using (line)),
by_name as (
  select distinct line, customer_key from unnumbered join told using (name)
  left join numbered using (customer_key) where {names.may_be_one("unnumbered.number", "numbered.number")}
),
unnamed as (select unnumbered.* from unnumbered anti join by_name using (line)),
cores as (
  select core, any_value(customer_key) as customer_key
  from (select customer_key, name, {names.core("full_name")} as core from told)
  where core in (select core from unnamed) group by core having count(distinct customer_key) = 1
),
-- Without its form a name is less of a name: it must be of one company here and there.
by_core as (
  select line, customer_key from unnamed join cores using (core) left join numbered using (customer_key)
  where core in (select core from named group by core having count(distinct name) = 1)
    and {names.may_be_one("unnamed.number", "numbered.number")}
)
select distinct line, customer_id, true as in_book
from (from by_number union all from by_name union all from by_core) join customer using (customer_key)
"""


def prepare(shaping: Shaping, several: bool = True) -> None:
    """Make the temporary table `belongs` in scratch: line, customer_id, in_book; a row per customer that a row names.

    Rows with an id of their own keep it, `in_book` being NULL. Of the others a company that the book holds under
    several numbers is all of these, or without `several` none; one that the book does not hold is a customer by the
    first spelling of its name.
    """
    cursor = shaping.scratch.cursor
    if not _without_ids(shaping):
        cursor.execute(
            "create or replace temp table belongs as select line, customer_id, null::boolean as in_book from typed"
        )
        return
    name, number = shaping.column("customer_name", "null::varchar"), shaping.column("reg_no", "null::varchar")
    cursor.execute(
        f"create or replace temp table named as select line, customer_id, {names.key(name)} as name, "
        f"{names.key(number)} as number, {names.core(name)} as core from typed where customer_id is not null"
    )
    found = _in_book(shaping, cursor.sql("select * exclude customer_id from named").to_arrow_table())
    cursor.register("found_all", found)
    only = "" if several else " qualify count(*) over (partition by line) = 1"
    cursor.execute(f"create or replace temp view found as select * from found_all{only}")
    cursor.execute(
        "create or replace temp table belongs as from found union all "
        "select line, first_value(customer_id) over (partition by coalesce(name, customer_id) order by line), false "
        "from named anti join found using (line)"
    )
    cursor.execute("drop view found")
    cursor.unregister("found_all")


def notes(shaping: Shaping) -> list[Phrase]:
    """Which customers of the book the rows name without an id, and which companies are new to it."""
    rows = shaping.scratch.cursor.execute(
        "select customer_id, in_book from belongs anti join aside using (line) where in_book is not null "
        "group by all order by min(line)"
    ).fetchall()
    held, new = sum(in_book for _, in_book in rows), [name for name, in_book in rows if not in_book]
    said = [Phrase("matching.held", {"customers": held})] if held else []
    if new:
        named = ", ".join(name[:60] for name in new[:_NAMED_MOST])
        said.append(Phrase("matching.new", {"customers": len(new), "named": named}))
    return said


def _without_ids(shaping: Shaping) -> bool:
    """Whether the column of ids is that of names or of registration numbers once more."""
    places = {c.field.name: c.match.index for c in shaping.columns}
    return places["customer_id"] in {places.get("customer_name"), places.get("reg_no")}


def _in_book(shaping: Shaping, named: pa.Table) -> pa.Table:
    cursor = shaping.store.cursor()
    cursor.register("named", named)
    try:
        return cursor.sql(_FOUND).to_arrow_table()
    finally:
        cursor.unregister("named")
        cursor.close()
