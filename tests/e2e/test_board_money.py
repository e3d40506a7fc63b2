"""The money written on the board, at random thresholds: against the cube's sums and against every single customer."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from riskcore import book, features, money, portfolio, scoring, settings, strategy
from riskcore import policy as policies
from riskcore.portfolio import Assessed
from riskcore.store import Cursor, Store
from tests.e2e.test_board_agrees import by_keyboard, on_handles

pytestmark = pytest.mark.browser

PAIRS = 10
YEAR = ("exposure_on_terms", "margin_kept", "expected_loss", "cost_of_money", "money", "sales_prepaid")
FIGURES = (*YEAR, "limit", "limit_up", "limit_down", "expected_loss_today")
UNITS = {"": 1, "K": 1e3, "M": 1e6, "B": 1e9, "万": 1e4, "亿": 1e8, "万亿": 1e12}

# The formulas once more, customer by customer, without the cube.
EVERY_CUSTOMER = """
with known as (
  select coalesce(annual_sales, 0)::double as sales, late_days, coalesce(exposure, 0)::double as owed,
    coalesce(unused_limit, 0)::double as unused, coalesce(credit_limit, tier_limit[tier + 1])::double as limit_today,
    tier_limit[tier + 1]::double as recommended, $prepaid[tier + 1] as prepaid, $terms[tier + 1] as terms,
    $kept[tier + 1] as kept,
    if(in_default, 1, 1 / (1 + $odds * pow(2, (coalesce(score, $lowest) - $anchor) / $doubling))) as pd
  from customers
),
worth as (select *, if(prepaid, 0, sales / 365 * (terms + late_days)) as on_terms from known)
select sum(on_terms), sum($margin * sales * kept), sum(pd * $lgd * on_terms), sum($cost * on_terms),
  sum($margin * sales * kept - pd * $lgd * on_terms - $cost * on_terms), sum(if(prepaid, sales, 0)),
  sum(recommended), sum(greatest(recommended - limit_today, 0)), sum(greatest(limit_today - recommended, 0)),
  sum(pd * $lgd * (owed + $ead * unused))
from worth
"""


@dataclass(frozen=True)
class Again:
    """The very book that is served, made once more: its store, and its facts prepared anew from what its files said."""

    store: Store
    shown: Assessed
    cursor: Cursor


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Again]:
    path = tmp_path_factory.mktemp("money") / "sample.duckdb"
    book.make_sample(path)
    store = Store(path)
    shown = portfolio.newest(store)
    assert shown is not None
    cursor = store.cursor()
    features.prepare(cursor, shown.policy, shown.as_of, settings.own_annual_sales(cursor))
    yield Again(store, shown, cursor)
    store.close()


def from_the_cube(again: Again, thresholds: tuple[int, ...]) -> dict[str, float]:
    policy = again.shown.policy
    assumptions = money.of_book(again.store, policy)
    by_tier = money.by_tier(again.store, policy, again.shown.assessment_id, thresholds, assumptions)
    return {name: float(by_tier[name].sum()) for name in FIGURES}


def from_every_customer(again: Again, thresholds: tuple[int, ...]) -> dict[str, float]:
    """Facts, the policy compiled with other thresholds, its limits, and the sums over all customers."""
    policy = policies.with_thresholds(again.shown.policy, thresholds)
    asked = money.bound(policy, money.of_book(again.store, policy))
    again.cursor.execute(f"create or replace temp table rescored as {scoring.compile_query(policy)}")
    limits = strategy.compile_query(policy, "rescored")
    again.cursor.execute(f"create or replace temp table customers as {limits}")
    found = again.cursor.execute(EVERY_CUSTOMER, asked).fetchone()
    assert found is not None
    return dict(zip(FIGURES, map(float, found), strict=True))


def on_the_board(page: Page) -> dict[str, float]:
    """The figures as their elements have them, each held against the text that a person reads."""
    figures = {}
    for name in FIGURES:
        node = page.locator(f".year [data-measure={name}]")
        figures[name] = float(node.get_attribute("data-value") or "nan")
        value, digit = read(node.inner_text())
        assert abs(value - figures[name]) <= 0.5001 * digit, (name, node.inner_text(), figures[name])
    return figures


def read(text: str) -> tuple[float, float]:
    """An amount as it is written, and what one of its last digit is worth."""
    parts = re.fullmatch(r"(−?)¥([\d,]+(?:\.(\d+))?)(\D*)", text)
    assert parts, text
    minus, digits, decimals, unit = parts.groups()
    value = float(digits.replace(",", "")) * UNITS[unit]
    return -value if minus else value, UNITS[unit] / 10 ** len(decimals or "")


def test_money_equals_the_cube_and_every_customer_at_thresholds_of_the_url_and_of_the_keyboard(
    page: Page, server: str, again: Again
) -> None:
    pick = random.Random(20261124)
    seen = set()
    for number in range(PAIRS):
        lang = ("zh", "en")[number % 4 // 2]
        if number % 2 == 0:
            b, a = sorted(pick.sample(range(320, 830), 2))
            page.goto(f"{server}/thresholds?lang={lang}&book=sample&t={a}-{b}")
            page.locator("[data-handle=A]").wait_for()
        else:
            a, b = by_keyboard(page, pick)
        assert on_handles(page) == (a, b)
        written = on_the_board(page)
        assert written == pytest.approx(from_every_customer(again, (a, b)), abs=1)
        assert written == pytest.approx(from_the_cube(again, (a, b)), abs=1)
        seen.add((a, b))
    assert len(seen) == PAIRS


def test_changes_are_those_against_the_policy_in_force(page: Page, server: str, again: Again) -> None:
    page.goto(f"{server}/thresholds?lang=en&book=sample&t=731-577")
    page.locator("[data-handle=A]").wait_for()
    before = from_every_customer(again, tuple(again.shown.policy.thresholds))
    now = from_every_customer(again, (731, 577))
    for name in FIGURES[:-1]:
        change = page.locator(f".year [data-measure=change_{name}]").get_attribute("data-value")
        assert int(change or 0) == pytest.approx(now[name] - before[name], abs=1)
    assert now["expected_loss_today"] == pytest.approx(before["expected_loss_today"], abs=0.01)
    assert page.locator(".year [data-measure=change_expected_loss_today]").count() == 0


def test_a_curve_passes_through_the_money_of_every_place(page: Page, server: str, again: Again) -> None:
    page.goto(f"{server}/thresholds?lang=en&book=sample&t=700-600")
    handle = page.locator("[data-handle=B]")
    handle.focus()
    seen = []
    for key in ("Home", "PageUp", "End", "PageDown"):
        handle.press(key)
        a, b = on_handles(page)
        money_now = float(page.locator(".year [data-measure=money]").get_attribute("data-value") or "nan")
        assert money_now == pytest.approx(from_the_cube(again, (a, b))["money"], abs=1)
        dot = page.locator(".price circle").nth(1)
        x, y = (float(dot.get_attribute(name) or "nan") for name in ("cx", "cy"))
        curve = page.locator(".price path").nth(1).get_attribute("d") or ""
        assert any(abs(x - px) < 0.1 and abs(y - py) < 0.1 for px, py in points(curve))
        seen.append(b)
    assert len(set(seen)) == 4


def points(path: str) -> list[tuple[float, float]]:
    """The corners of a drawn line."""
    pairs = (corner.split() for corner in path.removeprefix("M").split("L"))
    return [(float(x), float(y)) for x, y in pairs]
