"""What imports last said of each customer: lists and single rows, made one by the day that they tell of.

Most books have few imports that tell of many customers: these are layers, joined by customer and read off. Customers
of whom anything else tells are grouped, which takes more time and memory. Columns that nobody filled cost nothing.
"""

from dataclasses import dataclass
from datetime import date

from riskcore import schema
from riskcore.features import conversion, layers, live
from riskcore.features.layers import Layer
from riskcore.features.live import Keys
from riskcore.policy import Policy
from riskcore.store import Cursor

PLAIN = tuple(f for f in (*schema.IDENTITY[1:], *schema.ATTRIBUTES, *schema.FLAGS) if f.name != "credit_score")

_AMOUNTS = tuple(f.name for f in schema.INPUT if f.kind == "amount")

# Attributes that facts are derived from, so that the day and the import that gave them are kept.
ORIGINS = ("net_worth", "incorporation_date", "relationship_start", "industry", "country")
_DATED_BY = {"net_worth": "own_statement_date"}

_SAID_ON = "coalesce(i.dated, live.as_of)"
# What is said later wins, then what came later.
_PLACED = f"date_diff('day', date '1800-01-01', {_SAID_ON}) * 10000000 + live.seq"

_LAYERS_MOST = 6
_CELLS_MOST = 20_000_000  # values of joined layers held at a time, the largest apart: about a third of a gigabyte
_GROUPED_MOST = 100_000  # customers grouped at a time: about as much


@dataclass(frozen=True)
class Extent:
    """What there is to be read: columns that somebody filled, layers, and customers read off them and grouped.

    `ranges`: keys of customers, in ranges that take bounded memory. `is_foreign`: amounts of some are in a currency
    other than the book's, so that `conversion` is to be there when the query runs.
    """

    filled: frozenset[str]
    layers: tuple[Layer, ...]
    read_off: int
    grouped: int
    ranges: tuple[Keys | None, ...]
    is_foreign: bool


def prepare(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> Extent:
    """Make the temporary tables `layer` (import_id and place) and `told` on the cursor, beside `live`.

    `told`: customer_key, and whether the customer's rows are grouped, because not each is in a layer of its own.
    """
    found = _layers(cursor, as_of, keys)
    cursor.execute("create or replace temp table layer (import_id integer, place integer)")
    placed = [[import_id, place] for place, layer in enumerate(found) for import_id in layer.imports]
    if placed:
        cursor.executemany("insert into layer values (?, ?)", placed)
    cursor.execute(
        "create or replace temp table told as "
        f"select customer_key, bit_count(bit_or(case when place < {_LAYERS_MOST} then 1 << place else 0 end)) "
        "<> count(*) as is_grouped "
        "from input i join live using (import_id) join layer using (import_id) "
        f"where {_SAID_ON} <= $as_of and {live.between(keys)} group by customer_key",
        {"as_of": as_of},
    )
    counted = "select count(*) filter (not is_grouped), count(*) filter (is_grouped), max(customer_key) from told"
    read_off, grouped, last = cursor.execute(counted).fetchone() or (0, 0, None)
    filled = frozenset(name for layer in found for name in layer.filled)
    kept = tuple(found[:_LAYERS_MOST])
    parts = max(-(-grouped // _GROUPED_MOST), -(-sum(sorted(layer.cells for layer in kept)[:-1]) // _CELLS_MOST), 1)
    cut = (keys,) if keys is not None or parts == 1 else ranges(int(last), parts)
    foreign = cursor.execute(
        "select 1 from input semi join layer using (import_id) where currency <> $book "
        f"and coalesce({', '.join(_AMOUNTS)}) is not null limit 1",
        {"book": conversion.book_currency(cursor, policy)},
    ).fetchone()
    return Extent(filled, kept, int(read_off), int(grouped), cut, foreign is not None)


def ranges(last: int, parts: int) -> tuple[Keys, ...]:
    """The keys from 1 to `last` in about so many parts."""
    width = -(-last // parts)
    return tuple((first, first + width - 1) for first in range(1, last + 1, width))


def query(policy: Policy, extent: Extent, keys: Keys | None, worked_out: frozenset[str]) -> str:
    """The query of the last that was said, one row per customer; $as_of is to be bound.

    Per attribute and flag its last value. Per attribute among ORIGINS or `worked_out` also `<a>_day` and `<a>_source`,
    the day and the import that gave it. Per stated field `<f>_said` (the state last told) and `<f>_said_by`, and of
    the value last known `<f>_value`, `<f>_day` (NULL: never known) and `<f>_source`. `last_seq` orders as `live` does.
    """
    parts = []
    if extent.read_off or not extent.grouped:
        columns = ",\n  ".join(_columns(policy, extent, worked_out, layers.joined(extent.layers)))
        seqs = ", ".join(f"layer_{place}.seq" for place in range(len(extent.layers))) or "null"
        parts.append(
            f"select customer_key, customer_id, greatest({seqs}) as last_seq,\n  {columns}\n"
            f"from {_joined(extent, keys)} join customer using (customer_key)\n"
        )
    if extent.grouped:
        columns = ",\n  ".join(_columns(policy, extent, worked_out, layers.grouped(extent.filled)))
        only = "semi join (from told where is_grouped) using (customer_key)" if extent.read_off else ""
        parts.append(
            f"select customer_key, customer_id, max(seq) as last_seq,\n  {columns}\n"
            f"from ({_said(extent.filled, extent.is_foreign, keys)}) join customer using (customer_key) {only} "
            "group by customer_key, customer_id\n"
        )
    return "union all by name\n".join(parts)


def _layers(cursor: Cursor, as_of: date, keys: Keys | None) -> list[Layer]:
    stated = {f"{f.name}_state": f.name for f in schema.STATED}
    names = [*(f.name for f in schema.INPUT), *stated]
    told = cursor.execute(
        f"select import_id, count(*), min(customer_key), max(customer_key), min({_PLACED}), max({_PLACED}), "
        f"{', '.join(f'count({name})' for name in names)} from input i join live using (import_id) "
        f"where {_SAID_ON} <= $as_of and {live.between(keys)} group by import_id order by import_id",
        {"as_of": as_of},
    )
    found = []
    for import_id, rows, first_key, last_key, first, last, *counts in told.fetchall():
        filled = frozenset(stated.get(name, name) for name, n in zip(names, counts, strict=True) if n)
        found.append(Layer((import_id,), rows, first_key, last_key, first, last, filled))
    return layers.arrange(found)


def _joined(extent: Extent, keys: Keys | None) -> str:
    """The layers beside each other, one row per customer that is not grouped."""
    each = [
        f"({_said(layer.filled, extent.is_foreign, keys)} and place = {place}) layer_{place}"
        for place, layer in enumerate(extent.layers)
    ]
    if len(each) == 1 and not extent.grouped:
        return each[0]
    told = f"(select customer_key from told where not is_grouped and {live.between(keys)}) told"
    return " left join ".join((told, *(f"{layer} using (customer_key)\n" for layer in each)))


def _said(filled: frozenset[str], is_foreign: bool, keys: Keys | None) -> str:
    """Rows that count, with their day and their order; of columns those only that somebody filled.

    Where some are in another currency, amounts are in the book's, and `<amount>_told` says whether there was one.
    """
    names = [f"i.{f.name}" for f in schema.INPUT if f.name in filled]
    join = ""
    if is_foreign:
        amounts = [name for name in _AMOUNTS if name in filled]
        names = [name for name in names if name.removeprefix("i.") not in amounts]
        names += [f"{conversion.converted(f'i.{name}', 'i.currency')} as {name}" for name in amounts]
        names += [f"i.{name} is not null as {name}_told" for name in amounts]
        join = "left join conversion on conversion.currency = i.currency"
    states = [f"i.{f.name}_state" for f in schema.STATED if f.name in filled]
    columns = ("i.customer_key", "import_id", f"{_SAID_ON} as said_on", "live.seq", f"{_PLACED} as placed")
    return f"""
  select {", ".join((*columns, *names, *states))}
  from input i join live using (import_id) join layer using (import_id) {join}
  where {_SAID_ON} <= $as_of and {live.between(keys, "i.customer_key")}
"""


def _columns(policy: Policy, extent: Extent, worked_out: frozenset[str], last: layers.Last) -> list[str]:
    dated_by = {c.id: c.dated_by for c in policy.characteristic} | _DATED_BY

    def day_and_source(name: str, condition: str) -> list[str]:
        days = (by, "said_on") if (by := dated_by.get(name)) else ("said_on",)
        return [
            f"{last(name, 'date', days, condition)} as {name}_day",
            f"{last(name, 'integer', ('import_id',), condition)} as {name}_source",
        ]

    # A file without names tells the id in their place, which is no name.
    is_told = {f.name: f"{{row}}{f.name} is not null" for f in PLAIN}
    is_told["customer_name"] = "{row}customer_name <> customer_id"
    if extent.is_foreign:  # an amount without a rate is told, and not known: what was said before it is no answer
        is_told |= {name: f"{{row}}{name}_told" for name in _AMOUNTS}
    out = [f"{last(f.name, f.sql_type, (f.name,), is_told[f.name])} as {f.name}" for f in PLAIN]
    for name in sorted({*ORIGINS, *worked_out} - {f.name for f in schema.STATED}):
        out += day_and_source(name, is_told[name])
    for f in schema.STATED:
        state = f"{f.name}_state"
        known, said = f"{{row}}{state} = {schema.KNOWN}", f"{{row}}{state} is not null"
        out += [
            f"{last(f.name, 'utinyint', (state,), said)} as {f.name}_said",
            f"{last(f.name, 'integer', ('import_id',), said)} as {f.name}_said_by",
            f"{last(f.name, f.sql_type, (f.name,), known)} as {f.name}_value",
            *day_and_source(f.name, known),
        ]
    return out
