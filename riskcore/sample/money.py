"""The sample book's amounts, in whole yuan: limits, balances, our sales, and what stands behind the customer."""

import numpy as np

from riskcore.sample.facts import Floats, Ints

LIMIT_MEDIAN = 110_000
LIMIT_SPREAD = 1.5  # of the logarithm
SALES_TO_LIMIT = 1.55  # our yearly sales to a customer: limits turn over slowly where orders count as exposure
KEY_ACCOUNTS = (0.105, 0.03)  # exposure of the largest customers as a share of all our yearly sales
KEY_ACCOUNT_SALES_TO_EXPOSURE = 1.5


def limits_and_sales(
    rng: np.random.Generator, quality: Floats, exposure_to_limit: Floats, key_accounts: Ints
) -> dict[str, Floats]:
    """Credit limit, requested limit and secured amount (few) and annual sales; better customers are larger.

    `exposure_to_limit` is a share; the customers at `key_accounts`, largest first, get the limits and sales that
    make their exposures the set shares of all our sales.
    """
    n = len(quality)
    size = np.exp(LIMIT_SPREAD * rng.standard_normal(n) + 0.3 * quality)
    limit = np.maximum(np.round(LIMIT_MEDIAN * size, -3), 5000)
    sales = np.round(limit * SALES_TO_LIMIT * np.exp(0.3 * rng.standard_normal(n)), -2)
    shares = np.array(KEY_ACCOUNTS[: len(key_accounts)])
    sales[key_accounts] = 0
    all_sales = sales.sum() / (1 - KEY_ACCOUNT_SALES_TO_EXPOSURE * shares.sum())
    limit[key_accounts] = np.ceil(shares * all_sales / exposure_to_limit[key_accounts] / 1000) * 1000
    sales[key_accounts] = np.round(KEY_ACCOUNT_SALES_TO_EXPOSURE * shares * all_sales, -2)
    requested = np.round(limit * rng.uniform(1.1, 2.0, n), -3)
    secured = np.round(limit * rng.uniform(0.2, 0.8, n), -3)
    return {
        "credit_limit": limit,
        "requested_limit": np.where(rng.random(n) < 0.15, requested, np.nan),
        "secured_amount": np.where((rng.random(n) < 0.04) & (secured > 0), secured, np.nan),
        "annual_sales": sales,
    }


def balances(limit: Floats, exposure_to_limit: Floats, payment: dict[str, Floats]) -> dict[str, Floats]:
    """Exposure and past due amount, from the share of the limit in use and the payment figures."""
    exposure = np.round(limit * exposure_to_limit)
    early_pct = np.clip(3.5 + 0.35 * payment["days_beyond_terms_12m"], 0, 25)
    late_pct = np.minimum(payment["past_due_over_30_pct"] + early_pct, 100)
    return {"exposure": exposure, "past_due_amount": np.round(exposure * late_pct / 100)}


def means(financial: dict[str, Floats], limit: Floats, sales_to_assets: Floats) -> dict[str, Floats]:
    """Net worth and revenue as the customer's own statements give them."""
    assets = limit * financial["assets_to_limit"]
    equity_share = 1 - financial["liabilities_to_assets_pct"] / 100
    return {
        "net_worth": np.round(assets * equity_share, -3),
        "customer_revenue": np.round(assets * sales_to_assets, -3),
    }
