"""Invoices and open items: a list of what is open on a day, or a history with the days of payment."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from riskcore import schema
from riskcore.errors import Phrase
from riskcore.ingest.kinds import currencies, documents, grouped, oddities, parts, priced, sides, terms
from riskcore.ingest.kinds.base import Asking, Kind, Problem, Shaping
from riskcore.ingest.questioning import Question
from riskcore.ingest.upload import Upload
from riskcore.store import Cursor

ABOUT_CUSTOMER = ("country", "region", "industry", "customer_group", "parent_id", "salesperson", "payment_terms")
_FIELDS = ("customer_id", "customer_name", "currency", *ABOUT_CUSTOMER, *(f.name for f in schema.LEDGER))
_NEEDS = (("customer_id", "customer_name"), documents.WORTH)


def ask(asking: Asking) -> list[Question]:
    """What codes of terms mean, and which of several currencies is the book's."""
    return [*terms.ask(asking), *currencies.ask(asking)]


def currency(shaping: Shaping, amounts: Sequence[str] = documents.WORTH) -> str | None:
    """The currency that was answered, else the only one of the file; only where the book has none."""
    if currencies.of_book(shaping.store):
        return None
    if "book_currency" in shaping.answers:
        return shaping.answers["book_currency"]
    own = documents.currency_sql(shaping, amounts)
    codes = shaping.scratch.texts(f"select distinct {own} as code from typed where code is not null")
    return codes[0] if len(codes) == 1 else None


def judge(shaping: Shaping, only_open: bool) -> Iterator[Problem]:
    """Rows that are no receivables or stand there twice, and what is odd about those that are."""
    documents.prepare(shaping)
    yield from oddities.of_rows(shaping)
    if not only_open:
        yield from oddities.not_in_book(shaping)
    yield from oddities.without_rate(shaping, currency(shaping))


def tables(shaping: Shaping, only_open: bool) -> Mapping[str, str]:
    """The parts of documents, and what the rows say of their customers."""
    parts.prepare(shaping, only_open)
    made = {"input": of_customers(shaping, only_open), "item": "select * from part"}
    return made if only_open else made | {"item_paid": "select * from part_undated"}


def of_customers(shaping: Shaping, only_open: bool) -> str:
    """SQL of a row per customer of `taken` with what most of its rows say; in a history dated by its first document.

    They are worked out once, into the table `of_customer`.
    """
    names = [name for name in ("customer_name", *ABOUT_CUSTOMER) if shaping.has(name)]
    said = "".join(
        f" left join (select customer_id, arg_max({name}, (rows, -first)) as most_{name} from (select customer_id, "
        f"{name}, count(*) as rows, min(line) as first from told where {name} is not null group by all) "
        f"group by customer_id) using (customer_id)"
        for name in names
    )
    columns = "".join(f", most_{name} as {name}" for name in names if name != "customer_name")
    name = "coalesce(most_customer_name, customer_id)" if "customer_name" in names else "customer_id"
    shaping.scratch.cursor.execute(
        "create or replace temp table of_customer as "
        "with told as (select * from typed anti join aside using (line)), days as ("
        "select customer_id, min(line) as line, min(invoice_date) as first_day, "
        "case when min(currency) = max(currency) then min(currency) end as currency from taken group by customer_id) "
        f"select customer_id, {name} as customer_name, line, currency, "
        f"{'null::date' if only_open else 'first_day'} as dated{columns} from days{said} order by line"
    )
    return "select * from of_customer"


def notes(shaping: Shaping, only_open: bool) -> list[Phrase]:
    """How many credits there are, and what the file leaves unsaid; the last that is asked of a file."""
    said = oddities.notes(shaping, only_open)
    parts.drop(shaping)
    return said


def mark_overlapping(cursor: Cursor, import_id: int) -> None:
    """Mark an import that names any document of a customer that an earlier import names, unless that was undone."""
    named = " union all ".join(f"select import_id, customer_key, document from {t}" for t in ("item", "item_paid"))
    cursor.execute(
        f"update import set overlapping = exists (select 1 from ({named}) new join ({named}) old "
        "using (customer_key, document) join import earlier on earlier.import_id = old.import_id "
        "where new.import_id = $import_id and old.import_id < $import_id and earlier.undone_at is null) "
        "where import_id = $import_id",
        {"import_id": import_id},
    )


def _reshaped(upload: Upload) -> Upload | None:
    """The upload with each group's name in its rows, and one column of amounts; None where nothing is to be changed."""
    filled = grouped.filled_down(upload)
    return sides.joined(filled or upload) or priced.totalled(filled or upload) or filled


def _kind(name: str, only_open: bool) -> Kind:
    return Kind(
        id=name,
        fields=_FIELDS,
        needs=_NEEDS if only_open else (*_NEEDS, ("invoice_date", "posting_date", "baseline_date")),
        tables=partial(tables, only_open=only_open),
        group="ledger",
        ask=ask,
        judge=partial(judge, only_open=only_open),
        fits=partial(oddities.fits, only_open=only_open),
        reshape=_reshaped,
        whole_by_default=only_open,
        notes=partial(notes, only_open=only_open),
        currency=currency,
    )


OPEN_ITEMS = _kind("open_items", only_open=True)
INVOICES = _kind("invoices", only_open=False)
