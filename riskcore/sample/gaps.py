"""What the sample book does not know of its customers, and what it was warned of."""

from dataclasses import dataclass

import numpy as np

from riskcore.sample.facts import Floats, Ints, Mask, most_likely

# Columns that come, or fail to come, together.
RATIOS = (
    "quick_ratio",
    "liabilities_to_assets_pct",
    "interest_coverage",
    "return_on_assets_pct",
    "cash_flow_to_current_liabilities_pct",
    "revenue_growth_pct",
)
STATEMENT = (*RATIOS, "statement_quality", "own_statement_date", "net_worth", "customer_revenue")
REPORT = ("external_grade", "legal_events_24m", "bureau_days_beyond_terms", "external_grade_change_12m")
PAYMENT = (
    "days_beyond_terms_12m",
    "past_due_over_30_pct",
    "worst_days_past_due_24m",
    "payment_trend_days",
    "peak_utilisation_6m_pct",
    "broken_promises_24m",
)
BACKGROUND = ("incorporation_date", "ownership_changes_24m", "largest_customer_share_pct")
FILE = (
    "industry",
    "region",
    "country",
    "reg_no",
    "country_risk_grade",
    "relationship_start",
    "credit_limit",
    "credit_days",
)
FILE_EXTRAS = ("requested_limit", "secured_amount")

# Shares of a book, in thousandths.
SILENT = 25  # nothing supplied but a balance
LEDGER_ONLY = 35  # our own ledger and nothing else
REFUSED = 30  # statements asked for and refused
NEVER_SENT = 45
OLD = 70  # statements older than 18 months
NO_REPORT = 70  # no credit report bought
ONE_CELL = 22  # any single cell
ONE_CELL_REFUSED = 8

# Age of the last statement in months, with its likelihood: current ones, and those that have expired.
CURRENT_MONTHS = {10: 0.7, 7: 0.09, 4: 0.09, 16: 0.12}
OLD_MONTHS = {22: 0.75, 34: 0.25}

# Warnings from public lists and our own files, in ten-thousandths of the customers.
WARNINGS = {"k1": 15, "k2": 40, "k3": 15, "k4": 10, "k6": 20, "k7": 10, "k8": 40, "s3": 80, "s4": 80}
WRONG_NUMBER = 20
FEW = 200  # in a smaller book a warning may fall on nobody


@dataclass(frozen=True)
class Gaps:
    """Masks of the customers about whom a whole part is not known."""

    silent: Mask
    ledger_only: Mask
    refused: Mask
    never_sent: Mask
    old: Mask
    no_report: Mask

    @property
    def none(self) -> Mask:
        """Customers about whom nothing large is missing."""
        return ~(self.silent | self.ledger_only | self.refused | self.never_sent | self.old | self.no_report)


@dataclass(frozen=True)
class Cells:
    """Masks by column name: cells that are empty, and cells that say "refused"."""

    empty: dict[str, Mask]
    refused: dict[str, Mask]


def gaps(rng: np.random.Generator, quality: Floats) -> Gaps:
    """Groups drawn at random; worse customers withhold their statements more often."""
    n = len(quality)
    reluctance = rng.standard_normal(n) - 0.35 * quality
    edges = np.quantile(reluctance, 1 - np.cumsum([REFUSED, NEVER_SENT, OLD]) / 1000)
    place = (reluctance[:, None] < edges).sum(axis=1)
    group = rng.random(n) * 1000
    silent = group < SILENT
    ledger_only = ~silent & (group < SILENT + LEDGER_ONLY)
    others = ~silent & ~ledger_only
    return Gaps(
        silent,
        ledger_only,
        refused=others & (place == 0),
        never_sent=others & (place == 1),
        old=others & (place == 2),
        no_report=others & (rng.random(n) * 1000 < NO_REPORT),
    )


def cells(rng: np.random.Generator, of: Gaps, no_history: Mask, none_exists: Mask) -> Cells:
    """Which cells are empty or refused.

    `no_history` marks customers too new to have paid anything, `none_exists` those known to make no statements.
    """
    n = len(no_history)
    no_statement = of.silent | of.ledger_only | of.never_sent
    groups = {
        STATEMENT: no_statement | of.refused,
        REPORT: of.silent | of.ledger_only | of.no_report,
        PAYMENT: of.silent | no_history,
        BACKGROUND: of.silent | of.ledger_only,
        FILE: of.silent,
        FILE_EXTRAS: of.silent,
    }
    empty = {column: mask for columns, mask in groups.items() for column in columns}
    refused = {}
    for column in (*RATIOS, *REPORT, *PAYMENT, *BACKGROUND):
        empty[column] = empty[column] | (rng.random(n) * 1000 < ONE_CELL)
    for column in (*RATIOS, "largest_customer_share_pct"):
        refused[column] = (rng.random(n) * 1000 < ONE_CELL_REFUSED) & ~empty[column]
    for column in (*RATIOS, "statement_quality"):
        refused[column] = refused.get(column, False) | of.refused
        empty[column] = empty[column] & ~refused[column]
    empty["statement_quality"] = empty["statement_quality"] & ~none_exists
    return Cells(empty, refused)


def statement_months(rng: np.random.Generator, old: Mask) -> Ints:
    """Age of each customer's last statement in whole months."""
    current, expired = (
        rng.choice(list(ages), len(old), p=list(ages.values())) for ages in (CURRENT_MONTHS, OLD_MONTHS)
    )
    return np.where(old, expired, current)


def warnings(rng: np.random.Generator, quality: Floats) -> dict[str, Mask]:
    """A mask for each flag of `WARNINGS`."""
    return {flag: flagged(rng, quality, share) for flag, share in WARNINGS.items()}


def flagged(rng: np.random.Generator, quality: Floats, share: int) -> Mask:
    """About `share` ten-thousandths of the customers, likelier the worse; at least one unless they are few."""
    least = 1 if len(quality) >= FEW else 0
    return most_likely(rng, -1.2 * quality, max(round(share * len(quality) / 10_000), least))
