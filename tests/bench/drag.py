"""A drag on the real Thresholds page: frames, moves to paint, and from release to movers drawn."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page

from tests.bench.answers import MOVERS, Answer

WATCH = (Path(__file__).parent / "watch.js").read_text("utf-8")
DRAG_SECONDS = 6.0
SPAN = 70  # pixels to either side
STEP = 3  # pixels a move, more than one point of the scale
MOVE_SECONDS = 0.008  # twice in a frame
RELEASES = 30
STILL = "[data-testid=stApp][data-test-script-state=notRunning]"
THRESHOLDS = "handles => handles.map(handle => Number(handle.ariaValueNow))"


@dataclass(frozen=True)
class Dragged:
    """What was seen on a page; times in milliseconds."""

    frames_a_second: float
    changed_share: float
    moves_a_frame: float
    paint_median: float
    paint_p95: float
    release_p50: float
    release_p95: float


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed: no interpolation."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def measure(browser: Browser, address: str) -> Dragged:
    """Drag for some seconds, then let go thirty times, each at thresholds that nobody asked for before."""
    page = await _opened(browser, address)
    seen = await _drag(page)
    await page.wait_for_timeout(1500)
    took = [answer.took for answer in await _releases(page)]
    await page.close()
    frames = seen["frames"]
    return Dragged(
        frames_a_second=1000 * len(frames) / sum(frames),
        changed_share=seen["changed"] / len(frames),
        moves_a_frame=seen["moves"] / len(frames),
        paint_median=statistics.median(seen["paints"]),
        paint_p95=percentile(seen["paints"], 0.95),
        release_p50=statistics.median(took),
        release_p95=percentile(took, 0.95),
    )


async def releases(browser: Browser, address: str) -> list[Answer]:
    """Only let go thirty times, as `measure` does, and keep what was on the page each time."""
    page = await _opened(browser, address)
    answers = await _releases(page)
    await page.close()
    return answers


async def _opened(browser: Browser, address: str) -> Page:
    page = await browser.new_page(viewport={"width": 1440, "height": 1300})
    await page.goto(f"{address}/thresholds?lang=en&book=sample")
    await page.locator("[data-handle=A]").wait_for(timeout=120_000)
    await page.wait_for_timeout(1500)
    await page.evaluate(WATCH)
    return page


async def _handle(page: Page, code: str = "A") -> tuple[float, float]:
    """Where the middle of a handle stands, in pixels."""
    box = await page.locator(f"[data-handle={code}]").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def _score(page: Page, code: str = "A") -> int:
    return int(await page.locator(f"[data-handle={code}]").get_attribute("aria-valuenow") or 0)


async def _drag(page: Page) -> dict[str, Any]:
    """To and fro about the policy's threshold, at least a move and a point a frame."""
    x, y = await _handle(page)
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.evaluate("() => { window.stop = watchDrag(); }")
    end = time.perf_counter() + DRAG_SECONDS
    at, way = 0, STEP
    moves = []
    while time.perf_counter() < end:
        way = -way if abs(at + way) > SPAN else way
        at += way
        # Not waited for one by one: a hand does not wait for the page either.
        moves.append(asyncio.ensure_future(page.mouse.move(x + at, y)))
        await asyncio.sleep(MOVE_SECONDS)
    await asyncio.gather(*moves)
    seen: dict[str, Any] = await page.evaluate("() => stop()")
    await page.mouse.move(x, y - 40)
    await page.mouse.up()
    return seen


async def _releases(page: Page) -> list[Answer]:
    """Short drags of the first handle to scores below its own, none of which is asked for twice."""
    start = await _score(page)
    return [await _release(page, start - (5 if n % 2 == 0 else 40) - n) for n in range(RELEASES)]


async def _release(page: Page, wished: int) -> Answer:
    """A short drag to a score; what the page says once the movers are drawn, and the ms from the release to there."""
    await page.locator(STILL).wait_for()  # else the end of the run before would pass for this one's
    (x, y), (b, _) = await _handle(page), await _handle(page, "B")
    score = await _score(page)
    scale = (x - b) / (score - await _score(page, "B"))
    await page.evaluate("() => watchRelease()")
    to = x + (wished - score) * scale
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move((x + to) / 2, y)
    await page.mouse.move(to, y)
    await page.mouse.up()
    took = float(await page.evaluate("() => released"))
    handles = await page.locator("[data-handle]").evaluate_all(THRESHOLDS)
    caption = await page.get_by_text(MOVERS).first.inner_text()
    return Answer(sorted(handles, reverse=True), page.url, caption, took)
