"""Schedules: when they are due, that each moment is run once, what is kept of a run, and the thread that does it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskcore import book, schedule, versions
from riskcore import policy as policies
from riskcore.days import local
from riskcore.errors import AskedWrong
from riskcore.policy import rate_on_what_is_known
from riskcore.schedule import Moves, Rule
from riskcore.store import Store
from tests import books

BERLIN, SHANGHAI, NEW_YORK = map(ZoneInfo, ("Europe/Berlin", "Asia/Shanghai", "America/New_York"))
UNTIL = datetime(2026, 11, 24, 12)
DAILY = Rule(every="day", hour=6, minute=30)

rules = st.builds(
    Rule,
    every=st.sampled_from(["day", "week", "month"]),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    weekday=st.integers(0, 6),
    day=st.integers(1, 31),
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1))


def known(customer_id: str, place: int) -> dict[str, Any]:
    """A customer of whom everything is known: -1 is all in the best bins, 0 in the worst."""
    facts = {c.id: books.inside(c.bins[place]) for c in policies.load().characteristic}
    return {"customer_id": customer_id, "customer_name": customer_id, "exposure": 1000.0, **facts}


@pytest.fixture
def store() -> Iterator[Store]:
    """A book of two customers with a first assessment."""
    with_two = Store()
    books.take(with_two, [known("C1", -1), known("C2", 0)], date(2026, 10, 31))
    book.assess(with_two)
    yield with_two
    with_two.close()


def set_at(store: Store, rule: Rule | None, moment: datetime) -> None:
    """Set the schedule as if it were that moment."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schedule.signing, "now", lambda: moment)
        schedule.keep(store, rule, "Ada")


def walls(rule: Rule, after: datetime, zone: ZoneInfo, most: int) -> list[str]:
    """The next moments in local time."""
    found = []
    for _ in range(most):
        after = schedule.next_due(rule, after, zone)
        found.append(f"{local(after, zone):%Y-%m-%d %H:%M%z}")
    return found


def test_each_kind_of_rule_is_due_on_its_days() -> None:
    tuesday = datetime(2026, 11, 24, 0)  # 08:00 in Shanghai
    assert walls(Rule(every="day", hour=8, minute=0), tuesday, SHANGHAI, 2) == [
        "2026-11-25 08:00+0800",
        "2026-11-26 08:00+0800",
    ]
    assert walls(Rule(every="day", hour=8, minute=1), tuesday, SHANGHAI, 1) == ["2026-11-24 08:01+0800"]
    assert walls(Rule(every="week", weekday=0, hour=7, minute=5), tuesday, SHANGHAI, 2) == [
        "2026-11-30 07:05+0800",
        "2026-12-07 07:05+0800",
    ]


@pytest.mark.parametrize(
    ("year", "day", "expected"),
    [
        (2026, 31, ["01-31", "02-28", "03-31", "04-30", "05-31"]),
        (2028, 31, ["01-31", "02-29", "03-31", "04-30", "05-31"]),
        (2026, 30, ["01-30", "02-28", "03-30", "04-30", "05-30"]),
        (2026, 1, ["01-01", "02-01", "03-01", "04-01", "05-01"]),
    ],
)
def test_a_day_that_a_month_has_not_is_its_last_one(year: int, day: int, expected: list[str]) -> None:
    rule = Rule(every="month", day=day, hour=1, minute=0)
    assert [wall[5:10] for wall in walls(rule, datetime(year - 1, 12, 31, 12), BERLIN, 5)] == expected


def test_a_time_that_the_clocks_leap_over_is_due_once_and_so_is_one_that_comes_twice() -> None:
    rule = Rule(every="day", hour=2, minute=30)
    spring = walls(rule, datetime(2026, 3, 27, 12), BERLIN, 3)
    assert spring == ["2026-03-28 02:30+0100", "2026-03-29 03:30+0200", "2026-03-30 02:30+0200"]
    autumn = walls(rule, datetime(2026, 10, 23, 12), BERLIN, 3)
    assert autumn == ["2026-10-24 02:30+0200", "2026-10-25 02:30+0200", "2026-10-26 02:30+0100"]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the process cannot be set here")
@given(rule=rules, after=moments)
def test_this_machines_own_zone_is_read_as_any_other(rule: Rule, after: datetime) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TZ", "Europe/Berlin")
        time.tzset()
        here = schedule.next_due(rule, after)
    time.tzset()
    assert here == schedule.next_due(rule, after, BERLIN)


@given(rule=rules, after=moments, zone=st.sampled_from([BERLIN, SHANGHAI, NEW_YORK]))
def test_due_moments_follow_one_another_and_none_is_passed_over(rule: Rule, after: datetime, zone: ZoneInfo) -> None:
    first = schedule.next_due(rule, after, zone)
    second = schedule.next_due(rule, first, zone)
    assert after < first < second
    assert first - after <= timedelta(days={"day": 1, "week": 7, "month": 31}[rule.every], hours=1)
    assert schedule.next_due(rule, first - timedelta(microseconds=1), zone) == first
    wall = local(first, zone)
    assert rule.falls_on(wall.date())
    assert wall.minute == rule.minute
    assert schedule.newest_due(rule, after, second, zone) == second
    assert schedule.newest_due(rule, after, first - timedelta(seconds=1), zone) is None


def test_a_schedule_is_kept_with_who_set_it_and_needs_a_name(store: Store) -> None:
    assert schedule.kept(store) is None
    with pytest.raises(AskedWrong):
        schedule.keep(store, DAILY, " ")
    assert schedule.kept(store) is None
    made = schedule.keep(store, DAILY, "Ada")
    assert schedule.kept(store) == made
    assert (made.rule, made.set_by) == (DAILY, "Ada")
    assert schedule.keep(store, None, "Lin").rule is None


def test_nothing_runs_before_it_is_due_nor_what_was_due_before_it_was_set(store: Store) -> None:
    assert schedule.run_due(store, UNTIL, SHANGHAI) is None
    set_at(store, DAILY, UNTIL)
    due = schedule.next_due(DAILY, UNTIL, SHANGHAI)
    assert schedule.run_due(store, due - timedelta(seconds=1), SHANGHAI) is None
    assert schedule.runs(store) == []
    done = schedule.run_due(store, due, SHANGHAI)
    assert done is not None and done.due_at == due
    assert schedule.run_due(store, due + timedelta(hours=1), SHANGHAI) is None
    set_at(store, None, due)
    assert schedule.run_due(store, due + timedelta(days=9), SHANGHAI) is None
    assert len(schedule.runs(store)) == 1


def test_a_server_that_was_down_runs_once_for_the_newest_of_what_was_due(store: Store) -> None:
    set_at(store, DAILY, datetime(2026, 11, 1))
    late = datetime(2026, 11, 24, 3)  # 11:00 in Shanghai
    done = schedule.run_due(store, late, SHANGHAI)
    assert done is not None
    assert done.due_at == datetime(2026, 11, 23, 22, 30)
    assert schedule.run_due(store, late, SHANGHAI) is None
    assert [run.due_at for run in schedule.runs(store)] == [done.due_at]
    [as_of] = store.one("select as_of from assessment where assessment_id = $n", n=done.assessment_id) or ()
    assert as_of == date(2026, 11, 24)  # the day of the run where the server stands


def test_a_run_keeps_what_changed_since_the_last_assessment_that_counts(store: Store) -> None:
    book.assess(store, rate_on_what_is_known(versions.in_force(store)), draft=True)
    book.assess(store, known_by=date(2026, 10, 31))
    book.assess(store, as_of=date(2026, 12, 31))
    books.take(store, [known("C1", 0), known("C3", -1)], date(2026, 11, 20))
    set_at(store, DAILY, UNTIL)
    done = schedule.run_due(store, UNTIL + timedelta(days=1), SHANGHAI)
    assert done is not None and done.failure is None and done.moves is not None
    assert done.moves.since == date(2026, 10, 31)
    assert (done.moves.better, done.moves.worse) == (0, 1)
    assert schedule.moves(store, 1) == Moves(None, None, None, 0)


def test_a_failure_is_kept_with_its_reason_and_tried_again_at_the_next_due_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store()
    set_at(store, DAILY, UNTIL)
    failed = schedule.run_due(store, UNTIL + timedelta(days=1), SHANGHAI)
    assert failed is not None and failed.failure is not None
    assert (failed.failure.key, failed.assessment_id, failed.moves) == ("errors.schedule_empty", None, None)
    assert len(caplog.records) == 1 and "\n" not in caplog.records[0].getMessage()
    books.take(store, [known("C1", -1)], date(2026, 11, 25))
    assert schedule.run_due(store, UNTIL + timedelta(days=1, minutes=1), SHANGHAI) is None
    again = schedule.run_due(store, UNTIL + timedelta(days=2), SHANGHAI)
    assert again is not None and again.assessment_id == 1
    assert [run.failure is None for run in schedule.runs(store)] == [True, False]


def test_a_day_of_which_nothing_is_known_is_refused(store: Store) -> None:
    with pytest.raises(AskedWrong) as refused:
        schedule.again(store, date(2026, 10, 30))
    assert refused.value.key == "errors.schedule_too_early"
    assert schedule.again(store, date(2026, 10, 31)) == 2


def test_many_threads_at_once_run_a_due_moment_once(store: Store) -> None:
    set_at(store, DAILY, UNTIL)
    moment = UNTIL + timedelta(days=1)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda _: schedule.run_due(store, moment, SHANGHAI), range(6)))
    assert sum(run is not None for run in found) == 1
    assert len(schedule.runs(store)) == 1
    assert store.one("select count(*) from assessment") == (2,)


def until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it comes to hold in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.01)
    return False


def test_the_thread_runs_what_is_due_outlives_every_error_and_ends(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    set_at(store, DAILY, UNTIL)
    clock, tries = [UNTIL], []

    def broken() -> Store:
        tries.append(1)
        raise RuntimeError("no such\nbook")

    def shelved() -> Store | None:
        return None

    end = schedule.start([broken, shelved, lambda: store], every=0.01, now=lambda: clock[0])
    assert until(lambda: len(tries) > 3)
    assert schedule.runs(store) == []
    clock[0] += timedelta(days=1)
    assert until(lambda: bool(schedule.runs(store)) and schedule.runs(store)[0].moves is not None)
    end()
    tried = len(tries)
    clock[0] += timedelta(days=7)
    time.sleep(0.1)
    assert (len(tries), len(schedule.runs(store))) == (tried, 1)
    [said] = [record.getMessage() for record in caplog.records]  # the same error once, in one line
    assert said == "RuntimeError: no such book"
