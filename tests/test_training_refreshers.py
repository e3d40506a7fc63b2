"""Refreshers: units, judged cases and practice fall due for whom they should, and for nobody else."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from riskcore import signing, versions
from riskcore.errors import AskedWrong
from riskcore.policy import Policy, with_thresholds
from riskcore.store import Store
from riskcore.training import case as cases
from riskcore.training import library, practice, refreshers, units
from riskcore.training.refreshers import Due

STARTERS = cases.starters()


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


def judge(store: Store, person: str, *given: cases.Case) -> None:
    for case in given:
        practice.judge(store, case, person, "B", 1000.0, 30, 0.2)


def enforce(store: Store, policy: Policy) -> None:
    with store.transaction() as cursor:
        versions.put_in_force(cursor, policy, "Lin", "other lines")


def of_tier(store: Store, thresholds: tuple[int, int]) -> dict[str, str]:
    """The tier of each invented case under thresholds."""
    policy = with_thresholds(versions.in_force(store), thresholds)
    seen = cases.views(store, policy, STARTERS)
    return {c.case_id: policy.tier[one.tier].code for c, one in zip(STARTERS, seen, strict=True)}


def test_nothing_is_due_for_who_did_nothing_or_all_of_it_lately(store: Store) -> None:
    assert refreshers.of_person(store, "Ada") == Due()
    judge(store, "Ada", *STARTERS)
    assert refreshers.of_person(store, "Ada").nothing
    assert refreshers.of_team(store) == {}


def test_a_case_is_due_exactly_where_the_policy_in_force_shows_something_else(store: Store) -> None:
    before, lines = versions.in_force(store), (640, 560)
    judge(store, "Ada", *STARTERS[:9])
    judge(store, "Noor", STARTERS[0])
    was, now = of_tier(store, before.thresholds), of_tier(store, lines)
    moved = {c.case_id for c in STARTERS if was[c.case_id] != now[c.case_id]}
    judged = {c.case_id for c in STARTERS[:9]}
    assert moved & judged and judged - moved and moved - judged  # else this test tells nothing
    enforce(store, with_thresholds(before, lines))
    found = {changed.case_id: changed for changed in refreshers.of_person(store, "Ada").changed}
    assert set(found) == moved & judged
    for case_id, changed in found.items():
        assert (changed.was.tier, changed.now.tier) == (was[case_id], now[case_id])
        assert changed.was.score == changed.now.score
    due = refreshers.of_team(store)
    assert set(due) == {"Ada"} | ({"Noor"} if STARTERS[0].case_id in moved else set())
    enforce(store, before)  # back to what was seen then
    assert refreshers.of_person(store, "Ada").nothing


def test_reading_a_case_again_settles_it_until_it_changes_anew(store: Store) -> None:
    before = versions.in_force(store)
    judge(store, "Ada", *STARTERS)
    judge(store, "Lin", *STARTERS)
    enforce(store, with_thresholds(before, (640, 560)))
    first, *others = (changed.case_id for changed in refreshers.of_person(store, "Ada").changed)
    refreshers.reread(store, "Ada", first)
    assert [changed.case_id for changed in refreshers.of_person(store, "Ada").changed] == others
    assert first in {changed.case_id for changed in refreshers.of_person(store, "Lin").changed}
    enforce(store, before)
    [again] = refreshers.of_person(store, "Ada").changed  # the others show again what they had shown when judged
    assert again.case_id == first
    with pytest.raises(AskedWrong) as refused:
        refreshers.reread(store, "Noor", first)
    assert refused.value.key == "errors.case_not_judged"


def test_a_policy_that_changes_nothing_of_a_case_calls_for_nothing(store: Store) -> None:
    before = versions.in_force(store)
    judge(store, "Ada", *STARTERS)
    scores = [one.explained.scored["score"] for one in cases.views(store, before, STARTERS)]
    best, second = before.thresholds
    free = next(line for line in range(best + 1, best + 100) if not any(best <= score < line for score in scores))
    enforce(store, with_thresholds(before, (free, second)))
    assert refreshers.of_person(store, "Ada").nothing


def test_practice_is_due_half_a_year_after_the_last_case(store: Store) -> None:
    judge(store, "Ada", *STARTERS[:2])
    [row] = store.rows("select max(judged_at) from training_judgement")
    assert refreshers.of_person(store, "Ada", signing.now() + timedelta(days=170)).nothing
    late = signing.now() + timedelta(days=190)
    due = refreshers.of_person(store, "Ada", late)
    assert (due.idle_since, due.oldest, due.changed) == (row[0], STARTERS[0].case_id, ())
    assert set(refreshers.of_team(store, late)) == {"Ada"}
    assert refreshers.of_person(store, "Lin", late).nothing  # who never practised has nothing to refresh
    refreshers.reread(store, "Ada", STARTERS[0].case_id)
    with store.transaction() as cursor:
        cursor.execute("update training_reread set read_at = ?", [late])
    assert refreshers.of_person(store, "Ada", late + timedelta(days=170)).nothing
    assert refreshers.of_person(store, "Ada", late + timedelta(days=190)).oldest == STARTERS[1].case_id


def test_a_list_is_marked_by_what_a_person_did_and_what_is_due(store: Store) -> None:
    before = versions.in_force(store)
    judged, opened, both = STARTERS[0], STARTERS[1], STARTERS[2]
    judge(store, "Ada", judged, both)
    for case in (opened, both):
        library.opened(store, "Ada", case.case_id)
    marked = {judged.case_id: "judged", opened.case_id: "read", both.case_id: "judged"}
    assert refreshers.marks(store, "Ada", STARTERS) == marked
    assert refreshers.marks(store, "Lin", STARTERS) == {}
    late = signing.now() + timedelta(days=190)
    assert refreshers.marks(store, "Ada", STARTERS, late) == marked  # another one to judge is left
    assert refreshers.marks(store, "Ada", [judged, both], late) == marked | {judged.case_id: "due"}
    judge(store, "Lin", *STARTERS)
    enforce(store, with_thresholds(before, (640, 560)))
    due = {one.case_id for one in refreshers.of_person(store, "Lin").changed}
    assert due and {name for name, mark in refreshers.marks(store, "Lin", STARTERS).items() if mark == "due"} == due


def test_units_that_are_due_again_are_named(store: Store) -> None:
    unit = units.units()[2]
    for number, question in enumerate(unit.question):
        units.answer(store, "Ada", unit.id, number, next(p for p, o in enumerate(question.option) if o.right))
    assert refreshers.of_person(store, "Ada").nothing
    assert refreshers.of_team(store, signing.now() + timedelta(days=190)) == {"Ada": Due(units=(unit.id,))}
