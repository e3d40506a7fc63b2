"""The first page that a fresh server is asked for."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from riskcore import book
from riskcore.text import Words
from tests.e2e.server import serving

pytestmark = pytest.mark.browser


def test_the_first_deep_link_is_in_its_language_at_once(page: Page, tmp_path: Path) -> None:
    book.make_sample(tmp_path / "sample.duckdb", 60)
    with serving(tmp_path) as address:
        page.goto(f"{address}/customers?lang=zh&book=sample")
        title = page.locator("h1").first
        title.wait_for()
        assert title.inner_text() == Words("zh")("customers.title")
        page.get_by_text("60 家客户").wait_for()
        assert page.get_by_role("dialog").count() == 0  # such as "Page not found"
        assert "lang=zh" in page.url
