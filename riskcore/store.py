"""The one door to DuckDB: opening, migrations, cursors, transactions and the questions kept as `.sql` files.

A file is opened by one process. Each thread works on a cursor of its own; values are always bound, never pasted.
"""

import os
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import pandas as pd

from riskcore.errors import StoreError

SQL = Path(__file__).parent / "sql"
Cursor = duckdb.DuckDBPyConnection

# An upload is data, never a program: no file or network access from SQL, no Python objects by name.
_SAFE: dict[str, Any] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    # The first takes longer than it saves on the long chain of scoring. The second makes a join of a look into a list
    # of words, after which the rows of a file that is read at once do not come in its order.
    "disabled_optimizers": "projection_placement,in_clause",
}

# Half of the machine's and no more than that many bytes: what does not fit goes by the disk, which makes an import of
# ten million invoices a tenth slower. RISK_MEMORY names another limit, such as 8GB.
_MEMORY, _MEMORY_MOST = "50%", 1_800_000_000

_HELD = ("Could not set lock", "used by another process")  # what the engine says on Unix and on Windows


@cache
def sql(name: str) -> str:
    """The text of `riskcore/sql/<name>.sql`."""
    return (SQL / f"{name}.sql").read_text("utf-8")


def by_column(answer: Cursor) -> list[dict[str, Any]]:
    """What was just asked on a cursor, as rows of Python values by column."""
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def paging(page: int, per_page: int | None) -> dict[str, int | None]:
    """The values of `limit $most offset $skip`: one page, the first being 1, or all where `per_page` is None."""
    return {"most": per_page, "skip": (page - 1) * (per_page or 0)}


class Store:
    """One book of customers: a DuckDB file, or memory where `path` is None."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or create the book and bring its schema up to date; StoreError where that cannot be done."""
        self.path = path
        self._writing = threading.RLock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._root = self._connect()
        try:
            self._migrate()
        except BaseException:
            self._root.close()  # a refused book is not held
            raise
        # Text files too large for memory are read from one folder of our own, and nothing else of the disk is.
        unheard_of = Path(tempfile.gettempdir()) / f"risk-{uuid4().hex}"
        self.private = unheard_of if path is None else path.with_suffix(".reading")
        shutil.rmtree(self.private, ignore_errors=True)  # what a process that was killed left there
        self._root.execute("set allowed_directories = [$folder]", {"folder": f"{self.private.resolve()}/"})
        self._root.execute("set enable_external_access = false")
        self._at_work = self._root.cursor()
        for setting in ("enable_progress_bar = true", "enable_progress_bar_print = false", "progress_bar_time = 0"):
            self._at_work.execute(f"set {setting}")  # a cursor made later can say no progress
        self._root.execute("set lock_configuration = true")

    def cursor(self) -> Cursor:
        """A cursor of the caller's own; use it in one thread only."""
        return self._root.cursor()

    @contextmanager
    def at_work(self) -> Iterator[Cursor]:
        """The one cursor for long work: it tells its progress, and what stands on it is forgotten afterwards."""
        with self._writing:
            try:
                yield self._at_work
            finally:
                while not self._forgotten():
                    continue  # who asks to stop asks again until the work has ended
                shutil.rmtree(self.private, ignore_errors=True)

    def ask(self, question: str, **values: Any) -> pd.DataFrame:
        """The answer to a question (a name in riskcore/sql, or SQL) as a frame; values are bound by name."""
        return self._run(question, values).df()

    def rows(self, question: str, **values: Any) -> list[tuple[Any, ...]]:
        """The answer as rows of Python values."""
        return self._run(question, values).fetchall()

    def columns(self, question: str, **values: Any) -> dict[str, Any]:
        """The answer as numpy columns, for answers of many rows."""
        return self._run(question, values).fetchnumpy()

    def one(self, question: str, **values: Any) -> tuple[Any, ...] | None:
        """The first row of the answer, None where there is none."""
        return self._run(question, values).fetchone()

    @contextmanager
    def transaction(self, on: Cursor | None = None) -> Iterator[Cursor]:
        """All of what is done on the cursor, or nothing; one writer at a time. `on`: that of `at_work`."""
        with self._writing:
            cursor = on or self.cursor()
            cursor.execute("begin transaction")
            try:
                yield cursor
            except BaseException:
                cursor.execute("rollback")
                raise
            cursor.execute("commit")
            # Replaced data stay in the file until a checkpoint outside the transaction gives them back. While somebody
            # reads there can be none; what was committed is safe in the log, and a later one serves as well.
            with suppress(duckdb.TransactionException, duckdb.InterruptException):
                cursor.execute("checkpoint")

    def close(self) -> None:
        """Give the file back."""
        self._root.close()

    def _forgotten(self) -> bool:
        """Drop what stands on the cursor for long work; False where that was interrupted."""
        with suppress(duckdb.InterruptException):
            for kind in ("view", "table"):  # views first: they stand on the tables
                names = f"select {kind}_name from duckdb_{kind}s() where temporary and not internal"
                for (name,) in self._at_work.execute(names).fetchall():
                    self._at_work.execute(f'drop {kind} temp."{name}"')
                    self._at_work.unregister(name)
            return True
        return False

    def _run(self, question: str, values: Mapping[str, Any]) -> Cursor:
        text = question if " " in question else sql(question)
        return self.cursor().execute(text, dict(values) or None)

    def _connect(self) -> Cursor:
        # What does not fit is put into a folder beside the book, which is gone when the book is given back.
        memory = os.environ.get("RISK_MEMORY")
        config = {**_SAFE, "memory_limit": memory or _MEMORY}
        try:
            opened = duckdb.connect(str(self.path) if self.path else ":memory:", config=config)
        except duckdb.ParserException as error:
            raise StoreError("store_memory", value=memory) from error
        except duckdb.IOException as error:
            if any(words in str(error) for words in _HELD):
                raise StoreError("store_held", path=str(self.path)) from error
            raise StoreError("store_unreadable", path=str(self.path)) from error
        if not memory:
            half = "select parse_formatted_bytes(current_setting('memory_limit'))"
            [limit] = opened.execute(half).fetchone() or (_MEMORY_MOST,)
            opened.execute(f"set memory_limit = '{min(int(limit), _MEMORY_MOST)}B'")
        return opened

    def _migrate(self) -> None:
        migrations = sorted((SQL / "migrations").glob("[0-9]*.sql"))
        self._root.execute("create table if not exists migration (number integer primary key, name varchar)")
        done = {number for (number,) in self._root.execute("select number from migration").fetchall()}
        newest = int(migrations[-1].name[:4])
        if done and max(done) > newest:
            raise StoreError("store_newer", path=str(self.path), number=max(done), newest=newest)
        waiting = [m for m in migrations if int(m.name[:4]) not in done]
        if waiting and done and self.path is not None:
            self._root.close()  # a process that copies a file it has open loses its lock on it
            shutil.copy2(self.path, self.path.with_suffix(f".before-{waiting[0].name[:4]}.duckdb"))
            self._root = self._connect()
        for migration in waiting:
            self._root.execute("begin transaction")
            self._root.execute(migration.read_text("utf-8"))
            self._root.execute("insert into migration values (?, ?)", [int(migration.name[:4]), migration.stem])
            self._root.execute("commit")
