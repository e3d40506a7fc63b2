"""Columns of text made into typed columns in the database: cast where they are plain, read one by one where not."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa

from riskcore import schema
from riskcore.ingest import cells
from riskcore.ingest.cells import Cell, Order
from riskcore.ingest.mapping import Match
from riskcore.ingest.periods import read_period
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import category_words, cell_words, currencies, number_words, plain, unit_of
from riskcore.policy import Policy
from riskcore.store import Store

# A cast alone would take 0x10, 1_000 and infinity for numbers, and 'epoch' for a date.
_PLAIN_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?"
_PLAIN_DATE = r"(19|20)\d{2}-\d{2}-\d{2}"
_PLAIN_ID = r"[!-&(-~][!-~]*( +[!-~]+)*"  # visible ASCII, not begun by an apostrophe
NUMBERS = {"amount", "number", "count", "score"}
_NUMBERED = {"document_no", "invoice_ref", "reg_no", "tax_id"}  # texts that a spreadsheet may take for numbers
_SILENT = "lower({}) in (select word from missing_word)"
_AMOUNT_MOST = Decimal(10) ** 20  # beyond what the store holds, so that it is found too large there

_ARROW = {
    "text": pa.string(),
    "category": pa.string(),
    "date": pa.date32(),
    "flag": pa.bool_(),
    "amount": pa.decimal128(28, 6),
}


@dataclass(frozen=True)
class Column:
    """A typed column: SQL for its value and state over `upload` and the texts that were read one by one.

    `final` is SQL over the value, called `<field>_raw`, that applies the answer to a question.
    """

    match: Match
    field: schema.Field
    value: str
    state: str
    read: dict[str, Cell]
    final: str

    @property
    def table(self) -> str:
        """The table of the texts that were read one by one."""
        return f"read_{self.match.index}_{self.field.name}"

    @property
    def is_stated(self) -> bool:
        """Whether its cells carry a state."""
        return self.field in schema.STATED


class Scratch:
    """A database in memory that lives as long as one upload is looked at."""

    def __init__(self, upload: Upload) -> None:
        self._store = Store()
        self.cursor = self._store.cursor()
        self.cursor.register("upload", upload.rows)
        self.cursor.register(
            "missing_word", pa.table({"word": sorted(cell_words("cell.missing") | cell_words("cell.error"))})
        )

    def __enter__(self) -> "Scratch":
        return self

    def __exit__(self, *_: object) -> None:
        self.cursor.close()
        self._store.close()

    def texts(self, query: str) -> list[str]:
        """The first column of the answer."""
        return [str(row[0]) for row in self.cursor.execute(query).fetchall()]

    @cached_property
    def known(self) -> dict[Any, Any]:
        """What was found out about the upload and is wanted again."""
        return {}

    def gather(self, name: str, query: str) -> pa.Table | str:
        """The rows for the store's table of that name, kept until they are loaded."""
        return self.cursor.sql(query).to_arrow_table()

    def settle(self, name: str) -> None:
        """Make the rows of a table such that they can be changed; here they are."""


def type_column(
    scratch: Scratch,
    match: Match,
    policy: Policy,
    comma: bool = False,
    order: Order | None = None,
    grades: Callable[[str], Cell] | None = None,
) -> Column:
    """The typed form of a mapped column.

    `comma`: decimals follow a comma. `order`: what stands first in its dates. `grades` reads a score column's texts as
    external grades instead.
    """
    field = schema.field("external_grade" if grades else str(match.field))
    source = f"c{match.index}"
    odd, cast = ("true", "null::varchar") if grades else _plainly(field, source)
    if comma and not grades:
        odd = "true"  # 1.234 is more than a thousand here, which no cast knows
    texts = scratch.texts(f"select distinct {source} from upload where {source} is not null and ({odd})")
    reader = grades or _reader(field, texts, match, policy, comma, order)
    read = {text: reader(cells.unquoted(text)) for text in texts}
    value, state = cast, "null::utinyint"
    column = Column(match, field, value, state, read, f"{field.name}_raw")
    if read:
        table = column.table
        scratch.cursor.register(table, _table(read, field))
        value, state = f"case when {table}.text is null then {cast} else {table}.value end", f"{table}.state"
    if match.multiplier != 1:
        value = f"({value}) * {int(match.multiplier)}::decimal(9,0)"
    return replace(column, value=value, state=state)


def source_sql(columns: Sequence[Column]) -> str:
    """`upload` joined with what was read one by one in each of the columns."""
    joins = (f"left join {c.table} on {c.table}.text = upload.c{c.match.index}" for c in columns if c.read)
    return " ".join(("upload", *joins))


def make_typed(scratch: Scratch, columns: Sequence[Column]) -> None:
    """Make the temporary table `typed`: a row per row of the upload, with the amounts as they were read beside them."""
    raw = [sql for c in columns for sql in (f"{c.value} as {c.field.name}_raw", f"{c.state} as {c.field.name}_said")]
    scratch.cursor.execute(
        f"create temp table typed as select line, {', '.join(finals(columns))} "
        f"from (select line, {', '.join(raw)} from {source_sql(columns)})"
    )


def finals(columns: Sequence[Column]) -> list[str]:
    """SQL of the columns of `typed` over what was read of each, `<field>_raw` and its state `<field>_said`."""
    final = []
    for c in columns:
        name = c.field.name
        final.append(f"try_cast({c.final} as {c.field.sql_type}) as {name}")
        if c.field.kind == "amount":
            final.append(f"{name}_raw")
        if c.is_stated:
            known = f"case when {name}_raw is not null then {schema.KNOWN} end"
            final.append(f"coalesce({name}_said, {known})::utinyint as {name}_state")
    return final


def _plainly(field: schema.Field, source: str) -> tuple[str, str]:
    """SQL that says which texts are to be read one by one, and the cast that all others bear."""
    if field.kind in NUMBERS:
        cast = f"try_cast({source} as {'decimal(28,6)' if field.kind == 'amount' else 'double'})"
        plain_number = f"regexp_full_match({source}, '{_PLAIN_NUMBER}')"
        return f"not {plain_number} or {cast} is null or abs({cast}) >= 1e300", cast
    if field.kind == "date":
        cast = f"try_cast({source} as date)"
        return f"not regexp_full_match({source}, '{_PLAIN_DATE}') or {cast} is null", cast
    if field.name == "customer_id":
        ordinary = f"regexp_full_match({source}, '{_PLAIN_ID}') and regexp_matches({source}, '[0-9]')"
        return f"not ({ordinary}) or contains({source}, '+')", source
    if field.name in _NUMBERED:
        return f"starts_with({source}, chr(39)) or contains({source}, '+') or {_SILENT.format(source)}", source
    if field.kind == "text" and field.name != "currency":
        return f"starts_with({source}, chr(39)) or {_SILENT.format(source)}", source
    return "true", "null::boolean" if field.kind == "flag" else "null::varchar"


def _reader(
    field: schema.Field, texts: list[str], match: Match, policy: Policy, comma: bool, order: Order | None
) -> Callable[[str], Cell]:
    """What reads the texts of a column one by one."""
    stated = field in schema.STATED
    if field.kind in NUMBERS:
        words, unit = number_words(policy, field.name), unit_of(policy, field.name)
        if unit == "months" and match.multiplier != 1:
            unit = "years"

        def number(text: str) -> Cell:
            if plain(text) in words:
                worth = words[plain(text)]
                return Cell(worth, schema.KNOWN if worth is None else None)
            return cells.silence(text, stated) or cells.read_number(text, unit, comma, match.multiplier)

        return number
    if field.name == "period_end":
        return read_period
    if field.kind == "date":
        serials = cells.serials_of(texts)
        return lambda text: cells.silence(text, stated) or cells.read_date(text, order, serials)
    if field.kind == "category":
        known = category_words(policy, field.name)
        return lambda text: cells.read_category(text, known)
    if field.kind == "flag":
        # A column that counts, with 0 for none, says yes by any larger number.
        counted = "0" in texts
        return lambda text: Cell(True) if counted and re.fullmatch(r"[1-9]\d*", text) else cells.read_flag(text)
    if field.name == "customer_id":
        return cells.read_id
    return _currency if field.name == "currency" else _number_word if field.name in _NUMBERED else _text


def _text(text: str) -> Cell:
    return cells.silence(text, stated=False) or Cell(text)


def _number_word(text: str) -> Cell:
    is_destroyed = cells.SHORTENED.fullmatch(text)
    return Cell(reason="problems.number_destroyed", effect="cell") if is_destroyed else _text(text)


def _currency(text: str) -> Cell:
    word = plain(text)
    code = currencies().get(word, word.upper())
    return cells.silence(text, stated=False) or Cell(code, currency=code)


def _table(read: dict[str, Cell], field: schema.Field) -> pa.Table:
    values = [cell.value for cell in read.values()]
    if field.kind == "amount":
        values = [None if v is None else round(min(max(v, -_AMOUNT_MOST), _AMOUNT_MOST), 6) for v in values]
    elif field.kind in NUMBERS:
        values = [None if v is None else float(v) for v in values]
    return pa.table(
        {
            "text": pa.array(read, pa.string()),
            "value": pa.array(values, _ARROW.get(field.kind, pa.float64())),
            "state": pa.array([cell.state for cell in read.values()], pa.uint8()),
            "wrong": pa.array([cell.reason is not None for cell in read.values()], pa.bool_()),
        }
    )
