"""The board's money, prices and pins in a real browser, against plain sums over single customers."""

import math
import random
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pages.parts import board
from riskcore import money
from riskcore.money import Assumptions
from riskcore.text import Words
from tests.test_board_browser import book, cube, drag, final_tier, now, page, some_thresholds

__all__ = ["page"]  # the fixture
pytestmark = pytest.mark.browser

LIMITS = ("tier_limit", "tier_limit_up", "tier_limit_down")
AMOUNTS = ["unused_cents", "sales_cents", "sales_late_cents"]
YEAR = ("exposure_on_terms", "margin_kept", "expected_loss", "cost_of_money", "money", "sales_prepaid")
FIGURES = (*YEAR, "limit", "limit_up", "limit_down", "expected_loss_today")
SCALE = {"anchor": 600, "odds": 19.0, "doubling": 50.0, "lowest": 300}


def wealthy(seed, tiers, customers=900):
    """The customers of `book` with sales, limits and defaults."""
    rng = np.random.default_rng(seed)
    rows = book(seed, tiers, customers)
    sales = np.where(rng.random(customers) < 0.8, rng.integers(0, 40_000_000_00, customers), 0)
    limits = rng.integers(0, 900_000, (customers, tiers)) * 100
    today = rng.integers(0, 900_000, customers) * 100
    ups = np.maximum(limits - today[:, None], 0)
    return rows.assign(
        in_default=rng.random(customers) < 0.05,
        unused_cents=rng.integers(0, 90_000_00, customers),
        sales_cents=sales,
        sales_late_cents=sales * rng.integers(0, 16, customers),
        **{f"tier_limit_{t}": limits[:, t] for t in range(tiers)},
        **{f"tier_limit_up_{t}": ups[:, t] for t in range(tiers)},
        **{f"tier_limit_down_{t}": np.maximum(today - limits[:, t], 0) for t in range(tiers)},
    )


def money_cube(rows, tiers):
    """The cube's cells, with default, amounts and a list of limits by tier."""
    keys = ["score", "best", "worst", "little_known", "in_default"]
    per_tier = [f"{name}_{t}" for name in LIMITS for t in range(tiers)]
    counted = ["customers", "with_exposure", "exposure_cents", "past_due_cents"]
    grouped = rows.groupby(keys, dropna=False)[[*counted, *AMOUNTS, *per_tier]].sum().reset_index()
    cells = {name: grouped[name].to_numpy() for name in [*keys, *counted, *AMOUNTS]}
    for name in LIMITS:
        lists = np.empty(len(grouped), dtype=object)
        lists[:] = list(grouped[[f"{name}_{t}" for t in range(tiers)]].to_numpy())
        cells[f"{name}_cents"] = lists
    return cells


def assumed(tiers, **changed: Any) -> dict[str, Any]:
    """Assumptions as the page gives them: terms fall from 90 days, the worst tier is prepaid."""
    terms = [90 - 60 * t // max(1, tiers - 2) for t in range(tiers - 1)] if tiers > 2 else [60]
    kept = [round(1 - 0.02 * t, 2) for t in range(tiers - 1)]
    return {
        **SCALE, "margin": 0.1, "lgd": 0.8, "ead": 0.5, "cost": 0.06, "kept": [*kept, 0.8], "terms": [*terms, 0],
        "prepaid": [False] * (tiers - 1) + [True], "uncertainty": 10.0, **changed,
    }  # fmt: skip


def payload(rows, in_force, thresholds, *, lang="en", **extra):
    tiers = len(in_force) + 1
    colours = {"light": "#2E64B0", "dark": "#6AA3E6", "ink_light": "#FFF", "ink_dark": "#000"}
    faces = [{"code": code, "name": f"Tier {code}", **colours} for code in "ABCDEFG"[:tiers]]
    split = cube(rows, "segment")
    split["place"] = pd.factorize(split["segment"])[0]
    extra = {"money": assumed(tiers)} | extra
    return board.payload(
        money_cube(rows, tiers), split, faces, in_force, thresholds, lang=lang, t=Words(lang), currency="CNY", **extra
    )


def plain_money(rows, thresholds, a):
    """The figures customer by customer, in whole units."""
    year = dict.fromkeys(FIGURES, 0.0)
    for row in rows.itertuples():
        # Without a score: the worst tier by score, within the bounds too.
        tier = min(max(len(thresholds), row.best), row.worst) if np.isnan(row.score) else final_tier(row, thresholds)
        score = a["lowest"] if np.isnan(row.score) else row.score
        pd_12m = 1.0 if row.in_default else 1 / (1 + a["odds"] * 2 ** ((score - a["anchor"]) / a["doubling"]))
        on_terms = 0 if a["prepaid"][tier] else (row.sales_cents * a["terms"][tier] + row.sales_late_cents) / 365
        year["exposure_on_terms"] += on_terms
        year["margin_kept"] += a["margin"] * row.sales_cents * a["kept"][tier]
        year["expected_loss"] += pd_12m * a["lgd"] * on_terms
        year["cost_of_money"] += a["cost"] * on_terms
        year["sales_prepaid"] += row.sales_cents if a["prepaid"][tier] else 0
        year["expected_loss_today"] += pd_12m * a["lgd"] * (row.exposure_cents + a["ead"] * row.unused_cents)
        for name in LIMITS:
            year[name.removeprefix("tier_")] += getattr(row, f"{name}_{tier}")
    year["money"] = year["margin_kept"] - year["expected_loss"] - year["cost_of_money"]
    return {name: value / 100 for name, value in year.items()}


def prepared(page, packed):
    page.evaluate("data => { window.cube = api.prepare(data); }", packed)


@pytest.mark.parametrize("tiers", [2, 3, 5, 7])
def test_money_equals_a_plain_sum_over_customers(page, tiers):
    rng = random.Random(tiers)
    rows, a = wealthy(tiers, tiers), assumed(tiers)
    in_force = some_thresholds(rng, tiers)
    prepared(page, payload(rows, in_force, in_force, money=a))
    for _ in range(6):
        thresholds = some_thresholds(rng, tiers)
        counted = page.evaluate("t => api.countMoney(cube.money, t)", thresholds)
        assert set(counted) == set(FIGURES)
        expected = plain_money(rows, thresholds, a)
        assert {name: counted[name] / 100 for name in FIGURES} == pytest.approx(expected, abs=1)


def allowed(thresholds, k):
    low = thresholds[k + 1] + 1 if k + 1 < len(thresholds) else 301
    high = thresholds[k - 1] - 1 if k else 850
    return range(low, high + 1)


def moved(thresholds, k, score):
    return [*thresholds[:k], score, *thresholds[k + 1 :]]


def by_place(rows, a):
    """Money of the whole book by thresholds, customer by customer, fast enough to try every place."""
    tiers = len(a["kept"])
    score = rows["score"].to_numpy()
    best, worst = rows["best"].to_numpy(), rows["worst"].to_numpy()
    sales, late = rows["sales_cents"].to_numpy(float), rows["sales_late_cents"].to_numpy(float)
    pds = 1 / (1 + a["odds"] * 2 ** ((np.where(np.isnan(score), a["lowest"], score) - a["anchor"]) / a["doubling"]))
    pds = np.where(rows["in_default"], 1, pds)

    def worth(tier):
        on_terms = 0 if a["prepaid"][tier] else (sales * a["terms"][tier] + late) / 365
        return a["margin"] * sales * a["kept"][tier] - (pds * a["lgd"] + a["cost"]) * on_terms

    worths = np.array([worth(tier) for tier in range(tiers)])

    def total(thresholds):
        reached = (np.where(np.isnan(score), -1, score)[:, None] < np.array(thresholds)).sum(axis=1)
        return float(worths[np.clip(reached, best, worst), np.arange(len(rows))].sum()) / 100

    return total


@pytest.mark.parametrize("tiers", [2, 3, 5, 7])
def test_a_curve_is_the_money_at_every_place_and_its_top_the_best_of_all(page, tiers):
    rng = random.Random(tiers)
    rows, a = wealthy(tiers + 20, tiers), assumed(tiers)
    thresholds = some_thresholds(rng, tiers)
    prepared(page, payload(rows, thresholds, thresholds, money=a))
    total = by_place(rows, a)
    assert total(thresholds) == pytest.approx(plain_money(rows, thresholds, a)["money"], abs=1)
    for k in range(tiers - 1):
        drawn = page.evaluate(
            "([t, k]) => api.curve(cube.money, t, k, api.countMoney(cube.money, t).money)", [thresholds, k]
        )
        places = allowed(thresholds, k)
        assert drawn["from"] == places[0]
        brute = [total(moved(thresholds, k, score)) for score in places]
        assert [value / 100 for value in drawn["values"]] == pytest.approx(brute, abs=1)
        top = int(np.argmax(drawn["values"]))
        assert brute[top] == pytest.approx(max(brute), abs=1)


@pytest.mark.parametrize(("tiers", "changed"), [(2, {}), (3, {}), (5, {}), (3, {"uncertainty": 25.5})])
def test_the_best_start_covers_what_brute_force_finds_for_each_share_kept(page, tiers, changed):
    rng = random.Random(tiers)
    rows, a = wealthy(tiers + 40, tiers), assumed(tiers, **changed)
    thresholds = some_thresholds(rng, tiers)
    prepared(page, payload(rows, thresholds, thresholds, money=a))
    for k in range(tiers - 1):
        places = allowed(thresholds, k)
        best = []
        for step in np.arange(-a["uncertainty"], a["uncertainty"] + 1e-9, 1):
            kept = [*a["kept"]]
            kept[k + 1] = min(1, max(0, kept[k + 1] + step / 100))
            brute = np.array([by_place(rows, a | {"kept": kept})(moved(thresholds, k, score)) for score in places])
            best += [places[int(i)] for i in np.flatnonzero(brute >= brute.max() - 0.01)]
        assert page.evaluate("([t, k]) => api.bestStart(cube.money, t, k)", [thresholds, k]) == {
            "first": min(best),
            "last": max(best),
        }


@pytest.mark.parametrize(("kept", "terms"), [(0.8, 60), (0.9, 60), (0.0, 60), (0.95, 60), (0.0, 30), (1.0, 45)])
def test_break_even_is_that_of_the_assumptions(page, kept, terms):
    a = assumed(3, kept=[1, 1, kept], terms=[90, terms, 0])
    found = page.evaluate("m => api.breakEven(m)", a)
    stated = Assumptions(10, 80, 50, 6, 10, (100, 100, kept * 100))
    pd_12m = money.break_even_pd(stated, 2, terms)
    assert (found["below"], found["pd"]) == (2, pytest.approx(pd_12m))
    if 0 < pd_12m < 1:
        assert 1 / (1 + 19 * math.pow(2, (found["score"] - 600) / 50)) == pytest.approx(pd_12m)
    else:
        assert found["score"] is None


def test_without_a_prepaid_tier_below_one_on_terms_there_is_no_break_even(page):
    for prepaid in ([False] * 3, [True] * 3):
        assert page.evaluate("m => api.breakEven(m)", assumed(3, prepaid=prepaid)) is None


def figures(page):
    return {n: int(page.locator(f".year [data-measure={n}]").get_attribute("data-value")) for n in FIGURES}


def test_the_panel_follows_a_drag_and_today_does_not(page):
    rows, a = wealthy(5, 3), assumed(3)
    page.evaluate("data => show(data)", payload(rows, [700, 600], [700, 600]))
    before = figures(page)
    drag(page, "B", -60, drop=False)
    thresholds = now(page)
    assert thresholds[1] < 580
    expected = plain_money(rows, thresholds, a)
    assert figures(page) == pytest.approx(expected, abs=1)
    assert figures(page)["expected_loss_today"] == before["expected_loss_today"]
    assert figures(page)["sales_prepaid"] < before["sales_prepaid"]
    for name in (*YEAR, "limit", "limit_up", "limit_down"):
        change = int(page.locator(f"[data-measure=change_{name}]").get_attribute("data-value"))
        assert change == figures(page)[name] - before[name]
    page.mouse.up()
    assert page.locator(".year [data-measure=money]").inner_text() in page.locator("[role=status]").inner_text()
    said = page.locator("[data-handle=B]").get_attribute("aria-valuetext")
    assert said.endswith(" remain")
    value = page.locator(".year [data-measure=sales_prepaid]")
    value.hover()
    assert value.get_attribute("title") == f"CNY {figures(page)['sales_prepaid']:,}"


def test_assumptions_and_both_figures_are_named_in_both_languages(page):
    for lang in ("en", "zh"):
        page.evaluate("data => show(data)", payload(wealthy(6, 3), [700, 600], [690, 610], lang=lang))
        t, panel = Words(lang), page.locator(".year").inner_text()
        for key in ("money_today", "note_expected_loss_today", "money_year", *(f"figure_{name}" for name in FIGURES)):
            assert t(f"board.{key}") in panel
        for share in ("10%", "80%", "6%", "98%"):
            assert share in panel
        assert t("board.price_caption", points=10) in page.locator(".price").inner_text()
        assert not re.search(r"NaN|null|undefined|\{", page.locator(".board").inner_text())


@pytest.mark.parametrize(("kept", "key"), [(1.0, "even_never"), (0.0, "even_always"), (0.8, "even_at")])
def test_break_even_is_said_in_words(page, kept, key):
    a = assumed(3, kept=[1, 1, kept], terms=[60, 20, 0])
    page.evaluate("data => show(data)", payload(wealthy(7, 3), [700, 600], [700, 600], money=a))
    words = Words("en")(f"board.{key}", code="C", score=0, pd=0).split(":")
    picture = page.locator(".price svg")
    for said in (picture.text_content(), picture.get_attribute("aria-label")):
        assert words[0] in said
        assert (words[1] in said) is (key != "even_at")


def test_without_sales_nothing_is_priced_and_dashes_stand_for_money(page):
    rows = wealthy(8, 3).assign(sales_cents=0, sales_late_cents=0, with_exposure=0, exposure_cents=0)
    page.evaluate("data => show(data)", payload(rows, [700, 600], [680, 600]))
    assert page.locator(".price").count() == 0
    for name in (*YEAR, "expected_loss_today"):
        assert page.locator(f".year [data-measure={name}]").inner_text() == "–"
    assert page.locator(".year [data-measure=limit]").inner_text().startswith("¥")
    page.evaluate("data => show(data)", payload(wealthy(8, 3).head(0), [700, 600], [680, 600]))
    assert not re.search(r"NaN|null|undefined", page.locator(".board").inner_text())


@pytest.mark.parametrize("tiers", [3, 5, 7])
def test_nothing_moves_up_or_down_under_a_hand(page, tiers):
    starts = [*range(700, 400, -40)][: tiers - 1]
    page.evaluate("data => show(data)", payload(wealthy(11, tiers), starts, starts, pins=PINS[:2]))
    tops = """() => [...root.shadowRoot.querySelectorAll(".card, .plot, .price, .year, .figure")]
      .map((e) => Math.round(e.getBoundingClientRect().top))"""
    before = page.evaluate(tops)
    drag(page, "ABCDEF"[tiers - 2], -400, drop=False)
    assert page.evaluate(tops) == before
    page.mouse.up()
    drag(page, "A", 200, drop=False)
    assert page.evaluate(tops) == before
    page.mouse.up()


def test_the_scale_of_the_prices_only_grows_under_a_hand(page):
    page.evaluate("data => show(data)", payload(wealthy(12, 3), [700, 600], [700, 600]))

    def ends():
        high, low = page.locator(".price text.quiet").all_text_contents()[:2]
        return [float(re.sub(r"[^\d.]", "", text)) for text in (low, high)]

    low, high = ends()
    drag(page, "B", 60, drop=False)
    box = page.locator("[data-handle=B]").bounding_box()
    for pixels in (-260, -140, 0, 20):
        page.mouse.move(box["x"] + pixels, box["y"] + 10)
        now_low, now_high = ends()
        assert now_low <= low and now_high >= high
        low, high = now_low, now_high
    page.mouse.up()
    assert page.evaluate("sent.length") == 1


PINS = [
    {"key": 1, "name": "<img src=x onerror='window.hit=1'>", "score": 690, "best": 0, "worst": 2},
    {"key": 2, "name": "宁波海辰新材料股份有限公司北方分公司", "score": 691, "best": 0, "worst": 2},
    {"key": 3, "name": "Held by a rule", "score": 845, "best": 1, "worst": 2},
    {"key": 4, "name": "Kept good", "score": 301, "best": 0, "worst": 1},
    {"key": 5, "name": "Nobody knows", "score": None, "best": 0, "worst": 2},
]


def letters(page):
    return {
        int(pin.get_attribute("data-pin")): (pin.get_attribute("data-tier"), pin.locator(".badge").inner_text())
        for pin in page.locator("[data-pin]").all()
    }


def test_pins_carry_the_letter_of_their_tier_and_follow_a_drag(page):
    page.evaluate("data => show(data)", payload(wealthy(9, 3), [700, 600], [700, 600], pins=PINS))
    assert letters(page) == {1: ("B", "B"), 2: ("B", "B"), 3: ("B", "B"), 4: ("B", "B"), 5: ("C", "–")}
    handle = page.locator("[data-handle=A]")
    handle.focus()
    for _ in range(9):
        handle.press("ArrowLeft")
    assert now(page) == [691, 600]
    assert letters(page)[1] == ("B", "B") and letters(page)[2] == ("A", "A")
    drag(page, "B", 150)
    assert now(page)[1] == 690
    handle.focus()
    handle.press("End")
    page.locator("[data-handle=B]").press("End")
    assert now(page) == [850, 849]
    assert {code for code, _ in letters(page).values()} == {"C", "B"}
    assert letters(page)[4] == ("B", "B") and letters(page)[3] == ("C", "C")


def test_pins_do_not_overlap_and_show_names_letter_by_letter(page):
    page.evaluate("data => show(data)", payload(wealthy(9, 3), [700, 600], [700, 600], pins=PINS))
    boxes = [pin.bounding_box() for pin in page.locator("[data-pin]").all()]
    plot = page.locator(".plot").bounding_box()
    assert len(boxes) == 5
    for i, one in enumerate(boxes):
        assert one["x"] >= plot["x"] and one["x"] + one["width"] <= plot["x"] + plot["width"] + 1
        assert one["y"] + one["height"] <= plot["y"] + plot["height"] + 1
        for other in boxes[i + 1 :]:
            beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
            assert beside or one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
    assert page.locator("[data-pin='1'] bdi").inner_text() == "<img src=x onerr…"
    assert page.locator("[data-pin='2'] bdi").inner_text() == "宁波海辰新材料股…"
    assert page.locator("[data-pin='2']").get_attribute("title") == PINS[1]["name"]
    assert PINS[1]["name"] in page.locator("[data-pin='2'] .spoken").inner_text()
    assert page.evaluate("window.hit") is None


@pytest.mark.parametrize("tiers", [2, 3, 5, 7])
@pytest.mark.parametrize("width", [1280, 1920])
def test_presented_nothing_is_small_and_nothing_leaves_its_place(page, tiers, width):
    rng = random.Random(tiers)
    in_force = sorted(rng.sample(range(420, 780, 20), tiers - 1), reverse=True)
    page.set_viewport_size({"width": width, "height": 1080})
    page.evaluate(f"document.documentElement.style.fontSize = '21px'; root.style.width = '{width - 80}px'")
    page.evaluate("data => show(data)", payload(wealthy(3, tiers), in_force, in_force, pins=PINS[:3], present=True))
    assert page.evaluate(SMALLEST) >= 20
    assert page.evaluate(OUTSIDE) == []
    side, plot = (page.locator(f".{name}").bounding_box() for name in ("side", "plot"))
    assert side["x"] > plot["x"] + plot["width"]  # two columns
    assert page.locator("input, button, select, a").count() == 0


SMALLEST = """() => Math.min(...[...document.querySelector("#root").shadowRoot.querySelectorAll(".board *")]
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
OUTSIDE = """() => {
  const board = document.querySelector("#root").shadowRoot.querySelector(".board");
  const { left, right } = board.getBoundingClientRect();
  const found = [];
  for (const e of board.querySelectorAll("*:not(.spoken)")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
    const range = document.createRange();
    range.selectNodeContents(e);
    const box = range.getBoundingClientRect();
    const { textOverflow, visibility } = getComputedStyle(e);
    if (!box.width || textOverflow === "ellipsis" || visibility !== "visible") continue;
    const card = e.closest(".card, .figure")?.getBoundingClientRect();
    const [from, to] = card ? [card.left, card.right] : [left, right];
    if (box.left < from - 1 || box.right > to + 1) {
      found.push(`${e.textContent}: ${box.left}-${box.right} of ${from}-${to}`);
    }
  }
  return found;
}"""
