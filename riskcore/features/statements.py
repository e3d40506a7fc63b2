"""What financial statements tell of a customer as of a date: ratios, net worth, revenue, and how good they are.

A period counts from the day that it ends on. Of several files of one period each figure is the one told last. Figures
at the end of a period come from the newest one with a balance sheet; figures of a year from the newest whole year: one
that ends in December, or in the one month in which all of a customer's statements end, if there are two at least. The
year before is one that ended 350 to 380 days earlier.
"""

from datetime import date

from riskcore import schema
from riskcore.features import conversion, live
from riskcore.features.computed import Computed
from riskcore.features.live import Keys
from riskcore.features.ratios import BY_ID, Z_DOUBLE_PRIME, Ratio
from riskcore.policy import Policy
from riskcore.store import Cursor

AMOUNTS = tuple(field.name for field in schema.STATEMENT_AMOUNTS)

# What follows from the amounts of a period; the first that is known counts.
DERIVED = {
    "equity": "coalesce(equity, total_assets - total_liabilities)",
    "total_liabilities": "coalesce(total_liabilities, total_assets - equity)",
    "ebit": "coalesce(ebit, profit_before_tax + interest_expense, profit_before_tax + finance_cost)",
    "interest": "coalesce(interest_expense, finance_cost)",
    "working_capital": "current_assets - current_liabilities",
    # Without inventory and perhaps prepayments; where one is not reported and details of current assets are, it is nil.
    "quick_assets": "case when coalesce(inventory, cash, receivables) is not null then current_assets "
    "- coalesce(inventory, 0) - case when $quick_without_prepayments then coalesce(prepayments, 0) else 0 end end",
    "retained": "retained_earnings + coalesce(surplus_reserve, 0)",
    "debt": "case when coalesce(short_term_borrowings, long_term_borrowings, bonds_payable) is not null then "
    "coalesce(short_term_borrowings, 0) + coalesce(long_term_borrowings, 0) + coalesce(bonds_payable, 0) end",
    "tangible": "coalesce(equity, total_assets - total_liabilities) - coalesce(intangibles, 0) - coalesce(goodwill, 0)",
}

_HAS_BALANCE = "coalesce(total_assets, current_assets, total_liabilities, equity) is not null"
_HAS_YEAR = "coalesce(revenue, profit_before_tax, net_profit, ebit, operating_cash_flow) is not null"
_GRAVE = "('adverse', 'disclaimed', 'going_concern')"
# From the worst to the best; the place of the best statement that is there counts.
_QUALITIES = ["old_or_tax", "unaudited_12m", "audited_18m", "audited_12m"]
_MONTHS = (
    "(date_diff('month', period_end, $as_of) - (day(period_end) > day($as_of) and $as_of <> last_day($as_of))::integer)"
)
_QUALITY = f"""case
  when audit_opinion in ('unqualified', 'audited') and {_MONTHS} <= 12 then 4
  when audit_opinion in ('unqualified', 'audited') and {_MONTHS} <= 18 then 3
  when audit_opinion in ('qualified', 'going_concern') and {_MONTHS} <= 12 then 3
  when coalesce(audit_opinion, '') <> 'tax_return' and {_MONTHS} <= 12 then 2
  else 1 end"""


def balances(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> Computed | None:
    """Make the table `statement_balance`: what the newest balance sheet tells, and how good the statements are.

    Net worth is tangible, without intangibles and goodwill; it is not below zero where equity is not, so that rules on
    negative equity read it as equity.
    """
    if not prepare(cursor, policy, as_of, keys):
        return None
    conversion.prepare(cursor, policy, as_of)
    cursor.execute(
        f"""
create or replace temp table statement_balance as
with best as (
  select customer_key, max({_QUALITY}) as quality,
    arg_max(audit_opinion in {_GRAVE}, period_end) filter (where audit_opinion is not null) as s4
  from statement_period group by customer_key
),
now as ({newest("true", _HAS_BALANCE)})
select now.customer_key, now.period_end as dated, now.import_id,
  {_selected("quick_ratio", "liabilities_to_assets_pct")},
  {_QUALITIES}[best.quality] as statement_quality, best.s4,
  {_money("case when now.equity >= 0 then greatest(now.tangible, 0) else now.tangible end")} as net_worth,
  {_money("now.working_capital")} as working_capital
from now join best using (customer_key)
left join conversion on conversion.currency = now.currency
""",
        {"as_of": as_of},
    )
    _drop(cursor)
    return Computed(
        "statement_balance",
        stated=("quick_ratio", "liabilities_to_assets_pct", "statement_quality"),
        plain=("net_worth", "working_capital"),
        flags=("s4",),
    )


def years(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> Computed | None:
    """Make the table `statement_year`: what the newest whole year tells, with the year before it, and Altman's Z''."""
    if not prepare(cursor, policy, as_of, keys):
        return None
    conversion.prepare(cursor, policy, as_of)
    stated = (
        "interest_coverage",
        "return_on_assets_pct",
        "cash_flow_to_current_liabilities_pct",
        "revenue_growth_pct",
    )
    cursor.execute(
        f"""
create or replace temp table statement_year as
with now as ({newest(f"is_year and {_HAS_YEAR}")})
select now.customer_key, now.period_end as dated, now.import_id, {_selected(*stated)},
  {_money("now.revenue")} as customer_revenue, {Z_DOUBLE_PRIME} as z_double_prime
from now {YEAR_BEFORE}
left join conversion on conversion.currency = now.currency
"""
    )
    _drop(cursor)
    special = tuple(name for name in stated if BY_ID[name].special)
    return Computed(
        "statement_year", stated=stated, plain=("customer_revenue",), special=special, alone=("z_double_prime",)
    )


# `before`: the period that ended a year before that of `now`, if there is one.
YEAR_BEFORE = """left join lateral (
  select * from statement_period p where p.customer_key = now.customer_key
    and p.period_end between now.period_end - 380 and now.period_end - 350
    and p.currency is not distinct from now.currency
  order by abs(date_diff('day', p.period_end, now.period_end) - 365) limit 1
) before on true"""


def newest(condition: str, rather: str = "true") -> str:
    """The query of the newest period of each customer of which a condition holds, and another one if that can be."""
    return (
        f"select * from statement_period where {condition} "
        f"qualify row_number() over (partition by customer_key order by {rather} desc, period_end desc) = 1"
    )


def value(ratio: Ratio) -> str:
    """The SQL of a ratio over `now` and `before`."""
    return f"case when now.is_year then {ratio.sql} end" if ratio.is_of_year else ratio.sql


def prepare(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> bool:
    """Make the table `statement_period` and say whether it has a row: one per customer and period; reads `live`.

    The amounts of `statement` as doubles in its own currency, those of DERIVED, `audit_opinion`, `import_id` (the
    newest) and `is_year`.
    """
    bound: dict[str, object] = {"as_of": as_of}
    told = f"from statement join live using (import_id) where period_end <= $as_of and {live.between(keys)}"
    if cursor.execute(f"select 1 {told} limit 1", bound).fetchone() is None:
        return False
    amounts = ", ".join(f"arg_max({name}, placed)::double as {name}" for name in AMOUNTS)
    replaced = ", ".join(f"{sql} as {name}" for name, sql in DERIVED.items() if name in AMOUNTS)
    added = ", ".join(f"{sql} as {name}" for name, sql in DERIVED.items() if name not in AMOUNTS)
    cursor.execute(
        f"""
create or replace temp table statement_period as
with told as (select statement.*, seq * 10000000000 + line as placed {told}),
merged as (
  select customer_key, period_end, arg_max(import_id, placed) as import_id, arg_max(currency, placed) as currency,
    arg_max(audit_opinion, placed) as audit_opinion, {amounts}
  from told group by customer_key, period_end
),
derived as (select * replace ({replaced}), {added} from merged)
select *, month(period_end) = 12 or (count(*) over own > 1
  and min(month(period_end)) over own = max(month(period_end)) over own) as is_year
from derived window own as (partition by customer_key)
""",
        bound | {"quick_without_prepayments": policy.ratios.quick_without_prepayments},
    )
    return True


def _selected(*names: str) -> str:
    """Columns of these ratios, and of whether they are known without a value."""
    out = [f"{value(BY_ID[name])} as {name}" for name in names]
    out += [f"({BY_ID[name].special}) as {name}_special" for name in names if BY_ID[name].special]
    return ", ".join(out)


def _money(amount: str) -> str:
    """An amount in the book's currency; NULL where its own has no rate."""
    return f"round({amount} * case when now.currency is null then 1 else conversion.rate end, 2)::decimal(18,2)"


def _drop(cursor: Cursor) -> None:
    cursor.execute("drop table statement_period")
    cursor.execute("drop table conversion")
