"""What leaves the program as files: lists as they are on screen, and scored customers with points and reasons."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from riskcore import portfolio, scoring, settings
from riskcore.policy import Policy
from riskcore.portfolio import Assessed, Direction, Order
from riskcore.spreadsheet import csv_bytes
from riskcore.store import Cursor, Store
from riskcore.text import Words
from riskcore.wording import main_reasons, reason_of

REASONS = 4
_HASH_SHOWN = 12
_LISTED = ("exposure", "past_due", "credit_limit", "industry", "region", "salesperson", "rules", "reason")


def movers_csv(
    store: Store,
    assessed: Assessed,
    thresholds: Sequence[int],
    in_force: Sequence[int],
    direction: Direction,
    t: Words,
) -> bytes:
    """The customers whose tier differs under two sets of thresholds, all of them, as CSV.

    Headings are in the language of `t`, tiers and rules are codes, amounts in the book's currency; the last columns
    are the date of the data and the policy.
    """
    found = portfolio.movers(store, thresholds, in_force, direction)
    frame = _worded(found, assessed.policy, t)
    headings = {
        **_headings(store, assessed, t),
        "was": t("reports.was", starts=_starts(assessed.policy, in_force)),
        "now": t("reports.now", starts=_starts(assessed.policy, thresholds)),
    }
    return _file(frame, ("customer_id", "customer_name", "was", "now", "score", *_LISTED), headings, assessed)


def customers_csv(store: Store, assessed: Assessed, filters: Mapping[str, Any], order: Order, t: Words) -> bytes:
    """The customers that the filters leave, all of them and in this order, as CSV made as that of the movers."""
    found = portfolio.customers(store, filters, order)
    frame = _worded(found, assessed.policy, t)
    headings = _headings(store, assessed, t)
    return _file(frame, ("customer_id", "customer_name", "tier", "score", *_LISTED), headings, assessed)


def _worded(found: pd.DataFrame, policy: Policy, t: Words) -> pd.DataFrame:
    """Places of tiers and reasons and masks of rules as codes and words."""
    frame = found.copy()
    for column in {"tier", "was", "now"} & set(frame.columns):
        frame[column] = _tiers(policy, frame[column])
    frame["score"] = frame["score"].astype("Int16")
    frame["rules"] = _rules(policy, frame["rules"])
    frame["reason"] = main_reasons(t, policy, frame)
    return frame


def _headings(store: Store, assessed: Assessed, t: Words) -> dict[str, str]:
    currency = settings.get(store.cursor(), "currency") or assessed.policy.currency
    amounts = {"exposure": "exposure", "past_due": "past_due_amount", "credit_limit": "credit_limit"}
    return {
        **{name: t(f"fields.{name}") for name in ("customer_id", "customer_name", "industry", "region", "salesperson")},
        **{name: t("reports.amount", name=t(f"fields.{field}"), currency=currency) for name, field in amounts.items()},
        "tier": t("reports.tier"),
        "score": t("reports.score"),
        "rules": t("reports.rules"),
        "reason": t("reports.reason"),
        "as_of": t("reports.as_of"),
        "policy": t("reports.policy"),
    }


def _file(frame: pd.DataFrame, columns: Sequence[str], headings: Mapping[str, str], assessed: Assessed) -> bytes:
    kept = frame[list(columns)].assign(as_of=assessed.as_of.isoformat(), policy=assessed.policy.hash[:_HASH_SHOWN])
    return csv_bytes(kept.rename(columns=headings))


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
