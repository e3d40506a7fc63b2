"""The calendar, the guided review and the customer's panel as Streamlit runs them, and `riskcore reviews`."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data
from riskcore import book, portfolio, reviews, versions
from riskcore.__main__ import main
from riskcore.reviews import Seen
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests import books
from tests.screen import books_in, captions, opened, sound

WHY = "Pays in time, all limits hold"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path, 120)
    return path


@pytest.fixture(autouse=True)
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with books_in(tmp_path, sample, monkeypatch):
        yield tmp_path


def store() -> Store:
    return data.store()


def calendar(lang: str = "en") -> AppTest:
    return opened("todo", lang, book="sample", part="reviews")


def review(key: int, lang: str = "en") -> AppTest:
    return opened("review", lang, book="sample", customer=str(key))


def shown(app: AppTest) -> str:
    """All that the page says."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.success, app.info)
    tables = [str(cell) for table in app.table for cell in table.value.to_numpy().ravel()]
    return "\n".join([*(str(getattr(e, "value", "")) for kind in kinds for e in kind), *tables]).replace("\\", "")


def saved(app: AppTest, by: str = "Ada", why: str = WHY) -> AppTest:
    app.text_area(key="review_why").set_value(why)
    app.text_input(key="review_person").set_value(by)
    return app.button(key="review_save").click().run()


def newest() -> int:
    assessed = portfolio.newest(store())
    assert assessed is not None
    return assessed.assessment_id


def of_tier(code: str) -> int:
    """A customer of a tier."""
    assessed = portfolio.newest(store())
    assert assessed is not None
    return int(portfolio.customers(store(), {"tiers": [assessed.policy.tier_place(code)]})["customer_key"].iloc[0])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_calendar_stands_in_both_languages(lang: str) -> None:
    app, t = calendar(lang), Words(lang)
    assert t("reviews.by_owner") in shown(app)
    [status] = [e for e in app.segmented_control if e.key == "reviews_status"]
    assert t("reviews.all", n="120") in status.options
    assert app.dataframe[-1].value["name"].notna().all()
    assert set(app.dataframe[-1].value["because"]) <= {
        t("reviews.because_first"),
        *(t(f"reviews.because_call_{cause}") for cause in ("alert", "disagreement")),
    }


def test_filters_of_the_calendar_narrow_it() -> None:
    app = calendar()
    found = reviews.counts(store(), date.today())
    app.segmented_control(key="reviews_status").set_value("due").run()
    assert f"of {found['due']}" in captions(sound(app)) or f"{found['due']} in all" in captions(app)
    app.segmented_control(key="reviews_status").set_value("all").run()
    app.pills(key="reviews_tiers").set_value(["A"]).run()
    assert all(codes == ["A"] for codes in sound(app).dataframe[-1].value["tier"])
    app.text_input(key="reviews_search").set_value("nobody is called so").run()
    assert Words("en")("reviews.none") in captions(sound(app))


def test_an_owner_is_assigned_to_all_that_the_filters_show() -> None:
    app = calendar()
    app.pills(key="reviews_tiers").set_value(["C"]).run()
    app.text_input(key="reviews_assign_to").set_value("Noor")
    app.button(key="reviews_assign_all").click().run()
    assert "name" in app.error[0].value  # who says so is asked for
    app.text_input(key="todo_person").set_value("Lin").run()
    app.button(key="reviews_assign_all").click().run()
    rows = reviews.calendar(store(), date.today(), {})
    assert set(rows.loc[rows["tier"] == 2, "owner"]) == {"Noor"}
    assert rows.loc[rows["tier"] != 2, "owner"].isna().all()
    reviews.assign(store(), date.today(), {"customers": [int(rows["customer_key"].iloc[0])]}, "Max", "Ada")
    app.text_input(key="reviews_assign_to").set_value("Ben")
    app.button(key="reviews_assign_all").click().run()
    assert "Ada" in app.error[0].value  # who assigned in between
    app.text_input(key="reviews_assign_to").set_value("Ben")
    app.button(key="reviews_assign_all").click().run()
    assert set(reviews.calendar(store(), date.today(), {"tiers": [2]})["owner"]) == {"Ben"}
    app = calendar()
    app.selectbox(key="reviews_owner").set_value("").run()
    assert set(sound(app).dataframe[-1].value["owner"]) == {"–"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_review_tells_what_changed_and_is_recorded_in_one_go(lang: str) -> None:
    key, t = of_tier("C"), Words(lang)
    app = review(key, lang)
    assert t("reviews.since_first") in shown(app)
    assert t("reviews.step_outcome") in shown(app)
    saved(app)
    assert t("reviews.keep") in sound(app).success[0].value
    [one] = reviews.past(store(), key)
    assessed = portfolio.newest(store())
    assert assessed is not None
    assert (one.outcome, one.reason, one.reviewed_by, one.tier) == ("keep", WHY, "Ada", "C")
    assert one.next_review_on == reviews.latest_due(assessed.policy, 2, date.today())
    assert one.assessment_id == newest()
    assert WHY in shown(opened("customer", lang, book="sample", customer=str(key)))
    app.button(key="review_again").click().run()
    assert t("reviews.same_assessment") in shown(sound(app))
    assert app.button(key="review_save")


def test_points_and_rules_that_moved_are_named() -> None:
    number = newest()
    moved = store().one(
        "select a.customer_key from score a join score b using (customer_key) "
        "where a.assessment_id = $n and b.assessment_id = $n - 1 and a.score - b.score < -20 limit 1",
        n=number,
    )
    assert moved
    app = review(moved[0])
    assert Words("en")("reviews.points_moved") in shown(app)
    assert ":red[**" in shown(app)
    assert Words("en")("reviews.nothing") not in shown(app)


def test_nothing_that_changed_is_said() -> None:
    key = of_tier("A")
    reviews.record(store(), Seen(key, newest(), 0), "keep", WHY, date.today() + timedelta(days=3), "Ada", date.today())
    with store().transaction() as cursor:
        cursor.execute("update review set assessment_id = 99, reviewed_at = reviewed_at - to_days(1)")
        cursor.execute(
            "insert into assessment select 99, policy_hash, as_of, customers, created_at, known_by "
            "from assessment where assessment_id = 2"
        )
        cursor.execute(
            "insert into score_kept select * replace (99 as assessment_id) from score_kept where assessment_id = 2"
        )
        cursor.execute("update assessment set assessment_id = 100 where assessment_id = 2")
        cursor.execute("update score_kept set assessment_id = 100 where assessment_id = 2")
    assert Words("en")("reviews.nothing") in shown(review(key))


def test_escalating_names_the_approver_and_change_leads_on() -> None:
    key = of_tier("C")
    app = review(key)
    app.segmented_control(key="review_outcome").set_value("change").run()
    [limits_link] = [
        link.proto for link in app.get("page_link") if link.proto.label == Words("en")("reviews.to_limits")
    ]
    assert "customer=" in limits_link.query_string
    assert len(sound(app).get("page_link")) == 5
    app.segmented_control(key="review_outcome").set_value("escalate").run()
    approver = app.text_input(key="review_to").value
    assert approver
    saved(app)
    [one] = reviews.past(store(), key)
    assert (one.outcome, one.escalated_to) == ("escalate", approver)


def test_a_later_date_asks_for_its_reason() -> None:
    key = of_tier("C")
    app = review(key)
    app.date_input(key="review_next").set_value(date.today() + timedelta(days=90)).run()
    saved(app)
    assert "later" in app.error[0].value.lower()
    assert reviews.past(store(), key) == []
    app.text_input(key="review_later").set_value("Audited accounts in February")
    app.button(key="review_save").click().run()
    assert reviews.past(store(), key)[0].later_because == "Audited accounts in February"
    assert "Audited accounts" in shown(opened("customer", book="sample", customer=str(key)))


def test_what_is_missing_is_said_and_what_was_typed_stays() -> None:
    key = of_tier("B")
    app = saved(review(key), by="", why=WHY)
    assert len(app.error) == 1
    assert app.text_area(key="review_why").value == WHY
    assert reviews.past(store(), key) == []


def test_the_second_is_told_of_the_first_and_may_save_again() -> None:
    key = of_tier("B")
    app = review(key)
    reviews.record(store(), Seen(key, newest(), 0), "keep", WHY, date.today() + timedelta(days=9), "Lin", date.today())
    saved(app)
    assert "Lin" in app.error[0].value
    assert len(reviews.past(store(), key)) == 1
    app.button(key="review_save").click().run()
    assert [one.reviewed_by for one in reviews.past(store(), key)] == ["Ada", "Lin"]


def test_a_book_assessed_in_between_is_looked_at_again() -> None:
    key = of_tier("B")
    app = review(key)
    book.assess(store())
    saved(app)
    assert "again" in app.error[0].value
    assert reviews.past(store(), key) == []
    app.button(key="review_save").click().run()
    assert reviews.past(store(), key)[0].assessment_id == newest()


def test_after_a_review_the_next_one_under_the_same_filters_is_offered() -> None:
    app = calendar()
    app.pills(key="reviews_tiers").set_value(["C"]).run()
    rows = reviews.calendar(store(), date.today(), {"tiers": [2]})
    first, second = rows["customer_key"].iloc[0], rows["customer_key"].iloc[1]
    app.query_params["customer"] = str(int(first))
    app.switch_page("book/review.py").run()
    saved(sound(app))
    assert rows["customer_name"].iloc[1].split()[0][:4] in app.button(key="review_next").label.replace("\\", "")
    app.button(key="review_next").click().run()
    assert sound(app).query_params["customer"] in ([str(int(second))], str(int(second)))
    saved(app)
    assert {len(reviews.past(store(), int(key))) for key in (first, second)} == {1}


def test_a_review_is_called_from_the_customers_page_and_settled_by_the_review() -> None:
    key = of_tier("A")
    app = opened("customer", book="sample", customer=str(key))
    app.text_area(key="call_why").set_value("Heard of unpaid wages")
    app.text_input(key="call_person").set_value("Lin")
    app.button(key="call_confirm").click().run()
    assert "unpaid wages" in shown(sound(app))
    page = review(key)
    assert "unpaid wages" in shown(page)
    saved(page)
    assert reviews.calls(store(), key) == []


@pytest.mark.parametrize("asked", ["", "x", "999999", "9" * 12, "-1"])
def test_a_customer_that_is_not_there_is_said(asked: str) -> None:
    app = opened("review", book="sample", customer=asked)
    assert Words("en")("reviews.absent") in shown(app)


def test_filters_of_one_book_do_not_stand_in_another(home: Path) -> None:
    own = Store(home / "book.duckdb")
    books.take(own, [{"customer_id": "1", "region": "Elsewhere"}], date(2026, 10, 31))
    books.assess(own, versions.in_force(own))
    own.close()
    app = calendar()
    app.selectbox(key="reviews_region").set_value(app.selectbox(key="reviews_region").options[0]).run()
    app.button(key="other_book").click().run()
    assert "1 in all" in captions(sound(app))
    app.switch_page("book/customers.py").run()
    app.switch_page("book/todo.py").run()
    assert sound(app)


def test_an_empty_book_says_so() -> None:
    for page in ("todo", "review"):
        assert Words("en")("frame.empty") in shown(opened(page, book="own"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_line_lists_what_is_due(
    sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str
) -> None:
    path = tmp_path / "book.duckdb"
    path.write_bytes(sample.read_bytes())
    opened_store = Store(path)
    today, later = date.today(), date.today() + timedelta(days=60)
    reviews.assign(opened_store, today, {"tiers": [2]}, "Noor", "Lin")
    total = len(reviews.calendar(opened_store, today, {"due_by": later}))
    due = len(reviews.calendar(opened_store, today, {"statuses": ["overdue", "due"]}))
    opened_store.close()

    def run(*words: str) -> str:
        assert main(["reviews", "--store", str(path), "--lang", lang, *words]) == 0
        return capsys.readouterr().out

    found = json.loads(run("--due-by", later.isoformat(), "--json"))["reviews"]
    assert (found["due"], len(found["customers"])) == (total, total)
    assert found["customers"] == sorted(found["customers"], key=lambda row: row["due_on"])
    assert json.loads(run("--json"))["reviews"]["due"] == due
    lines = run("--owner", "Noor").splitlines()
    assert lines[1:] and all("Noor" in line and "  C  " in line for line in lines[1:51])
    assert len(run("--owner", "Nobody is called so").splitlines()) == 1
