"""Reviews: every customer is due on one day, what brings it forward, who reviews, and what is recorded."""

import json
import time
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore import monitoring, policy, reviews
from riskcore.days import months_later
from riskcore.errors import AskedWrong
from riskcore.reviews import Seen
from riskcore.store import Store
from tests import books

POLICY = policy.load()
TODAY = date(2026, 11, 24)
REASON = "Looked at all of it"
GOOD = {"days_beyond_terms_12m": 0.0, "quick_ratio": 2.0, "external_grade": "N1", "worst_days_past_due_24m": 0.0}


def assessed(rows: list[dict[str, Any]], day: date = date(2026, 10, 31)) -> Store:
    """A book of these customers, assessed, whose first assessment was on TODAY."""
    store = Store()
    books.take(store, rows, day)
    books.assess(store, POLICY, day)
    started(store, TODAY)
    return store


def started(store: Store, day: date) -> None:
    """The day of the first assessment of all customers."""
    with store.transaction() as cursor:
        cursor.execute("update first_assessed set day = $day", {"day": day})
        cursor.execute("update listing set first_assessed = $day", {"day": day})


def put(store: Store, tier: str, customer_key: int = 1) -> None:
    """A customer as the newest assessment would list it in a tier."""
    with store.transaction() as cursor:
        values = {"tier": POLICY.tier_place(tier), "key": customer_key}
        cursor.execute("update listing set tier = $tier where customer_key = $key", values)


def row(store: Store, customer_key: int = 1, today: date = TODAY) -> dict[str, Any]:
    found = reviews.of_customer(store, customer_key, today)
    assert found is not None
    return found


def due_on(store: Store, customer_key: int = 1, today: date = TODAY) -> date:
    day: date = row(store, customer_key, today)["due_on"]
    return day


def seen(store: Store, customer_key: int = 1) -> Seen:
    [number] = store.one("select max(assessment_id) from assessment") or (0,)
    newest = reviews.past(store, customer_key, 1)
    return Seen(customer_key, number, newest[0].review_id if newest else 0)


def reviewed(store: Store, customer_key: int = 1, next_on: date | None = None, by: str = "Ada", **more: Any) -> int:
    """A review of what there is now."""
    day = next_on or reviews.latest_due(POLICY, int(row(store, customer_key)["tier"]), TODAY)
    return reviews.record(store, seen(store, customer_key), "keep", REASON, day, by, more.pop("today", TODAY), **more)


def dated_back(store: Store, days: int) -> None:
    """All reviews and calls so many days earlier."""
    with store.transaction() as cursor:
        cursor.execute("update review set reviewed_at = reviewed_at - to_days($n::integer)", {"n": days})
        cursor.execute("update review_call set called_at = called_at - to_days($n::integer)", {"n": days})


@pytest.mark.parametrize(("tier", "day"), [("A", "2027-11-24"), ("B", "2027-02-24"), ("C", "2026-12-24")])
def test_a_customer_nobody_reviewed_is_due_after_the_cycle_of_its_tier(tier: str, day: str) -> None:
    store = assessed([{"customer_id": "1"}])
    put(store, tier)
    assert due_on(store).isoformat() == day
    assert row(store)["because"] == "first"
    assert row(store)["status"] != "overdue"


def test_dates_of_files_count_until_somebody_reviews() -> None:
    store = assessed(
        [
            {"customer_id": "1", "next_review_date": date(2026, 12, 1), "last_review_date": date(2026, 6, 1)},
            {"customer_id": "2", "last_review_date": date(2026, 8, 31)},
            {"customer_id": "3", "last_review_date": date(2026, 8, 31), "next_review_date": date(2026, 8, 1)},
            {"customer_id": "4", "last_review_date": date(2062, 8, 31)},
        ]
    )
    for key in (1, 2, 3, 4):
        put(store, "B", key)
    assert [row(store, key)["because"] for key in (1, 2, 3, 4)] == ["file", "file_last", "file_last", "first"]
    assert due_on(store, 1) == date(2026, 12, 1)
    assert due_on(store, 2) == due_on(store, 3) == date(2026, 11, 30)
    assert due_on(store, 4) == date(2027, 2, 24)
    reviewed(store, 1, date(2027, 1, 15))
    assert (row(store, 1)["because"], due_on(store, 1)) == ("review", date(2027, 1, 15))


def test_a_worse_tier_brings_the_day_forward_and_a_better_one_does_not_move_it() -> None:
    store = assessed([{"customer_id": "1"}])
    put(store, "B")
    reviewed(store, next_on=date(2027, 2, 10))
    put(store, "C")
    [at] = store.one("select reviewed_at::date from review") or (None,)
    assert (row(store)["because"], due_on(store)) == ("worse", months_later(at, 1))
    put(store, "A")
    assert (row(store)["because"], due_on(store)) == ("review", date(2027, 2, 10))
    put(store, "B")
    reviewed(store, next_on=TODAY + timedelta(days=3))
    put(store, "C")
    assert (row(store)["because"], due_on(store)) == ("review", TODAY + timedelta(days=3))  # earlier than the cycle


def test_a_call_brings_the_day_forward_until_the_next_review() -> None:
    store = assessed([{"customer_id": "1"}, {"customer_id": "2"}])
    put(store, "A")
    soon = TODAY + timedelta(days=20)
    with store.transaction() as cursor:
        assert reviews.call(cursor, 1, "alert", "W1 2026-10-31", json.dumps({"was": "A", "now": "B"}), soon)
        assert not reviews.call(cursor, 1, "alert", "W1 2026-10-31", "{}", TODAY)
        assert reviews.call(cursor, 2, "alert", "W1 2026-10-31", "{}", soon + timedelta(days=400))
    assert (row(store)["because"], due_on(store), row(store)["status"]) == ("call_alert", soon, "due")
    assert row(store, 2)["because"] == "first"
    [one] = reviews.calls(store, 1)
    assert (one.cause, one.why, one.due_on, one.called_by) == ("alert", {"was": "A", "now": "B"}, soon, None)
    reviewed(store)
    assert reviews.calls(store, 1) == []
    assert row(store)["because"] == "review"
    with store.transaction() as cursor:  # what was settled does not come back, a new cause does
        assert not reviews.call(cursor, 1, "alert", "W1 2026-10-31", "{}", soon)
        assert reviews.call(cursor, 1, "alert", "W1 2026-11-30", "{}", soon)
    assert row(store)["because"] == "call_alert"


def test_planted_causes_open_one_call_each() -> None:
    store = assessed([{"customer_id": str(n)} for n in range(1, 21)])
    planted = [
        (key, cause, f"{cause} {n}") for key in (3, 7, 11) for cause in ("alert", "disagreement") for n in (1, 2)
    ]
    for _ in range(3):
        with store.transaction() as cursor:
            for key, cause, cause_key in planted:
                reviews.call(cursor, key, cause, cause_key, "{}", TODAY)
    found = store.rows("select customer_key, cause, cause_key from review_call order by call_id")
    assert found == planted
    called = reviews.calendar(store, TODAY, {"due_by": TODAY})
    assert sorted(called["customer_key"]) == [3, 7, 11]
    assert set(called["because"]) == {"call_alert"}


def test_a_person_calls_with_a_reason() -> None:
    store = assessed([{"customer_id": "1"}])
    assert reviews.call_by_person(store, 1, "Heard of unpaid wages", TODAY, " Lin ", TODAY)
    assert not reviews.call_by_person(store, 1, "Heard of  unpaid wages", TODAY, "lin", TODAY)
    assert [(c.cause, c.why, c.called_by) for c in reviews.calls(store, 1)] == [
        ("person", "Heard of unpaid wages", "Lin")
    ]
    for why, day, by in (
        ("short", TODAY, "Lin"),
        (REASON, TODAY, " "),
        (REASON, TODAY - timedelta(days=1), "Lin"),
    ):
        with pytest.raises(AskedWrong):
            reviews.call_by_person(store, 1, why, day, by, TODAY)
    assert len(reviews.calls(store, 1)) == 1


@pytest.mark.parametrize(
    ("ago", "ahead", "status"),
    [
        (0, -1, "overdue"),
        (0, 0, "due"),
        (0, 14, "due"),
        (0, 15, "done"),
        (30, 15, "done"),
        (31, 15, "due"),
        (31, 30, "due"),
        (31, 31, "later"),
        (0, 31, "done"),
    ],
)
def test_status_follows_from_the_due_day_and_the_last_review(ago: int, ahead: int, status: str) -> None:
    store = assessed([{"customer_id": "1"}])
    put(store, "A")
    reviewed(store)
    with store.transaction() as cursor:
        values = {"at": TODAY - timedelta(days=ago), "due": TODAY + timedelta(days=ahead)}
        cursor.execute("update review set reviewed_at = $at, next_review_on = $due", values)
    assert row(store)["status"] == status


def test_what_was_escalated_waits_for_whom_it_names_until_the_next_review_or_its_day() -> None:
    store = assessed([{"customer_id": "1"}, {"customer_id": "2"}])
    for key in (1, 2):
        put(store, "A", key)
    next_on = TODAY + timedelta(days=10)
    reviews.record(store, seen(store), "escalate", REASON, next_on, "Ada", TODAY, escalated_to="The board")
    found = row(store)
    assert (found["status"], found["escalated_to"], found["outcome"]) == ("escalated", "The board", "escalate")
    assert reviews.counts(store, TODAY)["escalated"] == 1
    assert reviews.calendar(store, TODAY, {"statuses": ["escalated"]})["customer_key"].tolist() == [1]
    assert row(store, today=next_on)["status"] == "escalated"
    assert row(store, today=next_on + timedelta(days=1))["status"] == "overdue"
    reviewed(store)
    assert (row(store)["status"], row(store)["escalated_to"]) == ("done", None)


def test_the_second_who_assigns_is_told_of_the_first() -> None:
    store = assessed([{"customer_id": str(n)} for n in range(1, 4)])
    looked = reviews.last_assigned(store)
    assert reviews.assign(store, TODAY, {"customers": [1, 2]}, "Noor", "Lin", looked) == 2
    with pytest.raises(AskedWrong) as refused:
        reviews.assign(store, TODAY, {"customers": [2, 3]}, "Ada", "Max", looked)
    assert refused.value.key == "errors.review_assigned"
    assert (refused.value.slots["by"], refused.value.slots["n"]) == ("Lin", 2)
    assert [row(store, key)["owner"] for key in (1, 2, 3)] == ["Noor", "Noor", None]
    assert reviews.assign(store, TODAY, {"customers": [2, 3]}, "Ada", "Max", reviews.last_assigned(store)) == 2
    assert [row(store, key)["owner"] for key in (1, 2, 3)] == ["Noor", "Ada", "Ada"]


def test_the_owner_is_who_was_named_else_who_reviewed_last() -> None:
    rows = [{"customer_id": str(n), "region": "N" if n < 3 else "S"} for n in range(1, 5)]
    store = assessed(rows)
    assert {row(store, key)["owner"] for key in (1, 2, 3, 4)} == {None}
    reviewed(store, 1, by="Ada")
    assert row(store, 1)["owner"] == "Ada"
    assert reviews.assign(store, TODAY, {"region": "N"}, "Noor", "Lin") == 2
    assert [row(store, key)["owner"] for key in (1, 2, 3, 4)] == ["Noor", "Noor", None, None]
    assert reviews.assign(store, TODAY, {"region": "N"}, "Noor", "Lin") == 0
    assert reviews.assign(store, TODAY, {"customers": [1, 3]}, "Ada", "Lin") == 2
    assert reviews.assign(store, TODAY, {"customers": []}, "Ada", "Lin") == 0
    assert reviews.assign(store, TODAY, {"owner": "Noor"}, "", "Lin") == 1
    assert [row(store, key)["owner"] for key in (1, 2, 3, 4)] == ["Ada", None, "Ada", None]
    assert len(reviews.calendar(store, TODAY, {"nobody": True})) == 2
    with pytest.raises(AskedWrong):
        reviews.assign(store, TODAY, {}, "Ada", " ")


def test_what_is_recorded_is_kept_whole() -> None:
    store = assessed([{"customer_id": "1"}])
    put(store, "C")
    later = TODAY + timedelta(days=60)
    with pytest.raises(AskedWrong) as told:
        reviews.record(store, seen(store), "escalate", REASON, later, "Ada", TODAY, "Head of sales")
    assert told.value.slots["day"] == "2026-12-24"
    reviews.record(store, seen(store), "escalate", REASON, later, " Ada ", TODAY, "Head of sales", "Waits for accounts")
    [one] = reviews.past(store, 1)
    assert (one.tier, one.outcome, one.escalated_to, one.reviewed_by) == ("C", "escalate", "Head of sales", "Ada")
    assert (one.next_review_on, one.later_because) == (later, "Waits for accounts")
    reviewed(store, next_on=TODAY + timedelta(days=5), later_because="of no use here")
    assert reviews.past(store, 1)[0].later_because is None
    assert len(reviews.past(store, 1)) == 2


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"outcome": "escalate"}, "review_to_missing"),
        ({"outcome": "praise"}, "review_outcome"),
        ({"why": "short"}, "reason_missing"),
        ({"by": " "}, "person_missing"),
        ({"next_on": TODAY}, "review_next_past"),
    ],
)
def test_what_lacks_something_is_not_recorded(change: Mapping[str, Any], key: str) -> None:
    store = assessed([{"customer_id": "1"}])
    asked = {"outcome": "keep", "why": REASON, "next_on": TODAY + timedelta(days=9), "by": "Ada", "today": TODAY}
    with pytest.raises(AskedWrong) as told:
        reviews.record(store, seen(store), **{**asked, **change})
    assert told.value.key == f"errors.{key}"
    assert reviews.past(store, 1) == []


def test_the_second_of_two_people_is_told_of_the_first() -> None:
    store = assessed([{"customer_id": "1"}])
    both = seen(store)
    reviewed(store, by="Ada")
    with pytest.raises(AskedWrong) as told:
        reviews.record(store, both, "keep", REASON, TODAY + timedelta(days=9), "Lin", TODAY)
    assert (told.value.key, told.value.slots["by"]) == ("errors.review_meanwhile", "Ada")
    assert [one.reviewed_by for one in reviews.past(store, 1)] == ["Ada"]


def test_a_review_of_an_assessment_that_is_not_the_newest_is_refused() -> None:
    store = assessed([{"customer_id": "1"}])
    stale = seen(store)
    books.assess(store, POLICY)
    with pytest.raises(AskedWrong) as told:
        reviews.record(store, stale, "keep", REASON, TODAY + timedelta(days=9), "Lin", TODAY)
    assert told.value.key == "errors.review_stale"
    with pytest.raises(AskedWrong) as told:
        reviews.record(store, Seen(99, seen(store).assessment_id, 0), "keep", REASON, TODAY, "Lin", TODAY)
    assert told.value.key == "errors.review_absent"


def test_filters_counts_weeks_and_pages_agree() -> None:
    store = Store()
    books.take(store, books.random_rows(300, 5, POLICY), date(2026, 10, 31))
    books.assess(store, POLICY, date(2026, 10, 31))
    started(store, date(2026, 9, 30))
    rows = reviews.calendar(store, TODAY, {})
    assert list(rows["due_on"]) == sorted(rows["due_on"])
    found = reviews.counts(store, TODAY)
    assert {status: found[status] for status in reviews.STATUSES} == {
        status: int((rows["status"] == status).sum()) for status in reviews.STATUSES
    }
    assert found["overdue"] > 0
    assert found["by_tier"]["C"]["overdue"] == int(((rows["status"] == "overdue") & (rows["tier"] == 2)).sum())
    weeks = reviews.tally(store, TODAY, {}).groupby("week")["customers"].sum()
    assert weeks[-1] == found["overdue"]
    days = [(pd.Timestamp(day).date() - TODAY).days for day in rows["due_on"]]
    assert all(weeks.get(week, 0) == sum(day // 7 == week for day in days if day >= 0) for week in range(12))
    for filters in ({"tiers": [1]}, {"region": "Region 0"}, {"search": "客户 01"}, {"statuses": ["overdue"]}):
        paged = [reviews.calendar(store, TODAY, filters, page, 7) for page in range(1, 60)]
        whole = reviews.calendar(store, TODAY, filters)
        assert list(pd.concat(paged)["customer_key"]) == list(whole["customer_key"])
        assert len(whole) == reviews.tally(store, TODAY, filters)["customers"].sum()
    first = reviews.next_one(store, TODAY, {}, int(rows["customer_key"].iloc[0]))
    assert first is not None
    assert first["customer_key"] == rows["customer_key"].iloc[1]
    assert reviews.next_one(store, TODAY - timedelta(days=900), {"tiers": [0]}, 0) is None


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the process cannot be set here")
def test_a_review_of_the_morning_is_of_that_day_where_it_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        store = assessed([{"customer_id": "C1", "exposure": 100.0, **GOOD}])
        reviewed(store)
        with store.transaction() as cursor:  # 06:30 of TODAY there
            cursor.execute("update review set reviewed_at = timestamp '2026-11-23 22:30:00'")
        found = row(store)
    time.tzset()
    assert (found["last_on"], found["status"]) == (TODAY, "done")


def test_a_new_customer_is_not_overdue_on_its_first_day_and_keeps_that_day() -> None:
    store = Store()
    for day in (date(2024, 1, 31), date(2026, 10, 31)):
        books.take(store, [{"customer_id": "1"}, {"customer_id": f"new {day}"}], day)
        books.assess(store, POLICY, day)
    today = date.today()
    assert set(reviews.calendar(store, today, {})["status"]) <= {"due", "later"}
    started(store, date(2020, 1, 1))
    books.take(store, [{"customer_id": "2"}], date(2026, 11, 30))
    books.assess(store, POLICY)
    rows = reviews.calendar(store, today, {}).set_index("customer_id")
    assert rows.loc["1", "status"] == "overdue"
    assert rows.loc["2", "status"] != "overdue"


DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))


@settings(max_examples=40, deadline=None)
@given(
    told=st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS, st.sampled_from("ABC"), DAYS), min_size=1, max_size=6),
    done=st.lists(st.tuples(st.integers(1, 6), st.sampled_from("ABCX"), DAYS, DAYS), max_size=8),
    called=st.lists(st.tuples(st.integers(1, 6), DAYS, DAYS), max_size=5),
    today=DAYS,
)
def test_every_customer_is_due_on_exactly_one_day(told: Any, done: Any, called: Any, today: date) -> None:
    store = BOOK
    with store.transaction() as cursor:
        for table in ("review", "review_call"):
            cursor.execute(f"truncate {table}")
        cursor.execute("update listing set next_review_date = null, last_review_date = null")
        for key, (last, following, tier, first) in enumerate(told, 1):
            cursor.execute(
                "update listing set last_review_date = ?, next_review_date = ?, tier = ?, first_assessed = ? "
                "where customer_key = ?",
                [last, following, POLICY.tier_place(tier), first, key],
            )
        for number, (key, tier, at, following) in enumerate(done, 1):
            values = [number, key, 1, tier, "keep", REASON, None, following, None, "Ada", at]
            cursor.execute(f"insert into review values ({', '.join('?' * len(values))})", values)
        for number, (key, at, day) in enumerate(called, 1):
            cursor.execute(
                "insert into review_call values (?, ?, 'alert', ?, '{}', ?, null, ?)",
                [number, key, str(number), day, at],
            )
    rows = reviews.calendar(store, today, {})
    assert sorted(rows["customer_key"]) == list(range(1, 7))
    assert rows["due_on"].notna().all()
    places = dict(zip(rows["customer_key"], rows["tier"], strict=True))
    firsts = dict(store.rows("select customer_key, first_assessed from listing"))
    for key, when in zip(rows["customer_key"], rows["due_on"], strict=True):
        last, following, _, _ = told[key - 1] if key <= len(told) else (None, None, "", None)
        expected = reference(
            places[key], last, following, firsts[key], [d for d in done if d[0] == key], called, key, today
        )
        assert pd.Timestamp(when).date() == expected


def reference(
    tier: int, last: Any, following: Any, first: date, done: list[Any], called: list[Any], key: int, today: date
) -> date:
    """The due day, said once more in plain Python."""
    cycle = POLICY.tier[tier].strategy.review_months
    last = last if last and last <= today else None
    days = []
    if done:
        _, code, at, planned = done[-1]
        days.append(planned)
        if code != "X" and tier > POLICY.tier_place(code):
            days.append(months_later(at, cycle))
    elif following and (last is None or following > last):
        days.append(following)
    else:
        days.append(months_later(last or first, cycle))
    days += [day for whose, at, day in called if whose == key and (not done or at > done[-1][2])]
    return min(days)


BOOK = assessed([{"customer_id": str(n)} for n in range(1, 7)])


def test_steps_between_two_assessments_come_together() -> None:
    store = Store()
    values = [2.0, 0.2, 0.2, 2.0]
    for month, ratio in enumerate(values, 1):
        books.take(store, [{"customer_id": "1", **GOOD, "quick_ratio": ratio, "k1": month == 3}], date(2026, month, 28))
        books.assess(store, POLICY, date(2026, month, 28))
    steps = monitoring.history(store, 1)
    whole = reviews.since(steps, None, None)
    assert (whole.then.assessment_id, whole.now.assessment_id) == (1, 4)
    assert whole.changes == ()
    half = reviews.since(steps[:2], None, None)
    [change] = half.changes
    assert (change.characteristic, change.points) == ("quick_ratio", half.now.score - half.then.score)
    assert half.elsewhere == 0
    third = reviews.since(steps[:3], 2, None)
    assert (third.came, third.went, third.changes) == (("K1",), (), ())
    assert reviews.since(steps, 3, None).went == ("K1",)
    assert reviews.since(steps, 99, date(2026, 3, 5)).then.assessment_id == 2
    same = reviews.since(steps, 4, None)
    assert (same.then, same.changes, same.came, same.went, same.elsewhere) == (same.now, (), (), (), 0)
