"""Documents split into parts: each payment of a known day by itself, and what is still open.

What was paid on a day that the file does not tell is no part, since nobody knows how late it was; it is kept apart
until payments of another file tell the day.
"""

from riskcore.ingest.kinds.base import Shaping
from riskcore.ingest.kinds.documents import SAME_NUMBER, is_bare, names_currency, numbers_sql, stands_alone


def prepare(shaping: Shaping, only_open: bool) -> None:
    """Make `unit` (a row per document, or per row where rows are parts of their own) and `part` from `document_row`.

    `part` has the columns of the table `item`, with `customer_id`; a payment `settles` the invoices that it names,
    where the file does not hold them. `part_undated` has those of `item_paid`. `unit` keeps `rest` (what is open) and
    `own_paid` (what was paid beside the payments that stand in rows of their own). `only_open`: of a document that is
    open in part, nothing but that part. Rows in `aside` take no part: what is left of `document_row` is `taken`.
    """
    cursor = shaping.scratch.cursor
    if stands_alone(shaping):
        cursor.execute("create temp view taken as from document_row anti join aside using (line)")
    else:
        cursor.execute("delete from document_row using aside where document_row.line = aside.line")
        cursor.execute("alter table document_row rename to taken")
    cursor.execute(_APART if shaping.has("document_no", "paid_amount") else _NONE_APART)
    cursor.execute(_MATCHED if shaping.has("invoice_ref", "document_no") else _NONE_MATCHED)
    cursor.execute(_SETTLING)
    is_plain = not cursor.execute("select line from matched union all select first from apart limit 1").fetchall()
    # Where every row is a document of its own, nothing is gained by a copy.
    made = "view" if is_plain else "table"
    unit, part = (_PLAIN_UNIT, _part(only_open)) if is_plain else (_UNIT, _part(only_open) + _settled(only_open))
    if untold := _untold(shaping):
        part = f"select * exclude ({', '.join(untold)}) from ({part})"
    for name, query in (("unit", unit), ("part", part), ("part_undated", _UNDATED)):
        cursor.execute(f"create temp {made} {name} as {query}")


def _untold(shaping: Shaping) -> list[str]:
    """Columns of `part` that no row fills, which are spared in the sorting of millions."""
    if not stands_alone(shaping):
        return []
    told = {"number": not is_bare(shaping), "disputed": shaping.has("disputed"), "currency": names_currency(shaping)}
    return ["settles", *(name for name, is_told in told.items() if not is_told)]


# Documents whose rows repeat the whole amount, each with a payment of its own.
_APART = """
create or replace temp table apart as
select customer_id, document, min(line) as first from taken where number is not null
group by customer_id, document
having count(*) > 1 and count(paid) > 0 and min(gross) = max(gross)
"""
_NONE_APART = "create or replace temp table apart (customer_id varchar, document varchar, first bigint)"

# Payments that name an invoice of the same customer and currency in this file, and that invoice's first line.
_MATCHED = f"""
create or replace temp table matched as
select p.line, min(i.line) as invoice_line
from taken p join taken i on i.customer_id = p.customer_id and {SAME_NUMBER.format("i.number")} = p.ref
  and i.currency is not distinct from p.currency and coalesce(i.company = p.company, true)
where p.type = 'payment' and p.ref is not null and p.gross < 0 and p.invoice_date is not null and i.type = 'invoice'
group by p.line
"""
_NONE_MATCHED = "create or replace temp table matched (line bigint, invoice_line bigint)"

# Payments with rows of their own: the document's first line, the day and the amount.
_SETTLING = """
create or replace temp table settling as
select first as unit_line, t.line, t.paid_date, paid as amount
from taken t join apart using (customer_id, document) where t.paid_date is not null and paid <> 0
union all
select coalesce(apart.first, invoice_line), p.line, p.invoice_date, coalesce(p.open, 0) - p.gross
from taken p join matched using (line) join taken i on i.line = invoice_line
left join apart on apart.customer_id = i.customer_id and apart.document = i.document
where coalesce(p.open, 0) <> p.gross
"""

_REST = """left_open as (
  select *, (case when open is not null then open
    when status in ('open', 'partial') and paid is null and applied = 0 then gross - credited
    when status = 'paid' or (paid_date is not null and paid is null) then 0
    when abs(coalesce(paid, 0)) >= abs(applied) then gross - credited - coalesce(paid, 0)
    else gross - credited - applied end)::decimal(18,2) as rest
  from valued
)
select *, (gross - credited - rest - applied)::decimal(18,2) as own_paid from left_open"""

_UNIT = f"""
with together as (
  select min(line) as line, customer_id, any_value(type order by line) as type,
    min(invoice_date) as invoice_date, min(due_date) as due_date, null::date as paid_date, max(status) as status,
    any_value(currency order by line) as currency, bool_or(disputed) as disputed, any_value(gross) as gross,
    any_value(number) as number, null::varchar[] as settles,
    case when sum(open) + sum(paid) + max(credited) = any_value(gross) then sum(open) else min(open) end as open,
    sum(paid) as paid, max(credited) as credited, document
  from taken join apart using (customer_id, document) group by customer_id, document
),
single as (
  select line, customer_id, type, invoice_date, due_date, paid_date, status, currency, disputed,
    case when m.line is null then gross else open end as gross, number,
    case when m.line is null and type = 'payment' and gross < 0 then {numbers_sql("ref")} end as settles,
    open, case when m.line is null then paid end as paid, credited, document
  from taken left join matched m using (line)
  anti join apart using (customer_id, document)
  where m.line is null or open <> 0
),
valued as (
  select u.*, coalesce(applied, 0) as applied
  from (from together union all from single) u
  left join (select unit_line, sum(amount) as applied from settling group by all) s on s.unit_line = u.line
),
{_REST}
"""

# The same where every row is a document of its own.
_PLAIN_UNIT = f"""
with valued as (
  select line, customer_id, type, invoice_date, due_date, paid_date, status, currency, disputed, gross, number,
    case when type = 'payment' and gross < 0 then {numbers_sql("ref")} end as settles,
    open, paid, credited, document, 0::decimal(38,2) as applied
  from taken
),
{_REST}
"""


def _part(only_open: bool) -> str:
    # What an invoice was overpaid by is the customer's money.
    overpaid = "case when type = 'invoice' and rest < 0 then 'payment' else type end"
    still_open = f"{_columns(only_open, 'unit.line', overpaid, 'null::date', 'rest')} from unit where rest <> 0"
    paid = f"{_columns(only_open, 'unit.line', 'type', 'unit.paid_date', 'own_paid')} from unit where own_paid <> 0"
    return f"{still_open} union all {paid} and paid_date is not null{' and rest = 0' if only_open else ''}"


def _settled(only_open: bool) -> str:
    apart = _columns(only_open, "settling.line", "type", "settling.paid_date", "settling.amount")
    return "" if only_open else f" union all {apart} from settling join unit on unit.line = unit_line"


def _columns(only_open: bool, line: str, kind: str, paid: str, amount: str) -> str:
    return (
        f"select {line} as line, customer_id, document, {kind} as document_type, invoice_date, due_date, "
        f"{paid} as paid_date, ({amount})::decimal(18,2) as amount, currency, disputed, "
        f"nullif(number, document) as number, {'null::varchar[] as ' if only_open else ''}settles"
    )


# Of invoices alone: payments name no other documents.
_UNDATED = """
select line, customer_id, document, type as document_type, invoice_date, due_date, own_paid as amount, currency,
  nullif(number, document) as number
from unit where type = 'invoice' and own_paid > 0 and paid_date is null
"""


def drop(shaping: Shaping) -> None:
    """Forget what the parts do not stand on."""
    cursor = shaping.scratch.cursor
    if not cursor.execute("select 1 from duckdb_views() where temporary and view_name = 'part'").fetchone():
        for table in ("taken", "apart", "matched", "settling", "unit"):
            cursor.execute(f"drop table {table}")
