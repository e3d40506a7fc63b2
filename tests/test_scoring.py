"""The compiled query against the golden cases and against the plain reference on random books."""

import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore import policy as policies
from riskcore import scoring
from tests import books
from tests.reference import (
    REFUSED,
    Expired,
    best_allowed,
    card,
    csv_rows,
    rules_reference,
    score_customer,
    tier_of,
)

POLICY = policies.load()
IDS = [c.id for c in POLICY.characteristic]


def in_mode(mode: str, use: str = "fill") -> policies.Policy:
    data = POLICY.model_dump(mode="json", by_alias=True)
    data["missing_mode"] = mode
    data["external_score"]["use"] = use
    return policies.Policy.model_validate(data)


MODES = {mode: in_mode(mode) for mode in ("table", "reallocate", "zero", "refuse")}


def given_values(row: dict[str, str]) -> dict[str, Any]:
    """The facts of a golden row: numbers as numbers, words as words, empty cells left out."""
    out: dict[str, Any] = {}
    for name in (*IDS, "credit_score"):
        text = row.get(name, "")
        if text:
            category = name in IDS and POLICY.known_characteristic(name).is_category
            out[name] = text if text == REFUSED or category else float(text)
    return out


@pytest.mark.parametrize("row", csv_rows("golden_profiles.csv"), ids=lambda r: r["profile"])
def test_profiles(row: dict[str, str]) -> None:
    [scored] = books.score(POLICY, [given_values(row)])
    for family in POLICY.family:
        points = sum(scored[f"{c.id}_points"] for c in POLICY.characteristic if c.family == family.id)
        assert points == int(row[f"points_{family.id}"])
    assert scored["score"] == int(row["score"])
    assert scored["known_points"] == int(row["known_points"])
    assert POLICY.tier[scored["score_tier"]].code == row["score_tier"]
    assert POLICY.tier[scored["tier"]].code == row["tier"]
    assert books.bounds(POLICY, scored) == row["bounds"]


@pytest.mark.parametrize("mode", ["table", "reallocate", "zero"])
@pytest.mark.parametrize("row", csv_rows("golden_missing.csv"), ids=lambda r: r["case"])
def test_missing_modes(row: dict[str, str], mode: str) -> None:
    values = given_values(row)
    for pair in row["expired_points"].split():
        name, points = pair.split("=")
        place = [b.points for b in POLICY.known_characteristic(name).bins].index(int(points))
        chosen = POLICY.known_characteristic(name).bins[place]
        inside = chosen.value or (chosen.lower if chosen.lower is not None else (chosen.upper or 0) - 1)
        values[name] = Expired(inside)
    [scored] = books.score(MODES[mode], [values])
    assert scored["score"] == int(row[f"score_{mode}"])


@pytest.mark.parametrize("row", csv_rows("golden_external.csv"), ids=lambda r: r["case"])
def test_external_score(row: dict[str, str]) -> None:
    [scored] = books.score(POLICY, [given_values(row)])
    assert scored["score"] == int(row["score"])
    assert scored["known_points"] == int(row["known_points"])
    assert POLICY.tier[scored["tier"]].code == row["tier"]
    assert books.bounds(POLICY, scored) == row["bounds"]


def test_refuse_mode_scores_nobody_who_lacks_a_required_value() -> None:
    data = MODES["refuse"].model_dump(mode="json", by_alias=True)
    next(c for c in data["characteristic"] if c["id"] == "quick_ratio")["required"] = True
    strict = policies.Policy.model_validate(data)
    full = {c.id: c.bins[-1].value or c.bins[-1].lower or 0 for c in POLICY.characteristic}
    lacking = {name: value for name, value in full.items() if name != "quick_ratio"}
    scored = books.score(strict, [full, lacking, full | {"quick_ratio": REFUSED}])
    assert scored[0]["score"] is not None and not scored[0]["little_known"]
    assert [s["score"] for s in scored[1:]] == [None, None]
    assert all(s["tier"] == 2 and s["little_known"] for s in scored[1:])


@pytest.mark.parametrize(("use", "expected"), [("prefer", 820), ("compare", 511), ("ignore", 511)])
def test_other_uses_of_an_external_score(use: str, expected: int) -> None:
    [scored] = books.score(in_mode("table", use), [{"credit_score": 820.0}])
    assert scored["score"] == expected


def edge_values(c: policies.Characteristic) -> list[Any]:
    """Every edge of a characteristic, its neighbours among floats, and what counts as missing."""
    if c.is_category:
        return [*(b.value for b in c.bins), "no such word"]
    edges = {e for b in c.bins for e in (b.lower, b.upper) if e is not None}
    near = [n for e in edges for n in (e, math.nextafter(e, math.inf), math.nextafter(e, -math.inf))]
    special = ["no_debt"] if c.special else []
    return [*near, -0.0, -1e9, 1e9, math.nan, math.inf, -math.inf, *special]


def random_book(seed: int, size: int) -> list[dict[str, Any]]:
    """Customers whose values are edges, wild numbers, refusals, expiries and silence."""
    pick = random.Random(seed)
    rows = []
    for _ in range(size):
        row: dict[str, Any] = {}
        silence = pick.choice([0.05, 0.3, 0.8])
        for c in POLICY.characteristic:
            chance = pick.random()
            if chance < silence:
                continue
            value = pick.choice(edge_values(c)) if c.is_category or pick.random() < 0.7 else pick.uniform(-100, 200)
            row[c.id] = REFUSED if chance > 0.93 else Expired(value) if chance > 0.85 else value
        if pick.random() < 0.4:
            row["credit_score"] = float(pick.choice([300, 599, 600, 699, 700, 850, pick.randint(300, 850)]))
            if pick.random() < 0.2:
                row["credit_score"] = Expired(row["credit_score"])
        row["net_worth"] = pick.choice([None, -1.0, 0.0, 5e6])
        row["secured_amount"] = pick.choice([None, 0.0, 1e5])
        row["exposure"] = pick.choice([None, 0.0, 1e6, -500.0])
        rows.append(row)
    return rows


@pytest.mark.parametrize("mode", ["table", "reallocate", "zero"])
@pytest.mark.parametrize("use", ["fill", "prefer", "compare", "ignore"])
def test_query_equals_the_plain_reference(mode: str, use: str) -> None:
    rows = random_book(len(mode) * 100 + len(use), 400)
    policy = in_mode(mode, use)
    for row, scored in zip(rows, books.score(policy, rows), strict=True):
        x = row.get("credit_score")
        expected = score_customer(
            row,
            mode=mode,  # type: ignore[arg-type]
            credit_score=None if x is None else int(x.value if isinstance(x, Expired) else x),
            credit_score_state="expired" if isinstance(x, Expired) else "known",
            external=use,  # type: ignore[arg-type]
        )
        assert {name: scored[f"{name}_points"] for name in card()} == expected["points"], row
        assert scored["score"] == expected["score"], row
        assert scored["known_points"] == expected["known_points"]
        filled = expected["filled"] or (use == "prefer" and scored["is_filled"])
        fired = rules_reference(
            row,
            filled=filled,
            net_worth=row["net_worth"],
            secured_amount=row["secured_amount"],
            exposure=row["exposure"],
        )
        assert books.bounds(policy, scored) == " ".join(f"{code}:{tier}" for code, tier in fired), row
        final = max(tier_of(expected["score"]), best_allowed(fired))
        assert policy.tier[scored["tier"]].code == final


@pytest.mark.parametrize("mode", ["table", "reallocate", "zero"])
def test_withdrawing_or_expiring_a_value_never_raises_a_score(mode: str) -> None:
    pick = random.Random(11)
    before, after = [], []
    for row in random_book(23, 600):
        known = [n for n in IDS if n in row and row[n] != REFUSED and not isinstance(row[n], Expired)]
        if known:
            name = pick.choice(known)
            before.append(row)
            after.append(row | {name: Expired(row[name])})
    scores = [[s["score"] for s in books.score(MODES[mode], rows)] for rows in (before, after)]
    assert all(late <= early for early, late in zip(*scores, strict=True))
    assert scores[0] != scores[1]


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_order_of_rows_and_columns_and_unknown_columns_change_nothing(pick: random.Random) -> None:
    rows = random_book(pick.randint(0, 999), 40)
    plain = books.facts(rows)
    shuffled = plain.select(pick.sample(plain.column_names, len(plain.column_names)))
    order = pick.sample(range(len(rows)), len(rows))
    other = shuffled.take(order).append_column("a stranger", [["x"] * len(rows)])
    keep = ("score", "tier", "rules", "best", "known_points", "reason")
    one, two = ([[s[k] for k in keep] for s in books.score(POLICY, rows, table)] for table in (plain, other))
    assert one == two


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(301, 850), min_size=2, max_size=2, unique=True))
def test_moving_a_threshold_never_moves_a_bound(starts: list[int]) -> None:
    moved = policies.with_thresholds(POLICY, sorted(starts, reverse=True))
    rows = random_book(5, 30)
    keep = ("score", "best", "worst", "rules", "little_known")
    before, after = ([[s[k] for k in keep] for s in books.score(p, rows)] for p in (POLICY, moved))
    assert before == after


@pytest.mark.parametrize("rule", [r for r in POLICY.rule if r.code.lower() in {f"k{n}" for n in range(1, 10)}])
def test_each_hard_flag_holds_the_best_customer_in_the_worst_tier(rule: policies.Rule) -> None:
    best = {c.id: max(c.bins, key=lambda b: b.points) for c in POLICY.characteristic}
    values = {name: b.value or (b.lower if b.lower is not None else (b.upper or 1) - 1) for name, b in best.items()}
    clean, flagged = books.score(POLICY, [values, values | {rule.code.lower(): True}])
    assert (clean["tier"], flagged["tier"]) == (0, 2)
    assert clean["score"] == flagged["score"]
    assert not flagged["little_known"]


def test_flags_that_do_not_bound() -> None:
    values = {"external_grade": "N5", "credit_score": 840.0}
    disagreeing, large = books.score(
        POLICY, [values, {"credit_score": 840.0, "exposure": 11.0, "own_annual_sales": 100.0}]
    )
    assert [r.code for r in scoring.rules_of(POLICY, disagreeing["rules"])] == ["S6"]
    assert [r.code for r in scoring.rules_of(POLICY, large["rules"])] == ["S7"]
    assert (disagreeing["best"], large["best"]) == (0, 0)


def test_the_reason_is_the_largest_loss_of_points() -> None:
    rows = random_book(9, 200)
    for scored in books.score(POLICY, rows):
        losses = [
            c.max_points - scored[f"{c.id}_points"] if scored[f"{c.id}_bin"] else 0 for c in POLICY.characteristic
        ]
        expected = losses.index(max(losses)) if max(losses) > 0 else None
        assert scored["reason"] == expected


def test_a_policy_without_rules_bounds_nobody() -> None:
    free = policies.Policy.model_validate(POLICY.model_dump(mode="json", by_alias=True) | {"rule": []})
    for scored in books.score(free, [{}, {"k1": True}]):
        assert (scored["rules"], scored["best"], scored["worst"], scored["little_known"]) == (0, 0, 2, False)
        assert scored["tier"] == scored["score_tier"]
