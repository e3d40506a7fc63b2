"""What became of the book between assessments, recounted in plain Python; planted drift is found, none invented."""

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
import pytest

from riskcore import monitoring, scoring
from riskcore import policy as policies
from riskcore.errors import AskedWrong
from riskcore.monitoring import ABSENT, LITTLE_KNOWN, Change, stability
from riskcore.policy import Policy
from riskcore.store import Store
from tests import books, tiers
from tests.reference import REFUSED, Expired

POLICY = policies.load()
DAYS = [date(2026, month, 28) for month in (1, 2, 3, 4, 5)]
Row = dict[str, Any]


def altered(*changes: tuple[str, Any], policy: Policy = POLICY, **top: Any) -> Policy:
    """The policy with other values of characteristics, `(<id>.<value>, to)`, and of its own."""
    data = policy.model_dump(mode="json", by_alias=True)
    for path, value in changes:
        name, what = path.split(".")
        next(c for c in data["characteristic"] if c["id"] == name)[what] = value
    return Policy.model_validate(data | top)


def earning(name: str, place: int, points: int) -> tuple[str, Any]:
    """The characteristic's bins with other points in one of them."""
    bins = [b.model_dump(mode="json") for b in POLICY.known_characteristic(name).bins]
    bins[place - 1]["points"] = points
    return f"{name}.bins", bins


def assessed(*parts: tuple[Sequence[Row], Policy], whole: bool = True) -> Store:
    """A book of one import and one assessment a month."""
    store = Store()
    for day, (rows, policy) in zip(DAYS, parts, strict=False):
        books.take(store, rows, day, whole_book=whole)
        books.assess(store, policy)
    return store


PREFER = altered(external_score=POLICY.external_score.model_dump() | {"use": "prefer"})


def kept(store: Store, assessment: int) -> dict[int, Row]:
    """What an assessment keeps, by customer."""
    frame = store.ask("select * from score where assessment_id = $n", n=assessment)
    return {row["customer_key"]: row for row in frame.astype(object).where(frame.notna(), None).to_dict("records")}


def place(row: Row | None) -> int:
    """Where a customer stands in a matrix."""
    return ABSENT if row is None else LITTLE_KNOWN if row["little_known"] else row["tier"]


# Migration


def test_migration_of_a_book_worked_by_hand() -> None:
    before = {"A": (800.0, 10), "B": (650.0, 20), "C": (650.0, None), "D": (500.0, 40), "F": (None, 5)}
    after = {"A": (650.0, 11), "B": (650.0, 21), "C": (800.0, 31), "E": (400.0, 51), "F": (710.0, None)}
    name = {"customer_name": "X"}
    rows = [
        [name | {"customer_id": c, "credit_score": x, "exposure": e} for c, (x, e) in side.items()]
        for side in (before, after)
    ]
    store = assessed((rows[0], POLICY), (rows[1], POLICY))
    found = monitoring.migration(store, 1, 2)
    expected = {(0, 1): (1, 11), (1, 1): (1, 21), (1, 0): (1, 31), (2, ABSENT): (1, 40), (ABSENT, 2): (1, 51)}
    expected[LITTLE_KNOWN, 0] = (1, 5)  # F is not told again, so that its exposure is the one of before
    for was in (0, 1, 2, LITTLE_KNOWN, ABSENT):
        for now in (0, 1, 2, LITTLE_KNOWN, ABSENT):
            cell = found.customers[was][now], found.exposure[was][now]
            assert cell == expected.get((was, now), (0, 0)), (was, now)
    assert found.by_tier == [[0, 1, 0], [1, 1, 0], [1, 0, 0]]
    assert (found.arrived, found.left) == (1, 1)
    assert found.better == monitoring.Share(1 / 3, 31 / 63)
    assert found.worse == monitoring.Share(1 / 3, 11 / 63)


@pytest.mark.parametrize("later", [POLICY, tiers.policy(5), policies.with_thresholds(POLICY, (650, 550))])
def test_the_matrix_and_the_names_in_its_cells_are_those_of_every_customer(later: Policy) -> None:
    rows = [[r for r in books.random_rows(300, 3, POLICY) if hash_of(r) % 10 != month] for month in range(2)]
    for row in random.Random(4).sample(rows[1], 120):
        row |= {"credit_score": 820.0, "days_beyond_terms_12m": 90.0, "exposure": None}
    store = assessed((rows[0], POLICY), (rows[1], later))
    before, after = kept(store, 1), kept(store, 2)
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for key in {*before, *after}:
        cells[place(before.get(key)), place(after.get(key))].append(key)
    matrix = monitoring.migration(store, 1, 2)
    assert (len(matrix.customers), len(matrix.customers[0])) == (5, len(later.tier) + 2)
    assert sum(map(sum, matrix.customers)) == len({*before, *after})
    for (was, now), keys in cells.items():
        names = monitoring.names(store, 1, 2, was, now, per_page=None)
        assert matrix.customers[was][now] == len(keys)
        assert sorted(names["customer_key"]) == sorted(keys)
        assert matrix.exposure[was][now] == pytest.approx(names["exposure"].sum())
        for row in names.astype(object).where(names.notna(), None).itertuples():
            assert row.score_was == before.get(row.customer_key, {"score": None})["score"]
            assert row.score_now == after.get(row.customer_key, {"score": None})["score"]
    stayed = [(w, n, len(keys)) for (w, n), keys in cells.items() if min(w, n) >= 0]
    if len(later.tier) == 3:
        assert matrix.better and matrix.worse
        everyone = sum(n for *_, n in stayed)
        assert matrix.better.customers == pytest.approx(sum(n for w, to, n in stayed if to < w) / everyone)
        assert matrix.worse.customers == pytest.approx(sum(n for w, to, n in stayed if to > w) / everyone)
    else:
        assert matrix.better is None and matrix.worse is None


def hash_of(row: Row) -> int:
    """A customer's own number."""
    return int(row["customer_id"][1:])


def test_names_are_paged_by_exposure_and_stay_known_when_a_customer_has_left() -> None:
    rows = [
        {"customer_id": f"C{n}", "customer_name": f"N{n}", "exposure": n % 4, "credit_score": 800.0} for n in range(9)
    ]
    renamed = [{"customer_id": "C3", "customer_name": "New name", "credit_score": 800.0}]
    store = assessed((rows, POLICY), (renamed, POLICY))
    gone = [monitoring.names(store, 1, 2, 0, ABSENT, page, 5) for page in (1, 2)]
    assert [list(page["customer_id"]) for page in gone] == [["C7", "C2", "C6", "C1", "C5"], ["C0", "C4", "C8"]]
    assert list(gone[0]["customer_name"]) == ["N7", "N2", "N6", "N1", "N5"]
    assert gone[0]["exposure_now"].isna().all() and list(gone[0]["exposure_was"]) == [3, 2, 2, 1, 1]
    [stayed] = monitoring.names(store, 1, 2, 0, 0).to_dict("records")
    assert (stayed["customer_name"], stayed["exposure"]) == ("New name", 3)


def test_an_assessment_that_is_not_there_is_said() -> None:
    store = assessed(([{"customer_id": "A", "customer_name": "A"}], POLICY))
    for ask in (
        lambda: monitoring.migration(store, 1, 9),
        lambda: monitoring.drift(store, 9, 1),
        lambda: monitoring.vintages(store, 9),
    ):
        with pytest.raises(AskedWrong) as told:
            ask()
        assert (told.value.key, told.value.slots) == ("errors.assessment_absent", {"number": 9})
    assert monitoring.history(store, 99) == []


# One customer's steps


@pytest.mark.parametrize("mode", ["table", "reallocate", "zero", "refuse"])
@pytest.mark.parametrize("use", ["fill", "prefer", "compare", "ignore"])
def test_points_of_kept_bins_are_those_of_the_query(mode: str, use: str) -> None:
    policy = altered(missing_mode=mode, external_score=POLICY.external_score.model_dump() | {"use": use})
    rows = books.random_rows(60, 8, POLICY)
    pick = random.Random(9)
    for row in rows:
        for c in POLICY.characteristic:
            if row.get(c.id) not in (None, REFUSED) and pick.random() < 0.2:
                row[c.id] = Expired(row[c.id])
    for scored in books.score(policy, rows):
        bins = {c.id: scored[f"{c.id}_bin"] for c in policy.characteristic}
        points = {c.id: scored[f"{c.id}_points"] for c in policy.characteristic}
        assert scoring.kept_points(policy, bins, scored["external_score"]) == points


def steps_of(*parts: tuple[Row, Policy]) -> list[monitoring.Step]:
    """One customer who tells its rows month by month."""
    who = {"customer_id": "A", "customer_name": "A"}
    return monitoring.history(assessed(*((([who | row]), policy) for row, policy in parts)), 1)


KNOWN: Row = {c.id: books.inside(c.bins[0]) for c in POLICY.characteristic}


def value(name: str, place: int) -> Any:
    """A value in a bin of a characteristic."""
    return books.inside(POLICY.known_characteristic(name).bins[place - 1])


def test_a_step_names_facts_and_policy_apart() -> None:
    quick, late = "quick_ratio", "days_beyond_terms_12m"
    second, third = (POLICY.known_characteristic(quick).bins[n].points for n in (1, 2))
    dearer = altered(earning(quick, 2, second + 1))
    facts = KNOWN | {quick: value(quick, 2)}
    first, better, same_bin, other_bin = steps_of(
        (KNOWN, POLICY),
        (facts, POLICY),
        (facts, dearer),
        (facts | {quick: value(quick, 3)}, altered(earning(quick, 3, third + 2))),
    )
    assert (first.changes, first.elsewhere, first.policy_changed, first.as_of) == ((), None, False, DAYS[0])
    assert better.changes == (Change(quick, 1, 2, 0, second, "facts"),)
    assert (better.elsewhere, better.policy_changed, better.score) == (0, False, first.score + second)
    assert same_bin.changes == (Change(quick, 2, 2, second, second + 1, "policy"),)
    assert same_bin.policy_changed and same_bin.policy == dearer
    assert other_bin.changes == (Change(quick, 2, 3, second + 1, third + 2, "both"),)
    assert late not in {change.characteristic for step in (better, same_bin, other_bin) for change in step.changes}


def test_other_bins_leave_open_what_changed() -> None:
    quick = "quick_ratio"
    bins = [b.model_dump(mode="json") for b in POLICY.known_characteristic(quick).bins]
    edge = bins[0]["upper"]
    bins[0]["upper"], bins[1]["lower"] = edge - 0.1, edge - 0.1
    told = KNOWN | {quick: edge - 0.05}
    _, redrawn = steps_of((told, POLICY), (told, altered((f"{quick}.bins", bins))))
    assert redrawn.changes == (Change(quick, 1, 2, 0, bins[1]["points"], "bins"),)


def test_what_stands_for_silence_follows_the_rest_and_is_not_called_a_fact() -> None:
    quick = "quick_ratio"
    policy = altered(missing_mode="reallocate")
    silent = {name: told for name, told in KNOWN.items() if name != quick}
    best = {c.id: books.inside(max(c.bins, key=lambda b: b.points)) for c in POLICY.characteristic if c.id != quick}
    _, step = steps_of((silent, policy), (best, policy))
    causes = {change.characteristic: change.cause for change in step.changes}
    assert causes.pop(quick) == "stand_in"
    assert set(causes.values()) == {"facts"}


def test_a_characteristic_that_a_policy_drops_is_its_doing() -> None:
    late = "days_beyond_terms_12m"
    told = KNOWN | {late: value(late, 3)}
    data = POLICY.model_dump(mode="json", by_alias=True)
    fewer = Policy.model_validate(data | {"characteristic": [c for c in data["characteristic"] if c["id"] != late]})
    _, step = steps_of((told, POLICY), (told, fewer))
    [dropped] = step.changes
    points = POLICY.known_characteristic(late).bins[2].points
    assert dropped == Change(late, 3, None, points, 0, "policy")
    assert dropped.points == -points


def test_rules_and_an_external_score_are_told_too() -> None:
    first, second, third = steps_of(
        (KNOWN | {"exposure": 10}, PREFER), (KNOWN | {"credit_score": 650.0}, PREFER), (KNOWN | {"k1": True}, PREFER)
    )
    assert second.changes == () and second.elsewhere == 650 - first.score
    assert first.exposure == 10.0
    assert [("K1" in step.rules, step.tier) for step in (second, third)] == [(False, second.tier), (True, 2)]


def test_changes_add_to_the_step_of_the_score() -> None:
    parts = [
        (books.random_rows(30, seed, POLICY), POLICY if seed != 2 else altered(missing_mode="reallocate"))
        for seed in range(4)
    ]
    for rows, _ in parts:
        for row in rows:
            row["credit_score"] = None
    store = assessed(*parts)
    said = [kept(store, n) for n in range(1, 5)]
    moved = 0
    for key in range(1, 31):
        steps = monitoring.history(store, key)
        assert [step.score for step in steps] == [scores[key]["score"] for scores in said]
        for before, step in pairwise(steps):
            assert sum(change.points for change in step.changes) == step.score - before.score
            assert step.elsewhere == 0
            moved += bool(step.changes)
    assert moved > 80


# Vintages


def invoice(store: Store, import_id: int, key: int, day: date) -> None:
    with store.transaction() as cursor:
        cursor.execute("update import set kind = 'invoices' where import_id = ?", [import_id])
        cursor.execute(
            "insert into item (import_id, line, customer_key, document, document_type, invoice_date, amount) "
            "values (?, 2, ?, 'I1', 'invoice', ?, 5)",
            [import_id, key, day],
        )


def test_vintages_by_hand() -> None:
    store = Store()
    rows = [
        {
            "customer_id": "A",
            "relationship_start": date(2020, 1, 1),
            "credit_score": 800.0,
            "exposure": 300,
        },
        {
            "customer_id": "B",
            "relationship_start": date(2020, 3, 31),
            "credit_score": 500.0,
            "exposure": 100,
        },
        {"customer_id": "C", "relationship_start": date(2020, 4, 1), "credit_score": 650.0},
        {"customer_id": "D", "exposure": 7},
        {"customer_id": "E", "credit_score": 720.0},
        {"customer_id": "F", "relationship_start": date(2022, 1, 1), "credit_score": 610.0},
    ]
    books.take(store, [row | {"customer_name": "X"} for row in rows], DAYS[0])
    invoices = books.take(store, [{"customer_id": "E", "customer_name": "X"}], DAYS[0])
    invoice(store, invoices, 5, date(2021, 7, 9))
    invoice(store, invoices, 3, date(2019, 7, 9))  # what lists tell counts first
    books.assess(store, PREFER)
    found = monitoring.vintages(store, 1)
    assert [v.quarter for v in found] == [date(2020, 1, 1), date(2020, 4, 1), date(2021, 7, 1), date(2022, 1, 1), None]
    first, second, _, silent, unknown = found
    assert (first.customers, first.exposure) == (2, 400)
    assert first.by_tier == ((1, 300), (0, 0), (1, 100))
    assert (first.mean_score, first.mean_score_by_exposure) == (650, (800 * 300 + 500 * 100) / 400)
    assert (second.customers, second.exposure, second.mean_score) == (1, 5, 650)
    assert (silent.mean_score, silent.mean_score_by_exposure) == (610, None)
    assert (unknown.by_tier, unknown.little_known) == (((0, 0), (0, 0), (0, 0)), (1, 7))


def test_what_came_into_the_book_after_an_assessment_changes_no_vintage_of_it() -> None:
    store = Store()
    told = {"customer_id": "A", "customer_name": "A", "relationship_start": date(2020, 1, 1)}
    books.take(store, [told], DAYS[0])
    books.assess(store, POLICY)
    before = monitoring.vintages(store, 1)
    books.take(store, [told | {"relationship_start": date(2011, 1, 1)}], DAYS[0])
    assert monitoring.vintages(store, 1) == before
    books.assess(store, POLICY)
    assert [v.quarter for v in monitoring.vintages(store, 2)] == [date(2011, 1, 1)]
    with store.transaction() as cursor:
        cursor.execute("update import set undone_at = now()::timestamp + interval 1 second where import_id = 2")
    assert [v.quarter for v in monitoring.vintages(store, 2)] == [date(2011, 1, 1)]


def test_vintages_add_up_to_the_book() -> None:
    rows = books.random_rows(200, 12, POLICY)
    pick = random.Random(1)
    for row in rows:
        row["relationship_start"] = pick.choice([None, date(pick.randint(2010, 2027), pick.randint(1, 12), 3)])
    store = assessed((rows, POLICY))
    found = monitoring.vintages(store, 1)
    everyone = kept(store, 1).values()
    assert sum(v.customers for v in found) == 200
    assert sum(v.exposure for v in found) == pytest.approx(sum(float(row["exposure"] or 0) for row in everyone))
    of_tiers = Counter(place(row) for row in everyone)
    assert sum(v.little_known[0] for v in found) == of_tiers[LITTLE_KNOWN]
    for tier in range(3):
        assert sum(v.by_tier[tier][0] for v in found) == of_tiers[tier]
    quarters = [v.quarter for v in found if v.quarter]
    assert quarters == sorted(quarters) and found[-1].quarter is None


# Drift


def test_psi_by_hand() -> None:
    found = stability.compare("quick_ratio", {1: 60, 2: 30, "missing": 10}, {1: 30, 2: 60, "missing": 10})
    shares = [(61 / 103, 31 / 103), (31 / 103, 61 / 103)]
    assert found.psi == pytest.approx(sum((a - e) * log(a / e) for e, a in shares))
    assert found.psi == pytest.approx(0.3943, abs=1e-4)
    assert found.by_chance == pytest.approx(2 / 100 * 13.816, rel=0.03)  # chi-squared of 2 degrees, once in a thousand
    assert (found.band, found.small) == ("changed", ())
    assert found.missing and (found.missing.was_pct, found.missing.now_pct, found.missing.band) == (10, 10, "stable")
    assert found.missing.low == pytest.approx(-found.missing.high)


def test_the_interval_of_a_missing_share_is_newcombes() -> None:
    # Newcombe 1998, table II, example (a), method 10: 56/70 - 48/80, 95 %: 0.0524 to 0.3339.
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(stability, "CHANCE", 0.05)
        found = stability.compare("quick_ratio", {1: 32, "missing": 48}, {1: 14, "missing": 56}).missing
    assert found and (found.low, found.high) == pytest.approx((5.24, 33.39), abs=0.01)


def test_cells_that_are_small_are_named_and_an_empty_one_has_a_share() -> None:
    found = stability.compare(
        "quick_ratio", {1: 970, 2: 30, "refused": 0}, {1: 971, 2: 29, "refused": 500, "expired": 4}
    )
    assert found.small == (2, "expired", "refused")
    assert found.psi is not None and found.psi > 0.25 and found.band == "changed"
    few = stability.compare("quick_ratio", {1: 9, 2: 1}, {1: 10, 2: 1})
    assert few.small == ()  # one in ten is more than 5 %, however few


def test_a_small_book_is_not_accused() -> None:
    few, many = ({1: 6 * n, 2: 4 * n} for n in (1, 100))
    assert stability.compare(None, few, {1: 3, 2: 7}).band == "unclear"
    assert stability.compare(None, many, {1: 300, 2: 700}).band == "changed"
    assert stability.compare(None, {}, {1: 3}).psi is None
    assert stability.compare(None, {1: 3}, {1: 9}).psi == 0


def test_no_drift_is_invented_where_books_are_drawn_from_one_another() -> None:
    pick = np.random.default_rng(5)
    bands: Counter[tuple[str | None, bool]] = Counter()
    missing: Counter[str] = Counter()
    for _ in range(3000):
        shares = pick.dirichlet([0.7] * pick.integers(2, 10))
        drawn = [pick.multinomial(int(10 ** pick.uniform(1.3, 5)), shares) for _ in range(2)]
        was, now = (dict(zip(["missing", *range(1, 9)], map(int, counts), strict=False)) for counts in drawn)
        found = stability.compare("quick_ratio", was, now)
        assert found.psi is not None and found.psi >= 0 and found.missing
        bands[found.band, min(map(sum, drawn)) >= 1000] += 1
        missing[found.missing.band] += 1
    assert bands["look", False] + bands["changed", False] <= 6  # three in three thousand are put down to chance
    assert bands["stable", True] == sum(n for (_, large), n in bands.items() if large) > 500
    assert missing["look"] + missing["changed"] <= 6


@pytest.fixture(scope="module")
def drifted() -> Store:
    """A book; customers drawn like it; drawn like it but paying late; and drawn like it with more silence."""
    people = books.random_rows(700, 31, POLICY)
    pick = random.Random(32)

    def drawn() -> list[Row]:  # under ids of their own: what was told of a customer once stays known
        return [person | {"customer_id": f"C{pick.random()}"} for person in pick.choices(people, k=1500)]

    late, grade = "days_beyond_terms_12m", "external_grade"
    later = [
        row | ({late: value(late, pick.choice([1, 2]))} if row.get(late) is not None and pick.random() < 0.6 else {})
        for row in drawn()
    ]
    silent = [row | ({grade: None} if pick.random() < 0.25 else {}) for row in drawn()]
    return assessed(*((rows, POLICY) for rows in (drawn(), drawn(), later, silent)))


def bands_of(found: monitoring.Drifts) -> Mapping[str, str | None]:
    return {d.characteristic: d.band for d in found.characteristics if d.characteristic}


def test_a_book_drawn_again_is_stable(drifted: Store) -> None:
    found = monitoring.drift(drifted, 1, 2)
    assert found.same_scorecard
    assert set(bands_of(found).values()) == {"stable"} and found.score.band == "stable"
    assert len(found.characteristics) == 25
    assert {d.missing.band for d in found.characteristics if d.missing} == {"stable"}


def test_a_planted_shift_is_found_and_no_other(drifted: Store) -> None:
    found = monitoring.drift(drifted, 1, 3)
    bands = dict(bands_of(found))
    assert bands.pop("days_beyond_terms_12m") == "changed"
    assert set(bands.values()) == {"stable"}
    assert {d.missing.band for d in found.characteristics if d.missing} == {"stable"}


def test_planted_silence_is_found_and_no_other(drifted: Store) -> None:
    found = monitoring.drift(drifted, 1, 4)
    missing = {d.characteristic: d.missing for d in found.characteristics if d.missing}
    grade = missing.pop("external_grade")
    assert grade.band == "changed" and 5 < grade.low < grade.now_pct - grade.was_pct < grade.high
    assert {m.band for m in missing.values()} == {"stable"}


def test_cells_are_what_the_book_holds(drifted: Store) -> None:
    found = monitoring.drift(drifted, 1, 2)
    for number, side in ((1, "was"), (2, "now")):
        scores = Counter(min(row["score"], 849) // 50 * 50 for row in kept(drifted, number).values())
        assert {c.where: getattr(c, side) for c in found.score.cells if getattr(c, side)} == scores
        for d in found.characteristics:
            codes = Counter(row[f"{d.characteristic}_bin"] for row in kept(drifted, number).values())
            named = Counter[Any]()
            for code, n in codes.items():
                named[{0: "missing", 7: "refused"}.get(code, "expired" if code > 8 else code)] += n
            assert {c.where: getattr(c, side) for c in d.cells if getattr(c, side)} == named


def test_states_are_cells_of_their_own_and_the_top_score_joins_the_last_band() -> None:
    best = {c.id: books.inside(max(c.bins, key=lambda b: b.points)) for c in POLICY.characteristic}
    known = [best | {"customer_id": "A", "customer_name": "A"}, {"customer_id": "B", "customer_name": "B"}]
    expired = [{"customer_id": "A", "quick_ratio": books.WITHDRAWN}, {"customer_id": "B", "quick_ratio": REFUSED}]
    store = assessed((known, POLICY), (expired, altered(missing_mode="refuse")), whole=False)
    found = monitoring.drift(store, 1, 2)
    top = found.score.cells[-1] if found.score.cells[-1].where != "not_scored" else found.score.cells[-2]
    assert (top.where, top.was) == (800, 1)
    cells = {c.where: (c.was, c.now) for c in found.characteristics[0].cells}
    last = len(POLICY.characteristic[0].bins)
    assert found.characteristics[0].characteristic == "quick_ratio"
    assert cells == {last: (1, 0), "missing": (1, 0), "expired": (0, 1), "refused": (0, 1)}
    assert not found.same_scorecard


def test_other_bins_are_not_compared_but_their_silence_is() -> None:
    quick = "quick_ratio"
    bins = [b.model_dump(mode="json") for b in POLICY.known_characteristic(quick).bins]
    bins[0]["upper"], bins[1]["lower"] = bins[0]["upper"] - 0.1, bins[0]["upper"] - 0.1
    data = altered((f"{quick}.bins", bins)).model_dump(mode="json", by_alias=True)
    dropped = data["characteristic"].pop()["id"]
    rows = books.random_rows(200, 5, POLICY)
    store = assessed((rows, POLICY), (rows, Policy.model_validate(data)))
    found = monitoring.drift(store, 1, 2)
    by_name = {d.characteristic: d for d in found.characteristics}
    assert [name for name, d in by_name.items() if not d.comparable] == [quick, dropped]
    assert by_name[quick].psi is None and by_name[quick].missing is not None
    assert by_name[dropped] == replace(by_name[dropped], psi=None, band=None, missing=None, cells=())
    assert not found.same_scorecard
    assert by_name["interest_coverage"].psi == 0
