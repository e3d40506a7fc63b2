"""Alerts on screen: the inbox, the watch list, a customer's page, and what needs action on the Overview."""

import re
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data
from pages.parts.format import plain
from riskcore import alerts, book, decisions, money, portfolio, versions
from riskcore import policy as policies
from riskcore.commands import arguments
from riskcore.store import Store
from riskcore.text import Words
from tests import books
from tests.screen import books_in, captions, opened, sound
from tests.test_alerts import GOOD, changed

POLICY = policies.load()
NOW = date.today()
NAME = "<img src=x onerror=alert(1)> [x](http://y.z) $1$ **Ore** & Sons"


def make_book(path: Path, with_alerts: bool = True) -> None:
    """Three customers, of whom one fell a tier and is above its limit, and one was listed as a dishonest debtor."""
    with closing(Store(path)) as store:
        versions.in_force(store)
        if not with_alerts:
            with store.transaction() as cursor:
                versions.put_in_force(cursor, changed(POLICY, alert=[]), "Ann", "no alerts for now")
        fallen = {"credit_score": 640.0, "exposure": 9000.0, "past_due_amount": 0.0}
        after = ({"customer_name": NAME} | fallen, {"k2": True, "s3": True}, {})
        for day, changes in ((NOW - timedelta(31), ({"customer_name": NAME}, {}, {})), (NOW, after)):
            rows = [GOOD | {"customer_id": f"C{place}"} | change for place, change in enumerate(changes)]
            books.take(store, rows, day, whole_book=True)
            book.assess(store)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("alerts") / "made.duckdb"
    make_book(path)
    return path


@pytest.fixture
def screen(tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with books_in(tmp_path, made, monkeypatch):
        yield


def to_do(lang: str = "en") -> AppTest:
    return opened("todo", lang, part="alerts", book="sample")


def kept(question: str) -> list[tuple[object, ...]]:
    return data._open("sample").rows(question)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_inbox_says_what_changed_in_words(screen: None, lang: str) -> None:
    t, app = Words(lang), to_do(lang)
    [table] = app.dataframe
    shown = table.value
    assert set(shown["name"]) == {NAME, "Ore & Sons"}
    assert t("alerts.told_utilisation", was="50%", now="450%") in set(shown["what"])
    assert shown["watched"].iloc[0] == "●"  # rule S3 watches, so its customer stands first
    assert t("alerts.note") in captions(app)


def test_all_that_fit_are_acknowledged_under_a_name(screen: None) -> None:
    app = to_do()
    n = len(app.dataframe[0].value)
    app.button("alerts_acknowledge_all").click().run()
    assert plain(Words("en")("errors.person_missing", least=1, most=60)) in [e.value for e in app.error]
    app.text_input("todo_person").input("Ann").run()
    app.multiselect("alerts_rules_open").select("W1").run()
    fitting = len(app.dataframe[0].value)
    sound(app.button("alerts_acknowledge_all").click().run())
    assert kept("select count(*), max(said_by) from alert_event") == [(fitting, "Ann")]
    left = to_do()
    assert len(left.dataframe[0].value) == n - fitting
    left.segmented_control("alerts_stands").set_value("acknowledged").run()
    assert len(sound(left).dataframe[0].value) == fitting
    assert "Ann" in left.dataframe[0].value["settled"].iloc[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_watch_list_says_why(screen: None, lang: str) -> None:
    app = to_do(lang)
    sound(app.segmented_control("alerts_view").set_value("watch_list").run())
    shown = app.dataframe[0].value
    s3 = next(rule for rule in POLICY.rule if rule.code == "S3")
    assert [f"S3 {Words(lang).of(s3.name)}" in why for why in shown["why"]] == [True]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_customer_is_watched_from_its_page(screen: None, lang: str) -> None:
    t, app = Words(lang), opened("customer", lang, customer="1", book="sample")
    assert any(
        t("alerts.told_utilisation", was="50%", now="450%") in said.value.replace("\\", "") for said in app.markdown
    )
    app.button("watch_save").click().run()
    assert app.error
    app.text_area("watch_reason").input("pays out of turn").run()
    app.text_input("watch_person").input("Ann").run()
    sound(app.button("watch_save").click().run())
    assert any("pays out of turn" in said.value for said in app.markdown)
    sound(app.button("unwatch").click().run())
    assert kept("select is_watched, said_by from watched order by said_at") == [(True, "Ann"), (False, "Ann")]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_overview_says_what_needs_action(screen: None, lang: str) -> None:
    t, app = Words(lang), opened("overview", lang, book="sample")
    said = "\n".join(element.value for element in app.markdown)
    for key in ("alerts.needs_alerts", "alerts.needs_limit", "alerts.needs_rules"):
        assert t(key) in said
    assert t("alerts.needs_statements", n=18) not in said
    [line] = [button for button in app.button if button.key == "needs_over_limit"]
    assert t("alerts.customers_n", n=1) in line.label
    sound(line.click().run())
    assert list(app.dataframe[0].value["name"]) == [NAME]


def test_without_rules_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_book(bare := tmp_path / "bare.duckdb", with_alerts=False)
    (home := tmp_path / "home").mkdir()
    with books_in(home, bare, monkeypatch):
        [said] = [info.value for info in to_do().info]
        assert said.startswith(Words("en")("alerts.not_in_policy"))
        [command] = re.findall("`python -m riskcore (.+?)`", said)
        file = Path(__file__).parents[1] / arguments.parser(Words("en")).parse_args(command.split()).policy
        store = data._open("sample")
        book.assess(store, policies.load(file), draft=True)
        draft = portfolio.newest(store)
        assert draft
        decisions.record(store, draft, POLICY.thresholds, money.of_policy(POLICY), "Ann", "the rules of the default")
        assert versions.in_force(store).alert == POLICY.alert
        assert not to_do().info


def test_a_review_that_was_asked_for_stands_beside_the_alerts_of_its_customer(screen: None) -> None:
    store = data._open("sample")
    with store.transaction() as cursor:
        cursor.execute("delete from review_call")
    assert set(to_do("zh").dataframe[0].value["review"]) == {""}
    rows = alerts.inbox(store, POLICY, NOW, {"stands": "open", "codes": ["W1"]})
    chosen = [int(number) for number in rows["alert_id"][rows["customer_name"] == NAME]]
    assert alerts.call_reviews(store, POLICY, chosen, NOW, "Ann") == (1, 0)
    shown = to_do("zh").dataframe[0].value
    due = NOW + timedelta(next(rule.review_within_days or 14 for rule in POLICY.alert if rule.code == "W1"))
    assert set(zip(shown["name"], shown["review"], strict=True)) == {(NAME, f"{due}"), ("Ore & Sons", "")}


def test_what_another_person_put_away_in_between_is_told(screen: None) -> None:
    app = to_do()
    app.text_input("todo_person").input("Bo").run()
    store = data._open("sample")
    which = {"stands": "open"}
    alerts.acknowledge(store, POLICY, NOW, which, alerts.count(store, POLICY, NOW, which), "Ann")
    app.button("alerts_acknowledge_all").click().run()
    assert not app.exception
    assert kept("select distinct said_by from alert_event") == [("Ann",)]
