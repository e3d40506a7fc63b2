"""Leanings: planted ones are found on their characteristic and on no other, and fair judgement has none."""

import math
import random
from collections.abc import Iterator

import pytest

from riskcore.training import leaning
from riskcore.training.leaning import Bias, Contrast, Stated

NAMES = tuple(f"c{number}" for number in range(25))
OVERLOOKED = NAMES[3]
WEIGHT, HEAVY = 0.35, 2.0  # what a poor value adds to the log-odds of failing, and a good one takes away


def cases(pick: random.Random, number: int) -> Iterator[dict[str, bool]]:
    """Cases by characteristics: whether each known one is poor. They go together, and a quarter is not known."""
    for _ in range(number):
        health = pick.gauss(0, 1)
        drawn = {name: pick.gauss(0.8 * health, 1) < 0 for name in NAMES}
        yield {name: poor for name, poor in drawn.items() if pick.random() < 0.75}


def judged(pick: random.Random, number: int, overlooked: str = "") -> list[Stated]:
    """A trainee who knows the odds but for noise, and does not see one characteristic."""
    found = []
    for case in cases(pick, number):
        weights = {name: (HEAVY if name == OVERLOOKED else WEIGHT) * (1 if poor else -1) for name, poor in case.items()}
        odds = sum(weights.values())
        said = odds - weights.get(overlooked, 0.0)
        bad = pick.random() < _share(odds)
        good, poor = (tuple(name for name, is_poor in case.items() if is_poor == side) for side in (False, True))
        found.append(Stated(_share(said + pick.gauss(0, 0.5)) - bad, bad, good, poor))
    return found


def _share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def named(stated: list[Stated]) -> list[Contrast]:
    return [one for one in leaning.by_characteristic(stated) if one.side]


def test_a_leaning_needs_ten_cases_and_more_than_luck() -> None:
    assert leaning.bias([Stated(-1.0, True)] * 9) == Bias(9)
    assert leaning.bias([Stated(-1.0, True)] * 10).leaning == "lenient"
    assert leaning.bias([Stated(0.03, False)] * 10).leaning == "unclear"  # ten good ones in a row prove nothing
    fair = leaning.bias([Stated(0.5, False), Stated(-0.5, True)] * 8)
    assert (fair.mean, fair.leaning) == (0, "unclear")
    assert fair.low is not None and fair.high == pytest.approx(-fair.low)
    assert fair.high == pytest.approx(2.1314 * 0.5164 / 4, rel=1e-4)  # the t quantile of 15 degrees of freedom


def test_who_overlooks_a_characteristic_is_told_so_and_of_no_other() -> None:
    found = [named(judged(random.Random(seed), 200, overlooked=OVERLOOKED)) for seed in range(40)]
    assert sum(OVERLOOKED in [one.characteristic for one in own] for own in found) >= 36
    others = [one for own in found for one in own if one.characteristic != OVERLOOKED]
    assert len(others) <= 2  # at 5 % for all 24 others together
    for own in found:
        for one in own[:1]:
            assert one.side and one.named
            assert one.named.leaning == ("lenient" if one.side == "poor" else "strict")


def test_who_judges_fairly_is_told_of_no_characteristic() -> None:
    assert sum(bool(named(judged(random.Random(seed), 200))) for seed in range(100, 160)) <= 3


def test_cases_that_are_strict_where_poor_are_named_so() -> None:
    doubt = [Stated(0.6, False, (), ("x",)), Stated(-0.4, True, (), ("x",)), Stated(0.6, False, (), ("x",))]
    fair = [Stated(0.1, False, ("x",), ()), Stated(-0.1, True, ("x",), ())]
    [one] = named(doubt * 20 + fair * 20)
    assert (one.characteristic, one.side, one.poor.leaning) == ("x", "poor", "strict")
    assert (one.poor.cases, one.good.cases) == (60, 40)
    assert one.named == one.poor == leaning.bias(doubt * 20)


def test_who_leans_alike_everywhere_leans_on_no_characteristic() -> None:
    stated = [
        Stated(-0.4, place % 2 == 0, ("x",) if place % 4 < 2 else (), () if place % 4 < 2 else ("x",))
        for place in range(200)
    ]
    assert leaning.bias(stated).leaning == "lenient"
    [one] = leaning.by_characteristic(stated)
    assert (one.side, one.named, one.poor.leaning, one.good.leaning) == (None, None, "lenient", "lenient")


def test_nothing_is_said_of_a_characteristic_under_ten_cases_on_either_side() -> None:
    poor, good = Stated(-1.0, True, (), ("x",)), Stated(0.0, False, ("x",), ())
    assert leaning.by_characteristic([poor] * 9 + [good] * 200) == []
    assert leaning.by_characteristic([poor] * 200 + [good] * 9) == []
    [one] = leaning.by_characteristic([poor] * 10 + [good] * 10)
    assert (one.side, one.poor.mean) == ("poor", -1.0)
    assert leaning.by_characteristic([]) == []


def test_what_a_named_one_explains_is_not_said_of_its_twin() -> None:
    twins = [Stated(-0.8, True, (), ("x", "y"))] * 40 + [Stated(0.1, False, ("x", "y"), ())] * 40
    apart = [Stated(-0.8, True, ("y",), ("x",))] * 15 + [Stated(0.1, False, ("x",), ("y",))] * 15
    assert [one.characteristic for one in named(twins + apart)] == ["x"]
    assert {one.characteristic for one in leaning.by_characteristic(twins + apart)} == {"x", "y"}
