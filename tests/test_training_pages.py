"""The page of training as Streamlit runs it, on the sample book and on an empty one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data
from riskcore import book, versions
from riskcore.policy import with_thresholds
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from riskcore.training import case as cases
from riskcore.training import library, practice, progress, refreshers, units
from tests.screen import FRAME, books_in, captions, sound

PARTS = ("learn", "cases", "practise", "progress")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path)
    return path


@pytest.fixture(autouse=True)
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with books_in(tmp_path, sample, monkeypatch):
        yield


def opened(part: str, lang: str = "en", person: str = "", kind: str = "sample") -> AppTest:
    """A part of the page as a new session shows it, with a person's name typed."""
    app = AppTest.from_file(FRAME, default_timeout=60)
    for name, value in {"lang": lang, "book": kind, "part": part}.items():
        app.query_params[name] = value
    app.session_state["person"] = person
    app.run()
    app.switch_page("learn/training.py").run()
    if app.segmented_control(key="training_part").value != part:
        app.segmented_control(key="training_part").set_value(part).run()
    return sound(app)


def shown(app: AppTest) -> str:
    """All that the page says."""
    kinds = (app.subheader, app.markdown, app.caption, app.metric)
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in kind)


def store() -> Store:
    return data.store()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["sample", "own"])
@pytest.mark.parametrize("part", PARTS)
def test_every_part_stands_in_both_languages_on_a_full_and_an_empty_book(part: str, kind: str, lang: str) -> None:
    app = opened(part, lang, "Ada", kind)
    t = Words(lang)
    expected = {
        "learn": t("training.questions"),
        "cases": t("training.lesson"),
        "practise": t("training.your_judgement"),
        "progress": t("training.my_units"),
    }
    assert expected[part] in [element.value for element in app.subheader]
    if (part, kind) == ("learn", "own"):
        assert t("training.no_book") in captions(app)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_unit_has_its_text_and_a_figure_of_the_book(lang: str) -> None:
    app = opened("learn", lang)
    for unit in units.units():
        app.pills(key="training_unit").set_value(unit.id).run()
        sound(app)
        assert Words(lang).of(unit.text).strip()[:40] in shown(app)
        drawn = {"mix", "waterfall", "migration"}
        assert len(app.get("plotly_chart")) == (unit.figure in drawn)
        assert len(app.dataframe) == (unit.figure in {"coverage", "movers"})


def test_reasons_come_at_once_and_answers_are_recorded_with_a_name() -> None:
    nameless = opened("learn")
    sound(nameless.radio[0].set_value(0).run())
    assert units.units()[0].question[0].option[0].reason.en[:20].replace(".", "\\.") in captions(nameless)
    assert progress.people(store()) == []
    app = opened("learn", person="Ada")
    unit = units.units()[0]
    for number, question in enumerate(unit.question):
        wrong = next(place for place, option in enumerate(question.option) if not option.right)
        app.radio[number].set_value(wrong).run()
        assert sound(app) and question.option[wrong].reason.en[:20].replace(".", "\\.") in captions(app)
        app.radio[number].set_value(next(p for p, option in enumerate(question.option) if option.right)).run()
    assert units.standings(store(), "Ada")[unit.id].state == "done"
    again = opened("learn", person="Ada")
    assert [radio.value for radio in again.radio] == [
        next(p for p, option in enumerate(question.option) if option.right) for question in unit.question
    ]


def test_a_case_is_judged_without_its_score_and_then_told() -> None:
    app = opened("practise", person="Ada")
    assert not any("Recommended" in caption.value for caption in app.caption)
    assert not any(case.title and case.title.en in shown(app) for case in cases.starters())
    app.button(key="training_judge").click().run()
    assert "incomplete" in app.error[0].value
    assert practice.judgements(store()) == []
    [limit, days] = app.number_input
    app.segmented_control(key=next(c.key for c in app.segmented_control if "judge_tier" in c.key)).set_value("B").run()
    limit.set_value(30000.0).run()
    days.set_value(30).run()
    app.select_slider[0].set_value(0.2).run()
    app.button(key="training_judge").click().run()
    sound(app)
    [given] = practice.judgements(store(), "Ada")
    assert (given.tier, given.pd) == ("B", 0.2)
    case = next(case for case in cases.starters() if case.case_id == given.case_id)
    assert case.title and case.title.en.replace("-", "\\-") in shown(app)
    assert "The lesson" in [element.value for element in app.subheader]
    assert "< 10 cases" in [metric.value for metric in app.metric]
    app.button(key="training_next").click().run()
    sound(app)
    assert "Case 2 of" in captions(app)


def test_the_report_of_who_always_says_fine_says_too_lenient() -> None:
    for case in cases.starters():
        practice.judge(store(), case, "Ada", "A", 10000.0, 60, 0.01)
    app = opened("practise", person="Ada")
    assert "too lenient" in [metric.value for metric in app.metric]
    assert "All cases are judged" in shown(app)
    progress_page = opened("progress", person="Ada")
    assert "too lenient" in captions(progress_page)
    assert len(progress_page.get("plotly_chart")) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_characteristic_that_a_person_overlooks_is_named_and_the_list_marks_what_was_judged(lang: str) -> None:
    t, policy = Words(lang), versions.in_force(store())
    first, *others = cases.starters()
    practice.judge(store(), first, "Ada", "A", 10000.0, 60, 0.01)
    assert t("training.characteristics_few", n=10) in captions(opened("practise", lang, "Ada"))
    c = policy.characteristic[0]
    with store().transaction() as cursor:  # thirty more, of cases that are in no list by now
        for number in range(30):
            poor = number % 2 == 0
            cursor.execute(
                "insert into training_judgement by name select * replace ($id as case_id, $poor as bad, 0.1 as pd, "
                "$when_poor as poor, $when_good as good) from training_judgement where case_id = $first",
                {
                    "id": f"older {number}",
                    "poor": poor,
                    "when_poor": [c.id] if poor else [],
                    "when_good": [] if poor else [c.id],
                    "first": first.case_id,
                },
            )
    told = t("training.poor_lenient", name=t.of(c.name), points="|", low=0, high=0, n=0, other="", of=0).split("|")[0]
    assert told in shown(opened("practise", lang, "Ada")).replace("\\", "")
    library.opened(store(), "Ada", others[0].case_id)
    listed = opened("cases", lang, "Ada").dataframe[0].value
    assert list(listed["mark"][:2]) == [t("training.mark_judged"), t("training.mark_read")]
    assert listed["mark"][2:].isna().all()
    assert "mark" not in opened("cases", lang).dataframe[0].value


def test_cases_of_the_book_are_made_and_told_without_a_name() -> None:
    assert opened("cases").button(key="training_make").disabled
    app = opened("cases", person="Ada")
    app.button(key="training_make").click().run()
    sound(app)
    made = [case for case in library.listed(store()) if case.origin == "book"]
    assert made
    names = [name for (name,) in store().rows("select customer_name from listing")]
    listed = app.dataframe[0].value.to_csv()
    assert "From our past" in listed
    assert not any(name in listed for name in names)
    app.button(key="training_make").click().run()
    assert "Cases were made" in app.error[0].value


def test_a_team_adds_a_case_in_the_form() -> None:
    app = opened("cases", person="Ada")
    app.toggle(key="training_own").set_value(True).run()
    app.text_input(key="own_title").set_value("A *late* harvest")
    for name in ("known", "decided", "happened", "lesson"):
        app.text_area(key=f"own_{name}").set_value(f"What was {name}")
    app.number_input(key="own_sales").set_value(400000.0)
    app.number_input(key="own_limit").set_value(50000.0)
    app.number_input(key="own_days").set_value(30)
    save = next(button for button in app.button if "Save the case" in button.label)
    save.click().run()
    assert "incomplete" in app.error[0].value
    app.segmented_control(key="own_bad").set_value(True)
    app.selectbox(key="own_days_beyond_terms_12m").set_value(2)
    next(button for button in app.button if "Save the case" in button.label).click().run()
    [made] = [case for case in library.listed(store()) if case.origin == "team"]
    assert made.title and made.title.en == "A *late* harvest"
    assert made.outcome.bad
    assert not app.toggle(key="training_own").value
    assert "A *late* harvest" in app.dataframe[0].value.to_csv()
    seen = cases.view(store(), versions.in_force(store()), made)
    assert next(line.bin for line in seen.explained.lines if line.characteristic.id == "days_beyond_terms_12m") == 2


def test_progress_shows_the_team_and_what_is_due() -> None:
    for number, question in enumerate(units.units()[0].question):
        right = next(place for place, option in enumerate(question.option) if option.right)
        units.answer(store(), "Ada", "why", number, right)
    for person, tier in (("Ada", "A"), ("Lin", "C")):
        practice.judge(store(), cases.starters()[0], person, tier, 1000.0, 30, 0.4)
    app = opened("progress", person="Ada")
    team = app.table[0].value
    assert list(team.iloc[:, 0]) == ["Ada", "Lin"]
    assert list(team.iloc[:, 1]) == ["1 / 6", "0 / 6"]
    assert team.iloc[0, -1] == "0% of 1 pair"
    assert len(progress.people(store())) == 2


def test_a_unit_that_is_done_leads_to_the_next_one_and_the_last_to_practice() -> None:
    found = units.units()
    for unit in (found[0], found[-1]):
        for number, question in enumerate(unit.question):
            right = next(place for place, option in enumerate(question.option) if option.right)
            units.answer(store(), "Ada", unit.id, number, right)
    app = opened("learn", person="Ada")
    sound(app.button(key="training_onward").click().run())
    assert app.pills(key="training_unit").value == found[1].id
    assert not [button for button in app.button if button.key == "training_onward"]
    app.pills(key="training_unit").set_value(found[-1].id).run()
    sound(app.button(key="training_onward").click().run())
    assert "Your judgement" in [element.value for element in app.subheader]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_due_again_is_told_to_the_team_and_read_again(lang: str) -> None:
    t = Words(lang)
    assert t("training.nobody_due") in captions(opened("progress", lang))
    for person in ("Ada", "Lin"):
        for case in cases.starters():
            practice.judge(store(), case, person, "B", 1000.0, 30, 0.4)
    assert t("training.nothing_due") in captions(opened("progress", lang))
    with store().transaction() as cursor:
        policy = with_thresholds(versions.in_force(store()), (640, 560))
        versions.put_in_force(cursor, policy, "Lin", "other lines")
    due = refreshers.of_person(store(), "Ada").changed
    app = opened("progress", lang, "Ada")
    [table] = [one for one in app.table if list(one.value.columns) == [t("training.person"), t("training.refreshers")]]
    line = t("training.due_cases", n=len(due))
    told = [[cell.replace("\\", "") for cell in row] for row in table.value.to_numpy().tolist()]
    assert told == [["Ada", line], ["Lin", line]]
    app.button(key="due_case").click().run()
    for left in range(len(due), 0, -1):
        assert t("training.changed_cases", n=left) in shown(app)
        sound(app.button(key="training_again").click().run())
        opening = t("training.changed", was="|", now="").split("|")[0]
        assert opening in shown(app).replace("\\", "")
        assert app.button(key="training_next").label == t("training.was_read")
        assert t("training.known") in [element.value for element in app.subheader]
        sound(app.button(key="training_next").click().run())
    assert not [button for button in app.button if button.key == "training_again"]
    assert set(refreshers.of_team(store())) == {"Lin"}
