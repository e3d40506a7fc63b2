"""Drafts and decisions as people use them: saved, opened elsewhere, refused, decided, printed and put back."""

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pypdf import PdfReader
from streamlit.testing.v1 import AppTest

from pages.parts import charts, compare, data, decide
from pages.parts.feedback_patterns import widget_id
from riskcore import book, changes, decisions, drafts, money, portfolio, printing, versions
from riskcore import policy as policies
from riskcore.drafts import Draft
from riskcore.feedback import events, opinions, patterns
from riskcore.store import Store
from riskcore.text import Words
from tests.screen import FRAME, books_in

POLICY = policies.load()
NAME = "Q1 :red[x] ![y](http://other.host/z.png) <b>"
WHY = "Losses are below plan, and sales ask for room."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path, 200)
    return path


@pytest.fixture
def home(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of books of the test's own, which holds the sample; the pages' caches start empty."""
    with books_in(tmp_path, made, monkeypatch):
        yield tmp_path


def store() -> Store:
    """The sample book as the pages hold it."""
    return data._open("sample")


def board(lang: str = "en", **query: str) -> AppTest:
    """The Thresholds page in a session of its own."""
    return page("book/thresholds.py", lang, **query)


def page(path: str, lang: str = "en", **query: str) -> AppTest:
    app = AppTest.from_file(FRAME, default_timeout=60)
    for name, value in {"lang": lang, "book": "sample", **query}.items():
        app.query_params[name] = value
    app.run()
    app.switch_page(path)
    for name, value in query.items():  # a page's own address, as a link gives it
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def save(app: AppTest, name: str | None, by: str, button: str = "draft_save") -> AppTest:
    app.session_state["draft_save_open"] = True
    app.run()
    if name is not None:
        app.text_input(key="draft_name").set_value(name)
    app.text_input(key="draft_person").set_value(by)
    app.button(key=button).click()
    app.run()
    assert not app.exception
    return app


def only_draft() -> Draft:
    [draft] = drafts.listed(store())
    return draft


def words_of(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.toast, *app.error, *app.warning)
    return "\n".join(element.value for element in elements)


def test_a_saved_draft_stands_in_the_url_and_opens_in_another_session(home: Path) -> None:
    app = save(board(t="690-580", a="12.5-80-50-6-10-100-100-70-5000000000"), NAME, "Ada")
    kept = only_draft()
    assert (kept.name, kept.thresholds, kept.saved_by) == (NAME, (690, 580), "Ada")
    assert (kept.assumptions.margin_pct, kept.assumptions.kept_pct) == (12.5, (100, 100, 70))
    assert kept.assumptions.own_annual_sales == 5e9
    assert app.query_params["draft"] == kept.draft_id
    assert "a" not in app.query_params  # saved with the draft
    other = board("zh", draft=kept.draft_id)
    assert [s.value for s in other.slider[:2]] == [580, 690]
    assert other.query_params["t"] == "690-580"
    assert "![y](" not in words_of(other)
    assert Words("zh")("drafts.unsaved") not in words_of(other)
    other.slider[0].set_value(585)
    other.run()
    assert Words("zh")("drafts.unsaved") in words_of(other)


def test_a_name_typed_once_is_remembered(home: Path) -> None:
    app = save(board(t="690-580"), "Q1", "Ada")
    app.session_state["decision_open"] = True
    app.run()
    assert app.text_input(key="decision_person").value == "Ada"


def test_the_second_of_two_sessions_is_told_and_nothing_is_overwritten(home: Path) -> None:
    save(board(t="690-580"), "Q1", "Ada")
    kept = only_draft()
    first, second = (board(draft=kept.draft_id) for _ in range(2))
    first.slider[0].set_value(570)
    save(first.run(), None, "Ada")
    second.slider[0].set_value(590)
    save(second.run(), None, "Bo")
    [told] = [element.value for element in second.error]
    assert told.startswith("Ada saved this draft on ")
    assert only_draft().thresholds == (690, 570)
    save(second, None, "Bo", "draft_save_new")
    assert sorted(d.thresholds for d in drafts.listed(store())) == [(690, 570), (690, 590)]
    assert second.query_params["draft"] != kept.draft_id
    third = board(draft=kept.draft_id)
    assert third.slider[0].value == 570


@pytest.mark.parametrize("asked", ["none", "![x](http://other.host/x.png)", "9" * 3000])
def test_a_draft_that_is_not_there_is_one_sentence(home: Path, asked: str) -> None:
    app = board(draft=asked)
    assert [element.value for element in app.error] == [r"This book has no such draft\."]
    assert "draft" not in app.query_params
    assert [s.value for s in app.slider[:2]] == [600, 700]


@pytest.mark.parametrize(
    "asked",
    ["", "a", "12-80", "nan-80-50-6-10-100-100-70-0", "12-80-50-6-10-100-100-101-0", "12-80-50-6-10-100-100-70"],
)
def test_assumptions_of_a_link_that_cannot_be_are_left_out(home: Path, asked: str) -> None:
    app = board(t="690-580", a=asked)
    assert "a" not in app.query_params
    assert not app.exception


def test_unsaved_assumptions_outlive_the_session_and_the_link_names_no_customer(home: Path) -> None:
    app = board(t="690-580", a="12.5-80-50-6-10-100-100-70-5000000000", pin="5")
    assert app.query_params["a"] == "12.5-80-50-6-10-100-100-70-5000000000"
    [link] = [code.value for code in app.code]
    assert link.endswith("?t=690-580&a=12.5-80-50-6-10-100-100-70-5000000000&lang=en&book=sample")


def test_a_decision_at_the_board_is_in_force_and_prints(home: Path) -> None:
    app = board(t="690-580", a="12.5-80-50-6-10-100-100-70-5000000000")
    app.session_state["decision_open"] = True
    app.run()
    told = decisions.effect(store(), portfolio.newest(store()), (690, 580), money.of_policy(POLICY))  # type: ignore[arg-type]
    assert f"{told.better} customers move up" in words_of(app)
    app.button(key="decision_confirm").click()
    app.run()
    assert [element.value for element in app.error] == [r"A name is needed, 1 to 60 letters\. Nothing was changed\."]
    app.text_input(key="decision_person").set_value("林悦")
    app.text_area(key="decision_why").set_value(WHY)
    app.button(key="decision_confirm").click()
    app.run()
    assert not app.exception and not app.error
    assert versions.in_force(store()).thresholds == (690, 580)
    assert money.of_book(store(), POLICY).margin_pct == 12.5
    assert money.of_book(store(), POLICY).own_annual_sales == 5e9
    assert "policy v2" in words_of(app)
    assert Words("en")("thresholds.nobody") in words_of(app)
    assert app.query_params["t"] == "690-580"
    assert "a" not in app.query_params
    pdf = PdfReader(io.BytesIO(printing.decision_pdf(store(), 1, Words("en"))))
    assert "林悦" in pdf.pages[0].extract_text()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_decisions_lists_them_and_puts_one_back(home: Path, lang: str) -> None:
    t = Words(lang)
    for thresholds in ((690, 580), (720, 640)):
        shown = portfolio.newest(store())
        assert shown is not None
        decisions.record(store(), shown, thresholds, money.of_policy(POLICY), "A [x](http://other.host)", WHY)
    app = page("book/decisions.py", lang)
    assert "A [x](http" not in words_of(app)
    assert words_of(app).count(r"below plan, and sales ask for room\.") == 2
    assert t("drafts.none") in words_of(app)
    app.text_input(key="put_back_1_person").set_value("Bo")
    app.text_area(key="put_back_1_why").set_value("The stricter lines cost too much.")
    app.button(key="put_back_1_confirm").click()
    app.run()
    assert not app.exception and not app.error
    assert versions.in_force(store()).thresholds == (690, 580)
    assert decisions.get(store(), 3).puts_back == 1
    assert t("decisions.puts_back", n=1) in "".join(element.value for element in app.markdown)
    assert not [b for b in app.button if b.key == "put_back_3_confirm"]


def opened_patterns(lang: str) -> AppTest:
    """The patterns of the Feedback page, as Ada reads them."""
    app = page("learn/feedback.py", lang, part="patterns")
    app.text_input(key="feedback_person").set_value("Ada").run()
    return app.segmented_control(key="feedback_part").set_value("patterns").run()


def unfold(app: AppTest, key: str) -> AppTest:
    """Open a popover, as a click in the browser does."""
    app.session_state[key] = True
    app.run()
    assert not app.exception and not app.error
    return app


def press(app: AppTest, start: str) -> AppTest:
    [button] = (b for b in app.button if b.key and b.key.startswith(start))
    button.click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_pattern_becomes_a_draft_that_is_tried_put_in_force_and_put_back(home: Path, lang: str) -> None:
    t, name, before = Words(lang), "days_beyond_terms_12m", portfolio.newest(store())
    assert before is not None
    question = f"score where {name}_bin between 2 and 4 and tier < 2 order by score"
    for place, (key,) in enumerate(store().rows(f"select customer_key from {question} limit 6")):
        opinions.give(store(), before.assessment_id, key, "too_high", ("Ada", "Bo")[place % 2], WHY, name)
    [key] = (widget_id(p.key) for p in patterns.gathered(store(), POLICY) if p.kind == "characteristic")
    app = press(unfold(opened_patterns(lang), f"draft_{key}"), "draft_try_")
    tried = portfolio.newest(store())
    assert tried is not None and tried.draft
    assert t("frame.is_draft_policy") in words_of(app)
    assert [b for b in app.button if b.key == "back_to_policy"]

    app = board(lang)
    app.slider[0].set_value(590).run()  # with another line as well
    unfold(app, "decision_open")
    changed = changes.in_words(t, before.policy, tried.policy)
    assert changed
    shown = words_of(app).replace("\\", "")
    assert [line for line in changed if line not in shown] == []
    told = decisions.effect(store(), tried, (700, 590), money.of_policy(POLICY))
    assert decide.effect_line(t, told).replace("\\", "") in shown
    assert t("decisions.starts", code=":orange-badge[**B**]", was=600, now=590) in shown
    press(app, "decision_confirm")
    assert app.error  # a name and a reason are needed
    app.text_input(key="decision_person").set_value("林悦")
    app.text_area(key="decision_why").set_value(WHY)
    press(app, "decision_confirm")
    assert not app.error
    made = decisions.get(store(), 1)
    assert made.after == versions.in_force(store()) == policies.with_thresholds(tried.policy, (700, 590))
    assert not [b for b in app.button if b.key == "back_to_policy"]
    assert t("frame.is_draft_policy") not in words_of(app)
    assert t("decisions.record") in [popover.proto.popover.label for popover in app.get("popover")]
    [event] = events.listed(store())
    assert (event.draft, event.state, event.decision_id) == (tried.policy.hash, "in_force", 1)
    assert t("feedback.state_decided", n=1) in "".join(table.value.to_csv() for table in opened_patterns(lang).table)

    app = page("book/decisions.py", lang)
    shown = words_of(app).replace("\\", "")
    assert [line for line in changed if line not in shown] == []
    assert [line for line in changes.in_words(t, made.after, made.before) if line not in shown] == []
    app.text_input(key="put_back_0_person").set_value("Bo")
    app.text_area(key="put_back_0_why").set_value("The sales that were lost were good ones.")
    press(app, "put_back_0_confirm")
    assert not app.error
    assert versions.in_force(store()) == before.policy == portfolio.newest(store()).policy  # type: ignore[union-attr]
    assert t("decisions.puts_back_first") in "".join(element.value for element in app.markdown)
    assert (
        t("print.puts_back_first")[-8:]
        in PdfReader(io.BytesIO(printing.decision_pdf(store(), 2, t))).pages[0].extract_text()
    )
    [event] = events.listed(store())
    assert event.decision_id == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_rating_on_what_is_known_is_put_in_force_and_compared_by_its_own_name(home: Path, lang: str) -> None:
    t = Words(lang)
    book.assess(store(), policies.rate_on_what_is_known(POLICY), draft=True)
    drafts.save(store(), drafts.new("Q1", "", (720, 640), money.of_policy(POLICY)), 0, "Ada")
    app = page("book/decisions.py", lang)
    shown = words_of(app).replace("\\", "")
    changed = changes.in_words(t, POLICY, policies.rate_on_what_is_known(POLICY))
    assert t("drafts.on_trial_note", changes=" · ".join(changed)) in shown
    tried = t("drafts.on_trial", version=portfolio.newest(store()).version)  # type: ignore[union-attr]
    assert app.selectbox(key="compare_from").options[0].startswith(tried)
    app = board(lang)
    unfold(app, "decision_open")
    app.text_input(key="decision_person").set_value("Ada")
    app.text_area(key="decision_why").set_value(WHY)
    press(app, "decision_confirm")
    assert versions.in_force(store()) == policies.rate_on_what_is_known(POLICY)
    assert not portfolio.newest(store()).draft  # type: ignore[union-attr]


def test_a_draft_that_nothing_can_be_held_against_is_told_and_cannot_be_confirmed(home: Path) -> None:
    book.assess(store(), policies.rate_on_what_is_known(POLICY), date(2020, 1, 1), draft=True)
    app = board()
    app.session_state["decision_open"] = True
    app.run()
    assert [e.value.replace("\\", "") for e in app.error] == [Words("en")("errors.decision_not_compared")]
    assert not [b for b in app.button if b.key == "decision_confirm"]


def test_drafts_are_copied_deleted_and_compared_on_the_page(home: Path) -> None:
    assumed = replace(money.of_policy(POLICY), margin_pct=12.5)
    first = drafts.save(store(), drafts.new(NAME, "", (720, 640), assumed), 0, "Ada")
    app = page("book/decisions.py")
    assert "Assumed differently: Margin on sales 10% → 12.5%" in words_of(app)
    assert len(app.get("plotly_chart")) == 1
    listed = portfolio.movers(store(), (720, 640), POLICY.thresholds, per_page=10)
    assert [list(table.value["name"]) for table in app.dataframe if "way" in table.value] == [
        list(listed["customer_name"])
    ]
    [shown] = [table.value for table in app.dataframe if "measure" in table.value]
    sums = [
        money.by_tier(store(), POLICY, 2, starts, a)["money"].sum()
        for starts, a in ((POLICY.thresholds, money.of_policy(POLICY)), ((720, 640), assumed))
    ]
    row = shown.set_index("measure").loc[Words("en")("print.sum_money")]
    assert list(row) == pytest.approx([*sums, sums[1] - sums[0]], abs=1)
    app.text_input(key=f"copy_by_{first.draft_id}").set_value("Bo")
    app.button(key=f"copy_now_{first.draft_id}").click()
    app.run()
    assert sorted(d.name for d in drafts.listed(store())) == sorted([NAME, f"{NAME} (copy)"])
    app.text_input(key=f"delete_by_{first.draft_id}").set_value("Bo")
    app.button(key=f"delete_now_{first.draft_id}").click()
    app.run()
    assert [d.name for d in drafts.listed(store())] == [f"{NAME} (copy)"]
    assert not app.exception and not app.error
    assert "![y](" not in words_of(app)


def test_five_tiers_are_compared_in_a_matrix_and_decided(home: Path) -> None:
    tiers = POLICY.model_dump(mode="json", by_alias=True)["tier"]
    starts = (760, 700, 650, 600, None)
    wished = [tiers[min(n, 2)] | {"code": "ABCDE"[n], "min_score": start} for n, start in enumerate(starts)]
    with_c = POLICY.model_dump(mode="json", by_alias=True) | {"tier": wished}
    five = policies.Policy.model_validate(with_c)
    with store().transaction() as cursor:
        versions.put_in_force(cursor, five, "Ada", WHY)
    book.assess(store())
    old = drafts.save(store(), drafts.new("three tiers", "", (700, 600), money.of_policy(POLICY)), 0, "Ada")
    new = drafts.save(store(), drafts.new("five", "", (740, 700, 640, 600), money.of_policy(five)), 0, "Ada")
    app = page("book/decisions.py")
    assert [b.disabled for b in app.button if b.key in {f"open_{d.draft_id}" for d in (new, old)}] == [False, True]
    assert json.loads(app.get("plotly_chart")[0].proto.spec)["data"] == []  # a matrix is drawn in shapes
    shown = portfolio.newest(store())
    assert shown is not None
    number = decisions.record(store(), shown, new.thresholds, new.assumptions, "Ada", WHY)
    assert len(PdfReader(io.BytesIO(printing.decision_pdf(store(), number, Words("zh")))).pages) == 1
    app = board(draft=old.draft_id)
    assert [element.value.split(r"\.")[0][:24] for element in app.error] == ['Draft "three tiers" is f']
    assert app.slider[3].value == 740


def test_the_sankey_keeps_every_customer_and_marks_what_gets_worse() -> None:
    rows = pd.DataFrame({"was": [0, 0, 1, 2], "now": [0, 2, 0, 2], "customers": [5, 2, 3, 7]})
    figure = compare.sankey(Words("en"), POLICY, charts.Palette(dark=False), rows, ["a", "b", "c", "d"])
    [flow] = figure.data
    assert list(flow.link.value) == [5, 2, 3, 7]
    assert [("168" in colour) for colour in flow.link.color] == [False, True, False, False]
    assert list(flow.node.label) == ["A 7", "B 3", "C 7", "A 8", "C 9"]  # nobody is left in B
    assert [flow.node.label[target] for target in flow.link.target] == ["A 8", "C 9", "A 8", "C 9"]
    assert list(flow.node.color) == [POLICY.tier[place].light for place in (0, 1, 2, 0, 2)]
    assert all(0 < y < 1 for y in flow.node.y)
