"""Numbers into numbers: odds, probabilities and shares."""

import math
from collections.abc import Sequence


def pd_12m(score: float, anchor_score: float, good_bad_odds: float, points_to_double_odds: float) -> float:
    """The probability of default within 12 months that a score reads as, 0 to 1.

    odds(good:bad) = good_bad_odds x 2 ^ ((score - anchor_score) / points_to_double_odds), the usual points scaling.

    >>> round(pd_12m(600, 600, 19, 50), 4), round(pd_12m(700, 600, 19, 50), 4)
    (0.05, 0.013)
    """
    return 1 / (1 + good_bad_odds * 2 ** ((score - anchor_score) / points_to_double_odds))


def shares(amounts: Sequence[float], decimals: int = 0) -> list[float]:
    """Each amount as per cent of all, rounded so that they add to 100 (largest remainder); zeros where all are 0.

    >>> shares([1, 1, 1])
    [34.0, 33.0, 33.0]
    """
    total = sum(amounts)
    if total <= 0:
        return [0.0] * len(amounts)
    unit = 10**decimals
    exact = [100 * unit * amount / total for amount in amounts]
    floors = [int(x) for x in exact]
    short = round(100 * unit) - sum(floors)
    for place in sorted(range(len(exact)), key=lambda i: floors[i] - exact[i])[:short]:
        floors[place] += 1
    return [floor / unit for floor in floors]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, 0 to 1, from `hits` among `of`; the whole scale where there is nothing.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22.

    >>> [round(end, 3) for end in wilson(5, 5)], wilson(0, 0)
    ([0.566, 1.0], (0.0, 1.0))
    """
    if not of:
        return 0.0, 1.0
    z = 1.959964
    middle = (hits + z * z / 2) / (of + z * z)
    half = z / (of + z * z) * math.sqrt(hits * (of - hits) / of + z * z / 4)
    return max(0.0, middle - half), min(1.0, middle + half)
