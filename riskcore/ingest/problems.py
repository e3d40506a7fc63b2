"""What is wrong with the rows and cells of an upload, found set by set in the database."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from riskcore.ingest.columns import Column, Scratch
from riskcore.ingest.kinds.base import VALUE_MOST, Kind, Problem, Shaping
from riskcore.ingest.reconciling import Reconciled, differences, find_totals, reconcile
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import unit_of
from riskcore.policy import Policy

_COLUMNS = ["line", "column", "value", "reason", "slots", "effect"]
_NEVER_NEGATIVE = {"employees", "credit_days"}


def find(shaping: Shaping, kind: Kind) -> tuple[pd.DataFrame, tuple[Reconciled, ...]]:
    """All problems of an upload whose columns stand typed in the table `typed`, by line, and its totals compared."""
    scratch, upload, columns, policy = shaping.scratch, shaping.upload, shaping.columns, shaping.policy
    totals = find_totals(shaping) if kind.names_customers else set[int]()
    reconciled = reconcile(shaping) if totals else ()
    unreadable = list(_unreadable(scratch, columns))
    found: list[Problem] = [
        *((b.line, "", b.text[:VALUE_MOST], b.reason, b.slots, "row") for b in upload.broken),
        *unreadable,
        *_breaches(scratch, columns, policy),
        *(
            _identities(scratch, upload, columns, {problem[0] for problem in unreadable})
            if kind.names_customers
            else ()
        ),
        *(_repeated(scratch, columns) if kind.one_row_per_customer else ()),
        *kind.judge(shaping),
    ]
    # A line of totals is nothing else: what is missing or odd in it as a customer's row is no problem.
    found = [problem for problem in found if problem[0] not in totals]
    found += _totals(shaping, totals)
    found += differences(reconciled)
    found.sort(key=lambda problem: problem[0])
    return pd.DataFrame(found, columns=_COLUMNS), reconciled


def _totals(shaping: Shaping, totals: set[int]) -> Iterator[Problem]:
    """The lines of totals."""
    for line in totals:
        yield line, "", "", "problems.total_row", {}, "row"


def _unreadable(scratch: Scratch, columns: Sequence[Column]) -> Iterator[Problem]:
    """Cells that were read one by one and hold no value that can be used."""
    for column in columns:
        if not any(cell.reason for cell in column.read.values()):
            continue
        place = f"c{column.match.index}"
        for line, text in scratch.cursor.execute(
            f"select upload.line, {place} from upload join {column.table} r on r.text = {place} where r.wrong"
        ).fetchall():
            cell = column.read[text]
            yield line, column.match.heading, text[:VALUE_MOST], str(cell.reason), cell.slots, cell.effect


def _breaches(scratch: Scratch, columns: Sequence[Column], policy: Policy) -> Iterator[Problem]:
    """Values that can be read and cannot be true: negative counts, scores off the scale, amounts too large to hold."""
    scale = {"low": policy.base_score, "high": policy.top_score}
    limits: list[tuple[Column, str, str, dict[str, Any]]] = []
    for c in columns:
        name = c.field.name
        if c.field.kind == "amount":
            limits.append((c, f"{name} is null and {name}_raw is not null", "problems.too_large", {}))
        elif c.field.kind == "score":
            off = f"{name} not between {scale['low']} and {scale['high']}"
            limits.append((c, off, "problems.score_off_scale", scale))
        elif c.field.kind == "count" or name in _NEVER_NEGATIVE or unit_of(policy, name) in {"years", "months"}:
            limits.append((c, f"{name} < 0", "problems.negative", {}))
    if not limits:
        return
    # One pass tells which limits are broken at all; mostly none is.
    counts = ", ".join(f"count(*) filter (where {condition})" for _, condition, _, _ in limits)
    broken = scratch.cursor.execute(f"select {counts} from typed").fetchone() or ()
    for (c, condition, reason, slots), count in zip(limits, broken, strict=True):
        if count:
            place = f"c{c.match.index}"
            for line, text in scratch.cursor.execute(
                f"select line, {place} from typed join upload using (line) where {condition}"
            ).fetchall():
                yield line, c.match.heading, text[:VALUE_MOST], reason, slots, "row"


def _identities(scratch: Scratch, upload: Upload, columns: Sequence[Column], judged: set[int]) -> Iterator[Problem]:
    """Rows without an id, and of a note such as `Printed by: A`.

    `judged` lines have a reason already.
    """
    match = next(c.match for c in columns if c.field.name == "customer_id")
    heading, place = match.heading, f"c{match.index}"
    others = [f"c{i} is null" for i in range(len(upload.headings)) if i != match.index]
    if others:
        for line, text in scratch.cursor.execute(
            f"select line, {place} from upload "
            f"where (contains({place}, ':') or contains({place}, '：')) and {' and '.join(others)}"
        ).fetchall():
            yield line, heading, text[:VALUE_MOST], "problems.note_row", {}, "row"
    for (line,) in scratch.cursor.execute("select line from typed where customer_id is null").fetchall():
        if line not in judged:
            yield line, heading, "", "problems.no_customer_id", {}, "row"


def _repeated(scratch: Scratch, columns: Sequence[Column]) -> Iterator[Problem]:
    """Rows of a customer that stood on an earlier line already."""
    heading = next(c.match.heading for c in columns if c.field.name == "customer_id")
    for line, customer_id, first in scratch.cursor.execute(
        "select line, customer_id, first from (select line, customer_id, "
        "min(line) over (partition by customer_id) as first from typed where customer_id is not null) "
        "where line > first"
    ).fetchall():
        yield line, heading, customer_id[:VALUE_MOST], "problems.duplicate_id", {"first": first}, "row"
