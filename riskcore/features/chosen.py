"""What lists say and what other sources work out, made one: of each fact what is of the latest day."""

from collections.abc import Sequence

from riskcore import schema
from riskcore.features.computed import Computed


def attributes(found: Sequence[Computed]) -> list[str]:
    """The attributes that any of the sources works out."""
    return list(dict.fromkeys(name for c in found for name in (*c.plain, *c.fallback)))


def is_worked_out(found: Sequence[Computed], name: str) -> bool:
    """Whether any of the sources works out a stated field."""
    return any(name in c.stated for c in found)


def query(found: Sequence[Computed]) -> str:
    """The query over the step `active` that replaces what lists say where a source knows something later.

    Per stated field that a source works out also `<f>_worked_out`: whether its value was taken. The first source
    is preferred among facts of the same day. Per fact that a source tells alone `<f>`, its
    `_date` and its `_import`.
    """
    if not found:
        return "select * from active"
    replaced, added = [], []
    for name in attributes(found):
        replaced += _attribute(name, found)
    for name in (f.name for f in schema.STATED if is_worked_out(found, f.name)):
        sources = [c for c in found if name in c.stated]
        replaced += [
            f"{_of_latest(name, sources, column, f'active.{name}_{part}')} as {name}_{part}"
            for part, column in (("value", name), ("day", "dated"), ("source", "import_id"))
        ]
        taken = " or ".join(_fits(name, sources, source) for source in sources)
        added.append(f"coalesce({taken}, false) as {name}_worked_out")
    for flag in dict.fromkeys(flag for c in found for flag in c.flags):
        facts = [f"{c.table}.{flag}" for c in found if flag in c.flags] + [f"active.{flag}"]
        replaced.append(f"coalesce({' or '.join(facts)}, {', '.join(facts)}) as {flag}")
    added += [
        f"{c.table}.{name}, {c.table}.dated as {name}_date, {c.table}.import_id as {name}_import"
        for c in found
        for name in c.alone
    ]
    joins = " ".join(f"left join {c.table} on {c.table}.customer_key = active.customer_key" for c in found)
    columns = f"active.* replace ({', '.join(replaced)})" if replaced else "active.*"
    return f"select {', '.join((columns, *added))} from active {joins}"


def _attribute(name: str, found: Sequence[Computed]) -> list[str]:
    """Value, day and import of an attribute: of the latest day, and else of a source that serves where none is told."""
    sources = [c for c in found if name in c.plain]
    spare = [c.table for c in found if name in c.fallback]
    out = []
    for target, column in ((name, name), (f"{name}_day", "dated"), (f"{name}_source", "import_id")):
        value = _of_latest(name, sources, column, f"active.{target}")
        spares = [f"case when {table}.{name} is not null then {table}.{column} end" for table in spare]
        out.append(f"coalesce({', '.join((value, *spares))}) as {target}")
    return out


def _of_latest(name: str, sources: Sequence[Computed], column: str, listed: str) -> str:
    """A column of the first source whose fact is of the latest day, else what lists say."""
    cases = " ".join(f"when {_fits(name, sources, source)} then {source.table}.{column}" for source in sources)
    return f"case {cases} else {listed} end" if cases else listed


def _fits(name: str, sources: Sequence[Computed], one: Computed) -> str:
    # What a table does not know, `greatest` leaves out.
    days = [f"case when {source.known(name)} then {source.table}.dated end" for source in sources]
    newest = f"greatest({', '.join((*days, f'active.{name}_day'))})"
    return f"({one.known(name)} and {one.table}.dated = {newest})"
