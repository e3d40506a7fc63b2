"""The main job in a real browser: from a file made on the spot to a customer who moves when a threshold is dragged."""

import csv
import io
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from riskcore import policy as policies
from riskcore.text import Words
from tests import reference
from tests.e2e.server import serving

pytestmark = pytest.mark.browser

EN = (
    "customer_id",
    "name",
    "industry",
    "annual_revenue",
    "credit_score",
    "debt_ratio",
    "avg_days_late",
    "years_in_business",
    "outstanding_balance",
    "credit_limit",
)
ZH = (
    "客户编号",
    "客户名称",
    "行业",
    "年营业收入",
    "信用评分",
    "资产负债率",
    "平均逾期天数",
    "成立年限",
    "应收余额",
    "信用额度",
)
SCRIPT = "<script>window.__xss = 1</script><img src=x onerror='window.__xss = 1'>"
FILE = "<b>book *1*.csv"
FORMULA = "=cmd()|' /C calc'!A0"
LOCAL = ("data", "blob")  # addresses of what the page holds already
NAMES = {"en": "Harbour Timber & Co", "zh": "宁波海丰木业有限公司𠮷"}
SECTIONS = {"en": ("Manufacturing", "Construction"), "zh": ("制造业", "建筑业")}


@dataclass(frozen=True)
class Customer:
    """One row of the file."""

    customer_id: str
    name: str
    industry: str
    credit_score: int
    debt_ratio: float
    days_late: int
    years: int
    balance: int

    def scored(self) -> tuple[int, str]:
        """The score and the best tier that rules allow, worked out by hand."""
        section = next(i for i in policies.load().industry if self.industry in (i.name.zh, i.name.en, *i.words))
        values = {
            "liabilities_to_assets_pct": round(100 * self.debt_ratio, 6),
            "days_beyond_terms_12m": self.days_late,
            "years_since_incorporation": self.years,
            "industry_risk_grade": section.grade,
            "industry_outlook": section.outlook,
        }
        card = reference.score_customer(values, credit_score=self.credit_score)
        fired = reference.rules_reference(values, filled=card["filled"], exposure=self.balance)
        return card["score"], reference.best_allowed(fired)

    def tier(self, thresholds: tuple[int, ...]) -> str:
        """The final tier at these thresholds."""
        score, best = self.scored()
        return reference.clamp(reference.tier_of(score, thresholds), best)


def book_of(lang: str) -> list[Customer]:
    """Sixty customers; the two with the largest balances carry hostile names and stand just below tier A."""
    pick = random.Random(f"book {lang}")

    def someone(number: int, name: str, balance: int) -> Customer:
        return Customer(
            customer_id=f"{number:05}",
            name=name,
            industry=pick.choice(SECTIONS[lang]),
            credit_score=pick.randint(480, 800),
            debt_ratio=pick.choice([0.35, 0.48, 0.57, 0.62, 0.81, 1.06]),
            days_late=pick.choice([0, 3, 12, 25, 44]),
            years=pick.randint(1, 25),
            balance=balance,
        )

    def just_below_a(number: int, name: str, balance: int) -> Customer:
        while True:
            found = someone(number, name, balance)
            score, best = found.scored()
            if 690 <= score < 700 and best == "A":
                return found

    rows = [just_below_a(1, SCRIPT, 9_400_000), just_below_a(2, FORMULA, 8_800_000)]
    rows += [someone(n, f"{NAMES[lang]} {n}", pick.randint(-2, 60) * 10_000) for n in range(3, 61)]
    pick.shuffle(rows)
    return rows


def file_of(customers: Sequence[Customer], headings: Sequence[str], encoding: str) -> bytes:
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(headings)
    for c in customers:
        facts = (c.credit_score, c.debt_ratio, c.days_late, c.years, c.balance, 2 * abs(c.balance))
        rows.writerow([c.customer_id, c.name, c.industry, 3_000_000, *facts])
    return out.getvalue().encode(encoding)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A fresh server without any book."""
    with serving(tmp_path) as url:
        yield url


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Every address that the browser asks for, sockets too; no script may fail or run that is not ours."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.on("websocket", lambda socket: urls.append(socket.url))
    page.on("dialog", lambda dialog: urls.append(f"dialog:{dialog.message}"))
    return urls


def handles(page: Page) -> tuple[int, ...]:
    return tuple(int(page.locator(f"[data-handle={c}]").get_attribute("aria-valuenow") or 0) for c in "AB")


def cards(page: Page, measure: str) -> dict[str, int]:
    nodes = page.locator(f".cards [data-measure={measure}]").all()
    return {str(n.get_attribute("data-tier")): int(n.get_attribute("data-value") or 0) for n in nodes}


def cells(page: Page, table: int = 0) -> list[str]:
    """The texts of a table that is drawn on a canvas, as its accessibility tree has them."""
    return page.get_by_test_id("stDataFrame").nth(table).locator("[role=gridcell]").all_text_contents()


@pytest.mark.parametrize(("lang", "headings", "encoding"), [("en", EN, "utf-8"), ("zh", ZH, "gb18030")])
def test_a_file_becomes_a_meeting(
    page: Page,
    address: str,
    asked: list[str],
    screenshot: Callable[[str], Path],
    lang: str,
    headings: Sequence[str],
    encoding: str,
) -> None:
    t = Words(lang)
    customers = book_of(lang)
    page.goto(f"{address}/import?lang={lang}&book=own")
    page.locator("input[type=file]").set_input_files(
        {"name": FILE, "mimeType": "text/csv", "buffer": file_of(customers, headings, encoding)}
    )
    page.get_by_text(FILE).first.wait_for()
    page.get_by_text(t("imports.answer_first")).wait_for()
    page.get_by_text(t("questions.percent_times_100")).click()
    page.get_by_role("button", name=t("imports.take", n=60)).click()
    page.get_by_text(t("imported.done", name=FILE, taken=60, aside=0)).wait_for()
    page.get_by_role("link", name=t("imported.to_thresholds")).click()

    page.locator("[data-handle=A]").wait_for()
    assert handles(page) == (700, 600)
    agree(page, customers, (700, 600))
    thresholds = drag(page, "A", -60)
    assert 600 < thresholds[0] < 690
    agree(page, customers, thresholds)
    movers = sorted(
        (c for c in customers if c.tier(thresholds) != c.tier((700, 600))), key=lambda c: (-c.balance, c.customer_id)
    )
    page.get_by_text(t("thresholds.movers_note", n=len(movers))).wait_for()
    assert [c.name for c in movers[:2]] == [SCRIPT, FORMULA]
    expect(page.get_by_test_id("stDataFrame").locator("[role=gridcell]").first).to_have_text(SCRIPT)
    shown = cells(page)
    assert FORMULA in shown
    assert str(movers[0].scored()[0]) in shown

    with page.expect_download() as download:
        page.get_by_role("button", name=t("exports.csv")).first.click()
    rows = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert len(rows) == 1 + len(movers)
    assert SCRIPT in rows[1]
    assert f"'{FORMULA}" in rows[2]  # no spreadsheet takes it for a formula

    page.wait_for_url(re.compile(f"t={thresholds[0]}-{thresholds[1]}"))
    page.reload()
    page.get_by_text(t("thresholds.movers_note", n=len(movers))).wait_for()
    page.locator("[data-handle=A]").wait_for()
    assert handles(page) == thresholds
    agree(page, customers, thresholds)

    open_row(page, 1)
    page.get_by_role("heading", name=FORMULA, exact=True).wait_for()
    page.go_back()
    page.get_by_text(t("thresholds.movers_note", n=len(movers))).wait_for()
    open_row(page, 0)
    page.get_by_role("heading", name=SCRIPT, exact=True).wait_for()
    assert parse_qs(urlsplit(page.url).query)["customer"][0].isdecimal()
    expect(page.get_by_test_id("stHtml").filter(has_text=re.compile(r"^\d+$"))).to_have_text(str(movers[0].scored()[0]))
    page.get_by_role("link", name=t("overview.title"), exact=True).click()
    page.get_by_role("heading", name=t("overview.largest")).wait_for()
    expect(page.get_by_test_id("stDataFrame").first.locator("[role=gridcell]").nth(1)).to_have_text(SCRIPT)
    screenshot(f"main-job-{lang}")
    assert page.evaluate("window.__xss") is None
    foreign = {url for url in asked if urlsplit(url).hostname != "127.0.0.1" and urlsplit(url).scheme not in LOCAL}
    assert not foreign
    assert len(asked) > 20


def agree(page: Page, customers: Sequence[Customer], thresholds: tuple[int, ...]) -> None:
    """The cards against every customer worked out by hand."""
    of_tier = {code: [c for c in customers if c.tier(thresholds) == code] for code in "ABC"}
    assert cards(page, "customers") == {code: len(rows) for code, rows in of_tier.items()}
    assert cards(page, "exposure") == {code: 100 * sum(c.balance for c in rows) for code, rows in of_tier.items()}
    held = {
        code: sum(reference.tier_of(c.scored()[0], thresholds) != code for c in rows) for code, rows in of_tier.items()
    }
    assert cards(page, "held") == held


def drag(page: Page, code: str, pixels: int) -> tuple[int, ...]:
    """Drag a handle by the mouse; the thresholds where it was let go."""
    box = page.locator(f"[data-handle={code}]").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels / 2, y, steps=5)
    page.mouse.move(x + pixels, y, steps=5)
    page.mouse.up()
    return handles(page)


def open_row(page: Page, row: int) -> None:
    """Click a row of the first table where its name is drawn."""
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 60, "y": 32 * (row + 1) + 18})
