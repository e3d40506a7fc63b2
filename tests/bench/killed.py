"""An import killed at thirty random moments: what the book holds each time, and whether it can be done again."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from riskcore.store import Store
from tests.test_bulk import HEADINGS, IMPORTING, row

KILLS = 30
ROWS = 400_000
TOP = Path(__file__).parents[2]


def main() -> int:
    """Kill, open, look; print what was found, and return how often it was neither all nor nothing."""
    chance = random.Random(11)
    found = Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        path, book = Path(folder) / "customers.csv", Path(folder) / "book.duckdb"
        path.write_text(HEADINGS + "".join(map(row, range(ROWS))), "utf-8")
        before: tuple[int, ...] = (0, 0, 0, 0, 0)
        took = _whole(book, path)
        book.unlink()
        print(f"{ROWS:,} rows, one import {took:.1f} s, killed {KILLS} times")
        for _ in range(KILLS):
            child = subprocess.Popen(_command(book, path), cwd=TOP, stdout=subprocess.PIPE, text=True)
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(chance.uniform(0.0, 1.5 * took))
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            with closing(Store(book)) as store:
                now = _held(store)
            found["nothing" if now == before else "all" if now == _after(before) else "half"] += 1
            before = now
        again = _whole(book, path)
        with closing(Store(book)) as store:
            done = _held(store) == _after(before)
    print(f"  nothing of it {found['nothing']}, all of it {found['all']}, neither {found['half']}")
    print(f"  done again afterwards: {done}, {again:.1f} s")
    return found["half"] + (not done)


def _command(book: Path, path: Path) -> list[str]:
    return [sys.executable, "-c", IMPORTING, str(book), str(path)]


def _whole(book: Path, path: Path) -> float:
    """How many seconds an import takes that nobody disturbs, without the start of the program."""
    with subprocess.Popen(_command(book, path), cwd=TOP, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        began = time.monotonic()
        child.communicate()
    assert child.returncode == 0
    return time.monotonic() - began


def _after(before: tuple[int, ...]) -> tuple[int, ...]:
    """What the book holds after one import more: it names the same customers each time."""
    return before[0] + 1, before[1] + 1, ROWS, before[3] + ROWS, ROWS


def _held(store: Store) -> tuple[int, ...]:
    """Imports, assessments, customers and rows, each with what belongs to it."""
    tables = ("import", "assessment", "customer", "input", "listing")
    counts = [store.rows(f"select count(*) from {table}")[0][0] for table in tables]
    [[scored]] = store.rows("select count(*) from score")
    assert scored == ROWS * counts[1], "an assessment without its scores"
    return tuple(int(count) for count in counts)


if __name__ == "__main__":
    sys.exit(main())
