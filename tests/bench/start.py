"""From `make run` on a prepared environment to the Overview on screen, and what takes the time."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from playwright.async_api import Browser

from tests.e2e.server import HEALTH, TOP, free_port

MODULES = ("streamlit", "pandas", "duckdb", "pydantic", "pyarrow", "plotly.graph_objects", "riskcore.book")
CHARTS = "() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= 3"


@dataclass(frozen=True)
class Started:
    """Seconds from the command on, each part after the one before, and of a second visit; imports on their own."""

    served: float
    figure: float
    charts: float
    second_visit: float
    imports: dict[str, float]

    @property
    def total(self) -> float:
        """From the command to the whole Overview."""
        return self.served + self.figure + self.charts


async def measure(browser: Browser, home: Path, customers: int) -> Started:
    """Give the very command, on a free port, with a sample book in place."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    ours = {"RISK_HOME": str(home), "STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_HEADLESS": "true"}
    began = time.perf_counter()
    with (home / "server.log").open("wb") as log:
        make = subprocess.Popen(
            ["make", "run"], cwd=TOP, env={**os.environ, **ours}, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _until_served(make, address, home / "server.log")
        served = time.perf_counter() - began
        figure, charts = await _visit(browser, address, customers)
        second = sum(await _visit(browser, address, customers))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(make.pid, signal.SIGTERM)
        make.wait(20)
    return Started(served, figure, charts, second, _imports())


def _until_served(make: subprocess.Popen[bytes], address: str, log: Path) -> None:
    opener = build_opener(ProxyHandler({}))
    end = time.monotonic() + 120
    while make.poll() is None and time.monotonic() < end:
        try:
            opener.open(address + HEALTH, timeout=5).close()
        except (URLError, OSError):
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"`make run` did not serve at {address}:\n{log.read_text('utf-8', 'replace')[-3000:]}")


async def _visit(browser: Browser, address: str, customers: int) -> tuple[float, float]:
    """Seconds until the number of customers stands on the page, and from then on until the charts are drawn."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    began = time.perf_counter()
    await page.goto(f"{address}/?lang=en&book=sample")
    await page.get_by_test_id("stMetricValue").get_by_text(f"{customers:,}", exact=True).wait_for(timeout=60_000)
    figure = time.perf_counter() - began
    await page.wait_for_function(CHARTS, timeout=60_000)
    charts = time.perf_counter() - began - figure
    await context.close()
    return figure, charts


def _imports() -> dict[str, float]:
    """Seconds that each module adds when the server's process imports them one after another."""
    script = (
        "import importlib, sys, time\n"
        "for name in sys.argv[1:]:\n"
        "    began = time.perf_counter(); importlib.import_module(name)\n"
        "    print(name, time.perf_counter() - began)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, *MODULES], cwd=TOP, capture_output=True, text=True, check=True
    )
    return {name: float(seconds) for name, seconds in map(str.split, ended.stdout.splitlines())}
