"""Receivables by age: one row per customer, its amounts in buckets of days past due, or of days since the invoice."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from riskcore import schema
from riskcore.errors import FileRefused, Phrase
from riskcore.ingest import buckets
from riskcore.ingest.kinds import currencies, matching
from riskcore.ingest.kinds.base import Asking, Kind, Problem, Shaping
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Option, Question
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import letters_of, normalise_heading, synonyms

_LIST_LEAST = 2  # buckets that make a list one of receivables by age
_CENT = "0.01"  # by which each amount may have been rounded

# The buckets that lists mostly have; a heading with other days is a field too.
_USUAL = "aged_0_30 aged_1_30 aged_31_60 aged_61_90 aged_91_120 aged_91_180 aged_181_365 aged_over_90 aged_over_365"


def ask(asking: Asking) -> list[Question]:
    """From which day the buckets count, where neither a column of what is not due nor a word of the file tells, and
    which of several currencies is the book's.
    """
    first = next((m for m in asking.matches if m.field and schema.aged_days(m.field)), None)
    if first is None:
        raise FileRefused("file_lacks", field=Phrase("ageing.a_bucket"))
    if _told_basis(asking.upload, {m.field for m in asking.matches if m.field}):
        return currencies.ask(asking)
    options = (Option("due", "ageing.basis_due"), Option("invoice", "ageing.basis_invoice"))
    slots = {"heading": first.heading}
    return [
        Question("basis", "basis", "ageing.basis", str(first.field), first.heading, slots, options),
        *currencies.ask(asking),
    ]


def _told_basis(upload: Upload, fields: set[str]) -> str | None:
    """`due` or `invoice`, the day that the file says the buckets count from; None where it does not say."""
    if "not_due" in fields:
        return "due"
    said = letters_of(" ".join((upload.name, upload.sheet, upload.unit_line, *upload.headings)))
    told = [
        basis
        for basis in ("due", "invoice")
        if any(letters_of(word) in said for word in synonyms(AGEING.group).get(f"basis.{basis}", ()))
    ]
    return told[0] if len(told) == 1 else None


def reshape(upload: Upload) -> Upload | None:
    """The list with a heading above its customers, where QuickBooks leaves that corner empty."""
    if upload.headings[0] != "#1" or len(buckets.fields_of(upload.headings)) < _LIST_LEAST:
        return None
    return replace(upload, headings=("customer_name", *upload.headings[1:]))


def fits(upload: Upload, matches: Sequence[Match]) -> float:
    """Two buckets or more speak for an ageing list, numbers and dates of documents against it."""
    ledger = synonyms("ledger")
    documents = {normalise_heading(w) for name in ("document_no", "due_date", "invoice_date") for w in ledger[name]}
    if any(normalise_heading(heading) in documents for heading in upload.headings):
        return -1.0
    return 1.0 if sum(bool(m.field and schema.aged_days(m.field)) for m in matches) >= _LIST_LEAST else -1.0


def _parts(shaping: Shaping) -> dict[str, list[str]]:
    """The buckets and, of one that holds other columns (`>90天合计` beside 91 to 180), those that are its parts."""
    spans = {}
    for column in shaping.columns:
        days = schema.aged_days(column.field.name)
        if days is not None:
            spans[column.field.name] = (days[0], 10_000 if days[1] is None else days[1])
    inside = {
        name: [o for o, other in spans.items() if o != name and span[0] <= other[0] and other[1] <= span[1]]
        for name, span in spans.items()
    }
    # Of parts within parts only the outer ones: the inner ones are in them.
    return {name: [p for p in held if not any(p in inside[o] for o in held)] for name, held in inside.items()}


def _amounts(shaping: Shaping) -> dict[str, str]:
    """The amount that each bucket has by itself, in SQL: what its parts leave of it."""
    found = {}
    for name, parts in _parts(shaping).items():
        rest = "".join(f" - coalesce({part}, 0)" for part in parts)
        found[name] = f"({name}{rest})" if parts else name
    return found


def _basis(shaping: Shaping) -> str:
    fields = {c.field.name for c in shaping.columns}
    return shaping.answers.get("basis") or str(_told_basis(shaping.upload, fields))


def _sum(shaping: Shaping) -> str:
    amounts = [*_amounts(shaping).values(), *(["not_due"] if shaping.has("not_due") else [])]
    return " + ".join(f"coalesce({amount}, 0)" for amount in amounts)


def _fills_up(shaping: Shaping) -> bool:
    """Whether what the total holds beyond the buckets is what is not due yet."""
    return shaping.has("ageing_total") and not shaping.has("not_due") and _basis(shaping) == "due"


def judge(shaping: Shaping) -> Iterator[Problem]:
    """A customer that comes a second time in one currency, and totals that are not those of their buckets."""
    cursor = shaping.scratch.cursor
    currency, join = currencies.of_rows(shaping)
    for line, customer_id, first in cursor.execute(
        "select line, customer_id, first from (select line, customer_id, min(line) over "
        f"(partition by customer_id, {currency or 'null'}) as first from typed {join} where customer_id is not null) "
        "where line > first"
    ).fetchall():
        yield line, shaping.heading("customer_id"), customer_id[:120], "problems.duplicate_id", {"first": first}, "row"
    told = "ageing_total" if shaping.has("ageing_total") else _sum(shaping)
    yield from currencies.judge(shaping, told, shaping.heading("ageing_total") or shaping.heading("currency"))
    if shaping.has("ageing_total"):
        total = _sum(shaping)
        apart = f"{total} - ageing_total" if _fills_up(shaping) else f"abs({total} - ageing_total)"
        for line, said, summed in cursor.execute(
            f"select line, ageing_total, {total} from typed where {apart} > {_CENT} * {1 + len(_parts(shaping))}"
        ).fetchall():
            slots = {"sum": f"{summed:,.2f}"}
            yield line, shaping.heading("ageing_total"), f"{said:,.2f}", "problems.ageing_total_differs", slots, "note"


def tables(shaping: Shaping) -> Mapping[str, str]:
    """A row per customer and bucket that is filled, one at least; the customers with their names."""
    matching.prepare(shaping, several=False)
    named = shaping.column("customer_name", "customer_id")
    rows = [_row(name, amount) for name, amount in _amounts(shaping).items()]
    if shaping.has("not_due"):
        rows.insert(0, ("null", "null", "not_due"))
    elif _fills_up(shaping):
        rows.insert(0, ("null", "null", f"greatest(ageing_total - ({_sum(shaping)}), 0)"))
    currency, join = currencies.of_rows(shaping)
    source = f"(select * exclude customer_id from typed) join belongs using (line) {join} anti join aside using (line)"
    parts = " union all ".join(
        f"select customer_id, line, '{_basis(shaping)}' as basis, {first}::integer as from_day, "
        f"{last}::integer as to_day, coalesce({amount}, 0)::decimal(18,2) as amount, "
        f"{currency or 'null::varchar'} as currency, {place} as place from {source}"
        for place, (first, last, amount) in enumerate(rows)
    )
    return {
        "ageing": f"select * exclude place from ({parts}) where amount <> 0 or place = 0 order by line",
        "input": f"select customer_id, case when in_book then null else {named} end as customer_name, line "
        f"from {source} qualify row_number() over (partition by customer_id order by line) = 1 order by line",
    }


def _row(name: str, amount: str) -> tuple[str, str, str]:
    first, last = schema.aged_days(name) or (0, None)
    return str(first), "null" if last is None else str(last), amount


def notes(shaping: Shaping) -> list[Phrase]:
    """Which customers were found or are new, and what was made of columns that hold others."""
    said = matching.notes(shaping)
    if _fills_up(shaping):
        said.append(Phrase("ageing.note_not_due", {"heading": shaping.heading("ageing_total")}))
    holding = [name for name, parts in _parts(shaping).items() if parts]
    return said + [Phrase("ageing.note_parts", {"heading": shaping.heading(name)}) for name in holding]


AGEING = Kind(
    id="ageing",
    fields=("customer_id", "customer_name", "reg_no", "currency", "ageing_total", "not_due", *_USUAL.split()),
    needs=(("customer_id", "customer_name"),),
    tables=tables,
    group="ageing",
    ask=ask,
    judge=judge,
    fits=fits,
    reshape=reshape,
    whole_by_default=True,
    notes=notes,
    currency=currencies.of_file,
    row_currency=currencies.of_rows,
)
