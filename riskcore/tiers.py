"""From a score to a tier: where the tiers start.

Places count from 0, the best tier. `thresholds` are the lowest scores of all tiers but the worst, best first.
"""

from collections.abc import Sequence
from itertools import pairwise

from riskcore.errors import AskedWrong


def tier_of(score: int | None, thresholds: Sequence[int]) -> int:
    """The place of the tier that the score alone gives; not scored is the worst.

    >>> [tier_of(score, (700, 600)) for score in (850, 700, 699, 599, None)]
    [0, 0, 1, 2, 2]
    """
    if score is not None:
        for place, start in enumerate(thresholds):
            if score >= start:
                return place
    return len(thresholds)


def check_order(thresholds: Sequence[int], base_score: int, top_score: int) -> tuple[int, ...]:
    """The thresholds, when they fall from the best tier to the worst and lie on the scale; AskedWrong otherwise."""
    falling = all(left > right for left, right in pairwise(thresholds))
    if not falling or any(not base_score < start <= top_score for start in thresholds):
        shown = ", ".join(str(start) for start in thresholds)
        raise AskedWrong("thresholds_order", thresholds=shown, low=base_score + 1, high=top_score)
    return tuple(thresholds)
