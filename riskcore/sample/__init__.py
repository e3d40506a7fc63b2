"""The sample book: a seeded, realistic book of customers at any size, as the files that a user would upload."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from riskcore.sample import columns, money
from riskcore.sample.facts import Firms, Floats, Ints, Mask, firms, most_likely
from riskcore.sample.gaps import FEW, WRONG_NUMBER, Cells, cells, flagged, gaps, warnings
from riskcore.sample.identity import industry_places, who

JOINED, LEFT = 6, 4  # customers who joined or left in the last month, in thousandths
PAID_OTHERWISE = 0.5  # share of customers whose payments changed in it
REPORTED = 0.08  # share with a new credit report
SENT = 0.02  # share with a new statement
WARNED = 0.15  # share of the warnings that are new


@dataclass(frozen=True)
class SampleFile:
    """One file of the sample book: all customers as of a date; headings are the schema's field names."""

    name: str
    as_of: date
    frame: pd.DataFrame


@dataclass(frozen=True)
class _Month:
    """What differs between the two dates: shifts of the families' factors, statements, limits in use, flags."""

    as_of: date
    present: Mask
    payment: Floats | float
    report: Floats | float
    financial: Floats | float
    statement_months: Ints  # age of the last statement at the newer date
    use: Floats  # exposure as a share of peak utilisation
    flags: dict[str, Mask]


def book(customers: int, seed: int = 7, as_of: date = date(2026, 10, 31)) -> list[SampleFile]:
    """The book at the end of the month before `as_of` and, with exactly `customers` rows, at `as_of`.

    Amounts in yuan, dates as YYYY-MM-DD, flags 0 or 1, empty where nothing is known. Our own yearly sales are
    the sum of `annual_sales`. The same arguments give the same book.
    """
    rng = np.random.default_rng(seed)
    joined, left = round(customers * JOINED / 1000), round(customers * LEFT / 1000)
    n = customers + left
    hidden = firms(rng, n)
    unknown, flags = gaps(rng, hidden.quality), warnings(rng, hidden.quality)
    new = np.arange(n) >= n - joined
    gone = most_likely(rng, np.where(new, -np.inf, -hidden.quality), left)

    age = hidden.figures("standing")
    months = np.where(new, rng.uniform(0.1, 0.9, n), np.clip(age["months"], 1.1, 12 * age["years"]))
    no_history = (months < 6) & (new | (rng.random(n) < 0.8))
    use = np.where(rng.random(n) < 0.06, 0.0, rng.uniform(0.45, 0.95, n))
    settled = unknown.none & ~new & ~gone & ~no_history & ~np.logical_or.reduce(list(flags.values()))
    key_accounts = _key_accounts(hidden.quality, settled)
    use[key_accounts] = 0.75
    peak_pct = hidden.figures("history_payment")["peak_utilisation_6m_pct"]

    lasting = {
        "customer_id": pd.Series(np.arange(1, n + 1)).astype("str").str.zfill(max(6, len(str(n)))).radd("C"),
        **who(rng, industry_places(hidden.factors["industry"]), flagged(rng, hidden.quality, WRONG_NUMBER)),
        "incorporation_date": columns.days_before(as_of, np.maximum(age["years"] * 365.25, months * 30.5)),
        "relationship_start": columns.days_before(as_of, months * 30.44),
        "currency": pd.Series("CNY", index=range(n), dtype="str"),
        **money.limits_and_sales(rng, hidden.quality, use * peak_pct / 100, key_accounts),
        **hidden.figures("industry"),
        "ownership_changes_24m": age["ownership_changes_24m"],
        "sales_to_assets": 1.1 * np.exp(0.4 * rng.standard_normal(n)),
        "none_exists": unknown.never_sent & (rng.random(n) < 0.5),
    }
    statement_months = np.where(rng.random(n) < 0.12, 16, rng.choice([10, 7, 4], n, p=[0.8, 0.1, 0.1]))
    statement_months = np.where(unknown.old, rng.choice([22, 34], n, p=[0.75, 0.25]), statement_months)
    sent = ~unknown.old & (rng.random(n) < SENT)
    now = _Month(as_of, ~gone, 0.0, 0.0, 0.0, statement_months, use, flags)
    before = _Month(
        as_of.replace(day=1) - timedelta(days=1),
        ~new,
        np.where(rng.random(n) < PAID_OTHERWISE, rng.normal(0.05, 0.8, n), 0.0),
        np.where(rng.random(n) < REPORTED, rng.normal(0.1, 0.8, n), 0.0),
        np.where(sent, rng.normal(0.0, 0.6, n), 0.0),
        np.where(sent, 22, statement_months),
        use * np.exp(0.15 * rng.standard_normal(n)),
        {flag: mask & (rng.random(n) >= WARNED) for flag, mask in flags.items()},
    )
    empty = cells(rng, unknown, no_history, lasting["none_exists"])
    return [_file(month, as_of, hidden, lasting, empty) for month in (before, now)]


def _key_accounts(quality: Floats, settled: Mask) -> Ints:
    """The largest customers' places: sound firms that are well known; none in a small book."""
    if len(quality) < FEW:
        return np.array([], dtype=np.int64)
    return np.argsort(np.where(settled, np.abs(quality - 0.8), np.inf))[: len(money.KEY_ACCOUNTS)]


def _file(month: _Month, newest: date, hidden: Firms, lasting: Mapping[str, Any], empty: Cells) -> SampleFile:
    payment = hidden.figures("history_payment", month.payment)
    report = hidden.figures("credit_report", month.report)
    financial = hidden.figures("financial", month.financial)
    limit = lasting["credit_limit"]
    seriously_late = (payment["worst_days_past_due_24m"] > 90) & (payment["past_due_over_30_pct"] > 10)
    changing = {
        **money.balances(limit, month.use * payment["peak_utilisation_6m_pct"] / 100, payment),
        **money.means(financial, limit, lasting["sales_to_assets"]),
        "own_statement_date": columns.month_ends(newest, month.statement_months),
        "statement_quality": columns.statement_quality(
            financial["statement"], month.statement_months, lasting["none_exists"]
        ),
        "external_grade": columns.grades(report["grade"]),
        **month.flags,
        "k5": seriously_late,
    }
    frame = columns.frame({**lasting, **payment, **report, **financial, **changing}, empty, month.present)
    return SampleFile(f"customers_{month.as_of.isoformat()}.csv", month.as_of, frame)
