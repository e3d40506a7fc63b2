"""The browser and the server that the other tests stand on."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.e2e import browser
from tests.e2e.server import TOP, free_port, serving

pytestmark = pytest.mark.browser

GLYPHS_DIFFER = """() => {
  const draw = text => {
    const canvas = document.createElement('canvas');
    const context = canvas.getContext('2d');
    context.font = '40px sans-serif';
    context.fillText(text, 20, 60);
    return canvas.toDataURL();
  };
  return draw('客') !== draw('户');
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with the project's settings and one line of text."""
    home = tmp_path_factory.mktemp("server")
    app = home / "line.py"
    app.write_text("import streamlit as st\nst.title('客户 Customers')\n", "utf-8")
    with serving(home, str(app)) as url:
        yield url


def put_program(folder: Path, name: str, status: int) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\nexit {status}\n")
    program.chmod(0o755)
    return program


def test_a_placeholder_that_does_not_start_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "PLACES", ())
    put_program(tmp_path, "chromium", status=1)
    assert browser.installed() is None
    chrome = put_program(tmp_path, "google-chrome", status=0)
    assert browser.installed() == chrome


def test_no_browser_is_a_failure_with_a_sentence(tmp_path: Path) -> None:
    nowhere = {
        "PATH": str(tmp_path),
        "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path / "browsers"),
        "PLAYWRIGHT_DOWNLOAD_HOST": f"http://127.0.0.1:{free_port()}",
    }
    script = "import sys; from tests.e2e import browser; browser.PLACES = (); sys.exit(browser.main())"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=TOP,
        env={**os.environ, **nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.rstrip().endswith(browser.MISSING)


def test_chinese_is_drawn_as_glyphs_and_not_as_boxes(page: Page) -> None:
    assert page.evaluate(GLYPHS_DIFFER)


def test_the_page_has_the_colours_and_sizes_of_the_theme(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(address)
    title = page.get_by_role("heading", name="客户 Customers")
    title.wait_for()
    assert title.evaluate("e => getComputedStyle(e).color") == "rgb(20, 24, 31)"
    assert title.evaluate("e => getComputedStyle(e).fontSize") == "26.25px"
    page.emulate_media(color_scheme="dark")
    page.reload()
    title.wait_for()
    assert title.evaluate("e => getComputedStyle(e).color") == "rgb(232, 235, 240)"


def test_the_server_answers_on_this_machines_own_address_only(address: str) -> None:
    port = int(address.rsplit(":", 1)[1])
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
    with pytest.raises(OSError, match=r".+"):  # a server on every address answers here too
        socket.create_connection(("127.0.0.2", port), timeout=5)
