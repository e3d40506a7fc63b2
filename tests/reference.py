"""The scorecard worked by hand: one customer at a time, plain integers, straight from the card's CSV.

It shares nothing with the program but the file `golden/scorecard_default.csv`, so that the program's query
can be held against it. A value is a number, a category, "refused", `Expired(value)` (too old or withdrawn),
or missing (None, NaN, an infinity, an unknown category, a number that no bin holds).
"""

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeGuard

GOLDEN = Path(__file__).parent / "golden"
REFUSED = "refused"
BASE = 300
TIERS = "ABC"
FROM = (700, 600)  # lowest score of each tier but the worst, best first
STATEMENT_RATIOS = {"F1", "F2", "F3", "F4", "F5", "F6", "F7"}
OWN_PAYMENTS = {"P1", "P2", "P3", "P4"}

Values = Mapping[str, object]
Mode = Literal["table", "reallocate", "zero"]
External = Literal["fill", "prefer", "compare", "ignore"]
ScoreState = Literal["known", "expired"]


@dataclass(frozen=True)
class Expired:
    """A value that was known once: too old, or withdrawn."""

    value: object


@dataclass(frozen=True)
class Bin:
    """One line of the card; `holds` tells whether a present value belongs to it."""

    points: int
    holds: Callable[[object], bool]


@dataclass(frozen=True)
class Characteristic:
    """What one fact may earn: its bins, worst to best, and the points of silence and refusal."""

    code: str
    family: str
    bins: tuple[Bin, ...]
    max_points: int
    missing_points: int
    refused_points: int

    def points_of(self, value: object) -> int | None:
        """Points of a present value; None where it counts as missing."""
        return next((b.points for b in self.bins if b.holds(value)), None)


@cache
def card() -> dict[str, Characteristic]:
    """The characteristics by id, in the card's order."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv_rows("scorecard_default.csv"):
        rows.setdefault(row["id"], []).append(row)
    return {
        name: Characteristic(
            lines[0]["code"],
            lines[0]["family"],
            tuple(Bin(int(line["points"]), _holds(line)) for line in lines),
            int(lines[0]["max_points"]),
            int(lines[0]["missing_points"]),
            int(lines[0]["refused_points"]),
        )
        for name, lines in rows.items()
    }


def csv_rows(name: str) -> list[dict[str, str]]:
    """The rows of a file in the golden folder, every cell as text."""
    with (GOLDEN / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def score_customer(
    values: Values,
    *,
    mode: Mode = "table",
    expired_points: Mapping[str, int] | None = None,
    credit_score: int | None = None,
    credit_score_state: ScoreState = "known",
    external: External = "fill",
) -> dict[str, Any]:
    """Points, score and coverage of one customer.

    `expired_points` gives the bin points of expired values known by these alone. The answer's keys: `points`
    (by characteristic id; in a filled customer a missing one earns 0), `external_points`, `score` (300-850),
    `known_points` (of 550, expired ones not counted), `families` (points by family), `filled`.
    """
    states = {name: _state(name, values.get(name), expired_points or {}) for name in card()}
    in_share = {"known", "expired"}
    most = sum(c.max_points for c in card().values())
    k = sum(c.max_points for name, c in card().items() if states[name][0] in in_share)
    e = sum(_earned(name, *states[name], mode) for name in card() if states[name][0] in in_share)
    share = (5 * e + 2 * (most - k), 5 * most)  # the customer's own share of points, as a fraction
    x = _on_scale(credit_score, credit_score_state)
    unknown = sum(c.max_points for name, c in card().items() if states[name][0] == "missing")
    filled = external == "fill" and x is not None and unknown > 0
    points = {
        name: 0 if filled and states[name][0] == "missing" else _earned(name, *states[name], mode, share)
        for name in card()
    }
    external_points = half_up(unknown * (x - BASE), most) if filled and x is not None else 0
    score = BASE + sum(points.values()) + external_points
    families: dict[str, int] = {}
    for name, c in card().items():
        families[c.family] = families.get(c.family, 0) + points[name]
    return {
        "points": points,
        "external_points": external_points,
        "score": x if external == "prefer" and x is not None else score,
        "known_points": sum(c.max_points for name, c in card().items() if states[name][0] == "known"),
        "families": families,
        "filled": filled,
    }


def rules_reference(
    values: Values,
    *,
    filled: bool = False,
    net_worth: float | None = None,
    secured_amount: float | None = None,
    exposure: float | None = None,
    statement_required_above: float = 0,
) -> list[tuple[str, str]]:
    """The rules K7, S1, S2, S5 and S8 that fire, each with the best tier it allows, in the policy's order.

    Counts of what is known go by currently known values; tests on a value by the last one, known or expired.
    `filled`: an external score stands for what was never supplied. Amounts in the book's currency; where the
    exposure is unknown, statements are required.
    """
    known = {name for name in card() if _state(name, values.get(name), {})[0] == "known"}
    codes = {card()[name].code for name in known}
    coverage = (sum(card()[name].max_points for name in known), sum(c.max_points for c in card().values()))
    months = _last_number(values, "months_trading")
    fired: list[tuple[str, str]] = []
    liabilities_pct = _last_number(values, "liabilities_to_assets_pct")
    negative_equity = _above(0, net_worth) or _above(liabilities_pct, 100)
    if negative_equity and not _above(secured_amount, 0):
        fired.append(("K7", "C"))
    if _above(6, months) or (not filled and "P8" not in codes and not codes & OWN_PAYMENTS):
        fired.append(("S1", "B"))
    if not filled and 10 * coverage[0] < 5 * coverage[1]:
        fired.append(("S2", "C" if 10 * coverage[0] < 3 * coverage[1] else "B"))
    asked = exposure is None or exposure >= statement_required_above
    poor = _last(values, "statement_quality") in ("none", "old_or_tax")
    if not filled and asked and (poor or not codes & STATEMENT_RATIOS):
        fired.append(("S5", "B"))
    if _above(_last_number(values, "days_beyond_terms_12m"), 30):
        fired.append(("S8", "B"))
    return fired


def disagrees(score: int, external_grade: str | None, z_double_prime: float | None) -> bool:
    """Rule S6: Z'' in Altman's zone of distress, or the external grade at least two grades below ours."""
    ours = 1 + sum(score < start for start in (800, 750, 700, 650, 600, 550))
    best = {"N1": 1, "N2": 2, "N3": 3, "N4": 5, "N5": 7}
    far = external_grade is not None and best[external_grade] - ours >= 2
    return far or (z_double_prime is not None and z_double_prime < 1.1)


def tier_of(score: int, lowest: tuple[int, ...] = FROM) -> str:
    """The tier of a score, given the lowest score of each tier but the worst, best first."""
    return next((TIERS[i] for i, start in enumerate(lowest) if score >= start), TIERS[len(lowest)])


def clamp(tier: str, best: str = TIERS[0], worst: str = TIERS[-1]) -> str:
    """The tier held between two bounds; where they contradict each other `best`, the rules' bound, wins."""
    return max(min(tier, worst), best)


def best_allowed(fired: list[tuple[str, str]]) -> str:
    """The best tier that all the fired rules allow."""
    return max((tier for _, tier in fired), default=TIERS[0])


def pd_12m(score: int) -> float:
    """Probability of default within a year: 600 is odds of 19 to 1, every 50 points double them."""
    return 1 / (1 + 19 * 2 ** ((score - 600) / 50))


def half_up(numerator: int, denominator: int) -> int:
    """The quotient of two whole numbers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def _holds(line: Mapping[str, str]) -> Callable[[object], bool]:
    if line["value"]:
        return lambda value: str(value) == line["value"]
    lower = float(line["lower"] or "-inf")
    upper = float(line["upper"] or "inf")
    best_coverage = line["id"] == "interest_coverage" and line["points"] == line["max_points"]

    def inside(value: object) -> bool:
        if value == "no_debt":
            return best_coverage
        if not _is_number(value):
            return False
        return lower <= value < upper if line["closed"] == "left" else lower < value <= upper

    return inside


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and math.isfinite(value)


def _state(name: str, value: object, expired_points: Mapping[str, int]) -> tuple[str, int]:
    """What is known of a characteristic, and the points of its bin (0 where it has none)."""
    if name in expired_points:
        return "expired", expired_points[name]
    if value == REFUSED:
        return REFUSED, 0
    points = card()[name].points_of(value.value if isinstance(value, Expired) else value)
    if points is None:
        return "missing", 0
    return ("expired" if isinstance(value, Expired) else "known"), points


def _earned(name: str, state: str, points: int, mode: Mode, share: tuple[int, int] = (0, 1)) -> int:
    c = card()[name]
    if state == "known":
        return points
    if mode == "zero":
        return 0
    if state == "expired":
        return min(points, c.missing_points)
    own = half_up(c.max_points * share[0], share[1])
    if state == REFUSED:
        return min(c.refused_points, own)
    return own if mode == "reallocate" else min(c.missing_points, own)


def _on_scale(credit_score: int | None, state: ScoreState) -> int | None:
    if credit_score is None or not math.isfinite(credit_score):
        return None
    return min(credit_score, 520) if state == "expired" else credit_score


def _last(values: Values, name: str) -> object:
    value = values.get(name)
    return value.value if isinstance(value, Expired) else value


def _last_number(values: Values, name: str) -> float | None:
    value = _last(values, name)
    return value if _is_number(value) else None


def _above(high: float | None, low: float | None) -> bool:
    """Whether the first number is larger than the second; an unknown one is not."""
    return high is not None and low is not None and math.isfinite(high) and math.isfinite(low) and high > low
