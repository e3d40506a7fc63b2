"""One customer explained: every point with its value, date and source, the rules, and the score's history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from riskcore import features, schema, scoring, settings
from riskcore.policy import Characteristic, Policy, Rule
from riskcore.store import Cursor, Store


@dataclass(frozen=True)
class Line:
    """What one characteristic earned, and from what; `bin` is the stored code, `source` the import's file."""

    characteristic: Characteristic
    bin: int
    points: int
    value: float | str | None
    known_on: date | None
    source: str | None

    @property
    def lost(self) -> int:
        """Points short of the maximum."""
        return self.characteristic.max_points - self.points

    @property
    def is_missing(self) -> bool:
        """Whether nothing was ever supplied."""
        return self.bin == 0

    @property
    def is_refused(self) -> bool:
        """Whether the customer refused to tell."""
        return self.bin == schema.REFUSED_BIN

    @property
    def is_expired(self) -> bool:
        """Whether the value is too old, or was withdrawn."""
        return self.bin > schema.EXPIRED_BINS


@dataclass(frozen=True)
class Explained:
    """A customer's facts and score as one assessment saw them; `scored` is the row of the scoring query."""

    scored: Mapping[str, Any]
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]
    history: pd.DataFrame

    @property
    def held_by(self) -> tuple[Rule, ...]:
        """The rules that can hold a tier, where the tier in force is worse than that of the score."""
        held = self.scored["tier"] > self.scored["score_tier"]
        return tuple(r for r in self.rules if any(c.best_tier for c in r.case)) if held else ()

    def reasons(self, most: int = 4) -> list[Line]:
        """The largest losses of points among what was supplied, refused or expired; ties in the policy's order."""
        told = [line for line in self.lines if not line.is_missing and line.lost > 0]
        return sorted(told, key=lambda line: -line.lost)[:most]


def prepare_one(cursor: Cursor, policy: Policy, as_of: date, customer_key: int) -> None:
    """Make the temporary tables `facts` and `scored` on the cursor, with this customer alone."""
    features.prepare(cursor, policy, as_of, settings.own_annual_sales(cursor), (customer_key, customer_key))
    cursor.execute(f"create or replace temp table scored as {scoring.compile_query(policy)}")


def explain(store: Store, policy: Policy, as_of: date, customer_key: int) -> Explained | None:
    """The customer as of a date under a policy; None where the book does not hold it."""
    cursor = store.cursor()
    prepare_one(cursor, policy, as_of, customer_key)
    answer = cursor.execute("select scored.*, customer.customer_id from scored join customer using (customer_key)")
    names = [column[0] for column in answer.description]
    row = answer.fetchone()
    if row is None:
        return None
    scored = dict(zip(names, row, strict=True))
    files = dict(store.rows("select import_id, file_name from import"))
    lines = tuple(_line(c, scored, files) for c in policy.characteristic)
    rules = tuple(scoring.rules_of(policy, scored["rules"]))
    return Explained(scored, lines, rules, store.ask("customer_history", customer=customer_key))


def _line(c: Characteristic, scored: Mapping[str, Any], files: Mapping[int, str]) -> Line:
    return Line(
        characteristic=c,
        bin=int(scored[f"{c.id}_bin"]),
        points=int(scored[f"{c.id}_points"]),
        value=scored[c.id],
        known_on=scored[f"{c.id}_date"],
        source=files.get(scored[f"{c.id}_import"]),
    )
