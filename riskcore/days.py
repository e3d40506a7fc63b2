"""Days and months of the calendar, and the day on which a kept moment fell for people here."""

import calendar
from datetime import UTC, date, datetime, tzinfo


def months_later(day: date, months: int) -> date:
    """The same day some months on, or the last of a month that has no such day, as `to_months` counts in SQL.

    >>> months_later(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def local(moment: datetime, zone: tzinfo | None = None) -> datetime:
    """A moment kept in UTC without a zone, in local time; `zone`: None is this machine's."""
    return moment.replace(tzinfo=UTC).astimezone(zone)
