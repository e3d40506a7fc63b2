"""Feedback on screen: an opinion on a customer's page, patterns, and the drafts that open on Thresholds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import controls, data, feedback_patterns
from riskcore import book, drafts, portfolio, versions
from riskcore import policy as policies
from riskcore.feedback import events, opinions, patterns
from riskcore.feedback.opinions import Opinion
from riskcore.portfolio import Assessed
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from riskcore.training import case as cases
from riskcore.training import practice
from tests.screen import FRAME, books_in, captions, sound

WHY = "they pay later from month to month"
PEOPLE = ("Ada", "Bo", "Lin")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path, customers=300)
    return path


@pytest.fixture(autouse=True)
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with books_in(tmp_path, sample, monkeypatch):
        yield


def opened(page: str, lang: str = "en", person: str = "Ada", **query: str) -> AppTest:
    app = AppTest.from_file(FRAME, default_timeout=60)
    for name, value in {"lang": lang, "book": "sample", **query}.items():
        app.query_params[name] = value
    app.session_state["person"] = person
    app.run()
    app.switch_page(page).run()
    return sound(app)


def opened_patterns(lang: str = "en", person: str = "Ada") -> AppTest:
    app = opened("learn/feedback.py", lang, person, part="patterns")
    if app.segmented_control(key="feedback_part").value != "patterns":
        app.segmented_control(key="feedback_part").set_value("patterns").run()
    return sound(app)


def store() -> Store:
    return data.store()


def assessed() -> Assessed:
    found = portfolio.newest(store())
    assert found is not None
    return found


def shown(app: AppTest) -> str:
    kinds = (app.subheader, app.markdown, app.caption, app.warning)
    tables = (table.value.to_csv() for table in app.table)
    return "\n".join([*(str(getattr(e, "value", "")) for kind in kinds for e in kind), *tables]).replace("\\", "")


def say(question: str, opinion: Opinion, most: int, name: str | None = None) -> list[int]:
    """People say the same of the first customers that a question finds."""
    keys = [key for (key,) in store().rows(f"select customer_key from {question} limit {most}")]
    for place, key in enumerate(keys):
        opinions.give(store(), assessed().assessment_id, key, opinion, PEOPLE[place % 3], WHY, name)
    return keys


def say_tier(most: int = 6) -> list[int]:
    return say("listing where tier = 1 and best <= 1 order by score", "too_high", most)


def say_characteristic(most: int = 6) -> list[int]:
    name = "days_beyond_terms_12m"
    return say(f"score where {name}_bin between 2 and 4 and tier < 2 order by score", "too_high", most, name)


def press(app: AppTest, key: str) -> AppTest:
    [button] = (button for button in app.button if button.key and button.key.startswith(key))
    return button.click().run()


def unfold(app: AppTest, key: str) -> AppTest:
    """Open a popover, as a click in the browser does."""
    app.session_state[key] = True
    return sound(app.run())


def own(kind: str) -> str:
    """The id of the only pattern of a kind."""
    policy = assessed().policy
    assert policy.feedback
    [one] = (p for p in patterns.gathered(store(), policy) if p.kind == kind and p.repeats(policy.feedback))
    return feedback_patterns.widget_id(one.key)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_opinion_is_asked_for_recorded_and_shown(lang: str) -> None:
    t, key = Words(lang), 7
    app = opened("book/customer.py", lang, customer=str(key))
    choice = app.segmented_control(key=f"opinion_{key}")
    assert list(choice.options) == [t("feedback.agree"), t("feedback.too_high"), t("feedback.too_low")]
    assert not [button for button in app.button if button.key == "opinion_give"]
    choice.set_value("too_low").run()
    which = app.selectbox(key=f"opinion_which_{key}")
    assert len(which.options) == len(assessed().policy.characteristic)
    press(app, "opinion_give")
    assert app.error and opinions.said(store(), key) == []  # a reason is needed
    app.text_area(key=f"opinion_because_{key}").set_value(WHY)
    which = app.selectbox(key=f"opinion_which_{key}")
    which.set_value("quick_ratio")
    sound(press(app, "opinion_give"))
    [one] = opinions.said(store(), key)
    assert (one.opinion, one.characteristic, one.because, one.given_by) == ("too_low", "quick_ratio", WHY, "Ada")
    again = captions(opened("book/customer.py", lang, customer=str(key)))
    assert WHY in again and t("feedback.too_low") in again
    assert "Ada" in again


def test_what_can_be_named_wrong_stands_by_points_lost_or_earned() -> None:
    app, key = opened("book/customer.py", customer="7"), 7
    for opinion, last in (("too_low", 0), ("too_high", 1)):
        app.segmented_control(key=f"opinion_{key}").set_value(opinion).run()
        earned = [
            option.rsplit("earns ", 1)[1].split(" of ") for option in app.selectbox(key=f"opinion_which_{key}").options
        ]
        sizes = [int(points) if last else int(most) - int(points) for points, most in earned]
        assert sizes == sorted(sizes, reverse=True)


def test_a_right_score_needs_a_name_and_nothing_else() -> None:
    app, key = opened("book/customer.py", customer="9"), 9
    app.segmented_control(key=f"opinion_{key}").set_value("agree").run()
    sound(press(app, "opinion_give"))
    assert [one.opinion for one in opinions.said(store(), key)] == ["agree"]
    past = opened("book/customer.py", customer="9", as_of="2020-01-01", known_by="2020-01-01")
    assert not [c for c in past.segmented_control if c.key == "opinion_9"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_patterns_stand_in_both_languages_and_say_what_they_rest_on(lang: str) -> None:
    t = Words(lang)
    assert t("feedback.none_yet") in shown(opened_patterns(lang))
    say_tier()
    say("listing where tier = 0 order by position", "too_low", 3)
    app = opened_patterns(lang)
    text = shown(app)
    assert t("feedback.found", n=1) in text
    assert t("feedback.judged_too_high", what=t("feedback.what_tier", code="B")) in text
    numbers = {"customers": 6, "people": 3, "opinions": 6, "of_all": 6, "share": "100%", "low": "61%", "high": "100%"}
    assert t("feedback.counted", **numbers) in text
    few = app.table[0].value.to_csv()
    assert t("feedback.of", n=3, least=5) in few


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_draft_of_thresholds_opens_on_the_board(lang: str) -> None:
    t = Words(lang)
    say_tier()
    key = own("tier")
    app = unfold(opened_patterns(lang), f"draft_{key}")
    press(app, "draft_open_")
    [draft] = drafts.listed(store())
    assert draft.name[:30] in shown(sound(app))
    policy = assessed().policy
    assert draft.thresholds[1] > policy.thresholds[1]
    assert draft.saved_by == "Ada"
    assert app.slider(key="start_1").value == draft.thresholds[1]
    assert [(e.event, e.draft, e.state) for e in events.listed(store())] == [("drafted", draft.draft_id, "open")]
    back = opened_patterns(lang)
    assert t("feedback.state_open") in shown(back)
    press(back, "reopen_")
    assert draft.name[:30] in shown(sound(back))


def test_a_draft_needs_a_name() -> None:
    say_tier()
    key = own("tier")
    app = unfold(opened_patterns(person=""), f"draft_{key}")
    press(app, "draft_open_")
    assert app.error
    assert not drafts.listed(store())
    assert not events.listed(store())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_draft_of_points_is_tried_on_the_book_and_the_way_back_leads_home(lang: str) -> None:
    t, before = Words(lang), assessed()
    say_characteristic()
    key = own("characteristic")
    app = opened_patterns(lang)
    app.session_state["meeting_sample_now"], app.session_state["meeting_sample_before"] = [720, 640], []
    press(unfold(app, f"draft_{key}"), "draft_try_")
    now = assessed()
    assert now.draft
    assert now.policy.hash != before.policy.hash
    assert t("frame.is_draft_policy") in shown(sound(app))
    assert app.slider(key="start_1").value == before.policy.thresholds[1]
    on_draft = opened_patterns(lang)
    assert t("feedback.state_on_book") in shown(on_draft)
    assert t("feedback.on_draft") in shown(unfold(on_draft, f"draft_{key}"))
    press(on_draft, "back_to_policy")
    assert assessed().policy.hash == before.policy.hash
    assert t("feedback.state_open") in shown(opened_patterns(lang))


def test_what_was_said_is_listed_and_leads_to_the_customer() -> None:
    keys = say_tier()
    key = own("tier")
    app = unfold(opened_patterns(), f"who_{key}")
    rows = app.dataframe[0].value
    assert len(rows) == len(keys)
    assert set(rows["because"]) == {WHY}


def test_a_pattern_is_dismissed_with_a_reason() -> None:
    say_tier()
    key = own("tier")
    app = unfold(opened_patterns(), f"dismiss_{key}")
    press(app, "dismiss_now_")
    assert app.error and not events.listed(store())
    app.text_area(key=f"dismiss_why_{key}").set_value("one bad quarter of one branch")
    sound(press(app, "dismiss_now_"))
    text = shown(app)
    assert Words("en")("feedback.none") in text
    assert "one bad quarter of one branch" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_segment_makes_no_draft_and_says_what_to_look_at(lang: str) -> None:
    [(industry,)] = store().rows("select industry from listing group by industry order by count(*) desc limit 1")
    say(f"listing where industry = '{industry}' order by position", "too_low", 6)
    text = shown(opened_patterns(lang))
    assert Words(lang)("feedback.what_industry", value=controls.value_name(Words(lang), industry)) in text
    assert Words(lang)("feedback.segment_industry") in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_teams_leaning_in_training_flows_into_feedback(lang: str) -> None:
    policy = assessed().policy
    assert Words(lang)("feedback.training") not in shown(opened_patterns(lang))
    for person in PEOPLE:
        for case in cases.starters():
            practice.judge(store(), case, person, policy.tier[0].code, 1.0, 30, 0.99)
    with store().transaction() as cursor:
        cursor.execute("update training_judgement set family = ?", [policy.family[0].id])
    app = opened_patterns(lang)
    assert Words(lang)("feedback.training") in shown(app)
    assert Words(lang)("feedback.strict") in shown(app)
    assert Words(lang).of(policy.family[0].name) in shown(app)


def test_an_older_policy_says_nothing_of_patterns() -> None:
    silent = policies.load().model_copy(update={"feedback": None})
    with store().transaction() as cursor:
        versions.put_in_force(cursor, silent, "Ada", "as before")
    book.assess(store(), silent)
    say_tier()
    assert Words("en")("feedback.no_policy") in shown(opened_patterns())
