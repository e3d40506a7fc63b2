"""What is to be said of the rows of a ledger: which are no receivables, what is odd, and what the file leaves open."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import numpy as np
import pyarrow as pa

from riskcore.errors import Phrase
from riskcore.ingest.kinds import currencies, documents
from riskcore.ingest.kinds.base import VALUE_MOST, Problem, Shaping
from riskcore.ingest.mapping import Match
from riskcore.ingest.upload import Upload


def fits(upload: Upload, matches: Sequence[Match], only_open: bool) -> float:
    """A ledger has documents or days of its own; days of payment, or payments among them and nothing due, make it a
    history, and nothing but payments no ledger. What is owed less what was paid is a list of what is open by itself.
    """
    known = {m.field: m for m in matches if m.field and m.samples}
    types = documents.are_payments(upload, known.get("document_type"))
    if not known.keys() & {"document_no", "due_date", "invoice_date", "baseline_date"}:
        is_balance = {"amount", "paid_amount"} <= known.keys() and types != {True}
        return 0.5 if is_balance and only_open and "paid_date" not in known else -1.0
    if "paid_date" in known:
        return -0.5 if only_open else 0.5
    if types == {True}:
        return -1.0
    is_history = True in types and not known.keys() & _OWED
    return 0.5 if is_history != only_open else -0.5


_TELLING = ("open_amount", "invoice_status", "paid_date", "paid_amount")  # tell a list of what is open from a register
_OWED = {"due_date", "open_amount", "baseline_date", "payment_terms", "terms_days_1", "terms_days_net"}


def of_rows(shaping: Shaping) -> Iterator[Problem]:
    """Rows that are set aside, and those that are taken although something about them cannot be."""
    yield from without_amount(shaping, documents.WORTH)
    yield from listed(shaping, "invoice_status", "status = 'void'", "ledger.void", "row")
    yield from listed(shaping, "special_gl", "noted", "ledger.noted", "row")
    if shaping.has("document_no"):
        yield from twice(shaping)
    invoice = "type = 'invoice'"
    yield from listed(shaping, "due_date", f"{invoice} and due_date < invoice_date", "ledger.due_before_invoice")
    yield from listed(shaping, "paid_date", f"{invoice} and paid_date < invoice_date", "ledger.paid_before_invoice")
    yield from listed(shaping, "paid_date", "status = 'open' and paid_date is not null", "ledger.paid_though_open")
    yield from _overpaid(shaping)
    for name in ("invoice_date", "paid_date"):
        yield from after_the_day(shaping, name, name)


def after_the_day(shaping: Shaping, name: str, column: str) -> Iterator[Problem]:
    """Rows with a day in a column of `document_row` that is later than the one that the file tells of."""
    day = shaping.as_of or date.today()
    yield from listed(shaping, name, f"{column} > date '{day}'", "ledger.after_the_day", day=str(day))


def listed(
    shaping: Shaping, name: str, condition: str, reason: str, effect: str = "note", **slots: str
) -> Iterator[Problem]:
    """The rows of `document_row` that a condition holds for, each with what its cell of a field says."""
    if not shaping.has(name):
        return
    for line, said in shaping.scratch.cursor.execute(
        f"select line, typed.{name}::varchar from typed "
        f"semi join (select line from document_row where {condition}) using (line)"
    ).fetchall():
        yield line, shaping.heading(name), said[:VALUE_MOST], reason, slots, effect


def without_amount(shaping: Shaping, amounts: Sequence[str]) -> Iterator[Problem]:
    """Rows of a customer that say no amount; a cell that cannot be read is listed for itself."""
    columns = [c for c in shaping.columns if c.field.name in amounts]
    unsaid = " and ".join(f"{c.field.name}_raw is null" for c in columns)
    wrong = [
        f"and not exists (select 1 from {c.table} r where r.text = c{c.match.index} and r.wrong)"
        for c in columns
        if c.read
    ]
    for (line,) in shaping.scratch.cursor.execute(
        "select line from typed left join upload using (line) "
        f"where customer_id is not null and {unsaid} {' '.join(wrong)}"
    ).fetchall():
        yield line, columns[0].match.heading, "", "ledger.no_amount", {}, "row"


def twice(shaping: Shaping) -> Iterator[Problem]:
    """Rows of a document that repeat an earlier one in every mapped column."""
    cursor = shaping.scratch.cursor
    numbered = "select line, number, hash(customer_id, document) as told from document_row where number is not null"
    told = np.sort(cursor.execute(f"select told from ({numbered})").fetchnumpy()["told"])  # far smaller than groups
    repeated = np.unique(told[1:][told[1:] == told[:-1]])
    if not len(repeated):
        return
    cursor.register("repeated", pa.table({"told": repeated}))
    cells = ", ".join(f"typed.{c.field.name}" for c in shaping.columns)
    for line, number, first in cursor.execute(
        f"with looked_at as (select line, number from ({numbered}) semi join repeated using (told)) "
        f"select line, number, first from (select line, number, min(line) over (partition by {cells}) as first "
        "from typed join looked_at using (line)) where line > first"
    ).fetchall():
        yield line, shaping.heading("document_no"), number[:VALUE_MOST], "ledger.twice", {"first": first}, "row"
    cursor.unregister("repeated")


def _overpaid(shaping: Shaping) -> Iterator[Problem]:
    """Documents whose payments come to more than they are worth."""
    if not shaping.has("paid_amount"):
        return
    for line, paid in shaping.scratch.cursor.execute(
        "select min(line), sum(paid) from (select *, "
        "case when number is null then line end as apart from document_row where gross > 0 and paid is not null) "
        "group by customer_id, document, apart having sum(paid) > "
        "case when min(gross) = max(gross) then min(gross) else sum(gross) end"
    ).fetchall():
        yield line, shaping.heading("paid_amount"), f"{paid}", "ledger.overpaid", {}, "note"


def without_rate(shaping: Shaping, currency: str | None) -> Iterator[Problem]:
    """Currencies other than the book's that no rate is known for, where a column tells them."""
    if shaping.has("currency"):
        rows = "select line, currency, gross as amount from document_row"
        yield from currencies.without_rate(shaping, rows, shaping.heading("currency"), currency)


def not_in_book(shaping: Shaping) -> Iterator[Problem]:
    """Payments of invoices that neither the file nor the book has: how many and their sum, on the first one's line."""
    if not shaping.has("invoice_ref"):
        return
    named = shaping.scratch.cursor.sql(
        f"select line, customer_id, ref, unnest({documents.numbers_sql('ref')}) as number, gross from document_row "
        "where type = 'payment' and gross < 0 and line not in (select line from (select line, customer_id, "
        f"unnest({documents.numbers_sql('ref')}) as number from document_row where type = 'payment') semi join "
        f"(select customer_id, {documents.SAME_NUMBER.format('number')} as number from document_row "
        "where type = 'invoice') using (customer_id, number))"
    ).to_arrow_table()
    bare = documents.SAME_NUMBER.format("coalesce(number, document)")
    cursor = shaping.store.cursor()
    cursor.register("named", named)
    [(line, ref, count, total)] = cursor.execute(
        "with held as (select customer_key, number, document, import_id from item where document_type = 'invoice' "
        "union all select customer_key, number, document, import_id from item_paid), "
        f"known as (select distinct customer_id, {bare} as number "
        "from held join import using (import_id) join customer using (customer_key) where undone_at is null), "
        "lost as (select distinct line, ref, gross from named where line not in "
        "(select line from named semi join known using (customer_id, number))) "
        "select min(line), arg_min(ref, line), count(*), -sum(gross) from lost"
    ).fetchall()
    cursor.unregister("named")
    cursor.close()
    if count:
        slots = {"n": count, "total": f"{total:,.2f}"}
        yield line, shaping.heading("invoice_ref"), ref[:VALUE_MOST], "ledger.not_in_book", slots, "note"


_COUNTED = (
    ("ledger.note_credit_notes", "type = 'credit_note'", "gross"),
    ("ledger.note_down_payments", "type = 'down_payment'", "gross"),
    ("ledger.note_partial", "status = 'partial' and paid is null and coalesce(open = gross, true)", "rest"),
    ("ledger.note_credited", "credited <> 0", "credited"),
    ("ledger.note_due_unknown", "due_date is null and type = 'invoice' and rest <> 0", "rest"),
)
_UNAPPLIED = ("ledger.note_payments", "type = 'payment'", "gross")
_UNNAMED = ("ledger.note_payments", "type = 'payment' and settles is null", "gross")
_UNDATED = ("ledger.note_undated", "own_paid <> 0 and paid_date is null", "own_paid")


def notes(shaping: Shaping, only_open: bool) -> list[Phrase]:
    """How many documents there are of each odd kind, and their sum per currency; once the parts are made."""
    said = []
    told = (*_COUNTED, *((_UNAPPLIED,) if only_open else (_UNNAMED, _UNDATED)))
    each = ", ".join(
        f"count(*) filter ({condition}), sum({amount}) filter ({condition})" for _, condition, amount in told
    )
    rows = shaping.scratch.cursor.execute(
        f"select coalesce(currency, ''), {each} from unit group by 1 order by 1"
    ).fetchall()
    for place, (key, _, _) in enumerate(told):
        sums = [(row[0], *row[2 * place + 1 : 2 * place + 3]) for row in rows if row[2 * place + 1]]
        if sums:
            said.append(counted(key, sums))
    if only_open and not any(shaping.has(name) for name in _TELLING):
        said.append(Phrase("ledger.note_register", {"invoices": Phrase("kinds.invoices")}))
    bills = shaping.scratch.cursor.execute("select count(*) from taken where special and gross > 0").fetchone()
    if bills and bills[0]:
        said.append(Phrase("ledger.note_special", {"n": bills[0]}))
    return said


def counted(key: str, sums: Sequence[tuple[str, int, Decimal]]) -> Phrase:
    """A note of how many there are and what they come to; `sums`: currency, count and total."""
    said = "; ".join(f"{code} {total:,.2f}".strip() for code, _, total in sums)
    return Phrase(key, {"n": sum(count for _, count, _ in sums), "sums": said})
