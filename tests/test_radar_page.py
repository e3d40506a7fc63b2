"""Four opinions on the customer page, and the list of disagreements among what is to do, in both languages."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pages.parts import customer_opinions
from pages.parts.charts import Palette
from pages.parts.format import day
from riskcore import book, explanation, portfolio, radar
from riskcore import policy as policies
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.text import Words
from tests import books
from tests.screen import books_in, captions, opened, sound
from tests.test_features_statements import state

DATA = policies.load().model_dump(mode="json", by_alias=True)
POLICY = Policy.model_validate(DATA | {"external_score": DATA["external_score"] | {"use": "prefer"}})
NAME = "<b>x</b> [y](http://z) $1$"
NOW = date.today()
YEAR_END = date(NOW.year - 1, 12, 31)


def make_book(path: Path, policy: Policy = POLICY) -> None:
    """Three customers: two on whom opinions are apart, one of whom only the score is known."""
    store = Store(path)
    known = {"months_trading": 40.0, "credit_score": 720.0}
    rows = [
        {"customer_id": "A", "customer_name": NAME, **known, "external_grade": "N5", "exposure": 500.0},
        {"customer_id": "B", "customer_name": "Beta", **known, "days_beyond_terms_12m": 0.0, "exposure": 900.0},
        {"customer_id": "C", "customer_name": "Gamma", **known, "exposure": 100.0},
    ]
    books.take(store, rows, NOW)
    poor = {"current_assets": 100, "current_liabilities": 400, "total_assets": 1000, "total_liabilities": 900}
    poor |= {"retained_earnings": -50, "equity": 100, "profit_before_tax": -20, "interest_expense": 10, "revenue": 500}
    state(store, {"period_end": YEAR_END, **poor}, as_of=NOW, customer="B")
    books.take(store, rows, NOW)  # who has a statement keeps its name
    book.assess(store, policy)
    store.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "book.duckdb"
    make_book(path)
    return path


@pytest.fixture
def on_screen(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with books_in(tmp_path, made, monkeypatch):
        yield tmp_path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_disagreements_are_listed_with_the_pair_and_the_review(on_screen: Path, lang: str) -> None:
    t = Words(lang)
    app = opened("todo", lang, part="disagreement")
    assert [m.value for m in app.markdown][-1] == t("radar.counted", compared=2, n=2, least=2)
    assert t("radar.calls", most=50) in captions(app)
    [shown] = [frame.value for frame in app.dataframe if "apart" in frame.value]
    assert list(shown["name"]) == [NAME, "Beta"]
    assert list(shown["apart"]) == [4, 3]
    assert list(shown["two"]) == [
        customer_opinions.pair_name(t, ("score", "agency")),
        customer_opinions.pair_name(t, ("score", "z_double_prime")),
    ]
    assert shown[["score", "z_double_prime", "agency", "payment"]].values.tolist() == [
        ["3", "–", "7", "–"],
        ["3", "6–7", "–", "1–3"],
    ]
    assert list(shown["review"]) == [day(t, NOW + timedelta(days=14))] * 2


def test_only_one_pair_can_be_asked_for(on_screen: Path) -> None:
    t = Words("en")
    app = opened("todo", part="disagreement")
    number = radar.PAIRS.index(("z_double_prime", "payment"))
    sound(app.selectbox(key="radar_pair").set_value(number).run())
    [shown] = [frame.value for frame in app.dataframe if "apart" in frame.value]
    assert list(shown["name"]) == ["Beta"]
    assert list(shown["apart"]) == [3]
    assert list(shown["two"]) == [customer_opinions.pair_name(t, ("z_double_prime", "payment"))]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_customer_page_tells_which_two_are_apart(on_screen: Path, lang: str) -> None:
    t = Words(lang)
    said = [[m.value for m in opened("customer", lang, customer=key).markdown] for key in ("1", "2", "3")]
    due = day(t, NOW + timedelta(days=14))
    for pages, (other, n) in zip(said, ((("agency"), 4), ("z_double_prime", 3)), strict=False):
        names = {"first": customer_opinions.name(t, "score"), "second": customer_opinions.name(t, other)}
        [verdict] = [text for text in pages if customer_opinions.plain(t("radar.differ", **names, n=n)) in text]
        assert customer_opinions.plain(t("radar.called", day=due)) in verdict
    assert customer_opinions.plain(t("radar.alone")) in said[2]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_axis_shows_every_opinion_or_says_why_there_is_none(made: Path, tmp_path: Path, lang: str) -> None:
    t, store = Words(lang), Store(made)
    try:
        assessed = portfolio.newest(store)
        assert assessed is not None
        customer = explanation.explain(store, assessed.policy, assessed.as_of, 2)
    finally:
        store.close()
    assert customer is not None
    found = radar.opinions(assessed.policy, customer.scored, assessed.as_of)
    figure = customer_opinions.axis(t, assessed.policy, Palette(dark=False), found, radar.furthest(found))
    texts = [note.text for note in figure.layout.annotations]
    assert {"<b>3</b>", "<b>6–7</b>", "<b>1–3</b>", t("radar.no_agency")} <= set(texts)
    assert any(day(t, YEAR_END) in text for text in texts)
    grades = {note.text: note.x for note in figure.layout.annotations if note.text in "1234567"}
    assert grades["7"] < grades["1"]  # high risk on the left
    worse = [shape for shape in figure.layout.shapes if shape.fillcolor == Palette(dark=False).worse]
    assert [(shape.x0, shape.x1) for shape in worse] == [(0, 2), (2, 4)]  # grades 6-7, and the gap up to grade 3


def test_a_policy_that_does_not_compare_opinions_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = Policy.model_validate({name: value for name, value in DATA.items() if name != "radar"})
    make_book(tmp_path / "without.duckdb", without)
    with books_in(tmp_path, tmp_path / "without.duckdb", monkeypatch):
        app = opened("todo", part="disagreement")
        assert Words("en")("radar.none") in [info.value for info in app.info]
        assert Words("en")("radar.title") not in [s.value for s in opened("customer", customer="1").subheader]
