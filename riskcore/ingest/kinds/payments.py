"""Payments alone: which customer paid how much on which day, and the invoices that each is for, told in other files."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from riskcore.errors import Phrase
from riskcore.ingest.kinds import currencies, documents, grouped, oddities
from riskcore.ingest.kinds.base import Kind, Problem, Shaping
from riskcore.ingest.kinds.ledger import ABOUT_CUSTOMER, currency, of_customers
from riskcore.ingest.mapping import Match
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import letters_of, normalise_heading, synonyms

# What a payment came to, and what of it is for the invoice of the row, in its own or the book's currency.
_WORTH = ("paid_amount", "amount", "amount_local")
_FIELDS = (
    *("customer_id", "customer_name", "currency", *ABOUT_CUSTOMER, "document_no", "document_type", "invoice_status"),
    *("debit_credit", "invoice_ref", "paid_date", *_WORTH),
)
_NEEDS = (("customer_id", "customer_name"), _WORTH, ("paid_date",))


def fits(upload: Upload, matches: Sequence[Match]) -> float:
    """Every row a payment by its type, or a heading or the file's name that speaks of payments; no day that is due."""
    mapped = {m.field: m for m in matches if m.field and m.samples}
    own = {normalise_heading(word) for word in synonyms("payments").get("paid_date", ())}
    ledger = synonyms("ledger")
    others = {normalise_heading(word) for name in ("due_date", "open_amount", "invoice_date") for word in ledger[name]}
    if any(normalise_heading(heading) in others - own for heading in upload.headings):
        return -1.0
    types = documents.are_payments(upload, mapped.get("document_type"))
    if True in types:
        return -1.0 if False in types else 0.8
    words = [letters_of(word) for word in synonyms("payments").get("about.payment", ())]
    told = (upload.name, upload.sheet, *(m.heading for m in mapped.values() if m.field in _SPEAKING))
    return 0.5 if any(word in letters_of(text) for text in told for word in words) else -1.0


_SPEAKING = ("document_no", "paid_date", *_WORTH)


def judge(shaping: Shaping) -> Iterator[Problem]:
    """Rows that are no payments or stand there twice, and payments of invoices that the book does not know yet."""
    _prepare(shaping)
    yield from oddities.without_amount(shaping, _WORTH)
    yield from oddities.listed(shaping, "invoice_status", "status = 'void'", "ledger.void", "row")
    if shaping.has("document_no"):
        yield from oddities.twice(shaping)
    yield from oddities.after_the_day(shaping, "paid_date", "invoice_date")
    yield from oddities.not_in_book(shaping)
    yield from oddities.without_rate(shaping, currency(shaping, _WORTH))


def _prepare(shaping: Shaping) -> None:
    """Make `document_row`: line, customer_id, number, document, type, ref (as told), invoice_date (the payment's day),
    status, currency, gross (what is for `ref`) and whole (the payment), both negative, and above 0 for money paid back.
    """
    documents.classify(shaping, "debit_credit", "side", documents.SIDES)
    documents.classify(shaping, "document_type", "type", ("payment", "refund"), "payments")
    documents.classify(shaping, "invoice_status", "status", documents.STATES)
    column, cursor = shaping.column, shaping.scratch.cursor
    share = f"coalesce({column('amount')}, {column('amount_local')})"
    joined = (
        f"typed left join class_side on class_side.text = {column('debit_credit')} "
        f"left join class_type on class_type.text = {column('document_type')} "
        f"left join class_status on class_status.text = {column('invoice_status')} anti join total_line using (line)"
    )
    worth = f"coalesce({share}, {column('paid_amount')})"
    [rises] = cursor.execute(f"select bool_or({worth} > 0) from {joined}").fetchone() or (None,)
    # A file that holds no amount above zero writes payments as what they do to the balance.
    sign = "case when class_side.class = 'debit' or class_type.class = 'refund' then -1 else 1 end"
    turned = f"({{}} * {sign} * {-1 if rises else 1})::decimal(18,2)"
    number, ref = column("document_no", "null::varchar"), column("invoice_ref", "null::varchar")
    cursor.execute(f"""
create or replace temp table document_row as
with said as (
  select typed.line, customer_id, {number} as number, 'payment' as type, nullif(trim({ref}), '') as ref,
    ({column("paid_date")})::date as invoice_date, class_status.class as status,
    {documents.currency_sql(shaping, _WORTH)} as currency,
    {turned.format(worth)} as gross, {turned.format(column("paid_amount"))} as whole,
    {"true" if shaping.has("paid_amount") and shaping.has("amount") else "false"} as is_share
  from {joined} where customer_id is not null and {worth} is not null
)
select *, coalesce(number || '/payment', concat_ws('|', ref, invoice_date, gross,
  row_number() over (partition by customer_id, number, ref, invoice_date, gross order by line), 'payment')) as document
from said
""")


def tables(shaping: Shaping) -> Mapping[str, str]:
    """A part per payment and invoice, what of a payment is for none, and what the rows say of their customers."""
    cursor = shaping.scratch.cursor
    cursor.execute("delete from document_row using aside where document_row.line = aside.line")
    cursor.execute("alter table document_row rename to taken")
    cursor.execute(f"create or replace temp table part as {_PARTS}")
    return {"input": of_customers(shaping, only_open=False), "item": "select * from part"}


_PARTS = f"""
with unnamed as (  -- of payments that are told in whole and by their shares
  select min(line) as line, customer_id, document, min(invoice_date) as invoice_date,
    case when min(whole) = max(whole) then min(whole) else sum(whole) end - sum(gross) as gross,
    any_value(currency order by line) as currency, any_value(number order by line) as number
  from taken where is_share and whole < 0 group by customer_id, document
),
told as (
  select line, customer_id, document, invoice_date, gross, currency, number,
    case when gross < 0 then {documents.numbers_sql("ref")} end as settles
  from taken
  union all by name
  select *, null::varchar[] as settles from unnamed where gross < 0
)
select line, customer_id, document, 'payment' as document_type, invoice_date, null::date as due_date,
  null::date as paid_date, gross as amount, currency, null::boolean as disputed, number, settles
from told where gross <> 0
"""


def notes(shaping: Shaping) -> list[Phrase]:
    """How many payments name no invoice; the last that is asked of a file."""
    sums = shaping.scratch.cursor.execute(
        "select coalesce(currency, ''), count(*), sum(amount) from part where settles is null and amount < 0 "
        "group by 1 order by 1"
    ).fetchall()
    shaping.scratch.cursor.execute("drop table taken")
    return [oddities.counted("ledger.note_payments", sums)] if sums else []


PAYMENTS = Kind(
    id="payments",
    fields=_FIELDS,
    needs=_NEEDS,
    tables=tables,
    group="payments",
    ask=currencies.ask,
    judge=judge,
    fits=fits,
    reshape=grouped.filled_down,
    notes=notes,
    currency=partial(currency, amounts=_WORTH),
)
