"""The page that assesses one customer by hand, as Streamlit runs it, and what a customer's page then shows."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data
from pages.parts.format import plain
from riskcore import book
from riskcore.text import Words
from tests.screen import PAGES, books_in, captions, opened, sound

HOSTILE = "<img src=x onerror=alert(1)> [a](http://b.c) `x` $1$"
TODAY = date.today()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path, 60)
    return path


@pytest.fixture
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with books_in(tmp_path, sample, monkeypatch):
        yield tmp_path


def put(app: AppTest, name: str, value: Any, scope: str = "own_new") -> AppTest:
    """The page after something was typed into a field of the form."""
    kinds = {bool: app.checkbox, date: app.date_input}
    widgets = kinds.get(type(value), app.text_input)
    widgets(key=f"assess_{scope}_{name}").set_value(value)
    return sound(app.run())


def choose(app: AppTest, name: str, value: str, scope: str = "own_new") -> AppTest:
    app.selectbox(key=f"assess_{scope}_{name}").set_value(value)
    return sound(app.run())


def score(app: AppTest) -> int:
    [shown] = [e.value for e in app.get("html") if "3.5rem" in e.value]
    return int(shown.split(">")[1].split("<")[0])


def save(app: AppTest, t: Words, by: str = "Ada") -> AppTest:
    app.text_input(key="assess_person").set_value(by)
    app.run()
    next(b for b in app.button if b.label == t("assess.save")).click()
    return app.run()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_customer_is_assessed_before_the_first_deal(home: Path, lang: str) -> None:
    t = Words(lang)
    app = opened("assess", lang, book="own")
    assert score(app) == 511  # nothing is known
    app = put(app, "customer_name", HOSTILE)
    app = put(app, "quick_ratio", "1.5")
    first = score(app)
    assert first > 511
    app = choose(app, "interest_coverage_state", "not_applicable")
    assert score(app) > first
    assert t("assess.counts_as_special", name={"zh": "无有息负债", "en": "no debt"}[lang]) in captions(app)
    app = choose(app, "legal_events_24m_state", "not_applicable")
    assert t("assess.counts_as_unknown") in captions(app)
    app = choose(app, "external_grade", "N2")
    app = put(app, "k2", True)
    shown = score(app)
    app = save(app, t)
    sound(app)
    assert [title.value for title in app.title] == [plain(HOSTILE)]
    store = data.own()
    assert store.rows("select customer_id, customer_name, score from listing") == [("NEW-1", HOSTILE, shown)]
    assert store.rows("select kind, taken_by, as_of, whole_book from import") == [("by_hand", "Ada", TODAY, False)]
    assert f">{shown}<" in "".join(e.value for e in app.get("html"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_wrong_entry_stays_at_its_field_and_nothing_is_saved(home: Path, lang: str) -> None:
    t = Words(lang)
    app = put(opened("assess", lang, book="own"), "customer_name", "Acme")
    app = put(app, "quick_ratio", "1.5")
    before = score(app)
    app = put(app, "liabilities_to_assets_pct", "about sixty")
    assert score(app) == before
    assert t("problems.not_a_number") in captions(app)
    app = save(app, t)
    assert [e.value for e in app.error] == [plain(t("errors.entry_wrong", n=1))]
    assert app.text_input(key="assess_own_new_liabilities_to_assets_pct").value == "about sixty"
    assert data.own().rows("select count(*) from import") == [(0,)]
    app.text_input(key="assess_own_new_liabilities_to_assets_pct").set_value("60%")
    app = sound(save(app, t))
    rows = data.own().rows("select quick_ratio, liabilities_to_assets_pct from input")
    assert rows == [(1.5, 60)]


def test_a_name_is_asked_for_and_what_was_typed_is_kept(home: Path) -> None:
    t = Words("en")
    app = put(opened("assess", book="own"), "quick_ratio", "1.5")
    app = save(app, t, by="")
    assert len(app.error) == 1
    app = save(app, t)
    assert [e.value for e in app.error] == [plain(t("errors.entry_without_name"))]
    sound(app.switch_page(PAGES["overview"]).run())
    app = sound(app.switch_page(PAGES["assess"]).run())
    assert app.text_input(key="assess_own_new_quick_ratio").value == "1.5"


def test_an_existing_customer_is_found_shown_as_it_is_and_only_changes_are_saved(home: Path) -> None:
    t = Words("en")
    store = data.store()
    key, name = store.one("select customer_key, customer_name from listing order by position limit 1") or (0, "")
    app = opened("assess", customer=str(key))
    scope = f"sample_{key}"
    assert app.text_input(key=f"assess_{scope}_customer_name").placeholder == name
    before = score(app)
    app = choose(app, "external_grade", "N1", scope)
    app = put(app, "broken_promises_24m", "3", scope)
    now = score(app)
    assert any(f"Today {before}" in line for line in captions(app).splitlines()) or now == before
    sound(save(app, t))
    [row] = store.rows(
        "select external_grade, broken_promises_24m, quick_ratio, customer_name from input "
        "where import_id = (select max(import_id) from import)"
    )
    assert row == ("N1", 3, None, None)
    assert store.one("select score from listing where customer_key = $k", k=key) == (now,)


def test_the_search_is_that_of_the_list(home: Path) -> None:
    app = opened("assess")
    [(name,)] = data.store().rows("select customer_name from listing order by position limit 1")
    app.text_input(key="assess_find").set_value(name[:6])
    sound(app.run())
    assert name in list(app.dataframe[0].value["name"])
    app.text_input(key="assess_find").set_value("no such % _ '")
    assert Words("en")("assess.found_none") in captions(sound(app.run()))


def test_an_older_value_is_said_not_to_count(home: Path) -> None:
    [(key, day)] = data.store().rows(
        "select customer_key, max(as_of) from input join import using (import_id) "
        "where quick_ratio_state = 1 group by 1 order by 1 limit 1"
    )
    app = opened("assess", customer=str(key))
    kept = app.session_state["assess_kept"][f"sample_{key}"]
    kept["quick_ratio_day"] = day - timedelta(days=700)
    app = put(app, "quick_ratio", "9", f"sample_{key}")
    assert "Quick ratio" in next(line for line in captions(app).splitlines() if ":material/history:" in line)
