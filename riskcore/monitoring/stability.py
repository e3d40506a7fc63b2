"""Drift of a book against an earlier one: the population stability index (PSI) of the score and of each characteristic.

PSI = sum (now - base) x ln(now / base) over the shares of the cells: below 0.10 stable, from 0.25 on changed. Each cell
counts one customer more than it holds (Laplace), so that an empty one has a share too. Without any change PSI is about
(1 / customers then + 1 / customers now) x a chi-squared variable with one degree less than there are cells (Yurdakul
and Naranjo, Statistical properties of the population stability index, 2020): what chance alone may give is held against
the finding, so that small books raise no false alarm.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist
from typing import Literal

from riskcore import schema, scoring
from riskcore.monitoring.applied import policy_of
from riskcore.policy import Policy
from riskcore.store import Store

LOOK, CHANGED = 0.10, 0.25  # PSI from which on a shift is worth a look, and from which on the book has changed
LOOK_POINTS, CHANGED_POINTS = 1.0, 5.0  # the same for a missing share, in points of per cent
SMALL_CUSTOMERS, SMALL_SHARE = 30, 0.05  # a cell with less than both is small
BAND_POINTS = 50  # width of a band of the score
CHANCE = 0.001  # how often chance alone may go beyond what is put down to it

# unclear: the figure is beyond the line, but a book so small gives that by chance too.
Band = Literal["stable", "unclear", "look", "changed"]
# A bin's place, the lowest score of a band, or what is not in either.
Where = int | Literal["missing", "refused", "expired", "not_scored"]


@dataclass(frozen=True)
class Cell:
    """Customers then and now; `small`: on one of the dates fewer than 30 and under 5 % of all."""

    where: Where
    was: int
    now: int
    small: bool


@dataclass(frozen=True)
class Missing:
    """The share of customers without a value, in per cent, then and now.

    `low` to `high` is the interval of the change in points of per cent (Newcombe's, of two proportions); `band` goes by
    its end nearer to 0.
    """

    was_pct: float
    now_pct: float
    low: float
    high: float
    band: Band


@dataclass(frozen=True)
class Drift:
    """The drift of the score (`characteristic` is None) or of one characteristic.

    `psi` is None where nothing can be compared: other bins, or no customers. `by_chance` is the PSI that a book of this
    size shows once in a thousand times without any change.
    """

    characteristic: str | None
    comparable: bool
    cells: tuple[Cell, ...] = ()
    psi: float | None = None
    by_chance: float | None = None
    band: Band | None = None
    missing: Missing | None = None

    @property
    def small(self) -> tuple[Where, ...]:
        """The cells too small for their share to be relied on."""
        return tuple(cell.where for cell in self.cells if cell.small)


@dataclass(frozen=True)
class Drifts:
    """The drift of a whole book; `same_scorecard` is False where scores come about in another way than then."""

    same_scorecard: bool
    score: Drift
    characteristics: tuple[Drift, ...]


def drift(store: Store, base_id: int, now_id: int) -> Drifts:
    """The drift of one assessment's book against that of another one, the base.

    Scores are in bands of 50 points; missing, refused, expired and not scored are cells of their own. A characteristic
    that only one of the policies has, or that has other bins, is not comparable; its missing share is, where both have
    it. AskedWrong where there is no such assessment.
    """
    base, now = policy_of(store, base_id), policy_of(store, now_id)
    scores = [_scores(store, number, policy.top_score) for number, policy in ((base_id, base), (now_id, now))]
    bins = [_bins(store, number) for number in (base_id, now_id)]
    names = dict.fromkeys(c.id for policy in (now, base) for c in policy.characteristic)
    return Drifts(
        same_scorecard=_scorecard(base) == _scorecard(now),
        score=compare(None, scores[0], scores[1]),
        characteristics=tuple(_drift(name, base, now, bins[0].get(name, {}), bins[1].get(name, {})) for name in names),
    )


def compare(characteristic: str | None, was: Mapping[Where, int], now: Mapping[Where, int]) -> Drift:
    """The PSI of two counts of customers by cell, and the drift of the share missing."""
    totals = sum(was.values()), sum(now.values())
    if not all(totals):
        return Drift(characteristic, comparable=True)
    places = sorted({*was, *now}, key=lambda where: (isinstance(where, str), str(where).zfill(9)))
    cells = tuple(_cell(where, was.get(where, 0), now.get(where, 0), totals) for where in places)
    shares = [
        [(count + 1) / (total + len(cells)) for count in counts]
        for counts, total in zip(([c.was for c in cells], [c.now for c in cells]), totals, strict=True)
    ]
    psi = sum((a - e) * log(a / e) for e, a in zip(*shares, strict=True))
    by_chance = (1 / totals[0] + 1 / totals[1]) * _chi_squared(len(cells) - 1)
    band: Band = "stable" if psi < LOOK else "unclear" if psi <= by_chance else "look" if psi < CHANGED else "changed"
    missing = None if characteristic is None else _missing(was, now, totals)
    return Drift(characteristic, True, cells, psi, by_chance, band, missing)


def _drift(name: str, base: Policy, now: Policy, was: Mapping[Where, int], is_now: Mapping[Where, int]) -> Drift:
    cards = [{c.id: c for c in policy.characteristic}.get(name) for policy in (base, now)]
    found = compare(name, was, is_now)
    if cards[0] and cards[1] and scoring.bins_of(cards[0]) == scoring.bins_of(cards[1]):
        return found
    return Drift(name, comparable=False, missing=found.missing)


def _scorecard(policy: Policy) -> object:
    """All of a policy that a score follows from."""
    cards = [(c.id, scoring.bins_of(c), [b.points for b in c.bins]) for c in policy.characteristic]
    silence = [(c.missing_points, c.refused_points, c.valid_months, c.required) for c in policy.characteristic]
    return cards, silence, policy.base_score, policy.missing_mode, policy.prior_share_pct, policy.external_score


def _scores(store: Store, assessment_id: int, top: int) -> dict[Where, int]:
    whole_book = "assessment_id = $assessment and dimension = ''"
    question = f"select score, sum(customers)::bigint from cube where {whole_book} group by score"
    counts: dict[Where, int] = {}
    for score, customers in store.rows(question, assessment=assessment_id):
        # The top score closes the last band rather than opening one of its own.
        where: Where = "not_scored" if score is None else min(score, top - 1) // BAND_POINTS * BAND_POINTS
        counts[where] = counts.get(where, 0) + customers
    return counts


def _bins(store: Store, assessment_id: int) -> dict[str, dict[Where, int]]:
    question = "select characteristic, bin, customers from bin_count where assessment_id = $assessment"
    counts: dict[str, dict[Where, int]] = {}
    for name, code, customers in store.rows(question, assessment=assessment_id):
        cells = counts.setdefault(name, {})
        where: Where = "missing" if code == 0 else "refused" if code == schema.REFUSED_BIN else code
        where = "expired" if code > schema.EXPIRED_BINS else where
        cells[where] = cells.get(where, 0) + customers
    return counts


def _cell(where: Where, was: int, now: int, totals: tuple[int, int]) -> Cell:
    small = any(n < SMALL_CUSTOMERS and n < SMALL_SHARE * of for n, of in zip((was, now), totals, strict=True))
    return Cell(where, was, now, small)


def _chi_squared(freedom: int) -> float:
    """What a chi-squared variable goes beyond with the probability CHANCE (Wilson and Hilferty's approximation)."""
    if freedom == 0:
        return 0.0
    part = 2 / (9 * freedom)
    return freedom * (1 - part + NormalDist().inv_cdf(1 - CHANCE) * sqrt(part)) ** 3


def _missing(was: Mapping[Where, int], now: Mapping[Where, int], totals: tuple[int, int]) -> Missing:
    counts = was.get("missing", 0), now.get("missing", 0)
    shares = [count / total for count, total in zip(counts, totals, strict=True)]
    (low_was, high_was), (low_now, high_now) = (_wilson(p, n) for p, n in zip(shares, totals, strict=True))
    change = shares[1] - shares[0]
    low = 100 * (change - sqrt((shares[1] - low_now) ** 2 + (high_was - shares[0]) ** 2))
    high = 100 * (change + sqrt((high_now - shares[1]) ** 2 + (shares[0] - low_was) ** 2))
    certain = max(low, -high, 0.0)
    band: Band = "stable" if certain < LOOK_POINTS else "look" if certain < CHANGED_POINTS else "changed"
    return Missing(100 * shares[0], 100 * shares[1], low, high, band)


def _wilson(share: float, customers: int) -> tuple[float, float]:
    """The interval of a share of so many customers, by Wilson's score."""
    z = NormalDist().inv_cdf(1 - CHANCE / 2)
    middle = share + z * z / (2 * customers)
    width = z * sqrt(share * (1 - share) / customers + z * z / (4 * customers * customers))
    return (middle - width) / (1 + z * z / customers), (middle + width) / (1 + z * z / customers)
