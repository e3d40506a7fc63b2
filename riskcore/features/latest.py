"""What imports last said of each customer: lists and single rows, made one by the day that they tell of.

Most customers stand in one row only, and their facts are read off it. Those with more rows are grouped, which takes
memory by the customer and so is done in ranges. Columns that nobody filled cost nothing.
"""

from dataclasses import dataclass
from datetime import date

from riskcore import schema
from riskcore.features import live
from riskcore.features.live import Keys
from riskcore.policy import Policy
from riskcore.store import Cursor

PLAIN = tuple(f for f in (*schema.IDENTITY[1:], *schema.ATTRIBUTES, *schema.FLAGS) if f.name != "credit_score")

# Attributes that facts are derived from, so that the day and the import that gave them are kept.
ORIGINS = ("net_worth", "incorporation_date", "relationship_start", "industry", "country")
_DATED_BY = {"net_worth": "own_statement_date"}

_SAID_ON = "coalesce(i.dated, live.as_of)"
_GROUPED_MOST = 100_000  # customers grouped at a time: about a third of a gigabyte


@dataclass(frozen=True)
class Extent:
    """What there is to be read: columns that somebody filled, and customers with one row and with more.

    `ranges`: keys of customers, in ranges that are grouped within bounded memory; one where nothing is grouped.
    """

    filled: frozenset[str]
    once: int
    often: int
    ranges: tuple[Keys | None, ...]


def prepare(cursor: Cursor, as_of: date, keys: Keys | None) -> Extent:
    """Make the temporary table `told` on the cursor, customer_key and `often` (in more than one row), beside `live`."""
    cursor.execute(
        "create or replace temp table told as "
        "select customer_key, count(*) > 1 as often from input i join live using (import_id) "
        f"where {_SAID_ON} <= $as_of and {live.between(keys)} group by customer_key",
        {"as_of": as_of},
    )
    found = cursor.execute("select count(*) filter (not often), count(*) filter (often), max(customer_key) from told")
    once, often, last = found.fetchone() or (0, 0, None)
    names = [f.name for f in schema.INPUT]
    counts = ", ".join(f"count({name})" for name in (*names, *(f"{f.name}_state" for f in schema.STATED)))
    told = cursor.execute(f"select {counts} from input where {live.between(keys)}").fetchone() or ()
    states = {f.name for f, n in zip(schema.STATED, told[len(names) :], strict=True) if n}
    filled = frozenset(name for name, n in zip(names, told, strict=False) if n) | states
    whole = keys is not None or often <= _GROUPED_MOST
    return Extent(filled, once, often, (keys,) if whole else ranges(int(often), int(last), _GROUPED_MOST))


def ranges(often: int, last: int, most: int) -> tuple[Keys, ...]:
    """Ranges of the keys from 1 to `last`, each with about `most` of the `often` customers that are grouped."""
    width = max(1, last * most // often)
    return tuple((first, first + width - 1) for first in range(1, last + 1, width))


def query(policy: Policy, extent: Extent, keys: Keys | None, worked_out: frozenset[str]) -> str:
    """The query of the last that was said, one row per customer; $as_of is to be bound.

    Per attribute and flag its last value. Per attribute among ORIGINS or `worked_out` also `<a>_day` and `<a>_source`,
    the day and the import that gave it. Per stated field `<f>_said` (the state last told) and `<f>_said_by`, and of
    the value last known `<f>_value`, `<f>_day` (NULL: never known) and `<f>_source`. `last_seq` orders as `live` does.
    """
    once, often = bool(extent.once or not extent.often), bool(extent.often)
    parts = []
    for grouped in (grouped for grouped, wanted in ((False, once), (True, often)) if wanted):
        columns = ",\n  ".join(_columns(policy, extent.filled, worked_out, grouped))
        told = f"join told using (customer_key) where {'often' if grouped else 'not often'}" if once and often else ""
        first = (
            "any_value(customer_id) as customer_id, max(seq) as last_seq" if grouped else "customer_id, seq as last_seq"
        )
        end = "group by customer_key" if grouped else ""
        said = _said(extent, keys)
        parts.append(f"select customer_key, {first},\n  {columns}\nfrom ({said}) said {told} {end}\n")
    return "union all by name\n".join(parts)


def _said(extent: Extent, keys: Keys | None) -> str:
    """All rows that count, with their day and their order; of columns those only that somebody filled."""
    names = [f"i.{f.name}" for f in schema.INPUT if f.name in extent.filled - {"customer_name"}]
    states = [f"i.{f.name}_state" for f in schema.STATED if f.name in extent.filled]
    # A file without names tells the id in their place, which is no name. What is said later wins, then what came later.
    return f"""
  select i.customer_key, i.import_id, customer.customer_id,
    nullif(i.customer_name, customer.customer_id) as customer_name, {_SAID_ON} as said_on, live.seq,
    date_diff('day', date '1800-01-01', {_SAID_ON}) * 10000000 + live.seq as placed,
    {", ".join((*names, *states)) or "null"}
  from input i join live using (import_id) join customer using (customer_key)
  where {_SAID_ON} <= $as_of and {live.between(keys, "i.customer_key")}
"""


def _columns(policy: Policy, filled: frozenset[str], worked_out: frozenset[str], grouped: bool) -> list[str]:
    dated_by = {c.id: c.dated_by for c in policy.characteristic} | _DATED_BY

    def last(value: str, condition: str) -> str:
        if grouped:
            return f"arg_max_null({value}, placed) filter (where {condition})"
        return f"case when {condition} then {value} end"

    def day_and_source(name: str, condition: str) -> list[str]:
        if name not in filled:
            return [f"null::date as {name}_day", f"null::integer as {name}_source"]
        by = dated_by.get(name)
        day = f"coalesce({by}, said_on)" if by in filled else "said_on"
        return [f"{last(day, condition)} as {name}_day", f"{last('import_id', condition)} as {name}_source"]

    out = []
    for f in PLAIN:
        value = f"null::{f.sql_type}" if f.name not in filled else f.name
        out.append(f"arg_max({value}, placed) as {f.name}" if grouped and f.name in filled else f"{value} as {f.name}")
    for name in sorted({*ORIGINS, *worked_out} - {f.name for f in schema.STATED}):
        out += day_and_source(name, f"{name} is not null")
    for f in schema.STATED:
        known, state = f"{f.name}_state = {schema.KNOWN}", f"{f.name}_state"
        if f.name in filled:
            said = f"(max(placed * 8 + {state}) % 8)::utinyint" if grouped else state
            out += [
                f"{said} as {f.name}_said",
                f"{last('import_id', f'{state} is not null')} as {f.name}_said_by",
                f"{last(f.name, known)} as {f.name}_value",
            ]
        else:
            out += [
                f"null::utinyint as {f.name}_said",
                f"null::integer as {f.name}_said_by",
                f"null::{f.sql_type} as {f.name}_value",
            ]
        out += day_and_source(f.name, known)
    return out
