"""`make bench`: what a drag, a release and a start take, beside their goals. Writes nothing but books to measure on.

RISK_BENCH_HOME names the folder that keeps those books; without it a temporary folder does.
"""

import asyncio
import os
import time
from pathlib import Path

from playwright.async_api import async_playwright

from tests.bench import books, drag, start
from tests.bench.drag import Dragged
from tests.bench.start import Started
from tests.e2e import browser as chromium
from tests.e2e.server import serving

SMALL, LARGE = 2_000, 1_000_000
MORE = 1.10  # what the large book may cost of the small one


async def main() -> None:
    """Measure, and print one table."""
    print(f"load before {_load()}", flush=True)
    program = chromium.find()
    homes = {customers: _home(customers) for customers in (SMALL, LARGE)}
    dragged: dict[int, Dragged] = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=chromium.FLAGS)
        for customers, home in homes.items():
            with serving(home) as address:
                dragged[customers] = await drag.measure(browser, address)
        started = await start.measure(browser, homes[SMALL], SMALL)
        await browser.close()
    show_drag(dragged[SMALL], dragged[LARGE])
    show_start(started)
    print(f"\nload after {_load()}, {os.cpu_count()} processors")


def show_drag(small: Dragged, large: Dragged) -> None:
    """The two sizes side by side."""
    print(f"\n{'':42}{'goal':>10}{SMALL:>12,}{LARGE:>12,}")
    fps = (small.frames_a_second, large.frames_a_second)
    paint = (small.paint_median, large.paint_median)
    line("frames a second in a drag", "55", fps, [f >= 55 for f in fps])
    line("pointer moves a frame", "1", (small.moves_a_frame, large.moves_a_frame), [], ".1f")
    changed = (100 * small.changed_share, 100 * large.changed_share)
    line("frames in which a card's text changed, %", "85", changed, [c >= 85 for c in changed])
    line("move to paint, median ms", "17", paint, [p <= 17 for p in paint], ".1f")
    line("move to paint, p95 ms", "", (small.paint_p95, large.paint_p95), [], ".1f")
    line("release to movers drawn, p50 ms", "", (small.release_p50, large.release_p50), [])
    p95 = (small.release_p95, large.release_p95)
    line("release to movers drawn, p95 ms", "300", p95, [p <= 300 for p in p95])
    slower = max(fps[0] / fps[1], paint[1] / paint[0])
    line("large against small, times", f"{MORE:.2f}", ("", slower), [slower <= MORE], ".2f")


def show_start(started: Started) -> None:
    """From the command to the page, and where the time goes."""
    print()
    line("make run to the Overview drawn, s", "10", ("", started.total), [started.total <= 10], ".1f")
    line("  the server answers after", "", ("", started.served), [], ".1f")
    line("  then the first figure after", "", ("", started.figure), [], ".1f")
    line("  then the charts after", "", ("", started.charts), [], ".1f")
    line("a second visit, all of it", "", ("", started.second_visit), [], ".1f")
    print("  imports: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in started.imports.items()))


def line(name: str, goal: str, values: tuple[float | str, float | str], met: list[bool], form: str = ".0f") -> None:
    """One measure: its goal, its values, and whether they meet it."""
    shown = "".join(f"{value if isinstance(value, str) else format(value, form):>12}" for value in values)
    print(f"{name:42}{goal:>10}{shown}  {('met' if all(met) else 'NOT MET') if met else ''}".rstrip())


def _home(customers: int) -> Path:
    began = time.perf_counter()
    home = books.home(customers)
    print(f"book of {customers:,} customers in place after {time.perf_counter() - began:.0f} s", flush=True)
    return home


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg())


if __name__ == "__main__":
    asyncio.run(main())
