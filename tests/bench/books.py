"""Sample books of any size to measure on, made once and kept."""

import hashlib
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from riskcore import book, ingest, policy, sample, versions
from riskcore.store import SQL, Store
from tests import tiers

TEN_TIMES = (Path(__file__).parent / "ten_times.sql").read_text("utf-8")
CHUNK = 100_000  # customers generated and read at a time, so that a million fit into a few gigabytes


def home(customers: int) -> Path:
    """The folder of books whose sample holds that many customers, made where it is not there yet."""
    kept = Path(os.environ.get("RISK_BENCH_HOME") or Path(tempfile.gettempdir()) / "risk-bench")
    folder = kept / f"{customers}-{_made_of()}"
    path = folder / "sample.duckdb"
    if not path.exists():
        for outdated in kept.glob(f"{customers}-*"):
            shutil.rmtree(outdated)
        folder.mkdir(parents=True)
        if customers <= CHUNK:
            book.make_sample(path, customers)
        else:
            _make_in_chunks(path, customers)
    return folder


def in_tiers(customers: int, count: int, folder: Path) -> Path:
    """A copy of that sample in `folder`, which it gives back, assessed under a policy of so many tiers."""
    shutil.copy(home(customers) / "sample.duckdb", folder)
    store = Store(folder / "sample.duckdb")
    with store.transaction() as cursor:
        versions.put_in_force(cursor, tiers.policy(count), "bench", "another number of tiers")
    book.assess(store)
    store.close()
    return folder


def ten_times(customers: int, folder: Path) -> Path:
    """A copy of that sample in `folder`, which it gives back, whose last assessment holds every customer ten times.

    What the Thresholds page reads is there ten times, the cube and the listing; what it does not read is not.
    """
    shutil.copy(home(customers) / "sample.duckdb", folder)
    store = Store(folder / "sample.duckdb")
    with store.transaction() as cursor:
        cursor.execute(TEN_TIMES)
    store.close()
    return folder


def _made_of() -> str:
    """A short name of what decides a book's content: the policy, the tables and questions, the generator."""
    files = [policy.DEFAULT, *SQL.rglob("*.sql"), *Path(sample.__file__).parent.glob("*.*")]
    return hashlib.sha256(b"".join(file.read_bytes() for file in sorted(files))).hexdigest()[:8]


def _make_in_chunks(path: Path, customers: int) -> None:
    """Books of their own seeds as files of one book: all files of the older date, then all of the newer one."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    store = Store(partial)
    book.set_own_annual_sales(store, sample.own_annual_sales(customers))
    for newer in (False, True):
        for chunk in range(-(-customers // CHUNK)):
            size = min(CHUNK, customers - chunk * CHUNK)
            _take(store, sample.book(size, seed=chunk)[newer], chunk)
        book.assess(store)
    store.close()
    partial.replace(path)


def _take(store: Store, file: sample.SampleFile, chunk: int) -> None:
    frame = file.frame.assign(customer_id=f"{chunk:03}-" + file.frame["customer_id"])
    policy = versions.in_force(store)
    upload = ingest.read(frame.to_csv(index=False).encode(), f"{chunk:03}_{file.name}")
    matches = ingest.propose(upload, policy, {})
    checked = ingest.check(upload, matches, {}, policy, store)
    now = datetime.now(UTC).replace(tzinfo=None)
    with store.transaction() as cursor:
        ingest.load(cursor, ingest.Prepared(upload, ingest.CUSTOMERS, matches, {}, checked, file.as_of), "", now)
