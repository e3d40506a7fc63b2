"""What became of a customer between two assessments: all steps between them as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from riskcore.monitoring import Change, Step


@dataclass(frozen=True)
class Since:
    """A customer then and now. `changes`: characteristics whose points or bin differ, the most points first.

    `came` and `went`: codes of rules that fire now and did not then, and the other way round. `elsewhere`: points that
    no characteristic explains; None where there is no score on both sides.
    """

    then: Step
    now: Step
    changes: tuple[Change, ...]
    came: tuple[str, ...]
    went: tuple[str, ...]
    elsewhere: int | None


def since(steps: Sequence[Step], assessment_id: int | None, last_on: date | None) -> Since:
    """The newest step against that of an assessment; else against the newest by a day, else against the first.

    `steps`: those of `monitoring.history`, at least one, oldest first.
    """
    places = [n for n, step in enumerate(steps) if step.assessment_id == assessment_id]
    if not places and last_on is not None:
        places = [n for n, step in enumerate(steps) if step.as_of <= last_on]
    start = places[-1] if places else 0
    then, now = steps[start], steps[-1]
    changes = _together([change for step in steps[start + 1 :] for change in step.changes])
    scored = then.score is not None and now.score is not None
    moved = sum(change.points for change in changes)
    return Since(
        then=then,
        now=now,
        changes=changes,
        came=tuple(code for code in now.rules if code not in then.rules),
        went=tuple(code for code in then.rules if code not in now.rules),
        elsewhere=now.score - then.score - moved if scored else None,  # type: ignore[operator]
    )


def _together(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Changes of one characteristic after another as one of each; what came back to where it was is none."""
    found: dict[str, Change] = {}
    for one in changes:
        before = found.get(one.characteristic)
        cause = one.cause if before is None or before.cause == one.cause else "both"
        first = before or one
        found[one.characteristic] = Change(one.characteristic, first.bin_was, one.bin_now, first.was, one.now, cause)
    kept = [one for one in found.values() if one.was != one.now]
    return tuple(sorted(kept, key=lambda change: -abs(change.points)))
