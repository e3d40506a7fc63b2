"""Ratios of financial statements as SQL over `now`, one period of a company, and `before`, the one a year earlier.

Both have the columns of `statement_period`. A ratio is NULL where a figure that it needs is not known, or where it
means nothing: below a line that is not above zero.
"""

from dataclasses import dataclass
from typing import Literal

from riskcore import altman


@dataclass(frozen=True)
class Ratio:
    """A ratio: its unit, the figures that it is made of, its formula, and whether it needs a whole year.

    `special`: SQL of when it has no value and is known all the same.
    """

    id: str
    unit: Literal["times", "percent", "days"]
    of: tuple[str, ...]
    sql: str
    is_of_year: bool = False
    special: str = ""


def _over(upper: str, lower: str, factor: int = 1) -> str:
    return f"round(case when {lower} > 0 then {upper} * {factor} / {lower} end, 6)"


def _mean(name: str) -> str:
    """The average of a figure at both ends of the year, where both are known, else the closing one."""
    return f"((now.{name} + coalesce(before.{name}, now.{name})) / 2)"


# No debt is told by debts of zero, or by neither debts nor interest; debts without interest tell nothing.
_NO_DEBT = (
    "coalesce(now.debt, 0) = 0 and coalesce(now.interest <= 0, now.debt = 0, false) "
    "and (now.debt is not null or now.interest is not null)"
)

RATIOS = (
    Ratio(
        "quick_ratio",
        "times",
        ("quick_assets", "current_liabilities"),
        _over("now.quick_assets", "now.current_liabilities"),
    ),
    Ratio(
        "liabilities_to_assets_pct",
        "percent",
        ("total_liabilities", "total_assets"),
        _over("now.total_liabilities", "now.total_assets", 100),
    ),
    Ratio("interest_coverage", "times", ("ebit", "interest"), _over("now.ebit", "now.interest"), True, _NO_DEBT),
    Ratio(
        "return_on_assets_pct", "percent", ("ebit", "total_assets"), _over("now.ebit", _mean("total_assets"), 100), True
    ),
    Ratio(
        "cash_flow_to_current_liabilities_pct",
        "percent",
        ("operating_cash_flow", "current_liabilities"),
        _over("now.operating_cash_flow", "now.current_liabilities", 100),
        True,
    ),
    Ratio(
        "revenue_growth_pct",
        "percent",
        ("revenue",),
        _over("(now.revenue - before.revenue)", "before.revenue", 100),
        True,
    ),
    Ratio(
        "current_ratio",
        "times",
        ("current_assets", "current_liabilities"),
        _over("now.current_assets", "now.current_liabilities"),
    ),
    Ratio(
        "cash_ratio",
        "times",
        ("cash", "trading_assets", "current_liabilities"),
        _over("(now.cash + coalesce(now.trading_assets, 0))", "now.current_liabilities"),
    ),
    Ratio(
        "liabilities_to_equity", "times", ("total_liabilities", "equity"), _over("now.total_liabilities", "now.equity")
    ),
    Ratio("gearing", "times", ("debt", "equity"), _over("now.debt", "now.equity")),
    Ratio(
        "gross_margin_pct",
        "percent",
        ("revenue", "cost_of_sales"),
        _over("(now.revenue - now.cost_of_sales)", "now.revenue", 100),
        True,
    ),
    Ratio(
        "operating_margin_pct",
        "percent",
        ("operating_profit", "revenue"),
        _over("now.operating_profit", "now.revenue", 100),
        True,
    ),
    Ratio("net_margin_pct", "percent", ("net_profit", "revenue"), _over("now.net_profit", "now.revenue", 100), True),
    Ratio(
        "return_on_equity_pct",
        "percent",
        ("net_profit", "equity"),
        f"case when now.equity > 0 then {_over('now.net_profit', _mean('equity'), 100)} end",
        True,
    ),
    Ratio("receivable_days", "days", ("receivables", "revenue"), _over("now.receivables", "now.revenue", 365), True),
    Ratio(
        "inventory_days", "days", ("inventory", "cost_of_sales"), _over("now.inventory", "now.cost_of_sales", 365), True
    ),
    Ratio("payable_days", "days", ("payables", "cost_of_sales"), _over("now.payables", "now.cost_of_sales", 365), True),
    Ratio("asset_turnover", "times", ("revenue", "total_assets"), _over("now.revenue", _mean("total_assets")), True),
)
BY_ID = {ratio.id: ratio for ratio in RATIOS}


def _z_double_prime() -> str:
    model = next(model for model in altman.MODELS if model.id == "z2")
    weighed = (("working_capital", model.x1), ("retained", model.x2), ("ebit", model.x3))
    by_assets = " + ".join(f"{weight!r}::double * now.{name}" for name, weight in weighed)
    by_debt = f"{model.x4!r}::double * now.equity / now.total_liabilities"
    known = "now.total_assets > 0 and now.total_liabilities > 0"
    return f"round(case when {known} then ({by_assets}) / now.total_assets + {by_debt} end, 6)"


# Altman's Z'', as `altman.scores` gives it.
Z_DOUBLE_PRIME = _z_double_prime()
