"""Overrides on screen: asked for on a customer's page, approved by another person, told of on the Feedback page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data
from riskcore import book, overrides, portfolio, versions
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests.screen import FRAME, PAGES, books_in, captions, sound

WHY = "A bank guarantee came in this morning"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path, customers=300)
    return path


@pytest.fixture(autouse=True)
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with books_in(tmp_path, sample, monkeypatch):
        yield


def store() -> Store:
    opened: Store = data._open("sample")
    return opened


def opened(page: str, lang: str = "en", person: str = "Ada", **query: str) -> AppTest:
    app = AppTest.from_file(FRAME, default_timeout=60)
    for name, value in {"lang": lang, "book": "sample", **query}.items():
        app.query_params[name] = value
    app.session_state["person"] = person
    app.run()
    app.switch_page(PAGES[page]).run()
    return sound(app)


def somebody(where: str) -> int:
    """The first customer of the listing with this."""
    row = store().one(f"select customer_key from listing where {where} order by position desc limit 1")
    assert row is not None
    return int(row[0])


SMALL_B = "tier = 1 and rules = 0 and greatest(exposure, credit_limit) < 1000000"
LARGE = "tier < 2 and greatest(exposure, credit_limit) >= 1000000"


def markdown(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown).replace("\\", "")


def ask(app: AppTest, key: int, way: tuple[str, str], reason: str = "new_information", why: str = WHY) -> AppTest:
    app.session_state["override_open"] = True
    app.run()
    app.radio(key=f"override_to_{key}").set_value(way).run()
    app.selectbox(key=f"override_reason_{key}").set_value(reason)
    app.text_area(key=f"override_why_{key}").set_value(why).run()
    return app.button(key="override_confirm").click().run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_small_customer_is_lifted_at_once_and_the_page_says_by_whom(lang: str) -> None:
    t, key = Words(lang), somebody(SMALL_B)
    app = sound(ask(opened("customer", lang, customer=str(key)), key, ("up", "A"), "security"))
    [kept] = overrides.listed(store().cursor())
    assert (kept.direction, kept.tier, kept.reason, kept.asked_by, kept.state) == ("up", "A", WHY, "Ada", "in_force")
    said = markdown(app)
    assert t("overrides.up_line", code="A") in said and WHY in said
    policy = versions.in_force(store())
    assert policy.override is not None
    name = t.of(next(r.name for r in policy.override.reason if r.code == "security"))
    day = f"{kept.expires_on}" if lang == "zh" else f"{kept.expires_on.day} {kept.expires_on:%b %Y}"
    assert t("overrides.lifted", score_tier="B", by="Ada", tier="A", day=day, reason=name) in said
    assert kept.expires_on == date.today() + timedelta(days=90)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_large_customer_waits_for_another_person(lang: str) -> None:
    t, key = Words(lang), somebody(LARGE)
    app = sound(ask(opened("customer", lang, customer=str(key)), key, ("down", "C")))
    assert t("overrides.down_waits", code="C") in markdown(app)
    app.session_state["override_approved_open"] = True
    app.run()
    app.button(key="override_approved_confirm").click().run()
    assert t("errors.override_second_person", by="Ada") in app.error[0].value.replace("\\", "")
    app.text_input(key="override_approved_person").set_value("Bo").run()
    sound(app.button(key="override_approved_confirm").click().run())
    assert t("overrides.down_line", code="C") in markdown(app)
    row = store().one("select tier from listing where customer_key = $key", key=key)
    assert row == (2,)


def test_withdrawn_with_a_reason_the_way_to_ask_is_back() -> None:
    t, key = Words("en"), somebody(SMALL_B)
    app = sound(ask(opened("customer", customer=str(key)), key, ("up", "A")))
    app.session_state["override_withdrawn_open"] = True
    app.run()
    app.button(key="override_withdrawn_confirm").click().run()
    assert t("errors.reason_missing", least=10, most=500) in app.error[0].value.replace("\\", "")
    app.text_area(key="override_withdrawn_why").set_value("The guarantee was cancelled")
    sound(app.button(key="override_withdrawn_confirm").click().run())
    assert t("overrides.up_line", code="A") not in markdown(app)
    assert overrides.how_many(store())["withdrawn"] == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_against_a_hard_rule_in_the_worst_tier_there_is_no_form(lang: str) -> None:
    policy = versions.in_force(store())
    hard = sum(1 << bit for bit, rule in enumerate(policy.rule) if rule.hard)
    app = opened("customer", lang, customer=str(somebody(f"tier = 2 and rules & {hard} > 0")))
    assert not [button for button in app.button if button.key == "override_confirm"]
    start = Words(lang)("overrides.holds", code="K", name="").split("K")[0]
    assert start in captions(app)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_part_of_the_feedback_page(lang: str) -> None:
    t = Words(lang)
    assert t("overrides.none") in captions(opened("feedback", lang))
    assessed = portfolio.newest(store())
    assert assessed is not None
    keys = [row[0] for row in store().rows(f"select customer_key from listing where {SMALL_B} limit 18")]
    until = date.today() + timedelta(days=30)
    for key in keys[:15]:
        _plant(key, until)
    book.override(store(), overrides.Wish(keys[15], assessed.assessment_id, "up", "A", "security", WHY, until, "Ada"))
    _plant(keys[-1], date.today())  # has ended
    app = opened("feedback", lang)
    assert "16" in markdown(app)
    assert t("overrides.standing_look", audit="5%") in markdown(app)
    [shown] = [frame.value for frame in app.dataframe]
    assert len(shown) == 15 and shown["state"].unique().tolist() == [t("overrides.state_in_force")]
    assert t("overrides.few_of", name="", n=16).strip() in captions(
        app
    )  # planted on the earlier of the sample's two dates
    assert t("overrides.later_none", n=3) in captions(app)
    app.segmented_control(key="overrides_which").set_value("over").run()
    [over] = [frame.value for frame in sound(app).dataframe]
    assert over["state"].tolist() == [t("overrides.state_ended")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_became_of_them_after_three_months_stands_on_the_feedback_page(lang: str) -> None:
    t, until = Words(lang), date.today() + timedelta(days=30)
    for (key,) in store().rows("select customer_key from listing where not little_known order by position limit 24"):
        _plant(int(key), until)
    with store().transaction() as cursor:
        cursor.execute("update assessment set as_of = as_of - interval 100 day where assessment_id = 1")
    [found] = overrides.later(store(), versions.in_force(store()))
    assert (found.months, found.direction, found.n) == (3, "up", 24)
    shown = opened("feedback", lang).table[-1].value
    assert shown.iloc[0, :2].tolist() == [t("overrides.after_months", n=3, direction=t("overrides.up")), "24"]
    assert f"{100 * found.right[0]:.0f}%" in shown.iloc[0, 2]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_those_that_wait_are_settled_on_the_feedback_page_too(lang: str) -> None:
    t, assessed, until = Words(lang), portfolio.newest(store()), date.today() + timedelta(days=30)
    assert assessed is not None
    large = [int(row[0]) for row in store().rows(f"select customer_key from listing where {LARGE} limit 3")]
    for key in large:
        wish = overrides.Wish(key, assessed.assessment_id, "down", "C", "new_information", WHY, until, "Ada")
        assert book.override(store(), wish).state == "waiting"
    app = opened("feedback", lang)
    assert t("overrides.waiting", n=3) in [one.value for one in app.subheader]
    ways = {1: ("approved", "in_force"), 2: ("refused", "refused"), 3: ("withdrawn", "withdrawn")}
    for number, (event, state) in ways.items():
        key = f"override_{number}_{event}"
        app.session_state[f"{key}_open"] = True
        app.run()
        if event != "withdrawn":
            app.text_area(key=f"{key}_why").set_value("Seen and talked over with sales").run()
            app.button(key=f"{key}_confirm").click().run()
            assert t("errors.override_second_person", by="Ada") in app.error[0].value.replace("\\", "")
            app.text_input(key=f"{key}_person").set_value("Bo").run()
        app.text_area(key=f"{key}_why").set_value("Seen and talked over with sales")
        sound(app.button(key=f"{key}_confirm").click().run())
        found = overrides.get(store().cursor(), number)
        assert found is not None and found.state == state
    assert t("overrides.waiting", n=1) not in [one.value for one in app.subheader]
    assert store().one("select tier from listing where customer_key = $key", key=large[0]) == (2,)


def _plant(key: int, until: date) -> None:
    with store().transaction() as cursor:
        cursor.execute(
            "insert into override select coalesce(max(override_id), 0) + 1, ?, 'up', 'A', 'dispute', ?, ?, 10, false, "
            "1, 650, 'B', 'Bo', ? from override",
            [key, WHY, until, datetime(2026, 1, 2)],
        )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_of_customers_marks_the_overridden_and_finds_them(lang: str) -> None:
    t, key, until = Words(lang), somebody(SMALL_B), date.today() + timedelta(days=30)
    waits, ended = (int(row[0]) for row in store().rows(f"select customer_key from listing where {LARGE} limit 2"))
    assert "override" not in opened("customers", lang).dataframe[0].value
    _plant(key, until)
    _plant(ended, date.today())
    _plant(waits, until)
    with store().transaction() as cursor:
        cursor.execute("update override set needs_second = true where customer_key = ?", [waits])
    book.assess(store())
    app = opened("customers", lang)
    app.selectbox(key="filter_state").set_value("overridden")
    shown = sound(app.run()).dataframe[0].value
    day = f"{until}" if lang == "zh" else f"{until.day} {until:%b %Y}"
    assert shown["override"].tolist() == [t("overrides.mark", sign="▲", tier="A", by="Bo", day=day)]
    assert shown["tier"].tolist() == [["A"]]
    assert portfolio.customers(store(), {"overridden": True})["customer_key"].tolist() == [key]
    rows = portfolio.customers(store(), {}).set_index("customer_key")["override_until"]
    assert rows.dropna().index.tolist() == [key]


def test_one_that_has_ended_falls_back_when_the_book_is_opened() -> None:
    key = somebody(SMALL_B)
    app = sound(ask(opened("customer", customer=str(key)), key, ("up", "A")))
    before = portfolio.newest(store())
    with store().transaction() as cursor:  # it is two days later, and the override ends today
        cursor.execute("update override set expires_on = ?, asked_at = asked_at - interval 2 day", [date.today()])
        cursor.execute("update assessment set created_at = created_at - interval 2 day")
    data._refreshed.clear()
    app = opened("customer", customer=str(key))
    after = portfolio.newest(store())
    assert before is not None and after is not None
    assert after.assessment_id == before.assessment_id + 1
    assert Words("en")("overrides.up_line", code="A") not in markdown(app)
    assert store().one("select tier from listing where customer_key = $key", key=key) == (1,)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_policy_without_the_part_says_so(lang: str) -> None:
    policy = versions.in_force(store()).model_copy(update={"override": None})
    with store().transaction() as cursor:
        versions.put_in_force(cursor, policy, "Ada", "for this test")
    book.assess(store())
    said = Words(lang)("overrides.not_in_policy")
    assert said in captions(opened("customer", lang, customer=str(somebody(SMALL_B)))).replace("\\", "")
    assert said in " ".join(element.value for element in opened("feedback", lang).info)
