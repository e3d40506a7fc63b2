"""Decisions: put in force in one transaction, kept with their effect as it stood, and put back."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from riskcore import assessment, book, decisions, money, portfolio, versions
from riskcore import policy as policies
from riskcore.decisions import Decision, Effect
from riskcore.errors import AskedWrong, RiskError
from riskcore.money import Assumptions
from riskcore.portfolio import Assessed
from riskcore.store import Store
from tests import books

POLICY = policies.load()
DAY = date(2026, 1, 31)
DECIDED = (690, 580)
ASSUMED = replace(money.of_policy(POLICY), margin_pct=12.5, kept_pct=(100.0, 95.0, 70.0))
SIDES = ("before", "after")
WHY = "Losses are below plan; sales asked for room in B."


@pytest.fixture
def store() -> Store:
    made = Store()
    versions.in_force(made)
    books.take(made, [row | {"annual_sales": 90_000.0} for row in books.random_rows(250, 5, POLICY)], DAY)
    books.assess(made, POLICY)
    return made


def newest(store: Store) -> Assessed:
    shown = portfolio.newest(store)
    assert shown is not None
    return shown


def decide(store: Store, thresholds: Sequence[int] = DECIDED, a: Assumptions = ASSUMED) -> Decision:
    return decisions.get(store, decisions.record(store, newest(store), thresholds, a, "Ada", WHY))


def by_tier(store: Store, what: str) -> list[Any]:
    """An aggregate of the last assessment by tier, asked of single customers."""
    rows = store.rows(
        f"select {what} from score where assessment_id = (select max(assessment_id) from assessment) "
        "group by tier order by tier"
    )
    return [row[0] for row in rows]


def rounded(effect: Effect) -> Effect:
    """The same without what the order of a sum leaves in its last digits."""
    sides = {side: [{n: round(v, 4) for n, v in tier.items()} for tier in getattr(effect, side)] for side in SIDES}
    return replace(effect, **sides)


def contents(store: Store) -> dict[str, list[Any]]:
    tables = ("decision", "policy", "in_force", "assessment", "meta", "listing", "cube")
    return {table: store.rows(f"select * from {table} order by all") for table in tables}


def test_a_decision_is_in_force_from_then_on(store: Store) -> None:
    looked_at = newest(store)
    made = decide(store)
    now = newest(store)
    assert versions.in_force(store).thresholds == now.policy.thresholds == DECIDED
    assert (now.version, now.draft, now.as_of) == (2, False, looked_at.as_of)
    assert money.of_book(store, now.policy) == ASSUMED
    assert (made.decision_id, made.decided_by, made.reason) == (1, "Ada", WHY)
    assert (made.before, made.after, made.version_before, made.version) == (POLICY, now.policy, 1, 2)
    assert (made.assumptions_before, made.assumptions) == (money.of_policy(POLICY), ASSUMED)
    assert (made.as_of, made.assessment_id, made.puts_back) == (DAY, looked_at.assessment_id, None)
    book.assess(store)
    assert newest(store).policy.thresholds == DECIDED


@pytest.mark.parametrize("act", [book.assess, lambda store: book.undo(store, 1, "Bo")])
def test_what_waits_for_a_decision_assesses_under_it(store: Store, act: Callable[[Store], int]) -> None:
    waiting = threading.Thread(target=act, args=[store])
    with store.transaction() as cursor:
        waiting.start()
        time.sleep(0.2)
        versions.put_in_force(cursor, policies.with_thresholds(POLICY, DECIDED), "Ada", WHY)
    waiting.join()
    assert newest(store).policy.thresholds == DECIDED


def test_the_effect_told_before_is_what_the_new_assessment_finds(store: Store) -> None:
    told = decisions.effect(store, newest(store), DECIDED, ASSUMED)
    before = by_tier(store, "count(*)"), by_tier(store, "coalesce(sum(exposure), 0)::double")
    was = dict(store.rows("select customer_key, tier from listing where true"))
    largest = portfolio.movers(store, DECIDED, POLICY.thresholds, per_page=10)
    made = decide(store)
    assert rounded(made.effect) == rounded(told)
    assert [tier["customers"] for tier in told.before] == before[0]
    assert [tier["exposure_today"] for tier in told.before] == pytest.approx(before[1])
    assert [tier["customers"] for tier in told.after] == by_tier(store, "count(*)")
    assert [tier["exposure_today"] for tier in told.after] == pytest.approx(by_tier(store, "sum(exposure)::double"))
    now = dict(store.rows("select customer_key, tier from listing where true"))
    assert told.better == sum(now[key] < was[key] for key in was) > 0
    assert told.worse == sum(now[key] > was[key] for key in was)
    assert [m["customer_name"] for m in told.largest] == list(largest["customer_name"])
    assert 0 < len(told.largest) <= 10
    after = newest(store)
    found = money.by_tier(store, after.policy, after.assessment_id, DECIDED, ASSUMED)
    assert told.total("after", "money") == pytest.approx(found["money"].sum())
    assert told.total("before", "sales") == pytest.approx(found["sales"].sum())
    assert told.total("before", "money") != pytest.approx(told.total("after", "money"))
    assert sum(n for _, n in told.scores) == store.one("select count(score) from listing where true")[0]  # type: ignore[index]


def test_earlier_decisions_stay_readable_as_they_were(store: Store) -> None:
    first = decide(store)
    second = decide(store, (720, 640), money.of_policy(POLICY))
    books.take(store, [{"customer_id": "C0001", "exposure": 99e6}], date(2026, 2, 28))
    book.assess(store)
    assert decisions.history(store) == [second, first]
    assert decisions.history(store, 2, 1) == [first]
    assert decisions.how_many(store) == 2
    assert (second.before, second.assumptions_before) == (first.after, ASSUMED)
    assert [m["was"] for m in second.effect.largest] != [m["now"] for m in second.effect.largest]


def test_an_earlier_decision_is_put_back_although_its_policy_is_kept_already(store: Store) -> None:
    first = decide(store)
    decide(store, (720, 640), money.of_policy(POLICY))
    number = decisions.put_back(store, first.decision_id, "Bo", "The stricter lines cost too much.")
    again = decisions.get(store, number)
    assert (again.puts_back, again.decided_by) == (1, "Bo")
    assert (again.after.hash, again.version, again.assumptions) == (first.after.hash, first.version, ASSUMED)
    assert versions.in_force(store).hash == newest(store).policy.hash == first.after.hash
    assert money.of_book(store, POLICY) == ASSUMED
    assert [row[0] for row in store.rows("select version from policy order by version")] == [1, 2, 3]
    # The policy that was there before any decision can come back as well.
    decide(store, POLICY.thresholds)
    assert versions.in_force(store).hash == POLICY.hash
    assert store.rows("select policy_hash from in_force order by number")[0] == (POLICY.hash,)
    assert store.one("select count(*) from in_force where true") == (5,)


def test_a_kept_draft_that_is_decided_is_a_draft_no_more(store: Store) -> None:
    wished = policies.with_thresholds(POLICY, DECIDED)
    book.assess(store, wished, draft=True)
    assert newest(store).draft
    book.assess(store)
    made = decide(store)
    assert (made.after.hash, made.version) == (wished.hash, 2)
    assert not newest(store).draft


def test_keeping_the_lines_is_a_decision_too(store: Store) -> None:
    made = decide(store, POLICY.thresholds)
    assert (made.before, made.after, made.effect.better, made.effect.largest) == (POLICY, POLICY, 0, [])
    assert money.of_book(store, POLICY) == ASSUMED


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"by": " "}, "person_missing"),
        ({"why": "too short"}, "reason_missing"),
        ({"why": "x" * 501}, "reason_missing"),
        ({"thresholds": (600, 700)}, "thresholds_order"),
        ({"thresholds": (851, 600)}, "thresholds_order"),
        ({"thresholds": (650,)}, "decision_other_tiers"),
        ({"assumptions": replace(ASSUMED, kept_pct=(100.0, 80.0))}, "decision_other_tiers"),
    ],
)
def test_what_cannot_be_decided_is_a_sentence_and_changes_nothing(
    store: Store, changed: dict[str, Any], key: str
) -> None:
    before = contents(store)
    asked = {"thresholds": DECIDED, "assumptions": ASSUMED, "by": "Ada", "why": WHY}
    with pytest.raises(AskedWrong) as told:
        decisions.record(store, newest(store), **(asked | changed))
    assert told.value.key == f"errors.{key}"
    assert contents(store) == before


def test_nobody_decides_on_what_was_assessed_again_since(store: Store) -> None:
    looked_at = newest(store)
    decide(store)
    before = contents(store)
    with pytest.raises(AskedWrong) as told:
        decisions.record(store, looked_at, (700, 610), ASSUMED, "Bo", WHY)
    assert told.value.key == "errors.decision_stale"
    assert contents(store) == before


def other_points() -> policies.Policy:
    """The policy with fewer points for a bin and for a missing value of one characteristic."""
    data = POLICY.model_dump(mode="json", by_alias=True)
    [c] = (one for one in data["characteristic"] if one["id"] == "days_beyond_terms_12m")
    c["bins"][2]["points"], c["missing_points"] = c["bins"][1]["points"] + 1, 0
    return policies.Policy.model_validate(data)


DRAFTS = (other_points(), policies.rate_on_what_is_known(POLICY))


@pytest.mark.parametrize("wished", DRAFTS)
@pytest.mark.parametrize("thresholds", [POLICY.thresholds, DECIDED])
def test_a_draft_policy_is_put_in_force_with_the_effect_that_was_told(
    store: Store, wished: policies.Policy, thresholds: tuple[int, ...]
) -> None:
    was = dict(store.rows("select customer_key, tier from listing where true"))
    before = by_tier(store, "count(*)")
    book.assess(store, wished, draft=True)
    looked_at = newest(store)
    told = decisions.effect(store, looked_at, thresholds, ASSUMED)
    made = decide(store, thresholds)
    after = newest(store)
    assert rounded(made.effect) == rounded(told)
    assert (made.before, made.after, made.assessment_id) == (POLICY, after.policy, looked_at.assessment_id)
    assert made.assumptions_before == money.of_policy(POLICY)
    assert after.policy == versions.in_force(store) == policies.with_thresholds(wished, thresholds)
    assert not after.draft
    now = dict(store.rows("select customer_key, tier from listing where true"))
    assert told.better == sum(now[key] < was[key] for key in was)
    assert told.worse == sum(now[key] > was[key] for key in was)
    assert told.better + told.worse > 0
    assert [tier["customers"] for tier in told.before] == before
    assert [tier["customers"] for tier in told.after] == by_tier(store, "count(*)")
    exposures = store.rows("select customer_id, tier from listing where true order by position")
    moved = [name for name, _ in exposures if name in {m["customer_id"] for m in told.largest}]
    assert [m["customer_id"] for m in told.largest] == moved
    assert all(m["was"] != m["now"] for m in told.largest)
    found = money.by_tier(store, after.policy, after.assessment_id, thresholds, ASSUMED)
    assert told.total("after", "money") == pytest.approx(found["money"].sum())


def test_other_points_are_put_back_and_so_is_what_was_before_the_first_decision(store: Store) -> None:
    first = decide(store)
    book.assess(store, policies.with_thresholds(other_points(), DECIDED), draft=True)
    second = decide(store)
    assert second.after.characteristic == other_points().characteristic
    again = decisions.get(store, decisions.put_back(store, first.decision_id, "Bo", WHY))
    assert (again.before, again.after, again.puts_back) == (second.after, first.after, 1)
    assert again.effect.better == second.effect.worse
    assert again.effect.worse == second.effect.better
    book.assess(store, DRAFTS[1], draft=True)  # a draft on the book is no hindrance
    start = decisions.get(store, decisions.put_back(store, decisions.FIRST, "Bo", WHY))
    assert (start.after, start.assumptions) == (POLICY, money.of_policy(POLICY))
    assert (start.before, start.puts_back) == (first.after, decisions.FIRST)
    assert newest(store).policy == versions.in_force(store) == POLICY


def test_a_draft_is_not_decided_where_nothing_tells_what_it_changes(store: Store) -> None:
    def refused(key: str) -> None:
        before = contents(store)
        for ask in (decide, lambda s: decisions.effect(s, newest(s), DECIDED, ASSUMED)):
            with pytest.raises(AskedWrong) as told:
                ask(store)
            assert told.value.key == f"errors.{key}"
        assert contents(store) == before

    book.assess(store, other_points(), date(2026, 2, 1), draft=True)  # another day
    refused("decision_not_compared")
    books.take(store, [{"customer_id": "C0001", "exposure": 99e6}], DAY)  # other data
    book.assess(store, other_points(), DAY, draft=True)
    refused("decision_not_compared")
    book.assess(store, as_of=DAY)
    book.assess(store, other_points(), DAY, draft=True)
    assert decide(store).before == POLICY
    data = POLICY.model_dump(mode="json", by_alias=True)
    book.assess(store, as_of=DAY)
    four = data | {"tier": [data["tier"][0] | {"code": "S", "min_score": 800}, *data["tier"]]}
    book.assess(store, policies.Policy.model_validate(four), DAY, draft=True)
    with pytest.raises(AskedWrong, match="decision_other_tiers"):
        decide(store, (800, 700, 600), replace(ASSUMED, kept_pct=(100.0, 100.0, 100.0, 70.0)))


def test_a_failure_half_way_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(store)
    monkeypatch.setattr(assessment, "SEGMENTS_SHOWN", "no number")  # the assessment fails late, in the cube
    with pytest.raises(Exception, match="no number"):
        decide(store)
    assert contents(store) == before
    assert versions.in_force(store).hash == POLICY.hash


@pytest.mark.parametrize("number", [0, -1, 7])
def test_a_decision_that_is_not_there_is_a_sentence(store: Store, number: int) -> None:
    for ask in (decisions.get, lambda s, n: decisions.put_back(s, n, "Ada", WHY)):
        with pytest.raises(RiskError) as told:
            ask(store, number)
        assert told.value.key == "errors.decision_absent"
