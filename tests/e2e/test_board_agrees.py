"""The numbers written in the board's cards against a full re-score of the book in SQL, at random thresholds."""

import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from riskcore import book, features, portfolio, scoring, settings
from riskcore import policy as policies
from riskcore.policy import Policy
from riskcore.store import Cursor, Store

pytestmark = pytest.mark.browser

MEASURES = ("customers", "exposure", "past_due", "held", "little_known")
PAIRS = 12


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cursor, Policy]]:
    """The facts of the very book that is served, prepared anew from what its files said."""
    path = tmp_path_factory.mktemp("again") / "sample.duckdb"
    book.make_sample(path)
    store = Store(path)
    shown = portfolio.newest(store)
    assert shown is not None
    cursor = store.cursor()
    features.prepare(cursor, shown.policy, shown.as_of, settings.own_annual_sales(cursor))
    yield cursor, shown.policy
    store.close()


def scored(cursor: Cursor, policy: Policy, thresholds: tuple[int, int]) -> dict[str, dict[str, int]]:
    """Measures by tier, from the whole policy compiled with other thresholds and run over every customer."""
    query = scoring.compile_query(policies.with_thresholds(policy, thresholds))
    rows = cursor.execute(
        "select tier, count(*), sum(100 * exposure)::bigint, sum(100 * past_due)::bigint, "
        "count(*) filter (where tier <> score_tier), count(*) filter (where little_known) "
        f"from ({query}) group by tier"
    ).fetchall()
    return {policy.tier[tier].code: dict(zip(MEASURES, found, strict=True)) for tier, *found in rows}


def written(page: Page) -> dict[str, dict[str, int]]:
    """Measures by tier as the cards have them; who is little known stands on the worst tier's card alone."""
    found: dict[str, dict[str, int]] = {}
    for measure in MEASURES:
        for node in page.locator(f".cards [data-measure={measure}]").all():
            value = node.get_attribute("data-value")
            found.setdefault(str(node.get_attribute("data-tier")), {})[measure] = int(value or 0)
    return found


def agree(page: Page, cursor: Cursor, policy: Policy, thresholds: tuple[int, int]) -> None:
    expected = scored(cursor, policy, thresholds)
    assert sum(tier.pop("little_known") for code, tier in expected.items() if code != "C") == 0
    assert written(page) == expected


def on_handles(page: Page) -> tuple[int, int]:
    a, b = (int(page.locator(f"[data-handle={c}]").get_attribute("aria-valuenow") or 0) for c in "AB")
    return a, b


def test_cards_equal_a_full_rescore_at_thresholds_of_the_url_and_of_the_keyboard(
    page: Page, server: str, facts: tuple[Cursor, Policy]
) -> None:
    pick = random.Random(20261031)
    seen = set()
    for number in range(PAIRS):
        lang = ("zh", "en")[number % 2]
        if number % 2 == 0:
            b, a = sorted(pick.sample(range(420, 800), 2))
            page.goto(f"{server}/thresholds?lang={lang}&book=sample&t={a}-{b}")
            page.locator("[data-handle=A]").wait_for()
        else:
            a, b = by_keyboard(page, pick)
        assert on_handles(page) == (a, b)
        agree(page, *facts, (a, b))
        seen.add((a, b))
    assert len(seen) == PAIRS


def by_keyboard(page: Page, pick: random.Random) -> tuple[int, int]:
    """Move both handles by random keys; where they stand then, by the keys' own arithmetic."""
    a, b = on_handles(page)
    for code in "AB":
        handle = page.locator(f"[data-handle={code}]")
        handle.focus()
        for key, step in pick.choices([("PageUp", 10), ("PageDown", -10), ("ArrowRight", 1), ("ArrowLeft", -1)], k=9):
            handle.press(key)
            if code == "A":
                a = min(850, max(b + 1, a + step))
            else:
                b = min(a - 1, max(301, b + step))
    page.wait_for_url(f"**/thresholds?*t={a}-{b}*")  # what was typed has reached the server and come back
    return a, b
