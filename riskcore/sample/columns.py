"""From figures to the cells of a file: words, dates, whole numbers, and emptying what is not known."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from riskcore.sample.facts import Floats, Ints, Mask
from riskcore.sample.gaps import Cells

GRADES = np.array(["", "N5", "N4", "N3", "N2", "N1"])
QUALITIES = np.array(["none", "old_or_tax", "unaudited_12m", "audited_18m", "audited_12m"])
FRACTIONS = {
    "quick_ratio",
    "liabilities_to_assets_pct",
    "interest_coverage",
    "return_on_assets_pct",
    "cash_flow_to_current_liabilities_pct",
    "revenue_growth_pct",
    "days_beyond_terms_12m",
    "past_due_over_30_pct",
    "payment_trend_days",
    "peak_utilisation_6m_pct",
    "largest_customer_share_pct",
}
ORDER = (
    "customer_id customer_name industry region country salesperson reg_no incorporation_date relationship_start "
    "currency exposure past_due_amount credit_limit requested_limit annual_sales customer_revenue net_worth "
    "secured_amount own_statement_date quick_ratio liabilities_to_assets_pct interest_coverage "
    "return_on_assets_pct cash_flow_to_current_liabilities_pct revenue_growth_pct statement_quality "
    "external_grade legal_events_24m bureau_days_beyond_terms external_grade_change_12m days_beyond_terms_12m "
    "past_due_over_30_pct worst_days_past_due_24m payment_trend_days peak_utilisation_6m_pct "
    "broken_promises_24m ownership_changes_24m largest_customer_share_pct country_risk_grade "
    "k1 k2 k3 k4 k5 k6 k7 k8 s3 s4"
)


def grades(places: Floats) -> pd.Series:
    """Agency grades N5, worst, to N1 from the places 1 to 5."""
    return pd.Series(GRADES[places.astype(int)], dtype="str")


def statement_quality(standing: Floats, months_old: Ints, none: Mask) -> pd.Series:
    """The word for a statement's quality, from the customer's standing and the statement's age in months."""
    best = np.digitize(standing, [-1.7, -0.1, 0.5]) + 1
    aged = np.where(months_old > 18, 1, np.where(months_old > 12, np.where(best > 2, 3, 1), best))
    return pd.Series(QUALITIES[np.where(none, 0, aged)], dtype="str")


def month_ends(as_of: date, months_ago: Ints) -> pd.Series:
    """The month ends so many months before the as-of date, as text."""
    following = np.datetime64(as_of, "M") - months_ago.astype("timedelta64[M]") + 1
    return pd.Series(np.datetime_as_string(following.astype("datetime64[D]") - 1), dtype="str")


def days_before(as_of: date, days: Floats) -> pd.Series:
    """The dates so many whole days before the as-of date, as text."""
    return pd.Series(np.datetime_as_string(np.datetime64(as_of, "D") - days.astype("timedelta64[D]")), dtype="str")


def frame(columns: Mapping[str, pd.Series | Floats | Mask], cells: Cells, present: Mask) -> pd.DataFrame:
    """The file of the customers that are `present`, columns in the order of a file."""
    return pd.DataFrame({name: _cells(name, columns[name], cells)[present] for name in ORDER.split()}).reset_index(
        drop=True
    )


def _cells(name: str, values: pd.Series | Floats | Mask, cells: Cells) -> pd.Series:
    column = pd.Series(values)
    if name in cells.refused:
        column = column.astype("str").mask(cells.refused[name], "refused")
    elif column.dtype.kind in "fb" and name not in FRACTIONS:
        column = column.astype("Int64")
    return column.mask(cells.empty[name]) if name in cells.empty else column
