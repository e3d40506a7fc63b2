"""The facts of one date: one row per customer, from lists and from what the other sources work out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from riskcore import altman, schema
from riskcore.features import ageing, chosen, conversion, latest, ledger, lists, live, overridden, ratings, statements
from riskcore.features.computed import Computed
from riskcore.features.live import Keys
from riskcore.policy import Characteristic, Policy
from riskcore.store import Cursor

_SOURCES: tuple[Callable[[Cursor, Policy, date, Keys | None], Computed | None], ...] = (
    ledger.work_out,
    ageing.work_out,
    statements.balances,
    statements.years,
    ratings.grades,
    ratings.payment_index,
    lists.places,
)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # of registration numbers, GB 32100: no I, O, S, V, Z


@dataclass(frozen=True)
class Facts:
    """Queries that together give one row per customer in the book on a date, and the values to bind in each.

    Per stated field `<f>`, `<f>_state`, `<f>_date` and `<f>_import`; per other field `<f>`; `z_double_prime` with
    `_date` and `_import`; who bounds the tier (`overridden.COLUMNS`). Each query is of a range of customers that takes
    bounded memory. What a caller does not select is not worked out.
    """

    queries: tuple[str, ...]
    values: Mapping[str, object]


@contextmanager
def asked(
    cursor: Cursor,
    policy: Policy,
    as_of: date,
    own_annual_sales: float | None = None,
    keys: Keys | None = None,
    known_by: date | None = None,
) -> Iterator[Facts]:
    """The facts of a date, to be asked for on the cursor before the context ends.

    `own_annual_sales` is the company's own, in the book's currency. `keys`: only customers from the first to the last
    key. `known_by`: only from what had been taken in by then.
    """
    live.prepare(cursor, known_by)
    _prepare_words(cursor, policy)
    extent = latest.prepare(cursor, policy, as_of, keys)
    found = [computed for source in _SOURCES if (computed := source(cursor, policy, as_of, keys))]
    if extent.is_foreign:
        conversion.prepare(cursor, policy, as_of)
    is_overridden = overridden.prepare(cursor, policy, as_of, known_by)
    values = {"as_of": as_of, "own_annual_sales": own_annual_sales, "home": policy.home_country}
    yield Facts(tuple(_query(policy, extent, found, part, is_overridden) for part in extent.ranges), values)
    for table in (
        "live",
        "layer",
        "told",
        "industry_word",
        "country_word",
        "overridden",
        *(computed.table for computed in found),
    ):
        cursor.execute(f"drop table {table}")
    cursor.execute("drop table if exists conversion")


def prepare(
    cursor: Cursor,
    policy: Policy,
    as_of: date,
    own_annual_sales: float | None = None,
    keys: Keys | None = None,
    known_by: date | None = None,
) -> None:
    """Make the temporary table `facts` on the cursor, with all that `asked` of the same arguments gives."""
    cursor.execute("drop table if exists facts")
    with asked(cursor, policy, as_of, own_annual_sales, keys, known_by) as facts:
        for place, query in enumerate(facts.queries):
            cursor.execute(f"{'insert into facts' if place else 'create temp table facts as'} {query}", facts.values)


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
    industries = [(word, i.section, i.grade, i.outlook) for word, i in words.items()]
    countries = {w.lower(): c for c in policy.country for w in (c.code, c.name.zh, c.name.en, *c.words)}
    for table, rows in (
        ("industry_word", industries),
        ("country_word", [(word, c.code, c.grade) for word, c in countries.items()]),
    ):
        columns = [list(column) for column in zip(*rows, strict=True)]
        if rows:  # all at once: one row at a time takes a tenth of a second
            cursor.execute(f"insert into {table} select {', '.join(['unnest(?::varchar[])'] * len(columns))}", columns)


def _query(
    policy: Policy, extent: latest.Extent, found: Sequence[Computed], keys: Keys | None, is_overridden: bool
) -> str:
    by_id = {c.id: c for c in policy.characteristic}
    stated_facts = ",\n".join(
        _stated_fact(f.name, by_id.get(f.name), policy, chosen.is_worked_out(found, f.name)) for f in schema.STATED
    )
    unstated = ", ".join(f.name for f in latest.PLAIN if f.name not in {"customer_name", "exposure"})
    worked_out = frozenset(chosen.attributes(found))
    return f"""
with latest as ({latest.query(policy, extent, keys, worked_out)}),
whole as (select max(seq) as seq from live where whole_book and kind = 'customers' and as_of <= $as_of),
listed as (  -- those that the newest whole list retires where it does not name them
  select i.customer_key from input i join live using (import_id)
  where kind = 'customers' and live.seq < (select seq from whole) and {live.between(keys, "i.customer_key")}
),
active as (
  select * from latest
  where last_seq >= coalesce((select seq from whole), 0) or customer_key not in (select customer_key from listed)
),
chosen as ({chosen.query(found)}),
worked_out as (
  select chosen.*, country_word.grade as country_grade, upper(trim(reg_no)) as number,
    case when named.word is null then coded.section else named.section end as industry_section,
    case when named.word is null then coded.grade else named.grade end as industry_grade,
    case when named.word is null then coded.outlook else named.outlook end as outlook,
    case when incorporation_date <= $as_of
      then round({_whole_months("incorporation_date")} / 12, 6) end as years_from_date,
    case when relationship_start <= $as_of then {_whole_months("relationship_start")} end as months_from_date,
    case when coalesce(requested_limit, credit_limit) > 0
      then round(net_worth::double / coalesce(requested_limit, credit_limit)::double, 6) end as net_worth_to_limit,
    coalesce(country_word.code = $home, country is null) as registered_at_home
  from chosen
  left join industry_word as named on named.word = lower(trim(chosen.industry))
  left join industry_word as coded
    on coded.word = lower(nullif(regexp_extract(upper(trim(chosen.industry)), '^([A-T])[0-9]{{2,4}}$', 1), ''))
  left join country_word on country_word.word = lower(trim(chosen.country))
)
select customer_key, coalesce(customer_name, customer_id) as customer_name, {unstated}, industry_section,
  coalesce(exposure, ar_balance) as exposure, past_due_amount as past_due,
  $own_annual_sales::double as own_annual_sales,
  ({_registration_fails()})::integer as registration_number_fails,
{_z_double_prime(found)},
{", ".join(overridden.COLUMNS if is_overridden else (f"null::integer as {name}" for name in overridden.COLUMNS))},
{stated_facts}
from worked_out {"left join overridden using (customer_key)" if is_overridden else ""}
"""


def _z_double_prime(found: Sequence[Computed]) -> str:
    """Altman's Z'', the end of its year and its import; NULL for banks and insurers, for whom it is not meant."""
    is_told = any("z_double_prime" in c.alone for c in found)
    meant = f"case when industry_section is distinct from '{altman.NOT_FOR}' then "
    return ", ".join(
        f"  {f'{meant}{name} end' if is_told else f'null::{kind}'} as {name}" for name, kind in _Z_COLUMNS.items()
    )


_Z_COLUMNS = {"z_double_prime": "double", "z_double_prime_date": "date", "z_double_prime_import": "integer"}


def _whole_months(start: str) -> str:
    """Months that are full on the date asked for, so that an anniversary is a whole year."""
    return f"(date_diff('month', {start}, $as_of) - (day({start}) > day($as_of))::integer)"


# What a row gives without being asked: the value, where its date and import stand (none: the policy's tables gave
# it), and whether it ages.
_DERIVED = {
    "years_since_incorporation": ("years_from_date", "incorporation_date", False),
    "months_trading": ("months_from_date", "relationship_start", False),
    "net_worth_to_requested_limit": ("net_worth_to_limit", "net_worth", True),
    "industry_risk_grade": ("industry_grade", None, False),
    "industry_outlook": ("outlook", None, False),
    "country_risk_grade": ("country_grade", None, False),
}


def _stated_fact(name: str, c: Characteristic | None, policy: Policy, may_be_worked_out: bool) -> str:
    """Value, state, date and import of a stated field; the derived one where nothing was stated."""
    months = policy.external_score.valid_months if c is None else c.valid_months
    value, day, source = f"{name}_value", f"{name}_day", f"{name}_source"
    taken_back = f"{name}_said <> {schema.KNOWN}"
    if may_be_worked_out:  # a refusal yields to what was worked out from a file that came after it
        taken_back += f" and not ({name}_worked_out and {source} > {name}_said_by)"
        taken_back = f"coalesce({taken_back}, false)"
    never_known = f"case {name}_said when {schema.REFUSED} then {schema.REFUSED} else {schema.MISSING} end"
    state = (
        f"case when {day} is null then {never_known}"
        f" when {taken_back} or {_too_old(day, months)} then {schema.EXPIRED} else {schema.KNOWN} end"
    )
    if name in _DERIVED:
        derived, origin, ages = _DERIVED[name]
        own = f"({day} is null and {name}_said is null and {derived} is not null)"
        derived_old = _too_old(f"{origin}_day", months if ages else None)
        aged = f"case when {derived_old} then {schema.EXPIRED} else {schema.KNOWN} end"
        state = f"case when {own} then {aged} else {state} end"
        value = f"case when {own} then {derived} else {value} end"
        day, source = (
            f"case when {own} then {f'{origin}_{part}' if origin else 'null'} else {name}_{part} end"
            for part in ("day", "source")
        )
    return f"  {value} as {name}, ({state})::utinyint as {name}_state, {day} as {name}_date, {source} as {name}_import"


def _too_old(day: str, months: int | None) -> str:
    """Whether `day` and its months are past, compared with a day that is the same for all customers."""
    if months is None:
        return "false"
    first = f"date_trunc('month', $as_of - interval {int(months)} month)::date"
    # A month without such a day is all past: 30 June and 8 months are over on the last of a February.
    return f"{day} < least({first} + (day($as_of) - 1)::integer, ({first} + interval 1 month)::date)"


def _registration_fails() -> str:
    """Whether an 18-character number of a customer at home fails its check character (GB 32100, modulo 31)."""
    terms = " + ".join(
        f"(strpos('{_ALPHABET}', substr(number, {place + 1}, 1)) - 1) * {pow(3, place, 31)}" for place in range(17)
    )
    check = f"strpos('{_ALPHABET}', substr(number, 18, 1)) - 1 = (31 - ({terms}) % 31) % 31"
    return (
        f"registered_at_home and length(number) = 18 and "
        f"not (regexp_full_match(number, '[{_ALPHABET}]{{18}}') and {check})"
    )
