"""`make bench`: what pages, a start, large files and many assessments take, and their goals.

Writes only what it measures on. RISK_BENCH_HOME names the folder that keeps those books; without it a temporary folder
does. ONLY=monitoring measures one part, ONLY=assess,ledger two. With BIG=1 a drag also on ten million customers: what
the page reads of the large book, ten times.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.bench import assess, books, drag, killed, ledger, monitoring, sessions, start
from tests.bench.answers import wrong
from tests.bench.drag import Dragged, percentile
from tests.bench.lines import line
from tests.bench.start import Started
from tests.e2e import browser as chromium
from tests.e2e.server import serving

SMALL, LARGE = 2_000, 1_000_000
TIERS = 5
MORE = 1.10  # what the large book may cost of the small one
CROWDED = 2.5  # what a release beside nine more sessions may take of one alone


@dataclass(frozen=True)
class Crowded:
    """A browser's releases while nine more sessions let go of theirs; times in milliseconds."""

    release_p95: float
    theirs_p95: float
    answers: int  # of all ten
    wrong: int


def main() -> None:
    """Measure all parts, or those that ONLY names, and print their tables."""
    parts: dict[str, Callable[[], object]] = {
        "pages": lambda: asyncio.run(pages()),
        "ledger": ledger.main,
        "killed": killed.main,
        "assess": assess.main,
        "monitoring": monitoring.main,
    }
    named = [name.strip() for name in os.environ.get("ONLY", "").split(",") if name.strip()] or list(parts)
    if unknown := set(named) - set(parts):
        sys.exit(f"ONLY={','.join(sorted(unknown))}: no such part; there are {', '.join(parts)}")
    print(f"load before {_load()}", flush=True)
    for name in named:
        print(f"\n{name}", flush=True)
        parts[name]()
    print(f"\nload after {_load()}, {os.cpu_count()} processors")


async def pages() -> None:
    """A drag, a release beside others, and a start, in a real browser."""
    program = chromium.find()
    small, large = _home(SMALL), _home(LARGE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=chromium.FLAGS)
        with tempfile.TemporaryDirectory() as folder:
            homes = (small, books.in_tiers(SMALL, TIERS, Path(folder)), large)
            dragged = [await _alone(browser, home) for home in homes]
        crowded = [await _crowded(browser, home) for home in (small, large)]
        started = await start.measure(browser, small, SMALL)
        await _big(browser)
        await browser.close()
    show_drag(dragged, (f"{SMALL:,}", f"{TIERS} tiers", f"{LARGE:,}"))
    show_crowd([dragged[0], dragged[2]], crowded)
    show_start(started)


async def _big(browser: Browser) -> None:
    """Ten times the large book, beside the small one; only where it is asked for."""
    if os.environ.get("BIG"):
        with tempfile.TemporaryDirectory() as folder:
            homes = (_home(SMALL), books.ten_times(LARGE, Path(folder)))
            show_drag([await _alone(browser, home) for home in homes], (f"{SMALL:,}", f"{10 * LARGE:,}"))


async def _alone(browser: Browser, home: Path) -> Dragged:
    with serving(home) as address:
        return await drag.measure(browser, address)


async def _crowded(browser: Browser, home: Path) -> Crowded:
    with serving(home) as address:
        async with sessions.working(address) as others:
            ours = await drag.releases(browser, address)
    theirs = [answer for session in others for answer in session.answers]
    return Crowded(
        release_p95=percentile([answer.took for answer in ours], 0.95),
        theirs_p95=percentile([answer.took for answer in theirs], 0.95),
        answers=len(ours) + len(theirs),
        wrong=len(wrong([*ours, *theirs], home)),
    )


def show_drag(dragged: Sequence[Dragged], names: Sequence[str]) -> None:
    """Books side by side, the small one first and the large one last."""
    print(f"\n{'':42}{'goal':>10}{''.join(f'{name:>12}' for name in names)}")
    fps = [d.frames_a_second for d in dragged]
    paint = [d.paint_median for d in dragged]
    line("frames a second in a drag", "55", fps, [f >= 55 for f in fps])
    line("pointer moves a frame", "1", [d.moves_a_frame for d in dragged], [], ".1f")
    changed = [100 * d.changed_share for d in dragged]
    line("frames in which a card's text changed, %", "85", changed, [c >= 85 for c in changed])
    line("move to paint, median ms", "17", paint, [p <= 17 for p in paint], ".1f")
    line("move to paint, p95 ms", "", [d.paint_p95 for d in dragged], [], ".1f")
    line("release to movers drawn, p50 ms", "", [d.release_p50 for d in dragged], [])
    p95 = [d.release_p95 for d in dragged]
    line("release to movers drawn, p95 ms", "300", p95, [p <= 300 for p in p95])
    slower = max(fps[0] / fps[-1], paint[-1] / paint[0])
    last = (*[""] * (len(dragged) - 1), slower)
    line("large against small, times", f"{MORE:.2f}", last, [slower <= MORE], ".2f")


def show_crowd(alone: Sequence[Dragged], crowded: Sequence[Crowded]) -> None:
    """What nine more sessions cost, on the small book and on the large one."""
    print("\nbeside nine more sessions")
    line("release to movers drawn, p95 ms", "", _apart([c.release_p95 for c in crowded]), [])
    times = [c.release_p95 / a.release_p95 for a, c in zip(alone, crowded, strict=True)]
    line("  against one alone, times", f"{CROWDED:.2f}", _apart(times), [t <= CROWDED for t in times], ".2f")
    line("the same as the others' pages run, p95 ms", "", _apart([c.theirs_p95 for c in crowded]), [])
    line("answers of all ten", "", _apart([c.answers for c in crowded]), [])
    line("  to thresholds of somebody else", "0", _apart([c.wrong for c in crowded]), [not c.wrong for c in crowded])


def _apart(values: Sequence[float]) -> tuple[float | str, ...]:
    """Under the columns of the small and of the large book."""
    return values[0], "", values[1]


def show_start(started: Started) -> None:
    """From the command to the page, and where the time goes."""
    print()
    line("make run to the Overview drawn, s", "10", (started.total,), [started.total <= 10], ".1f")
    line("  the server answers after", "", (started.served,), [], ".1f")
    line("  then the first figure after", "", (started.figure,), [], ".1f")
    line("  then the charts after", "", (started.charts,), [], ".1f")
    line("a second visit, all of it", "", (started.second_visit,), [], ".1f")
    print("  imports: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in started.imports.items()))


def _home(customers: int) -> Path:
    began = time.perf_counter()
    home = books.home(customers)
    print(f"book of {customers:,} customers in place after {time.perf_counter() - began:.0f} s", flush=True)
    return home


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg())


if __name__ == "__main__":
    main()
