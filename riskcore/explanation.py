"""One customer explained: every point with its value, date and source, and the rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from riskcore import features, overrides, schema, scoring, settings, strategy
from riskcore.features import live
from riskcore.overrides import Override
from riskcore.policy import Characteristic, Policy, Rule
from riskcore.store import Cursor, Store, by_column, sql


@dataclass(frozen=True)
class Place:
    """Where a value stands: the import's file and sheet, its first line on this customer, and how many there are.

    What was entered by hand (`kind` is BY_HAND) has no file: `taken_by` entered it.
    """

    import_id: int
    kind: str
    file_name: str
    sheet: str
    taken_by: str
    line: int
    lines: int


@dataclass(frozen=True)
class Remark:
    """What a person said of a value last: where it comes from, and whether it is disputed."""

    import_id: int
    source: str
    disputed: bool


BY_HAND = "by_hand"
LEDGERS = ("open_items", "invoices", "payments")  # kinds of import that invoices come from


@dataclass(frozen=True)
class Line:
    """What one characteristic earned, and from what; `bin` is the stored code.

    `place` is None where the policy's tables gave the value, or nothing did.
    """

    characteristic: Characteristic
    bin: int
    points: int
    value: float | str | None
    known_on: date | None
    place: Place | None
    remark: Remark | None

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
    """A customer's facts, score and limit on a date; `scored` is the row of the strategy query.

    `places`: of all imports that tell of the customer, by their number. `override`: a person's that counts on the day.
    """

    scored: Mapping[str, Any]
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]
    places: Mapping[int, Place]
    override: Override | None = None

    @property
    def override_place(self) -> int | None:
        """The place of the tier that a person names; None where nobody does, or the policy has no such tier."""
        down, up = self.scored["override_best"], self.scored["override_worst"]
        return int(up if down is None else down) if (down, up) != (None, None) else None

    @property
    def wished_tier(self) -> int:
        """The tier of the score as a person bounds it, before any rule."""
        down, up = self.scored["override_best"], self.scored["override_worst"]
        lowered = max(self.scored["score_tier"], down or 0)
        return int(lowered if up is None else min(lowered, up))

    @property
    def held_by(self) -> tuple[Rule, ...]:
        """The rules that can hold a tier, where the tier in force is worse than score and person would have it."""
        held = self.scored["tier"] > self.wished_tier
        return tuple(r for r in self.rules if any(c.best_tier for c in r.case)) if held else ()

    @property
    def limit(self) -> dict[str, Any]:
        """The recommended limit and what it follows from, as a row of `limits.of_customer` without a decision."""
        recommended, today = self.scored["tier_limit"][self.scored["tier"]], self.scored["credit_limit"]
        difference = None if recommended is None or today is None else recommended - today
        return {**self.scored, "recommended": recommended, "difference": difference, "choice": None}

    def reasons(self, most: int = 4) -> list[Line]:
        """The largest losses of points among what was supplied, refused or expired; ties in the policy's order."""
        told = [line for line in self.lines if not line.is_missing and line.lost > 0]
        return sorted(told, key=lambda line: -line.lost)[:most]


def prepare_one(cursor: Cursor, policy: Policy, as_of: date, customer_key: int, known_by: date | None = None) -> None:
    """Make the temporary tables `facts` and `scored` (with limits) on the cursor, with this customer alone."""
    keys = (customer_key, customer_key)
    features.prepare(cursor, policy, as_of, settings.own_annual_sales(cursor), keys, known_by)
    limited = strategy.compile_query(policy, f"({scoring.compile_query(policy)})")
    cursor.execute(f"create or replace temp table scored as {limited}")


def explain(
    store: Store, policy: Policy, as_of: date, customer_key: int, known_by: date | None = None
) -> Explained | None:
    """The customer as of a date under a policy; None where the book does not hold it.

    `known_by`: only from what had been taken in by then.
    """
    return explained(store.cursor(), policy, as_of, customer_key, known_by)


def explained(
    cursor: Cursor, policy: Policy, as_of: date, customer_key: int, known_by: date | None = None
) -> Explained | None:
    """The same on a cursor of the caller's, whose tables may be views of more than the book holds."""
    prepare_one(cursor, policy, as_of, customer_key, known_by)
    answer = cursor.execute("select scored.*, customer.customer_id from scored join customer using (customer_key)")
    scored = next(iter(by_column(answer)), None)
    if scored is None:
        return None
    one = {"customer": customer_key}
    places = {row[0]: Place(*row) for row in cursor.execute(sql("value_places"), one).fetchall()}
    live.prepare(cursor, known_by)
    remarks = {field: Remark(**said) for field, said in cursor.execute(sql("remarks"), one).fetchall()}
    lines = tuple(_line(c, scored, places, remarks) for c in policy.characteristic)
    rules = tuple(scoring.rules_of(policy, scored["rules"]))
    number = scored["override_id"]
    return Explained(scored, lines, rules, places, None if number is None else overrides.get(cursor, number))


def _line(
    c: Characteristic, scored: Mapping[str, Any], places: Mapping[int, Place], remarks: Mapping[str, Remark]
) -> Line:
    source, remark = scored[f"{c.id}_import"], remarks.get(c.id)
    # What came into the book after a remark is another value.
    holds = remark is not None and source is not None and remark.import_id >= source
    return Line(
        characteristic=c,
        bin=int(scored[f"{c.id}_bin"]),
        points=int(scored[f"{c.id}_points"]),
        value=scored[c.id],
        known_on=scored[f"{c.id}_date"],
        place=places.get(source),
        remark=remark if holds else None,
    )
