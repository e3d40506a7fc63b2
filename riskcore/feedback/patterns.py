"""What repeats in opinions and overrides: by tier, characteristic and segment, in one direction.

Where opinions fall either way by chance, fewer than 4 of 100 groups make a pattern in a given direction under the
default policy, because the lower end of the share's interval must lie above one half.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, cast

import pandas as pd

from riskcore import metrics, signing
from riskcore import policy as policies
from riskcore.policy import Characteristic, Policy
from riskcore.policy.feedback import Feedback
from riskcore.store import Store, sql

Kind = Literal["tier", "characteristic", "industry", "region", "salesperson"]
Direction = Literal["too_high", "too_low"]

_POLICIES = """
select policy_hash, source
from policy
where policy_hash in (
  select policy_hash from feedback union select policy_hash from override join assessment using (assessment_id)
)
"""


@dataclass(frozen=True)
class Pattern:
    """Opinions in one direction on one thing, whether or not they are enough to be a pattern.

    `customers`: keys; `opinions` of `of_all` on the same thing point this way. `reasons`: codes of the overrides among
    them. `bins`: stored codes that the characteristic had, one for each opinion.
    """

    kind: Kind
    value: str
    direction: Direction
    customers: tuple[int, ...]
    people: int
    opinions: int
    of_all: int
    reasons: tuple[str, ...]
    bins: tuple[int, ...]

    @property
    def key(self) -> str:
        """What tells it from other patterns."""
        return f"{self.kind}:{self.value}:{self.direction}"

    @property
    def share(self) -> float:
        """The share of all opinions on the same thing, 0 to 1."""
        return self.opinions / self.of_all

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share (Wilson)."""
        return metrics.wilson(self.opinions, self.of_all)

    def repeats(self, enough: Feedback) -> bool:
        """Whether it is a pattern under the policy's numbers."""
        return (
            len(self.customers) >= enough.customers
            and self.people >= enough.people
            and 100 * self.share >= enough.share_pct
            and 100 * self.interval[0] >= enough.surely_over_pct
        )


def of_key(key: str) -> Pattern:
    """The pattern of a key, without any opinions."""
    kind, rest = key.split(":", 1)
    value, direction = rest.rsplit(":", 1)
    return _pattern(cast(Kind, kind), value, cast(Direction, direction), [], 0, 0, 0, None, None)


def gathered(store: Store, policy: Policy) -> list[Pattern]:
    """What people say of scores, gathered; the surest share first, then by customers.

    Only opinions on scores whose card and thresholds are those of `policy` count, or whose bins and points are, for a
    characteristic alone: others were answered by a change, or speak of another scale.
    """
    hashes, pairs = [], []
    for policy_hash, source in store.rows(_POLICIES):
        then = _read(source)
        if _lines(then) == _lines(policy) and _card(then) == _card(policy):
            hashes.append(policy_hash)
        alike = {c.id for c in then.characteristic} & {c.id for c in policy.characteristic}
        pairs += [
            (policy_hash, name)
            for name in sorted(alike)
            if _points(then.known_characteristic(name)) == _points(policy.known_characteristic(name))
        ]
    rows = store.rows(
        _of_given("feedback_gathered"),
        hashes=hashes,
        pair_hashes=[policy_hash for policy_hash, _ in pairs],
        pair_names=[name for _, name in pairs],
        person=_persons(store),
    )
    found = [_pattern(*row) for row in rows]
    return sorted(found, key=lambda p: (-p.interval[0], -len(p.customers), p.key))


def named(store: Store, pattern: Pattern, most: int = 25) -> pd.DataFrame:
    """What was said, largest exposure first: `customer_key, customer_name, score, tier` of now, `said_by, because`."""
    return store.ask(
        _of_given("feedback_named"),
        direction=pattern.direction,
        keys=list(pattern.customers),
        characteristic=pattern.value if pattern.kind == "characteristic" else None,
        most=most,
        person=_persons(store),
    )


def _persons(store: Store) -> dict[str, list[str]]:
    return signing.persons(store.rows(f"select distinct said_by from ({sql('feedback_given')})"))


def _of_given(name: str) -> str:
    return sql(name).replace("feedback_given", sql("feedback_given"))


def _pattern(kind: Kind, value: str, direction: Direction, customers: list[int], *rest: Any) -> Pattern:
    people, opinions, of_all, reasons, bins = rest
    return Pattern(
        kind, value, direction, tuple(customers), people, opinions, of_all, tuple(reasons or ()), tuple(bins or ())
    )


@lru_cache(maxsize=64)
def _read(source: str) -> Policy:
    return policies.from_canonical(source)


def _lines(policy: Policy) -> object:
    return policy.base_score, [(tier.code, tier.min_score) for tier in policy.tier]


def _card(policy: Policy) -> object:
    return [(c.id, _points(c)) for c in policy.characteristic]


def _points(c: Characteristic) -> object:
    return c.bins, c.closed, c.missing_points, c.refused_points
