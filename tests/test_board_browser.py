"""The board in a real browser: its counting against a plain count, its handles by mouse and by keyboard."""

import json
import random
import re

import numpy as np
import pandas as pd
import pytest

from pages.parts import board
from riskcore.text import Words

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><meta charset="utf-8"><div id="root" style="width: 1290px"></div>"""
MOUNT = """
window.api = { prepare, count, moves, parts, moneyWriter, countMoney, curve, bestStart, breakEven };
window.sent = [];
const root = document.getElementById("root").attachShadow({ mode: "open" });
const style = document.createElement("style");
style.textContent = window.css;
const host = document.createElement("div");
host.className = "board";
root.append(style, host);
window.show = (data) => mount({ data, parentElement: root, setTriggerValue: (_, value) => window.sent.push(value) });
"""
MEASURES = ["customers", "with_exposure", "exposure_cents", "past_due_cents"]


@pytest.fixture
def page(browser):
    page = browser.new_page(viewport={"width": 1330, "height": 700}, reduced_motion="reduce")
    errors = []
    page.on("pageerror", lambda error: errors.extend([error]))
    page.set_content(PAGE)
    css = (board._FOLDER / "board.css").read_text("utf-8")
    page.evaluate("css => { window.css = css; }", css)
    page.add_script_tag(type="module", content=board.script() + MOUNT)
    page.wait_for_function("Boolean(window.show)")
    yield page
    page.close()
    assert not errors


def book(seed, tiers, customers=900):
    """Random customers as the cube's rows of one: bounds, missing scores, credits, edges of the scale."""
    rng = np.random.default_rng(seed)
    score = rng.choice([300.0, 599, 600, 601, 850, *range(420, 780)], customers)
    score[rng.random(customers) < 0.05] = np.nan
    best = np.where(rng.random(customers) < 0.3, rng.integers(0, tiers, customers), 0)
    worst = np.where(rng.random(customers) < 0.1, best, tiers - 1)
    known = rng.random(customers) < 0.9
    exposure = np.where(known, rng.integers(-50_000_00, 900_000_00, customers), 0)
    return pd.DataFrame(
        {
            "segment": rng.choice(["Steel", "Retail", "Other"], customers),
            "score": score,
            "best": best,
            "worst": worst,
            "little_known": rng.random(customers) < 0.1,
            "customers": 1,
            "with_exposure": known.astype(int),
            "exposure_cents": exposure,
            "past_due_cents": np.where(rng.random(customers) < 0.2, abs(exposure) // 3, 0),
        }
    )


def cube(rows, *by):
    grouped = rows.groupby([*by, "score", "best", "worst", "little_known"], dropna=False)[MEASURES].sum().reset_index()
    return {name: grouped[name].to_numpy() for name in grouped}


def payload(rows, in_force, thresholds, lang="en", **extra):
    colours = {"light": "#2E64B0", "dark": "#6AA3E6", "ink_light": "#FFF", "ink_dark": "#000"}
    tiers = [{"code": code, "name": f"Tier {code}", **colours} for code in "ABCDEFG"[: len(in_force) + 1]]
    split = cube(rows, "segment")
    split["place"] = pd.factorize(split["segment"])[0]
    return board.payload(
        cube(rows), split, tiers, in_force, thresholds, lang=lang, t=Words(lang), currency="CNY", **extra
    )


def tier_of(score, thresholds):
    """The tier by the score alone: the first whose minimum is reached, the last without a score."""
    reached = [k for k, minimum in enumerate(thresholds) if score >= minimum]
    return reached[0] if reached else len(thresholds)


def final_tier(row, thresholds):
    tier = tier_of(row.score, thresholds)
    return tier if np.isnan(row.score) else min(max(tier, row.best), row.worst)


def plain_count(rows, thresholds):
    """The same numbers customer by customer."""
    tiers = [dict.fromkeys([*MEASURES, "held", "little_known"], 0) for _ in range(len(thresholds) + 1)]
    for row in rows.itertuples():
        final = final_tier(row, thresholds)
        for measure in MEASURES:
            tiers[final][measure] += getattr(row, measure)
        tiers[final]["little_known"] += int(row.little_known)
        tiers[final]["held"] += final != tier_of(row.score, thresholds)
    return [{name.removesuffix("_cents"): int(value) for name, value in tier.items()} for tier in tiers]


def some_thresholds(rng, tiers):
    return sorted(rng.sample([301, 850, *range(560, 740)], tiers - 1), reverse=True)


@pytest.mark.parametrize("tiers", [2, 3, 5, 7])
def test_counting_equals_a_plain_count_of_customers(page, tiers):
    rng = random.Random(tiers)
    rows = book(tiers, tiers)
    in_force = some_thresholds(rng, tiers)
    packed = payload(rows, in_force, in_force)
    page.evaluate("data => { window.cube = api.prepare(data); }", packed)
    before = [final_tier(row, in_force) for row in rows.itertuples()]
    for _ in range(8):
        thresholds = some_thresholds(rng, tiers)
        counted = page.evaluate("t => api.count(cube, t)", thresholds)
        assert counted["tiers"] == plain_count(rows, thresholds)
        for name, counts in zip(packed["segments"]["names"], counted["segments"], strict=True):
            part = rows[rows["segment"] == name]
            assert counts == [tier["customers"] for tier in plain_count(part, thresholds)]
        stretches = page.evaluate("([t, f]) => api.moves(cube, t, f)", [thresholds, in_force])
        now = [final_tier(row, thresholds) for row in rows.itertuples()]
        for better in (True, False):
            moved = sum((n < b) if better else (n > b) for n, b in zip(now, before, strict=True))
            assert sum(s["customers"] for s in stretches if s["better"] is better) == moved
        assert len(stretches) < tiers


@pytest.mark.parametrize("whole", [100, 1000])
def test_parts_always_add_up(page, whole):
    rng = random.Random(whole)
    for _ in range(50):
        values = [rng.randrange(0, 40) for _ in range(rng.randint(2, 7))]
        if sum(values):
            shared = page.evaluate("([v, w]) => api.parts(v, w)", [values, whole])
            assert sum(shared) == whole
            assert all(abs(s - v * whole / sum(values)) < 1 for s, v in zip(shared, values, strict=True))
    assert page.evaluate("api.parts([0, 0], 100)") == [None, None]


@pytest.mark.parametrize(
    ("lang", "money", "written"),
    [
        ("en", [131_640_000_00, 200_000_000_00], ["¥131.6M", "+131.6M"]),
        ("zh", [131_640_000_00, 200_000_000_00], ["¥1.32亿", "+1.32亿"]),
        ("en", [-914_000_00, 500_000_00], ["−¥914K", "−914K"]),
        ("en", [61_400_00, 50_000_00], ["¥61.4K", "+61.4K"]),
        ("zh", [-9_640_000_00, 5_000_000_00], ["−¥964万", "−964万"]),
        ("zh", [-17_000_000_00, 200_000_000_00], ["−¥0.17亿", "−0.17亿"]),
        ("en", [300_00, 200_000_000_00], ["¥300", "+300"]),
        ("en", [0, 200_000_000_00], ["¥0.0M", "±0"]),
        ("zh", [1_234_567_00, 99_00], ["¥1,234,567", "+1,234,567"]),
    ],
)
def test_money_is_compact_in_the_unit_of_its_column(page, lang, money, written):
    texts = payload(book(1, 3), [700, 600], [700, 600], lang)["texts"]
    script = "([l, t, m]) => { const w = api.moneyWriter(l, 'CNY', t); return [w.value(...m), w.change(...m)]; }"
    assert page.evaluate(script, [lang, texts, money]) == written


def read(page, measure):
    return {
        node.get_attribute("data-tier"): node.get_attribute("data-value")
        for node in page.locator(f".cards [data-measure={measure}]").all()
    }


def drag(page, code, pixels, drop=True):
    box = page.locator(f"[data-handle={code}]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + pixels / 2, y)
    page.mouse.move(x + pixels, y + 30)
    if drop:
        page.mouse.up()


def now(page):
    return [int(page.locator(f"[data-handle={c}]").get_attribute("aria-valuenow")) for c in "AB"]


def test_cards_and_bars_follow_a_drag_and_one_commit_follows_the_release(page):
    rows = book(5, 3)
    page.evaluate("data => show(data)", payload(rows, [700, 600], [700, 600]))
    drag(page, "A", -80, drop=False)
    thresholds = now(page)
    assert thresholds[0] < 680 and thresholds[1] == 600
    assert page.evaluate("sent") == []
    expected = plain_count(rows, thresholds)
    before = plain_count(rows, [700, 600])
    for measure in ("customers", "exposure", "past_due", "held"):
        assert read(page, measure) == {c: str(t[measure]) for c, t in zip("ABC", expected, strict=True)}
    for measure in ("customers", "exposure"):
        changes = {c: str(t[measure] - b[measure]) for c, t, b in zip("ABC", expected, before, strict=True)}
        assert read(page, f"change_{measure}") == changes
    assert read(page, "little_known") == {"C": str(expected[2]["little_known"])}
    assert page.locator(".cards [data-tier=A][data-measure=customers]").inner_text() == str(expected[0]["customers"])
    steel = page.locator('[data-segment="Steel"][data-tier=A]').get_attribute("data-value")
    assert int(steel) == plain_count(rows[rows["segment"] == "Steel"], thresholds)[0]["customers"]
    tenths = [
        round(float(text.removesuffix("%")) * 10) for text in page.locator("[data-measure=share]").all_inner_texts()
    ]
    assert sum(tenths) == 1000
    page.mouse.up()
    assert page.evaluate("sent") == [thresholds]
    assert str(expected[0]["customers"]) in page.locator("[role=status]").inner_text()


def test_handles_never_cross_and_stay_on_the_scale(page):
    page.evaluate("data => show(data)", payload(book(6, 3), [700, 600], [700, 600]))
    drag(page, "A", -900)
    assert now(page) == [601, 600]
    drag(page, "B", -900)
    drag(page, "A", 900)
    assert now(page) == [850, 301]
    drag(page, "B", 900)
    assert now(page) == [850, 849]
    drag(page, "B", -150)  # two handles a point apart can still be told apart
    assert now(page)[0] == 850 and now(page)[1] < 800


def test_a_click_without_a_move_and_an_escaped_drag_commit_nothing(page):
    page.evaluate("data => show(data)", payload(book(6, 3), [700, 600], [700, 600]))
    drag(page, "B", 0)
    drag(page, "B", 60, drop=False)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert now(page) == [700, 600]
    assert page.evaluate("sent") == []


def test_keys_move_by_one_and_ten_and_commit_once_after_a_pause(page):
    page.evaluate("data => show(data)", payload(book(7, 3), [700, 600], [700, 600], "zh"))
    handle = page.locator("[data-handle=B]")
    handle.focus()
    for key in ("ArrowRight", "ArrowUp", "PageUp", "Shift+ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    assert now(page) == [700, 601]
    assert page.evaluate("sent") == []
    page.wait_for_function("sent.length === 1")
    page.keyboard.press("End")
    assert now(page) == [700, 699]
    page.keyboard.press("Home")
    assert now(page) == [700, 301]
    customers = read(page, "customers")["B"]
    assert handle.get_attribute("aria-valuetext") == f"301 分，B级 {customers} 家客户"
    page.wait_for_function("sent.length === 2")
    assert page.evaluate("sent") == [[700, 601], [700, 301]]


def test_thresholds_from_python_are_followed_and_never_disturb_a_drag(page):
    rows = book(8, 3)
    send = "data => show(data)"
    page.evaluate(send, payload(rows, [700, 600], [700, 600]))
    page.evaluate(send, payload(rows, [700, 600], [650, 560]))
    assert now(page) == [650, 560]
    drag(page, "A", 30, drop=False)
    held = now(page)
    page.evaluate(send, payload(rows, [700, 600], [800, 500], "zh"))
    assert now(page) == held
    page.mouse.up()
    assert page.evaluate("sent") == [held]
    assert "客户" in page.locator(".cards").inner_text()  # the other language waited for the release
    page.evaluate(send, payload(rows, [700, 600], [700, 600], "zh"))
    assert now(page) == [700, 600]


def test_a_late_echo_of_an_earlier_commit_does_not_take_back_a_newer_move(page):
    rows = book(9, 3)
    page.evaluate("data => show(data)", payload(rows, [700, 600], [700, 600]))
    drag(page, "A", 30)
    first = now(page)
    drag(page, "A", 30)
    second = now(page)
    page.evaluate("data => show(data)", payload(rows, [700, 600], first))
    assert now(page) == second
    page.evaluate("data => show(data)", payload(rows, [700, 600], second))
    page.evaluate("data => show(data)", payload(rows, [700, 600], first))
    assert now(page) == first  # undone on purpose, after everything was answered


def test_names_are_shown_letter_by_letter(page):
    name = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"
    page.evaluate("data => show(data)", payload(book(10, 3), [700, 600], [700, 600], names={"Steel": name}))
    assert page.locator(".segment .name", has_text="onerror").inner_text() == name
    assert page.evaluate("window.hit") is None


def test_without_exposure_a_dash_stands_for_money_and_nothing_is_invented(page):
    rows = book(11, 3).assign(with_exposure=0, exposure_cents=0, past_due_cents=0)
    page.evaluate("data => show(data)", payload(rows, [700, 600], [680, 600]))
    assert page.locator("[data-measure=exposure]").all_inner_texts() == ["–"] * 3
    assert not re.search(r"NaN|null|undefined|¥", page.locator(".board").inner_text())


def test_an_empty_book_is_drawn(page):
    rows = book(12, 3).head(0)
    page.evaluate("data => show(data)", json.loads(json.dumps(payload(rows, [700, 600], [700, 600]))))
    assert read(page, "customers") == {"A": "0", "B": "0", "C": "0"}
    assert not re.search(r"NaN|null|undefined", page.locator(".board").inner_text())
