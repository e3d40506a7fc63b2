"""The sample book's amounts, in whole yuan: limits, balances, our sales, and what stands behind the customer."""

import numpy as np

from riskcore.sample.facts import Floats, Ints

OWN_SALES = 1_050_000  # our yearly sales for each customer of the book
ON_CREDIT = 0.97  # share of them sold to the book's customers
SIZE_SPREAD = 1.5  # of the logarithm of a customer's size
SIZE_BY_QUALITY = 0.3  # better customers buy more
LIMIT_TO_SALES = 0.09  # of a customer of middling quality: 33 days
LIMIT_OF_GOOD, LIMIT_OF_BAD = 1.65, 1.3  # good ones get more for what they buy; bad ones keep limits of better days
KEY_ACCOUNTS = (0.101, 0.015)  # exposure of the largest customers as a share of our yearly sales
KEY_ACCOUNT_SALES_TO_EXPOSURE = 1.5


def own_annual_sales(customers: int) -> float:
    """Our own yearly sales, in yuan, that go with a book of so many customers: what rule S7 measures against."""
    return float(OWN_SALES * customers)


def limits_and_sales(
    rng: np.random.Generator,
    quality: Floats,
    exposure_to_limit: Floats,
    key_accounts: Ints,
    own_sales: float,
) -> dict[str, Floats]:
    """Credit limit, requested limit and secured amount (few) and annual sales; better customers are larger.

    `exposure_to_limit` is a share; the customers at `key_accounts`, largest first, get the limits and sales that
    make their exposures the set shares of `own_sales`.
    """
    n = len(quality)
    key_exposure = own_sales * np.array(KEY_ACCOUNTS[: len(key_accounts)])
    key_sales = KEY_ACCOUNT_SALES_TO_EXPOSURE * key_exposure
    size = np.exp(SIZE_SPREAD * rng.standard_normal(n) + SIZE_BY_QUALITY * quality)
    sales = size * np.exp(0.3 * rng.standard_normal(n))
    sales[key_accounts] = 0
    scale = (ON_CREDIT * own_sales - key_sales.sum()) / sales.sum()
    far = np.clip(quality, -1, 1)
    limit_to_sales = LIMIT_TO_SALES * np.exp(np.maximum(LIMIT_OF_GOOD * far, -LIMIT_OF_BAD * far))
    limit = np.maximum(np.round(size * scale * limit_to_sales, -3), 5000)
    limit[key_accounts] = np.ceil(key_exposure / exposure_to_limit[key_accounts] / 1000) * 1000
    sales = np.round(sales * scale, -2)
    sales[key_accounts] = np.round(key_sales, -2)
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
    early_pct = np.clip(4.5 + 0.35 * payment["days_beyond_terms_12m"], 0, 25)
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
