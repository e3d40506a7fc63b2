"""The one door to the database: who may open it, what it is when opened, and that a failure leaves nothing."""

import re
import shutil
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from riskcore import money, radar, strategy
from riskcore import policy as policies
from riskcore.errors import StoreError
from riskcore.store import SQL, Store, sql
from tests import books

POLICY = policies.load()
MIGRATIONS = sorted((SQL / "migrations").glob("*.sql"))
# What an assessment writes with is run wherever one is made; all else is asked of what it wrote.
TEXTS = {path.stem: re.sub("--.*", "", path.read_text("utf-8")) for path in SQL.glob("*.sql")}
_SOURCES = [*TEXTS.values(), *(path.read_text("utf-8") for path in SQL.parent.rglob("*.py"))]
# Made while an assessment is; what makes or reads them is a step of it, and runs where it is tested.
TEMPORARY = set(re.findall(r"temp (?:table|view) (\w+)", " ".join(_SOURCES))) - {"sized"}


def is_step(text: str) -> bool:
    """Whether a text makes a temporary table or reads one that it does not name itself."""
    read = set(re.findall(r"\b(?:from|join) (\w+)", text)) - set(re.findall(r"\b(\w+) as (?:materialized )?\(", text))
    return re.search(r"\btemp (?:table|view)\b", text) is not None or bool(read & TEMPORARY)


QUESTIONS = sorted(name for name, text in TEXTS.items() if "insert into" not in text and not is_step(text))
# Questions that stand within others under their names, and those that are asked of another as the step `standing`.
PIECES = ("override_standing", "feedback_given")
STEPS = {"override_listed": "override_standing", "override_changed": "override_standing", "alert_inbox": "alert_stands"}
# A small book has no currency without a rate and nobody who moved, and no person did anything with it.
NOBODY = {
    *("missing_rates", "monitor_names", "radar_new", "radar_reviews", "schedule_before", "assessment_looked_at"),
    *(name for name in TEXTS if name.startswith(("alert_", "feedback_", "override_", "training_"))),
}
OPENING = """
import sys
from pathlib import Path
from riskcore.errors import StoreError
from riskcore.store import Store
try:
    Store(Path(sys.argv[1]))
except StoreError as error:
    print(error.key, error.slots["path"])
else:
    print("opened")
"""


def opened_elsewhere(path: Path) -> str:
    """What another process finds when it opens the same file."""
    ran = subprocess.run(
        [sys.executable, "-c", OPENING, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    return ran.stdout.strip()


def test_a_second_process_is_refused_and_told_why(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "book.duckdb"
    store = Store(path)
    assert opened_elsewhere(path) == f"errors.store_held {path}"
    store.close()
    assert opened_elsewhere(path) == "opened"


def test_a_store_keeps_within_its_memory_and_says_where_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISK_MEMORY", "64MB")
    store = Store(tmp_path / "book.duckdb")
    assert store.one("select current_setting('memory_limit')") == ("61.0 MiB",)
    with store.transaction() as cursor:  # twice what fits: the rest waits beside the book
        cursor.execute("create temp table wide as select range as n, md5(range::varchar) as m from range(2_000_000)")
        assert list(tmp_path.glob("book.duckdb.tmp/*"))
        assert cursor.execute("select count(*), count(distinct n) from wide").fetchone() == (2_000_000, 2_000_000)
    store.close()
    assert [path.name for path in tmp_path.iterdir()] == ["book.duckdb"]
    monkeypatch.setenv("RISK_MEMORY", "much")
    with pytest.raises(StoreError) as refused:
        Store(tmp_path / "book.duckdb")
    assert (refused.value.key, refused.value.slots) == ("errors.store_memory", {"value": "much"})


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "book.duckdb"
    store = Store(path)
    books.take(store, [{"customer_id": "A", "customer_name": "甲"}], date(2026, 1, 31))
    books.assess(store, POLICY)
    store.close()
    again = Store(path)
    assert again.rows("select customer_name from listing where true") == [("甲",)]
    assert again.rows("select number, name from migration order by number") == [
        (int(m.name[:4]), m.stem) for m in MIGRATIONS
    ]
    again.close()


def test_numbers_of_migrations_follow_each_other() -> None:
    assert [int(m.name[:4]) for m in MIGRATIONS] == list(range(1, len(MIGRATIONS) + 1))


def test_a_book_of_a_newer_program_is_refused_and_given_back(tmp_path: Path) -> None:
    path = tmp_path / "book.duckdb"
    store = Store(path)
    with store.transaction() as cursor:
        cursor.execute("insert into migration values (9000, '9000_later')")
    store.close()
    content = path.read_bytes()
    with pytest.raises(StoreError) as refused:
        Store(path)
    # Held by nobody, although the error is still at hand.
    assert refused.value.key == "errors.store_newer"
    assert refused.value.slots == {"path": str(path), "number": 9000, "newest": len(MIGRATIONS)}
    assert opened_elsewhere(path) == f"errors.store_newer {path}"
    assert path.read_bytes() == content


def later_schema(folder: Path, migration: str) -> Path:
    """The program's migrations and one more."""
    shutil.copytree(SQL / "migrations", folder / "migrations")
    (folder / "migrations" / f"{len(MIGRATIONS) + 1:04}_more.sql").write_text(migration)
    return folder


def test_a_migration_keeps_a_copy_of_the_book_and_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "book.duckdb"
    old = Store(path)
    with old.transaction() as cursor:
        cursor.execute("insert into meta values ('a', '1')")
    old.close()
    number = len(MIGRATIONS) + 1
    with monkeypatch.context() as later:
        later.setattr("riskcore.store.SQL", later_schema(tmp_path / "sql", "alter table meta add column note varchar;"))
        new = Store(path)
        assert new.rows("select * from meta where true") == [("a", "1", None)]
        assert new.one("select max(number) from migration") == (number,)
        assert opened_elsewhere(path) == f"errors.store_held {path}"
        new.close()
    before = Store(tmp_path / f"book.before-{number:04}.duckdb")
    assert before.rows("select * from meta where true") == [("a", "1")]
    before.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "book.duckdb"
    Store(path).close()
    broken = "alter table meta add column note varchar; select * from nowhere;"
    with monkeypatch.context() as later:
        later.setattr("riskcore.store.SQL", later_schema(tmp_path / "sql", broken))
        with pytest.raises(Exception, match="nowhere"):
            Store(path)
    again = Store(path)
    assert again.ask("select * from meta where true").columns.tolist() == ["name", "value"]
    again.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lock" / "book.duckdb"  # the word in a path is no lock
    path.parent.mkdir()
    path.write_text("customer_id,score\nA,700\n" * 999)
    with pytest.raises(StoreError) as refused:
        Store(path)
    assert refused.value.key == "errors.store_unreadable"
    assert path.read_text().startswith("customer_id")


def test_a_failure_rolls_back_and_the_next_transaction_works() -> None:
    store = Store()
    with pytest.raises(RuntimeError), store.transaction() as cursor:
        cursor.execute("insert into meta values ('a', '1')")
        cursor.execute("create table left_over (x integer)")
        cursor.execute("create temp table of_mine (x integer)")
        raise RuntimeError
    assert store.one("select count(*) from meta where true") == (0,)
    assert store.one("select count(*) from duckdb_tables() where table_name in ('left_over', 'of_mine')") == (0,)
    with pytest.raises(Exception, match="Constraint"), store.transaction() as cursor:
        cursor.execute("insert into meta values ('a', '1')")
        cursor.execute("insert into meta values ('a', '2')")
    with store.transaction() as cursor:
        cursor.execute("insert into meta values ('a', '3')")
    assert store.rows("select * from meta where true") == [("a", "3")]


def test_what_is_not_committed_is_seen_by_nobody_else() -> None:
    store = Store()
    with store.transaction() as cursor:
        cursor.execute("insert into meta values ('a', '1')")
        assert store.one("select count(*) from meta where true") == (0,)
        assert cursor.execute("select count(*) from meta").fetchone() == (1,)
    assert store.one("select count(*) from meta where true") == (1,)


def test_writers_wait_for_each_other_while_readers_read(tmp_path: Path) -> None:
    store = Store(tmp_path / "book.duckdb")
    with store.transaction() as cursor:
        cursor.execute("insert into meta values ('n', '0')")
    failures: list[BaseException] = []

    def add() -> None:
        try:
            for _ in range(10):
                with store.transaction() as cursor:
                    [n] = cursor.execute("select value::integer from meta where name = 'n'").fetchone() or (0,)
                    cursor.execute("update meta set value = ? where name = 'n'", [str(n + 1)])
        except BaseException as error:
            failures.append(error)

    reading = store.cursor().execute("select range from range(1000000)")
    assert reading.fetchone() == (0,)
    writers = [threading.Thread(target=add) for _ in range(4)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert 0 <= int((store.one("select value from meta where name = 'n'") or (0,))[0]) <= 40
    for writer in writers:
        writer.join()
    assert not failures
    assert store.one("select value from meta where name = 'n'") == ("40",)
    assert reading.fetchone() == (1,)


def test_values_are_bound_and_sql_reaches_no_file(tmp_path: Path) -> None:
    store = Store()
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    nasty = "x'; drop table meta; --"
    assert store.one("select $v", v=nasty) == (nasty,)
    frame_in_python = [1, 2, 3]
    for question in (
        f"select * from read_csv('{secret}')",
        f"select * from '{secret}'",
        f"copy (select 1) to '{tmp_path / 'out.csv'}'",
        f"attach '{tmp_path / 'other.duckdb'}'",
        "select * from frame_in_python",
        "set enable_external_access = true",
    ):
        with pytest.raises(Exception, match=r"(disabled|does not exist|locked|Cannot)"):
            store.rows(question)
    assert len(frame_in_python) == 3
    assert not (tmp_path / "out.csv").exists()


def test_an_answer_as_frame_rows_columns_and_one_row() -> None:
    store = Store()
    question = "select unnest([3, 4]) as n, 'x' as word where $yes"
    assert store.ask(question, yes=True).to_dict("list") == {"n": [3, 4], "word": ["x", "x"]}
    assert store.rows(question, yes=True) == [(3, "x"), (4, "x")]
    assert store.columns(question, yes=True)["n"].tolist() == [3, 4]
    assert store.one(question, yes=True) == (3, "x")
    assert store.one(question, yes=False) is None


@pytest.fixture(scope="module")
def book() -> Store:
    store = Store()
    rows = books.random_rows(40, 6, POLICY)
    rows = [row | {"credit_limit": 1000 * n, "annual_sales": 9e5, "parent_id": "C0000"} for n, row in enumerate(rows)]
    books.take(store, rows, date(2026, 1, 31))
    books.assess(store, POLICY)
    return store


@pytest.mark.parametrize("name", QUESTIONS)
def test_each_question_fits_the_schema(book: Store, name: str) -> None:
    text = sql(name)
    assert text.startswith("--"), "a question says what it asks"
    if name in STEPS:
        text = f"with standing as ({sql(STEPS[name])}) {text}"
    for piece in PIECES:
        text = text.replace(f"({piece})", f"({sql(piece)})")
    slots = set(re.findall(r"\$(\w+)", re.sub("--.*", "", text)))
    given = {"assessment": 1, "dimension": "region", "direction": "all", "before": 1, "after": 1, "customer": 1}
    given |= {"last": 2, "t1": 800, "t2": 500, "u1": 700, "u2": 600, "top": 3, "shown": 2, "most": 5, "skip": 0}
    given |= {"earlier": 1, "later": 1, "points": 50, "customers": [1, 2], "thresholds": [700, 600]}
    if name == "review_calendar":
        day = {"today": date(2026, 2, 28), "soon": 14, "window": 30, "offset": timedelta(0)}
        given |= {"codes": ["A", "B", "C"], "months": [12, 3, 1], **day}
    given |= money.bound(POLICY, money.of_policy(POLICY))
    cursor = book.cursor()
    cursor.execute("begin transaction")
    cursor.execute(
        f"create temp table sized as {strategy.compile_query(POLICY)}" if "from sized" in text else "select 1"
    )
    if "opinions_of_all" in text and POLICY.radar:
        text = text.replace("opinions_of_all", radar.compile_query(POLICY, POLICY.radar))
        slots.add("as_of")
    # What is not given is NULL, as it is where a page sets no filter.
    answer = cursor.execute(text, {slot: given.get(slot) for slot in slots} or None).fetchall()
    cursor.execute("rollback")
    assert answer or name in NOBODY


def test_replaced_data_do_not_stay_in_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "book.duckdb")
    sizes = []
    for run in range(7):
        with store.transaction() as cursor:
            cursor.execute("create table if not exists replaced (n UBIGINT)")
            cursor.execute("truncate replaced")
            cursor.execute("insert into replaced select hash(n, $run) from range(250_000) numbers(n)", {"run": run})
        sizes.append((tmp_path / "book.duckdb").stat().st_size)
    store.close()
    assert sizes[-1] < sizes[0] + 1.5 * 8 * 250_000  # one more copy, while both the old and the new one are there
