"""The facts of one date: one row per customer, from lists and from what the other sources work out."""

from collections.abc import Callable, Sequence
from datetime import date

from riskcore import schema
from riskcore.features import live
from riskcore.features.computed import Computed
from riskcore.features.live import Keys
from riskcore.policy import Characteristic, Policy
from riskcore.store import Cursor

_PLAIN = (*schema.IDENTITY[1:], *schema.ATTRIBUTES, *schema.FLAGS)
_SOURCES: tuple[Callable[[Cursor, Policy, date, Keys | None], Computed | None], ...] = ()
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # of registration numbers, GB 32100: no I, O, S, V, Z


def prepare(
    cursor: Cursor,
    policy: Policy,
    as_of: date,
    own_annual_sales: float | None = None,
    keys: Keys | None = None,
    known_by: date | None = None,
) -> None:
    """Make the temporary table `facts` on the cursor: one row per customer in the book on `as_of`.

    Per stated field `<f>`, `<f>_state`, `<f>_date` and `<f>_import`; per other field `<f>`. `own_annual_sales` is
    the company's own, in the book's currency. `keys`: only customers from the first to the last key. `known_by`: only
    from what had been taken in by then.
    """
    live.prepare(cursor, known_by)
    _prepare_words(cursor, policy)
    found = [computed for source in _SOURCES if (computed := source(cursor, policy, as_of, keys))]
    cursor.execute("drop table if exists facts")
    stated = {"as_of": as_of, "own_annual_sales": own_annual_sales, "home": policy.home_country}
    cursor.execute(f"create temp table facts as {_query(policy, found, keys)}", stated)
    for computed in found:
        cursor.execute(f"drop table {computed.table}")


def _prepare_words(cursor: Cursor, policy: Policy) -> None:
    """The policy's tables of industries and countries, and what was remembered, as words in lower case."""
    cursor.execute(
        "create or replace temp table industry_word (word varchar, section varchar, grade varchar, outlook varchar)"
    )
    cursor.execute("create or replace temp table country_word (word varchar, code varchar, grade varchar)")
    sections = {i.section: i for i in policy.industry}
    words = {w.lower(): i for i in policy.industry for w in (i.section, i.name.zh, i.name.en, *i.words)}
    for name, answer in cursor.execute("select name, answer from remembered where kind = 'industry'").fetchall():
        if answer in sections:
            words[name.lower()] = sections[answer]
    industries = [[word, i.section, i.grade, i.outlook] for word, i in words.items()]
    countries = {w.lower(): c for c in policy.country for w in (c.code, c.name.zh, c.name.en, *c.words)}
    cursor.executemany("insert into industry_word values (?, ?, ?, ?)", industries)
    if countries:
        cursor.executemany(
            "insert into country_word values (?, ?, ?)", [[w, c.code, c.grade] for w, c in countries.items()]
        )


def _query(policy: Policy, found: Sequence[Computed], keys: Keys | None) -> str:
    by_id = {c.id: c for c in policy.characteristic}
    given = {name: [c.table for c in found if name in (*c.plain, *c.fallback)] for name in _names(found)}
    plain = ",\n".join(f"    arg_max({f.name}, placed) as {f.name}" for f in _PLAIN if f.name != "credit_score")
    origins = ",\n".join(
        f"    arg_max({{'d': {_ORIGIN_DAYS.get(name, 'said_on')}, 'i': import_id}}, placed)"
        f" filter (where {name} is not null) as {name}_from"
        for name in dict.fromkeys((*_ORIGINS, *given))
    )
    stated = ",\n".join(
        f"    arg_max({f.name}_state, placed) as {f.name}_said,\n"
        f"    arg_max({{'v': {f.name}, 'd': {_dated(by_id.get(f.name))}, 'i': import_id}}, placed)"
        f" filter (where {f.name}_state = {schema.KNOWN}) as {f.name}_last"
        + (
            f",\n    arg_max(import_id, placed) filter (where {f.name}_state is not null) as {f.name}_said_by"
            if _tables(found, f.name)
            else ""
        )
        for f in schema.STATED
    )
    stated_facts = ",\n".join(
        _stated_fact(f.name, by_id.get(f.name), policy, bool(_tables(found, f.name))) for f in schema.STATED
    )
    unstated = ", ".join(f.name for f in _PLAIN if f.name not in {"customer_name", "credit_score", "exposure"})
    return f"""
with said as (
  -- A file without names tells the id in their place, which is no name. What is said later wins, then what came later.
  select i.* replace (nullif(i.customer_name, customer.customer_id) as customer_name), customer.customer_id,
    coalesce(i.dated, live.as_of) as said_on, live.seq,
    date_diff('day', date '1800-01-01', coalesce(i.dated, live.as_of)) * 10000000 + live.seq as placed
  from input i join live using (import_id) join customer using (customer_key)
  where coalesce(i.dated, live.as_of) <= $as_of and {live.between(keys, "i.customer_key")}
),
latest as (
  select customer_key, customer_id, max(seq) as last_seq,
{plain},
{origins},
{stated}
  from said group by customer_key, customer_id
),
active as (
  select * from latest
  where last_seq >= coalesce((select max(seq) from live where whole_book and kind = 'customers' and as_of <= $as_of), 0)
),
chosen as ({_chosen(found)}),
worked_out as (
  select chosen.*, industry_word.section as industry_section,
    industry_word.grade as industry_grade, industry_word.outlook as outlook, country_word.grade as country_grade,
    case when incorporation_date <= $as_of
      then round({_whole_months("incorporation_date")} / 12, 6) end as years_from_date,
    case when relationship_start <= $as_of then {_whole_months("relationship_start")} end as months_from_date,
    case when coalesce(requested_limit, credit_limit) > 0
      then round(net_worth::double / coalesce(requested_limit, credit_limit)::double, 6) end as net_worth_to_limit,
    coalesce(country_word.code = $home, country is null) as registered_at_home
  from chosen
  left join industry_word on industry_word.word = coalesce(
    (select min(w.word) from industry_word w where w.word = lower(trim(chosen.industry))),
    lower(nullif(regexp_extract(upper(trim(chosen.industry)), '^([A-T])[0-9]{{2,4}}$', 1), '')))
  left join country_word on country_word.word = lower(trim(chosen.country))
)
select customer_key, coalesce(customer_name, customer_id) as customer_name, {unstated}, industry_section,
  coalesce(exposure, ar_balance) as exposure, past_due_amount as past_due,
  $own_annual_sales::double as own_annual_sales,
  ({_registration_fails()})::integer as registration_number_fails,
{stated_facts}
from worked_out
"""


# Attributes that facts are derived from, so that the day and the import that gave them are kept.
_ORIGINS = ("net_worth", "incorporation_date", "relationship_start", "industry", "country")
_ORIGIN_DAYS = {"net_worth": "coalesce(own_statement_date, said_on)"}


def _names(found: Sequence[Computed]) -> list[str]:
    """The attributes that any of the sources works out."""
    return list(dict.fromkeys(name for c in found for name in (*c.plain, *c.fallback)))


def _tables(found: Sequence[Computed], name: str) -> list[str]:
    """The tables that work out a stated field, the first one being preferred among facts of the same day."""
    return [c.table for c in found if name in c.stated]


def _chosen(found: Sequence[Computed]) -> str:
    """What lists say and what is worked out, made one: of each fact what is of the latest day."""
    if not found:
        return "select * from active"
    replaced, added = [], []
    for name in _names(found):
        plain = [c.table for c in found if name in c.plain]
        spare = [f"{c.table}.{name}" for c in found if name in c.fallback]
        newest = _newest(name, plain, f"active.{name}_from.d")
        cases = " ".join(f"when {table}.{name} is not null and {table}.dated = {newest} then {{}}" for table in plain)
        values = [f"{table}.{name}" for table in plain]
        origins = [f"{{'d': {table}.dated, 'i': {table}.import_id}}" for table in plain]
        value, origin = f"active.{name}", f"active.{name}_from"
        if plain:
            value, origin = (f"case {cases.format(*s)} else {e} end" for s, e in ((values, value), (origins, origin)))
        for c in found:
            if name in c.fallback:
                given = f"{{'d': {c.table}.dated, 'i': {c.table}.import_id}}"
                origin = f"coalesce({origin}, case when {c.table}.{name} is not null then {given} end)"
        replaced += [f"coalesce({', '.join((value, *spare))}) as {name}", f"{origin} as {name}_from"]
    for name in (f.name for f in schema.STATED):
        if tables := _tables(found, name):
            newest = _newest(name, tables, f"active.{name}_last.d")
            fitting = [f"when {t}.{name} is not null and {t}.dated = {newest}" for t in tables]
            structs = [f"{{'v': {t}.{name}, 'd': {t}.dated, 'i': {t}.import_id}}" for t in tables]
            chosen = " ".join(f"{case} then {struct}" for case, struct in zip(fitting, structs, strict=True))
            replaced.append(f"case {chosen} else active.{name}_last end as {name}_last")
            added.append(
                f"(case {' '.join(f'{case} then true' for case in fitting)} else false end) as {name}_worked_out"
            )
    for flag in dict.fromkeys(flag for c in found for flag in c.flags):
        facts = [f"{c.table}.{flag}" for c in found if flag in c.flags] + [f"active.{flag}"]
        replaced.append(f"coalesce({' or '.join(facts)}, {', '.join(facts)}) as {flag}")
    joins = " ".join(f"left join {c.table} on {c.table}.customer_key = active.customer_key" for c in found)
    columns = f"active.* replace ({', '.join(replaced)})" if replaced else "active.*"
    return f"select {', '.join((columns, *added))} from active {joins}"


def _newest(name: str, tables: Sequence[str], listed: str) -> str:
    """The latest day on which a fact is known; what it does not know, `greatest` leaves out."""
    days = [f"case when {table}.{name} is not null then {table}.dated end" for table in tables]
    return f"greatest({', '.join((*days, listed))})"


def _whole_months(start: str) -> str:
    """Months that are full on the date asked for, so that an anniversary is a whole year."""
    return f"(date_diff('month', {start}, $as_of) - (day({start}) > day($as_of))::integer)"


def _dated(c: Characteristic | None) -> str:
    return f"coalesce({c.dated_by}, said_on)" if c is not None and c.dated_by else "said_on"


# What a row gives without being asked: the value, where its date and import stand (none: the policy's tables gave
# it), and whether it ages.
_DERIVED = {
    "years_since_incorporation": ("years_from_date", "incorporation_date_from", False),
    "months_trading": ("months_from_date", "relationship_start_from", False),
    "net_worth_to_requested_limit": ("net_worth_to_limit", "net_worth_from", True),
    "industry_risk_grade": ("industry_grade", None, False),
    "industry_outlook": ("outlook", None, False),
    "country_risk_grade": ("country_grade", None, False),
}


def _stated_fact(name: str, c: Characteristic | None, policy: Policy, may_be_worked_out: bool) -> str:
    """Value, state, date and import of a stated field; the derived one where nothing was stated."""
    months = policy.external_score.valid_months if c is None else c.valid_months
    last = f"{name}_last"
    too_old = _too_old(f"{last}.d", months)
    taken_back = f"{name}_said <> {schema.KNOWN}"
    if may_be_worked_out:  # a refusal yields to what was worked out from a file that came after it
        taken_back += f" and not ({name}_worked_out and {last}.i > {name}_said_by)"
        taken_back = f"coalesce({taken_back}, false)"
    never_known = f"case {name}_said when {schema.REFUSED} then {schema.REFUSED} else {schema.MISSING} end"
    state = (
        f"case when {last} is null then {never_known}"
        f" when {taken_back} or {too_old} then {schema.EXPIRED} else {schema.KNOWN} end"
    )
    value, day, source = f"{last}.v", f"{last}.d", f"{last}.i"
    if name in _DERIVED:
        derived, origin, ages = _DERIVED[name]
        own = f"({last} is null and {name}_said is null and {derived} is not null)"
        derived_old = _too_old(f"{origin}.d", months if ages else None)
        aged = f"case when {derived_old} then {schema.EXPIRED} else {schema.KNOWN} end"
        state = f"case when {own} then {aged} else {state} end"
        value = f"case when {own} then {derived} else {value} end"
        day, source = (
            f"case when {own} then {f'{origin}.{k}' if origin else 'null'} else {last}.{k} end" for k in ("d", "i")
        )
    return f"  {value} as {name}, ({state})::utinyint as {name}_state, {day} as {name}_date, {source} as {name}_import"


def _too_old(day: str, months: int | None) -> str:
    return "false" if months is None else f"$as_of > {day} + interval {int(months)} month"


def _registration_fails() -> str:
    """Whether an 18-character number of a customer at home fails its check character (GB 32100, modulo 31)."""
    number = "upper(trim(reg_no))"
    terms = " + ".join(
        f"(strpos('{_ALPHABET}', substr({number}, {place + 1}, 1)) - 1) * {pow(3, place, 31)}" for place in range(17)
    )
    check = f"strpos('{_ALPHABET}', substr({number}, 18, 1)) - 1 = (31 - ({terms}) % 31) % 31"
    return (
        f"registered_at_home and length({number}) = 18 and "
        f"not (regexp_full_match({number}, '[{_ALPHABET}]{{18}}') and {check})"
    )
