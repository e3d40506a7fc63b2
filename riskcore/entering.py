"""One customer entered by hand: what a person says becomes an import, scored beforehand by the very same queries."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from riskcore import book, explanation, schema, signing
from riskcore.errors import AskedWrong
from riskcore.explanation import BY_HAND, Explained, Line
from riskcore.ingest import cells
from riskcore.ingest.cells import Cell
from riskcore.ingest.words import number_words, plain, unit_of
from riskcore.policy import Policy
from riskcore.store import Cursor, Store

NAME_MOST, ID_MOST, SOURCE_MOST = 200, 60, 200
_AMOUNT_MOST = Decimal(10) ** 15
_NEVER_NEGATIVE = {"years", "months"}


@dataclass(frozen=True)
class Said:
    """What a person says of one field: a value, its state where the field has states, the day that it is of.

    The state KNOWN without a value is the characteristic's special bin, such as no debt. Neither a value nor a state:
    only the remark is new. `day` None: the day of the entry.
    """

    value: Any = None
    state: int | None = None
    day: date | None = None
    source: str = ""
    disputed: bool = False

    @property
    def tells(self) -> bool:
        """Whether it says anything beside the remark."""
        return self.value is not None or self.state is not None


@dataclass(frozen=True)
class Entry:
    """What is said of one customer, by field; `customer_key` is None for one that the book does not hold yet."""

    customer_key: int | None
    customer_id: str
    said: Mapping[str, Said]


def day_of(store: Store) -> date:
    """The day that an entry is of: today, or that of the newest import where the book is ahead of it."""
    row = store.one("select max(as_of) from import where undone_at is null")
    return max(date.today(), row[0]) if row and row[0] else date.today()


def proposed_id(store: Store) -> str:
    """An id for a new customer that nobody has."""
    taken = {str(name) for (name,) in store.rows("select customer_id from customer where customer_id like 'NEW-%'")}
    return next(name for number in range(1, len(taken) + 2) if (name := f"NEW-{number}") not in taken)


def read(policy: Policy, name: str, text: str) -> Cell:
    """What was typed for a field of numbers, read as a cell of a file is; a reason where it cannot be taken."""
    words, unit, field = number_words(policy, name), unit_of(policy, name), schema.field(name)
    if plain(text) in words:
        value = words[plain(text)]
        return Cell(value, schema.KNOWN if value is None else None)
    cell = cells.silence(text, field in schema.STATED) or cells.read_number(text, unit)
    if cell.value is None:
        return cell
    if field.kind == "amount" and abs(cell.value) >= _AMOUNT_MOST:
        return Cell(reason="problems.too_large")
    if cell.value < 0 and (field.kind == "count" or unit in _NEVER_NEGATIVE):
        return Cell(reason="problems.negative")
    if field.kind == "score" and not policy.base_score <= cell.value <= policy.top_score:
        return Cell(reason="problems.score_off_scale", slots={"low": policy.base_score, "high": policy.top_score})
    return cell


def preview(store: Store, policy: Policy, entry: Entry, day: date) -> Explained:
    """The customer as the book would explain it on `day` if the entry were saved; nothing is written."""
    with _as_if(store, entry, day) as (cursor, customer_key):
        found = explanation.explained(cursor, policy, day, customer_key)
    assert found is not None  # the entry is of the newest day, so its customer is in the book
    return found


def save(store: Store, entry: Entry, day: date, by: str) -> int:
    """Take the entry in under a person's name, assess the book, and return the customer's key: all of it or nothing.

    AskedWrong where the name of the person or of the customer is missing, the id is taken, or nothing was said.
    """
    person = signing.name(by)
    if not entry.said:
        raise AskedWrong("entry_empty")
    with store.transaction() as cursor:
        if entry.customer_key is None:
            check_new(cursor, entry)
        customer_key = _write(cursor, entry, day, person, signing.now())
        book.assess_in(cursor)
    return customer_key


def check_new(cursor: Cursor, entry: Entry) -> None:
    """AskedWrong where a new customer lacks a name or an id, or its id is another one's."""
    if not entry.customer_id:
        raise AskedWrong("entry_without_id")
    if cursor.execute("select 1 from customer where customer_id = ?", [entry.customer_id]).fetchone():
        raise AskedWrong("entry_id_taken", id=entry.customer_id)
    if "customer_name" not in entry.said:
        raise AskedWrong("entry_without_name")


def counts(previewed: Explained, name: str) -> bool:
    """Whether a value that was said counts in the preview, and not something newer that is known."""
    place = previewed.places.get(previewed.scored[f"{name}_import"])
    return place is not None and place.kind == BY_HAND and not place.taken_by


def missing_most(policy: Policy, explained: Explained, most: int = 5) -> list[tuple[Line, int]]:
    """The characteristics that are not known and could add most points, each with how many at most.

    What an external score stands for is not to be won again.
    """
    scored, width = explained.scored, policy.top_score - policy.base_score
    fills = scored["is_filled"] and policy.external_score.use == "fill"
    open_points = []
    for line in explained.lines:
        now, full = line.points, line.characteristic.max_points
        if fills and line.is_missing:
            now = (2 * full * (scored["external_score"] - policy.base_score) + width) // (2 * width)
        if line.is_missing or line.is_refused or line.is_expired:
            open_points.append((line, full - now))
    return sorted((one for one in open_points if one[1] > 0), key=lambda one: -one[1])[:most]


@contextmanager
def _as_if(store: Store, entry: Entry, day: date) -> Iterator[tuple[Cursor, int]]:
    """A cursor for which the book holds the entry too, and the customer's key: views before the book's own tables."""
    cursor = store.cursor()
    try:
        [book] = cursor.execute("select current_database()").fetchone() or ("",)
        own = '"' + str(book).replace('"', '""') + '".main.'
        for table in _TABLES:
            cursor.execute(f"create temp table entered_{table} as select * from {table} limit 0")
        customer_key = _write(cursor, entry, day, "", signing.now(), into="entered_")
        for table in _TABLES:
            both = f"select * from {own}{table} union all by name select * from entered_{table}"
            cursor.execute(f"create temp view {table} as {both}")
        yield cursor, customer_key
    finally:
        cursor.close()  # its temporary tables go with it


_TABLES = ("import", "customer", "input", "remark")


def _write(cursor: Cursor, entry: Entry, day: date, by: str, at: datetime, into: str = "") -> int:
    """Append the entry to the tables whose names begin with `into`; returns the customer's key."""
    [import_id] = cursor.execute("select coalesce(max(import_id), 0) + 1 from import").fetchone() or (1,)
    customer_key = entry.customer_key
    if customer_key is None:
        [customer_key] = cursor.execute("select coalesce(max(customer_key), 0) + 1 from customer").fetchone() or (1,)
        _insert(cursor, f"{into}customer", {"customer_key": customer_key, "customer_id": entry.customer_id})
    told = {name: said for name, said in entry.said.items() if said.tells}
    new = () if entry.customer_key else (day,)  # a row of its own puts a new customer into the book
    days = sorted({*new, *(said.day or day for said in told.values())})
    about = {
        "import_id": import_id,
        "kind": BY_HAND,
        "file_name": BY_HAND,
        "sheet": "",
        "sha256": hashlib.sha256(repr((entry, at)).encode()).hexdigest(),
        "as_of": day,
        "whole_book": False,
        "rows_read": len(days),
        "rows_taken": len(days),
        "rows_set_aside": 0,
        "encoding": "",
        "delimiter": "",
        "mapping": "{}",
        "answers": "{}",
        "taken_by": by,
        "overlapping": False,
        "created_at": at,
    }
    _insert(cursor, f"{into}import", about)
    one = {"import_id": import_id, "customer_key": customer_key}
    for line, dated in enumerate(days, 1):
        row: dict[str, Any] = {**one, "line": line, "dated": dated}
        for name, said in told.items():
            if (said.day or day) == dated:
                row[name] = said.value
                if schema.FIELDS[name] in schema.STATED:
                    row[f"{name}_state"] = schema.KNOWN if said.state is None else said.state
        _insert(cursor, f"{into}input" if into else "input_kept", row)
    for name, said in entry.said.items():
        if said.source or said.disputed or not said.tells:
            remark = {"field": name, "source": said.source, "disputed": said.disputed}
            _insert(cursor, f"{into}remark", {**one, **remark})
    return int(customer_key)


def _insert(cursor: Cursor, table: str, row: Mapping[str, Any]) -> None:
    values = ", ".join(f"${name}" for name in row)
    cursor.execute(f"insert into {table} ({', '.join(row)}) values ({values})", dict(row))
