"""When a book is assessed again by itself, what came of it, and the thread that does it while the server stands.

A rule speaks of this machine's local time; moments are kept and handed about in UTC, without a zone.
"""

import calendar
import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Literal

from pydantic import Field

from riskcore import book, monitoring, settings, signing
from riskcore.days import local
from riskcore.errors import AskedWrong, Phrase, RiskError
from riskcore.policy.base import Frozen
from riskcore.store import Store

Every = Literal["day", "week", "month"]
WAKES_EVERY = 30.0  # seconds
_SETTING = "schedule"
_PAUSE = 5.0  # seconds that the end of the server waits for the thread

_log = logging.getLogger(__name__)


class Rule(Frozen):
    """Every day, every week on a weekday (0 is Monday), or every month on a day, the last one of months too short."""

    every: Every
    hour: Annotated[int, Field(ge=0, le=23)]
    minute: Annotated[int, Field(ge=0, le=59)]
    weekday: Annotated[int, Field(ge=0, le=6)] = 0
    day: Annotated[int, Field(ge=1, le=31)] = 1

    def falls_on(self, day: date) -> bool:
        """Whether the book is due on this day."""
        if self.every == "week":
            return day.weekday() == self.weekday
        last = calendar.monthrange(day.year, day.month)[1]
        return self.every == "day" or day.day == min(self.day, last)


class Schedule(Frozen):
    """What was set last, by whom and when; `rule` is None where it was switched off."""

    rule: Rule | None
    set_by: str
    set_at: datetime


@dataclass(frozen=True)
class Moves:
    """What an assessment changed: customers that moved up and down since the one before, and the alerts it raised.

    `since`, the day that the one before is as of, is None where there is none; `better` and `worse` are where its
    policy names other tiers, or nobody has a tier on both dates.
    """

    since: date | None
    better: int | None
    worse: int | None
    alerts: int


@dataclass(frozen=True)
class Run:
    """A run of the schedule; without `moves` and `failure` it began and did not come to its end, or not yet."""

    due_at: datetime
    ran_at: datetime
    assessment_id: int | None
    failure: Phrase | None
    moves: Moves | None


def kept(store: Store) -> Schedule | None:
    """The book's schedule; None where nobody set one."""
    value = settings.get(store.cursor(), _SETTING)
    return None if value is None else Schedule.model_validate_json(value)


def keep(store: Store, rule: Rule | None, by: str) -> Schedule:
    """Set the book's schedule under a person's name; None switches it off. AskedWrong without a name."""
    schedule = Schedule(rule=rule, set_by=signing.name(by), set_at=signing.now())
    with store.transaction() as cursor:
        settings.put(cursor, _SETTING, schedule.model_dump_json())
    return schedule


def next_due(rule: Rule, after: datetime, zone: tzinfo | None = None) -> datetime:
    """The first moment after another at which the rule is due; `zone`: None is this machine's.

    A time that the clocks leap over is due by the time of before the leap, one that comes twice at its first coming.
    """
    day = local(after, zone).date() - timedelta(days=1)
    while True:
        if rule.falls_on(day):
            moment = _utc(datetime.combine(day, time(rule.hour, rule.minute)), zone)
            if moment > after:
                return moment
        day += timedelta(days=1)


def newest_due(rule: Rule, after: datetime, until: datetime, zone: tzinfo | None = None) -> datetime | None:
    """The last moment at which the rule was due, later than `after` and not than `until`; None where it was not."""
    found, due = None, next_due(rule, max(after, until - timedelta(days=63)), zone)
    while due <= until:
        found, due = due, next_due(rule, due, zone)
    return found


def again(store: Store, as_of: date) -> int:
    """Assess the book as of a day under the policy in force and return the assessment's number.

    AskedWrong where the book is empty, or nothing was known yet on that day.
    """
    first = known_from(store)
    if first is None:
        raise AskedWrong("schedule_empty")
    if as_of < first:
        raise AskedWrong("schedule_too_early", day=as_of.isoformat(), first=first.isoformat())
    return book.assess(store, as_of=as_of)


def known_from(store: Store) -> date | None:
    """The first day of which anything is known; None of an empty book."""
    row = store.one("select min(coalesce(dated, as_of))::date from input join import using (import_id)")
    return row[0] if row else None


def moves(store: Store, assessment_id: int) -> Moves:
    """What an assessment changed, beside the last one before it that is neither a draft's nor of a later day."""
    before = store.one("schedule_before", assessment=assessment_id)
    [alerts] = store.one("select count(*) from alert where assessment_id = $n", n=assessment_id) or (0,)
    if before is None:
        return Moves(None, None, None, alerts)
    before_id, since = before
    found = monitoring.migration(store, before_id, assessment_id)
    if found.better is None:
        return Moves(since, None, None, alerts)
    tiers = [row[:-2] for row in found.customers[:-2]]
    better = sum(n for was, row in enumerate(tiers) for now, n in enumerate(row) if now < was)
    worse = sum(n for was, row in enumerate(tiers) for now, n in enumerate(row) if now > was)
    return Moves(since, better, worse, alerts)


def told(found: Moves, since: str) -> Phrase:
    """What an assessment changed, as a sentence; `since` is its day in the reader's writing."""
    slots: dict[str, Any] = {"alerts": f"{found.alerts:,}"}
    if found.since is None:
        return Phrase("schedule.first_one", slots)
    if found.better is None or found.worse is None:
        return Phrase("schedule.not_compared", slots | {"day": since})
    return Phrase("schedule.moved", slots | {"day": since, "better": f"{found.better:,}", "worse": f"{found.worse:,}"})


def runs(store: Store, most: int = 10) -> list[Run]:
    """The last runs of the schedule, newest first."""
    rows = store.rows(
        "select due_at, ran_at, assessment_id, failure, since, better, worse, alerts from schedule_run "
        "order by due_at desc limit $most",
        most=most,
    )
    return [_run(*row) for row in rows]


def run_due(store: Store, now: datetime, zone: tzinfo | None = None) -> Run | None:
    """Assess the book as of today where its schedule was due since it was set or last ran; None where it was not.

    However often it was due, it runs once; a moment that a run was begun for is never run again.
    """
    due = _claimed(store, now, zone)
    if due is None:
        return None
    result: dict[str, Any] = {"number": None, "since": None, "better": None, "worse": None, "alerts": None}
    failure = None
    try:
        result["number"] = again(store, local(now, zone).date())
        result |= vars(moves(store, result["number"]))
    except Exception as error:
        failure = _worded(error)
        _tell(error)
    kept_failure = None if failure is None else json.dumps([failure.key, failure.slots], default=str)
    with store.transaction() as cursor:
        cursor.execute(
            "update schedule_run set assessment_id = $number, failure = $failure, since = $since, "
            "better = $better, worse = $worse, alerts = $alerts where due_at = $due",
            result | {"failure": kept_failure, "due": due},
        )
    return runs(store, 1)[0]


def start(
    books: Sequence[Callable[[], Store | None]],
    every: float = WAKES_EVERY,
    now: Callable[[], datetime] = signing.now,
) -> Callable[[], None]:
    """Begin the thread that runs what is due, every so many seconds and at once; returns what ends it.

    `books` open a book each, None where there is none to look at. No error ends the thread; each is logged in one line,
    and once while it lasts.
    """
    ended = threading.Event()
    told: dict[int, str] = {}

    def look() -> None:
        for place, opened in enumerate(books):
            try:
                if (store := opened()) is not None:
                    run_due(store, now())
                told.pop(place, None)
            except Exception as error:
                if told.get(place) != str(error):
                    told[place] = str(error)
                    _tell(error)

    def work() -> None:
        while not ended.is_set():
            look()
            ended.wait(every)

    thread = threading.Thread(target=work, name="schedule", daemon=True)
    thread.start()

    def end() -> None:
        ended.set()
        thread.join(_PAUSE)

    return end


def _claimed(store: Store, now: datetime, zone: tzinfo | None) -> datetime | None:
    """The moment that is to be run, written down before anything else, so that nobody else runs it."""
    if _waiting(store, now, zone) is None:
        return None  # the usual answer, for which nobody need wait
    with store.transaction() as cursor:
        due = _waiting(store, now, zone)
        if due is not None:
            cursor.execute("insert into schedule_run (due_at, ran_at) values (?, ?)", [due, now])
        return due


def _waiting(store: Store, now: datetime, zone: tzinfo | None) -> datetime | None:
    schedule = kept(store)
    if schedule is None or schedule.rule is None:
        return None
    [last] = store.one("select max(due_at) from schedule_run") or (None,)
    return newest_due(schedule.rule, max(schedule.set_at, last or schedule.set_at), now, zone)


def _utc(wall: datetime, zone: tzinfo | None) -> datetime:
    """A local time as it is kept."""
    return (wall if zone is None else wall.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)


def _worded(error: Exception) -> Phrase:
    if isinstance(error, RiskError):
        return Phrase(error.key, error.slots)
    return Phrase("schedule.unforeseen", {"detail": type(error).__name__})


def _tell(error: Exception) -> None:
    _log.error("%s: %s", type(error).__name__, " ".join(str(error).split()))


def _run(due_at: datetime, ran_at: datetime, number: int | None, failure: str | None, *moved: Any) -> Run:
    phrase = None if failure is None else Phrase(*json.loads(failure))
    *_, alerts = moved
    return Run(due_at, ran_at, number, phrase, None if alerts is None else Moves(*moved))
