"""A customer's page: the invoices and statements behind its numbers, where each stands, and looking back."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import charts, invoices, statements_panel
from pages.parts.format import day, plain
from riskcore import altman, book, entering, ingest, receivables, statements, versions
from riskcore.entering import Entry, Said
from riskcore.store import Store
from riskcore.text import Words
from tests.screen import books_in, captions, opened

DAY = date.today()
YEAR = DAY.year - 1
NAME = "<b>Ore</b> & Sons [x](http://y.z)"


def days(n: int) -> date:
    """The day n days after (below 0: before) today."""
    return DAY + timedelta(days=n)


CUSTOMERS = f"customer id,name\nC1,{NAME}\nC2,Hand\nC3,Bare\n"
INVOICES = f"""customer id,document number,invoice date,due date,paid date,amount
C1,<i>late</i>,{days(-90)},{days(-60)},{days(-50)},300
C1,early,{days(-90)},{days(-60)},{days(-70)},100
C1,owed,{days(-70)},{days(-40)},,100
"""
STATEMENTS = f"""customer id,period end,current assets,total assets,current liabilities,total liabilities,total equity,\
retained earnings,revenue,profit before tax,interest expense
C1,{YEAR}-12-31,600,1000,250,400,600,150,2200,90,30
C1,{YEAR - 1}-12-31,,1400,,,,,2000,,
"""
FILES = (("customers", CUSTOMERS), ("invoices", INVOICES), ("statements", STATEMENTS))


def make_book(path: Path) -> None:
    """A book of three: one with all kinds of files, one entered by hand, one with a list alone."""
    store = Store(path)
    policy = versions.in_force(store)
    for kind, text in FILES:
        upload = ingest.read(text.encode(), f"{kind}.csv")
        ready = ingest.prepare(upload, policy, store, kind=ingest.KINDS[kind], as_of=DAY)
        book.take_in(store, [ready.prepared])
    said = {"quick_ratio": Said(1.5, 1, days(-1), "auditor's letter", disputed=True), "external_grade": Said("N2", 1)}
    entering.save(store, Entry(2, "C2", said), DAY, "Ada")
    store.close()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "sample.duckdb"
    make_book(path)
    return path


@pytest.fixture
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with books_in(tmp_path, sample, monkeypatch):
        yield tmp_path


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def tables(app: AppTest) -> dict[str, object]:
    """The tables of the page by their first column's heading and the next."""
    return {", ".join(map(str, table.value.columns[:2])): table.value for table in app.dataframe}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_average_leads_to_its_invoices(home: Path, lang: str) -> None:
    t = Words(lang)
    app = opened("customer", lang, customer="1")
    sentence = t("customer.invoices.sentence", average=t("units.days", n="12.0"), n=3, day=day(t, DAY))
    assert plain(sentence) in texts(app)
    assert "](#invoices)" in "".join(str(table.value) for table in app.table)
    shown = tables(app)["document, invoice_date"]
    assert list(shown["document"]) == ["owed", "<i>late</i>", "early"]
    assert list(shown["contribution"]) == pytest.approx([8, 6, -2])
    assert list(shown["file"]) == ["invoices.csv"] * 3 and list(shown["line"]) == [4, 2, 3]
    assert shown["paid_date"].iloc[0] == t("customer.invoices.open")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_statements_are_a_second_opinion_with_their_figures_and_places(home: Path, lang: str) -> None:
    t = Words(lang)
    app = opened("customer", lang, customer="1")
    assert t("customer.statements.not_in_score") in texts(app)
    shown = tables(app)["name, value"].set_index("name")
    ratio = shown.loc[t("customer.named.current_ratio")]
    assert ratio["value"] == t("units.times", n="2.40")
    assert f"{t('fields.current_assets')} 600" in ratio["figures"]
    assert ratio["places"] == t("customer.statements.place", file="statements.csv", line=2)
    lacking = t("customer.statements.lacking", model="Z", figures=t("fields.market_value_of_equity"))
    assert plain(lacking) in captions(app)


def test_sections_without_data_are_not_there(home: Path) -> None:
    t = Words("en")
    app = opened("customer", customer="3")
    titles = [element.value for element in app.subheader]
    assert t("customer.invoices.title") not in titles
    assert t("customer.statements.title") not in titles
    assert "](#invoices)" not in "".join(str(table.value) for table in app.table)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_was_entered_by_hand_tells_its_source_and_that_it_is_disputed(home: Path, lang: str) -> None:
    t = Words(lang)
    app = opened("customer", lang, customer="2")
    shown = next(table.value for table in app.dataframe if "source" in table.value).set_index("name")
    ratio = shown.loc[{"zh": "速动比率", "en": "Quick ratio"}[lang]]
    assert ratio["value"] == t("customer.disputed", value=t("units.times", n="1.5"))
    assert (ratio["source"], ratio["day"]) == (
        f"auditor's letter · {t('customer.by_hand', by='Ada')}",
        day(t, days(-1)),
    )
    grade = shown.loc[{"zh": "外部评级", "en": "External grade"}[lang]]
    assert grade["source"] == t("customer.by_hand", by="Ada")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_past_date_shows_what_was_true_then_and_the_way_back(home: Path, lang: str) -> None:
    t = Words(lang)
    then = days(-55)
    app = opened("customer", lang, customer="1", as_of=then.isoformat())
    said = plain(t("customer.back.said", day=day(t, then), version=1))
    assert said in [element.value for element in app.warning]
    shown = tables(app)["document, invoice_date"]
    assert list(shown["document"]) == ["<i>late</i>", "early", "owed"]
    assert shown["paid_date"].iloc[0] == t("customer.invoices.open")  # it was paid five days later
    assert [element.value for element in app.title] == [plain(NAME)]
    app.button(key="to_now").click()
    app.run()
    assert not app.warning and "as_of" not in app.query_params


def test_what_had_not_been_taken_in_by_then_is_not_known(home: Path) -> None:
    t = Words("en")
    app = opened("customer", customer="2", known_by=days(-1).isoformat())
    assert [element.value for element in app.info] == [t("customer.back.absent")]
    assert opened("customer", customer="1", as_of="1066-10-14", known_by="x; drop").warning.len == 0


def test_the_bar_of_ages_and_the_scales_hold_what_they_are_given(home: Path, sample: Path) -> None:
    t, palette = Words("en"), charts.Palette(dark=True)
    store = Store(home / "sample.duckdb")
    measured = receivables.measures(store, DAY, 1)
    opinion = statements.second_opinion(store, 1, DAY)
    store.close()
    assert measured and opinion
    told = [b for b in measured.buckets if b.gross > 0]
    bar = invoices.ageing_bar(t, palette, told, "CNY")
    assert sum(trace.x[0] for trace in bar.data) == pytest.approx(1)
    scores = [score for score in opinion.altman if score.value is not None]
    figure = statements_panel.scales(t, palette, scores)
    marks = [a for a in figure.layout.annotations if "▼" in a.text]
    assert len(marks) == len(scores) == 3
    for mark, score in zip(marks, scores, strict=True):
        place = ("distress", "grey", "safe").index(score.zone or "")
        assert place <= mark.x <= place + 1
    assert {model.id for model in altman.MODELS} - {score.model for score in scores} == {"z"}
