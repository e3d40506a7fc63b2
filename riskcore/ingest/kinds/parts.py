"""Documents split into parts: each payment of a known day by itself, and what is still open.

What was paid on a day that the file does not tell is no part, since nobody knows how late it was; it is kept apart
until payments of another file tell the day.
"""

from riskcore.ingest.kinds.base import Shaping
from riskcore.ingest.kinds.documents import SAME_NUMBER, numbers_sql


def prepare(shaping: Shaping, only_open: bool) -> None:
    """Make `unit` (a row per document, or per row where rows are parts of their own) and `part` from `document_row`.

    `part` has the columns of the table `item`, with `customer_id`; a payment `settles` the invoices that it names,
    where the file does not hold them. `part_undated` has those of `item_paid`. `unit` keeps `rest` (what is open) and
    `own_paid` (what was paid beside the payments that stand in rows of their own). `only_open`: of a document that is
    open in part, nothing but that part. Rows in `aside` take no part.
    """
    cursor = shaping.scratch.cursor
    cursor.execute("create or replace temp table taken as select * from document_row anti join aside using (line)")
    cursor.execute(_APART if shaping.has("document_no", "paid_amount") else _NONE_APART)
    cursor.execute(_MATCHED if shaping.has("invoice_ref", "document_no") else _NONE_MATCHED)
    cursor.execute(_SETTLING)
    cursor.execute(_UNIT)
    cursor.execute(_part(only_open))
    cursor.execute(_UNDATED)


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

_UNIT = f"""
create or replace temp table unit as
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
left_open as (
  select *, (case when open is not null then open
    when status in ('open', 'partial') and paid is null and applied = 0 then gross - credited
    when status = 'paid' or (paid_date is not null and paid is null) then 0
    when abs(coalesce(paid, 0)) >= abs(applied) then gross - credited - coalesce(paid, 0)
    else gross - credited - applied end)::decimal(18,2) as rest
  from valued
)
select *, (gross - credited - rest - applied)::decimal(18,2) as own_paid from left_open
"""


def _part(only_open: bool) -> str:
    def part(line: str, kind: str, paid: str, amount: str) -> str:
        return (
            f"select {line} as line, customer_id, document, {kind} as document_type, invoice_date, due_date, "
            f"{paid} as paid_date, ({amount})::decimal(18,2) as amount, currency, disputed, "
            f"nullif(number, document) as number, {'null::varchar[] as ' if only_open else ''}settles"
        )

    # What an invoice was overpaid by is the customer's money.
    overpaid = "case when type = 'invoice' and rest < 0 then 'payment' else type end"
    still_open = f"{part('unit.line', overpaid, 'null::date', 'rest')} from unit where rest <> 0"
    paid = f"{part('unit.line', 'type', 'unit.paid_date', 'own_paid')} from unit where own_paid <> 0"
    parts = [still_open, f"{paid} and paid_date is not null{' and rest = 0' if only_open else ''}"]
    if not only_open:
        apart = part("settling.line", "type", "settling.paid_date", "settling.amount")
        parts.append(f"{apart} from settling join unit on unit.line = unit_line")
    return f"create or replace temp table part as {' union all '.join(parts)}"


# Of invoices alone: payments name no other documents.
_UNDATED = """
create or replace temp table part_undated as
select line, customer_id, document, type as document_type, invoice_date, due_date, own_paid as amount, currency,
  nullif(number, document) as number
from unit where type = 'invoice' and own_paid > 0 and paid_date is null
"""


def drop(shaping: Shaping) -> None:
    """Forget all that was made of the rows but the parts and `taken`, which a large file is loaded from."""
    for table in ("document_row", "apart", "matched", "settling", "unit"):
        shaping.scratch.cursor.execute(f"drop table {table}")
