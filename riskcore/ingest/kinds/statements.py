"""Financial statements: one row per customer and period, or captions down the side and periods across.

Rows of one period that fill one another's gaps are all kept; which value counts is settled where facts are made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pyarrow as pa

from riskcore import names, schema
from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.kinds import captions, currencies, matching, others
from riskcore.ingest.kinds.base import VALUE_MOST, Asking, Kind, Problem, Shaping
from riskcore.ingest.kinds.captions import AMOUNTS, GROUP
from riskcore.ingest.kinds.long_form import LongForm, reshape
from riskcore.ingest.mapping import Match
from riskcore.ingest.periods import read_period, resolved
from riskcore.ingest.questioning import Question
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import SIGNS, heading_currency, plain, synonyms
from riskcore.store import Store

_COMPANY, _PERIOD = "statement_company", "statement_period"

# Part and whole of one balance sheet.
_PARTS = (
    ("current_assets", "total_assets"),
    ("current_liabilities", "total_liabilities"),
    ("cash", "current_assets"),
    ("inventory", "current_assets"),
)
_NEVER_NEGATIVE = ("cash", "inventory", "current_assets", "total_assets", "current_liabilities", "revenue")

# What opinions of auditors are called, the graver first: an unqualified opinion may doubt the going concern.
OPINIONS = ("adverse", "disclaimed", "going_concern", "unqualified", "qualified", "unaudited", "tax_return", "audited")


def opinion_of(text: str) -> str | None:
    """The kind of audit opinion that a text names, None where it names none that is known."""
    said, words = plain(text), _opinion_words()
    exact = next((name for name in OPINIONS if said in words[name]), None)
    return exact or next((name for name in OPINIONS if any(w in said for w in words[name] if _is_long(w))), None)


@cache
def _opinion_words() -> dict[str, frozenset[str]]:
    words = synonyms(GROUP)
    return {name: frozenset(plain(word) for word in words[f"audit.{name}"]) for name in OPINIONS}


def _is_long(word: str) -> bool:
    """Whether a word means the opinion inside a sentence too, being too long to stand there by chance."""
    return len(word) > (4 if word.isascii() else 1)


def ask(asking: Asking) -> list[Question]:
    """Whose statement a long form is, and of which period where nothing in it says so."""
    upload = asking.upload
    if not isinstance(upload, LongForm):
        return []
    name = {"file": upload.name, "sheet": upload.sheet}
    company = Question(
        _COMPANY,
        _COMPANY,
        "statements.ask_company",
        "customer_id",
        upload.company,
        name,
        (),
        default=_customer_of(asking.store, upload.company) if upload.company else None,
        free=True,
        of_file=True,
    )
    if not upload.undated:
        return [company]
    return [
        company,
        Question(_PERIOD, _PERIOD, "statements.ask_period", "period_end", "", name, (), free=True, of_file=True),
    ]


def _customer_of(store: Store, company: str) -> str:
    """The id of the customer whose id or name this is, or a part of it between blanks; else the text itself."""
    for text in (company, *company.split()):
        row = store.one(
            "select customer_id from customer where customer_id = $text or (regexp_full_match($text, '[0-9]+') and "
            "regexp_full_match(customer_id, '[0-9]+') and ltrim(customer_id, '0') = ltrim($text, '0')) limit 1",
            text=text,
        ) or store.one(
            "select customer_id from input join import using (import_id) join customer using (customer_key) "
            f"where undone_at is null and {names.key('customer_name')} = {names.key('$text')} "
            "order by import_id desc limit 1",
            text=text,
        )
        if row:
            return str(row[0])
    return company


def fits(upload: Upload, matches: Sequence[Match]) -> float:
    """A long form is nothing else; three figures of a statement beside a period speak for one.

    Where no figure is known, only what the file and its headings are called can speak for one.
    """
    if isinstance(upload, LongForm):
        return 1.0
    found = {match.field for match in matches}
    if "period_end" in found and len(found & set(AMOUNTS)) > 2:
        return 0.5
    said = (upload.name, upload.sheet, *upload.titles, *upload.headings)
    return 0.0 if found & set(AMOUNTS) or captions.speak_of_statements(said) else -1.0


def shaped(upload: Upload) -> Upload:
    """The rows of a statement's periods where it has captions down the side.

    Else a copy: a large file is told by it that all of its cells are to be looked at, not only those of known figures.
    """
    return reshape(upload) or replace(upload)


def judge(shaping: Shaping) -> Iterator[Problem]:
    """Rows without a period or an amount, forecasts, second rows of a period; then what does not add up, as notes."""
    beside = others.find(shaping)
    known = [name for name in AMOUNTS if shaping.has(name)]
    if not known and not beside.columns:
        raise FileRefused("file_lacks", field=Phrase("fields.total_assets"))
    _make_stated(shaping, beside)
    nothing = f"coalesce({', '.join([*known, 'len(map_keys(others))'])}) is null"
    shown = "coalesce(strftime(period_end, '%Y-%m-%d'), '')"
    period = shaping.heading("period_end")
    for condition, reason in (
        ("period_end is null and said_period is null", "problems.statement_no_period"),
        ("period_end > current_date", "problems.statement_future"),
        (nothing, "problems.statement_empty"),
    ):
        for line, text in _rows(shaping, f"select line, {shown} from stated where {condition}"):
            yield line, period, text, reason, {}, "row"
    first = next((name for name in ("total_assets", "revenue", *known) if name in known), "")
    if first:
        yield from currencies.judge(shaping, first, shaping.heading(first))
    yield from others.unread(shaping, beside)
    yield from _repeated(shaping, known)
    yield from _unbalanced(shaping)
    yield from _impossible(shaping)
    for line, text in _rows(
        shaping, "select line, said_opinion from stated where said_opinion is not null and audit_opinion is null"
    ):
        yield line, shaping.heading("audit_opinion"), text[:VALUE_MOST], "problems.statement_opinion", {}, "note"


def _repeated(shaping: Shaping, known: Sequence[str]) -> Iterator[Problem]:
    """Rows of a customer and period that say another thing than the first one, or nothing more."""
    contradicts = " or ".join(
        [*(f"later.{name} <> first.{name}" for name in known), _any_other("later.others[k] <> first.others[k]")]
    )
    adds = " or ".join(
        [
            *(f"(first.{name} is null and later.{name} is not null)" for name in known),
            _any_other("first.others[k] is null"),
        ]
    )
    for line, first, period in _rows(
        shaping,
        "with first as (select * from stated qualify row_number() "
        "over (partition by customer_id, period_end order by line) = 1) "
        "select later.line, first.line, strftime(period_end, '%Y-%m-%d') from stated as later "
        "join first using (customer_id, period_end) where later.line > first.line "
        f"and (coalesce({contradicts}, false) or not ({adds}))",
    ):
        yield line, shaping.heading("period_end"), period, "problems.statement_twice", {"first": first}, "row"


def _any_other(is_so: str) -> str:
    """Whether anything is so of a caption of the later row and what the first one has under it."""
    return f"coalesce(len(list_filter(map_keys(later.others), lambda k: {is_so})) > 0, false)"


def _unbalanced(shaping: Shaping) -> Iterator[Problem]:
    if not shaping.has("total_assets", "total_liabilities", "equity"):
        return
    difference = "total_assets - total_liabilities - equity"
    for line, total, rest in _rows(
        shaping, f"select line, total_assets, {difference} from stated where abs({difference}) > {_rounding(shaping)}"
    ):
        slots = {"difference": f"{rest:,.2f}"}
        yield line, shaping.heading("total_assets"), f"{total:,.2f}", "problems.statement_unbalanced", slots, "note"


def _impossible(shaping: Shaping) -> Iterator[Problem]:
    """Amounts that cannot be: below zero where that means nothing, or a part above its whole."""
    for name in (name for name in _NEVER_NEGATIVE if shaping.has(name)):
        for line, value in _rows(shaping, f"select line, {name} from stated where {name} < 0"):
            yield line, shaping.heading(name), f"{value:,.2f}", "problems.statement_negative", {}, "note"
    for part, whole in (pair for pair in _PARTS if shaping.has(*pair)):
        slots = {"whole": shaping.heading(whole)}
        for line, value in _rows(
            shaping, f"select line, {part} from stated where {part} > {whole} + {_rounding(shaping)} and {whole} >= 0"
        ):
            yield line, shaping.heading(part), f"{value:,.2f}", "problems.statement_part", slots, "note"


def _rounding(shaping: Shaping) -> int:
    """By how much sums may differ: two units of what the amounts are counted in."""
    return 2 * max(c.match.multiplier for c in shaping.columns)


def tables(shaping: Shaping) -> Mapping[str, str]:
    """The statements, and their customers from the first period that the file tells of them."""
    told = ("customer_id", "line", "period_end", "currency", "audit_opinion", "others")
    known = [name for name in AMOUNTS if shaping.has(name)]
    reg_no = ", min(reg_no) as reg_no" if shaping.has("reg_no") else ""
    kept = "from stated anti join aside using (line)"
    return {
        "input": "select customer_id, coalesce(min(customer_name), customer_id) as customer_name, min(line) as line, "
        f"min(period_end) as dated{reg_no} {kept} group by customer_id order by line",
        "statement": f"select {', '.join((*told, *known))} {kept} order by line",
    }


def _make_stated(shaping: Shaping, beside: others.Others) -> None:
    """The view `stated`: the rows of `typed` with the company and period that were answered, and opinions by kind."""
    cursor, upload = shaping.scratch.cursor, shaping.upload
    opinion = shaping.column("audit_opinion", "null::varchar")
    texts = shaping.scratch.texts(f"select distinct {opinion} from typed where {opinion} is not null")
    kinds = [opinion_of(text) for text in texts]
    cursor.register("opinion", pa.table({"text": pa.array(texts, pa.string()), "kind": pa.array(kinds, pa.string())}))
    undated = upload.undated if isinstance(upload, LongForm) else {}
    end = read_period(shaping.answers.get(_PERIOD, "")).value
    days = [resolved(meant, end) if end else None for meant in undated.values()]
    cursor.register("dated", pa.table({"line": pa.array(undated, pa.int64()), "day": pa.array(days, pa.date32())}))
    said = {"company": pa.array([shaping.answers.get(_COMPANY)], pa.string())}
    said |= {"headed_currency": pa.array([_currency_of(shaping, beside)], pa.string())}
    cursor.register("answered", pa.table(said))
    matching.prepare(shaping)
    others.make(shaping, beside)
    id_, name = "belongs.customer_id", shaping.column("customer_name", "null::varchar")
    if isinstance(upload, LongForm):
        id_, name = "answered.company", name if upload.company else "null::varchar"
    currency, join = currencies.of_rows(shaping)
    amounts = "".join(f", typed.{field}" for field in AMOUNTS if shaping.has(field))
    place = next(c.match.index for c in shaping.columns if c.field.name == "period_end")
    cursor.execute(
        f"create or replace temp view stated as select line, {id_} as customer_id, {name} as customer_name, "
        f"{shaping.column('reg_no', 'null::varchar')} as reg_no, coalesce(typed.period_end, dated.day) as period_end, "
        f"upload.c{place} as said_period, "
        f"{opinion} as said_opinion, opinion.kind as audit_opinion, "
        f"coalesce({currency or 'null'}, headed_currency) as currency, others{amounts} "
        f"from typed {join} join upload using (line) join other using (line) cross join answered "
        "left join belongs using (line) "
        f"left join dated using (line) left join opinion on opinion.text = {opinion}"
    )


def _currency_of(shaping: Shaping, beside: others.Others) -> str | None:
    """The currency that headings of other amounts name, None where they name none."""
    headings = [c.match.heading for c in beside.columns]
    return next((code for text in headings if (code := heading_currency(text)) and code not in SIGNS), None)


def _rows(shaping: Shaping, query: str) -> list[tuple[Any, ...]]:
    return shaping.scratch.cursor.execute(query).fetchall()


STATEMENTS = Kind(
    id="statements",
    fields=("customer_id", "customer_name", "reg_no", "currency", *(field.name for field in schema.STATEMENT)),
    needs=(("customer_id", "customer_name", "reg_no"), ("period_end",)),
    tables=tables,
    group=GROUP,
    ask=ask,
    judge=judge,
    fits=fits,
    reshape=shaped,
    notes=others.notes,
    row_currency=currencies.of_rows,
)
