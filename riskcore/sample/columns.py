"""From figures to the cells of a file: words, dates, whole numbers, and emptying what is not known."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from riskcore.sample.facts import Floats, Ints, Mask
from riskcore.sample.gaps import PAYMENT, RATIOS, REPORT, Cells

GRADES = np.array(["", "N5", "N4", "N3", "N2", "N1"])
QUALITIES = np.array(["none", "old_or_tax", "unaudited_12m", "audited_18m", "audited_12m"])
FRACTIONS = {
    *RATIOS,
    "days_beyond_terms_12m",
    "past_due_over_30_pct",
    "payment_trend_days",
    "peak_utilisation_6m_pct",
    "largest_customer_share_pct",
}
HEADINGS = (
    *(
        "customer_id",
        "customer_name",
        "parent_id",
        "industry",
        "region",
        "country",
        "salesperson",
        "reg_no",
        "currency",
    ),
    *("incorporation_date", "relationship_start"),
    *(
        "exposure",
        "past_due_amount",
        "credit_limit",
        "credit_days",
        "requested_limit",
        "annual_sales",
        "secured_amount",
    ),
    *("own_statement_date", "net_worth", "customer_revenue", *RATIOS, "statement_quality"),
    *REPORT,
    *PAYMENT,
    *("ownership_changes_24m", "largest_customer_share_pct", "country_risk_grade"),
    *("k1", "k2", "k3", "k4", "k5", "k6", "k7", "k8", "s3", "s4"),
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
    then = np.datetime64(as_of, "D") - days.astype("timedelta64[D]")
    return pd.Series(np.datetime_as_string(then), dtype="str")


def frame(columns: Mapping[str, Any], cells: Cells, present: Mask) -> pd.DataFrame:
    """The file of the customers that are `present`; `columns` are series or arrays by heading, one row each."""
    table = {name: _cells(name, pd.Series(columns[name]), cells)[present] for name in HEADINGS}
    return pd.DataFrame(table).reset_index(drop=True)


def _cells(name: str, column: pd.Series, cells: Cells) -> pd.Series:
    if name in cells.refused:
        column = column.astype("str").mask(cells.refused[name], "refused")
    elif column.dtype.kind in "fb" and name not in FRACTIONS:
        column = column.astype("Int64")
    return column.mask(cells.empty[name]) if name in cells.empty else column
