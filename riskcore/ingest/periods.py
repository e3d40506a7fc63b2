"""Periods of financial statements: the day on which one ends, however a cell, a heading or a title writes it."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Literal

from riskcore.ingest.cells import Cell, read_date, silence

Relative = Literal["now", "year_before", "opening"]

_YEAR = r"(?<!\d)(?P<year>(?:19|20)\d\d)"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_YEAR}(?P<gap>[-/.])(?P<month>\d{{1,2}})(?P=gap)(?P<day>\d{{1,2}})(?!\d)",
        rf"{_YEAR}年(?P<month>\d{{1,2}})月(?P<day>\d{{1,2}})日?(?!\d)",
        rf"{_YEAR}(?P<month>0\d|1[0-2])(?P<day>[0-3]\d)(?!\d)",
        r"(?<!\d)(?P<one>\d{1,2})[-/.](?P<other>\d{1,2})[-/.](?P<year>(?:19|20)\d\d)(?!\d)",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-of]*{_NAMED}[-,]*(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"{_NAMED}(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?|[-,]*)(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"{_YEAR}年?度?[-/]?(?:q(?P<quarter>[1-4])|第?(?P<quarter_zh>[1-4一二三四])季度?)",
        r"q(?P<quarter>[1-4])[-/]?(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"{_YEAR}年?度?[-/]?(?:h(?P<half>[12])|(?P<half_zh>[上下]?)半年度?)",
        r"h(?P<half>[12])[-/]?(?P<year>(?:19|20)\d\d)(?!\d)",
        rf"{_YEAR}[-/.年](?:\d{{1,2}}[-~至–—])?(?P<month>\d{{1,2}})(?:月份?|(?!\d))",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])(?!\d)",
        rf"(?:fy|cy|ye)?{_YEAR}(?![-/.]?\d{{2}}|\d|e(?![a-z]))(?:\.0+|a|fy|年度?)?",
    )
)
_WHOLE_DAYS = _FORMS[:3]  # year first, so that no other order can be meant
_OPENING = re.compile(r"年初|期初|上年年?末|opening|beginning")
_BEFORE = re.compile(r"上年|上期|去年|prior|previous|lastyear")
_NOW = re.compile(r"期末|年末|本期|本年|current|closing|ending|thisyear|endof")
_ONE_MONTH = re.compile(r"本月|当月|month")

_TOLD_OF = re.compile(
    r"\bas (?:at|of|on)\b|截[至止]|(?:统计|查询|账龄|基准)日|(?<!print )\bdate\s*[:：]|(?<![一-鿿])日期\s*[:：]"
)
_EITHER_ORDER = re.compile(r"(?<!\d)(\d|0\d|1[0-2])[-/.](?!\1[-/.])(\d|0\d|1[0-2])[-/.](?:19|20)\d\d(?!\d)")


def day_told_of(titles: Sequence[str]) -> date | None:
    """The day that the titles of a list say it is of, such as `As of October 31, 2026`; None where they leave it open.

    >>> day_told_of(["Aged debtors", "As at 31 October 2026"]), day_told_of(["编制单位：甲  截止日期：2026年10月31日"])
    (datetime.date(2026, 10, 31), datetime.date(2026, 10, 31))
    >>> day_told_of(["As of 05/04/2026"]), day_told_of(["Printed 31 October 2026"])
    (None, None)
    """
    pieces = [
        piece if period_in(piece) else f"{piece} {behind}"  # the day may stand in a cell of its own
        for title in titles
        for piece, behind in pairwise([*title.split("  "), ""])
        if _TOLD_OF.search(piece.casefold())
    ]
    return next((day for piece in pieces if not _EITHER_ORDER.search(piece) and (day := period_in(piece))), None)


def is_line_of_day(cells: Sequence[str]) -> bool:
    """Whether two cells say which day a list is of, as `As of` and `31 October 2026` do."""
    return len(cells) == 2 and _TOLD_OF.search(cells[0].casefold()) is not None and period_in(cells[1]) is not None


def day_named(name: str) -> date | None:
    """The last day that the name of a file bears, written year first; None where it bears none.

    >>> day_named("customers_2026-10-31.csv"), day_named("客户20261001-20261031.xlsx")
    (datetime.date(2026, 10, 31), datetime.date(2026, 10, 31))
    >>> day_named("customers 2026.csv"), day_named("20269999.csv"), day_named("05-04-2026.csv")
    (None, None, None)
    """
    found = [match for form in _WHOLE_DAYS for match in form.finditer(_squeezed(name).replace("_", "-"))]
    return max((day for match in found if (day := _ends(match))), default=None)


def read_period(text: str) -> Cell:
    """The last day of a period that a cell names: a date, a month, a quarter, or a year, which ends in December."""
    said = _squeezed(text)
    found = next((day for form in _FORMS if (match := form.fullmatch(said)) and (day := _ends(match))), None)
    return Cell(found) if found else silence(text, stated=False) or read_date(text, None)


def period_in(text: str) -> date | None:
    """The last day of the period that a text such as a heading or a title speaks of, None where it names none.

    >>> period_in("2019 年 12 月 31 日 "), period_in("2024Q3"), period_in("2018年度")
    (datetime.date(2019, 12, 31), datetime.date(2024, 9, 30), datetime.date(2018, 12, 31))
    """
    said = _squeezed(text)
    return next((day for form in _FORMS if (match := form.search(said)) and (day := _ends(match))), None)


def relative(heading: str) -> Relative | None:
    """Which day a heading means by the period of its file: 期末余额 is `now`; None where it means none."""
    said = _squeezed(heading)
    if _OPENING.search(said):
        return "opening"
    if _BEFORE.search(said):
        return "year_before"
    return "now" if _NOW.search(said) and not _ONE_MONTH.search(said) else None


def resolved(meant: Relative, period: date) -> date:
    """The day that is meant, by the last day of a file's period; a year opens with the day before it.

    >>> resolved("opening", date(2024, 6, 30)), resolved("year_before", date(2024, 6, 30))
    (datetime.date(2023, 12, 31), datetime.date(2023, 6, 30))
    """
    if meant == "now":
        return period
    month = 12 if meant == "opening" else period.month
    day = period.day if meant == "year_before" and period.day < 28 else monthrange(period.year - 1, month)[1]
    return date(period.year - 1, month, day)


def _ends(match: re.Match[str]) -> date | None:
    """The last day of what one of the forms found; None where there is no such day."""
    part = match.groupdict()
    year, day = int(part["year"]), int(part.get("day") or 0)
    if part.get("one"):
        # The day that a period ends on is late in its month, so that it cannot be taken for one.
        first, second = int(part["one"]), int(part["other"])
        month, day = (first, second) if second > 12 else (second, first)
    elif part.get("name"):
        month = 1 + _MONTHS.index(part["name"])
    elif quarter := part.get("quarter") or part.get("quarter_zh"):
        month = 3 * (1 + "一二三四".index(quarter) if quarter in "一二三四" else int(quarter))
    elif half := part.get("half"):
        month = 6 * int(half)
    elif "half_zh" in part:
        month = 12 if part["half_zh"] == "下" else 6
    else:
        month = int(part.get("month") or 12)
    if not 1 <= month <= 12 or day > monthrange(year, month)[1]:
        return None
    return date(year, month, day or monthrange(year, month)[1])


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).casefold()
