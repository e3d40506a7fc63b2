"""Alerts: every planted change is told, once, and nothing else; the inbox, the watch list, the digest."""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from riskcore import alerts, book, entering, overrides, portfolio, reviews, schema, versions
from riskcore import policy as policies
from riskcore.__main__ import main
from riskcore.alerts import raising
from riskcore.entering import Entry, Said
from riskcore.errors import AskedWrong, PolicyError
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.text import Words
from tests import books, tiers

POLICY = policies.load()
DAYS = [date(2026, month, 28) for month in range(1, 11)]
TODAY = date(2026, 11, 1)
Row = dict[str, Any]
Told = set[tuple[str, str]]

GOOD: Row = {
    "customer_name": "Ore & Sons",
    "credit_score": 740.0,  # with the rest in tier A; 640 in B, 500 in C
    "exposure": 1000.0,
    "credit_limit": 2000.0,
    "past_due_amount": 0.0,
    "days_beyond_terms_12m": 2.0,
    "legal_events_24m": 0.0,
    "quick_ratio": 1.2,
    "own_statement_date": date(2025, 12, 31),
}


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store()
    versions.in_force(opened)
    yield opened
    opened.close()


def month(store: Store, rows: Sequence[Row], day: date) -> Told:
    """Take the whole list in, assess the book, and give what was told for the first time: customers and codes."""
    [newest] = store.one("select coalesce(max(alert_id), 0) from alert") or (0,)
    books.take(store, rows, day, whole_book=True)
    book.assess(store)
    return told(store, newest)


def told(store: Store, after: int = 0) -> Told:
    question = "select customer_id, code, cause from alert join customer using (customer_key) where alert_id > $after"
    found = store.rows(question, after=after)
    assert len(found) == len(set(found))
    return {(customer_id, code) for customer_id, code, _ in found}


def listed(*changes: Row) -> list[Row]:
    """A list of customers C0, C1, ... that are good but for some values each."""
    return [GOOD | {"customer_id": f"C{place}"} | change for place, change in enumerate(changes)]


def changed(policy: Policy, **top: Any) -> Policy:
    return Policy.model_validate(policy.model_dump(mode="json", by_alias=True) | top)


def enforce(store: Store, policy: Policy) -> None:
    with store.transaction() as cursor:
        versions.put_in_force(cursor, policy, "Ann", "another policy from now on")


def figures(store: Store, code: str) -> list[str]:
    """What alerts of a rule say, in English."""
    rows = alerts.inbox(store, versions.in_force(store), TODAY, {"codes": [code]})
    return [
        alerts.told(Words("en"), POLICY, watches, said)
        for watches, said in zip(rows["watches"], rows["told"], strict=True)
    ]


PLANTED: list[tuple[Row, Row, set[str]]] = [  # before, after, codes told
    ({}, {"credit_score": 640.0}, {"W1"}),
    ({}, {"credit_score": 500.0}, {"W1"}),
    ({"credit_score": 640.0}, {"credit_score": 740.0}, set()),
    ({"credit_score": 640.0}, {"credit_score": 630.0}, set()),
    ({}, {"days_beyond_terms_12m": 12.0}, {"W2"}),
    ({}, {"days_beyond_terms_12m": 11.9}, set()),
    ({"days_beyond_terms_12m": -12.0}, {"days_beyond_terms_12m": 0.0}, set()),  # comes nearer to the due date
    ({"credit_score": 640.0}, {"credit_score": 640.0, "days_beyond_terms_12m": 7.0}, {"W2"}),
    ({"credit_score": 640.0}, {"credit_score": 640.0, "days_beyond_terms_12m": 6.9}, set()),
    ({"credit_score": 450.0}, {"credit_score": 450.0, "days_beyond_terms_12m": 25.0}, set()),
    ({"days_beyond_terms_12m": 12.0}, {"days_beyond_terms_12m": 2.0}, set()),
    ({}, {"exposure": 2000.01}, {"W3"}),
    ({}, {"exposure": 2000.0}, set()),
    ({}, {"credit_limit": 999.0}, {"W3"}),
    ({"exposure": 2100.0}, {"exposure": 2900.0}, set()),
    ({"credit_limit": None}, {"credit_limit": 500.0}, {"W3"}),
    ({"credit_limit": 0.0, "exposure": 0.0}, {"credit_limit": 0.0, "exposure": 5.0}, {"W3"}),
    ({}, {"k2": True}, {"W4", "W1"}),
    ({"credit_score": 450.0}, {"credit_score": 450.0, "k8": True}, {"W4"}),
    ({"k2": True}, {"k2": True}, set()),
    ({"credit_score": 640.0}, {"credit_score": 640.0, "s3": True}, {"W4"}),
    ({}, {"legal_events_24m": 1.0}, {"W5"}),
    ({"legal_events_24m": 2.0}, {"legal_events_24m": 1.0}, set()),
    ({"own_statement_date": date(2024, 8, 1)}, {"own_statement_date": date(2024, 8, 1)}, {"W6"}),
    ({"own_statement_date": date(2024, 7, 1)}, {"own_statement_date": date(2024, 7, 1)}, set()),
    ({}, {"past_due_amount": 100.0}, {"W7"}),
    ({}, {"past_due_amount": 99.9}, set()),
    ({"credit_score": 450.0}, {"credit_score": 450.0, "exposure": 1100.01}, {"W8"}),
    ({"credit_score": 450.0}, {"credit_score": 450.0, "exposure": 1100.0}, set()),
    ({"credit_score": 450.0}, {"credit_score": 450.0, "exposure": 900.0}, set()),
    ({}, {"exposure": 1900.0}, set()),
    ({"credit_score": 450.0, "exposure": 100.0}, {"credit_score": 740.0, "exposure": 900.0}, set()),
    ({}, {}, set()),
]


def test_every_planted_change_is_told_and_no_other(store: Store) -> None:
    before, after = (listed(*(planted[side] for planted in PLANTED)) for side in (0, 1))
    assert month(store, before, date(2026, 1, 31)) == set()
    assert month(store, after, date(2026, 2, 28)) == {
        (f"C{place}", code) for place, (_, _, codes) in enumerate(PLANTED) for code in codes
    }
    assert len([said for said in figures(store, "W1") if said.startswith("Tier A → B (score ")]) == 1
    assert any(re.fullmatch(r"Tier A → C \(score \d+ as before\)", said) for said in figures(store, "W1"))
    assert "Limit used 50% → 100%" in figures(store, "W3")
    assert "Limit used 0% → > 9,998%" in figures(store, "W3")
    assert "K2 fires: Listed as a dishonest debtor" in figures(store, "W4")
    assert figures(store, "W6") == ["Newest statements of 1 Aug 2024, older than 18 months"]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_book_without_change_tells_nothing(store: Store, seed: int) -> None:
    rows = books.random_rows(150, seed, POLICY)
    for day in DAYS[:3]:
        assert month(store, rows, day) == set()


def test_the_same_data_tell_nothing_again(store: Store) -> None:
    month(store, listed({}, {}), DAYS[0])
    after = listed({"credit_score": 640.0, "exposure": 3000.0}, {"k3": True, "past_due_amount": 500.0})
    first = month(store, after, DAYS[1])
    assert len(first) == 5
    book.assess(store)
    assert month(store, after, DAYS[1]) == set()
    assert month(store, after, DAYS[2]) == set()
    assert month(store, after, DAYS[2]) == set()


def test_a_slow_creep_is_told_when_it_comes_to_the_mark(store: Store) -> None:
    seen = [month(store, listed({"days_beyond_terms_12m": 2.0 + 2 * n}), DAYS[n]) for n in range(6)]
    assert seen == [set(), set(), set(), set(), set(), {("C0", "W2")}]
    assert figures(store, "W2") == ["Days beyond terms 2 → 12"]
    assert month(store, listed({"days_beyond_terms_12m": 14.0}), DAYS[6]) == set()  # anew from what was told
    assert month(store, listed({"days_beyond_terms_12m": 22.0}), DAYS[7]) == {("C0", "W2")}


def test_a_review_begins_the_creep_anew(store: Store) -> None:
    month(store, listed({}), DAYS[0])
    month(store, listed({"days_beyond_terms_12m": 9.0}), DAYS[1])
    [key] = store.one("select customer_key from customer") or (0,)
    with store.transaction() as cursor:
        cursor.execute(
            "insert into review (review_id, customer_key, assessment_id, tier, outcome, reason, next_review_on, "
            "reviewed_by, reviewed_at) "
            "values (1, ?, 2, 'A', 'keep', 'looked at it', '2027-01-01', 'Ann', now()::timestamp)",
            [key],
        )
    assert month(store, listed({"days_beyond_terms_12m": 13.0}), DAYS[2]) == set()
    assert month(store, listed({"days_beyond_terms_12m": 19.0}), DAYS[3]) == {("C0", "W2")}


def test_recovered_and_worse_again_is_a_new_cause(store: Store) -> None:
    worse = {"credit_score": 640.0, "exposure": 2500.0, "days_beyond_terms_12m": 15.0, "k2": True}
    expected = {("C0", code) for code in ("W1", "W2", "W3", "W4")}
    assert month(store, listed({}), DAYS[0]) == set()
    assert month(store, listed(worse), DAYS[1]) == expected
    assert month(store, listed({"k2": False}), DAYS[2]) == set()
    assert month(store, listed(worse), DAYS[3]) == expected


def test_more_data_of_one_day_are_compared_with_the_day_before(store: Store) -> None:
    month(store, listed({}, {}), DAYS[0])
    assert month(store, listed({"credit_score": 640.0}, {}), DAYS[1]) == {("C0", "W1")}
    later = listed({"credit_score": 500.0}, {"days_beyond_terms_12m": 13.0})
    assert month(store, later, DAYS[1]) == {("C0", "W1"), ("C1", "W2")}  # a further fall is another cause


def test_what_stood_at_the_start_is_no_change(store: Store) -> None:
    bad = {"exposure": 9000.0, "k2": True, "own_statement_date": date(2020, 1, 1), "past_due_amount": 900.0}
    assert month(store, listed(bad, {}), DAYS[0]) == set()
    assert month(store, listed(bad, {}), DAYS[0]) == set()
    assert month(store, listed(bad, {}), DAYS[1]) == set()


def test_figures_told_for_the_first_time_are_no_change(store: Store) -> None:
    silent = dict.fromkeys(("credit_limit", "own_statement_date", "quick_ratio", "days_beyond_terms_12m"))
    month(store, listed(silent, silent), DAYS[0])
    assert month(store, listed({"exposure": 5000.0, "own_statement_date": date(2020, 1, 1)}, silent), DAYS[1]) == set()


def test_a_customer_who_comes_later_is_told_of_as_it_is(store: Store) -> None:
    month(store, listed({}), DAYS[0])
    new = {"exposure": 5000.0, "k1": True, "own_statement_date": date(2020, 1, 1), "days_beyond_terms_12m": 80.0}
    assert month(store, listed({}, new), DAYS[1]) == {("C1", "W3"), ("C1", "W4"), ("C1", "W6")}


def test_drafts_past_days_and_past_knowledge_tell_nothing_and_are_not_compared_with(store: Store) -> None:
    month(store, listed({}), DAYS[0])
    books.take(store, listed({"credit_score": 640.0}), DAYS[2], whole_book=True)
    book.assess(store, policies.with_thresholds(POLICY, (720, 610)), draft=True)
    book.assess(store, as_of=DAYS[1])
    book.assess(store, known_by=date(2030, 1, 1))
    assert told(store) == set()
    book.assess(store)
    assert told(store) == {("C0", "W1")}


def test_a_change_of_the_policy_is_none_of_the_customer(store: Store) -> None:
    rows = books.random_rows(80, 5, POLICY)
    month(store, rows, DAYS[0])
    enforce(store, policies.with_thresholds(POLICY, (790, 720)))
    assert month(store, rows, DAYS[1]) == set()
    stricter = POLICY.model_dump(mode="json", by_alias=True)["rule"]
    stricter[-1]["case"] = [{"best_tier": "C", "all": [{"fact": "exposure_or_zero", "at_least": 0}]}]
    enforce(store, changed(POLICY, rule=stricter))
    assert month(store, rows, DAYS[2]) == set()


def test_every_part_of_a_policy_is_known_to_judge_or_not() -> None:
    judging = {"currency", "home_country", "base_score", "missing_mode", "prior_share_pct", "external_score", "ratios"}
    judging |= {"rule", "external_grade_best", "industry", "country", "agency", "payment_index", "characteristic"}
    assert not judging & raising._NOT_JUDGING
    assert judging | raising._NOT_JUDGING == set(Policy.model_fields)


def test_parts_that_do_not_judge_change_neither_scores_nor_bounds() -> None:
    rows = books.random_rows(40, 11, POLICY)
    tiers = [{**tier.model_dump(mode="json"), "name": {"zh": "级", "en": "Step"}} for tier in POLICY.tier]
    other = changed(POLICY, tier=tiers, alert=[], radar=None, feedback=None, override=None, source="elsewhere")
    kept = ("score", "best", "worst", "rules")
    told = [[{name: row[name] for name in kept} for row in books.score(policy, rows)] for policy in (POLICY, other)]
    assert told[0] == told[1]
    assert raising._judgement(POLICY) == raising._judgement(other)


def test_a_fall_is_judged_by_the_thresholds_in_force(store: Store) -> None:
    enforce(store, policies.with_thresholds(POLICY, (850, 840)))
    month(store, listed({}), DAYS[0])  # worst tier then
    enforce(store, POLICY)
    assert month(store, listed({"credit_score": 640.0}), DAYS[1]) == {("C0", "W1")}


def override(store: Store, customer_id: str, direction: Any, tier: str, day: date, policy: Policy = POLICY) -> int:
    assessed = portfolio.newest(store)
    [key] = store.one("select customer_key from customer where customer_id = $id", id=customer_id) or (0,)
    assert assessed is not None
    until = max(date.today(), day) + timedelta(days=30)
    reason = next(one.code for one in policy.override.reason if one.direction in (None, direction))  # type: ignore[union-attr]
    wish = overrides.Wish(
        key, assessed.assessment_id, direction, tier, reason, "Something told by the customer", until, "Ann"
    )
    return book.override(store, wish).override_id


def tier_of(store: Store, customer_id: str) -> str:
    [place] = store.one("select tier from listing where customer_id = $id", id=customer_id) or (0,)
    return "ABC"[place]


def test_a_tier_that_a_person_changes_is_not_told(store: Store) -> None:
    rows = listed({}, {"credit_score": 640.0}, {"credit_score": 640.0}, {"credit_score": 640.0})
    month(store, rows, DAYS[0])
    override(store, "C0", "down", "C", DAYS[0])
    for customer in ("C1", "C2", "C3"):
        override(store, customer, "up", "A", DAYS[0])
    assert [tier_of(store, f"C{n}") for n in range(4)] == ["C", "A", "A", "A"]
    assert month(store, rows, DAYS[1]) == set()
    with store.transaction() as cursor:  # a year later the third has ended
        cursor.execute("update override set expires_on = ? where override_id = 3", [DAYS[2]])
        cursor.execute("update override set asked_at = asked_at - interval 400 day")
        cursor.execute("update assessment set created_at = created_at - interval 400 day")
    book.settle_override(store, 2, "withdrawn", "Bob", "The guarantee was called back")
    assert month(store, rows, DAYS[2]) == set()
    assert [tier_of(store, f"C{n}") for n in range(4)] == ["C", "B", "B", "A"]
    assert told(store) == set()


def test_what_a_person_holds_hides_no_fall_of_the_score(store: Store) -> None:
    month(store, listed({"credit_score": 640.0}, {}), DAYS[0])
    override(store, "C0", "up", "A", DAYS[0])
    override(store, "C1", "down", "C", DAYS[0])
    assert month(store, listed({"credit_score": 500.0}, {"credit_score": 640.0}), DAYS[1]) == {
        ("C0", "W1"),
        ("C1", "W1"),
    }
    assert [tier_of(store, f"C{n}") for n in range(2)] == ["A", "C"]
    assert sorted(said.split(" (")[0] for said in figures(store, "W1")) == [
        "Without the override, tier A → B",
        "Without the override, tier B → C",
    ]
    book.settle_override(store, 1, "withdrawn", "Bob", "The guarantee was called back")
    assert month(store, listed({"credit_score": 500.0}, {"credit_score": 640.0}), DAYS[2]) == set()


def test_an_undone_import_leaves_nothing_behind(store: Store) -> None:
    month(store, listed({}), DAYS[0])
    number = books.take(store, listed({"days_beyond_terms_12m": 90.0}), DAYS[2], whole_book=True)
    book.assess(store)
    assert ("C0", "W2") in told(store)
    book.undo(store, number, "Ann")
    assert month(store, listed({"days_beyond_terms_12m": 3.0}), DAYS[3]) == set()


def test_a_rule_opens_a_review_once(store: Store) -> None:
    month(store, listed({}, {}), DAYS[0])
    month(store, listed({"credit_score": 640.0}, {"exposure": 2500.0}), DAYS[1])
    month(store, listed({"credit_score": 640.0}, {"exposure": 2500.0}), DAYS[1])
    question = (
        "select customer_id, cause, due_on from review_call join customer using (customer_key) where cause = 'alert'"
    )
    # The limit's rule opens none; data of the past still leave the days from now.
    assert store.rows(question) == [("C0", "alert", date.today() + timedelta(14))]
    rows = alerts.inbox(store, POLICY, TODAY, {})
    ids = [int(number) for number in rows["alert_id"]]
    assert alerts.call_reviews(store, POLICY, ids, TODAY, "Ann") == (1, 1)
    keys = {row[0]: row[1] for row in store.rows("select customer_id, customer_key from customer")}
    [call] = [one for one in reviews.calls(store, keys["C1"]) if one.cause == "alert"]
    assert (call.called_by, call.due_on, call.why["watches"]) == ("Ann", TODAY + timedelta(14), "utilisation")


def test_a_review_acknowledges_what_was_told_before_it(store: Store) -> None:
    month(store, listed({}, {}), DAYS[0])
    month(store, listed({"credit_score": 640.0}, {"credit_score": 640.0}), DAYS[1])
    [(key, number)] = store.rows(
        "select customer_key, assessment_id from listing, (select max(assessment_id) as "
        "assessment_id from assessment) where customer_id = 'C0'"
    )
    looked_at = reviews.Seen(key, number, 0)
    reviews.record(store, looked_at, "keep", "Talked to their treasurer", TODAY + timedelta(20), "Ann", TODAY)
    rows = alerts.inbox(store, POLICY, TODAY, {}).set_index("customer_id")
    assert rows["stands"].to_dict() == {"C0": "acknowledged", "C1": "open"}
    assert (rows.loc["C0", "said_by"], rows.loc["C0", "note"]) == ("Ann", "Talked to their treasurer")
    month(store, listed({"credit_score": 500.0}, {"credit_score": 640.0}), DAYS[2])
    assert ("C0", "W1") in {
        (row.customer_id, row.code) for row in alerts.inbox(store, POLICY, TODAY, {"stands": "open"}).itertuples()
    }


@pytest.mark.parametrize("count", [2, 5, 7])
def test_any_number_of_tiers(store: Store, count: int) -> None:
    enforce(store, policy := tiers.policy(count))
    month(store, books.random_rows(60, 2, policy), DAYS[0])
    rows = books.random_rows(60, 2, policy)
    fallen = [row | {"credit_score": None} | {f.name: True for f in schema.FLAGS} for row in rows[:30]]
    before = dict(store.rows("select customer_id, tier from listing"))
    found = month(store, [*fallen, *rows[30:]], DAYS[1])
    after = dict(store.rows("select customer_id, tier from listing"))
    assert {c for c, code in found if code == "W1"} == {c for c in after if after[c] > before[c]} != set()


def test_a_policy_without_alerts_tells_nothing(store: Store) -> None:
    enforce(store, changed(POLICY, alert=[]))
    month(store, listed({}), DAYS[0])
    assert month(store, listed({"credit_score": 500.0}), DAYS[1]) == set()


def test_an_entry_by_hand_tells_too(store: Store) -> None:
    month(store, listed({}), DAYS[0])
    [key] = store.one("select customer_key from customer") or (0,)
    entering.save(store, Entry(key, "C0", {"k2": Said(1.0)}), DAYS[1], "Ann")
    assert ("C0", "W4") in told(store)


# The inbox


@pytest.fixture
def waiting(store: Store) -> Store:
    """Six open alerts: W1 of C0 and C1, W3 of C2 and C3, W5 of C0, W7 of C4; C4 is watched."""
    month(store, listed({}, {}, {}, {}, {}), DAYS[0])
    after = listed(
        {"credit_score": 640.0, "legal_events_24m": 1.0},
        {"credit_score": 640.0},
        {"exposure": 9000.0},
        {"exposure": 3000.0},
        {"past_due_amount": 300.0, "exposure": 600.0},
    )
    assert len(month(store, after, DAYS[1])) == 6
    alerts.watch(store, key_of(store, "C4"), "pays out of turn", "Ann")
    return store


def key_of(store: Store, customer_id: str) -> int:
    [key] = store.one("select customer_key from customer where customer_id = $c", c=customer_id) or (0,)
    return int(key)


def order(store: Store, today: date = TODAY, **filters: Any) -> list[tuple[str, str]]:
    rows = alerts.inbox(store, POLICY, today, filters)
    return list(zip(rows["customer_id"], rows["code"], strict=True))


def test_the_watched_stand_first_then_the_larger_exposure(waiting: Store) -> None:
    assert order(waiting, stands="open")[:3] == [("C4", "W7"), ("C2", "W3"), ("C3", "W3")]
    assert order(waiting, codes=["W3"]) == [("C2", "W3"), ("C3", "W3")]
    assert set(order(waiting, tiers=[1])) == {("C0", "W1"), ("C0", "W5"), ("C1", "W1")}
    assert set(order(waiting, customer=key_of(waiting, "C0"))) == {("C0", "W1"), ("C0", "W5")}
    assert order(waiting, since=DAYS[2]) == []
    assert len(alerts.inbox(waiting, POLICY, TODAY, {}, 2, 4)) == 2
    assert alerts.by_rule(waiting, TODAY)["open"] == {"W1": 2, "W3": 2, "W5": 1, "W7": 1}


def test_acknowledged_ones_are_put_away_and_kept(waiting: Store) -> None:
    which = {"stands": "open", "codes": ["W1"]}
    seen = alerts.count(waiting, POLICY, TODAY, which)
    assert alerts.acknowledge(waiting, POLICY, TODAY, which, seen, " Ann ", "spoke to them") == 2
    assert not {code for _, code in order(waiting, stands="open")} & {"W1"}
    rows = alerts.inbox(waiting, POLICY, TODAY, {"stands": "acknowledged"})
    assert set(rows["customer_id"]) == {"C0", "C1"}
    assert set(zip(rows["said_by"], rows["note"], strict=True)) == {("Ann", "spoke to them")}


def test_snoozed_ones_are_back_on_their_day(waiting: Store) -> None:
    back = TODAY + timedelta(7)
    which = {"stands": "open", "codes": ["W3"]}
    assert alerts.snooze(waiting, POLICY, TODAY, which, alerts.count(waiting, POLICY, TODAY, which), back, "Ann") == 2
    assert len(order(waiting, stands="open")) == 4
    assert len(order(waiting, back - timedelta(1), stands="snoozed")) == 2
    assert len(order(waiting, back, stands="open")) == 6
    with pytest.raises(AskedWrong) as refused:
        alerts.snooze(waiting, POLICY, TODAY, which, (0, 0), TODAY, "Ann")
    assert refused.value.key == "errors.snooze_past"


def test_the_second_of_two_people_is_told(waiting: Store) -> None:
    rows = alerts.inbox(waiting, POLICY, TODAY, {"stands": "open"})
    number = int(rows["alert_id"].iloc[0])
    one, both = {"stands": "open", "alerts": [number]}, alerts.count(waiting, POLICY, TODAY, {"stands": "open"})
    alerts.acknowledge(waiting, POLICY, TODAY, one, (1, number), "Ann")
    with pytest.raises(AskedWrong) as single:
        alerts.acknowledge(waiting, POLICY, TODAY, one, (1, number), "Bo")
    assert (single.value.key, single.value.slots["by"]) == ("errors.alert_settled", "Ann")
    with pytest.raises(AskedWrong) as bulk:
        alerts.acknowledge(waiting, POLICY, TODAY, {"stands": "open"}, both, "Bo")
    assert (bulk.value.key, bulk.value.slots) == ("errors.alerts_changed", {"seen": 6, "now": 5})
    assert waiting.rows("select count(*), max(said_by) from alert_event") == [(1, "Ann")]


def test_a_name_is_needed_and_a_note_is_short(waiting: Store) -> None:
    seen = alerts.count(waiting, POLICY, TODAY, {"stands": "open"})
    for by, note, key in (("", "", "errors.person_missing"), ("Ann", "x" * 501, "errors.alert_note_long")):
        with pytest.raises(AskedWrong) as refused:
            alerts.acknowledge(waiting, POLICY, TODAY, {"stands": "open"}, seen, by, note)
        assert refused.value.key == key


# The watch list


def test_a_person_watches_and_lets_go(store: Store) -> None:
    month(store, listed({}, {}), DAYS[0])
    key = key_of(store, "C1")
    alerts.watch(store, key, "owner is about to sell", "Ann")
    watched = alerts.by_person(store, key)
    assert watched is not None and (watched.reason, watched.said_by) == ("owner is about to sell", "Ann")
    assert list(alerts.watch_list(store, POLICY)["customer_id"]) == ["C1"]
    with pytest.raises(AskedWrong) as twice:
        alerts.watch(store, key, "another good reason", "Bo")
    assert (twice.value.key, twice.value.slots["by"]) == ("errors.watched_already", "Ann")
    alerts.unwatch(store, key, "Bo")
    assert alerts.watched_count(store, POLICY) == 0
    with pytest.raises(AskedWrong) as gone:
        alerts.unwatch(store, key, "Ann")
    assert gone.value.key == "errors.watched_no_more"


def test_a_rule_watches_since_it_fires_without_a_break(store: Store) -> None:
    for day, fires in zip(DAYS, (True, False, True, True), strict=False):
        month(store, listed({"s3": fires}, {}), day)
    [row] = alerts.watch_list(store, POLICY).to_dict("records")
    key = key_of(store, "C0")
    assert row["customer_id"] == "C0" and row["watch_rules"] == 1 << [r.code for r in POLICY.rule].index("S3")
    assert alerts.rules_since(store, POLICY, [key, key_of(store, "C1")]) == {(key, "S3"): DAYS[2]}


# What stands, and the digest


def test_what_stands_is_counted_with_the_lists_that_it_names(store: Store) -> None:
    old = {"own_statement_date": date(2020, 1, 1)}
    month(store, listed({"exposure": 2500.0}, {"k2": True, "k3": True}, {"k2": True} | old, old, {}), DAYS[0])
    found = alerts.standing(store, POLICY, DAYS[0])
    assert (found.over_limit, found.over_amount, found.hard_rules, found.old_statements, found.months) == (
        1,
        500.0,
        2,
        2,
        18,
    )
    assert found.hard == (("K2", 2), ("K3", 1))
    for filters, n in (
        ({"over_limit": True}, 1),
        ({"rule": alerts.hard_rules(POLICY)}, 2),
        ({"statement_months": alerts.statement_months(POLICY), "day": DAYS[0]}, 2),
    ):
        assert portfolio.customer_count(store, filters) == n
    assert alerts.standing(store, changed(POLICY, alert=[]), DAYS[0]).old_statements is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_digest_is_a_workbook_in_which_nothing_acts(waiting: Store, lang: str) -> None:
    t = Words(lang)
    month(waiting, listed({"customer_name": "=1+1", "k4": True}, {}, {}, {}, {}), DAYS[2])
    content = alerts.digest(waiting, t, TODAY)
    sheets = sheets_of(content)
    assert list(sheets) == [t(f"alerts.sheet_{name}") for name in ("alerts", "reviews", "tiers", "overrides")]
    [heading, *rows] = sheets[t("alerts.sheet_alerts")]
    assert heading[:2] == [t("fields.customer_id"), t("fields.customer_name")]
    assert {row[1] for row in rows if row[0] == "C0"} == {"=1+1"}  # as text
    assert len(rows) == len(order(waiting, since=DAYS[2] - timedelta(7)))
    changes = {tuple(row[i] for i in (0, 2, 3)) for row in sheets[t("alerts.sheet_tiers")][1:]}
    assert ("C0", "B", "C") in changes and ("C1", "B", "A") in changes
    longer = sheets_of(alerts.digest(waiting, t, TODAY, DAYS[0]))
    assert len(longer[t("alerts.sheet_alerts")]) == 1 + len(order(waiting))


def sheets_of(content: bytes) -> dict[str, list[list[str]]]:
    """The sheets of a workbook by name, as rows of texts, a blank for each empty cell."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        names = [
            sheet.attrib["name"]
            for sheet in ElementTree.fromstring(packed.read("xl/workbook.xml")).iter(f"{main}sheet")
        ]
        trees = [ElementTree.fromstring(packed.read(f"xl/worksheets/sheet{n}.xml")) for n in range(1, len(names) + 1)]
    assert not any(list(tree.iter(f"{main}f")) for tree in trees)  # no formula
    found: dict[str, list[list[str]]] = {}
    for name, tree in zip(names, trees, strict=True):
        found[name] = []
        for row in tree.iter(f"{main}row"):
            cells = {ord(cell.attrib["r"][0]) - ord("A"): "".join(cell.itertext()) for cell in row.iter(f"{main}c")}
            found[name].append([cells.get(place, "") for place in range(12)])
    return found


def test_a_digest_of_an_empty_book_says_so(store: Store) -> None:
    with pytest.raises(AskedWrong) as refused:
        alerts.digest(store, Words("en"), TODAY)
    assert refused.value.key == "errors.digest_empty"


def test_the_command_line_lists_alerts_and_writes_the_digest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "book.duckdb", tmp_path / "week.xlsx"
    with closing(Store(path)) as store:
        versions.in_force(store)
        month(store, listed({}, {}), DAYS[0])
        month(store, listed({"credit_score": 640.0}, {}), DAYS[1])
    named = ["--store", str(path), "--lang", "en"]
    assert main(["alerts", *named]) == 0
    assert "1 alert is open: W1 1." in (said := capsys.readouterr().out) and "C0  Ore & Sons: Tier A → B" in said
    assert main(["alerts", "--json", *named]) == 0
    [one] = json.loads(capsys.readouterr().out)["alerts"]
    assert (one["customer_id"], one["code"], one["tier"], one["exposure"]) == ("C0", "W1", "B", 1000.0)
    assert main(["digest", "--out", str(out), "--since", DAYS[1].isoformat(), *named]) == 0
    assert [row[0] for row in sheets_of(out.read_bytes())["Alerts"]][1:] == ["C0"]
    assert main(["digest", "--out", str(out.with_suffix(".pdf")), *named]) == 2


# The policy


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"tier_mark": {"Z": 1}}, "rule_tier_unknown"),
        ({"from_mark": None}, "alert_mark"),
        ({"watches": "rule"}, "alert_mark"),
        ({"from_mark": 0}, "alert_rise"),
        ({"code": "W2"}, "named_twice"),
    ],
)
def test_a_faulty_alert_is_refused_with_its_place(fault: Row, rule: str) -> None:
    text = policies.DEFAULT.read_text("utf-8")
    rules = [one.model_dump(mode="json") for one in POLICY.alert]
    rules[0] |= fault
    with pytest.raises(Exception) as refused:
        changed(POLICY, alert=rules)
    assert rule in str(refused.value.errors())
    assert "[[alert]]" in text


def test_the_alerts_of_a_file_are_checked_as_its_other_parts() -> None:
    text = policies.DEFAULT.read_text("utf-8").replace('watches = "tier"', 'watches = "weather"')
    with pytest.raises(PolicyError) as refused:
        policies.parse(text, "mine.toml")
    assert refused.value.slots["file"] == "mine.toml"
