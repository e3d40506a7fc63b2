"""The Monitoring page and a customer's steps, in both languages; a click on the matrix in a real browser."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest

from pages.parts import charts, monitoring_drift, monitoring_heat_map
from pages.parts.format import day, money, plain
from riskcore import book, ingest, monitoring, versions
from riskcore import policy as policies
from riskcore.monitoring import ABSENT, Cell, Drift
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.text import Words
from tests import tiers
from tests.e2e import server
from tests.screen import books_in, captions, opened, sound

NOW = date.today()
THEN = NOW - timedelta(days=30)
NAME = "<img src=x onerror=alert(1)> [x](http://y.z) $1$ **Ore** & Sons"
POLICY = policies.load()
# Per customer the external score and the exposure then and now; None: not in the book.
BOOK = {
    NAME: ((750, 1000), (650, 900)),
    "Lin": ((750, 10), (650, 20)),
    "Up": ((500, 300), (720, 400)),
    "Same": ((650, 50), (650, 50)),
    "Gone": ((650, 70), None),
    "New": (None, (550, 80)),
}
OTHER_POINTS = policies.with_thresholds(POLICY, (740, 560))


def listed(side: int) -> str:
    """The file of one of the two dates."""
    lines = ["customer id,name,credit score,exposure"]
    for place, (name, known) in enumerate(BOOK.items()):
        if known[side] is not None:
            score, exposure = known[side]
            lines.append(f"C{place},{name},{score},{exposure}")
    return "\n".join(lines) + "\n"


def take(store: Store, text: str, as_of: date) -> None:
    upload = ingest.read(text.encode(), f"customers_{as_of}.csv")
    ready = ingest.prepare(
        upload, versions.in_force(store), store, kind=ingest.KINDS["customers"], as_of=as_of, whole_book=True
    )
    book.take_in(store, [ready.prepared])


def make_book(path: Path, sides: tuple[int, ...] = (0, 1), policy: Policy | None = None) -> None:
    """A book of one assessment a side, and one under another policy."""
    store = Store(path)
    for side in sides:
        take(store, listed(side), (THEN, NOW)[side])
    if policy is not None:
        with store.transaction() as cursor:
            versions.put_in_force(cursor, policy, "Ada", "other lines")
        book.assess(store)
    store.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "sample.duckdb"
    make_book(path)
    return path


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with books_in(tmp_path, made, monkeypatch):
        yield tmp_path


@pytest.fixture
def book_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose sample book a test makes itself."""
    path = tmp_path / "made.duckdb"
    make_book(path, sides=(0,))
    with books_in(tmp_path, path, monkeypatch):
        yield tmp_path / "sample.duckdb"


def monitored(lang: str = "en") -> AppTest:
    return sound(opened("overview", lang).switch_page("book/monitoring.py").run())


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def choice(app: AppTest, label: str) -> object:
    return next(box for box in app.selectbox if box.label == label)


def heat_map(app: AppTest) -> dict[str, object]:
    """The bars of the matrix."""
    return json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_sentence_says_who_got_better_and_who_worse(home: Path, lang: str) -> None:
    t = Words(lang)
    app = monitored(lang)
    sentence = {
        "en": "**1 customer (25.0%) with ¥400 of exposure (29.2%) moved up, "
        "2 (50.0%) with ¥920 (67.2%) moved down**. Besides, 1 came and 1 left.",
        "zh": "**上调 1 家（25.0%），敞口 ¥400（29.2%）；"
        "下调 2 家（50.0%），敞口 ¥920（67.2%）**。另有新增 1 家、移出 1 家。",
    }[lang]
    assert sentence in texts(app)
    assert day(t, THEN) in texts(app) and day(t, NOW) in texts(app)
    assert t("monitoring.of_both", n=4) in captions(app)
    assert t("monitoring.policy_changed", was=1, now=1) not in texts(app)
    [earlier, later] = [choice(app, t(f"monitoring.{side}")) for side in ("earlier", "later")]
    assert (earlier.value, later.value) == (1, 2)


@pytest.mark.parametrize("by", ["customers", "exposure"])
def test_every_cell_of_the_matrix_is_written(home: Path, by: str) -> None:
    app = monitored()
    control = next(group for group in app.get("button_group") if group.key == "monitoring_by")
    sound(control.set_value(by).run())
    drawn = heat_map(app)
    wanted = {
        "customers": ["1 same", "<b>2</b> ▼", "<b>1</b> ▲"],
        "exposure": ["¥50", "<b>¥920</b> ▼", "<b>¥400</b> ▲"],
    }
    for text in wanted[by]:
        assert text in drawn["text"], drawn["text"]
    assert len(drawn["text"]) == 5 * 5 - 1 and all(drawn["text"])
    assert len(set(drawn["marker"]["color"])) > 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_cell_lists_its_customers_letter_by_letter(home: Path, lang: str) -> None:
    t = Words(lang)
    app = monitored(lang)
    sound(choice(app, t("monitoring.which")).set_value((0, 1)).run())
    listed_now = app.dataframe[0].value
    assert list(listed_now["name"]) == [NAME, "Lin"]
    assert list(listed_now["score_was"]) == [750, 750] and list(listed_now["score_now"]) == [650, 650]
    assert list(listed_now["exposure_was"]) == [1000, 10] and list(listed_now["exposure_now"]) == [900, 20]
    assert "Ore" not in texts(app) + captions(app) + "".join(element.value for element in app.get("html"))


def test_a_choice_outlives_the_way_to_a_customer(home: Path) -> None:
    app = monitored()
    sound(choice(app, "Customers of a cell").set_value((1, ABSENT)).run())
    assert list(app.dataframe[0].value["name"]) == ["Gone"]
    sound(app.switch_page("book/overview.py").run())
    sound(app.switch_page("book/monitoring.py").run())
    assert choice(app, "Customers of a cell").value == (1, ABSENT)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_drift_and_quarters_are_said_with_dates_and_as_conventions(home: Path, lang: str) -> None:
    t = Words(lang)
    app = monitored(lang)
    shown = app.dataframe[0].value
    assert shown["name"].iloc[0] == t("thresholds.score") and len(shown) == 1 + len(POLICY.characteristic)
    assert set(shown["shift"].map(tuple)) <= {(t(f"monitoring.{band}"),) for band in ("stable", "unclear", "changed")}
    assert shown["missing_now"].iloc[1] == 100
    dates = {"was": f"{day(t, THEN)}", "now": f"{day(t, NOW)}"}
    assert all(f"{one}{'（政策 v1）' if lang == 'zh' else ' (policy v1)'}" in captions(app) for one in dates.values())
    assert {"zh": "经验", "en": "Rules of thumb"}[lang] in captions(app)
    assert t("monitoring.small_note") in captions(app)
    quarters = json.loads(app.get("plotly_chart")[1].proto.spec)
    assert any(t("monitoring.no_first_sale") == note["text"] for note in quarters["layout"]["annotations"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_assessment_alone_says_what_to_do(book_of: Path, lang: str) -> None:
    t = Words(lang)
    app = monitored(lang)
    assert t("monitoring.only_one") in texts(app)
    assert [button.label for button in app.button if button.label == t("monitoring.to_import")]
    assert not app.get("plotly_chart") and not app.dataframe


def test_another_policy_is_said_and_a_day_can_be_compared_with_itself(book_of: Path) -> None:
    book_of.unlink()
    make_book(book_of, sides=(0, 1), policy=OTHER_POINTS)
    app = monitored()
    t = Words("en")
    assert choice(app, "Later assessment").value == 3 and choice(app, "Earlier assessment").value == 1
    assert t("monitoring.policy_changed", was=1, now=2) in texts(app)
    sound(choice(app, "Earlier assessment").set_value(2).run())
    assert "0 came and 0 left" in texts(app)


@pytest.mark.parametrize("count", [2, 7])
def test_other_tiers_are_neither_better_nor_worse(book_of: Path, count: int) -> None:
    book_of.unlink()
    make_book(book_of, sides=(0, 1), policy=tiers.policy(count))
    app = monitored()
    assert Words("en")("monitoring.other_tiers", arrived=1, left=1) in texts(app)
    drawn = heat_map(app)
    assert len(drawn["text"]) == 5 * (count + 2) - 1
    assert not any(mark in text for text in drawn["text"] for mark in "▲▼")


def test_names_of_a_policy_are_shown_letter_by_letter() -> None:
    line = monitoring_heat_map.Line(0, "<i>odd</i>", "A")
    cell = monitoring_heat_map.Cell(0, 0, 1.0, "1", "<b>hint</b>", 0)
    figure = monitoring_heat_map.heat_map(charts.Palette(dark=True), [line], [line], [cell], ["1"], ["1"], "Total")
    assert "<i>" not in figure.to_json() and "<b>hint" not in figure.to_json()
    assert "&lt;i&gt;odd" in str(figure.to_dict())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_drift_that_cannot_be_compared_says_so(lang: str) -> None:
    t = Words(lang)
    name = POLICY.characteristic[0].id
    apart = Drift(name, comparable=False)
    row = monitoring_drift.row(t, POLICY, POLICY, apart)
    assert row["shift"] == [t("monitoring.apart")] and row["psi"] is None and row["missing_shift"] == []
    small = Drift(name, True, (Cell(1, 2, 3, True), Cell("refused", 1, 1, True)), 0.3, 0.02, "changed")
    row = monitoring_drift.row(t, POLICY, POLICY, small)
    assert row["shift"] == [t("monitoring.changed")]
    assert str(row["small"]).endswith(f" · {t('customer.refused_short')}")
    said = monitoring_drift.summary(t, [apart, small, small])
    assert said == t("monitoring.not_all_stable", n=3, changed=2, look=0, unclear=0, apart=1)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_customers_steps_tell_policy_from_facts(book_of: Path, lang: str) -> None:
    t = Words(lang)
    store = Store(book_of)
    head = "customer id,name,exposure,quick ratio,years since incorporation"
    take(store, f"{head}\nC0,{NAME},10,0.9,7\n", NOW - timedelta(days=10))
    take(store, f"{head}\nC0,{NAME},10,2.5,7\n", NOW)
    data = POLICY.model_dump(mode="json", by_alias=True)
    changed = next(c for c in data["characteristic"] if c["id"] == "years_since_incorporation")
    best = max(b["points"] for b in changed["bins"])
    for one in changed["bins"]:
        one["points"] = one["points"] - 2 if 2 <= one["points"] < best else one["points"]
    with store.transaction() as cursor:
        versions.put_in_force(cursor, Policy.model_validate(data), "Ada", "younger firms")
    book.assess(store)
    steps = monitoring.history(store, 1)
    store.close()
    assert [change.cause for change in steps[-1].changes] == ["policy"]
    app = opened("customer", lang, customer="1")
    table = next(table.value for table in app.table if "changes" in table.value.columns)
    newest, by_facts = table["changes"].iloc[0], table["changes"].iloc[1]
    c = POLICY.known_characteristic("years_since_incorporation")
    assert ":red[**−2**]" in newest.replace("\\", "") and plain(t.of(c.name)) in newest
    assert plain(t("monitoring.history.policy")) in newest
    assert plain(t("monitoring.history.new_version", was=1, n=2)) in plain(table["date"].iloc[0].replace("\\", ""))
    ratio = POLICY.known_characteristic("quick_ratio")
    assert plain(t.of(ratio.name)) in by_facts and "→" in by_facts
    assert t("monitoring.history.policy") not in by_facts.replace("\\", "")
    assert t("monitoring.history.first") in table["changes"].iloc[-1]


@pytest.mark.browser
def test_a_click_on_a_cell_leads_to_its_customers_and_on_to_one(made: Path, tmp_path: Path, page: Page) -> None:
    (tmp_path / "sample.duckdb").write_bytes(made.read_bytes())
    with server.serving(tmp_path) as address:
        page.goto(f"{address}/monitoring?lang=en&book=sample")
        bars = page.locator(".js-plotly-plot").first.locator(".point path")
        bars.nth(11).wait_for()  # rows of five: from A to B is the second of the third
        box = bars.nth(11).bounding_box()
        assert box is not None
        page.wait_for_timeout(1000)
        page.mouse.move(box["x"] + 8, box["y"] + 6)
        page.wait_for_timeout(200)
        page.mouse.click(box["x"] + 8, box["y"] + 6)
        chosen = page.get_by_role("combobox", name="Customers of a cell")
        page.wait_for_function("box => box.value === 'A → B (2)'", arg=chosen.element_handle())
        names = page.get_by_test_id("stDataFrame").first
        names.wait_for()
        page.wait_for_timeout(1500)
        names.click(position={"x": 60, "y": 48})
        page.wait_for_url("**/customer?customer=1*")
        assert not page.locator("img[src=x]").count()
        page.get_by_text("<img src=x").first.wait_for()


def test_amounts_of_one_matrix_are_in_one_unit() -> None:
    amounts = (2.5e8, 3.1e7, -5e7, 0, None, 9e6)
    chinese = [money(Words("zh"), amount, "CNY", beside=2.5e8) for amount in amounts]
    assert chinese == ["¥2.50亿", "¥0.31亿", "−¥0.50亿", "¥0", "–", "¥0.09亿"]
    assert money(Words("zh"), 12_345, "CNY", beside=2.5e8) == "¥1.2万"  # rather than 0.00亿
    assert money(Words("en"), 400_000, "EUR", beside=2.5e6) == "€0.4M"
    assert [money(Words("zh"), 3.1e7, "CNY"), money(Words("zh"), 3.1e7, "CNY", beside=9.9e4)] == ["¥3,100万"] * 2
