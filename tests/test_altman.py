"""Altman's scores, by cases worked by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore import altman

FIGURES = {
    "working_capital": 200.0,
    "retained_earnings": 300.0,
    "ebit": 100.0,
    "equity": 500.0,
    "market_value_of_equity": 900.0,
    "revenue": 1500.0,
    "total_assets": 1000.0,
    "total_liabilities": 450.0,
}


def by_model(**changes: float | None) -> dict[str, altman.Score]:
    return {score.model: score for score in altman.scores(FIGURES | changes)}


def test_worked_by_hand() -> None:
    found = by_model()
    # X1 0.2, X2 0.3, X3 0.1, X4 2 at market and 500/450 in the books, X5 1.5
    assert found["z"].value == pytest.approx(0.24 + 0.42 + 0.33 + 1.2 + 1.5)
    assert found["z1"].value == pytest.approx(0.1434 + 0.2541 + 0.3107 + 0.420 * 500 / 450 + 1.497)
    assert found["z2"].value == pytest.approx(1.312 + 0.978 + 0.672 + 1.05 * 500 / 450)
    assert {model: score.zone for model, score in found.items()} == {
        "z": "safe",
        "z1": "grey",
        "z2": "safe",
        "z2_em": "safe",
    }


@pytest.mark.parametrize(
    ("working_capital", "zone"),
    [(-350.0, "distress"), (-200.0, "grey"), (-120.0, "grey"), (100.0, "safe")],
)
def test_zones_of_others_than_manufacturers(working_capital: float, zone: str) -> None:
    found = by_model(working_capital=working_capital)
    assert (found["z2"].zone, found["z2_em"].zone) == (zone, zone)


amounts = st.floats(-1e6, 1e6, allow_nan=False)


@given(working_capital=amounts, retained_earnings=amounts, ebit=amounts, equity=amounts, assets=st.floats(1, 1e6))
def test_emerging_markets_differ_by_the_constant_alone(assets: float, **figures: float) -> None:
    found = by_model(**figures, total_assets=assets)
    z2, em = found["z2"], found["z2_em"]
    assert z2.value is not None
    assert em.value is not None
    assert em.value - z2.value == pytest.approx(3.25, abs=2e-6)
    if min(abs(z2.value - edge) for edge in (1.10, 2.60)) > 2e-6:
        assert em.zone == z2.zone


def test_what_is_not_known_is_named() -> None:
    found = by_model(market_value_of_equity=None, revenue=None)
    assert (found["z"].value, found["z"].zone) == (None, None)
    assert found["z"].lacking == ("revenue", "market_value_of_equity")
    assert found["z1"].lacking == ("revenue",)
    assert found["z2"].value is not None
    assert by_model(total_liabilities=0)["z2"].lacking == ("total_liabilities",)


def test_edges_belong_to_the_grey_zone() -> None:
    figures = dict.fromkeys(FIGURES, 0.0) | {"total_assets": 656.0, "total_liabilities": 1.0}
    for working_capital, zone in ((110.0, "grey"), (109.99, "distress"), (260.0, "grey"), (260.01, "safe")):
        [z2] = [s for s in altman.scores(figures | {"working_capital": working_capital}) if s.model == "z2"]
        assert z2.zone == zone
