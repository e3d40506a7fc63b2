"""The part of To do that assesses again, as Streamlit runs it."""

import asyncio
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data, schedule_commands, serving
from riskcore import book, schedule, signing
from riskcore.schedule import Rule
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests import books
from tests.screen import FRAME, books_in, captions, sound


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    made = Store(path)
    books.take(made, [{"customer_id": f"C{n}", "exposure": 1000.0} for n in range(3)], date(2026, 10, 31))
    book.assess(made)
    made.close()
    return path


@pytest.fixture(autouse=True)
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with books_in(tmp_path, sample, monkeypatch):
        yield


def opened(lang: str = "en", who: str = "") -> AppTest:
    """The part as a new session shows it, with a person's name typed."""
    app = AppTest.from_file(FRAME, default_timeout=60)
    for name, value in {"lang": lang, "book": "sample", "part": "schedule"}.items():
        app.query_params[name] = value
    app.session_state["person"] = who
    app.session_state["todo_part"] = "schedule"
    app.run()
    return sound(app.switch_page("book/todo.py").run())


def shown(app: AppTest) -> str:
    """All that the part says."""
    kinds = (app.markdown, app.caption, app.success, app.table)
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in kind).replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_book_is_assessed_again_now_and_what_changed_is_said(lang: str) -> None:
    app, t = opened(lang), Words(lang)
    assert not app.success
    app.button(key="schedule_again").click().run()
    sound(app)
    [said] = app.success
    assert t("schedule.done", n=3, day=_day(lang, date.today())) in said.value
    assert data.store().rows("select as_of from assessment order by assessment_id") == [
        (date(2026, 10, 31),),
        (date.today(),),
    ]


def test_it_can_be_as_of_an_earlier_day_but_none_before_anything_was_known() -> None:
    app = opened()
    [chosen] = app.date_input
    assert (chosen.value, chosen.min, chosen.max) == (date.today(), date(2026, 10, 31), date.today())
    chosen.set_value(date(2026, 11, 1))
    app.button(key="schedule_again").click().run()
    assert "as of 1 Nov 2026" in app.success[0].value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_rule_is_saved_under_a_name_and_tells_the_next_time(lang: str) -> None:
    app, t = opened(lang), Words(lang)
    assert t("schedule.none") in shown(app)
    app.segmented_control(key="schedule_every").set_value("week").run()
    assert app.button(key="schedule_save").disabled
    assert t("schedule.name_first") in captions(app)
    app = opened(lang, "Ada")
    assert not [button for button in app.button if button.key == "schedule_save"]  # nothing to save yet
    app.segmented_control(key="schedule_every").set_value("week").run()
    app.selectbox(key="schedule_weekday").set_value(4)
    app.time_input(key="schedule_at").set_value(time(18, 45)).run()
    sound(app.button(key="schedule_save").click().run())
    kept = schedule.kept(data.store())
    assert kept is not None
    assert (kept.rule, kept.set_by) == (Rule(every="week", weekday=4, hour=18, minute=45), "Ada")
    again = opened(lang, "Lin")
    assert signing.said(schedule.next_due(kept.rule, signing.now())) in shown(again)
    assert again.selectbox(key="schedule_weekday").value == 4
    again.segmented_control(key="schedule_every").set_value("off").run()
    sound(again.button(key="schedule_save").click().run())
    off = schedule.kept(data.store())
    assert off is not None and (off.rule, off.set_by) == (None, "Lin")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_last_runs_say_what_came_of_each(lang: str) -> None:
    t, store, day = Words(lang), data.store(), timedelta(days=1)
    schedule.keep(store, Rule(every="day", hour=0, minute=0), "Ada")
    done = schedule.run_due(store, signing.now() + day)
    assert done is not None and done.moves is not None
    with store.transaction() as cursor:
        question = "insert into schedule_run (due_at, ran_at, failure) values (?, ?, ?)"
        cursor.execute(question, [done.due_at - day, done.due_at, '["errors.schedule_empty", {}]'])
        cursor.execute(question, [done.due_at - 2 * day, done.due_at, None])
    [table] = opened(lang).table
    said = [outcome.replace("\\", "") for outcome in table.value.iloc[:, 2]]
    assert said == [
        t.phrase(schedule.told(done.moves, _day(lang, date(2026, 10, 31)))),
        t("schedule.failed", why=t("errors.schedule_empty")),
        t("schedule.unfinished"),
    ]


def test_the_server_looks_after_the_books_that_are_there() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(schedule.signing, "now", lambda: datetime(2026, 11, 1))
        schedule.keep(data.store(), Rule(every="day", hour=0, minute=0), "Ada")

    async def serve() -> None:
        async with serving.schedules(None):
            for _ in range(500):
                if (runs := schedule.runs(data.store())) and runs[0].moves is not None:
                    return
                await asyncio.sleep(0.02)

    asyncio.run(serve())
    [run] = schedule.runs(data.store())
    assert run.failure is None
    assert data.store().one("select max(as_of) from assessment") == (date.today(),)
    assert not book.path("own").exists()
    assert "schedule" not in {thread.name for thread in threading.enumerate()}


def test_commands_to_be_copied_are_those_that_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "at 100% $HOME's"
    folder.mkdir()
    shutil.copy(tmp_path / "sample.duckdb", folder / "sample.duckdb")
    monkeypatch.setenv("RISK_HOME", str(folder))
    line = schedule_commands.cron(Rule(every="day", hour=6, minute=5), "sample")
    when, command = re.split(r"(?<=\* \* \*) ", line, maxsplit=1)
    assert when == "5 6 * * *"
    ran = subprocess.run(
        ["/bin/sh", "-c", command.replace("\\%", "%")], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    with Store(folder / "sample.duckdb").at_work() as cursor:
        assert cursor.execute("select max(as_of) from assessment").fetchone() == (date.today(),)
    units = schedule_commands.systemd("06:05", "sample")
    started = next(line for line in units.splitlines() if line.startswith("ExecStart="))
    program, *_, path = shlex.split(started.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$"))
    assert (program, path) == (sys.executable, str(folder / "sample.duckdb"))
    assert "HOME''s" in schedule_commands.windows("06:05", "sample")


def _day(lang: str, day: date) -> str:
    return f"{day:%Y-%m-%d}" if lang == "zh" else f"{day.day} {datetime(day.year, day.month, day.day):%b %Y}"
