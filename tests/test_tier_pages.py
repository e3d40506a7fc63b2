"""The pages of a book whose policy has another number of tiers than the default, from two to seven."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pages.parts import data
from riskcore import book, decisions, money, overrides, portfolio, reviews, versions
from riskcore.policy import Policy
from riskcore.store import Store
from tests import tiers
from tests.screen import PAGES, books_in, captions, opened, sound
from tests.test_pages import newest, starts

CUSTOMERS = 200
PARTS = {"todo": ("alerts", "reviews", "disagreement", "schedule"), "feedback": ("overrides", "patterns")}


@pytest.fixture(scope="module", params=tiers.STARTS, ids=lambda n: f"{n} tiers")
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Policy]:
    """A sample book assessed under a policy of so many tiers, and the policy."""
    path, policy = tmp_path_factory.mktemp("tiers") / "sample.duckdb", tiers.policy(request.param)
    book.make_sample(path, CUSTOMERS)
    store = Store(path)
    with store.transaction() as cursor:
        versions.put_in_force(cursor, policy, "Ada", "another number of tiers")
    book.assess(store)
    store.close()
    return path, policy


@pytest.fixture
def policy(made: tuple[Path, Policy], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Policy]:
    """The policy of the book that the pages open, which is the test's own."""
    with books_in(tmp_path, made[0], monkeypatch):
        yield made[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_speaks_of_all_tiers(policy: Policy, lang: str) -> None:
    shown = portfolio.newest(data._open("sample"))
    assert shown is not None and shown.policy == policy
    moved = [start - 10 for start in policy.thresholds]
    decisions.record(data._open("sample"), shown, moved, money.of_policy(policy), "Ada", "a little more room")
    codes = [tier.code for tier in policy.tier]
    app = opened("overview", lang, customer="5")
    for page, file in PAGES.items():
        if page != "overview":
            app.query_params["customer"] = "5"
            sound(app.switch_page(file).run())
        assert {"zh": f"{CUSTOMERS} 家客户", "en": f"{CUSTOMERS} customers"}[lang] in captions(app), page
        if page == "overview":
            [legend] = [m.value for m in app.markdown if "-badge[**A**]" in m.value]
            assert [c for c in "GFEDCBA" if f"-badge[**{c}**]" in legend] == codes[::-1]
        elif page == "thresholds":
            assert [s.value for s in starts(app)] == moved[::-1]
        elif page == "customers":
            assert app.get("button_group")[1].options == codes[::-1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_part_of_the_pages_of_people_speaks_of_all_tiers(policy: Policy, lang: str) -> None:
    store, today, worst = data._open("sample"), date.today(), len(policy.tier) - 1
    shown = portfolio.newest(store)
    assert shown is not None
    lowered, reviewed = (int(key) for (key,) in store.rows("select customer_key from listing where tier = 0 limit 2"))
    wish = overrides.Wish(
        *(lowered, shown.assessment_id, "down", policy.tier[worst].code, "new_information", "Told by the bank today"),
        *(today + timedelta(days=30), "Ada"),
    )
    asked = book.override(store, wish)
    if asked.needs_second:
        book.settle_override(store, asked.override_id, "approved", "Bo")
    assert store.one("select tier from listing where customer_key = $key", key=lowered) == (worst,)
    shown = portfolio.newest(store)
    assert shown is not None
    seen = reviews.Seen(reviewed, shown.assessment_id, 0)
    next_on = today + timedelta(days=20)
    reviews.record(store, seen, "escalate", "Somebody above decides", next_on, "Ada", today, escalated_to="The board")
    for page, parts in PARTS.items():
        for part in parts:
            app = opened(page, lang, book="sample", part=part)
            assert {"zh": f"{CUSTOMERS} 家客户", "en": f"{CUSTOMERS} customers"}[lang] in captions(app), part
    [table] = [frame.value for frame in opened("feedback", lang, book="sample", part="overrides").dataframe]
    assert table["tier"].tolist() == [[policy.tier[worst].code]]
    for page in ("customer", "review"):
        sound(opened(page, lang, book="sample", customer=str(lowered)))


def test_a_slider_for_every_threshold_moves_customers(policy: Policy) -> None:
    app = opened("thresholds")
    assert [s.value for s in starts(app)] == list(policy.thresholds[::-1])
    now, store = list(policy.thresholds), data._open("sample")
    for place in range(len(now)):
        now[place] -= 15
        starts(app)[len(now) - 1 - place].set_value(now[place])
        sound(app.run())
        assert app.query_params["t"] == "-".join(map(str, now))
        moving = f"({tier(now)}) <> ({tier(policy.thresholds)})"
        assert f"{newest(store, f'count(*) filter (where {moving})')}, by exposure" in captions(app)


def tier(thresholds: list[int] | tuple[int, ...]) -> str:
    """The final tier of a score, as SQL: how many thresholds lie above it, within its bounds."""
    below = " + ".join(f"(coalesce(score, 0) < {start})::int" for start in thresholds)
    return f"least(greatest({below}, best), worst)"
