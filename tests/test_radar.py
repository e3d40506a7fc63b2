"""Four opinions on one scale: where each stands, which are apart, and the reviews that this calls."""

import itertools
import json
import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from riskcore import altman, assessment, book, explanation, portfolio, radar, scoring, statements, versions
from riskcore import policy as policies
from riskcore.policy import Policy
from riskcore.radar import JUDGES, PAIRS
from riskcore.store import Store
from tests import books, reference
from tests.test_features_statements import state

POLICY = policies.load()
DATA = POLICY.model_dump(mode="json", by_alias=True)
# The score is exactly the one that a file gives, so that every opinion can be planted apart from the others.
GIVEN = Policy.model_validate(DATA | {"external_score": DATA["external_score"] | {"use": "prefer"}})
DAY = date(2026, 6, 30)
YEAR_END = date(2025, 12, 31)
# Worked by hand from the policy's tables: a value, and the best and the worst place of the grades it stands for.
SCORES: tuple[tuple[Any, Any], ...] = (
    (None, None),
    *((s, (p, p)) for s, p in ((850, 0), (800, 0), (799, 1), (750, 1), (749, 2), (700, 2), (699, 3), (650, 3))),
    *((s, (p, p)) for s, p in ((649, 4), (600, 4), (599, 5), (550, 5), (549, 6), (300, 6))),
)
ZS = ((None, None), (-4.0, (5, 6)), (1.099999, (5, 6)), (1.1, (3, 4)), (2.6, (3, 4)), (2.600001, (0, 2)), (9.0, (0, 2)))
AGENCY = ((None, None), ("N1", (0, 0)), ("N2", (1, 1)), ("N3", (2, 3)), ("N4", (4, 5)), ("N5", (6, 6)))
DAYS = (
    *((None, None), (-8.0, (0, 2)), (0.0, (0, 2)), (0.01, (0, 3)), (5.0, (0, 3)), (5.5, (2, 4)), (15.0, (2, 4))),
    *((15.01, (3, 5)), (30.0, (3, 5)), (30.5, (5, 6)), (60.0, (5, 6)), (60.01, (6, 6)), (400.0, (6, 6))),
)
WORST = ((None, None), (7.0, (0, 2)), (8.0, (0, 4)), (30.0, (0, 4)), (60.0, (2, 5)), (90.0, (4, 6)), (91.0, (5, 6)))
SHARES = ((None, None), (0.0, (0, 2)), (0.5, (1, 4)), (5.0, (1, 4)), (15.0, (3, 5)), (30.0, (4, 6)), (31.0, (5, 6)))


def gap(a: Any, b: Any) -> int:
    """Grades between two ranges, counted one by one."""
    if a is None or b is None:
        return 0
    held = [set(range(x[0], x[1] + 1)) for x in (a, b)]
    return min(abs(i - j) for i in held[0] for j in held[1])


def payment(*ranges: Any) -> Any:
    known = [r for r in ranges if r is not None]
    return (max(r[0] for r in known), max(r[1] for r in known)) if known else None


def listed(store: Store, rows: Iterable[tuple[Any, ...]]) -> None:
    """Customers of the newest assessment with what is kept of others, as an assessment would leave them."""
    told = list(rows)
    cursor = store.cursor()
    cursor.execute(
        "insert into assessment (assessment_id, policy_hash, as_of, customers, created_at) values (1, ?, ?, ?, now())",
        [POLICY.hash, DAY, len(told)],
    )
    cursor.executemany(
        "insert into listing (position, customer_key, customer_id, customer_name, search, score, best, worst, tier, "
        "rules, known_points, little_known, late_days, in_default, tier_limit, exposure) "
        "values ($1, $1, 'C' || $1, 'C' || $1, '', $2, 0, 2, 0, 0, 0, false, 0, false, [], 1000000 - $1)",
        [[key, row[0]] for key, row in enumerate(told)],
    )
    cursor.executemany(
        "insert into opinion values (?, ?, ?, ?, ?, ?, ?)",
        [[key, row[1], YEAR_END if row[1] is not None else None, *row[2:]] for key, row in enumerate(told)],
    )


def facts_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """The same values as the scoring query gives them of one customer."""
    score, z, grade, days, share, worst = row
    named = {
        "external_grade": grade,
        "days_beyond_terms_12m": days,
        "past_due_over_30_pct": share,
        "worst_days_past_due_24m": worst,
    }
    out: dict[str, Any] = {"score": score, "little_known": False, "industry_section": None}
    out |= {"z_double_prime": z, "z_double_prime_date": None if z is None else YEAR_END}
    for name, value in named.items():
        out |= {name: value, f"{name}_state": 0 if value is None else 1, f"{name}_date": DAY}
    return out


def test_every_pair_at_every_edge_is_found_and_none_is_invented() -> None:
    """All values of two judges against each other, the other two silent; then all four at random."""
    tables = (SCORES, ZS, AGENCY, DAYS, SHARES, WORST)
    silent = tuple((table[0],) for table in tables)
    chosen: list[tuple[tuple[Any, Any], ...]] = []
    for a, b in itertools.combinations(range(6), 2):
        chosen += itertools.product(*(tables[i] if i in (a, b) else silent[i] for i in range(6)))
    pick = random.Random(6)
    chosen += [tuple(pick.choice(table) for table in tables) for _ in range(3000)]
    store = Store()
    listed(store, [tuple(value for value, _ in row) for row in chosen])
    expected: dict[int, list[int]] = {}
    for key, row in enumerate(chosen):
        score, z, agency, *paid = (stands for _, stands in row)
        four = dict(zip(JUDGES, (score, z, agency, payment(*paid)), strict=True))
        expected[key] = [gap(four[a], four[b]) for a, b in PAIRS]
        said = radar.opinions(POLICY, facts_of(tuple(value for value, _ in row)), DAY)
        assert {o.judge: None if o.best is None else (o.best, o.worst) for o in said} == four
        found = radar.furthest(said)
        assert (found.grades if found else 0) == max(expected[key])
    counted = radar.counts(store, POLICY, DAY)
    assert counted["apart"] == sum(max(gaps) > 1 for gaps in expected.values())
    for number in range(len(PAIRS)):
        apart = radar.disagreements(store, POLICY, DAY, number, per_page=100_000)
        assert dict(zip(apart["customer_key"], apart["gap"], strict=True)) == {
            key: gaps[number] for key, gaps in expected.items() if gaps[number] > 1
        }
        assert counted[f"pair_{number}"] == len(apart) > 0
    table = radar.disagreements(store, POLICY, DAY, per_page=100_000)
    assert set(table["customer_key"]) == {key for key, gaps in expected.items() if max(gaps) > 1}
    assert list(table["gap"]) == sorted(table["gap"], reverse=True)
    assert [expected[key].index(max(expected[key])) for key in table["customer_key"]] == list(table["pair"])
    pages = [radar.disagreements(store, POLICY, DAY, page=page, per_page=100) for page in (1, 2)]
    assert [*pages[0]["customer_key"], *pages[1]["customer_key"]] == list(table["customer_key"][:200])


def planted(store: Store, policy: Policy = GIVEN) -> int:
    """A book whose customers' names say what is wrong with them; the largest is the last."""
    base = {"credit_score": 720.0, "months_trading": 40.0}
    rows: list[dict[str, Any]] = [
        {"customer_id": "agrees", **base, "external_grade": "N3", "days_beyond_terms_12m": 0.0},
        {"customer_id": "one apart", **base, "credit_score": 680.0, "external_grade": "N4"},
        {"customer_id": "agency", **base, "external_grade": "N4"},
        {"customer_id": "agency expired", **base, "external_grade": "N5"},
        {"customer_id": "late", **base, "days_beyond_terms_12m": 45.0},
        {"customer_id": "late and agency", **base, "external_grade": "N5", "worst_days_past_due_24m": 120.0},
        {"customer_id": "bank", **base, "industry": "J"},
        {"customer_id": "distress", **base},
        {"customer_id": "old distress", **base},
        {"customer_id": "silent", "customer_name": "silent"},
    ]
    for size, row in enumerate(rows):
        row["exposure"] = 1000.0 * (size + 1)
    old = [{**row} for row in rows if row["customer_id"] == "agency expired"]
    fresh = [{**row, **({"external_grade": None} if row["customer_id"] == "agency expired" else {})} for row in rows]
    books.take(store, old, date(2025, 1, 31))
    books.take(store, fresh, DAY)
    poor = {"current_assets": 100, "current_liabilities": 400, "total_assets": 1000, "total_liabilities": 900}
    poor |= {"retained_earnings": -50, "equity": 100, "profit_before_tax": -20, "interest_expense": 10, "revenue": 500}
    for name, end in (("distress", YEAR_END), ("bank", YEAR_END), ("old distress", date(2023, 12, 31))):
        state(store, {"period_end": end, **poor}, as_of=DAY, customer=name)
    return books.assess(store, policy, DAY)


def names(store: Store) -> dict[int, str]:
    return {key: str(name) for key, name in store.rows("select customer_key, customer_id from customer")}


def test_planted_disagreements_of_a_book_all_appear() -> None:
    store = Store()
    planted(store)
    found = radar.disagreements(store, GIVEN, DAY)
    pairs = {row.customer_id: (PAIRS[row.pair], row.gap) for row in found.itertuples()}
    assert pairs == {
        "late and agency": (("score", "agency"), 4),
        "agency": (("score", "agency"), 2),
        "late": (("score", "payment"), 3),
        "distress": (("score", "z_double_prime"), 3),
    }
    assert [*found["customer_id"]] == ["late and agency", "distress", "late", "agency"]
    counted = radar.counts(store, GIVEN, DAY)
    assert (counted["apart"], counted["compared"]) == (4, 6)
    assert counted["pair_4"] == 0


def test_one_customer_and_the_whole_book_are_told_the_same() -> None:
    store = Store()
    planted(store)
    query = radar.compile_query(GIVEN, GIVEN.radar) if GIVEN.radar else ""
    ranges = ", ".join(f"{judge}_best, {judge}_worst" for judge in JUDGES)
    kept = {row[0]: row[1:] for row in store.rows(f"select customer_key, {ranges} from ({query})", as_of=DAY)}
    lacks = {}
    for key, name in names(store).items():
        found = explanation.explain(store, GIVEN, DAY, key)
        assert found is not None
        said = radar.opinions(GIVEN, found.scored, DAY)
        assert kept[key] == tuple(end for opinion in said for end in (opinion.best, opinion.worst))
        lacks[name] = {opinion.judge: opinion.lack for opinion in said}
    assert lacks["bank"]["z_double_prime"] == "not_meant"
    assert lacks["old distress"]["z_double_prime"] == "too_old"
    assert lacks["agency expired"]["agency"] == "too_old"
    assert lacks["silent"] == dict.fromkeys(JUDGES, "unknown") | {"score": "little_known"}
    assert set(lacks["late and agency"].values()) == {None, "unknown"}


def test_the_z_of_all_customers_is_that_of_one() -> None:
    """The fact in SQL against Altman's scores in plain numbers, over random statements with figures left out."""
    store, pick = Store(), random.Random(3)
    names_of = ("current_assets", "current_liabilities", "retained_earnings", "surplus_reserve", "profit_before_tax")
    for number in range(80):
        row: dict[str, Any] = {"period_end": YEAR_END, "revenue": 100}
        for name in (*names_of, "interest_expense", "total_assets", "total_liabilities", "equity"):
            if pick.random() < 0.93:
                row[name] = pick.choice([0, round(pick.uniform(-300, 900), 2), round(pick.uniform(1, 900), 2)])
        state(store, row, as_of=DAY, customer=f"C{number}")
    books.assess(store, POLICY, DAY)
    kept = dict(store.rows("select customer_key, z_double_prime from opinion"))
    known = 0
    for key in names(store):
        opinion = statements.second_opinion(store, key, DAY)
        assert opinion is not None
        z2 = next(score for score in opinion.altman if score.model == "z2")
        assert kept.get(key) == (None if z2.value is None else pytest.approx(z2.value, abs=1e-6))
        if z2.value is not None:
            known += 1
            assert altman.zone(next(m for m in altman.MODELS if m.id == "z2"), kept[key]) == z2.zone
    assert 10 < known < 80


@pytest.mark.parametrize(
    ("score", "z", "grade"),
    [
        (score, z, grade)
        for score in (820, 720, 655, 560)
        for z in (None, 1.09, 1.1, 3.0)
        for grade in (None, "N1", "N3", "N4", "N5")
    ],
)
def test_rule_s6_fires_as_worked_by_hand(score: int, z: float | None, grade: str | None) -> None:
    row = {"credit_score": float(score), "external_grade": grade, "z_double_prime": z}
    [scored] = books.score(GIVEN, [row])
    fires = "S6" in {rule.code for rule in scoring.rules_of(GIVEN, scored["rules"])}
    assert fires == reference.disagrees(score, grade, z)


def test_no_composite_feeds_the_score() -> None:
    """Neither Z'' nor the policy's radar changes a point, the score or the tier."""
    without = Policy.model_validate({name: value for name, value in DATA.items() if name != "radar"})
    assert scoring.compile_query(POLICY) == scoring.compile_query(without)
    rows = [{**row, "z_double_prime": None} for row in books.random_rows(60, 4, POLICY)]
    kept = [f"{c.id}_points" for c in POLICY.characteristic] + ["score", "best", "worst", "tier", "known_points"]
    told = [
        [
            {name: scored[name] for name in kept}
            for scored in books.score(POLICY, [{**r, "z_double_prime": z} for r in rows])
        ]
        for z in (None, -5.0, 8.0)
    ]
    assert told[0] == told[1] == told[2]


def test_disagreements_call_reviews_of_the_largest_and_none_twice() -> None:
    store = Store()
    few = DATA["radar"] | {"reviews_most": 2}
    policy = Policy.model_validate(GIVEN.model_dump(mode="json", by_alias=True) | {"radar": few})
    number = planted(store, policy)
    today = date(2026, 7, 1)

    def call(under: Policy = policy) -> int:
        with store.transaction() as cursor:
            return radar.call_reviews(cursor, under, today)

    def called() -> dict[str, str]:
        question = "select customer_id, cause_key from review_call join customer using (customer_key)"
        return {str(name): str(key) for name, key in store.rows(f"{question} where cause = 'disagreement'")}

    assert (call(), call()) == (2, 0)
    first = {"distress": "score 3-3 z_double_prime 6-7", "late and agency": "score 3-3 agency 7-7"}
    assert called() == first
    why, due = store.one("select why, due_on from review_call where cause_key like '%agency%'") or ("", None)
    assert json.loads(why) == {"judges": ["score", "agency"], "grades": [["3", "3"], ["7", "7"]], "apart": 4}
    assert due == today + timedelta(days=14)
    key = next(key for key, name in names(store).items() if name == "distress")
    assert radar.review_days(store, [key, 10_000]) == {key: due}
    later = datetime.now() + timedelta(days=1)
    store.cursor().execute(
        "insert into review (review_id, customer_key, assessment_id, tier, outcome, reason, next_review_on, "
        "reviewed_by, reviewed_at) values (1, ?, ?, 'A', 'keep', 'seen', '2027-01-01', 'Ada', ?)",
        [key, number, later],
    )
    assert radar.review_days(store, [key]) == {}
    books.assess(store, policy, DAY)
    assert (call(), call()) == (1, 0)
    assert called() == first | {"late": "score 3-3 payment 6-7"}
    small = Policy.model_validate(
        GIVEN.model_dump(mode="json", by_alias=True) | {"radar": DATA["radar"] | {"exposure_from": 4000}}
    )
    books.assess(store, small, DAY)
    assert call(small) == 0  # the one left has an exposure of 3,000
    with store.transaction() as cursor:
        assessment.run(cursor, GIVEN, DAY, draft=True)
    assert call(GIVEN) == 0  # not the policy in force
    with store.transaction() as cursor:
        versions.put_in_force(cursor, GIVEN, "Ada", "all of them")
    books.assess(store, GIVEN, DAY - timedelta(days=1))
    assert call(GIVEN) == 0  # a past day
    books.assess(store, GIVEN, DAY)
    assert call(GIVEN) == 1
    assert set(called()) == {"distress", "late and agency", "late", "agency"}


def test_a_policy_without_the_part_says_nothing() -> None:
    without = Policy.model_validate({name: value for name, value in DATA.items() if name != "radar"})
    store = Store()
    planted(store, without)
    found = explanation.explain(store, without, DAY, 1)
    assert found is not None
    assert radar.opinions(without, found.scored, DAY) == ()
    assert radar.counts(store, without, DAY) == {}
    with store.transaction() as cursor:
        assert radar.call_reviews(cursor, without) == 0


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        ({"zone": [{"zone": "safe", "best": "1", "worst": "9"}]}, "radar_grade_unknown"),
        ({"zone": [{"zone": "safe", "best": "3", "worst": "1"}]}, "radar_range"),
        ({"zone": [{"zone": "safe", "best": "1", "worst": "3"}] * 2}, "named_twice"),
        *(
            ({"payment": [{"characteristic": "past_due_over_30_pct", "step": steps}]}, "radar_steps")
            for steps in (
                [{"up_to": 3, "best": "1", "worst": "3"}],
                [{"best": "1", "worst": "3"}, {"best": "1", "worst": "3"}],
                [{"up_to": 3, "best": "1", "worst": "3"}] * 2 + [{"best": "1", "worst": "3"}],
            )
        ),
    ],
)
def test_tables_that_make_no_sense_are_refused(broken: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        Policy.model_validate(DATA | {"radar": DATA["radar"] | broken})


def test_assessing_a_book_calls_the_reviews() -> None:
    store = Store()
    books.take(store, books.random_rows(300, 9, POLICY), DAY)
    book.assess(store, POLICY, DAY)
    assessed = portfolio.newest(store)
    assert assessed is not None
    counted = radar.counts(store, POLICY, assessed.as_of)
    assert 50 < counted["apart"] < counted["compared"] <= 300
    book.assess(store, POLICY, DAY)
    called = {key for (key,) in store.rows("select customer_key from review_call where cause = 'disagreement'")}
    apart = radar.disagreements(store, POLICY, DAY, per_page=300)
    is_called = apart["customer_key"].isin(called)
    assert len(called) == is_called.sum() == 50
    assert apart["exposure"][is_called].min() >= apart["exposure"][~is_called].max() >= 0
