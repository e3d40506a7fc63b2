"""An upload typed and judged: what can be taken in, and every row and cell that cannot, with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest import problems
from riskcore.ingest.asking import apply, ask, settle
from riskcore.ingest.columns import Column, Scratch, make_typed
from riskcore.ingest.mapping import Match
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import SIGNS, heading_currency
from riskcore.policy import Policy
from riskcore.store import Store

SUMMED = ("exposure", "ar_balance", "past_due_amount")


@dataclass(frozen=True)
class Checked:
    """What an upload holds under its mapping and answers.

    `problems`: line, column (heading), value, reason (key of a text), slots, effect (`row` set aside, `cell` counted
    as missing), by line. `typed`: one row per customer that can be taken in: customer_id, customer_name, line, the
    mapped fields, and `<field>_state` of those that carry one. `totals`: sums over `typed` of the amounts that are
    known. `currency`: the one that the file names, if it names one.
    """

    rows_read: int
    rows_taken: int
    rows_set_aside: int
    problems: pd.DataFrame
    typed: pa.Table
    totals: dict[str, Decimal]
    notes: tuple[Phrase, ...]
    currency: str | None


def check(
    upload: Upload, matches: Sequence[Match], answers: Mapping[str, str], policy: Policy, store: Store
) -> Checked:
    """Type and judge every cell; FileRefused where the file cannot be taken in as a whole.

    `answers`: question to answer; the default where one is not given. The store is only asked, never changed.
    """
    mapped, id_note = _with_customers(matches)
    with Scratch(upload) as scratch:
        settled = settle(ask(scratch, mapped, policy, store), answers)
        columns, notes = apply(scratch, mapped, settled, policy)
        currency = _one_currency(columns, store)
        make_typed(scratch, columns)
        listed = problems.find(scratch, upload, columns, policy)
        typed = _result(scratch, columns, listed)
    return Checked(
        rows_read=upload.rows_read,
        rows_taken=typed.num_rows,
        rows_set_aside=upload.rows_read - typed.num_rows,
        problems=listed,
        typed=typed,
        totals=_totals(typed),
        notes=(*id_note, *notes),
        currency=currency,
    )


def _with_customers(matches: Sequence[Match]) -> tuple[list[Match], list[Phrase]]:
    """The mapped columns, the customer's id among them: the name serves where no column holds an id."""
    by_field: dict[str, Match] = {}
    for match in matches:
        if match.field is None:
            continue
        if match.field in by_field:
            raise FileRefused("file_field_twice", first=by_field[match.field].heading, second=match.heading)
        by_field[match.field] = match
    if "customer_id" in by_field:
        return list(by_field.values()), []
    if "customer_name" not in by_field:
        raise FileRefused("file_no_customer")
    # The id is judged as an id, and the name is the same column letter by letter.
    as_id = replace(by_field["customer_name"], field="customer_id")
    return [as_id, *by_field.values()], [Phrase("questions.note_name_is_id")]


def _one_currency(columns: Sequence[Column], store: Store) -> str | None:
    """The currency that the file names; FileRefused where its amounts cannot be added up, or not to the book's."""
    said = {cell.currency for column in columns for cell in column.read.values() if cell.currency}
    headings = (heading_currency(column.match.heading) for column in columns if column.field.kind == "amount")
    said |= {currency for currency in headings if currency}
    codes = said - SIGNS.keys()
    if len(codes) > 1:
        raise FileRefused("file_currencies", currencies=", ".join(sorted(codes)))
    signs = said - codes
    if len(signs) > 1:
        raise FileRefused("file_currencies", currencies=" ".join(sorted(signs)))
    row = store.one("select value from meta where name = 'currency'")
    book = str(row[0]) if row else None
    currency = next(iter(codes), None)
    if currency and book and currency != book:
        raise FileRefused("file_other_currency", currency=currency, book=book)
    for sign in signs:
        if currency and currency not in SIGNS[sign]:
            raise FileRefused("file_currencies", currencies=f"{currency}, {sign}")
        if book and book not in SIGNS[sign]:
            raise FileRefused("file_other_currency", currency=sign, book=book)
    return currency


def _result(scratch: Scratch, columns: Sequence[Column], listed: pd.DataFrame) -> pa.Table:
    """The rows that nothing sets aside, in the order of the file."""
    aside = listed.loc[listed["effect"] == "row", "line"].unique()
    scratch.cursor.register("aside", pa.table({"line": pa.array(aside, pa.int64())}))
    names = [c.field.name for c in columns]
    name = "coalesce(customer_name, customer_id)" if "customer_name" in names else "customer_id"
    kept = ", ".join(
        column
        for c in columns
        if c.field.name not in {"customer_id", "customer_name"}
        for column in (c.field.name, *([f"{c.field.name}_state"] if c.is_stated else []))
    )
    return scratch.cursor.sql(
        f"select customer_id, {name} as customer_name, line{', ' if kept else ''}{kept} "
        "from typed anti join aside using (line) order by line"
    ).to_arrow_table()


def _totals(typed: pa.Table) -> dict[str, Decimal]:
    sums = {name: pc.sum(typed.column(name)).as_py() for name in SUMMED if name in typed.column_names}
    return {name: total for name, total in sums.items() if total is not None}
