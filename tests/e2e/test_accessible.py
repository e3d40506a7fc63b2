"""What anybody can use: the rules of axe-core on every page in both themes, and the language that a reader is told."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from riskcore.text import Words

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
PAGES = {
    "overview": "",
    "thresholds": "thresholds?t=690-620&pin=5",
    "presented": "thresholds?t=690-620&present=1&embed=true&embed_options=dark_theme",
    "customers": "customers",
    "customer": "customer?customer=5",
    "alerts": "todo?part=alerts",
    "reviews": "todo?part=reviews",
    "disagreement": "todo?part=disagreement",
    "schedule": "todo?part=schedule",
    "review": "review?customer=5",
    "limits": "limits",
    "decisions": "decisions",
    "assess": "assess",
    "monitoring": "monitoring",
    "training": "training",
    "overrides": "feedback?part=overrides",
    "patterns": "feedback?part=patterns",
    "imports": "import",
}


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_breaks_no_rule(browser: Browser, server: str, name: str, scheme: Any) -> None:
    lang = "zh" if scheme == "dark" else "en"
    path = PAGES[name]
    page = browser.new_context(viewport={"width": 1280, "height": 1400}, color_scheme=scheme).new_page()
    page.goto(f"{server}/{path}{'&' if '?' in path else '?'}lang={lang}&book=sample")
    expect(page.locator("h1")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(Words(lang)("frame.sample")).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)  # charts and tables draw after the network is quiet
    found = Axe().run(page, options=RULES).response
    assert len(found["passes"]) > 15, "the page was not there to be judged"
    assert [(rule["id"], rule["help"], rule["nodes"][0]["html"][:200]) for rule in found["violations"]] == []
    expect(page.locator("html")).to_have_attribute("lang", {"zh": "zh-CN", "en": "en"}[lang])
    page.context.close()
