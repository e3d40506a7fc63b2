"""A worked case: what was known then, what was decided, what happened, the lesson; and how a policy scores it."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pyarrow as pa
from pydantic import Field

from riskcore import coverage, metrics, schema, scoring, strategy
from riskcore.explanation import Explained, Line
from riskcore.policy import Characteristic, Name, Policy
from riskcore.policy.base import Frozen
from riskcore.store import Cursor, Store, by_column

FOLDER = Path(__file__).parents[2] / "data" / "training"
SPECIAL = "special"  # the value of a characteristic that is known without a number, such as no debt
AMOUNTS = (
    *("annual_sales", "credit_limit", "exposure", "past_due", "net_worth", "working_capital", "agency_limit"),
    "secured_amount",
)
_NUMBERS = (*AMOUNTS, *(name for name in coverage.AMOUNTS if name not in AMOUNTS))

Origin = Literal["invented", "team", "book"]
Amount = Annotated[float, Field(ge=0, lt=1e15)]
Days = Annotated[int, Field(ge=0, le=365)]


class Decided(Frozen):
    """What was decided at the time; terms 0 days: paid in advance. `tier` is the code of then, empty: not told."""

    limit: Amount
    terms_days: Days
    tier: str = ""
    text: Name | None = None


class Outcome(Frozen):
    """What was seen after so many months; `days_late` is the average beyond terms, None: not known.

    `bad`: over 90 days past due on a material amount, written off, or insolvent.
    """

    bad: bool
    months: Annotated[int, Field(ge=0)]
    days_late: float | None = None
    paid: Amount | None = None
    overdue: Amount | None = None
    lost: Amount | None = None
    tier: str = ""
    text: Name | None = None


class Case(Frozen):
    """A case. `facts`: values by characteristic, SPECIAL for one known without a number; `amounts`: see AMOUNTS.

    `banded`: values only stand for their interval and are shown as such. `flags`: facts of rules. Texts are None where
    the figures alone tell the case. Amounts in `currency`.
    """

    case_id: str
    origin: Origin
    currency: str
    amounts: dict[str, float]
    facts: dict[str, float | str]
    decided: Decided
    outcome: Outcome
    expired: dict[str, float | str] = Field(default_factory=dict)
    refused: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    banded: bool = False
    title: Name | None = None
    known: Name | None = None
    lesson: Name | None = None


@dataclass(frozen=True)
class View:
    """What a policy says of a case: score, tier and reasons in `explained`, and the probability that it goes bad."""

    explained: Explained
    pd_12m: float
    limit: float
    terms_days: int

    @property
    def tier(self) -> int:
        """The place of the tier, 0 the best."""
        return int(self.explained.scored["tier"])


@cache
def starters() -> tuple[Case, ...]:
    """The invented cases that come with the product."""
    found = tomllib.loads((FOLDER / "cases.toml").read_text("utf-8"))["case"]
    return tuple(Case.model_validate({"origin": "invented", **case}) for case in found)


def view(store: Store, policy: Policy, case: Case) -> View:
    """What the policy says of one case."""
    return views(store, policy, [case])[0]


def views(store: Store, policy: Policy, cases: Sequence[Case]) -> list[View]:
    """What the policy says of cases, in their order, by the very queries that score the book.

    `limit` and `terms_days` are those recommended; nothing that the case does not tell is known.
    """
    cursor = store.cursor()
    cursor.register("case_facts", _facts(cases))
    return views_of(cursor, policy, "case_facts")


def views_of(cursor: Cursor, policy: Policy, facts: str) -> list[View]:
    """What the policy says of each row of the table `facts`, a name of our own, in the order of `customer_key`."""
    limited = strategy.compile_query(policy, f"({scoring.compile_query(policy, facts)})")
    answer = cursor.execute(f"select * from ({limited}) order by customer_key")
    return [_view(policy, row) for row in by_column(answer)]


def tiers(store: Store, policy: Policy, cases: Sequence[Case]) -> list[int]:
    """The place of each case's tier, 0 the best, in their order: all that a long list needs."""
    cursor = store.cursor()
    cursor.register("case_facts", _facts(cases))
    scored = scoring.compile_query(policy, "case_facts")
    return [tier for (tier,) in cursor.execute(f"select tier from ({scored}) order by customer_key").fetchall()]


def worst_family(found: Explained) -> str | None:
    """The family that lost the largest share of its points by what was told; None where nothing was."""
    lost: dict[str, int] = {}
    most: dict[str, int] = {}
    for line in found.lines:
        if not line.is_missing:
            family = line.characteristic.family
            lost[family] = lost.get(family, 0) + line.lost
            most[family] = most.get(family, 0) + line.characteristic.max_points
    return max(lost, key=lambda family: lost[family] / most[family]) if lost else None


def good_and_poor(found: Explained) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Characteristics with at least half of their points, and with fewer; only those with a known value."""
    known = [line for line in found.lines if 0 < line.bin < schema.REFUSED_BIN]
    good = tuple(line.characteristic.id for line in known if 2 * line.points >= line.characteristic.max_points)
    return good, tuple(line.characteristic.id for line in known if line.characteristic.id not in good)


def middle(c: Characteristic, number: int) -> float | str:
    """The value that stands for a bin, 1 the worst: its category, its middle, or a point beside an open end."""
    chosen = c.bins[number - 1]
    if chosen.value is not None:
        return chosen.value
    if c.unit == "count":
        return float(chosen.lower or 0)
    if chosen.lower is not None and chosen.upper is not None:
        return (chosen.lower + chosen.upper) / 2
    edge = chosen.upper if chosen.lower is None else chosen.lower
    beside = next(b for b in c.bins if b is not chosen and edge in (b.lower, b.upper))
    width = 2.0 if beside.lower is None or beside.upper is None else beside.upper - beside.lower
    return float(edge or 0) + (-width / 2 if chosen.lower is None else width / 2)


def _view(policy: Policy, scored: Mapping[str, Any]) -> View:
    lines = tuple(
        Line(c, int(scored[f"{c.id}_bin"]), int(scored[f"{c.id}_points"]), scored[c.id], None, None, None)
        for c in policy.characteristic
    )
    rules = tuple(scoring.rules_of(policy, scored["rules"]))
    found = Explained(scored, lines, rules, {})
    recommended = found.limit["recommended"]
    treated = policy.tier[scored["tier"]].strategy
    return View(found, _pd_12m(policy, scored), float(recommended or 0), 0 if treated.prepay else treated.terms_days)


def _pd_12m(policy: Policy, scored: Mapping[str, Any]) -> float:
    """1 in default; who has no score reads as the lowest one."""
    if scored["in_default"]:
        return 1.0
    scale = policy.pd_scale
    score = policy.base_score if scored["score"] is None else scored["score"]
    return metrics.pd_12m(score, scale.anchor_score, scale.good_bad_odds, scale.points_to_double_odds)


def _facts(cases: Sequence[Case]) -> pa.Table:
    """The cases as the scoring and strategy queries read facts; `customer_key` is a case's place."""
    columns: dict[str, pa.Array] = {"customer_key": pa.array(range(len(cases)), pa.int32())}
    for field in schema.STATED:
        kind = pa.string() if field.kind == "category" else pa.float64()
        stated = [_stated(case, field.name) for case in cases]
        columns[field.name] = pa.array([value for value, _ in stated], kind)
        columns[f"{field.name}_state"] = pa.array([state for _, state in stated], pa.uint8())
    for flag in schema.FLAGS:
        columns[flag.name] = pa.array([flag.name in case.flags or None for case in cases], pa.bool_())
    for name in _NUMBERS:
        columns[name] = pa.array([case.amounts.get(name) for case in cases], pa.float64())
    return pa.table(columns)


def _stated(case: Case, name: str) -> tuple[float | str | None, int]:
    if name in case.refused:
        return None, schema.REFUSED
    for values, state in ((case.facts, schema.KNOWN), (case.expired, schema.EXPIRED)):
        if name in values:
            value = values[name]
            return (None if value == SPECIAL else value), state
    return None, schema.MISSING
