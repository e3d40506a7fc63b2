"""Rows of a ledger as documents: their sign, type, dates and key, whatever system wrote them."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from riskcore.ingest.kinds import terms
from riskcore.ingest.kinds.base import Shaping
from riskcore.ingest.mapping import Match
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import SIGNS, heading_currency, normalise_heading, synonyms

CREDITS = ("credit_note", "payment", "down_payment")
SIDES = ("credit", "debit")
STATES = ("open", "partial", "paid", "void")
WORTH = ("amount", "amount_local", "open_amount")  # one of them at least says what a row is worth
_LOOKED_AT = 2_000  # rows that show what the types are
SAME_NUMBER = "ltrim(trim({}), '0')"


def numbers_sql(told: str) -> str:
    """SQL of the numbers that a text names, one or several with commas or semicolons between; NULL for none."""
    apart = rf"string_split_regex({told}, '[,;，；、\n]+')"
    bare = f"list_transform({apart}, lambda one: {SAME_NUMBER.format('one')})"
    return f"nullif(list_filter({bare}, lambda one: one <> ''), [])"


def are_payments(upload: Upload, types: Match | None) -> set[bool]:
    """Whether documents are payments, or money paid back, by the column that tells their types: all, none or some."""
    if types is None:
        return set()
    words = (word for name in ("payment", "refund") for word in all_words("payments").get(f"type.{name}", ()))
    known = {normalise_heading(word) for word in words}
    texts = pc.unique(upload.rows.column(f"c{types.index}").slice(0, _LOOKED_AT)).to_pylist()
    return {normalise_heading(text) in known for text in texts if text}


def all_words(kind: str) -> dict[str, tuple[str, ...]]:
    """The words of ledgers with those of another group, by what they stand for."""
    own, more = synonyms("ledger"), synonyms(kind)
    return {name: tuple(dict.fromkeys((*own.get(name, ()), *more.get(name, ())))) for name in {*own, *more}}


def prepare(shaping: Shaping) -> None:
    """Make `document_row`: a row per row of `typed` that has a customer and an amount and is no line of totals; a view
    where every row `stands_alone`.

    line, customer_id, number (NULL: none told), company, document (what tells it from the customer's others), type,
    ref (number of the invoice that it belongs to), invoice_date, due_date, paid_date, status, currency, disputed,
    special (of the special ledger), noted (a request of it, which is no receivable), and the amounts gross, open, paid
    and credited, all of them negative for a credit.
    """
    cursor = shaping.scratch.cursor
    classify(shaping, "debit_credit", "side", SIDES)
    classify(shaping, "document_type", "type", CREDITS)
    classify(shaping, "invoice_status", "status", STATES)
    classify(shaping, "special_gl", "special", ("noted",))
    terms.prepare_codes(shaping)
    made = "view" if stands_alone(shaping) else "table"
    cursor.execute(f"create or replace temp {made} document_row as {_query(shaping, _unsigned(shaping))}")
    if shaping.has("invoice_ref", "document_no") and not shaping.has("due_date"):
        cursor.execute(_CREDITS_DUE)


def stands_alone(shaping: Shaping) -> bool:
    """Whether every row is a document by itself, with a number, and no other row says anything of it."""
    known = shaping.scratch.known
    if "stands_alone" not in known:
        is_told = shaping.has("document_no") and not shaping.has("invoice_ref") and not shaping.has("paid_amount")
        known["stands_alone"] = is_told and not _some_unnumbered(shaping)
    return bool(known["stands_alone"])


def is_bare(shaping: Shaping) -> bool:
    """Whether a numbered document is told from the customer's others by its number alone."""
    return not any(shaping.has(name) for name in ("company_code", "fiscal_year", "document_line", "document_type"))


def classify(shaping: Shaping, field: str, group: str, names: Sequence[str], kind: str = "ledger") -> None:
    """Make the table `class_<group>`: every text of a column that is a known word, and what that word stands for."""
    told = all_words(kind)
    known = {normalise_heading(word): name for name in names for word in told.get(f"{group}.{name}", ())}
    query = f"select distinct {field} from typed where {field} is not null"
    texts = shaping.scratch.texts(query) if shaping.has(field) else []
    found = {text: known[key] for text in texts if (key := normalise_heading(text)) in known}
    table = pa.table({"text": pa.array(found, pa.string()), "class": pa.array(found.values(), pa.string())})
    shaping.scratch.cursor.register(f"class_{group}", table)


def _amount(shaping: Shaping) -> str:
    """SQL of the amount of a row as it is written: in the document's currency, else in the book's."""
    return f"coalesce({shaping.column('amount')}, {shaping.column('amount_local')})::decimal(18,2)"


_CLASSED = {
    "side": "debit_credit",
    "type": "document_type",
    "status": "invoice_status",
    "special": "special_gl",
}


def _class(shaping: Shaping, group: str) -> str:
    """SQL of what a row is by a column that is classified, over `_joined`."""
    return f"class_{group}.class" if shaping.has(_CLASSED[group]) else "null::varchar"


def _joined(shaping: Shaping) -> str:
    """`typed` with what is known of the words in its columns."""
    joins = [
        f"left join class_{group} on class_{group}.text = {field}"
        for group, field in _CLASSED.items()
        if shaping.has(field)
    ]
    if shaping.has("payment_terms"):
        joins.append("left join term_code on term_code.code = payment_terms")
    return " ".join(("typed", *joins))


def _unsigned(shaping: Shaping) -> str:
    """SQL that says which rows are credits written without a sign: the file shows it by having none with one."""
    amount = f"coalesce({_amount(shaping)}, {shaping.column('open_amount')})"
    if shaping.has("debit_credit"):
        condition = f"{_class(shaping, 'side')} = 'credit'"
        positive = shaping.scratch.cursor.execute(
            f"select coalesce(bool_or({amount} > 0), false) from {_joined(shaping)} where {condition}"
        ).fetchone()
        return condition if positive and positive[0] else "false"
    if not shaping.has("document_type"):
        return "false"
    signless = shaping.scratch.texts(
        f"select class_type.class from {_joined(shaping)} where class_type.class is not null and {amount} is not null "
        f"group by all having min({amount}) >= 0"
    )
    listed = ", ".join(f"'{name}'" for name in CREDITS if name in signless)
    return f"class_type.class in ({listed})" if listed else "false"


def _query(shaping: Shaping, unsigned: str) -> str:
    column = shaping.column
    amount = _amount(shaping)
    turned = f"coalesce({unsigned}, false)"
    side, said_type = _class(shaping, "side"), _class(shaping, "type")
    credit = f"{side} = 'credit' or {said_type} is not null or {amount} < 0"
    free_credit = f"coalesce({credit}, false) and {column('invoice_ref')} is null"

    def signed(name: str) -> str:
        value = f"({column(name)})::decimal(18,2)"
        return f"case when {turned} and coalesce(sign({value}) = sign({amount}), true) then -{value} else {value} end"

    invoiced, posted, base = column("invoice_date"), column("posting_date"), column("baseline_date")
    baseline = f"coalesce({base}, {invoiced}, {posted})::date"
    if shaping.has("document_no") and not _some_unnumbered(shaping):
        document = "number" if is_bare(shaping) else _NUMBERED
    else:
        document = f"coalesce({_NUMBERED}, {_UNNUMBERED})"
    [totals] = shaping.scratch.cursor.execute("select count(*) from total_line").fetchone() or (0,)
    return f"""
with said as (
  select typed.line, customer_id, {said_type} as said_type, {_class(shaping, "status")} as status,
    coalesce({_class(shaping, "special")} = 'noted', false) as noted, {column("special_gl")} is not null as special,
    {column("document_no", "null::varchar")} as number, {column("company_code", "null::varchar")} as company,
    {column("fiscal_year", "null::varchar")} as fiscal_year,
    {column("document_line", "null::varchar")} as document_line,
    nullif(ltrim(trim({column("invoice_ref", "null::varchar")}), '0'), '') as ref,
    coalesce({invoiced}, {posted}, {base})::date as invoice_date, ({column("paid_date")})::date as paid_date,
    {terms.due_sql(shaping, baseline, free_credit)} as due_date,
    case when {turned} then -{amount} else {amount} end as told, {signed("open_amount")} as open,
    {signed("paid_amount")} as said_paid, abs({column("credit_note_amount", "0")})::decimal(18,2) as said_credited,
    {currency_sql(shaping)} as currency, ({column("disputed")})::boolean as disputed
  from {_joined(shaping)}
  {"anti join total_line using (line)" if totals else ""}
  where customer_id is not null and coalesce({amount}, {column("open_amount")}) is not null
),
valued as (
  select * exclude (told, said_paid, said_credited),
    coalesce(told, open + coalesce(said_paid, 0)) as gross,
    case when coalesce(told, open) < 0 then -abs(said_paid) else said_paid end as paid,
    coalesce(sign(coalesce(told, open)) * said_credited, 0)::decimal(18,2) as credited
  from said
),
named as (
  select *, case when special and gross < 0 then 'down_payment' when said_type is not null then said_type
    when gross < 0 then 'credit_note' else 'invoice' end as type
  from valued
)
select * exclude (said_type, fiscal_year, document_line), {document} as document from named
"""


# A credit note that names an invoice is due with it.
_CREDITS_DUE = """
update document_row as c set due_date = i.due_date
from (
  select customer_id, ltrim(trim(number), '0') as number, max(due_date) as due_date
  from document_row where type = 'invoice' group by all
) i
where c.type = 'credit_note' and c.customer_id = i.customer_id and c.ref = i.number
"""

# A payment's number may be an invoice's number too.
_NUMBERED = (
    "case when number is not null then concat_ws('/', company, fiscal_year, number, document_line, "
    "case when said_type in ('payment', 'down_payment') then said_type end) end"
)
_UNNUMBERED = (
    "concat_ws('|', coalesce(invoice_date, due_date), gross, case when number is null then row_number() over "
    "(partition by customer_id, number, invoice_date, due_date, gross order by line) end)"
)


def _some_unnumbered(shaping: Shaping) -> bool:
    row = shaping.scratch.cursor.execute("select bool_or(document_no is null) from typed").fetchone()
    return bool(row and row[0])


def names_currency(shaping: Shaping) -> bool:
    """Whether a column or a heading tells the currency of any row."""
    return shaping.has("currency") or any(heading_currency(shaping.heading(name)) for name in WORTH)


def currency_sql(shaping: Shaping, amounts: Sequence[str] = WORTH) -> str:
    """SQL over `typed` of the currency of a row: its own, else the one that the heading of its amount names."""
    own, cases = shaping.column("currency", "null::varchar"), []
    for name in (name for name in amounts if shaping.has(name)):
        code = heading_currency(shaping.heading(name))
        named = f"'{code}'" if code and code not in SIGNS else "null::varchar"
        said = named if name == "amount_local" else f"coalesce({own}, {named})"
        cases.append(f"when {name} is not null then {said}")
    return f"case {' '.join(cases)} end"
