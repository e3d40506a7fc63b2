"""The sample book: a seeded, realistic book of customers at any size, as the files that a user would upload."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from riskcore.sample import columns, groups, money
from riskcore.sample.facts import Firms, Floats, Ints, Mask, firms, most_likely, payments
from riskcore.sample.gaps import (
    FEW,
    OLD_MONTHS,
    WRONG_NUMBER,
    Cells,
    cells,
    flagged,
    gaps,
    statement_months,
    warnings,
)
from riskcore.sample.identity import industry_places, who
from riskcore.sample.money import own_annual_sales

__all__ = ["SampleFile", "book", "own_annual_sales"]

NO_BALANCE = 0.06  # share of customers who owe nothing
JOINED, LEFT = 6, 4  # customers who joined or left in the last month, in thousandths
PAID_OTHERWISE = 0.6  # share of customers whose payments changed in it
REPORTED = 0.12  # share with a new credit report
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
    """What differs between the two dates; `payment`, `report`, `financial` shift the families' factors."""

    as_of: date
    present: Mask
    statement_months: Ints  # age of the last statement at the newer date
    use: Floats  # exposure as a share of peak utilisation
    flags: dict[str, Mask]
    payment: Floats | float = 0.0
    report: Floats | float = 0.0
    financial: Floats | float = 0.0


def book(customers: int, seed: int = 7, as_of: date = date(2026, 10, 31)) -> list[SampleFile]:
    """The book at the end of the month before `as_of` and, with exactly `customers` rows, at `as_of`.

    `customers` is at least 1, `as_of` a month's end. Amounts in yuan, dates as YYYY-MM-DD, flags 0 or 1, empty
    where nothing is known, "refused" where a figure was refused. Our own yearly sales are
    `own_annual_sales(customers)`. The same arguments give the same book.
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
    none_exists = unknown.never_sent & (rng.random(n) < 0.5)
    empty = cells(rng, unknown, no_history, none_exists)
    warned = np.logical_or.reduce(list(flags.values()))
    key_accounts = _key_accounts(hidden.quality, unknown.none & ~new & ~gone & ~no_history & ~warned)
    use = np.where(rng.random(n) < NO_BALANCE, 0.0, rng.uniform(0.8, 1.0, n))
    use[key_accounts] = 1.0
    now_in_use = use * payments(hidden)["peak_utilisation_6m_pct"] / 100
    ids = "C" + pd.Series(range(1, n + 1)).astype("str").str.zfill(max(6, len(str(n))))
    apart = np.random.default_rng([seed, n])  # what was added to the book later leaves the rest of it as it was
    lasting = {
        "customer_id": ids,
        "parent_id": groups.parents(apart, ids, ~(unknown.silent | new | gone)),
        "credit_days": groups.terms_today(apart, hidden.quality),
        **who(rng, industry_places(hidden.factors["industry"]), flagged(rng, hidden.quality, WRONG_NUMBER)),
        "incorporation_date": columns.days_before(as_of, np.maximum(age["years"] * 365.25, months * 30.5)),
        "relationship_start": columns.days_before(as_of, months * 30.44),
        "currency": pd.Series("CNY", index=range(n), dtype="str"),
        **money.limits_and_sales(rng, hidden.quality, now_in_use, key_accounts, own_annual_sales(customers)),
        **hidden.figures("industry"),
        "ownership_changes_24m": age["ownership_changes_24m"],
        "months": months,
        "sales_to_assets": 1.1 * np.exp(0.4 * rng.standard_normal(n)),
        "none_exists": none_exists,
    }
    ages = statement_months(rng, unknown.old)
    now = _Month(as_of, ~gone, ages, use, flags)
    before = _before(rng, now, ~new, ~unknown.old)
    return [_file(month, as_of, hidden, lasting, empty) for month in (before, now)]


def _key_accounts(quality: Floats, settled: Mask) -> Ints:
    """The largest customers' places: sound firms that are well known; none in a small book."""
    if len(quality) < FEW:
        return np.array([], dtype=np.int64)
    return np.argsort(np.where(settled, np.abs(quality - 0.8), np.inf))[: len(money.KEY_ACCOUNTS)]


def _before(rng: np.random.Generator, now: _Month, present: Mask, may_send: Mask) -> _Month:
    """The month before: some paid otherwise, some reports and statements were others, balances differed."""
    n = len(present)
    sent = may_send & (rng.random(n) < SENT)
    return _Month(
        now.as_of.replace(day=1) - timedelta(days=1),
        present,
        np.where(sent, min(OLD_MONTHS), now.statement_months),
        np.minimum(now.use * np.exp(0.15 * rng.standard_normal(n)), 1.0),
        {flag: mask & (rng.random(n) >= WARNED) for flag, mask in now.flags.items()},
        payment=np.where(rng.random(n) < PAID_OTHERWISE, rng.normal(0.25, 1.2, n), 0.0),
        report=np.where(rng.random(n) < REPORTED, rng.normal(0.2, 0.8, n), 0.0),
        financial=np.where(sent, rng.normal(0.0, 0.6, n), 0.0),
    )


def _file(month: _Month, newest: date, hidden: Firms, lasting: Mapping[str, Any], empty: Cells) -> SampleFile:
    payment = payments(hidden, month.payment)
    report = hidden.figures("credit_report", month.report)
    financial = hidden.figures("financial", month.financial)
    limit = lasting["credit_limit"]
    balances = money.balances(limit, month.use * payment["peak_utilisation_6m_pct"] / 100, payment)
    seriously_late = (payment["worst_days_past_due_24m"] > 90) & (payment["past_due_over_30_pct"] > 10)
    changing = {
        "exposure": balances["exposure"],
        "past_due_amount": np.where(lasting["months"] < 1, 0.0, balances["past_due_amount"]),
        **money.means(financial, limit, lasting["sales_to_assets"]),
        "own_statement_date": columns.month_ends(newest, month.statement_months),
        "statement_quality": columns.statement_quality(
            financial["statement"], month.statement_months, lasting["none_exists"]
        ),
        "external_grade": columns.grades(report["grade"]),
        **month.flags,
        "k5": seriously_late & ~empty.empty["worst_days_past_due_24m"],
    }
    frame = columns.frame({**lasting, **payment, **report, **financial, **changing}, empty, month.present)
    return SampleFile(f"customers_{month.as_of.isoformat()}.csv", month.as_of, frame)
