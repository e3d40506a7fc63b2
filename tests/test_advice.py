"""What lifts a customer to the next tier, against a plain search of every set of changes."""

import random
import time
from collections.abc import Mapping
from itertools import combinations, product
from typing import Any

import pytest

from riskcore import policy as policies
from riskcore.advice import Advice, Step, next_tier
from riskcore.policy import Characteristic, Policy
from riskcore.store import Store
from tests import books
from tests.reference import REFUSED, Expired

POLICY = policies.load()
BY_ID = {c.id: c for c in POLICY.characteristic}
FORBIDDEN = {
    "years_since_incorporation",
    "months_trading",
    "industry_risk_grade",
    "industry_outlook",
    "country_risk_grade",
}
SMALL = (
    "quick_ratio",
    "revenue_growth_pct",
    "statement_quality",
    "legal_events_24m",
    "days_beyond_terms_12m",
    "industry_outlook",
)


def advise_all(policy: Policy, rows: list[dict[str, Any]]) -> list[tuple[Advice, dict[str, Any]]]:
    """The advice for each customer, and what the scoring query says of it."""
    cursor = Store().cursor()
    out = []
    for row, scored in zip(rows, books.score(policy, rows), strict=True):
        cursor.register("facts", books.facts([row]))
        out.append((next_tier(cursor, policy, "facts", scored), scored))
    return out


def advise(policy: Policy, row: dict[str, Any]) -> tuple[Advice, dict[str, Any]]:
    [answer] = advise_all(policy, [row])
    return answer


def inside(c: Characteristic, number: int) -> Any:
    """A value well inside a bin: not the one that the program would choose."""
    b = c.bins[number - 1]
    if b.value is not None:
        return b.value
    if c.unit == "count":
        return b.lower
    if b.lower is None or b.upper is None:
        return b.upper - 0.4 if b.lower is None else b.lower + 0.4
    return (b.lower + b.upper) / 2


def random_row(pick: random.Random, ids: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    quality = pick.random()
    for name in ids:
        c = BY_ID[name]
        place = min(len(c.bins), 1 + int(len(c.bins) * min(0.999, max(0, pick.gauss(quality, 0.3)))))
        value = inside(c, place)
        kinds = [value, Expired(value), REFUSED, None]
        row[name] = pick.choices(kinds, [8, 1, 0.5, 1.5])[0]
    return row


def applied(row: Mapping[str, Any], advice: Advice) -> dict[str, Any]:
    return dict(row) | {s.characteristic: inside(BY_ID[s.characteristic], s.to_bin) for s in advice.steps}


def random_customers(count: int, seed: int, ids: list[str]) -> list[dict[str, Any]]:
    pick = random.Random(seed)
    rows = [random_row(pick, ids) for _ in range(count)]
    for row in rows[::4]:
        row["credit_score"] = float(pick.randint(450, 800))
    return rows


def test_the_steps_lead_to_the_tier_by_a_full_score() -> None:
    rows = random_customers(60, 1, list(BY_ID))
    answers = advise_all(POLICY, rows)
    applied = [
        row | {s.characteristic: inside(BY_ID[s.characteristic], s.to_bin) for s in advice.steps}
        for row, (advice, _) in zip(rows, answers, strict=True)
    ]
    for (advice, scored), after in zip(answers, books.score(POLICY, applied), strict=True):
        assert advice.target == max(scored["tier"] - 1, 0)
        assert (advice.kind == "path") == bool(advice.steps)
        assert after["score"] == advice.score_after
        assert (after["tier"] <= advice.target) == (advice.kind in {"path", "best"})
        assert len(advice.steps) <= 3
        for step in advice.steps:
            assert step.characteristic not in FORBIDDEN
            assert step.from_bin == scored[f"{step.characteristic}_bin"]
            assert step.supplies == (step.from_bin in {0, 7} or step.from_bin > 8)
            assert step.points_gain > 0
            assert after[f"{step.characteristic}_bin"] == step.to_bin
    assert {advice.kind for advice, _ in answers} == {"best", "held", "path", "none"}
    assert {len(advice.steps) for advice, _ in answers} == {0, 1, 2, 3}


def small_policy(starts: tuple[int, ...]) -> Policy:
    data = POLICY.model_dump(mode="json", by_alias=True)
    data["characteristic"] = [c for c in data["characteristic"] if c["id"] in SMALL]
    data["rule"] = [r for r in data["rule"] if r["code"] in {"S6", "S8"}]
    for grade, start in zip(data["pd_scale"]["grade"], (420, 400, 380, 360, 340, 320, 300), strict=True):
        grade["min_score"] = start
    for tier, start in zip(data["tier"], (*starts, None), strict=True):
        tier["min_score"] = start
    # One more rule, which a step can set off: growth of exactly the best bin holds the tier.
    held = [{"fact": "revenue_growth_pct", "at_least": 10}, {"fact": "revenue_growth_pct", "below": 60}]
    data["rule"].append(
        {"code": "S3", "name": {"zh": "增长", "en": "Growth"}, "case": [{"best_tier": "C", "all": held}]}
    )
    return Policy.model_validate(data)


def rung(c: Characteristic, number: int) -> int:
    """How far up along the value a bin stands."""

    def lower(place: int) -> float:
        start = c.bins[place].lower
        return -1e9 if start is None else start

    return number if c.is_category else sum(lower(n) <= lower(number - 1) for n in range(len(c.bins)))


def shortest_by_hand(policy: Policy, row: Mapping[str, Any], scored: Mapping[str, Any]) -> tuple[int, int, Any] | None:
    """Characteristics, bins climbed and names of the shortest path among all sets of at most three changes."""
    moves: list[list[tuple[str, int, int]]] = []
    for c in policy.characteristic:
        code = scored[f"{c.id}_bin"]
        known = 1 <= code <= 6
        if c.movable:
            bins = range(1, len(c.bins) + 1)
            moves.append([(c.id, n, abs(rung(c, n) - rung(c, code)) if known else 1) for n in bins if n != code])
    tries = [way for size in (1, 2, 3) for of in combinations(moves, size) for way in product(*of)]
    rows = [dict(row) | {name: inside(BY_ID[name], n) for name, n, _ in way} for way in tries]
    # Unequal tiers count only where each change earns more: that is what a step is.
    found = []
    for way, after in zip(tries, books.score(policy, rows), strict=True):
        gains = all(after[f"{name}_points"] > worth(policy, scored, name) for name, _, _ in way)
        if gains and after["tier"] < scored["tier"]:
            order = tuple(list(BY_ID).index(name) for name, _, _ in way)
            found.append((len(way), sum(climb for *_, climb in way), order, after["score"]))
    return min(found) if found else None


def worth(policy: Policy, scored: Mapping[str, Any], name: str) -> float:
    """What a characteristic adds to the score now, its part of the external score included."""
    if scored["is_filled"] and scored[f"{name}_bin"] == 0:
        share = (scored["external_score"] - policy.base_score) / (policy.top_score - policy.base_score)
        return int(BY_ID[name].max_points * share + 0.5)
    return scored[f"{name}_points"]


@pytest.mark.parametrize("starts", [(400, 370), (425, 360), (430, 380)])
def test_no_smaller_set_reaches_the_tier(starts: tuple[int, ...]) -> None:
    policy = small_policy(starts)
    rows = random_customers(12, starts[0], list(SMALL))
    rows = [row | {"credit_score": 390.0} if "credit_score" in row else row for row in rows]
    sizes = set()
    for row, (advice, scored) in zip(rows, advise_all(policy, rows), strict=True):
        if advice.kind in {"held", "best"}:
            assert scored["best"] >= scored["tier"]
            continue
        sizes.add(len(advice.steps))
        climbed = 0
        for step in advice.steps:
            c = BY_ID[step.characteristic]
            climbed += 1 if step.supplies else abs(rung(c, step.to_bin) - rung(c, step.from_bin))
        order = tuple(list(BY_ID).index(step.characteristic) for step in advice.steps)
        found = (len(order), climbed, order, advice.score_after) if order else None
        assert found == shortest_by_hand(policy, row, scored), row
    assert len(sizes) > 1


def test_held_names_the_rules_and_no_path() -> None:
    values = {c.id: inside(c, len(c.bins)) for c in POLICY.characteristic}
    for more, codes in (
        ({"k2": True}, ("K2",)),
        ({"k1": True, "k8": True, "s3": True}, ("K1", "K8")),
        ({"months_trading": 3.0, "s4": True}, ("S1", "S4")),
    ):
        advice, scored = advise(POLICY, values | more)
        assert (advice.kind, advice.rules, advice.steps) == ("held", codes, ())
        assert advice.score_after == scored["score"]
    assert advise(POLICY, {"customer_key": 1})[0].rules == ("S2",)


def test_the_best_tier_has_nothing_above_it() -> None:
    values = {c.id: inside(c, len(c.bins)) for c in POLICY.characteristic}
    assert advise(POLICY, values)[0] == Advice("best", 0, (), (), advise(POLICY, values)[1]["score"])


def only_movable(policy: Policy, *names: str) -> Policy:
    data = policy.model_dump(mode="json", by_alias=True)
    return Policy.model_validate(
        data | {"characteristic": [c | {"movable": c["id"] in names} for c in data["characteristic"]]}
    )


def test_growth_that_is_too_fast_comes_down_one_bin() -> None:
    row = {c.id: inside(c, len(c.bins) - 1) for c in POLICY.characteristic} | {"revenue_growth_pct": 80.0}
    [scored] = books.score(POLICY, [row])
    policy = policies.with_thresholds(POLICY, (scored["score"] + 6, 400))
    advice, _ = advise(only_movable(policy, "revenue_growth_pct"), row)
    assert advice.steps == (Step("revenue_growth_pct", 5, 4, 6, False),)
    assert advice.score_after == scored["score"] + 6


def test_supplying_a_value_is_one_step_whatever_its_bin() -> None:
    row = {c.id: inside(c, len(c.bins) - 1) for c in POLICY.characteristic}
    row |= {"quick_ratio": 0.3, "interest_coverage": REFUSED}
    [scored] = books.score(POLICY, [row])
    policy = policies.with_thresholds(POLICY, (scored["score"] + 10, 400))
    # Two bins of the quick ratio would add 14; it stands first in the policy.
    advice, _ = advise(only_movable(policy, "quick_ratio", "interest_coverage"), row)
    assert advice.steps == (Step("interest_coverage", 7, 3, 10, True),)


def test_a_new_value_takes_over_its_part_of_the_external_score() -> None:
    policy = only_movable(policies.with_thresholds(POLICY, (693, 400)), "quick_ratio")
    advice, scored = advise(policy, {"credit_score": 690.0})
    assert scored["score"] == 690
    # 25 points at most, of which 690 stands for 18.
    assert (advice.steps, advice.score_after) == ((Step("quick_ratio", 0, 4, 3, True),), 693)


def test_a_count_is_a_whole_number() -> None:
    data = only_movable(POLICY, "legal_events_24m").model_dump(mode="json", by_alias=True)
    more_than_one = {"best_tier": "C", "all": [{"fact": "legal_events_24m", "above": 1}]}
    data["rule"] = [{"code": "S3", "name": {"zh": "诉讼", "en": "Events"}, "case": [more_than_one]}]
    row = {c.id: inside(c, len(c.bins)) for c in POLICY.characteristic} | {"legal_events_24m": REFUSED}
    [scored] = books.score(POLICY, [row])
    policy = policies.with_thresholds(Policy.model_validate(data), (scored["score"] + 14, 400))
    assert advise(policy, row)[0].steps == (Step("legal_events_24m", 7, 3, 14, True),)


def test_an_unscored_customer_is_told_what_is_required() -> None:
    data = POLICY.model_dump(mode="json", by_alias=True) | {"missing_mode": "refuse"}
    next(c for c in data["characteristic"] if c["id"] == "quick_ratio")["required"] = True
    strict = Policy.model_validate(data)
    row = {c.id: inside(c, len(c.bins) - 1) for c in POLICY.characteristic} | {"quick_ratio": REFUSED}
    advice, scored = advise(strict, row)
    assert scored["score"] is None
    assert [(s.characteristic, s.from_bin, s.supplies) for s in advice.steps] == [("quick_ratio", 7, True)]


def test_nothing_that_may_move_is_no_path() -> None:
    row = {c.id: inside(c, 2) for c in POLICY.characteristic} | {"days_beyond_terms_12m": 20.0}
    assert advise(only_movable(POLICY), row)[0].kind == "none"


def test_the_longest_search_is_short() -> None:
    """Everything in its worst bin, no rule in the way, and a tier that only three changes reach."""
    data = POLICY.model_dump(mode="json", by_alias=True) | {"rule": []}
    row = {c.id: inside(c, 1) for c in POLICY.characteristic}
    policy = policies.with_thresholds(Policy.model_validate(data), (700, 400))
    [scored] = books.score(policy, [row])
    cursor = Store().cursor()
    cursor.register("facts", books.facts([row]))
    started = time.perf_counter()
    advice = next_tier(cursor, policy, "facts", scored)
    assert time.perf_counter() - started < 3
    assert (advice.kind, len(advice.steps)) == ("path", 3)
