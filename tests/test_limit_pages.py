"""The page of limits, and the parts on limits, groups and customers near a line, as Streamlit runs them."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data
from pages.parts.format import count, full_money, money
from riskcore import book, limits, policy, portfolio
from riskcore.portfolio import Assessed
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests.screen import books_in

PAGE = Path(__file__).parents[1] / "pages" / "book" / "limits.py"
WHY = "Agreed in the meeting"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A sample book to ask, beside the copies that the pages open."""
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path, 400)
    shutil.copy(path, path.with_name("copy.duckdb"))
    store = Store(path)
    yield store
    store.close()


@pytest.fixture
def assessed(sample: Store) -> Assessed:
    newest = portfolio.newest(sample)
    assert newest is not None
    return newest


@pytest.fixture(autouse=True)
def home(sample: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of books of the test's own, which holds the sample."""
    assert sample.path is not None
    with books_in(tmp_path, sample.path.with_name("copy.duckdb"), monkeypatch):
        yield tmp_path


def sound(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].stack_trace
    return app


def opened(lang: str = "en") -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["lang"] = lang
    return sound(app.run())


def part(draw: Callable[..., None], **given: Any) -> AppTest:
    """A part of a page drawn by itself."""
    return sound(AppTest.from_function(draw, default_timeout=30, kwargs=given).run())


def captions(app: AppTest) -> str:
    return "\n".join(element.value for element in app.caption)


def decided() -> list[tuple[Any, ...]]:
    """The decisions in the book that the page has open."""
    question = "select choice, decided_by, reason, decided_limit - recommended from limit_decision where true"
    return data._open("sample").rows(question)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_totals_and_the_largest_changes(sample: Store, assessed: Assessed, lang: str) -> None:
    app, t = opened(lang), Words(lang)
    found = limits.totals(sample, assessed.assessment_id)
    assert [element.label for element in app.metric] == [
        t(key) for key in ("limits.today", "limits.recommended", "limits.up", "limits.down")
    ]
    assert [element.value for element in app.metric] == [
        money(t, amount, "CNY") for amount in (found.today, found.recommended, found.up, found.down)
    ]
    rows = limits.changes(sample, assessed.assessment_id, {}, 1, 25)
    table = app.dataframe[0].value
    assert list(table["name"]) == list(rows["customer_name"])
    assert list(table["difference"]) == rows["difference"].tolist()
    assert [codes[0] for codes in table["tier"]] == ["ABC"[place] for place in rows["tier"]]
    strategies = [assessed.policy.tier[place].strategy for place in rows["tier"]]
    assert list(table["approver"]) == [t.of(strategy.approver) for strategy in strategies]
    assert t("limits.decided", done=0, n=count(found.changes)) in captions(app)
    assert {"zh": f"共 {count(found.changes)} 行", "en": f"of {count(found.changes)}"}[lang] in captions(app)
    assert len(app.get("download_button")) == 2


def test_filters_narrow_the_list(sample: Store, assessed: Assessed) -> None:
    app = opened()
    app.get("button_group")[1].set_value("up")  # the first one is the language
    app.get("button_group")[2].set_value(["B"])
    sound(app.run())
    rows = limits.changes(sample, assessed.assessment_id, {"direction": "up", "tiers": [1]})
    assert len(rows) > 0 and list(app.dataframe[0].value["name"]) == list(rows["customer_name"])[:25]
    app.text_input(key="limits_search").set_value("no such customer % _ '")
    assert Words("en")("limits.nothing") in captions(sound(app.run()))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_that_the_filters_leave_are_accepted_once_somebody_says_who_and_why(
    sample: Store, assessed: Assessed, lang: str
) -> None:
    app, t = opened(lang), Words(lang)
    up = limits.change_count(sample, assessed.assessment_id, {"direction": "up"})
    app.get("button_group")[1].set_value("up")
    sound(app.run())
    app.button(key="limits_accept_all").click()
    said = [element.value for element in sound(app.run()).error]
    assert said == [t("errors.person_missing", least=1, most=60), t("errors.reason_missing", least=10, most=500)]
    app.text_input(key="limits_by").set_value(" Ada ")
    app.text_input(key="limits_why_0").set_value(WHY)
    app.button(key="limits_accept_all").click()
    sound(app.run())
    assert not app.error
    assert [element.value for element in app.toast] == [t("limits.recorded", n=count(up))]
    assert set(app.dataframe[0].value["decision"]) == {t("limits.accepted")}
    assert not [button for button in app.button if button.key == "limits_accept_all"]
    app.toggle(key="limits_open").set_value(True)
    assert t("limits.nothing") in captions(sound(app.run()))
    assert decided() == [("accept", "Ada", WHY, 0)] * up


def test_nothing_can_be_decided_of_nobody() -> None:
    app = opened()
    assert app.button(key="limits_accept").disabled and app.button(key="limits_reject").disabled
    assert Words("en")("limits.choose") in captions(app)


def test_under_a_draft_nothing_is_decided(home: Path) -> None:
    store = Store(home / "sample.duckdb")
    book.assess(store, policy.with_thresholds(policy.load(), [680, 590]), draft=True)
    store.close()
    app = opened()
    app.text_input(key="limits_by").set_value("Ada")
    app.text_input(key="limits_why_0").set_value(WHY)
    app.button(key="limits_accept_all").click()
    assert [element.value for element in sound(app.run()).error] == [Words("en")("errors.decision_on_draft")]
    assert decided() == []


def draw_card(customer_key: int, lang: str) -> None:
    from pages.parts import data, limit_card
    from riskcore import limits
    from riskcore.text import Words

    row = limits.of_customer(data.store(), customer_key)
    limit_card.card(Words(lang), data.assessed().policy, row, "CNY")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_customers_limit_names_what_binds_and_what_is_not_known(sample: Store, assessed: Assessed, lang: str) -> None:
    t = Words(lang)
    shown = {
        binding: sample.one("select customer_key from listing where binding is not distinct from $b", b=binding)
        for binding in ("need", "capacity", None)
    }
    shown["unknown"] = sample.one("select customer_key from listing where capacity is null and binding = 'need'")
    for binding, found in shown.items():
        assert found is not None, binding
        row = limits.of_customer(sample, found[0])
        assert row is not None
        app = part(draw_card, customer_key=found[0], lang=lang)
        assert app.metric[0].value == full_money(row["recommended"], "CNY")
        words = app.table[0].value.set_index("what")
        badge = t("limits.card.binds")
        bound = [name for name, line in words.iterrows() if f"badge[{badge}]" in line["how"]]
        assert bound == ([] if binding is None else [t("limits.need" if binding == "unknown" else f"limits.{binding}")])
        assert (t("limits.card.not_binding") in words.loc[t("limits.capacity"), "how"]) == (row["capacity"] is None)
        worked = limits.working(assessed.policy, row)
        assert words.loc[t("limits.card.factor"), "much"] == f"{worked.factor_pct}%"
        parts = [words.loc[t(f"limits.card.{name}"), "much"] for name in ("unsecured", "secured")]
        assert parts == [full_money(worked.unsecured, "CNY"), full_money(worked.secured, "CNY")]
        strategy = assessed.policy.tier[row["tier"]].strategy
        assert t.of(strategy.approver) in app.table[1].value.to_string()


def test_a_decision_is_on_the_card_at_once(sample: Store) -> None:
    key = int(limits.changes(sample, 2, {})["customer_key"].iloc[0])
    assert not part(draw_card, customer_key=key, lang="en").markdown
    limits.decide(
        data._open("sample"), 2, {"customers": [key]}, "adjust", "Ada *L*", "Their audit is _open_", 1_234_000
    )
    [said] = [element.value for element in part(draw_card, customer_key=key, lang="en").markdown]
    plain = said.replace("\\", "")
    assert plain.startswith("Adjusted: ¥1,234,000, Ada *L*, ") and plain.endswith("Their audit is _open_")


def draw_near(thresholds: list[int]) -> None:
    from pages.parts import data, near
    from riskcore.text import Words

    near.table(Words("en"), data.assessed(), thresholds, "CNY")


def test_customers_near_a_line_with_side_and_stake(sample: Store) -> None:
    app = part(draw_near, thresholds=[690, 590])
    rows = portfolio.near_the_line(sample, [690, 590], 10, 1, 10)
    table = app.dataframe[0].value
    assert list(table["name"]) == list(rows["customer_name"])
    assert list(table["at_stake"]) == rows["limit_at_stake"].tolist()
    assert [side[0] for side in table["side"]] == ["▼" if d < 0 else "▲" for d in rows["distance"]]
    assert [line.split()[1] for line in table["line"]] == [str(start) for start in rows["start"]]
    total = portfolio.near_count(sample, [690, 590])
    assert f"{total} customers within 10 points" in captions(app) and len(app.get("download_button")) == 2
    assert "Nobody is within 10 points" in captions(part(draw_near, thresholds=[849, 301]))


def draw_groups(customer_key: int | None) -> None:
    from pages.parts import data, groups
    from riskcore.text import Words

    if customer_key is None:
        groups.table(Words("zh"), data.assessed(), "CNY")
    else:
        groups.card(Words("zh"), data.assessed(), customer_key, "CNY")


def test_connected_customers_are_listed_and_added_up(sample: Store) -> None:
    groups = portfolio.groups(sample)
    assert len(groups) > 3
    table = part(draw_groups, customer_key=None).dataframe[0].value
    assert list(table["name"]) == groups["head_name"].tolist()
    assert list(table["exposure"]) == groups["group_exposure"].tolist()
    member = int(groups["customer_key"].iloc[0])
    app = part(draw_groups, customer_key=member)
    members = portfolio.group_of(sample, member)
    assert list(app.dataframe[0].value["name"]) == members["customer_name"].tolist()
    assert money(Words("zh"), members["exposure"].sum(), "CNY") in captions(app)


def test_nothing_is_shown_of_groups_where_there_are_none(sample: Store) -> None:
    [alone] = sample.one(
        "select customer_key from listing where parent_id is null and customer_id not in "
        "(select parent_id from listing where parent_id is not null)"
    ) or (None,)
    app = part(draw_groups, customer_key=alone)
    assert not app.dataframe and not app.subheader and not app.caption


def test_a_link_that_names_a_customer_opens_on_that_one(sample: Store, assessed: Assessed) -> None:
    rows = limits.changes(sample, assessed.assessment_id, {}, 1, 25)
    wanted = rows.iloc[7]
    app = AppTest.from_file(PAGE, default_timeout=30)
    app.query_params["customer"] = str(wanted["customer_key"])
    sound(app.run())
    assert list(app.dataframe[0].value["name"]) == [wanted["customer_name"]]
    sound(app.text_input("limits_search").set_value("").run())
    assert len(app.dataframe[0].value) == 25
    for odd in ("-1", "9" * 30, "x"):
        app = AppTest.from_file(PAGE, default_timeout=30)
        app.query_params["customer"] = odd
        assert len(sound(app.run()).dataframe[0].value) == 25
