"""Settings of a book: what its owner says once, such as the company's own yearly sales."""

from riskcore.store import Cursor


def own_annual_sales(cursor: Cursor) -> float | None:
    """The company's own yearly sales in the book's currency; None where nobody gave them."""
    value = get(cursor, "own_annual_sales")
    return None if value is None else float(value)


def keep_own_annual_sales(cursor: Cursor, amount: float | None) -> None:
    """Keep the company's own yearly sales; None forgets them."""
    put(cursor, "own_annual_sales", None if amount is None else repr(float(amount)))


def get(cursor: Cursor, name: str) -> str | None:
    """A setting's value; None where it is not set."""
    row = cursor.execute("select value from meta where name = ?", [name]).fetchone()
    return None if row is None else str(row[0])


def put(cursor: Cursor, name: str, value: str | None) -> None:
    """Set a setting; None forgets it."""
    cursor.execute("delete from meta where name = ?", [name])
    if value is not None:
        cursor.execute("insert into meta values (?, ?)", [name, value])
