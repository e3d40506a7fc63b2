"""What leaves the program as files: lists as they are on screen, and scored customers with points and reasons.

Every list carries the date of its data and the policy. Workbooks hold the same columns as the CSV, in typed cells.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from riskcore import limits, portfolio, scoring, settings
from riskcore.policy import Policy
from riskcore.portfolio import Assessed, Direction, Order
from riskcore.spreadsheet import csv_bytes, xlsx_bytes
from riskcore.store import Cursor, Store
from riskcore.text import Words
from riskcore.wording import main_reasons, reason_of

REASONS = 4
_HASH_SHOWN = 12
_LISTED = ("exposure", "past_due", "credit_limit", "industry", "region", "salesperson", "rules", "reason")
_OVERRIDE = ("override_tier", "override_by", "override_until")
_LIMITS = (
    *("customer_id", "customer_name", "tier", "score", "exposure", "credit_limit", "recommended", "difference"),
    *("binding", "need", "capacity", "own_cap", "credit_days", "terms", "payment", "review", "approver", "rules"),
    *("choice", "decided_limit", "decided_by", "decided_why", "decided_at"),
)
_NEAR = (
    *("customer_id", "customer_name", "score", "line", "side", "distance", "limit_at_stake"),
    *("exposure", "past_due", "industry", "rules", "reason"),
)
# The headings of columns by the keys of their words; those of amounts name the currency too.
_AMOUNTS = {
    "exposure": "fields.exposure",
    "past_due": "fields.past_due_amount",
    "credit_limit": "fields.credit_limit",
    "limit_change": "reports.limit_change",
    "money_change": "reports.money_change",
    "recommended": "reports.recommended",
    "difference": "reports.difference",
    "need": "reports.need",
    "capacity": "reports.capacity",
    "own_cap": "reports.own_cap",
    "decided_limit": "reports.decided_limit",
    "limit_at_stake": "reports.at_stake",
}
_WORDS = {
    "tier": "reports.tier",
    "score": "reports.score",
    "rules": "reports.rules",
    "reason": "reports.reason",
    "as_of": "reports.as_of",
    "policy": "reports.policy",
    "binding": "reports.binding",
    "terms": "reports.terms",
    "payment": "reports.payment",
    "review": "reports.review",
    "approver": "reports.approver",
    "choice": "reports.choice",
    "decided_by": "reports.decided_by",
    "decided_why": "reports.decided_why",
    "decided_at": "reports.decided_at",
    "line": "reports.line",
    "side": "reports.side",
    "distance": "reports.distance",
    "override_tier": "reports.override_tier",
    "override_by": "reports.override_by",
    "override_until": "reports.override_until",
}


def movers_csv(
    store: Store,
    assessed: Assessed,
    thresholds: Sequence[int],
    in_force: Sequence[int],
    direction: Direction,
    t: Words,
    bound: Mapping[str, Any] | None = None,
) -> bytes:
    """The customers whose tier differs under two sets of thresholds, all of them, as CSV.

    Headings are in the language of `t`, tiers and rules are codes, amounts in the book's currency; the last columns
    are the date of the data and the policy. With `bound` (riskcore.money.bound) the change of limit and money too.
    """
    return csv_bytes(_movers(store, assessed, thresholds, in_force, direction, t, bound))


def movers_xlsx(
    store: Store,
    assessed: Assessed,
    thresholds: Sequence[int],
    in_force: Sequence[int],
    direction: Direction,
    t: Words,
    bound: Mapping[str, Any] | None = None,
) -> bytes:
    """The movers as a workbook."""
    return xlsx_bytes(_movers(store, assessed, thresholds, in_force, direction, t, bound))


def customers_csv(store: Store, assessed: Assessed, filters: Mapping[str, Any], order: Order, t: Words) -> bytes:
    """The customers that the filters leave, all of them and in this order, as CSV made as that of the movers."""
    return csv_bytes(_customers(store, assessed, filters, order, t))


def customers_xlsx(store: Store, assessed: Assessed, filters: Mapping[str, Any], order: Order, t: Words) -> bytes:
    """The customers that the filters leave as a workbook."""
    return xlsx_bytes(_customers(store, assessed, filters, order, t))


def limits_csv(store: Store, assessed: Assessed, filters: Mapping[str, Any], t: Words) -> bytes:
    """The changes of limits that the filters leave (riskcore.limits.changes), with terms and decisions, as CSV."""
    return csv_bytes(_limits(store, assessed, filters, t))


def limits_xlsx(store: Store, assessed: Assessed, filters: Mapping[str, Any], t: Words) -> bytes:
    """The changes of limits as a workbook."""
    return xlsx_bytes(_limits(store, assessed, filters, t))


def near_csv(store: Store, assessed: Assessed, thresholds: Sequence[int], t: Words, points: int = 10) -> bytes:
    """The customers near one of the thresholds (riskcore.portfolio.near_the_line) as CSV."""
    return csv_bytes(_near(store, assessed, thresholds, t, points))


def near_xlsx(store: Store, assessed: Assessed, thresholds: Sequence[int], t: Words, points: int = 10) -> bytes:
    """The customers near one of the thresholds as a workbook."""
    return xlsx_bytes(_near(store, assessed, thresholds, t, points))


def _movers(
    store: Store,
    assessed: Assessed,
    thresholds: Sequence[int],
    in_force: Sequence[int],
    direction: Direction,
    t: Words,
    bound: Mapping[str, Any] | None,
) -> pd.DataFrame:
    found = portfolio.movers(store, thresholds, in_force, direction, bound=bound)
    headings = {
        **_headings(store, assessed, t),
        "was": t("reports.was", starts=_starts(assessed.policy, in_force)),
        "now": t("reports.now", starts=_starts(assessed.policy, thresholds)),
    }
    changes = ("limit_change", "money_change") if bound else ()
    columns = ("customer_id", "customer_name", "was", "now", "score", *changes, *_LISTED)
    return _headed(_worded(found, assessed.policy, t), columns, headings, assessed)


def _customers(store: Store, assessed: Assessed, filters: Mapping[str, Any], order: Order, t: Words) -> pd.DataFrame:
    frame = _worded(portfolio.customers(store, filters, order), assessed.policy, t)
    columns = ("customer_id", "customer_name", "tier", "score", *_LISTED, *_OVERRIDE)
    return _headed(frame, columns, _headings(store, assessed, t), assessed)


def _limits(store: Store, assessed: Assessed, filters: Mapping[str, Any], t: Words) -> pd.DataFrame:
    frame = limits.changes(store, assessed.assessment_id, filters)
    strategies = {place: tier.strategy for place, tier in enumerate(assessed.policy.tier)}
    by_tier = frame["tier"].map
    frame = frame.assign(
        binding=[limits.binding_of(t, binding) for binding in frame["binding"]],
        terms=by_tier({place: s.terms_days for place, s in strategies.items()}),
        payment=by_tier({place: limits.payment_of(t, s) for place, s in strategies.items()}),
        review=by_tier({place: s.review_months for place, s in strategies.items()}),
        approver=by_tier({place: t.of(s.approver) for place, s in strategies.items()}),
        choice=[limits.choice_of(t, choice) for choice in frame["choice"]],
        decided_at=frame["decided_at"].dt.floor("s"),
    )
    return _headed(_coded(frame, assessed.policy), _LIMITS, _headings(store, assessed, t), assessed)


def _near(store: Store, assessed: Assessed, thresholds: Sequence[int], t: Words, points: int) -> pd.DataFrame:
    frame = portfolio.near_the_line(store, thresholds, points)
    codes = [tier.code for tier in assessed.policy.tier]
    frame = _worded(frame, assessed.policy, t).assign(
        line=[f"{codes[place]} {start}" for place, start in zip(frame["place"], frame["start"], strict=True)],
        side=[t("reports.below") if distance < 0 else t("reports.above") for distance in frame["distance"]],
    )
    return _headed(frame, _NEAR, _headings(store, assessed, t), assessed)


def _worded(found: pd.DataFrame, policy: Policy, t: Words) -> pd.DataFrame:
    """Places of tiers and reasons and masks of rules as codes and words."""
    return _coded(found, policy).assign(reason=main_reasons(t, policy, found))


def _coded(found: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Places of tiers and masks of rules as codes."""
    frame = found.copy()
    for column in {"tier", "was", "now"} & set(frame.columns):
        frame[column] = _tiers(policy, frame[column])
    frame["score"] = frame["score"].astype("Int16")
    frame["rules"] = _rules(policy, frame["rules"])
    return frame


def _headings(store: Store, assessed: Assessed, t: Words) -> dict[str, str]:
    currency = settings.get(store.cursor(), "currency") or assessed.policy.currency
    plain = ("customer_id", "customer_name", "industry", "region", "salesperson", "credit_days")
    amounts = {name: t(key) for name, key in _AMOUNTS.items()}
    return {
        **{name: t(f"fields.{name}") for name in plain},
        **{name: t(key) for name, key in _WORDS.items()},
        **{name: t("reports.amount", name=words, currency=currency) for name, words in amounts.items()},
    }


def _headed(
    frame: pd.DataFrame, columns: Sequence[str], headings: Mapping[str, str], assessed: Assessed
) -> pd.DataFrame:
    """The columns under their headings, with the date of the data and the policy at the end."""
    kept = frame[list(columns)].assign(as_of=pd.Timestamp(assessed.as_of), policy=assessed.policy.hash[:_HASH_SHOWN])
    return kept.rename(columns=headings)


def _starts(policy: Policy, thresholds: Sequence[int]) -> str:
    """Thresholds by their tiers: A 700, B 600."""
    return ", ".join(f"{tier.code} {start}" for tier, start in zip(policy.tier, thresholds, strict=False))


def _tiers(policy: Policy, places: pd.Series) -> pd.Series:
    return places.map({place: tier.code for place, tier in enumerate(policy.tier)})


def _rules(policy: Policy, masks: pd.Series) -> pd.Series:
    codes = {mask: " ".join(rule.code for rule in scoring.rules_of(policy, int(mask))) for mask in masks.unique()}
    return masks.map(codes)


def scored_frame(cursor: Cursor, policy: Policy, t: Words) -> pd.DataFrame:
    """The customers of the cursor's table `scored` that one import named, in the order of its lines.

    `customer_id`, `score` (empty: not scored), `score_tier` and `tier` (codes), `rules` (codes with blanks between),
    `known_points`, `points_<characteristic>` and `reason_1` to `reason_4` in the language of `t`.
    """
    ids = [c.id for c in policy.characteristic]
    per_id = ", ".join(f"scored.{i}_points, scored.{i}_bin, scored.{i}_state, scored.{i}" for i in ids)
    found = cursor.execute(
        f"select customer_id, score, score_tier, tier, rules, scored.known_points, {per_id} "
        "from scored join customer using (customer_key) join input using (customer_key) order by line"
    ).df()
    columns: dict[str, Any] = {
        "customer_id": found["customer_id"],
        "score": found["score"].astype("Int16"),
        "score_tier": _tiers(policy, found["score_tier"]),
        "tier": _tiers(policy, found["tier"]),
        "rules": _rules(policy, found["rules"]),
        "known_points": found["known_points"],
        **{f"points_{i}": found[f"{i}_points"] for i in ids},
    }
    for rank, words in enumerate(_reasons(found, policy, t), 1):
        columns[f"reason_{rank}"] = pd.array(words, dtype="str")
    return pd.DataFrame(columns)


def _reasons(found: pd.DataFrame, policy: Policy, t: Words) -> np.ndarray[Any, Any]:
    """The largest losses of points in words, best told first: one row per rank, one column per customer.

    As on a customer's page: of what was supplied, refused or expired; ties in the policy's order.
    """
    cs = policy.characteristic
    lost = np.zeros((len(cs), len(found)), dtype=np.int32)
    for place, c in enumerate(cs):
        points = c.max_points - found[f"{c.id}_points"].to_numpy()
        told = (found[f"{c.id}_bin"].to_numpy() > 0) & (points > 0)
        lost[place] = np.where(told, points * len(cs) + (len(cs) - 1 - place), 0)
    everyone = np.arange(len(found))
    ranked = np.full((REASONS, len(found)), -1)
    for rank in range(REASONS):
        largest = lost.argmax(axis=0)
        ranked[rank] = np.where(lost[largest, everyone] > 0, largest, -1)
        lost[largest, everyone] = 0
    words = np.full(ranked.shape, None, dtype=object)
    for place, c in enumerate(cs):
        ranks, rows = np.nonzero(ranked == place)
        said = found.loc[rows, [f"{c.id}_state", c.id]]
        # Many customers share a value: each is worded once.
        group = said.groupby([f"{c.id}_state", c.id], dropna=False, sort=False).ngroup().to_numpy()
        each = said[~pd.Series(group).duplicated().to_numpy()]
        sentences = [reason_of(t, c, int(state), value) for state, value in each.itertuples(index=False)]
        words[ranks, rows] = np.array(sentences, dtype=object)[group]
    return words
