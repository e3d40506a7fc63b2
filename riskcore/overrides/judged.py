"""How often people deviate, and what became of those for whom they did, beside the kept of the same score."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from riskcore import signing
from riskcore.metrics import wilson
from riskcore.overrides.kept import Direction
from riskcore.policy import Policy
from riskcore.store import Store, sql

MONTHS = (3, 6, 12)  # after which it is looked at what became of the overridden
LEAST = 20  # cases; nothing is said of fewer
Measure = Literal["bad", "in_default", "worst", "past_due"]
MEASURES: tuple[Measure, ...] = ("bad", "in_default", "worst", "past_due")


@dataclass(frozen=True)
class Rate:
    """Customers and exposure that overrides bound now, of a direction, a reason (its code) or a person.

    `of_customers` and `of_exposure` are shares of the whole book, 0 to 1.
    """

    name: str
    customers: int
    exposure: float
    of_customers: float
    of_exposure: float


@dataclass(frozen=True)
class Rates:
    """The rates in all and by each key; `standing` compares the larger share in all with the policy's marks.

    It is None where the policy has none. A person's or reason's share is of the whole book too.
    """

    whole: Rate
    direction: tuple[Rate, ...]
    reason: tuple[Rate, ...]
    person: tuple[Rate, ...]
    standing: Literal["few", "look", "many"] | None


class _Judged:
    """Of `n` cases, how often the person was right."""

    n: int
    was_right: int

    @property
    def lacking(self) -> int:
        """How many cases are missing before anything can be said."""
        return max(0, LEAST - self.n)

    @property
    def right(self) -> tuple[float, float, float]:
        """The share in which the person was right, 0 to 1, with the ends of its 95 % interval (Wilson)."""
        return _share(self.was_right, self.n)


@dataclass(frozen=True)
class Outcome(_Judged):
    """What became of overridden customers: `n` seen since, `was_right` of whom the person was right.

    Right: lifted and not bad now, or lowered and bad now; bad: in default, or in the worst tier by score. `counts`: by
    measure. `kept_shares`: the same, 0 to 1, of the `kept` customers of the same 50 points that nobody overrode, in the
    overridden's mix; None where either side has fewer than LEAST.
    """

    name: str
    direction: Direction
    n: int
    was_right: int
    counts: dict[Measure, int]
    kept: int
    kept_shares: dict[Measure, float] | None

    def share(self, measure: Measure) -> tuple[float, float, float]:
        """The share of a measure, 0 to 1, with the ends of its 95 % interval (Wilson)."""
        return _share(self.counts[measure], self.n)


@dataclass(frozen=True)
class Outcomes:
    """Outcomes by direction, by reason (its code) and by person, each by direction too."""

    direction: tuple[Outcome, ...]
    reason: tuple[Outcome, ...]
    person: tuple[Outcome, ...]


@dataclass(frozen=True)
class Later(_Judged):
    """What the first assessment `months` or more after an override's data shows of the `n` customers it holds still.

    `bad`: in the worst tier by score then; `was_right`: lifted and not bad, or lowered and bad.
    """

    months: int
    direction: Direction
    n: int
    bad: int
    was_right: int

    @property
    def bad_share(self) -> tuple[float, float, float]:
        """The share of the bad, with the ends of its interval."""
        return _share(self.bad, self.n)


def rates(store: Store, policy: Policy, today: date | None = None) -> Rates:
    """The share of the newest assessment's customers and exposure that overrides bound now."""
    question = sql("override_rates").replace("override_standing", sql("override_standing"))
    found = store.rows(question, today=today or date.today(), person=_persons(store))
    row = store.one("select count(*), coalesce(sum(exposure), 0)::double from listing")
    customers, exposure = row or (0, 0.0)

    def of(kind: str) -> tuple[Rate, ...]:
        return tuple(
            Rate(name, n, amount, n / customers if customers else 0.0, amount / exposure if exposure > 0 else 0.0)
            for is_kind, name, n, amount in found
            if is_kind == kind
        )

    whole = next(iter(of("all")), Rate("", 0, 0.0, 0.0, 0.0))
    return Rates(whole, of("direction"), of("reason"), of("person"), _standing(policy, whole))


def outcomes(store: Store, policy: Policy, today: date | None = None) -> Outcomes:
    """What the newest assessment shows of those overridden on earlier data; tiers of scores are those of `policy`."""
    assessed = store.one("select as_of from assessment order by assessment_id desc limit 1")
    if assessed is None:
        return Outcomes((), (), ())
    question = sql("override_outcomes").replace("override_standing", sql("override_standing"))
    values = {
        "today": today or date.today(),
        "as_of": assessed[0],
        "worst": len(policy.thresholds),
        "person": _persons(store),
    }
    rows = store.ask(question, starts=list(policy.thresholds), **values).to_dict("records")
    return Outcomes(*(tuple(_outcome(r) for r in rows if r["kind"] == k) for k in ("direction", "reason", "person")))


def later(store: Store, policy: Policy, today: date | None = None) -> tuple[Later, ...]:
    """What became of the overridden after each of MONTHS, by direction; tiers of scores are those of `policy`.

    Only overrides that have an assessment of a day so much later: there is no row where none has.
    """
    question = sql("override_later").replace("override_standing", sql("override_standing"))
    values = {"today": today or date.today(), "worst": len(policy.thresholds), "months": list(MONTHS)}
    rows = store.rows(question, starts=list(policy.thresholds), **values)
    return tuple(Later(months, direction, n, bad, right) for direction, months, n, bad, right in rows)


def _persons(store: Store) -> dict[str, list[str]]:
    return signing.persons(store.rows("select distinct asked_by from override"))


def _outcome(row: dict[Any, Any]) -> Outcome:
    can_compare = min(row["n"], row["kept"]) >= LEAST
    return Outcome(
        name=row["name"],
        direction=row["direction"],
        n=int(row["n"]),
        was_right=int(row["was_right"]),
        counts={measure: int(row[measure]) for measure in MEASURES},
        kept=int(row["kept"]),
        kept_shares={m: float(row[f"kept_{m}"]) for m in MEASURES} if can_compare else None,
    )


def _share(hits: int, of: int) -> tuple[float, float, float]:
    return (hits / of if of else 0.0, *wilson(hits, of))


def _standing(policy: Policy, whole: Rate) -> Literal["few", "look", "many"] | None:
    if policy.override is None:
        return None
    most = 100 * max(whole.of_customers, whole.of_exposure)
    return "many" if most > policy.override.most_pct else "look" if most >= policy.override.audit_pct else "few"
