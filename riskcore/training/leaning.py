"""Whether stated probabilities lean to one side of what happened, and on which characteristics.

A characteristic is looked at by the cases in which it was poor against those in which it was good: means with a t
interval, their difference by Welch, B. L. (1947), Biometrika 34, at 5 % for all characteristics together (Bonferroni).
Characteristics are alike, so the one that stands out most is named first, and the others are looked at for what it
leaves unexplained.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist, fmean, stdev
from typing import Literal

LEAST_CASES = 10  # fewer say nothing of a leaning
_DOUBT = 0.05
Leaning = Literal["few", "unclear", "lenient", "strict"]
Side = Literal["poor", "good"]
_SIDES: tuple[Side, Side] = ("poor", "good")


@dataclass(frozen=True)
class Bias:
    """How far stated probabilities lie from what happened, on average, -1 to 1; below 0 is too lenient.

    `low` to `high` is the 95 % interval; all are None, and the leaning is `few`, where there are under 10 cases.
    """

    cases: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    leaning: Leaning = "few"


@dataclass(frozen=True)
class Stated:
    """A probability less what happened, -1 to 1, whether it went bad, and which characteristics were good and poor."""

    difference: float
    bad: bool
    good: tuple[str, ...] = ()
    poor: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contrast:
    """The leaning where a characteristic was poor and where it was good; `side`: the one that is named, if any is."""

    characteristic: str
    poor: Bias
    good: Bias
    side: Side | None = None

    @property
    def named(self) -> Bias | None:
        """The leaning that is named; None where none is."""
        return None if self.side is None else self.poor if self.side == "poor" else self.good


def bias(stated: Sequence[Stated]) -> Bias:
    """The leaning of all that was stated; t interval of the mean.

    The spread is at least that of outcomes at their smoothed rate (Agresti and Coull), so that ten good cases in a row
    prove nothing.
    """
    n = len(stated)
    if n < LEAST_CASES:
        return Bias(n)
    differences = [one.difference for one in stated]
    mean = fmean(differences)
    half = _t(n - 1, _DOUBT) * math.sqrt(_variance(differences, stated) / n)
    leaning: Leaning = "lenient" if mean + half < 0 else "strict" if mean - half > 0 else "unclear"
    return Bias(n, mean, mean - half, mean + half, leaning)


def by_characteristic(stated: Sequence[Stated]) -> list[Contrast]:
    """Characteristics that were poor in ten cases and good in ten, named ones first, then by how far apart they lie."""
    groups: dict[str, dict[Side, list[int]]] = {}
    for place, one in enumerate(stated):
        for name in one.poor:
            groups.setdefault(name, {"poor": [], "good": []})["poor"].append(place)
        for name in one.good:
            groups.setdefault(name, {"poor": [], "good": []})["good"].append(place)
    enough = {name: of for name, of in groups.items() if min(len(of["poor"]), len(of["good"])) >= LEAST_CASES}
    found = {}
    for name, of in enough.items():
        poor, good = ([stated[place] for place in of[side]] for side in _SIDES)
        found[name] = Contrast(name, bias(poor), bias(good))
    left = [one.difference for one in stated]
    named: list[Contrast] = []
    open_ones = [name for name, contrast in found.items() if _clear(contrast)]
    while open_ones:
        apart = {name: _apart(left, stated, enough[name], _DOUBT / len(enough)) for name in open_ones}
        furthest = max(open_ones, key=apart.__getitem__)
        if apart[furthest] <= 1:
            break
        clear = found.pop(furthest)
        named.append(replace(clear, side=_clear(clear)))
        open_ones.remove(furthest)
        _explain(left, enough[furthest])
    others = sorted(found.values(), key=lambda c: -abs((c.poor.mean or 0.0) - (c.good.mean or 0.0)))
    return named + others


def _clear(one: Contrast) -> Side | None:
    """The side that leans, the one that leans further where both do."""
    sides: dict[Side, Bias] = {"poor": one.poor, "good": one.good}
    leaning = [side for side in _SIDES if sides[side].leaning in ("lenient", "strict")]
    return max(leaning, key=lambda side: abs(sides[side].mean or 0.0), default=None)


def _apart(left: Sequence[float], stated: Sequence[Stated], of: dict[Side, list[int]], doubt: float) -> float:
    """How far the means of both sides lie apart, in half widths of the interval of their difference."""
    means, parts = [], []
    for places in of.values():
        differences = [left[place] for place in places]
        means.append(fmean(differences))
        parts.append((_variance(differences, [stated[place] for place in places]) / len(places), len(places)))
    error = sum(part for part, _ in parts)
    freedom = error**2 / sum(part**2 / (n - 1) for part, n in parts)
    return abs(means[0] - means[1]) / (_t(freedom, doubt) * math.sqrt(error))


def _explain(left: list[float], of: dict[Side, list[int]]) -> None:
    """Take from each case the mean of its side, and from the others theirs."""
    told = {place for places in of.values() for place in places}
    for places in (*of.values(), [place for place in range(len(left)) if place not in told]):
        mean = fmean(left[place] for place in places) if places else 0.0
        for place in places:
            left[place] -= mean


def _variance(differences: Sequence[float], stated: Sequence[Stated]) -> float:
    rate = (sum(one.bad for one in stated) + 2) / (len(stated) + 4)
    return max(stdev(differences) ** 2, rate * (1 - rate))


def _t(freedom: float, doubt: float) -> float:
    """The quantile of Student's t that leaves half of `doubt` above it, by its expansion about the normal one."""
    z = NormalDist().inv_cdf(1 - doubt / 2)
    first = (z**3 + z) / (4 * freedom)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return z + first + second + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
