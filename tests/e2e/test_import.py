"""Importing in a real browser: two files at once, a question answered, taken in, looked up in the history, undone."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from riskcore.text import Words
from tests.e2e.server import serving

pytestmark = pytest.mark.browser

CUSTOMERS = "customer id,name,debt ratio,credit score\n" + "".join(
    f"Q{n},Quartz {n},0.{n + 40},{600 + n}\n" for n in range(9)
)
INVOICES = "invoice no,customer id,invoice date,due date,amount,paid date\n" + "".join(
    f"I{n},Q{n % 9},2026-0{n % 6 + 1}-05,2026-0{n % 6 + 2}-04,{1000 + n}.00,"
    f"{'' if n % 5 == 0 else f'2026-0{n % 6 + 2}-20'}\n"
    for n in range(24)
)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A fresh server without any book."""
    with serving(tmp_path) as url:
        yield url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_files_are_taken_in_together_and_one_is_undone(
    page: Page, address: str, screenshot: Callable[[str], Path], lang: str
) -> None:
    t = Words(lang)
    page.goto(f"{address}/import?lang={lang}&book=own")
    page.locator("input[type=file]").set_input_files(
        [
            {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
            for name, content in (("customers.csv", CUSTOMERS), ("invoices.csv", INVOICES))
        ]
    )
    button = page.locator(".st-key-main button")
    expect(button).to_have_text(t("imports.take_file"))
    page.get_by_text(t("questions.percent_times_100")).click()
    expect(button).to_have_text(t("imports.take_files", n=2))
    page.get_by_label(t("drafts.person"), exact=True).first.fill("Lin")
    button.click()
    page.get_by_text(t("imported.done_files", n=2, taken=33, aside=0)).wait_for()

    page.get_by_text(t("frame.rows_all", n=2)).wait_for()
    history = page.get_by_test_id("stDataFrame").last
    history.scroll_into_view_if_needed()
    history.click(position={"x": 60, "y": 32 + 18})  # the newest
    page.get_by_text(re.compile(r"invoices\.csv\s+" + t("kinds.invoices"))).wait_for()
    screenshot(f"import-history-{lang}")
    page.get_by_role("button", name=t("imports.undo")).last.click()
    expect(page.get_by_text(t("imports.undo_note", n=24)).first).to_be_visible()
    page.get_by_role("button", name=t("imports.undo_confirm"), exact=True).click()
    page.get_by_text(t("imports.undone_now", n=24)).wait_for()
    page.get_by_role("link", name=t("overview.title"), exact=True).click()
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("9")
    assert "Traceback" not in page.locator("body").inner_text()


def test_a_layout_that_is_known_needs_no_click(page: Page, address: str) -> None:
    t = Words("en")
    page.goto(f"{address}/import?lang=en&book=own")

    def drop(name: str, content: str) -> None:
        page.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
        )

    drop("first.csv", INVOICES)
    page.get_by_role("button", name=t("imports.take", n=24)).click()
    page.get_by_text(t("imported.done", name="first.csv", taken=24, aside=0)).wait_for()
    drop("second.csv", INVOICES.replace("I", "J"))
    page.get_by_text(t("imported.at_once")).wait_for()
    expect(page.get_by_role("button", name=t("imports.undo"))).to_be_visible()
    expect(page.locator(".st-key-main button")).to_have_count(0)
