"""The command line: `python -m riskcore`. It calls the very functions that pages call.

Exit status: 0 done, 1 done with problems that are listed, 2 wrong usage, 3 failed and nothing changed.
"""

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from riskcore import book, features, ingest, reports, sample, schedule, scoring, spreadsheet, versions
from riskcore import policy as policies
from riskcore.commands import alerts, arguments, importing, reviews
from riskcore.commands.files import (
    DONE,
    FAILED,
    PROBLEMS,
    Outcome,
    Stopped,
    make_ready,
    ready_data,
    ready_lines,
    stopped,
)
from riskcore.commands.summary import assessed, existing
from riskcore.errors import Phrase, PolicyError, RiskError
from riskcore.policy import Policy
from riskcore.spreadsheet import XLSX_ROWS_MOST
from riskcore.store import Store
from riskcore.text import Words


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = sys.argv[1:] if argv is None else list(argv)
    t = Words(arguments.language(given))
    try:
        args = arguments.parser(t).parse_args(given)
    except SystemExit as end:  # help, version and wrong usage end in argparse
        return int(end.code or 0)
    try:
        outcome = _RUN[args.command](args, t)
    except Exception as error:
        outcome = _failed(error, t)
    _say(outcome, args.json)
    return outcome.status


def _failed(error: Exception, t: Words) -> Outcome:
    """The end of what raised an error; where nobody foresaw it, its traceback goes to stderr too."""
    if isinstance(error, Stopped):
        return stopped(error, t)
    if isinstance(error, RiskError):
        return Outcome(FAILED, [t.error(error)], {"error": t.error(error), "reason": error.key})
    if isinstance(error, OSError) and error.filename:
        sentence = t("cli.unwritable", path=error.filename, detail=error.strerror)
        return Outcome(FAILED, [sentence], {"error": sentence, "reason": "cli.unwritable"})
    traceback.print_exception(error)
    sentence = t("cli.failed", detail=f"{type(error).__name__}: {error}")
    return Outcome(FAILED, [sentence], {"error": sentence, "reason": "cli.failed"})


def _say(outcome: Outcome, as_json: bool) -> None:
    """Print what a command found: one JSON object, or lines; those of a failure go to stderr."""
    if as_json:
        print(json.dumps({"status": outcome.status, **outcome.data}))
        return
    stream = sys.stderr if outcome.status == FAILED else sys.stdout
    for line in outcome.lines:
        # A file's text may hold control characters that a terminal would obey.
        shown = "".join(ch if ch.isprintable() else "\N{REPLACEMENT CHARACTER}" for ch in line)
        encoding = stream.encoding or "utf-8"
        print(shown.encode(encoding, "replace").decode(encoding), file=stream)


def _assess(args: argparse.Namespace, t: Words) -> Outcome:
    policy = policies.load(args.policy) if args.policy else None
    with closing(existing(args.store or book.path("own"))) as store:
        first = schedule.known_from(store)
        if first is None:
            raise Stopped(Phrase("cli.empty_book"))
        if args.as_of and args.as_of < first:
            raise Stopped(Phrase("cli.too_early", {"day": args.as_of.isoformat(), "first": first.isoformat()}))
        # A policy from a file does not come into force by being tried.
        number = book.assess(store, policy, args.as_of, policy is not None, args.known_by)
        moves, found = schedule.moves(store, number), assessed(store, t)
        since = moves.since.isoformat() if moves.since else ""
        data = {"since": since or None, "better": moves.better, "worse": moves.worse, "alerts": moves.alerts}
        return Outcome(DONE, [*found.lines, t.phrase(schedule.told(moves, since))], found.data | {"moves": data})


def _score(args: argparse.Namespace, t: Words) -> Outcome:
    policy = _policy(args)
    as_of = args.as_of or date.today()
    if args.out.resolve() == args.file.resolve():
        raise Stopped(Phrase("cli.out_is_file", {"path": str(args.out)}))
    with closing(Store()) as store:
        ready = make_ready(args.file, policy, store, dict(args.answer), as_of, whole_book=True)
        if args.out.suffix.lower() == ".xlsx" and ready.checked.rows_taken > XLSX_ROWS_MOST:
            raise Stopped(Phrase("cli.too_long", {"most": f"{XLSX_ROWS_MOST:,}"}))
        now = datetime.now(UTC).replace(tzinfo=None)
        with store.transaction() as cursor:
            ingest.load(cursor, ready.prepared, "", now)
            features.prepare(cursor, policy, as_of)
            cursor.execute(f"create temp table scored as {scoring.compile_query(policy)}")
            frame = reports.scored_frame(cursor, policy, t)
    _write([(frame, args.out)])
    problems = not ready.checked.problems.empty
    lines = [importing.rows_line(ready, t) + t("cli.written", path=str(args.out)), *ready_lines(ready, t)]
    return Outcome(PROBLEMS if problems else DONE, lines, ready_data(ready, t) | {"out": str(args.out)})


def _sample(args: argparse.Namespace, t: Words) -> Outcome:
    if args.out:
        return _sample_files(args, t)
    path = args.store or book.path("sample")
    if path.exists():
        if not args.force:
            return Outcome(DONE, [t("cli.sample_there", path=str(path))], {"store": str(path), "made": False})
        _check_replaceable(path)
    book.make_sample(path, args.customers, args.seed)
    line = t("cli.sample_made", path=str(path), n=f"{args.customers:,}")
    return Outcome(DONE, [line], {"store": str(path), "made": True, "customers": args.customers})


def _check_replaceable(path: Path) -> None:
    """Whether a sample may take the place of this file: a book that no process holds, and not the own one."""
    if path.resolve() == book.path("own").resolve():
        raise Stopped(Phrase("cli.own_book", {"path": str(path)}))
    existing(path).close()


def _sample_files(args: argparse.Namespace, t: Words) -> Outcome:
    files = [(file.frame, args.out / file.name) for file in sample.book(args.customers, args.seed)]
    _write(files)
    paths = [str(path) for _, path in files]
    return Outcome(DONE, [t("cli.file_written", path=path) for path in paths], {"files": paths})


def _write(tables: Sequence[tuple[pd.DataFrame, Path]]) -> None:
    for frame, path in tables:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            spreadsheet.write(frame, path)
        except OSError as error:
            raise Stopped(Phrase("cli.unwritable", {"path": str(path), "detail": error.strerror})) from error


def _check_policy(args: argparse.Namespace, t: Words) -> Outcome:
    try:
        policy = _policy(args)
    except PolicyError as error:
        if error.key == "errors.policy_absent":
            raise
        return Outcome(PROBLEMS, [t.error(error)], {"problems": [t.error(error)]})
    bins = sum(len(c.bins) for c in policy.characteristic)
    counts = {"characteristics": len(policy.characteristic), "bins": bins, "rules": len(policy.rule)}
    starts = {tier.code: tier.min_score for tier in policy.tier}
    shown = ", ".join(code if start is None else f"{code} {start}" for code, start in starts.items())
    lines = [t("cli.policy_sound", name=t.of(policy.name), hash=policy.hash[:12], starts=shown, **counts)]
    return Outcome(DONE, lines, {"hash": policy.hash, "tiers": starts, "problems": [], **counts})


def _policy(args: argparse.Namespace) -> Policy:
    """The policy of a file, else the one in force in the book that was named, else the default one."""
    if args.policy:
        return policies.load(args.policy)
    if args.store:
        with closing(existing(args.store)) as store:
            return versions.in_force(store)
    return policies.load()


_RUN: dict[str, Callable[[argparse.Namespace, Words], Outcome]] = {
    "import": importing.take_in,
    "undo": importing.undo,
    "imports": importing.history,
    "assess": _assess,
    "reviews": reviews.due,
    "alerts": alerts.waiting,
    "digest": alerts.digest,
    "score": _score,
    "sample": _sample,
    "check": _check_policy,
}

if __name__ == "__main__":
    sys.exit(main())
