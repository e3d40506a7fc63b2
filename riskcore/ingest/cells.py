"""One cell's text read as a number, a date, a yes or no, or a category.

Columns that are written plainly never come here: the database casts them. What it cannot cast is read here once per
distinct text.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, DecimalException
from functools import cache
from typing import Any, Literal

from riskcore import schema
from riskcore.ingest.words import SIGNS, cell_words, currencies, normalise_heading, plain

DAY_FIRST_YEAR, DAY_LAST_YEAR = 1800, 2200
_YEARS = range(1900, 2101)
SERIALS = range(25_569, 80_001)  # days of spreadsheets from 1970 on; days counted from 1960 are smaller
_SERIAL_ZERO = date(1899, 12, 30)  # of a spreadsheet, for dates after February 1900
_LARGEST = Decimal("1e300")  # more counts as infinite

_SIZES = {"万": 10**4, "亿": 10**8, "千": 10**3, "百万": 10**6, "千万": 10**7}
_SIZE = re.compile(r"(千万|百万|万|亿|千)?元?$")
_POINT = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+|\d{1,2}(,\d{2})*,\d{3})?(\.\d*)?(e[+-]?\d+)?")
_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)?(,\d*)?(e[+-]?\d+)?")
_BLANKS = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))|(?<!\d)\s|\s(?!\d)")  # between thousands and beside signs
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity|∞|1\.#(inf|ind|qnan)0*)")

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日?")
_DOTTED = re.compile(r"()(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})")
_SLASHED = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{1,2})")
_MONTH = re.compile(r"(\d{4})(?:[-/]|年)(\d{1,2})月?")
_NAMED = re.compile(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[-/. ]*(?P<month>[a-z]{3,9})[-/., ]*(?P<year>\d{4}|\d{2})"
    r"|(?P<month_first>[a-z]{3,9})[-/. ]*(?:(?P<day_second>\d{1,2})(?:st|nd|rd|th)?[-/., ]+)?(?P<year_last>\d{4})"
)
_MONTHS = ["january", "february", "march", "april", "may", "june"]
_MONTHS += ["july", "august", "september", "october", "november", "december"]
_HALF_MONTH = 15
SHORTENED = re.compile(r"\d(\.\d+)?[Ee]\+\d{1,2}")  # what a spreadsheet makes of a long number
_BLANK_IN_DATE = re.compile(r"\s*([年月/.-])\s*|\s+(?=日)")
_TIME = re.compile(r"[t ]\s*\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]m)?( ?z|[+-]\d{2}:?\d{2})?$")


@dataclass(frozen=True)
class Cell:
    """What a text means: a value, a state where it says one, or the reason why it cannot be used.

    `effect`: `row` sets the row aside; `cell` counts the value as missing and lists it.
    """

    value: Any = None
    state: int | None = None
    reason: str | None = None
    slots: dict[str, Any] = field(default_factory=dict)
    effect: Literal["row", "cell"] = "row"
    currency: str | None = None


def _problem(reason: str, **slots: Any) -> Cell:
    return Cell(reason=f"problems.{reason}", slots=slots)


def silence(text: str, stated: bool) -> Cell | None:
    """What a word says that gives no value: missing, refused or withdrawn; None where it is no such word."""
    word = plain(text)
    if is_error(word):
        return Cell(reason="problems.error_cell", effect="cell")
    if word in cell_words("cell.missing") or not word:
        return Cell()
    if stated and word in cell_words("cell.refused"):
        return Cell(state=schema.REFUSED)
    if stated and word in cell_words("cell.withdrawn"):
        return Cell(state=schema.WITHDRAWN)
    return None


def is_error(word: str) -> bool:
    """Whether a spreadsheet wrote this in place of a value: #N/A, #DIV/0!"""
    return word in cell_words("cell.error")


def read_number(text: str, unit: str | None, comma: bool = False, counted_in: int = 1) -> Cell:
    """A number however it is written: 1,234.50, (100), 100-, 100 CR, ￥１００, 62%, 1.5万元, 30天.

    `unit` is the field's own (`None` for money); 62% is 62 where that is per cent. `comma`: decimals follow a comma.
    `counted_in` is the heading's multiplier, which a cell with a size of its own goes without.
    """
    t = _BLANKS.sub("", plain(text)).replace("\u2212", "-").replace("–", "-")
    if _NOT_FINITE.fullmatch(t):
        return _not_finite()
    t, negative = _without_sign(t, unit)
    t, currency = _without_currency(t)
    if currency and not negative:
        t, negative = _without_sign(t, unit)  # $(100)
    t, scale = _without_unit(t, unit, counted_in)
    pattern = _COMMA if comma else _POINT
    if not pattern.fullmatch(t) or not t.split("e")[0].strip("+-.,"):
        return _problem("not_a_number")
    digits = t.replace(".", "").replace(",", ".") if comma else t.replace(",", "")
    try:
        number = Decimal(digits) * scale
    except DecimalException:
        return _not_finite()
    if abs(number) > _LARGEST:
        return _not_finite()
    return Cell(-number if negative else number, currency=currency)


def _without_sign(t: str, unit: str | None) -> tuple[str, bool]:
    """A number without the mark of a negative one around or behind it, and whether it bore one."""
    if t.startswith("(") and t.endswith(")"):
        return t[1:-1], True
    if t.endswith("-") and t[0] not in "+-":
        return t[:-1], True
    for side in ("credit", "debit") if unit is None else ():
        for word in cell_words(f"side.{side}"):
            bare = t.removesuffix(word) if t.endswith(word) else t.removeprefix(word)
            if bare != t and bare[:1] not in "+-":
                return bare, side == "credit"
    return t, False


def _not_finite() -> Cell:
    return Cell(reason="problems.not_finite", effect="cell")


@cache
def _currency() -> re.Pattern[str]:
    signs = sorted({*currencies(), *SIGNS} - {"元"}, key=len, reverse=True)
    one = "|".join(map(re.escape, signs))
    return re.compile(f"([+-]?)({one})(.+)|(.+?)({one})")


def _without_currency(t: str) -> tuple[str, str | None]:
    found = _currency().fullmatch(t)
    if found is None:
        return t, None
    sign = found[2] or found[5]
    return (found[1] + found[3] if found[2] else found[4]), sign if sign in SIGNS else currencies()[sign]


def _without_unit(t: str, unit: str | None, counted_in: int) -> tuple[str, Decimal]:
    """A number without the unit behind it, and what it is to be multiplied by."""
    if t.endswith("%") and unit in {"percent", "times"}:
        return t[:-1], Decimal(1) if unit == "percent" else Decimal("0.01")
    if unit is not None:
        words = sorted(cell_words(f"unit.{unit}"), key=len, reverse=True)
        return next((t.removesuffix(word) for word in words if t.endswith(word)), t), Decimal(1)
    found = _SIZE.search(t)
    if found and found[0]:
        return t[: found.start()], Decimal(_SIZES.get(found[1] or "", 1)) / counted_in
    return t, Decimal(1)


Order = Literal["day", "month", "year"]  # what stands first in a date such as 05/01/26
ORDERS: tuple[Order, ...] = ("day", "month", "year")


def orders(texts: Iterable[str]) -> dict[Order, int]:
    """How many of a column's dates such as 05/01/2026 each order can read; only years of two digits may stand first."""
    found = dict.fromkeys(ORDERS, 0)
    for text in texts:
        parts = _SLASHED.fullmatch(_bare_date(text))
        if parts is None:
            continue
        first, second, third = parts.groups()
        for order in found:
            found[order] += _slashed(first, second, third, order).reason is None
    return found


def _slashed(first: str, second: str, third: str, order: Order) -> Cell:
    if order == "year":
        return _problem("not_a_date") if len(third) == 4 else _day(_century(first), int(second), int(third))
    if len(third) == 1:
        return _problem("not_a_date")
    day, month = (first, second) if order == "day" else (second, first)
    return _day(_century(third), int(month), int(day))


def _century(year: str) -> int:
    """A year of two digits lies between 1970 and 2069."""
    return int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 70 else 2000)


def serials_of(texts: Iterable[str]) -> range:
    """The numbers that stand for days in a column: earlier ones too where most are days of a spreadsheet."""
    numbers = [int(text) for text in texts if re.fullmatch(r"\d{5}", text)]
    is_sheet = 2 * sum(number in SERIALS for number in numbers) > len(numbers)
    return range(10_000, SERIALS.stop) if is_sheet else SERIALS


def _bare_date(text: str) -> str:
    return _BLANK_IN_DATE.sub(r"\1", _TIME.sub("", plain(text)))


def read_date(text: str, order: Order | None, serials: range = SERIALS) -> Cell:
    """A date however it is written, with a time or without; `order`: how a date such as 05/01/2026 is meant.

    A bare year is its first of July, a bare month its fifteenth, a number among `serials` a spreadsheet's day.
    """
    t = _bare_date(text)
    if t in cell_words("cell.no_date"):
        return Cell()
    if found := re.fullmatch(r"(\d{4,5})(\.\d*)?年?", t):
        whole = int(found[1])
        if whole in _YEARS and not (found[2] or "").strip(".0"):
            return Cell(date(whole, 7, 1))
        if whole in serials:
            return Cell(_SERIAL_ZERO + timedelta(days=whole))
    for pattern in (_ISO, _COMPACT, _CHINESE):
        if found := pattern.fullmatch(t):
            return _day(*map(int, found.groups()))
    if found := _MONTH.fullmatch(t):
        return _day(int(found[1]), int(found[2]), _HALF_MONTH)
    if found := _DOTTED.fullmatch(t):
        return _day(_century(found[4]), int(found[3]), int(found[2]))
    if found := _SLASHED.fullmatch(t):
        first, second, third = found.groups()
        if order is not None:
            return _slashed(first, second, third, order)
        read = {cell.value: cell for each in ORDERS if (cell := _slashed(first, second, third, each)).reason is None}
        return _problem("date_order") if len(read) > 1 else next(iter(read.values()), _problem("no_such_day"))
    return _named_date(t) or _problem("not_a_date")


def _named_date(t: str) -> Cell | None:
    """A date with its month in letters: 05-Jan-2026, Jan 5, 2026, 5th January 2026, March 2020."""
    found = _NAMED.fullmatch(t)
    if found is None:
        return None
    word = found["month"] or found["month_first"]
    month = next((place for place, name in enumerate(_MONTHS, 1) if name.startswith(word)), None)
    day = int(found["day"] or found["day_second"] or _HALF_MONTH)
    return None if month is None else _day(_century(found["year"] or found["year_last"]), month, day)


def _day(year: int, month: int, day: int) -> Cell:
    try:
        value = date(year, month, day)
    except ValueError:
        return _problem("no_such_day")
    return Cell(value) if DAY_FIRST_YEAR <= year <= DAY_LAST_YEAR else _problem("no_such_day")


def read_flag(text: str) -> Cell:
    """A yes or no."""
    word = plain(text)
    if word in cell_words("cell.yes"):
        return Cell(True)
    if word in cell_words("cell.no"):
        return Cell(False)
    return silence(text, stated=False) or _problem("not_yes_or_no")


def read_category(text: str, words: Mapping[str, str]) -> Cell:
    """One of a category's values by any of its words; its own word wins over one for missing."""
    word = plain(text)
    value = words.get(word) or words.get(re.sub(r"\.0+$", "", word))
    if value is not None:
        return Cell(value)
    known = ", ".join(dict.fromkeys(words.values()))
    return silence(text, stated=True) or _problem("unknown_category", known=known)


def read_id(text: str) -> Cell:
    """A customer's number letter by letter, but for full width and characters that cannot be seen."""
    folded = unicodedata.normalize("NFKC", text)
    seen = "".join(ch for ch in folded if unicodedata.category(ch) not in {"Cc", "Cf"}).strip()
    if plain(seen) in cell_words("cell.missing") or is_error(plain(seen)) or not seen:
        return Cell()
    if SHORTENED.fullmatch(seen):
        return _problem("number_destroyed")
    if normalise_heading(seen) in {normalise_heading(word) for word in cell_words("cell.total")}:
        return _problem("total_row")  # however it is spaced: 合 计, TOTAL:
    return Cell(seen)


def unquoted(text: str) -> str:
    """A text without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if re.match(r"'[=+\-@]", text) else text
