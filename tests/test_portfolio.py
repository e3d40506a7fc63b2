"""What is asked of the scored customers, recounted in plain Python."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from riskcore import money, portfolio, schema, scoring
from riskcore import policy as policies
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.tiers import tier_of
from tests import books

POLICY = policies.load()
JAN, FEB = date(2026, 1, 31), date(2026, 2, 28)
STARTS = {2: (630,), 3: (700, 600), 5: (760, 690, 620, 550), 7: (790, 740, 690, 640, 590, 540)}


def with_tiers(count: int) -> Policy:
    """The default policy with another number of tiers; its rules hold in the last, or in the last but one."""
    data = POLICY.model_dump(mode="json", by_alias=True)
    tiers = [data["tier"][0] | {"code": "ABCDEFG"[n]} for n in range(count)]
    for tier, start in zip(tiers, (*STARTS[count], None), strict=True):
        tier["min_score"] = start
    named = {"B": tiers[-2]["code"], "C": tiers[-1]["code"]}
    for rule in data["rule"]:
        for case in rule["case"]:
            case["best_tier"] = named.get(case["best_tier"])
    for alert in data["alert"]:
        alert["tier_mark"] = {named.get(code, code): mark for code, mark in alert["tier_mark"].items()}
    return Policy.model_validate(data | {"tier": tiers})


@pytest.fixture(scope="module", params=STARTS, ids=lambda n: f"{n} tiers")
def book(request: pytest.FixtureRequest) -> tuple[Store, Policy]:
    policy = with_tiers(request.param)
    store = Store()
    books.take(store, books.random_rows(500, request.param, POLICY), JAN)
    books.assess(store, policy)
    return store, policy


@pytest.fixture(scope="module")
def plain() -> Store:
    """Three customers' worth of names that a search could trip over, and some without figures."""
    store = Store()
    names = ["100% Cotton", "100x Cotton", "A_B Trading", "AxB Trading", "O'Neill; drop table", "上海 % 贸易", "Zeta"]
    rows = [
        {
            "customer_id": f"K{place}",
            "customer_name": name,
            "exposure": [None, 50, 200, 200, 0, -5, 10][place],
            "past_due_amount": [3, None, 1, 2, 5, 4, 0][place],
            "credit_score": [None, 700.0, 610.0, 800.0, 650.0, 420.0, 500.0][place],
            "industry": ["retail", "retail", "K", None, "K", "retail", None][place],
            "region": "North" if place < 3 else None,
            "salesperson": "Ada",
            "k2": place == 3,
            "short_name": "Z%" if place == 6 else None,
        }
        for place, name in enumerate(names)
    ]
    books.take(store, rows, JAN)
    books.assess(store, POLICY)
    return store


def recounted(store: Store) -> list[dict[str, Any]]:
    """The customers of the last assessment, from the tables of scores and inputs."""
    frame = store.ask(
        "select s.*, l.past_due, i.industry, i.region, i.salesperson, c.customer_id, i.customer_name from score s "
        "join listing l using (customer_key) join customer c using (customer_key) join input i using (customer_key) "
        "order by customer_key"
    )
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    for row in rows:
        for name in schema.SEGMENTS:
            row[name] = (row[name] or "").strip()
    return rows


def tier_under(row: dict[str, Any], starts: Sequence[int]) -> int:
    return min(max(tier_of(row["score"], starts), row["best"]), row["worst"])


def random_starts(pick: random.Random, count: int) -> list[int]:
    return sorted(pick.sample(range(400, 840), count), reverse=True)


def test_the_mix_under_any_thresholds(book: tuple[Store, Policy]) -> None:
    store, policy = book
    rows = recounted(store)
    pick = random.Random(3)
    for starts in (policy.thresholds, *(random_starts(pick, len(policy.tier) - 1) for _ in range(4))):
        expected = defaultdict(float)
        for row in rows:
            tier = tier_under(row, starts)
            exposure, past_due = float(row["exposure"] or 0), float(row["past_due"] or 0)
            for name, n in (
                ("customers", 1),
                ("with_exposure", row["exposure"] is not None),
                ("exposure", exposure),
                ("past_due", past_due),
                ("little_known", row["little_known"]),
                ("little_known_exposure", exposure * row["little_known"]),
                ("held", tier != tier_of(row["score"], starts)),
            ):
                expected[tier, name] += n
        found = portfolio.mix(store, 1, starts)
        assert sorted(found["tier"]) == sorted({tier for tier, _ in expected})
        for line in found.to_dict("records"):
            for name in [column for column in line if column not in {"place", "segment", "tier"}]:
                assert line[name] == pytest.approx(expected[line["tier"], name], abs=0.005), (starts, name)


@pytest.mark.parametrize("dimension", schema.SEGMENTS)
def test_the_mix_by_segment(book: tuple[Store, Policy], dimension: str) -> None:
    store, policy = book
    found = portfolio.mix(store, 1, policy.thresholds, dimension)
    shown = {segment for segment in found["segment"] if segment}
    expected: dict[tuple[str, int], int] = defaultdict(int)
    for row in recounted(store):
        named = row[dimension] if row[dimension] in shown else ("" if row[dimension] else None)
        expected[named, tier_under(row, policy.thresholds)] += 1
    lines = found.assign(segment=found["segment"].astype(object).where(found["place"] >= 0, None))
    assert {(r.segment, r.tier): r.customers for r in lines.itertuples()} == expected


def test_movers_by_name_and_by_count(book: tuple[Store, Policy]) -> None:
    store, policy = book
    rows = recounted(store)
    pick = random.Random(5)
    for _ in range(4):
        starts = random_starts(pick, len(policy.tier) - 1)
        moved = {}
        for row in rows:
            was, now = tier_under(row, policy.thresholds), tier_under(row, starts)
            if was != now:
                moved[row["customer_id"]] = (was, now)
        better = {name for name, (was, now) in moved.items() if now < was}
        found = portfolio.movers(store, starts, policy.thresholds)
        assert {r.customer_id: (r.was, r.now) for r in found.itertuples()} == moved
        assert found["position"].is_monotonic_increasing
        assert set(portfolio.movers(store, starts, policy.thresholds, "better")["customer_id"]) == better
        assert set(portfolio.movers(store, starts, policy.thresholds, "worse")["customer_id"]) == set(moved) - better
        counts = {"all": len(moved), "better": len(better), "worse": len(moved) - len(better)}
        assert portfolio.mover_counts(store, 1, starts, policy.thresholds) == counts
        pages = [
            portfolio.movers(store, starts, policy.thresholds, page=n, per_page=7) for n in (1, 2, 1 + len(moved) // 7)
        ]
        assert pd.concat(pages[:2])["customer_id"].tolist() == found["customer_id"].tolist()[:14]
        assert len(pages[2]) == len(moved) % 7
    assert portfolio.movers(store, policy.thresholds, policy.thresholds).empty


def test_filters_one_by_one_and_together(book: tuple[Store, Policy]) -> None:
    store, policy = book
    rows = recounted(store)
    bit = max((1 << n for n in range(len(policy.rule))), key=lambda b: sum(bool(r["rules"] & b) for r in rows))
    tests: dict[str, Any] = {
        "tiers": ([0, 7], lambda r: r["tier"] == 0),
        "industry": ("建筑业", lambda r: r["industry"] == "建筑业"),
        "region": ("Region 2", lambda r: r["region"] == "Region 2"),
        "salesperson": ("Lin", lambda r: r["salesperson"] == "Lin"),
        "rule": (bit, lambda r: r["rules"] & bit),
        "little_known": (True, lambda r: r["little_known"]),
        "search": (" c01", lambda r: "c01" in r["customer_id"].lower()),
    }
    pick = random.Random(1)
    chosen = [[name] for name in tests] + [pick.sample(sorted(tests), 2) for _ in range(8)] + [[]]
    for names in chosen:
        filters = {name: tests[name][0] for name in names}
        expected = {r["customer_id"] for r in rows if all(tests[name][1](r) for name in names)}
        assert set(portfolio.customers(store, filters)["customer_id"]) == expected, names
        assert portfolio.customer_count(store, filters) == len(expected)
        assert len(names) != 1 or 0 < len(expected) < 500
    assert portfolio.customer_count(store, dict.fromkeys(tests)) == 500


def test_orders_and_pages(book: tuple[Store, Policy]) -> None:
    store, _ = book
    everybody = portfolio.customers(store, {})
    assert everybody["position"].tolist() == list(range(1, 501))
    keys: dict[portfolio.Order, Any] = {
        "exposure": lambda r: r["position"],
        "past_due": lambda r: (r["past_due"] is None, -(r["past_due"] or 0), r["position"]),
        "score_low": lambda r: (r["score"], r["position"]),
        "score_high": lambda r: (-r["score"], r["position"]),
        "name": lambda r: (r["customer_name"].encode(), r["position"]),
    }
    rows = everybody.astype(object).where(everybody.notna(), None).to_dict("records")
    for order, key in keys.items():
        expected = [r["customer_id"] for r in sorted(rows, key=key)]
        assert portfolio.customers(store, {}, order)["customer_id"].tolist() == expected, order
        paged = [portfolio.customers(store, {}, order, page=n, per_page=40) for n in range(1, 15)]
        assert pd.concat(paged)["customer_id"].tolist() == expected
        assert [len(page) for page in paged[-3:]] == [40, 20, 0]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("100%", ["100% Cotton"]),
        ("%", ["100% Cotton", "Zeta", "上海 % 贸易"]),
        ("a_b", ["A_B Trading"]),
        ("_", ["A_B Trading"]),
        ("o'neill; DROP", ["O'Neill; drop table"]),
        ("贸易", ["上海 % 贸易"]),
        ("k3", ["AxB Trading"]),
        ("z%", ["Zeta"]),
        ("\\", []),
        ("  ", None),
    ],
)
def test_a_search_is_letter_by_letter(plain: Store, search: str, found: list[str] | None) -> None:
    names = sorted(portfolio.customers(plain, {"search": search})["customer_name"])
    assert names == (sorted(found) if found is not None else names)
    assert len(names) == (7 if found is None else len(found))


def test_a_value_of_a_filter_is_never_sql(plain: Store) -> None:
    assert portfolio.customer_count(plain, {"industry": "K' or '1'='1"}) == 0
    assert portfolio.customer_count(plain, {"industry": "K"}) == 2


def test_values_of_segments_most_customers_first(plain: Store) -> None:
    assert portfolio.segment_values(plain, "industry") == ["retail", "K"]
    assert portfolio.segment_values(plain, "region") == ["North"]
    assert portfolio.segment_values(plain, "salesperson") == ["Ada"]


def test_concentration_is_of_positive_exposures(plain: Store) -> None:
    found = portfolio.concentration(plain, top=3)
    assert found["customer_id"].tolist() == ["K2", "K3", "K1"]
    assert found["share"].tolist() == pytest.approx([200 / 460, 200 / 460, 50 / 460])
    assert found["running_share"].tolist() == pytest.approx([200 / 460, 400 / 460, 450 / 460])
    assert len(portfolio.concentration(plain)) == 4


def test_customers_by_rule(book: tuple[Store, Policy]) -> None:
    store, policy = book
    expected = dict.fromkeys((r.code for r in policy.rule), 0)
    for row in recounted(store):
        for rule in scoring.rules_of(policy, row["rules"]):
            expected[rule.code] += 1
    assert portfolio.held_by_rule(store, policy) == expected
    assert sum(expected.values()) > 50


def test_the_cube_as_columns(book: tuple[Store, Policy]) -> None:
    store, _ = book
    for dimension in ("", *schema.SEGMENTS):
        cube = portfolio.cube(store, 1, dimension)
        assert cube["customers"].sum() == 500
        assert set(cube) >= {"place", "score", "best", "worst", "little_known", "exposure_cents", "past_due_cents"}


def test_the_newest_assessment_and_the_one_before() -> None:
    store = Store()
    name = {"customer_name": "X"}
    before = {"A": (800.0, 10), "B": (650.0, 20), "C": (650.0, None), "D": (500.0, 40)}
    after = {"A": (650.0, 11), "B": (650.0, 21), "C": (800.0, 31), "E": (400.0, 51)}
    for day, scores in ((JAN, before), (FEB, after)):
        rows = [name | {"customer_id": c, "credit_score": x, "exposure": e} for c, (x, e) in scores.items()]
        books.take(store, rows, day, whole_book=True)
        books.assess(store, POLICY)
    newest = portfolio.newest(store)
    assert newest is not None
    assert (newest.assessment_id, newest.as_of, newest.customers, newest.policy) == (2, FEB, 4, POLICY)
    earlier = portfolio.earlier(store, newest)
    assert earlier is not None and (earlier.assessment_id, earlier.as_of) == (1, JAN)
    assert portfolio.earlier(store, earlier) is None
    history = portfolio.imports(store)
    assert history["import_id"].tolist() == [2, 1]
    assert history["rows_taken"].tolist() == [4, 4]


def test_an_empty_book_has_no_assessment() -> None:
    store = Store()
    assert portfolio.newest(store) is None
    assert portfolio.imports(store).empty
    assert portfolio.customers(store, {}).empty


@pytest.fixture(scope="module")
def sold() -> Store:
    """A book whose customers buy, so that limits and money follow from tiers."""
    rows = books.random_rows(500, 21, POLICY)
    for n, row in enumerate(rows):
        row["annual_sales"] = None if n % 9 == 0 else 1e4 * (n % 200)
    store = Store()
    books.take(store, rows, JAN)
    books.assess(store, POLICY)
    return store


def test_movers_change_limits_and_money_as_the_sums_do(sold: Store) -> None:
    assumed = replace(money.of_policy(POLICY), kept_pct=(100, 95, 70))
    pick = random.Random(8)
    for _ in range(3):
        starts = random_starts(pick, 2)
        found = portfolio.movers(sold, starts, POLICY.thresholds, bound=money.bound(POLICY, assumed))
        assert len(found) > 20
        now, was = (money.by_tier(sold, POLICY, 1, t, assumed).sum() for t in (starts, POLICY.thresholds))
        assert found["money_change"].sum() == pytest.approx(now["money"] - was["money"])
        assert found["limit_change"].sum() == pytest.approx(now["limit"] - was["limit"])
        without = portfolio.movers(sold, starts, POLICY.thresholds)
        assert without["money_change"].isna().all()
        assert without["limit_change"].tolist() == found["limit_change"].tolist()


def test_the_money_of_one_mover_by_hand(sold: Store) -> None:
    assumed = money.of_policy(POLICY)
    found = portfolio.movers(sold, (700, 500), POLICY.thresholds, "better", bound=money.bound(POLICY, assumed))
    rows = {r[0]: r[1:] for r in sold.rows("select customer_key, annual_sales, late_days, in_default from listing")}
    checked = 0
    for mover in found.itertuples():
        sales, late, in_default = rows[mover.customer_key]
        if sales is None:
            assert pd.isna(mover.money_change)
            continue
        pd_12m = 1.0 if in_default else 1 / (1 + 19 * 2 ** ((mover.score - 600) / 50))
        on_terms = float(sales) * (30 + late) / 365
        expected = 0.1 * float(sales) * 0.2 - (pd_12m * 0.8 + 0.06) * on_terms
        assert (mover.was, mover.now) == (2, 1)
        assert mover.money_change == pytest.approx(expected)
        checked += 1
    assert checked > 20


@pytest.mark.parametrize("points", [0, 10, 40])
def test_near_the_line_are_those_whom_a_crossing_would_move(book: tuple[Store, Policy], points: int) -> None:
    store, policy = book
    pick = random.Random(points)
    for starts in (policy.thresholds, random_starts(pick, len(policy.tier) - 1)):
        expected = {}
        for row in recounted(store):
            lines = []
            for place, start in enumerate(starts):
                above, below = (min(max(tier, row["best"]), row["worst"]) for tier in (place, place + 1))
                if above != below and abs(row["score"] - start) <= points:
                    lines.append((abs(row["score"] - start), place, start))
            if lines:
                _, place, start = min(lines)
                expected[row["customer_id"]] = (place, start, row["score"] - start)
        found = portfolio.near_the_line(store, starts, points)
        assert {r.customer_id: (r.place, r.start, r.distance) for r in found.itertuples()} == expected
        assert found["position"].is_monotonic_increasing
        assert portfolio.near_count(store, starts, points) == len(expected)
        pages = [portfolio.near_the_line(store, starts, points, page, 9)["customer_id"] for page in (1, 2)]
        assert pd.concat(pages).tolist() == found["customer_id"].tolist()[:18]


def test_what_is_at_stake_near_a_line_is_the_difference_of_the_limits(sold: Store) -> None:
    limit = dict(sold.rows("select customer_key, tier_limit from listing where true"))
    found = portfolio.near_the_line(sold, POLICY.thresholds, 30)
    assert {0, 1} == set(found["place"])
    for row in found.itertuples():
        above, below = limit[row.customer_key][row.place : row.place + 2]
        expected = None if above is None or below is None else above - below
        assert (None if pd.isna(row.limit_at_stake) else row.limit_at_stake) == expected
    assert (found["limit_at_stake"] > 0).sum() > 10


def connected(parents: dict[str, str | None]) -> Store:
    """A book of customers with these parents and exposures 10, 20, 30 and so on."""
    store = Store()
    rows = [
        {
            "customer_id": c,
            "customer_name": f"{c} Ltd",
            "parent_id": p,
            "exposure": 10.0 * n,
            "credit_score": 500.0 + 25 * n,
        }
        for n, (c, p) in enumerate(parents.items(), 1)
    ]
    books.take(store, rows, JAN)
    books.assess(store, POLICY)
    return store


def test_groups_of_a_head_office_of_a_parent_elsewhere_and_of_a_chain() -> None:
    store = connected(
        {"A": None, "B": "A", "C": "X", "D": "X", "E": None, "F": "Y", "G": "B", "H": "H", "I": "H", "J": "K", "K": "J"}
    )
    found = portfolio.groups(store)
    named = {
        r.group_id: (r.members, r.group_exposure, r.worst_tier, r.largest)
        for r in found.assign(largest=found["customer_id"]).itertuples()
    }
    assert named == {
        "A": (3, 10 + 20 + 70, 2, "G"),
        "X": (2, 30 + 40, 2, "D"),
        "H": (2, 80 + 90, 0, "I"),
        "J": (2, 100 + 110, 0, "K"),
    }
    assert found["group_id"].tolist() == ["J", "H", "A", "X"]
    assert found["head_name"].astype(object).where(found["head_name"].notna(), None).tolist() == [
        *("J Ltd", "H Ltd", "A Ltd", None)
    ]
    assert found["share"].tolist() == pytest.approx([210 / 660, 170 / 660, 100 / 660, 70 / 660])
    assert portfolio.groups(store, 2)["group_id"].tolist() == ["J", "H"]
    keys = dict(store.rows("select customer_id, customer_key from listing where true"))
    for member, group in {"A": "GBA", "G": "GBA", "C": "DC", "H": "IH", "K": "KJ", "E": "", "F": ""}.items():
        assert portfolio.group_of(store, keys[member])["customer_id"].tolist() == list(group), member


def test_no_groups_where_nobody_has_a_parent(plain: Store) -> None:
    assert portfolio.groups(plain).empty
    assert portfolio.group_of(plain, 1).empty
