"""Numbers, dates and foreign text as a person of either language reads them."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from riskcore.policy import Characteristic
from riskcore.text import Words

MINUS, NOTHING = "−", "–"
_SYMBOLS = {"CNY": "¥", "JPY": "¥", "EUR": "€", "USD": "$", "GBP": "£"}
_SCALES = {
    "zh": ((1e12, "large"), (1e8, "middle"), (1e4, "small")),
    "en": ((1e9, "large"), (1e6, "middle"), (1e3, "small")),
}
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&^=])")


def is_nothing(value: Any) -> bool:
    """Whether there is no value at all."""
    return value is None or bool(pd.isna(value))


def count(number: float) -> str:
    """A whole number with its thousands apart."""
    return f"{round(number):,}".replace("-", MINUS)


def signed(number: float, text: str) -> str:
    """The text of an amount, led by the sign of the number."""
    return (MINUS if number < 0 else "+") + text.lstrip(MINUS)


def money(t: Words, amount: Any, currency: str) -> str:
    """An amount in brief: ¥131.6M, ¥1.32亿; a dash where it is not known."""
    if is_nothing(amount):
        return NOTHING
    value = float(amount)
    sign, size, symbol = MINUS if value < 0 else "", abs(value), _SYMBOLS.get(currency, f"{currency} ")
    for scale, name in _SCALES[t.lang]:
        if size >= scale * 0.9995:
            scaled = size / scale
            decimals = (
                2
                if t.lang == "zh" and name == "middle" and scaled < 100
                else 1
                if scaled < 100 or name != "small"
                else 0
            )
            return f"{sign}{symbol}{t(f'board.money.{name}', n=f'{scaled:,.{decimals}f}')}"
    return f"{sign}{symbol}{size:,.0f}"


def full_money(amount: Any, currency: str) -> str:
    """An amount to the unit: ¥4,128,600; a dash where it is not known."""
    if is_nothing(amount):
        return NOTHING
    sign = MINUS if amount < 0 else ""
    return f"{sign}{_SYMBOLS.get(currency, currency + ' ')}{abs(Decimal(str(amount))):,.0f}"


def day(t: Words, value: Any) -> str:
    """A date: 24 Nov 2026, or 2026-11-24."""
    if is_nothing(value):
        return NOTHING
    moment = pd.Timestamp(value)
    return f"{moment:%Y-%m-%d}" if t.lang == "zh" else f"{moment.day} {moment:%b %Y}"


def age_days(value: date | datetime, today: date) -> int:
    """Whole days from a date to today."""
    return (pd.Timestamp(today) - pd.Timestamp(value)).days


def percent(share: float, decimals: int = 1) -> str:
    """A share of one as per cent."""
    return f"{100 * share:.{decimals}f}%"


def value_of(t: Words, c: Characteristic, value: Any) -> str:
    """A characteristic's value with its unit; the name of its bin where it is a category."""
    if c.is_category:
        chosen = next((b for b in c.bins if b.value == value), None)
        return t.of(chosen.name) if chosen and chosen.name else str(value or NOTHING)
    if is_nothing(value):
        return t.of(c.special.name) if c.special else NOTHING
    number = f"{float(value):,.2f}" if c.unit == "times" else f"{float(value):,.1f}"
    text = number.rstrip("0").rstrip(".").replace("-", MINUS)
    return t(f"units.{c.unit}", n=text)


def bin_of(t: Words, c: Characteristic, number: int) -> str:
    """The interval or category of a bin, 1 the worst, in words."""
    chosen = c.bins[number - 1]
    if c.is_category:
        return t.of(chosen.name) if chosen.name else str(chosen.value)

    def edge(value: float) -> str:
        return f"{value:g}".replace("-", MINUS)

    if c.unit == "count":
        low, high = int(chosen.lower or 0), None if chosen.upper is None else int(chosen.upper) - 1
        if high is None:
            return t("units.from_count", n=low)
        return str(low) if low == high else f"{low}–{high}"
    if chosen.lower is None:
        return t(f"units.{c.unit}", n=("< " if c.closed == "left" else "≤ ") + edge(chosen.upper or 0))
    if chosen.upper is None:
        return t(f"units.{c.unit}", n=("≥ " if c.closed == "left" else "> ") + edge(chosen.lower))
    return t(f"units.{c.unit}", n=f"{edge(chosen.lower)}–{edge(chosen.upper)}")


def plain(text: Any) -> str:
    """Foreign text for a Markdown element, shown letter by letter."""
    return _MARKDOWN.sub(r"\\\1", str(text).replace("\n", " "))
