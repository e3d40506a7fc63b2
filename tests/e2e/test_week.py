"""A week of a credit team in a real browser, in Chinese: alert, review, override, feedback, draft."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from riskcore import policy as policies
from riskcore.text import Words
from tests import reference
from tests.e2e.server import serving
from tests.e2e.test_main_job import handles, open_row

pytestmark = pytest.mark.browser

T = Words("zh")
POLICY = policies.load()
MANAGER, ANALYST, COLLEAGUE = "王敏", "李强", "陈静"
WHY = "订单充足，回款稳定，好于评分"
BEFORE, NOW = date.today() - timedelta(days=30), date.today()
FALLEN, LARGE = "宁波旻和粮油有限公司", "苏州峻信热电有限公司"
NEAR = [f"嘉兴澜正电子{number}厂" for number in range(1, 6)]  # a little below tier A
HEADINGS = ("客户编号", "客户名称", "信用评分", "平均逾期天数", "应收余额", "信用额度")


def scored(credit_score: int) -> int:
    """The score of a customer who pays on the day, worked out by hand."""
    found: int = reference.score_customer({"days_beyond_terms_12m": 0}, credit_score=credit_score)["score"]
    return found


def book_of(fallen: int) -> bytes:
    """A customer whose score is given, one with a large exposure, those near tier A, and others all along the scale."""
    near = max(score for score in range(600, 850) if scored(score) < POLICY.thresholds[0])
    rows = [(FALLEN, fallen, 3, 900_000), (LARGE, 610, 3, 5_000_000), *((name, near, 0, 50_000) for name in NEAR)]
    rows += [(f"常州榆维机械{number}厂", 480 + 10 * number, 3, 20_000) for number in range(30)]
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(HEADINGS)
    for number, (name, score, days, exposure) in enumerate(rows):
        lines.writerow((f"{number:04}", name, score, days, exposure, 2 * exposure))
    return out.getvalue().encode()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A fresh server without any book."""
    with serving(tmp_path) as url:
        yield url


def test_a_week_of_a_team(page: Page, address: str, screenshot: Callable[[str], Path]) -> None:
    def visit(path: str, **query: str) -> None:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        page.goto(f"{address}/{path}?lang=zh&book=own&{asked}")

    visit("import")
    take(page, BEFORE, book_of(fallen=760))
    page.get_by_role("button", name=T("imports.take", n=37)).click()
    page.get_by_text(T("imported.done", name=named(BEFORE), taken=37, aside=0)).wait_for()
    take(page, NOW, book_of(fallen=560))  # a known layout: nobody is asked

    page.get_by_role("button", name=T("imported.to_alerts", n=1)).click()
    page.get_by_text(T("alerts.open", n=1)).wait_for()
    open_row_beside_boxes(page, 0)
    page.get_by_role("heading", name=FALLEN, exact=True).wait_for()
    page.get_by_test_id("stMain").get_by_role("button", name=T("reviews.review_now")).first.click()

    page.get_by_text(T("reviews.step_sign")).wait_for()
    sign(page, page.get_by_test_id("stMain"), T("reviews.why"), ANALYST)
    page.get_by_role("button", name=T("reviews.save")).click()
    page.get_by_text(re.compile(re.escape(T("reviews.keep")) + ".*" + str(NOW.year))).first.wait_for()
    screenshot("week-review")

    find(page, visit, LARGE)
    page.get_by_role("button", name=T("overrides.ask")).click()
    form = page.get_by_test_id("stPopoverBody")
    best = POLICY.tier[0].code
    form.get_by_text(re.compile(f"{best}$")).first.click()
    form.get_by_role("combobox").click()
    page.get_by_role("option").first.click()
    sign(page, form, T("overrides.text"), ANALYST)
    form.get_by_role("button", name=T("overrides.confirm")).click()
    page.get_by_role("button", name=T("overrides.approve")).click()
    approve = page.get_by_test_id("stPopoverBody")
    approve.get_by_role("button", name=T("overrides.approve")).click()
    expect(approve.get_by_role("alert")).to_be_visible()  # nobody approves what they asked for
    fill(approve.get_by_label(T("drafts.person")), MANAGER)
    approve.get_by_role("button", name=T("overrides.approve")).click()
    page.get_by_text(T("overrides.done_approved")).wait_for()
    screenshot("week-override")

    for place, name in enumerate(NEAR):
        find(page, visit, name)
        page.get_by_test_id("stMain").get_by_text(T("feedback.too_low"), exact=True).click()
        sign(page, page.get_by_test_id("stMain"), T("feedback.because"), (ANALYST, COLLEAGUE)[place % 2])
        page.get_by_role("button", name=T("feedback.record")).click()
        page.get_by_text(T("feedback.recorded")).wait_for()
        expect(page.get_by_role("radio", name=T("feedback.too_low"))).not_to_be_checked()

    visit("feedback", part="patterns")
    page.get_by_text(T("feedback.found", n=1)).wait_for()
    fill(page.get_by_label(T("drafts.person")), MANAGER)
    page.get_by_role("button", name=T("feedback.draft")).first.click()
    page.get_by_role("button", name=T("feedback.open_line")).click()
    page.locator("[data-handle=A]").wait_for()
    assert handles(page)[0] < POLICY.thresholds[0]
    assert handles(page)[1] == POLICY.thresholds[1]
    screenshot("week-draft")


def named(day: date) -> str:
    return f"customers_{day}.csv"


def take(page: Page, day: date, content: bytes) -> None:
    """Drop a list whose name bears its day."""
    upload = {"name": named(day), "mimeType": "text/csv", "buffer": content}
    page.locator("input[type=file]").set_input_files(upload)
    page.get_by_text(named(day)).first.wait_for()


def fill(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Tab")


def sign(page: Page, form: Locator, why: str, who: str) -> None:
    """Write the reason and the name."""
    fill(form.get_by_label(why, exact=True), WHY)
    fill(form.get_by_label(T("drafts.person")), who)


def find(page: Page, visit: Callable[..., None], name: str) -> None:
    """Search a customer by name and open it."""
    visit("customers")
    field = page.get_by_label(T("customers.search"))
    field.fill(name)
    field.press("Enter")
    page.get_by_text(T("frame.rows_all", n=1)).wait_for()
    expect(page.get_by_test_id("stDataFrame").locator("[role=gridcell]").filter(has_text=name)).to_have_count(1)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    open_row(page, 0)
    page.get_by_role("heading", name=name, exact=True).wait_for()


def open_row_beside_boxes(page: Page, row: int) -> None:
    """Click a row of a table that has boxes to tick, where the customer's name is drawn."""
    page.get_by_test_id("stDataFrame").first.click(position={"x": 160, "y": 32 * (row + 1) + 18})
