"""Assessing one customer by hand in a browser, and the way from a reason to the invoices behind it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from riskcore.text import Words
from tests.e2e.server import serving
from tests.test_customer_page import make_book

pytestmark = pytest.mark.browser
T = Words("en")


def is_in_view(element: Locator) -> bool:
    """Whether the window shows the element's upper edge."""
    return bool(element.evaluate("e => { const y = e.getBoundingClientRect().top; return 0 <= y && y < innerHeight }"))


def test_the_result_follows_each_entry_and_leads_to_the_customer(
    page: Page, tmp_path: Path, screenshot: Callable[[str], Path]
) -> None:
    make_book(tmp_path / "book.duckdb")
    with serving(tmp_path) as address:
        page.goto(f"{address}/assess?lang=en&book=own")
        result = page.locator(".st-key-assess_result")
        expect(result).to_contain_text("511", timeout=30_000)  # the server has just begun
        page.get_by_label(T("fields.customer_name")).fill("New Ore Ltd")
        page.get_by_label(T("fields.quick_ratio")).fill("1.5")
        page.get_by_label(T("fields.liabilities_to_assets_pct")).fill("forty")
        page.get_by_label(T("fields.interest_coverage")).fill("7")
        expect(page.get_by_text(T("problems.not_a_number"))).to_be_visible()
        expect(result).not_to_contain_text("511", timeout=15_000)
        page.get_by_label(T("fields.liabilities_to_assets_pct")).fill("40%")
        page.get_by_label(T("fields.return_on_assets_pct")).click()
        expect(page.get_by_text(T("problems.not_a_number"))).to_have_count(0)
        page.get_by_text(T("fields.s4")).scroll_into_view_if_needed()
        assert is_in_view(result)  # beside the last of the form, too
        screenshot("assess")
        page.get_by_label(T("drafts.person")).fill("Ada")
        page.get_by_role("button", name=T("assess.save")).click()
        expect(page.locator("h1")).to_have_text("New Ore Ltd")
        assert "customer=4" in page.url

        page.goto(f"{address}/customer?lang=en&book=own&customer=1")
        heading = page.get_by_role("heading", name=T("customer.invoices.title"))
        heading.wait_for()
        assert not is_in_view(heading)
        page.get_by_role("link", name=re.compile("late")).first.click()
        page.wait_for_function(
            "scrollY > 0 || document.querySelector('#invoices').getBoundingClientRect().top < innerHeight"
        )
        assert is_in_view(heading)
        assert len(page.context.pages) == 1
        page.evaluate("document.querySelector('h1').scrollIntoView()")
        page.locator(".js-plotly-plot a tspan").first.click()
        page.wait_for_function("document.querySelector('#invoices').getBoundingClientRect().top < innerHeight")
        assert is_in_view(heading)
        assert len(page.context.pages) == 1
