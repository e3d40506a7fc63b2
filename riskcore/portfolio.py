"""What is asked of the scored customers as a whole: the mix of tiers, movers, lists, concentration, coverage.

Thresholds are the lowest scores of all tiers but the worst, best first; tiers are places, 0 the best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import pandas as pd

from riskcore import scoring, versions
from riskcore.policy import Policy
from riskcore.store import Store, paging, sql

Direction = Literal["all", "better", "worse"]
Order = Literal["exposure", "past_due", "score_low", "score_high", "name"]

# Where a list stands still for equal values: the position, that is the larger exposure first.
_ORDERS: dict[Order, str] = {
    "exposure": "position",
    "past_due": "past_due desc nulls last, position",
    "score_low": "score nulls first, position",
    "score_high": "score desc nulls last, position",
    "name": "customer_name, position",
}
_MOST_THRESHOLDS = 6
_ASSUMED = ("anchor", "odds", "doubling", "lowest", "margin", "lgd", "cost", "kept", "terms", "prepaid")


@dataclass(frozen=True)
class Assessed:
    """An assessment and the policy that it applied."""

    assessment_id: int
    as_of: date
    customers: int
    created_at: datetime
    policy: Policy
    version: int
    draft: bool
    known_by: date | None  # only from what had been taken in by then; None: from all that counted


def newest(store: Store) -> Assessed | None:
    """The last assessment; None where the book is empty."""
    return _assessed(store, 0)


def earlier(store: Store, than: Assessed) -> Assessed | None:
    """The last assessment of an earlier date than this one's."""
    row = store.one(
        "select assessment_id, as_of, customers, created_at, policy_hash, known_by from assessment "
        "where as_of < $day order by assessment_id desc limit 1",
        day=than.as_of,
    )
    return _made(store, row)


def assessments(store: Store) -> list[Assessed]:
    """All assessments of the book, the latest date first, of one date the last made first."""
    rows = store.rows(
        "select assessment_id, as_of, customers, created_at, policy_hash, known_by from assessment "
        "order by as_of desc, assessment_id desc"
    )
    policies = {policy_hash: versions.kept(store, policy_hash) for policy_hash in {row[4] for row in rows}}
    return [Assessed(row[0], row[1], row[2], row[3], *policies[row[4]], row[5]) for row in rows]


def _assessed(store: Store, back: int) -> Assessed | None:
    row = store.one(
        "select assessment_id, as_of, customers, created_at, policy_hash, known_by from assessment "
        "order by assessment_id desc limit 1 offset $back",
        back=back,
    )
    return _made(store, row)


def _made(store: Store, row: tuple[Any, ...] | None) -> Assessed | None:
    if row is None:
        return None
    return Assessed(row[0], row[1], row[2], row[3], *versions.kept(store, row[4]), row[5])


def cube(store: Store, assessment_id: int, dimension: str = "") -> dict[str, Any]:
    """The cube's cells as columns; `dimension` is empty for the whole book, else one of schema.SEGMENTS."""
    return store.columns("cube", assessment=assessment_id, dimension=dimension)


def mix(store: Store, assessment_id: int, thresholds: Sequence[int], dimension: str = "") -> pd.DataFrame:
    """Customers by segment and tier under thresholds: `customers, with_exposure, exposure, past_due, little_known,
    held` (by a rule, below the tier of the score); amounts in the book's currency. One row per place and tier."""
    return store.ask("mix", assessment=assessment_id, dimension=dimension, **starts(thresholds))


def movers(
    store: Store,
    thresholds: Sequence[int],
    in_force: Sequence[int],
    direction: Direction = "all",
    page: int = 1,
    per_page: int | None = None,
    bound: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Customers whose tier differs under two sets of thresholds, largest exposure first; one page, or all.

    `limit_change` is the difference of the recommended limits, now less was; `money_change` that of the money a year
    under the assumptions of `bound` (riskcore.money.bound), NULL without them. Both are NULL where nothing is known.
    """
    assumed = {name: bound[name] if bound else None for name in _ASSUMED}
    return store.ask(
        "movers",
        direction=direction,
        **paging(page, per_page),
        **assumed,
        **starts(thresholds),
        **starts(in_force, "u"),
    )


def mover_counts(
    store: Store, assessment_id: int, thresholds: Sequence[int], in_force: Sequence[int]
) -> dict[str, int]:
    """How many customers move `better` and `worse`, from the cube."""
    row = store.one("mover_counts", assessment=assessment_id, **starts(thresholds), **starts(in_force, "u"))
    better, worse = row or (0, 0)
    return {"all": better + worse, "better": better, "worse": worse}


def near_the_line(
    store: Store, thresholds: Sequence[int], points: int = 10, page: int = 1, per_page: int | None = None
) -> pd.DataFrame:
    """Customers at most `points` from a threshold whose crossing would change their final tier, by exposure.

    `place` is the tier above the nearest such line, `start` the line, `distance` the points from it (below 0: under
    it), `limit_at_stake` the recommended limit above it less that below, NULL where nothing is known.
    """
    return store.ask("near", **paging(page, per_page), **_near(thresholds, points))


def near_count(store: Store, thresholds: Sequence[int], points: int = 10) -> int:
    """How many customers are near a line."""
    row = store.one(f"select count(*) from ({sql('near')})", skip=0, most=None, **_near(thresholds, points))
    return int(row[0]) if row else 0


def _near(thresholds: Sequence[int], points: int) -> dict[str, int | None]:
    lines = starts(thresholds)
    return {name: lines[name] for name in lines if name != "last"} | {"points": points}


def groups(store: Store, top: int = 10) -> pd.DataFrame:
    """The groups of connected customers with the largest exposures, a row each; empty where nobody has a parent.

    `group_id` is the id of the topmost parent, `head_name` its name where it is a customer; `members`,
    `group_exposure`, `group_past_due`, `share` (of all exposure, 0 to 1) and `worst_tier` are the group's, the rest
    are those of its largest member.
    """
    return store.ask("groups", customer=None, top=top)


def group_of(store: Store, customer_key: int) -> pd.DataFrame:
    """The customers connected with one, itself among them, with the same columns; empty where there are none."""
    return store.ask("groups", customer=customer_key, top=None)


def customers(
    store: Store,
    filters: Mapping[str, Any],
    order: Order = "exposure",
    page: int = 1,
    per_page: int | None = None,
) -> pd.DataFrame:
    """The listing under filters, one page or all. Filters: `search` (part of name or id), `tiers` (places),
    `industry`, `region`, `salesperson` (values), `rule` (bits of the mask, of which one is set), `little_known`,
    `over_limit`, `overridden`, `statement_months` (by place of the tier: only older statements on `day`, NULL: none).

    `override_direction`, `override_tier` (a code), `override_by` and `override_until` tell of an override in force
    today, NULL where there is none."""
    question = f"{_customers()} order by {_ORDERS[order]} limit $most offset $skip"
    return store.ask(question, **paging(page, per_page), **_filters(filters))


def customer_count(store: Store, filters: Mapping[str, Any]) -> int:
    """How many customers the filters leave."""
    row = store.one(f"select count(*) from ({_customers()})", **_filters(filters))
    return int(row[0]) if row else 0


def _customers() -> str:
    return sql("customers").replace("override_standing", sql("override_standing"))


def segment_values(store: Store, dimension: str) -> list[str]:
    """The values of a dimension in the listing, most customers first."""
    place = {"industry": 0, "region": 1, "salesperson": 2}[dimension]
    return [value for dim, value in store.rows("segment_values") if dim == place]


def _filters(filters: Mapping[str, Any]) -> dict[str, Any]:
    names = (
        *("search", "tiers", "industry", "region", "salesperson", "rule", "little_known"),
        *("over_limit", "overridden", "statement_months", "day"),
    )
    found = {name: filters.get(name) or None for name in names} | {"today": date.today()}
    found["search"] = str(found["search"]).strip().lower() if found["search"] else None
    return found


def starts(thresholds: Sequence[int], prefix: str = "t") -> dict[str, int | None]:
    """Thresholds as values to bind: six starts, those that there are not as NULL, and the worst tier's place."""
    padded = [*thresholds, *[None] * (_MOST_THRESHOLDS - len(thresholds))]
    values: dict[str, int | None] = {f"{prefix}{n}": start for n, start in enumerate(padded, 1)}
    return values | ({"last": len(thresholds)} if prefix == "t" else {})


def concentration(store: Store, top: int = 10) -> pd.DataFrame:
    """The customers with the largest exposures, each with its share of all and the running share, 0 to 1."""
    return store.ask("concentration", top=top)


def held_by_rule(store: Store, policy: Policy) -> dict[str, int]:
    """Customers by the code of a rule that fires for them."""
    counts = dict.fromkeys((r.code for r in policy.rule), 0)
    for mask, n in store.rows("select rules, count(*) from listing group by rules"):
        for rule in scoring.rules_of(policy, mask):
            counts[rule.code] += n
    return counts


def imports(store: Store) -> pd.DataFrame:
    """The history of imports, newest first, those that were undone too; `mapping` and `answers` are JSON."""
    return store.ask("imports")


def leaving(store: Store, import_ids: Sequence[int]) -> int:
    """How many customers leave the book where these imports are undone: no other import names them."""
    row = store.one("leaving", imports=list(import_ids))
    return int(row[0]) if row else 0


def missing_rates(store: Store, currency: str, as_of: date) -> pd.DataFrame:
    """Currencies of amounts that cannot be converted to the book's `currency` for want of a rate by `as_of`.

    A row each: currency, how many `amounts` wait for it, and `first_day`, the earliest that one of them is of.
    """
    return store.ask("missing_rates", book=currency, as_of=as_of)


def listed(store: Store, customer_keys: Sequence[int]) -> pd.DataFrame:
    """The listing's rows of some customers, largest exposure first."""
    return store.ask("listed", customers=list(customer_keys))
