"""From what imports said of a customer to the facts of one date: latest values, their age, and what follows from them.

An import counts from its as-of date on. A later one replaces only what it says; one that is the whole book retires
the customers it does not name. A value that its source withdrew, or then refused, stays known as expired, so that
silence never pays.
"""

from datetime import date

from riskcore import schema
from riskcore.policy import Characteristic, Policy
from riskcore.store import Cursor

_PLAIN = (*schema.IDENTITY[1:], *schema.ATTRIBUTES, *schema.FLAGS)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # of registration numbers, GB 32100: no I, O, S, V, Z


def prepare(
    cursor: Cursor, policy: Policy, as_of: date, own_annual_sales: float | None = None, customer_key: int | None = None
) -> None:
    """Make the temporary table `facts` on the cursor: one row per customer in the book on `as_of`.

    Per stated field `<f>`, `<f>_state`, `<f>_date` and `<f>_import`; per other field `<f>`. `own_annual_sales` is
    the company's own, in the book's currency. With `customer_key` only that customer.
    """
    _prepare_words(cursor, policy)
    cursor.execute("drop table if exists facts")
    asked = {"as_of": as_of, "customer_key": customer_key}
    stated = {"own_annual_sales": own_annual_sales, "home": policy.home_country}
    cursor.execute(f"create temp table facts as {_query(policy)}", asked | stated)


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


def _query(policy: Policy) -> str:
    by_id = {c.id: c for c in policy.characteristic}
    plain = ",\n".join(f"    arg_max({f.name}, seq) as {f.name}" for f in _PLAIN if f.name != "credit_score")
    stated = ",\n".join(
        f"    arg_max({f.name}_state, seq) as {f.name}_said,\n"
        f"    arg_max({{'v': {f.name}, 'd': {_dated(by_id.get(f.name))}, 'i': import_id}}, seq)"
        f" filter (where {f.name}_state = {schema.KNOWN}) as {f.name}_last"
        for f in schema.STATED
    )
    stated_facts = ",\n".join(_stated_fact(f.name, by_id.get(f.name), policy) for f in schema.STATED)
    unstated = ", ".join(f.name for f in _PLAIN if f.name not in {"customer_name", "credit_score", "exposure"})
    return f"""
with imports as (
  select import_id, as_of, whole_book, row_number() over (order by as_of, import_id) as seq
  from import where as_of <= $as_of
),
said as (
  -- A file without names tells the id in their place, which is no name.
  select i.* replace (nullif(i.customer_name, customer.customer_id) as customer_name), customer.customer_id,
    imports.as_of as said_on, imports.seq
  from input i join imports using (import_id) join customer using (customer_key)
  where $customer_key is null or i.customer_key = $customer_key
),
latest as (
  select customer_key, customer_id, max(seq) as last_seq,
{plain},
    arg_max({{'d': coalesce(own_statement_date, said_on), 'i': import_id}}, seq)
      filter (where net_worth is not null) as net_worth_last,
    arg_max({{'d': said_on, 'i': import_id}}, seq) filter (where incorporation_date is not null) as incorporation_last,
    arg_max({{'d': said_on, 'i': import_id}}, seq) filter (where relationship_start is not null) as relationship_last,
    arg_max({{'d': said_on, 'i': import_id}}, seq) filter (where industry is not null) as industry_last,
    arg_max({{'d': said_on, 'i': import_id}}, seq) filter (where country is not null) as country_last,
{stated}
  from said group by customer_key, customer_id
),
active as (
  select * from latest
  where last_seq >= coalesce((select max(seq) from imports where whole_book), 0)
),
worked_out as (
  select active.*, industry_word.section as industry_section,
    industry_word.grade as industry_grade, industry_word.outlook as outlook, country_word.grade as country_grade,
    case when incorporation_date <= $as_of
      then round({_whole_months("incorporation_date")} / 12, 6) end as years_from_date,
    case when relationship_start <= $as_of then {_whole_months("relationship_start")} end as months_from_date,
    case when coalesce(requested_limit, credit_limit) > 0
      then round(net_worth::double / coalesce(requested_limit, credit_limit)::double, 6) end as net_worth_to_limit,
    coalesce(country_word.code = $home, country is null) as registered_at_home
  from active
  left join industry_word on industry_word.word = coalesce(
    (select min(w.word) from industry_word w where w.word = lower(trim(active.industry))),
    lower(nullif(regexp_extract(upper(trim(active.industry)), '^([A-T])[0-9]{{2,4}}$', 1), '')))
  left join country_word on country_word.word = lower(trim(active.country))
)
select customer_key, coalesce(customer_name, customer_id) as customer_name, {unstated}, industry_section,
  coalesce(exposure, ar_balance) as exposure, past_due_amount as past_due,
  $own_annual_sales::double as own_annual_sales,
  ({_registration_fails()})::integer as registration_number_fails,
{stated_facts}
from worked_out
"""


def _whole_months(start: str) -> str:
    """Months that are full on the date asked for, so that an anniversary is a whole year."""
    return f"(date_diff('month', {start}, $as_of) - (day({start}) > day($as_of))::integer)"


def _dated(c: Characteristic | None) -> str:
    return f"coalesce({c.dated_by}, said_on)" if c is not None and c.dated_by else "said_on"


# What a row gives without being asked: the value, where its date and import stand (none: the policy's tables gave
# it), and whether it ages.
_DERIVED = {
    "years_since_incorporation": ("years_from_date", "incorporation_last", False),
    "months_trading": ("months_from_date", "relationship_last", False),
    "net_worth_to_requested_limit": ("net_worth_to_limit", "net_worth_last", True),
    "industry_risk_grade": ("industry_grade", None, False),
    "industry_outlook": ("outlook", None, False),
    "country_risk_grade": ("country_grade", None, False),
}


def _stated_fact(name: str, c: Characteristic | None, policy: Policy) -> str:
    """Value, state, date and import of a stated field; the derived one where nothing was stated."""
    months = policy.external_score.valid_months if c is None else c.valid_months
    last = f"{name}_last"
    too_old = _too_old(f"{last}.d", months)
    never_known = f"case {name}_said when {schema.REFUSED} then {schema.REFUSED} else {schema.MISSING} end"
    state = (
        f"case when {last} is null then {never_known}"
        f" when {name}_said <> {schema.KNOWN} or {too_old} then {schema.EXPIRED} else {schema.KNOWN} end"
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
