"""What a table draws over the page while it is pointed at: no button, no field."""

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, expect

PAGES = {
    "thresholds": "thresholds?t=690-620",
    "customers": "customers",
    "alerts": "todo?part=alerts",
    "reviews": "todo?part=reviews",
    "limits": "limits",
}
CONTROLS = "button, input, textarea, [role=combobox]"


def placed(found: Locator) -> FloatRect:
    box = found.bounding_box()
    assert box
    return box


def meet(one: FloatRect, other: FloatRect) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_the_tools_of_a_table_cover_no_control(browser: Browser, server: str, name: str) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 2400}).new_page()
    page.goto(f"{server}/{PAGES[name]}{'&' if '?' in PAGES[name] else '?'}lang=zh&book=sample")
    tables = page.get_by_test_id("stDataFrame")
    expect(tables.last).to_be_visible(timeout=30_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)  # the tables below draw after the network is quiet
    assert tables.count()
    for table in tables.all():
        table.hover(position={"x": 200, "y": 60}, force=True)
        tools = table.get_by_test_id("stElementToolbar")
        expect(tools).to_have_css("opacity", "1")
        # A control inside the tools or the table itself is theirs.
        around = page.locator(f":is({CONTROLS}):visible:not([data-testid=stDataFrame] *)").all()
        assert around
        covered = [control.inner_text() for control in around if meet(placed(tools), placed(control))]
        assert covered == []
    page.context.close()
