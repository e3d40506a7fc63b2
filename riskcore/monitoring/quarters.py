"""Customer quality by the quarter of the first sale: are the newer customers as good as the older ones?"""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from riskcore.monitoring.applied import named, policy_of
from riskcore.monitoring.matrix import LITTLE_KNOWN
from riskcore.store import Store


@dataclass(frozen=True)
class Vintage:
    """The customers whose first sale was in one quarter, `quarter` its first day; None where no sale is known.

    `by_tier` and `little_known`: customers and exposure, best tier first. Mean scores are of customers scored,
    that by exposure weighs them with it. None where there is nobody, or no exposure, to divide by.
    """

    quarter: date | None
    customers: int
    exposure: float
    by_tier: tuple[tuple[int, float], ...]
    little_known: tuple[int, float]
    mean_score: float | None
    mean_score_by_exposure: float | None


def vintages(store: Store, assessment_id: int) -> list[Vintage]:
    """The customers of an assessment by the quarter of their first sale, oldest first, then those without one.

    The first sale is the date that lists last told by the assessment's date, else that of the earliest invoice, from
    the imports that counted when it was made. AskedWrong where there is no such assessment.
    """
    tiers = len(policy_of(store, assessment_id).tier)
    rows = named(store, "monitor_vintages", assessment=assessment_id)
    return [_vintage(quarter, list(of_one), tiers) for quarter, of_one in groupby(rows, key=lambda row: row["quarter"])]


def _vintage(quarter: date | None, rows: list[dict[str, Any]], tiers: int) -> Vintage:
    by_place = {row["place"]: (row["customers"], row["exposure"]) for row in rows}

    def total(name: str) -> float:
        return float(sum(row[name] for row in rows))

    def share(part: str, of: str) -> float | None:
        return total(part) / total(of) if total(of) > 0 else None

    return Vintage(
        quarter=quarter,
        customers=int(total("customers")),
        exposure=total("exposure"),
        by_tier=tuple(by_place.get(place, (0, 0.0)) for place in range(tiers)),
        little_known=by_place.get(LITTLE_KNOWN, (0, 0.0)),
        mean_score=share("scores", "scored"),
        mean_score_by_exposure=share("weighed_scores", "scored_exposure"),
    )
