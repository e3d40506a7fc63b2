"""Values, bins and reasons in words, as every page and file says them."""

from typing import Any

import pandas as pd

from riskcore import schema
from riskcore.policy import Characteristic, Policy
from riskcore.text import Words

MINUS, NOTHING = "−", "–"


def number(value: float, decimals: int = 0) -> str:
    """A number with its thousands apart, a real minus, and as many decimals."""
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def day(t: Words, value: Any) -> str:
    """A date: 24 Nov 2026, or 2026-11-24; a dash where there is none."""
    if is_nothing(value):
        return NOTHING
    moment = pd.Timestamp(value)
    return f"{moment:%Y-%m-%d}" if t.lang == "zh" else f"{moment.day} {moment:%b %Y}"


def is_nothing(value: Any) -> bool:
    """Whether there is no value at all."""
    return value is None or bool(pd.isna(value))


def value_of(t: Words, c: Characteristic, value: Any) -> str:
    """A characteristic's value with its unit; the name of its bin where it is a category."""
    if c.is_category:
        chosen = next((b for b in c.bins if b.value == value), None)
        return t.of(chosen.name) if chosen and chosen.name else str(value or NOTHING)
    if is_nothing(value):
        return t.of(c.special.name) if c.special else NOTHING
    shown = number(float(value), 2 if c.unit == "times" else 1)
    return t(f"units.{c.unit}", n=shown.rstrip("0").rstrip("."))


def bin_of(t: Words, c: Characteristic, code: int) -> str:
    """A stored bin in words: its interval or category (1 the worst), missing or refused; an expired one by its bin."""
    if code in (0, schema.REFUSED_BIN):
        return t("feedback.bin_missing") if code == 0 else t("feedback.bin_refused")
    chosen = c.bins[(code - schema.EXPIRED_BINS if code > schema.EXPIRED_BINS else code) - 1]
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


def reason_of(t: Words, c: Characteristic, state: int, value: Any) -> str:
    """Why a characteristic cost points: its value in the policy's words, or that it was refused or is out of date.

    `state` is schema.KNOWN, REFUSED or EXPIRED; the value of an expired one is its last.
    """
    if state == schema.REFUSED:
        return t("reasons.refused", name=t.of(c.name))
    reason = t.of(c.reason).replace("{value}", value_of(t, c, value))
    return t("reasons.expired", reason=reason) if state == schema.EXPIRED else reason


def main_reasons(t: Words, policy: Policy, listed: pd.DataFrame) -> list[str]:
    """The largest loss of points of each row of a listing, in words; a dash where nothing supplied lost any."""
    return [
        NOTHING if is_nothing(place) else reason_of(t, policy.characteristic[int(place)], int(state), value)
        for place, state, value in listed[["reason", "reason_state", "reason_value"]].itertuples(index=False)
    ]
