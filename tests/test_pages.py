"""Every page in both languages, run as Streamlit runs it, against numbers asked of the tables by themselves."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import controls, data
from riskcore import book, portfolio
from riskcore.store import Store
from riskcore.text import Words
from tests.screen import PAGES, books_in, captions, forget, opened, sound

CUSTOMERS = 300
SMALL = "customer id,name,credit score\nX1,Ore & Sons,812\nX2,=cmd()|' /C calc'!A0,655\nX3,<script>x</script>,430\n"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample book to ask, beside the copies that the pages open."""
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path, CUSTOMERS)
    shutil.copy(path, path.with_name("copy.duckdb"))
    store = Store(path)
    yield store
    store.close()


@pytest.fixture
def home(sample: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of books of the test's own, which holds the sample."""
    assert sample.path is not None
    with books_in(tmp_path, sample.path.with_name("copy.duckdb"), monkeypatch):
        yield tmp_path


def amount(value: float, lang: str) -> str:
    """An amount between one and a hundred million as the language writes it."""
    assert 1e6 <= value < 1e8
    return f"¥{value / 1e4:,.0f}万" if lang == "zh" else f"¥{value / 1e6:.1f}M"


def newest(store: Store, what: str) -> Any:
    """An aggregate over the scores of the last assessment."""
    row = store.one(f"select {what} from score where assessment_id = (select max(assessment_id) from assessment)")
    assert row is not None
    return row[0]


def starts(app: AppTest) -> list[Any]:
    """The sliders of thresholds, worst tier first; those of assumptions left out."""
    return [slider for slider in app.slider if (slider.key or "").startswith("start_")]


def labelled(app: AppTest, key: str) -> Any:
    """The button whose label is this sentence, in English."""
    return next(button for button in app.button if button.label == Words("en")(key))


def movers(store: Store, thresholds: tuple[int, int], before: tuple[int, int] = (700, 600)) -> int:
    """Customers whose tier differs, counted one by one."""

    def tier(a: int, b: int) -> str:
        return f"least(greatest(case when score >= {a} then 0 when score >= {b} then 1 else 2 end, best), worst)"

    return int(newest(store, f"count(*) filter (where {tier(*thresholds)} <> {tier(*before)})"))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_title_and_says_of_how_many_customers_it_speaks(home: Path, page: str, lang: str) -> None:
    t = Words(lang)
    key = 5
    [name] = Store(home / "sample.duckdb").rows("select customer_name from listing where customer_key = 5")[0]
    forget()
    app = opened(page, lang, customer=str(key))
    titles = [element.value for element in app.title]
    of_one = {"customer": name, "review": f"{t('reviews.title')} · {name}"}
    assert titles == [of_one[page] if page in of_one else t(f"{page}.title")]
    assert {"zh": f"{CUSTOMERS} 家客户", "en": f"{CUSTOMERS} customers"}[lang] in captions(app)
    assert t("frame.sample") in "".join(element.value for element in app.markdown)  # the badge
    assert dict(app.query_params) | {"lang": lang, "book": "sample"} == dict(app.query_params)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_overview_shows_customers_exposure_expected_loss_and_past_due(sample: Store, home: Path, lang: str) -> None:
    app = opened("overview", lang)
    shown = [element.value for element in app.metric]
    [(exposure, past_due)] = sample.rows("select sum(exposure), sum(past_due) from listing")
    at_stake = "coalesce(exposure, 0)::double + 0.5 * coalesce(unused_limit, 0)::double"
    pd_12m = "case when in_default then 1 else 1 / (1 + 19 * pow(2, (score - 600) / 50.0)) end"
    [(loss,)] = sample.rows(f"select sum({pd_12m} * 0.8 * ({at_stake})) from listing")
    assert shown == [
        str(CUSTOMERS),
        amount(float(exposure), lang),
        amount(loss, lang),
        f"{100 * past_due / exposure:.1f}%",
    ]
    assert len(app.get("plotly_chart")) == 3
    largest = [
        n for (n,) in sample.rows("select customer_name from listing order by exposure desc nulls last limit 10")
    ]
    assert any(list(table.value.get("name", [])) == largest for table in app.dataframe)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_customers_are_searched_filtered_and_sorted(sample: Store, home: Path, lang: str) -> None:
    app = opened("customers", lang)
    rows = sample.rows("select customer_id, exposure from listing order by exposure desc nulls last limit 25")
    assert list(app.dataframe[0].value["id"]) == [row[0] for row in rows]
    in_a = newest(sample, "count(*) filter (where tier = 0)")
    app.get("button_group")[1].set_value(["A"])
    sound(app.run())
    assert {"zh": f"共 {in_a} 行", "en": f"of {in_a}"}[lang] in captions(app)
    app.selectbox(key="order").set_value("score_low")
    sound(app.run())
    lowest = newest(sample, "min(score) filter (where tier = 0)")
    assert app.dataframe[0].value["score"].iloc[0] == lowest
    app.text_input(key="search").set_value("no such customer % _ '")
    assert Words(lang)("customers.none") in captions(sound(app.run()))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_customers_page_shows_the_score_and_every_point(sample: Store, home: Path, lang: str) -> None:
    newest_score = "select score, tier from score where customer_key = $key order by assessment_id desc"
    keys = sample.rows("select min(customer_key), tier from listing group by tier order by tier")
    assert len(keys) == 3
    for key, tier in keys:
        score, same_tier = sample.one(newest_score, key=key) or (None, None)
        assert same_tier == tier
        app = opened("customer", lang, customer=str(key))
        assert f">{score}<" in "".join(element.value for element in app.get("html"))
        assert f"[**{'ABC'[tier]}**]" in "".join(element.value for element in app.markdown)
        assert len(app.get("plotly_chart")) == 3  # the line of the score, its points, and four opinions


@pytest.mark.parametrize("asked", ["", "0", "999999", "-1", "abc", "1; drop table score", "²", "9" * 30])
def test_a_customer_who_is_not_in_the_book_is_one_sentence(home: Path, asked: str) -> None:
    app = opened("customer", "zh", customer=asked)
    assert [element.value for element in app.info] == [Words("zh")("customer.absent")]


def test_sliders_drive_board_and_movers_and_can_be_taken_back(sample: Store, home: Path) -> None:
    app = opened("thresholds")
    shown = portfolio.newest(sample)
    assert shown is not None
    assert [s.value for s in starts(app)] == [600, 700]
    assert "board" in [component.key for component in app.get("bidi_component")]
    assert Words("en")("thresholds.nobody") in captions(app)
    for place, start, wished in ((1, 680, (680, 600)), (0, 571, (680, 571)), (0, 690, (691, 690))):
        starts(app)[place].set_value(start)
        sound(app.run())
        n = movers(sample, wished)
        assert n == portfolio.mover_counts(sample, shown.assessment_id, wished, [700, 600])["all"] > 0
        assert f"{n}, by exposure, largest first" in captions(app).splitlines()
        assert app.query_params["t"] == "-".join(map(str, wished))
        assert [s.value for s in starts(app)] == list(wished[::-1])
        rows = portfolio.movers(sample, wished, [700, 600], per_page=10)
        table = app.dataframe[0].value
        assert list(table["name"]) == list(rows["customer_name"])
        assert [tiers[0] for tiers in table["was"]] == ["ABC"[p] for p in rows["was"]]
        assert [tiers[0] for tiers in table["now"]] == ["ABC"[p] for p in rows["now"]]

    labelled(app, "thresholds.undo").click()
    sound(app.run())
    assert app.query_params["t"] == "680-571"
    labelled(app, "thresholds.reset").click()
    sound(app.run())
    assert app.query_params["t"] == "700-600"
    assert labelled(app, "thresholds.reset").disabled
    labelled(app, "thresholds.undo").click()
    assert sound(app.run()).query_params["t"] == "680-571"  # a reset can be undone too


def test_an_assumption_that_is_moved_stays_and_goes_back(home: Path) -> None:
    app = opened("thresholds")
    before = {slider.key: slider.value for slider in app.slider if slider.key.startswith("assume_")}
    assert len(before) == 5 + 2  # and the sales kept in B and C
    for key, wished in (("assume_margin_pct_None", 12.5), ("assume_kept_pct_2", 70.0)):
        app.slider(key=key).set_value(wished)
        sound(app.run())
        assert app.slider(key=key).value == wished
    assumed = app.session_state["meeting_sample_assumptions"]
    assert (assumed.margin_pct, assumed.kept_pct[2]) == (12.5, 70.0)
    labelled(app, "assuming.reset").click()
    sound(app.run())
    assert {slider.key: slider.value for slider in app.slider if slider.key in before} == before


def test_thresholds_of_the_url_outlive_the_session(sample: Store, home: Path) -> None:
    app = opened("thresholds", t="655-580")
    assert [s.value for s in starts(app)] == [580, 655]
    assert f"{movers(sample, (655, 580))}, by exposure" in captions(app)
    assert app.query_params["t"] == "655-580"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("asked", ["600-700", "600-600", "900-600", "700", "700-650-600", "a-b", "700-", "9" * 5000])
def test_thresholds_that_cannot_stand_are_refused_in_a_sentence(home: Path, lang: str, asked: str) -> None:
    app = opened("thresholds", lang, t=asked)
    [warning] = [element.value for element in app.warning]
    said = Words(lang)("thresholds.refused", asked="~").split("~")
    assert warning.startswith(said[0])
    assert warning.endswith(said[1])
    assert len(warning) < 300
    assert [s.value for s in starts(app)] == [600, 700]
    assert not sound(app.run()).warning  # said once


def test_thresholds_of_a_link_are_shown_letter_by_letter(home: Path) -> None:
    app = opened("thresholds", t="![x](http://other.host/x.png)")
    assert "![x](" not in app.warning[0].value


def test_the_language_changes_and_the_page_stays(home: Path) -> None:
    app = opened("thresholds", "en", t="655-580")
    app.get("button_group")[0].set_value("zh")
    sound(app.run())
    assert [element.value for element in app.title] == [Words("zh")("thresholds.title")]
    assert app.query_params["lang"] == "zh"
    assert app.query_params["t"] == "655-580"
    sound(app.switch_page(PAGES["overview"]).run())
    assert [element.value for element in app.title] == [Words("zh")("overview.title")]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", ["overview", "thresholds", "customers", "customer"])
def test_an_empty_book_of_ones_own_has_two_ways_out(home: Path, page: str, lang: str) -> None:
    t = Words(lang)
    app = opened(page, lang, book="own")
    assert [b.label for b in app.button if b.key != "other_book"] == [t("frame.upload"), t("frame.see_sample")]
    assert not app.dataframe and not app.metric and not app.slider
    app.button[-1].click()
    sound(app.run())
    assert app.query_params["book"] == "sample"
    assert f"{CUSTOMERS}" in captions(app)
    app = opened(page, lang, book="own")
    app.button[-2].click()
    sound(app.run())
    assert [element.value for element in app.title] == [t("imports.title")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_smallest_file_gives_tiers_at_once(home: Path, lang: str) -> None:
    t = Words(lang)
    app = opened("imports", lang)
    app.file_uploader[0].set_value(("three.csv", SMALL.encode(), "text/csv"))
    sound(app.run())
    [take] = [b for b in app.button if b.label == t("imports.take", n=3)]
    take.click()
    sound(app.run())
    store = data.own()
    scored = store.rows("select customer_id, score, tier from score join customer using (customer_key) order by 1")
    assert [row[0] for row in scored] == ["X1", "X2", "X3"]
    assert [row[1] for row in scored] == [812, 655, 430]
    assert app.query_params["book"] == "own"
    assert t("imported.done", name=r"three\.csv", taken=3, aside=0) in [element.value for element in app.success]
    assert {"zh": "3 家客户", "en": "3 customers"}[lang] in captions(app)
    assert list(app.dataframe[-1].value["file"]) == ["three.csv"]
    sound(app.switch_page(PAGES["overview"]).run())
    assert app.metric[0].value == "3"
    sound(app.switch_page(PAGES["customers"]).run())
    assert set(app.dataframe[0].value["name"]) == {"Ore & Sons", "=cmd()|' /C calc'!A0", "<script>x</script>"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_good_rows_are_taken_and_every_bad_one_is_listed(home: Path, lang: str) -> None:
    t = Words(lang)
    lines = [
        "customer id,name,credit score,quick ratio,balance",
        "R1,Good,700,1.2,-250.00",
        "R2,Ragged,650",
        'R3,"Broken,650,1.1,100',
        f"R4,{'x' * 10_000_000},650,1.1,100",
        "R1,Twice,710,1.3,100",
        "R5,Not a number,660,NaN,100",
        "R6,Endless,670,inf,100",
        "R7,Too large,680,1e400,100",
        "R8,Good too,690,0.9,100",
    ]
    app = opened("imports", lang)
    app.file_uploader[0].set_value(("mixed.csv", "\n".join(lines).encode(), "text/csv"))
    sound(app.run())
    listed = next(table.value for table in app.dataframe if "effect" in table.value)
    reasons = dict(zip(listed["line"], listed["reason"], strict=True))
    not_finite = t("problems.not_finite")
    assert reasons == {
        3: t("problems.ragged", found=3, expected=5),
        4: t("problems.broken_quote"),
        5: t("problems.cell_too_long", most=32_000),
        6: t("problems.duplicate_id", first=2),
        7: not_finite,
        8: not_finite,
        9: not_finite,
    }
    assert t("imports.problems_note", n=7, reasons=5) in captions(app)
    [take] = [b for b in app.button if b.label == t("imports.take", n=5)]
    take.click()
    sound(app.run())
    taken = data.own().rows("select customer_id, exposure from listing order by customer_id")
    assert [(name, float(exposure)) for name, exposure in taken] == [
        ("R1", -250),
        *((name, 100) for name in ("R5", "R6", "R7", "R8")),
    ]


@pytest.mark.parametrize("page", ["thresholds", "customers", "reviews", "alerts", "disagreement", "limits"])
def test_name_tier_and_amount_are_in_sight_in_a_narrow_window(home: Path, page: str) -> None:
    """A window of 900 pixels leaves a table 750, of which the boxes to tick take 32."""
    query = {"t": "690-620"} if page == "thresholds" else {"part": page}
    app = opened(page if page in PAGES else "todo", "zh", book="sample", **query)
    tables = [table for table in app.dataframe if "name" in table.value]
    assert tables
    for table in tables:
        named, layout = list(table.value), json.loads(table.proto.columns)
        amount_of = "difference" if page == "limits" else "exposure"
        widths = [{"medium": 200, "small": 75}.get(w := layout[name].get("width"), w) for name in named]
        assert sum(widths[: named.index(amount_of) + 1]) <= 750 - 32, named
        assert {"tier", "line", "now"} & set(named[: named.index(amount_of)])


def test_industries_and_regions_of_the_sample_are_named_in_the_language_of_the_page(home: Path, sample: Store) -> None:
    question = "select distinct industry from listing where industry is not null union select region from listing"
    values = [value for (value,) in sample.rows(f"from ({question}) t(value) where value is not null")]
    names = {value: controls.value_name(Words("zh"), value) for value in values}
    assert [value for value, name in names.items() if name.isascii()] == []
    assert len(set(names.values())) == len(names)
    assert [controls.value_name(Words("en"), value) for value in values] == values
    for page in ("overview", "thresholds", "customers"):
        app = opened(page, "zh", book="sample")
        shown = [str(cell) for table in app.dataframe for cell in table.value.astype(str).to_numpy().ravel()]
        shown += [option for box in app.selectbox for option in box.options]
        assert set(values) & set(shown) == set()


def test_industries_of_an_own_book_stand_as_its_files_say(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "kind", lambda: "own")
    assert controls.value_name(Words("zh"), "Food") == "Food"
