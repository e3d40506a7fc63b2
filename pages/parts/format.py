"""Numbers, dates and foreign text as a person of either language reads them."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from riskcore.days import local
from riskcore.text import Words
from riskcore.wording import MINUS, NOTHING, bin_of, day, is_nothing, number, value_of

__all__ = [
    "MINUS",
    "NOTHING",
    "age_days",
    "bin_of",
    "count",
    "day",
    "day_of",
    "full_money",
    "is_nothing",
    "money",
    "number",
    "percent",
    "plain",
    "signed",
    "value_of",
]

_SYMBOLS = {"CNY": "¥", "JPY": "¥", "EUR": "€", "USD": "$", "GBP": "£"}
_SCALES = {
    "zh": ((1e12, "large"), (1e8, "middle"), (1e4, "small")),
    "en": ((1e9, "large"), (1e6, "middle"), (1e3, "small")),
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=])")


def count(amount: float) -> str:
    """A whole number with its thousands apart."""
    return number(round(amount))


def signed(amount: float, text: str) -> str:
    """The text of an amount, led by the sign of another."""
    return (MINUS if amount < 0 else "+") + text.lstrip(MINUS)


def money(t: Words, amount: Any, currency: str, beside: float | None = None) -> str:
    """An amount in brief: ¥131.6M, ¥1.32亿; a dash where it is not known.

    `beside`: in the unit of this amount, unless it is 0 in it, so that figures of one table compare at a glance.
    """
    if is_nothing(amount):
        return NOTHING
    value = float(amount)
    sign, size, symbol = MINUS if value < 0 else "", abs(value), _SYMBOLS.get(currency, f"{currency} ")
    for scale, name in _SCALES[t.lang]:
        scaled = size / scale
        decimals = (
            2 if t.lang == "zh" and name == "middle" and scaled < 100 else 1 if scaled < 100 or name != "small" else 0
        )
        is_unit = beside is not None and abs(beside) >= scale * 0.9995 and round(scaled, decimals) > 0
        if is_unit or scaled >= 0.9995:
            return f"{sign}{symbol}{t(f'board.money.{name}', n=f'{scaled:,.{decimals}f}')}"
    return f"{sign}{symbol}{size:,.0f}"


def full_money(amount: Any, currency: str) -> str:
    """An amount to the unit: ¥4,128,600; a dash where it is not known."""
    if is_nothing(amount):
        return NOTHING
    sign = MINUS if amount < 0 else ""
    return f"{sign}{_SYMBOLS.get(currency, currency + ' ')}{abs(Decimal(str(amount))):,.0f}"


def day_of_year(t: Words, value: date) -> str:
    """A date without its year: 24 Nov, or 11-24."""
    return f"{value:%m-%d}" if t.lang == "zh" else f"{value.day} {value:%b}"


def day_of(t: Words, moment: Any) -> str:
    """The day of a kept moment (UTC, without a zone) by this machine's clock; a dash where there is none."""
    return NOTHING if is_nothing(moment) else day(t, local(pd.Timestamp(moment).to_pydatetime()).date())


def age_days(value: date | datetime, today: date) -> int:
    """Whole days from a date to today."""
    return (pd.Timestamp(today) - pd.Timestamp(value)).days


def percent(share: float, decimals: int = 1) -> str:
    """A share of one as per cent."""
    return f"{100 * share:.{decimals}f}%"


def short(text: str, most: int = 18) -> str:
    """A text cut to a number of letters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def plain(text: Any) -> str:
    """Foreign text for a Markdown element, shown letter by letter."""
    return _MARKDOWN.sub(r"\\\1", str(text).replace("\n", " "))
