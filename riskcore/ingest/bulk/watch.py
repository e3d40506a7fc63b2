"""Long work as another thread sees it: where it is, and the way to stop it."""

import threading
from typing import Any

from riskcore.store import Cursor

# What a file goes through, and about how long each takes of the whole.
STAGES = {"bytes": 0.04, "asked": 0.06, "read": 0.2, "judged": 0.08, "written": 0.25, "assessed": 0.37}

_PREPARED = sum(share for name, share in STAGES.items() if name not in {"written", "assessed"})


class Cancelled(Exception):
    """The work was stopped by a person; nothing of it is left."""


class Watch:
    """What a thread at work tells of itself; all others only ask, or cancel."""

    def __init__(self) -> None:
        self.stage = ""
        self.rows = 0
        self.file, self.files = 0, 1  # which of how many is prepared
        self._share = 0.0
        self._told = 0.0
        self._cursor: Cursor | None = None
        self._stop = threading.Event()

    def enter(self, stage: str, cursor: Cursor | None = None, rows: int | None = None) -> None:
        """Begin a stage, on the cursor that works; Cancelled where that was asked for."""
        self.stage, self._cursor, self._share = stage, cursor, 0.0
        self.rows = self.rows if rows is None else rows
        self.tick(0.0)

    def tick(self, share: float) -> None:
        """Tell how much of the stage is done; Cancelled where that was asked for."""
        if self._stop.is_set():
            raise Cancelled
        self._share = share

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask to stop, and interrupt the statement that runs; may be called again until the work has ended."""
        self._stop.set()
        if self._cursor is not None:
            self._cursor.interrupt()

    def share(self) -> float:
        """How much of the whole is done, from 0 to 1; it never falls."""
        names = list(STAGES)
        if self.stage in STAGES:
            done = sum(STAGES[name] for name in names[: names.index(self.stage)])
            done += STAGES[self.stage] * max(self._share, self._of_statement())
            if done < _PREPARED:
                done = (self.file * _PREPARED + done) / self.files
            self._told = max(self._told, min(1.0, done))
        return self._told

    def _of_statement(self) -> float:
        """The engine's own guess of the statement that runs: -1 where it has none."""
        told: Any = -1 if self._cursor is None else self._cursor.query_progress()
        return min(0.95, max(0.0, float(told) / 100))
