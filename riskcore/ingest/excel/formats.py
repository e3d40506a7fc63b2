"""Numbers of a sheet as the texts that a person sees: dates as ISO, per cents and currencies with their signs."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_WHOLE = re.compile(r"-?\d+")
_FAR = 1e20  # beyond it a number keeps its power of ten
_DAY_LAST = 2_958_466  # the day after 9999-12-31
_NO_DAY = 60  # 29 February 1900, which never was, counts as a day of the 1900 system

_BUILT_IN_PERCENT = {9, 10}
_BUILT_IN_DAYS = {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58}
_BUILT_IN_TIMES = {*range(18, 22), *range(32, 36), 45, 47, 55, 56}
_BUILT_IN_ELAPSED = 46

_FIRST_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])*')
_BRACKETED_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-[^\]]*)?\]")
CURRENCY = re.compile(r"(?:US|HK)\$|[¥￥€$£]|(?<![A-Za-z])(?:CNY|RMB|USD|EUR|HKD|JPY|GBP)(?![A-Za-z])")
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_NOT_DATES = re.compile(r"general|g/通用格式|am/pm|a/p|e[+-]", re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z?")


def reader(number: int, code: str, is_1904: bool) -> Callable[[str], str]:
    """What turns a stored number into text under a format: its number, and its code where it is not built in."""
    section = (_FIRST_SECTION.match(code) or [""])[0]
    bare = _LITERALS.sub("", section)
    letters = set(_NOT_DATES.sub("", bare).lower())
    has_time = bool(letters & set("hs"))
    has_day = bool(letters & set("yd")) or ("m" in letters and not has_time)
    if _ELAPSED.search(bare) or (not code and number == _BUILT_IN_ELAPSED):
        return elapsed
    if has_day or (not code and number in _BUILT_IN_DAYS):
        return lambda raw: day(raw, is_1904)
    if has_time or (not code and number in _BUILT_IN_TIMES):
        return lambda raw: time_of_day(raw, is_1904)
    if "%" in bare or (not code and number in _BUILT_IN_PERCENT):
        return percent
    if re.fullmatch("0{2,}", section):
        return lambda raw: plain(raw).zfill(len(section)) if raw.isdecimal() else plain(raw)
    if found := CURRENCY.search(_BRACKETED_CURRENCY.sub(r"\1", section)):
        return lambda raw: with_currency(raw, found[0])
    return plain


def plain(raw: str) -> str:
    """A number without the noise of its last binary digit: 15 digits, whole ones as they are stored.

    >>> plain("0.30000000000000004"), plain("12345678901234567"), plain("1.2E-7"), plain("1E5")
    ('0.3', '12345678901234567', '0.00000012', '100000')
    """
    if _WHOLE.fullmatch(raw) or not _NUMBER.fullmatch(raw):
        return raw
    value = float(raw)
    if abs(value) > _FAR:
        return raw
    exact = Decimal(raw) if value.is_integer() else Decimal(f"{value:.15g}")
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(raw: str) -> str:
    """A share as it is shown, with all its digits: 0.625 is 62.5%."""
    text = plain(raw)
    if not _NUMBER.fullmatch(text):
        return text
    shown = f"{Decimal(text) * 100:f}"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown}%"


def with_currency(raw: str, sign: str) -> str:
    """An amount with the sign of its format before it, behind a minus: -¥100."""
    text = plain(raw)
    if not _NUMBER.fullmatch(text):
        return text
    return f"-{sign}{text[1:]}" if text.startswith("-") else f"{sign}{text}"


def day(raw: str, is_1904: bool) -> str:
    """A day as ISO, with its time where that is not midnight; a number that is no day stays one."""
    if not _NUMBER.fullmatch(raw):
        return raw
    value = float(raw)
    whole, seconds = divmod(round(value * 86_400), 86_400)
    if not 0 <= value < _DAY_LAST - (1462 if is_1904 else 0):
        return plain(raw)
    if is_1904:
        start = datetime(1904, 1, 1)
    elif whole in {0, _NO_DAY}:
        return "1900-01-00" if whole == 0 else "1900-02-29"
    else:
        start = datetime(1899, 12, 31) if whole < _NO_DAY else datetime(1899, 12, 30)
    moment = start + timedelta(days=whole, seconds=seconds)
    return moment.isoformat(" ") if seconds else f"{moment:%Y-%m-%d}".zfill(10)


def time_of_day(raw: str, is_1904: bool) -> str:
    """A time as hours, minutes and seconds; with its day where the number holds one."""
    if not _NUMBER.fullmatch(raw):
        return raw
    return elapsed(raw) if 0 <= float(raw) < 1 else day(raw, is_1904)


def elapsed(raw: str) -> str:
    """A length of time as hours, minutes and seconds, the hours past 24 too."""
    if not _NUMBER.fullmatch(raw) or not 0 <= float(raw) < _DAY_LAST:
        return plain(raw)
    seconds = round(float(raw) * 86_400)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def iso(raw: str) -> str:
    """A date that is stored as ISO text, its time dropped where it is midnight."""
    found = _ISO.fullmatch(raw)
    if found is None:
        return raw
    return found[1] if found[2] == "00:00:00" else f"{found[1]} {found[2]}"
