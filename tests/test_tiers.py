"""Tiers: what must hold for any thresholds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore import tiers
from riskcore.errors import AskedWrong
from riskcore.scoring import tier_sql
from riskcore.store import Store

THRESHOLDS = st.lists(st.integers(301, 850), min_size=1, max_size=6, unique=True).map(
    lambda starts: tuple(sorted(starts, reverse=True))
)


@given(THRESHOLDS)
def test_tiers_cover_every_score_once(thresholds: tuple[int, ...]) -> None:
    places = [tiers.tier_of(score, thresholds) for score in range(300, 851)]
    assert set(places) <= set(range(len(thresholds) + 1))
    for place, start in enumerate(thresholds):
        assert tiers.tier_of(start, thresholds) == place
        assert tiers.tier_of(start - 1, thresholds) == place + 1 or start - 1 in thresholds


@given(THRESHOLDS, st.integers(300, 850), st.integers(0, 550))
def test_more_points_never_lower_a_tier(thresholds: tuple[int, ...], score: int, more: int) -> None:
    assert tiers.tier_of(min(850, score + more), thresholds) <= tiers.tier_of(score, thresholds)


@given(THRESHOLDS)
def test_sql_gives_the_same_tier(thresholds: tuple[int, ...]) -> None:
    rows = Store().rows(f"select score, {tier_sql(thresholds)} from range(300, 851) t(score)")
    assert all(place == tiers.tier_of(score, thresholds) for score, place in rows)


@pytest.mark.parametrize("thresholds", [(600, 700), (700, 700), (851, 600), (700, 300)])
def test_thresholds_out_of_order_or_off_the_scale_are_refused(thresholds: tuple[int, ...]) -> None:
    with pytest.raises(AskedWrong, match="thresholds_order"):
        tiers.check_order(thresholds, 300, 850)
    assert tiers.check_order((700, 600), 300, 850) == (700, 600)
