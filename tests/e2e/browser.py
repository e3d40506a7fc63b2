"""A browser for the tests: the one that is installed, else Playwright's, else the system's.

`python -m tests.e2e.browser` finds or fetches it ahead of the tests and prints where it is. Nothing here
skips: without a browser the tests fail with one sentence that says what to install.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    *(
        f"{os.environ.get(folder, '')}/{rest}"
        for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
        for rest in ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
    ),
)

MISSING = (
    "No browser for the tests was found and none could be fetched: install Chromium or Google Chrome "
    "(Debian: apt-get install chromium fonts-noto-cjk; macOS: brew install --cask google-chrome; "
    "Windows: winget install Google.Chrome), or run: python -m playwright install --with-deps chromium"
)
NO_GLYPHS = "No Chinese font was found, so Chinese is drawn as boxes: install fonts-noto-cjk or a font like it."


class NoBrowser(RuntimeError):
    """There is no browser and none could be fetched."""


@cache
def find() -> Path:
    """The program file of a browser that runs, fetched where none is installed; else NoBrowser."""
    browser = installed() or _playwrights() or _fetched_by_playwright() or _fetched_by_system()
    if browser is None:
        raise NoBrowser(MISSING)
    return browser


def installed() -> Path | None:
    """The first browser of the machine that runs."""
    on_path = (Path(found) for command in COMMANDS if (found := shutil.which(command)))
    return next(filter(runs, (*on_path, *map(Path, PLACES))), None)


def runs(program: Path) -> bool:
    """Whether it starts: a placeholder that only tells how to install a browser does not."""
    if not program.is_file():
        return False
    if sys.platform == "win32":  # asked for its version there, a browser opens a window
        return True
    return _done([str(program), "--version"], seconds=60)


def has_glyphs() -> bool:
    """Whether a font with Chinese glyphs is installed; true where the system cannot be asked."""
    if not shutil.which("fc-list"):
        return sys.platform != "linux"
    asked = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True, check=False)
    return bool(asked.stdout.strip())


def _playwrights() -> Path | None:
    with sync_playwright() as playwright:
        program = Path(playwright.chromium.executable_path)
    return program if runs(program) else None


def _fetched_by_playwright() -> Path | None:
    print("No browser is installed; fetching Playwright's Chromium", file=sys.stderr, flush=True)
    _done([sys.executable, "-m", "playwright", "install", "chromium"], seconds=600)
    return _playwrights()


def _fetched_by_system() -> Path | None:
    _apt_install("chromium", "fonts-noto-cjk")
    return installed()


def _apt_install(*packages: str) -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Installing", *packages, file=sys.stderr, flush=True)
        # What apt cannot do is for the reader's eyes: its errors go to the terminal.
        _done(["apt-get", "-qq", "update"], seconds=300, errors=None)
        install = ["apt-get", "-qq", "--yes", "install", *packages]
        _done(["env", "DEBIAN_FRONTEND=noninteractive", *install], seconds=900, errors=None)


def _done(command: list[str], seconds: int, errors: int | None = subprocess.DEVNULL) -> bool:
    try:
        ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=errors, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


def main() -> int:
    """Find or fetch the browser and the glyphs; the exit status is 1 where there is no browser."""
    try:
        browser = find()
    except NoBrowser as error:
        print(error, file=sys.stderr)
        return 1
    if not has_glyphs():
        _apt_install("fonts-noto-cjk")
    if not has_glyphs():
        print(NO_GLYPHS, file=sys.stderr)
    print(f"Browser for the tests: {browser}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
