"""`import`, `undo` and `imports`: files into the book, one out of it again, and what is in it."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from riskcore import book, ingest, landing
from riskcore.commands.files import DONE, PROBLEMS, Outcome, Ready, Stopped, ready_data, ready_lines
from riskcore.commands.summary import assessed, existing
from riskcore.errors import Phrase
from riskcore.ingest.bulk import Cancelled
from riskcore.store import Store
from riskcore.text import Words

_TELL_EVERY = 2  # seconds


def take_in(args: argparse.Namespace, t: Words) -> Outcome:
    """Take files in together, or none of them where one is refused or asks something."""
    path = args.store or book.path("own")
    choices = landing.Choices(
        kind=ingest.KINDS[args.kind] if args.kind else None,
        answers=dict(args.answer),
        as_of=args.as_of,
        whole_book=args.whole_book,
    )
    for file in args.files:
        _check_readable(file)
    with _book(path) as store:
        outcome = _watched(store, args.files, choices, t)
        if outcome.taken is None:
            raise _stop(outcome)
        numbers = iter(outcome.taken.import_ids)
        lines: list[str] = []
        imports: list[dict[str, Any]] = []
        for file in outcome.files:
            for table in file.tables:
                number = next(numbers)
                seen = _seen_before(store, table.upload.sha256, outcome.taken.import_ids)
                ready = Ready(table.prepared, table.questions)
                lines.append(rows_line(ready, t) + t("cli.as_of", day=table.as_of.isoformat()))
                if seen is not None:
                    lines.append(t("cli.seen_before", file=seen[0], day=seen[1]))
                lines += ready_lines(ready, t)
                about = {"import_id": number, "kind": table.kind.id, "as_of": table.as_of.isoformat()}
                imports.append(
                    ready_data(ready, t)
                    | about
                    | {"assessment_id": outcome.taken.assessment_id, "seen_before": seen is not None}
                )
            lines += [t.phrase(note) for note in file.notes]
        summary = assessed(store, t)
    has_problems = any(problem["effect"] != "note" for one in imports for problem in one["problems"])
    status = PROBLEMS if has_problems else DONE
    return Outcome(status, [*lines, *summary.lines], {"store": str(path), "imports": imports} | summary.data)


def undo(args: argparse.Namespace, t: Words) -> Outcome:
    """Let an import count no more."""
    with closing(existing(args.store or book.path("own"))) as store:
        book.undo(store, args.number, args.by)
        summary = assessed(store, t)
    return Outcome(DONE, [t("cli.undone", number=args.number), *summary.lines], {"undone": args.number} | summary.data)


def history(args: argparse.Namespace, t: Words) -> Outcome:
    """What was taken in, newest first."""
    with closing(existing(args.store or book.path("own"))) as store:
        rows = store.ask("imports").to_dict("records")
    lines, data = [], []
    for row in rows:
        is_undone = row["undone_at"] == row["undone_at"] and row["undone_at"] is not None  # NaT is not itself
        day = row["as_of"].date().isoformat()
        line = t(
            "cli.import_row",
            number=row["import_id"],
            file=row["file_name"],
            kind=t(f"kinds.{row['kind']}"),
            day=day,
            taken=f"{row['rows_taken']:,}",
            read=f"{row['rows_read']:,}",
        )
        lines.append(line + (t("cli.import_undone", by=row["undone_by"]) if is_undone else ""))
        data.append(
            {
                "import_id": int(row["import_id"]),
                "kind": row["kind"],
                "file": row["file_name"],
                "as_of": day,
                "rows_read": int(row["rows_read"]),
                "rows_taken": int(row["rows_taken"]),
                "taken_by": row["taken_by"],
                "undone": is_undone,
            }
        )
    return Outcome(DONE, lines or [t("cli.no_imports")], {"imports": data})


def rows_line(ready: Ready, t: Words) -> str:
    """How many rows of a file are used, as the beginning of a sentence."""
    taken, read = ready.checked.rows_taken, ready.checked.rows_read
    return t("cli.rows", file=ready.prepared.upload.name, taken=f"{taken:,}", read=f"{read:,}")


@contextmanager
def _book(path: Path) -> Iterator[Store]:
    """The book, made where there is none; one that nothing was taken into is not left behind."""
    is_new = not path.exists()
    store = Store(path) if is_new else existing(path)
    try:
        yield store
    except BaseException:
        store.close()
        if is_new:
            path.unlink(missing_ok=True)
        raise
    store.close()


def _check_readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise Stopped(Phrase("cli.unreadable", {"file": str(path), "detail": error.strerror})) from error


def _watched(store: Store, paths: Sequence[Path], choices: landing.Choices, t: Words) -> landing.Outcome:
    """Take files in, telling how far it is where a person sits at a terminal; Ctrl-C stops and changes nothing."""
    files = [(path, choices) for path in paths]
    run = landing.Run(lambda watch: landing.take_in(store, files, watch))
    is_told = sys.stderr.isatty()
    try:
        while not run.wait(_TELL_EVERY):
            if is_told:
                print(f"\r\x1b[K{_told(run.progress(), t)}", end="", file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        run.cancel()
    finally:
        if is_told:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    try:
        return run.result()
    except Cancelled as error:
        raise Stopped(Phrase("landing.cancelled")) from error


def _told(progress: landing.Progress, t: Words) -> str:
    stage = t(f"landing.stage_{progress.stage}") if progress.stage else ""
    line = t("landing.progress", stage=stage, share=round(100 * progress.share))
    left = progress.seconds_left
    return line if left is None else line + t("landing.seconds_left", seconds=max(1, round(left)))


def _stop(outcome: landing.Outcome) -> Stopped:
    """Why nothing is taken: the first file that is refused, that asks something, or of which no row can be used."""
    for file in outcome.files:
        for refused in file.refused:
            why = Phrase(refused.error.key, refused.error.slots)
            return Stopped(Phrase("cli.refused", {"file": refused.name, "why": why}))
        for table in file.tables:
            name = table.upload.name
            if table.refused is not None:
                why = Phrase(table.refused.key, table.refused.slots)
                return Stopped(Phrase("cli.refused", {"file": name, "why": why}))
            if table.open_questions:
                slots = {"file": name, "n": len(table.open_questions)}
                return Stopped(Phrase("cli.open_questions", slots), table.open_questions)
            if table.checked is not None and not table.checked.rows_taken:
                return Stopped(Phrase("cli.no_row_left", {"file": name}), checked=table.checked)
    raise AssertionError(outcome)


def _seen_before(store: Store, sha256: str, now: Sequence[int]) -> tuple[str, str] | None:
    """Name and day of an earlier import of the very same content."""
    row = store.one(
        "select file_name, as_of from import where sha256 = $sha256 and undone_at is null and import_id < $first "
        "order by import_id desc limit 1",
        sha256=sha256,
        first=min(now),
    )
    return None if row is None else (str(row[0]), row[1].isoformat())
