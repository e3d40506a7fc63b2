"""Files of any size that do not pass the browser: the landing folder, and taking files in while somebody looks on."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from riskcore import book, ingest, versions
from riskcore.errors import FileRefused, Phrase
from riskcore.ingest import bulk
from riskcore.ingest.bulk import Cancelled, Watch
from riskcore.store import Cursor, Store

_INTERRUPT_EVERY = 0.05  # seconds, until the work has ended
_PASSED_OVER = (".", "~$")  # how names of hidden and half-written files begin
_HALF = {".part", ".crdownload", ".tmp"}


@dataclass(frozen=True)
class Waiting:
    """A file in the landing folder that was not taken in yet; `modified` is UTC."""

    path: Path
    name: str
    size: int
    modified: datetime


@dataclass(frozen=True)
class Choices:
    """What a person chose of a file, as in `ingest.prepare`; `fields` and `answers` hold for all of its tables."""

    kind: ingest.Kind | None = None
    fields: Mapping[int, str | None] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    as_of: date | None = None
    whole_book: bool | None = None


@dataclass(frozen=True)
class Ready:
    """The tables of one file, those that cannot be read, and what is said of the file as a whole."""

    path: Path
    tables: tuple[ingest.Preparing, ...]
    refused: tuple[ingest.Refused, ...] = ()
    notes: tuple[Phrase, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Whether all of it can be taken in as it stands."""
        return not self.refused and all(t.checked is not None and t.checked.rows_taken for t in self.tables)


@dataclass(frozen=True)
class Outcome:
    """What became of files; `taken` is None where one of them is refused or asks something: then nothing is taken."""

    files: tuple[Ready, ...]
    taken: book.Taken | None


@dataclass(frozen=True)
class Progress:
    """Where long work is: the key of its stage (`landing.stage_<stage>`), rows of the file, the share done from 0 to 1.

    `seconds_left` is None while nothing can be said.
    """

    stage: str
    rows: int
    share: float
    seconds_left: float | None


def waiting(store: Store) -> list[Waiting]:
    """The files in the landing folder that no import that counts was made of, newest first."""
    folder = book.inbox()
    if not folder.is_dir():
        return []
    taken = store.rows("select sha256, file_name, created_at from import where undone_at is null")
    digests = {sha for sha, _, _ in taken}
    found = []
    for path in folder.iterdir():
        if path.name.startswith(_PASSED_OVER) or path.suffix in _HALF or path.is_symlink() or not path.is_file():
            continue
        stat = path.stat()
        modified = datetime.fromtimestamp(stat.st_mtime, UTC).replace(tzinfo=None)
        # Of an archive the members are imports, by names of their own.
        as_member = any(name.startswith(f"{path.name} / ") and since >= modified for _, name, since in taken)
        if not as_member and _digest(path, stat.st_size, stat.st_mtime_ns) not in digests:
            found.append(Waiting(path, path.name, stat.st_size, modified))
    return sorted(found, key=lambda one: one.modified, reverse=True)


@lru_cache(maxsize=1_000)
def _digest(path: Path, size: int, modified: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def prepare(store: Store, path: Path, choices: Choices, cursor: Cursor, watch: Watch) -> Ready:
    """Make a file of any kind and size ready; OSError where it is not there."""
    policy = versions.in_force(store)
    chosen: dict[str, Any] = {
        "kind": choices.kind,
        "fields": choices.fields,
        "answers": choices.answers,
        "as_of": choices.as_of,
        "whole_book": choices.whole_book,
    }
    try:
        if bulk.is_bulk(path):
            return Ready(path, (bulk.prepare_bulk(path, policy, store, cursor, watch, **chosen),))
        watch.enter("bytes")
        opened = ingest.open_file(path.read_bytes(), path.name)
    except FileRefused as error:
        return Ready(path, (), (ingest.Refused(path.name, error),))
    tables = []
    for upload in opened.uploads:
        watch.enter("judged", rows=upload.rows_read)
        tables.append(ingest.prepare(upload, policy, store, **chosen))
    return Ready(path, tuple(tables), opened.refused, opened.notes)


def take_in(store: Store, files: Sequence[tuple[Path, Choices]], watch: Watch, taken_by: str = "") -> Outcome:
    """Take files in together: all of them in one transaction, or none where one of them is refused or asks something.

    OSError where one is not there; Cancelled where somebody asked to stop.
    """
    with store.at_work() as cursor:
        try:
            ready: list[Ready] = []
            for path, choices in files:
                watch.file, watch.files = len(ready), len(files)
                ready.append(prepare(store, path, choices, cursor, watch))
            if not all(one.is_clear for one in ready):
                return Outcome(tuple(ready), None)
            prepared = [table.prepared for one in ready for table in one.tables]
            return Outcome(tuple(ready), book.take_in(store, prepared, taken_by, on=cursor, watch=watch))
        except Exception as error:
            if watch.cancelled:
                raise Cancelled from error
            raise


class Run:
    """Long work in a thread of its own, which can be watched and cancelled."""

    def __init__(self, work: Callable[[Watch], Outcome]) -> None:
        """Begin at once."""
        self._watch = Watch()
        self._work = work
        self._began = time.monotonic()
        self._outcome: Outcome | None = None
        self._error: BaseException | None = None
        self._ended = threading.Event()  # a join that Ctrl-C interrupts takes the thread for ended
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._outcome = self._work(self._watch)
        except BaseException as error:
            self._error = error
        finally:
            self._ended.set()

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._ended.is_set()

    def progress(self) -> Progress:
        """Where it is."""
        share = self._watch.share()
        passed = time.monotonic() - self._began
        left = passed * (1 - share) / share if share > 0.02 and passed > 1 else None
        return Progress(self._watch.stage, self._watch.rows, share, left)

    def cancel(self) -> None:
        """Stop; when it returns, the work has ended and the store is as it was, unless it was done already."""
        while self.is_running:
            self._watch.cancel()
            self._ended.wait(_INTERRUPT_EVERY)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end, at most so long; whether it has ended."""
        return self._ended.wait(seconds)

    def result(self) -> Outcome:
        """What became of it; raises what the work raised, Cancelled among that."""
        self._ended.wait()
        if self._error is not None:
            raise self._error
        assert self._outcome is not None
        return self._outcome


def take_in_one(store: Store, path: Path, choices: Choices, taken_by: str = "") -> Run:
    """Take one file in, in a thread of its own; where it asks something the outcome says what, and nothing is taken."""
    return Run(lambda watch: take_in(store, [(path, choices)], watch, taken_by))
