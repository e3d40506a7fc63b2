"""A checked upload into the store, on the caller's transaction; what was seen and remembered before."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa

from riskcore.errors import FileRefused
from riskcore.ingest import layouts
from riskcore.ingest.asking import NOT_KNOWN
from riskcore.ingest.checking import Checked
from riskcore.ingest.kinds import Kind, ledger
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Question
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import normalise_heading
from riskcore.store import Cursor, Store


@dataclass(frozen=True)
class Prepared:
    """A file that can be taken in: read, mapped, every cell judged.

    `as_of`: the day that the file tells of. `whole_book`: it is the whole list, so that what it does not name is no
    more (a customer, an open item, a place on a list). `questions`: all that were asked. `layout`: the fingerprint of
    the file as it came.
    """

    upload: Upload
    kind: Kind
    matches: Sequence[Match]
    answers: Mapping[str, str]
    checked: Checked
    as_of: date
    whole_book: bool = False
    questions: Sequence[Question] = ()
    layout: str = ""


def load(cursor: Cursor, prepared: Prepared, taken_by: str, created_at: datetime) -> int:
    """Write an import with its customers and rows, and return its number; FileRefused where no row can be taken.

    Headings that a person mapped are remembered, and the section given to an industry. A document's or a report's day
    that the file does not tell is the import's as-of date.
    """
    upload, checked = prepared.upload, prepared.checked
    if not checked.rows_taken:
        raise FileRefused("file_nothing_to_take")
    (import_id,) = cursor.execute("select coalesce(max(import_id), 0) + 1 from import").fetchone() or (1,)
    row = {
        "import_id": import_id,
        "kind": prepared.kind.id,
        "file_name": upload.name,
        "sheet": upload.sheet,
        "sha256": upload.sha256,
        "as_of": prepared.as_of,
        "whole_book": prepared.whole_book,
        "rows_read": checked.rows_read,
        "rows_taken": checked.rows_taken,
        "rows_set_aside": checked.rows_set_aside,
        "encoding": upload.encoding,
        "delimiter": upload.delimiter,
        "mapping": json.dumps({m.heading: m.field for m in prepared.matches if m.field}, ensure_ascii=False),
        "answers": json.dumps(dict(prepared.answers), ensure_ascii=False),
        "taken_by": taken_by,
        "created_at": created_at,
    }
    values = ", ".join(f"${name}" for name in row)
    cursor.execute(f"insert into import ({', '.join(row)}) values ({values})", row)
    # Customers come first: the other tables know them by the key that they are given there.
    for name in sorted(checked.tables, key=lambda name: name != "input"):
        _write(cursor, name, checked.tables[name], int(import_id), prepared.as_of)
    ledger.mark_overlapping(cursor, int(import_id))
    _remember(cursor, prepared.matches, prepared.answers)
    known_as = prepared.layout or layouts.fingerprint(upload)
    layouts.keep(
        cursor,
        known_as,
        upload,
        prepared.kind,
        prepared.matches,
        prepared.questions,
        prepared.answers,
        checked.proven,
        created_at,
    )
    if checked.currency:
        cursor.execute("insert or ignore into meta values ('currency', ?)", [checked.currency])
    return int(import_id)


_DAYS_NOT_TOLD = {"item": "invoice_date", "item_paid": "invoice_date", "rating": "report_date", "rate": "day"}


def _write(cursor: Cursor, table: str, rows: pa.Table | str, import_id: int, as_of: date) -> None:
    """Append the rows of one table; those of `input` bring customers that are new."""
    if isinstance(rows, str):  # those of a large file stand in a temporary table or view of this cursor
        _append(cursor, table, rows, import_id, as_of)
        kinds = "select table_type from information_schema.tables where table_name = $name"
        [[kind]] = cursor.execute(kinds, {"name": rows}).fetchall()
        if kind != "VIEW":  # the files after it need the memory
            cursor.execute(f"drop table {rows}")
        return
    cursor.register("taken_in", rows)
    try:
        _append(cursor, table, "taken_in", import_id, as_of)
    finally:
        cursor.unregister("taken_in")


def _columns(cursor: Cursor, table: str) -> list[str]:
    return [str(column[0]) for column in cursor.execute(f"select * from {table} limit 0").description]


def _append(cursor: Cursor, table: str, rows: str, import_id: int, as_of: date) -> None:
    names = _columns(cursor, rows)
    into = table
    if table == "input":
        _new_customers(cursor, rows)
        into = "input_named" if {*names} <= {"customer_id", *_columns(cursor, "input_named")} else "input_kept"
    day = _DAYS_NOT_TOLD.get(table)
    values = {name: f"coalesce({name}, $as_of)" if name == day else name for name in names}
    source = rows
    if "customer_id" in names and table != "list_entry":
        del values["customer_id"]
        values["customer_key"] = "customer_key"
        # Customers are numbered as they come, so rows of `input` are in order nearly. After a sort, and without any
        # join, one processor alone would write these wide rows.
        source = f"{rows} join customer using (customer_id){'' if table == 'input' else ' order by customer_key'}"
    bound: dict[str, object] = {"import_id": import_id} | ({"as_of": as_of} if day in names else {})
    cursor.execute(
        f"insert into {into} (import_id, {', '.join(values)}) select $import_id, {', '.join(values.values())} "
        f"from {source}",
        bound,
    )


def _new_customers(cursor: Cursor, rows: str) -> None:
    """Number the customers that are new, by line."""
    cursor.execute(
        "insert into customer select (select coalesce(max(customer_key), 0) from customer) "
        "+ row_number() over (order by min(line)), customer_id "
        f"from {rows} anti join customer using (customer_id) group by customer_id"
    )


def _remember(cursor: Cursor, matches: Sequence[Match], answers: Mapping[str, str]) -> None:
    said = [("heading", normalise_heading(m.heading), m.field or "") for m in matches if m.how == "chosen"]
    said += [
        ("industry", question.removeprefix("industry:"), answer)
        for question, answer in answers.items()
        if question.startswith("industry:") and answer != NOT_KNOWN
    ]
    for row in said:
        cursor.execute("insert or replace into remembered values (?, ?, ?)", list(row))


def remembered_headings(store: Store) -> dict[str, str]:
    """Normalised headings and the field that a person gave each, '' where it was left out."""
    return {str(n): str(a) for n, a in store.rows("select name, answer from remembered where kind = 'heading'")}


def seen_before(store: Store, sha256: str) -> tuple[str, datetime, date] | None:
    """Name, time and as-of date of the last import of the very same file, None where there was none."""
    row = store.one(
        "select file_name, created_at, as_of from import where sha256 = $sha256 and undone_at is null "
        "order by import_id desc limit 1",
        sha256=sha256,
    )
    return None if row is None else (str(row[0]), row[1], row[2])
