"""A large file as one statement: every cell cast while it is read, and the rows told that are to be looked at again.

What a text must be like is asked while it is there, and only where a cast is too kind. All else is asked of the values
that were kept, column by column, which costs a tenth.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskcore import schema
from riskcore.ingest.bulk.plainly import Bound, Plain, plain
from riskcore.ingest.columns import Column
from riskcore.ingest.lines import Dialect
from riskcore.policy import Policy


@dataclass(frozen=True)
class Statement:
    """SQL with the values that it binds."""

    sql: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """How a file becomes rows.

    `read` makes the table `bulk_read`, in the order of the file. `odd` asks for the numbers of its rows, from 0, that
    hold anything that is not plain. `columns`: those of `typed`, over `bulk_read`.
    """

    read: Statement
    odd: Statement
    columns: tuple[str, ...]


def reading(
    path: Path,
    dialect: Dialect,
    above: int,
    width: int,
    columns: Sequence[Column],
    policy: Policy,
    answers: Mapping[str, str],
    commas: Collection[int],
    underscores: bool,
) -> Reading:
    """The statements for a text file; `above`: lines above its first row, `width`: how many columns it has."""
    bound, later = Bound(), Bound()
    how = [plain(c, policy, answers, c.match.index in commas, underscores, bound, later) for c in columns]
    raw, kept, typed = [], [], []
    for c, p in zip(columns, how, strict=True):
        name = c.field.name
        raw.append(f"{p.value} as {name}_raw")
        kept.append(f"try_cast({c.final} as {c.field.sql_type}) as {name}")
        typed.append(name)
        if c.field.kind == "amount":
            # Of what an amount was before it was rounded, only whether there was any is asked.
            typed.append(f"case when {name} is not null then true end as {name}_raw")
        if c.is_stated:
            kept += _kept_state(c, p)
            typed.append(_state(c, p))
    some = f"coalesce({', '.join(f'c{i}' for i in range(width))}) is not null"
    plainly = " and ".join((some, *(p.is_plain for p in how)))
    read = (
        f"create temp table bulk_read as select {', '.join(kept)}, not ({plainly}) as odd "
        f"from (select *, {', '.join(raw)} from ({_texts(path, dialect, above, width, bound)}))"
    )
    unlike = " or ".join(f"({p.unlike})" for p in how if p.unlike)
    odd = f"select rowid from bulk_read where odd{f' or {unlike}' if unlike else ''} order by 1"
    return Reading(Statement(read, bound.values), Statement(odd, later.values), tuple(typed))


def _kept_state(column: Column, how: Plain) -> list[str]:
    """What the state cannot be told by whether there is a value."""
    return [f"{how.state} as {column.field.name}_said"] if how.state else []


def _state(column: Column, how: Plain) -> str:
    name = column.field.name
    known = f"case when {name} is not null then {schema.KNOWN}::utinyint end"
    return f"{f'coalesce({name}_said, {known})' if how.state else known} as {name}_state"


def _texts(path: Path, dialect: Dialect, above: int, width: int, bound: Bound) -> str:
    """SQL of the file's cells as texts, c0 and so on; what is no row stands in `bulk_unread` afterwards."""
    types = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width))
    quote = bound.add(dialect.quote)
    return (
        f"select * from read_csv({bound.add(str(path))}, auto_detect = false, header = false, skip = {above}, "
        f"delim = {bound.add(dialect.delimiter)}, quote = {quote}, escape = {quote}, nullstr = '', "
        f"columns = {{{types}}}, store_rejects = true, rejects_limit = 0, "
        f"rejects_table = 'bulk_unread', rejects_scan = 'bulk_scan')"
    )
