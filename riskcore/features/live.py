"""Which imports count: those that had been taken in, and not been undone, by the day of knowledge."""

from datetime import date

from riskcore.store import Cursor

Keys = tuple[int, int]  # the first and the last customer_key looked at


def prepare(cursor: Cursor, known_by: date | None) -> None:
    """Make the temporary table `live` on the cursor: import_id, kind, as_of, whole_book, overlapping and seq.

    `known_by`: only what had been taken in by the end of that day, and as if later undoings had not happened;
    None: all that counts today. `seq` orders by as-of date, then by arrival. The as-of date asked for plays no part
    here: lists count from their own as-of date on, dated rows from the day that they tell.
    """
    cursor.execute(
        "create or replace temp table live as "
        "select import_id, kind, as_of, whole_book, overlapping, row_number() over (order by as_of, import_id) as seq "
        "from import where ($known_by::date is null or created_at < $known_by::date + interval 1 day) "
        "and (undone_at is null or undone_at >= $known_by::date + interval 1 day)",
        {"known_by": known_by},
    )


def between(keys: Keys | None, column: str = "customer_key") -> str:
    """A condition in SQL that keeps the customers asked for."""
    return "true" if keys is None else f"{column} between {int(keys[0])} and {int(keys[1])}"
