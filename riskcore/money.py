"""What the book earns and may lose: today, and under tiers; every assumption named.

Under a tier, exposure E = yearly sales / 365 x (terms + days late, capped), 0 where prepaid; money = margin x sales x
share kept - PD x LGD x E - cost of money x E. Today, expected loss = PD x LGD x (exposure + share drawn x unused
limit), which no threshold moves. PD is that of the exact score, 1 in default and for who has no score that of the
lowest score. Amounts in the book's currency a year; shares in per cent.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import pandas as pd

from riskcore import metrics, settings
from riskcore.policy import Policy
from riskcore.store import Cursor, Store

_SETTING = "assumptions"


@dataclass(frozen=True)
class Assumptions:
    """What the money figures take for granted; `kept_pct` is the share of sales kept in each tier, best first.

    `own_annual_sales` is the company's own, None where nobody gave them: it caps limits and is what rule S7 measures,
    from the next assessment on.
    """

    margin_pct: float
    lgd_pct: float
    ead_share_pct: float
    cost_of_money_pct: float
    retention_uncertainty_pct: float
    kept_pct: tuple[float, ...]
    own_annual_sales: float | None = None


def of_policy(policy: Policy) -> Assumptions:
    """The assumptions that the policy states."""
    return Assumptions(
        margin_pct=policy.money.margin_pct,
        lgd_pct=policy.loss.lgd_pct,
        ead_share_pct=policy.loss.ead_share_pct,
        cost_of_money_pct=policy.money.cost_of_money_pct,
        retention_uncertainty_pct=policy.money.retention_uncertainty_pct,
        kept_pct=tuple(t.strategy.kept_pct for t in policy.tier),
    )


def from_json(policy: Policy, text: str | None) -> Assumptions:
    """Assumptions as they were kept; those of the policy where there are none or they are for other tiers."""
    stated = of_policy(policy)
    if not text:
        return stated
    kept = json.loads(text)
    kept["kept_pct"] = tuple(kept["kept_pct"])
    return replace(stated, **kept) if len(kept["kept_pct"]) == len(policy.tier) else stated


def to_json(assumptions: Assumptions) -> str:
    """Assumptions as text to keep."""
    return json.dumps(asdict(assumptions), sort_keys=True)


def of_book(store: Store, policy: Policy) -> Assumptions:
    """The book's own assumptions, else the policy's."""
    cursor = store.cursor()
    kept = from_json(policy, settings.get(cursor, _SETTING))
    return replace(kept, own_annual_sales=settings.own_annual_sales(cursor))


def keep(cursor: Cursor, assumptions: Assumptions) -> None:
    """Make these the book's assumptions."""
    settings.put(cursor, _SETTING, to_json(assumptions))
    settings.keep_own_annual_sales(cursor, assumptions.own_annual_sales)


def expected_loss(
    policy: Policy, a: Assumptions, score: int | None, in_default: bool, exposure: Any, unused_limit: Any
) -> float:
    """What is lost on one customer in a year on average: PD x LGD x (exposure + share drawn x unused limit)."""
    scale = policy.pd_scale
    points = policy.base_score if score is None else score
    pd_12m = metrics.pd_12m(points, scale.anchor_score, scale.good_bad_odds, scale.points_to_double_odds)
    at_stake = float(exposure or 0) + a.ead_share_pct / 100 * float(unused_limit or 0)
    return (1.0 if in_default else pd_12m) * a.lgd_pct / 100 * at_stake


def break_even_pd(a: Assumptions, tier: int, terms_days: float) -> float:
    """The probability of default at which terms and prepayment earn the same; below 0 never, above 1 always.

    ((1 - kept when prepaid) x margin x 365 / days from sale to cash - cost of money) / LGD. `tier` is the prepaid one.

    >>> a = Assumptions(10, 80, 50, 6, 10, (100, 100, 80))
    >>> [round(break_even_pd(replace(a, kept_pct=(100, 100, kept)), 2, 60), 3) for kept in (80, 90, 0)]
    [0.077, 0.001, 0.685]
    """
    lost = 1 - a.kept_pct[tier] / 100
    return (lost * a.margin_pct / 100 * 365 / terms_days - a.cost_of_money_pct / 100) / (a.lgd_pct / 100)


def by_tier(
    store: Store, policy: Policy, assessment_id: int, thresholds: Sequence[int], a: Assumptions, dimension: str = ""
) -> pd.DataFrame:
    """The money by segment and tier under thresholds, from the cube.

    Columns: `place, segment, tier, customers`; `exposure_today, expected_loss_today`; `sales, exposure_on_terms,
    margin_kept, expected_loss, cost_of_money, money, sales_prepaid`; `limit, limit_up, limit_down`.
    """
    asked = {"assessment": assessment_id, "dimension": dimension, "thresholds": list(thresholds)}
    return store.ask("money", **asked, **bound(policy, a))


def bound(policy: Policy, a: Assumptions) -> dict[str, Any]:
    """What the money queries bind beside thresholds: the PD scale, shares of one, and the tiers' terms."""
    scale = policy.pd_scale
    return {
        "anchor": scale.anchor_score,
        "odds": scale.good_bad_odds,
        "doubling": scale.points_to_double_odds,
        "lowest": policy.base_score,
        "margin": a.margin_pct / 100,
        "lgd": a.lgd_pct / 100,
        "ead": a.ead_share_pct / 100,
        "cost": a.cost_of_money_pct / 100,
        "kept": [kept / 100 for kept in a.kept_pct],
        "terms": [t.strategy.terms_days for t in policy.tier],
        "prepaid": [t.strategy.prepay for t in policy.tier],
    }
