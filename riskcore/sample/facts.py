"""What the sample book's customers are like: one hidden quality each, and the figures that follow from it.

Every figure hangs on a *standing*, a standard normal number, larger for better customers. Standings of one
family share a factor, and the factors share the customer's quality.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Figure = Callable[[Floats], Floats]

FAMILY_LOADING = {"financial": 0.78, "credit_report": 0.82, "history_payment": 0.78, "industry": 0.82}
OWN_LOADING = 0.78  # of a figure on its family's factor
LIFT = -0.03  # the mean standing of a book


def _rounded(formula: Figure, places: int, low: float, high: float) -> Figure:
    # Adding zero turns -0.0 into 0.0.
    return lambda z: np.round(np.clip(formula(z), low, high), places) + 0.0


# Ratios have two decimals, per cents and days one; counts are whole. `statement` stays a standing, `grade` counts
# from 1, worst, to 5. Clipped to what a reader would believe.
FIGURES: dict[str, dict[str, Figure]] = {
    "financial": {
        "quick_ratio": _rounded(lambda z: 0.98 * np.exp(0.42 * z), 2, 0.05, 9),
        "liabilities_to_assets_pct": _rounded(lambda z: 60 - 16 * z, 1, 6, 140),
        "interest_coverage": _rounded(lambda z: 4.6 * np.exp(0.65 * z) - 1.2, 2, -4, 60),
        "return_on_assets_pct": _rounded(lambda z: 5 + 4.6 * z, 1, -25, 35),
        "cash_flow_to_current_liabilities_pct": _rounded(lambda z: 10 + 13 * z, 1, -45, 90),
        "revenue_growth_pct": _rounded(lambda z: 5 + 14 * z + 1.6 * z**3, 1, -60, 160),
        "assets_to_limit": _rounded(lambda z: 45 * np.exp(0.55 * z), 2, 1.5, 400),
        "statement": lambda z: z,
    },
    "credit_report": {
        "grade": lambda z: np.digitize(z, [-1.9, -0.95, 0.15, 1.15]) + 1.0,
        "legal_events_24m": _rounded(lambda z: 0.9 * np.exp(-0.9 * (z + 0.35)) - 0.4, 0, 0, 9),
        "bureau_days_beyond_terms": _rounded(lambda z: 15 * np.exp(-0.75 * z) - 8, 0, -10, 150),
        "external_grade_change_12m": _rounded(lambda z: 0.62 * z, 0, -3, 2),
    },
    "history_payment": {
        "days_beyond_terms_12m": _rounded(lambda z: 14 * np.exp(-0.7 * z) - 8, 1, -12, 140),
        "past_due_over_30_pct": _rounded(lambda z: -8 - 13 * z, 1, 0, 95),
        "worst_days_past_due_24m": _rounded(lambda z: 15 * np.exp(-0.75 * z) - 1, 0, 0, 300),
        "payment_trend_days": _rounded(lambda z: -6 * z, 1, -40, 60),
        "peak_utilisation_6m_pct": _rounded(lambda z: 78 - 16 * z, 1, 8, 160),
        "broken_promises_24m": _rounded(lambda z: 0.7 * np.exp(-0.9 * (z + 0.3)) - 0.4, 0, 0, 7),
    },
    # What does not change from month to month.
    "standing": {
        "years": _rounded(lambda z: 9.5 * np.exp(0.7 * z), 2, 0.2, 70),
        "months": _rounded(lambda z: 42 * np.exp(1.05 * z), 1, 0.2, 300),
        "ownership_changes_24m": _rounded(lambda z: 0.7 * np.exp(-0.8 * (z + 0.4)) - 0.4, 0, 0, 4),
    },
    "industry": {
        "largest_customer_share_pct": _rounded(lambda z: 30 - 14 * z, 1, 3, 95),
    },
}
_FACTOR = {"standing": "history_payment"}  # figures whose factor is another family's


@dataclass(frozen=True)
class Firms:
    """The hidden side of a book: quality, factor by family, and each figure's own part; one row a customer."""

    quality: Floats
    factors: dict[str, Floats]
    own: dict[str, Floats]

    def figures(self, family: str, shift: Floats | float = 0.0) -> dict[str, Floats]:
        """A family's figures by name, its factor moved by `shift` standard deviations."""
        factor = self.factors[_FACTOR.get(family, family)] + shift
        rest = np.sqrt(1 - OWN_LOADING**2)
        return {
            name: figure(LIFT + OWN_LOADING * factor + rest * self.own[name])
            for name, figure in FIGURES[family].items()
        }


def payments(hidden: Firms, shift: Floats | float = 0.0) -> dict[str, Floats]:
    """The payment figures, the worst delay no less than what the other figures tell."""
    figures = hidden.figures("history_payment", shift)
    told = np.maximum(np.ceil(figures["days_beyond_terms_12m"]), 31.0 * (figures["past_due_over_30_pct"] > 0))
    figures["worst_days_past_due_24m"] = np.maximum(figures["worst_days_past_due_24m"], told)
    return figures


def firms(rng: np.random.Generator, n: int) -> Firms:
    """`n` customers drawn at random."""
    quality = rng.standard_normal(n)
    factors: dict[str, Floats] = {
        family: loading * quality + np.sqrt(1 - loading**2) * rng.standard_normal(n)
        for family, loading in FAMILY_LOADING.items()
    }
    own: dict[str, Floats] = {name: rng.standard_normal(n) for family in FIGURES.values() for name in family}
    return Firms(quality, factors, own)


def most_likely(rng: np.random.Generator, score: Floats, count: int) -> Mask:
    """A mask of `count` customers, drawn without repeats; each unit of `score` makes one e times likelier."""
    chosen = np.zeros(len(score), dtype=bool)
    if count:
        # The largest of score + Gumbel noise are a sample weighted by exp(score).
        chosen[np.argpartition(-(score + rng.gumbel(size=len(score))), count - 1)[:count]] = True
    return chosen
