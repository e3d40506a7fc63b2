"""The day up to which a list counts days past due, or the age of its documents: it is the day that the list is of."""

from datetime import date

from riskcore.ingest.columns import Scratch
from riskcore.ingest.kinds.base import Shaping
from riskcore.ingest.words import normalise_heading, synonyms

_AGREE = 0.9  # share of the rows that come to one day
_ROWS_LEAST = 2
_FROM = ("due_date", "invoice_date", "baseline_date", "posting_date")  # what such days are counted from


def day_counted_to(shaping: Shaping) -> date | None:
    """The one day, today at most, that a date of nearly all rows and their days past due or of age come to.

    A history whose days end with the payment comes to many, and tells none.
    """
    known = {normalise_heading(word) for word in synonyms("ledger").get("column.days_counted", ())}
    places = [place for place, heading in enumerate(shaping.upload.headings) if normalise_heading(heading) in known]
    found = (_common(shaping.scratch, name, place) for place in places for name in _FROM if shaping.has(name))
    return next((day for day in found if day is not None), None)


def _common(scratch: Scratch, name: str, place: int) -> date | None:
    days = f"try_cast(c{place} as double)"
    told = scratch.cursor.execute(
        f"select {name} + {days}::integer as day, count(*) from typed join upload using (line) "
        f"where {name} is not null and {days} between -9999 and 9999 and {days} <> 0 group by 1 order by 2 desc, 1"
    ).fetchall()
    rows = sum(count for _, count in told)
    if rows < _ROWS_LEAST:
        return None
    day: date = told[0][0]
    return day if told[0][1] >= _AGREE * rows and day <= date.today() else None
