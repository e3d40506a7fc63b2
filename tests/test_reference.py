"""The reference against the worked cases: every row and every column of the golden files."""

import math

import pytest

from tests.reference import (
    TIERS,
    Expired,
    best_allowed,
    card,
    clamp,
    csv_rows,
    half_up,
    pd_12m,
    rules_reference,
    score_customer,
    tier_of,
)


def values_of(row: dict[str, str]) -> dict[str, object]:
    """The characteristics of a golden row: numbers as numbers, words as they stand, empty as None."""
    return {name: _value(row[name]) for name in card()}


def _value(cell: str) -> object:
    try:
        number = float(cell)
    except ValueError:
        return cell or None
    return int(number) if number.is_integer() else number


def rules_text(fired: list[tuple[str, str]]) -> str:
    """Fired rules as the golden files write them."""
    return " ".join(f"{code}:{tier}" for code, tier in fired)


def cases(name: str) -> list[object]:
    """The rows of a golden file as pytest parameters, named by their first column."""
    return [pytest.param(row, id=next(iter(row.values()))) for row in csv_rows(f"golden_{name}.csv")]


def test_the_card_is_whole():
    assert len(card()) == 25
    assert sum(len(c.bins) for c in card().values()) == 122
    assert sum(c.max_points for c in card().values()) == 550
    families = {c.family for c in card().values()}
    assert {f: sum(c.max_points for c in card().values() if c.family == f) for f in families} == {
        "financial": 165,
        "credit_report": 110,
        "history_payment": 209,
        "industry": 66,
    }
    assert all(max(b.points for b in c.bins) == c.max_points for c in card().values())


@pytest.mark.parametrize("row", cases("profiles"))
def test_profiles(row):
    values = values_of(row)
    scored = score_customer(values)
    fired = rules_reference(values)
    assert {f"points_{family}": str(points) for family, points in scored["families"].items()} == {
        name: row[name] for name in row if name.startswith("points_")
    }
    assert scored["score"] == int(row["score"])
    assert tier_of(scored["score"]) == row["score_tier"]
    assert rules_text(fired) == row["bounds"]
    assert clamp(tier_of(scored["score"]), best_allowed(fired)) == row["tier"]
    assert scored["known_points"] == int(row["known_points"])
    assert f"{pd_12m(scored['score']):.6f}" == row["pd_12m"]
    assert scored["external_points"] == 0


@pytest.mark.parametrize("row", cases("missing"))
@pytest.mark.parametrize("mode", ["table", "reallocate", "zero"])
def test_missing(row, mode):
    pairs = (item.split("=") for item in row["expired_points"].split())
    expired = {name: int(points) for name, points in pairs}
    scored = score_customer(values_of(row), mode=mode, expired_points=expired)
    assert scored["score"] == int(row[f"score_{mode}"])


@pytest.mark.parametrize("row", cases("external"))
def test_external(row):
    values = values_of(row)
    scored = score_customer(values, credit_score=int(row["credit_score"]))
    fired = rules_reference(values, filled=scored["filled"])
    assert scored["known_points"] == int(row["known_points"])
    assert scored["score"] == int(row["score"])
    assert tier_of(scored["score"]) == row["score_tier"]
    assert rules_text(fired) == row["bounds"]
    assert clamp(tier_of(scored["score"]), best_allowed(fired)) == row["tier"]


@pytest.mark.parametrize("row", cases("bounds"))
def test_bounds(row):
    tier = tier_of(int(row["score"]), (int(row["a_from"]), int(row["b_from"])))
    best, worst = row["rules_best_tier"] or TIERS[0], row["override_tier"] or TIERS[-1]
    assert clamp(tier, best, worst) == row["final_tier"]


def test_an_expired_value_earns_no_more_than_silence_and_stays_in_the_share():
    values = {name: c_best(name) for name in card()}
    fresh = score_customer(values)["score"]
    values["days_beyond_terms_12m"] = Expired(0)
    expired = score_customer(values)
    assert fresh == 850
    assert expired["points"]["days_beyond_terms_12m"] == 20
    assert expired["known_points"] == 500
    assert score_customer(values, mode="zero")["points"]["days_beyond_terms_12m"] == 0
    same = score_customer(
        {k: v for k, v in values.items() if k != "days_beyond_terms_12m"},
        expired_points={"days_beyond_terms_12m": 50},
    )
    assert same == expired


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf, -math.inf, "unheard of", "", Expired(math.nan)])
@pytest.mark.parametrize("name", ["quick_ratio", "interest_coverage", "external_grade", "industry_risk_grade"])
def test_what_counts_as_missing(nothing, name):
    assert score_customer({name: nothing}) == score_customer({})
    assert rules_reference({name: nothing}) == rules_reference({})


def test_no_debt_is_the_best_coverage_and_nothing_elsewhere():
    assert score_customer({"interest_coverage": "no_debt"})["points"]["interest_coverage"] == 25
    assert score_customer({"quick_ratio": "no_debt"}) == score_customer({})


def test_expired_external_score_and_the_other_uses_of_one():
    assert score_customer({}, credit_score=800, credit_score_state="expired")["score"] == 520
    assert score_customer({}, credit_score=400, credit_score_state="expired")["score"] == 400
    assert score_customer({"months_trading": 70}, credit_score=800, external="prefer")["score"] == 800
    for use in ("compare", "ignore"):
        assert score_customer({}, credit_score=800, external=use) == score_customer({})
    assert not score_customer({name: c_best(name) for name in card()}, credit_score=400)["filled"]


def test_rules_look_at_the_last_value_but_count_what_is_known_now():
    old = {"days_beyond_terms_12m": Expired(31), "liabilities_to_assets_pct": Expired(101)}
    assert rules_text(rules_reference(old)) == "K7:C S1:B S2:C S5:B S8:B"
    assert rules_text(rules_reference(old, secured_amount=1)) == "S1:B S2:C S5:B S8:B"
    assert rules_text(rules_reference({"months_trading": 6}, net_worth=-1, filled=True)) == "K7:C"
    assert rules_text(rules_reference({"quick_ratio": 1, "days_beyond_terms_12m": 30})) == "S2:C"
    statements = {"quick_ratio": 1, "statement_quality": "old_or_tax", "months_trading": 6}
    assert rules_text(rules_reference(statements, exposure=99, statement_required_above=100)) == "S2:C"
    assert rules_text(rules_reference(statements, exposure=100, statement_required_above=100)) == "S2:C S5:B"


def test_half_up():
    assert [half_up(n, 2) for n in (0, 1, 2, 3, 5)] == [0, 1, 1, 2, 3]
    assert half_up(2749, 5500) == 0


def c_best(name: str) -> object:
    """A value that earns the maximum of a characteristic."""
    words = ("audited_12m", "N1", "improving", "1")
    numbers = (0, 1.4, 44, 6, 10, 25, 30, 20, 60, 15, 1, -5)
    most = card()[name].max_points
    return next(value for value in (*words, *numbers) if card()[name].points_of(value) == most)
