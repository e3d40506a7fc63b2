"""What people do with a book: open it, take a file in, assess it again, make the sample.

Pages and the command line call these same functions.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

from riskcore import alerts, assessment, ingest, overrides, radar, sample, settings, versions
from riskcore.errors import AskedWrong
from riskcore.feedback import events
from riskcore.feedback.patterns import Pattern
from riskcore.ingest.bulk import Watch
from riskcore.policy import Policy
from riskcore.store import Cursor, Store

Kind = Literal["own", "sample"]
_FILES: dict[Kind, str] = {"own": "book.duckdb", "sample": "sample.duckdb"}


@dataclass(frozen=True)
class Taken:
    """What was left behind: the number of each import, and that of the assessment made at once."""

    import_ids: tuple[int, ...]
    assessment_id: int


def home() -> Path:
    """The folder of the books: the environment's RISK_HOME, else data/local."""
    return Path(os.environ.get("RISK_HOME") or Path(__file__).parents[1] / "data" / "local")


def path(kind: Kind) -> Path:
    """The database file of a book."""
    return home() / _FILES[kind]


def open_book(kind: Kind) -> Store:
    """The user's own book or the sample, made where it does not exist; StoreError where another process holds it."""
    if kind == "sample" and not path(kind).exists():
        make_sample(path(kind))
    store = Store(path(kind))
    inbox().mkdir(exist_ok=True)
    return store


def inbox() -> Path:
    """The landing folder: files put there are offered, whatever their size, and are never moved or changed."""
    return home() / "inbox"


def take_in(
    store: Store,
    prepared: Sequence[ingest.Prepared],
    taken_by: str = "",
    *,
    on: Cursor | None = None,
    watch: Watch | None = None,
) -> Taken:
    """Take checked files in and assess the book, in one transaction: all of it, or nothing.

    `on`: the cursor that large files stand on, that of `Store.at_work`.
    """
    watch = watch or Watch()
    now = datetime.now(UTC).replace(tzinfo=None)
    with store.transaction(on) as cursor:
        watch.enter("written", cursor)
        import_ids = tuple(ingest.load(cursor, one, taken_by, now) for one in prepared)
        watch.enter("assessed", cursor)
        taken = Taken(import_ids, assess_in(cursor))
        watch.tick(1.0)
        return taken


def undo(store: Store, import_id: int, by: str) -> int:
    """Let an import count no more, as one person says, assess again, and return the assessment's number.

    What had been known before stays known of the days before: nothing is deleted. AskedWrong where there is no such
    import or it is undone already.
    """
    with store.transaction() as cursor:
        row = cursor.execute("select undone_at, undone_by from import where import_id = ?", [import_id]).fetchone()
        if row is None:
            raise AskedWrong("unknown_import", number=import_id)
        if row[0] is not None:
            raise AskedWrong("undone_already", number=import_id, by=row[1], day=row[0].date().isoformat())
        now = datetime.now(UTC).replace(tzinfo=None)
        cursor.execute("update import set undone_at = ?, undone_by = ? where import_id = ?", [now, by, import_id])
        return assess_in(cursor)


def assess(
    store: Store,
    policy: Policy | None = None,
    as_of: date | None = None,
    draft: bool = False,
    known_by: date | None = None,
) -> int:
    """Assess the book again, under the policy in force or another one, and return the assessment's number.

    `known_by`: only from what had been taken in by the end of that day.
    """
    with store.transaction() as cursor:
        return assess_in(cursor, policy, as_of, draft, known_by)


def assess_in(
    cursor: Cursor,
    policy: Policy | None = None,
    as_of: date | None = None,
    draft: bool = False,
    known_by: date | None = None,
) -> int:
    """The same inside the caller's transaction; changes of customers are told and reviews of disagreements called."""
    used = policy or versions.in_force_within(cursor)
    number = assessment.run(cursor, used, as_of, draft, known_by)
    alerts.raise_new(cursor, used, number)
    radar.call_reviews(cursor, used)
    return number


def try_draft(store: Store, policy: Policy, pattern: Pattern, as_of: date, by: str) -> int:
    """Assess the book under a draft policy that was made of a pattern, and keep that it was: both, or neither.

    AskedWrong without a name.
    """
    with store.transaction() as cursor:
        events.drafted(cursor, pattern, policy.hash, by)
        return assess_in(cursor, policy, as_of, draft=True)


def override(store: Store, wish: overrides.Wish) -> overrides.Override:
    """Ask for an override; where one person is enough, the book is assessed with it in the same transaction."""
    with store.transaction() as cursor:
        asked = overrides.ask(cursor, versions.in_force_within(cursor), wish)
        if not asked.needs_second:
            _assess_as_it_is(cursor)
        return asked


def settle_override(store: Store, override_id: int, event: overrides.Event, by: str, why: str = "") -> None:
    """Approve, refuse or withdraw an override; where that changes what counts, the book is assessed at once."""
    with store.transaction() as cursor:
        _, counts = overrides.say(cursor, override_id, event, by, why)
        if counts:
            _assess_as_it_is(cursor)


def refresh(store: Store, today: date | None = None) -> int | None:
    """Assess the book again where an override has ended or begun since it was, and return the assessment's number."""
    if not overrides.ended_since(store.cursor(), today):
        return None
    with store.transaction() as cursor:
        # Two pages may have noticed it at once.
        return _assess_as_it_is(cursor) if overrides.ended_since(cursor, today) else None


def _assess_as_it_is(cursor: Cursor) -> int | None:
    """Assess the newest data again, where the newest assessment shows them; who looks at a draft or a past day may."""
    assessed = versions.current(cursor)
    return assess_in(cursor, as_of=assessed.as_of) if assessed else None


def set_own_annual_sales(store: Store, amount: float | None) -> None:
    """Keep the company's own yearly sales, in the book's currency; None forgets it. Assess again to see it act."""
    with store.transaction() as cursor:
        settings.keep_own_annual_sales(cursor, amount)


def currency(store: Store) -> str:
    """The currency of the book's amounts: that of its files, else the policy's."""
    return settings.get(store.cursor(), "currency") or versions.in_force(store).currency


def make_sample(target: Path, customers: int = 2000, seed: int = 7) -> None:
    """Make a sample book of any size at `target`, through the same import as any file; replaces an older one."""
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    store = Store(partial)
    set_own_annual_sales(store, sample.own_annual_sales(customers))
    for file in sample.book(customers, seed):
        upload = ingest.read(file.frame.to_csv(index=False).encode(), file.name)
        matches = ingest.propose(upload, versions.in_force(store), {})
        checked = ingest.check(upload, matches, {}, versions.in_force(store), store)
        take_in(store, [ingest.Prepared(upload, ingest.CUSTOMERS, matches, {}, checked, file.as_of, whole_book=True)])
    store.close()
    partial.replace(target)
