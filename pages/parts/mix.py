"""A mix of tiers as parts of stacked bars: worst tier first, and that one split into bad and not enough known."""

from collections.abc import Sequence

import pandas as pd

from pages.parts.charts import Part
from pages.parts.format import count, money
from riskcore.policy import Policy
from riskcore.text import Words

_LITTLE = {"customers": "little_known", "exposure": "little_known_exposure"}


def total(mix: pd.DataFrame, column: str) -> float:
    """The sum of a column of `portfolio.mix`."""
    return float(mix[column].sum())


def parts(t: Words, policy: Policy, bars: Sequence[tuple[pd.DataFrame, str]], currency: str = "") -> list[Part]:
    """The parts of one bar per frame and column; with a currency each part is also written out."""
    worst = len(policy.tier) - 1
    found = []
    for place in range(worst, -1, -1):
        rows = [(mix[mix["tier"] == place], column) for mix, column in bars]
        little = [total(row, _LITTLE[column]) if place == worst and column in _LITTLE else 0.0 for row, column in rows]
        known = [total(row, column) - less for (row, column), less in zip(rows, little, strict=True)]
        tier = policy.tier[place]
        found.append(Part(place, f"{tier.code} {t.of(tier.name)}", known, _written(t, bars, known, currency)))
        if place == worst:
            found.append(
                Part(place, t("overview.little_known"), little, _written(t, bars, little, currency), hatched=True)
            )
    return found


def _written(t: Words, bars: Sequence[tuple[pd.DataFrame, str]], amounts: Sequence[float], currency: str) -> list[str]:
    if not currency:
        return []
    return [
        count(amount) if column == "customers" else money(t, amount, currency)
        for (_, column), amount in zip(bars, amounts, strict=True)
    ]
