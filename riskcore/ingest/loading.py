"""A checked upload into the store, on the caller's transaction; what was seen and remembered before."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from riskcore.errors import FileRefused
from riskcore.ingest.asking import NOT_KNOWN
from riskcore.ingest.checking import Checked
from riskcore.ingest.mapping import Match
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import normalise_heading
from riskcore.store import Cursor, Store


def load(
    cursor: Cursor,
    upload: Upload,
    checked: Checked,
    matches: Sequence[Match],
    answers: Mapping[str, str],
    as_of: date,
    whole_book: bool,
    created_at: datetime,
) -> int:
    """Write an import with its customers and rows, and return its number; FileRefused where no row can be taken.

    Headings that a person mapped are remembered, and the section given to an industry.
    """
    if not checked.rows_taken:
        raise FileRefused("file_nothing_to_take")
    (import_id,) = cursor.execute("select coalesce(max(import_id), 0) + 1 from import").fetchone() or (1,)
    mapping = {m.heading: m.field for m in matches if m.field}
    cursor.execute(
        "insert into import values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            import_id,
            upload.name,
            upload.sha256,
            as_of,
            whole_book,
            checked.rows_read,
            checked.rows_taken,
            checked.rows_set_aside,
            upload.encoding,
            upload.delimiter,
            json.dumps(mapping, ensure_ascii=False),
            json.dumps(dict(answers), ensure_ascii=False),
            created_at,
        ],
    )
    cursor.register("taken_in", checked.typed)
    try:
        cursor.execute(
            "insert into customer select (select coalesce(max(customer_key), 0) from customer) "
            "+ row_number() over (order by line), customer_id from taken_in anti join customer using (customer_id)"
        )
        facts = ", ".join(name for name in checked.typed.column_names if name != "customer_id")
        cursor.execute(
            f"insert into input (import_id, customer_key, {facts}) "
            f"select $import_id, customer_key, {facts} from taken_in join customer using (customer_id) "
            "order by customer_key",
            {"import_id": import_id},
        )
    finally:
        cursor.unregister("taken_in")
    _remember(cursor, matches, answers)
    if checked.currency:
        cursor.execute("insert or ignore into meta values ('currency', ?)", [checked.currency])
    return int(import_id)


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
        "select file_name, created_at, as_of from import where sha256 = $sha256 order by import_id desc limit 1",
        sha256=sha256,
    )
    return None if row is None else (str(row[0]), row[1], row[2])
