"""Altman's scores of a company's distance from failure: a second opinion, never part of the score.

Coefficients and zones: Altman 1968 (Z), Altman 2000 (Z' for private firms, Z'' for others than manufacturers). Z'' of
emerging markets is Z'' and a constant, so that its zones are those of Z'' moved by the same constant. Not meant for
banks and insurers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Zone = Literal["distress", "grey", "safe"]
CONSTANT = 3.25
NOT_FOR = "J"  # section of the industry classification: banks and insurers


@dataclass(frozen=True)
class Model:
    """Weights of X1 working capital, X2 retained earnings and X3 EBIT over total assets, X4 equity over total
    liabilities and X5 revenue over total assets; below `distress` is distress, above `safe` is safe.
    """

    id: str
    x1: float
    x2: float
    x3: float
    x4: float
    x5: float
    distress: float
    safe: float
    equity: str = "equity"
    constant: float = 0.0


MODELS = (
    Model("z", 1.2, 1.4, 3.3, 0.6, 1.0, 1.81, 2.99, equity="market_value_of_equity"),
    Model("z1", 0.717, 0.847, 3.107, 0.420, 0.998, 1.23, 2.90),
    Model("z2", 6.56, 3.26, 6.72, 1.05, 0.0, 1.10, 2.60),
    Model("z2_em", 6.56, 3.26, 6.72, 1.05, 0.0, 1.10 + CONSTANT, 2.60 + CONSTANT, constant=CONSTANT),
)


@dataclass(frozen=True)
class Score:
    """A model's score, or the names of what is not known and would be needed; zone and value are None then."""

    model: str
    value: float | None
    zone: Zone | None
    lacking: tuple[str, ...] = ()


def scores(figures: Mapping[str, float | None]) -> tuple[Score, ...]:
    """The score of each model, in the order Z, Z', Z'', Z'' of emerging markets.

    `figures`: working_capital, retained_earnings (with the surplus reserve), ebit, equity, market_value_of_equity,
    revenue, total_assets and total_liabilities, all in one currency and of one period. Where total assets or
    liabilities are not above zero, they count as not known.
    """
    return tuple(_score(model, figures) for model in MODELS)


def _score(model: Model, figures: Mapping[str, float | None]) -> Score:
    above = ["working_capital", "retained_earnings", "ebit", *(["revenue"] if model.x5 else [])]
    known = {name: value for name in (*above, model.equity) if (value := figures.get(name)) is not None}
    for name in ("total_assets", "total_liabilities"):
        if (value := figures.get(name)) is not None and value > 0:
            known[name] = value
    lacking = tuple(name for name in (*above, model.equity, "total_assets", "total_liabilities") if name not in known)
    if lacking:
        return Score(model.id, None, None, lacking)
    by_assets = sum(
        weight * known[name] for name, weight in zip(above, (model.x1, model.x2, model.x3, model.x5), strict=False)
    )
    by_debt = model.x4 * known[model.equity] / known["total_liabilities"]
    value = round(by_assets / known["total_assets"] + by_debt + model.constant, 6)
    return Score(model.id, value, zone(model, value))


def zone(model: Model, value: float) -> Zone:
    """The zone of a score; both edges are grey."""
    if value < model.distress:
        return "distress"
    return "safe" if value > model.safe else "grey"
