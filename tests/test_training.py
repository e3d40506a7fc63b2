"""Training: cases scored live, practice scored by money and Brier, anonymous cases of the past, units, progress."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from riskcore import book, explanation, money, portfolio, schema, signing, versions
from riskcore.errors import AskedWrong
from riskcore.money import Assumptions
from riskcore.policy import Policy, with_thresholds
from riskcore.store import Store
from riskcore.training import case as cases
from riskcore.training import leaning, library, past, practice, progress, units
from riskcore.training.case import Case, Decided, Outcome
from riskcore.training.leaning import Stated
from tests.books import take
from tests.reference import REFUSED
from tests.test_text import ill_worded

THEN, NOW = date(2026, 1, 31), date(2026, 10, 31)


@pytest.fixture
def store() -> Iterator[Store]:
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture
def policy(store: Store) -> Policy:
    return versions.in_force(store)


def texts(value: Any, where: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every pair of sentences in a case or unit."""
    if isinstance(value, dict):
        if set(value) == {"zh", "en"}:
            yield where, value
        else:
            for name, inner in value.items():
                yield from texts(inner, f"{where}.{name}")
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from texts(inner, f"{where}.{place}")


def test_units_and_cases_are_well_worded_in_both_languages() -> None:
    told = [*units.units(), *cases.starters()]
    problems = [p for one in told for key, pair in texts(one.model_dump()) for p in ill_worded(key, pair)]
    assert not problems, "\n".join(problems)


def test_units_are_short_and_each_question_has_one_right_answer() -> None:
    found = units.units()
    assert [unit.id for unit in found] == ["why", "collect", "rate", "classify", "respond", "improve"]
    assert len({unit.figure for unit in found}) == 6
    for unit in found:
        assert 200 <= len(unit.text.en.split()) <= 280
        assert 300 <= len(re.sub(r"\s", "", unit.text.zh)) <= 550
        assert len(unit.question) == 3
        assert all(sum(option.right for option in question.option) == 1 for question in unit.question)


def test_invented_cases_are_of_both_kinds_and_say_what_the_policy_can_score(store: Store, policy: Policy) -> None:
    found = cases.starters()
    assert len({case.case_id for case in found}) == len(found) >= 12
    assert sum(case.outcome.bad for case in found) >= 6
    assert sum(not case.outcome.bad for case in found) >= 6
    assert len({case.currency for case in found}) >= 3
    sales = [case.amounts["annual_sales"] for case in found]
    assert max(sales) > 20 * min(sales)
    for case, seen in zip(found, cases.views(store, policy, found), strict=True):
        assert case.title and case.known and case.lesson and case.decided.text and case.outcome.text
        assert set(case.amounts) <= set(cases.AMOUNTS)
        lines = {line.characteristic.id: line for line in seen.explained.lines}
        assert {name for name, line in lines.items() if 0 < line.bin < schema.REFUSED_BIN} == set(case.facts)
        assert {name for name, line in lines.items() if line.is_refused} == set(case.refused)
        assert seen.explained.scored["score"] is not None
        if case.outcome.bad:
            assert case.outcome.lost and case.outcome.lost > 0


def test_a_case_scores_as_the_same_customer_of_the_book(store: Store, policy: Policy) -> None:
    for case in cases.starters():
        row: dict[str, Any] = {name: "no_debt" if value == "special" else value for name, value in case.facts.items()}
        row |= dict.fromkeys(case.refused, REFUSED) | dict.fromkeys(case.flags, True)
        row |= {"past_due_amount" if name == "past_due" else name: amount for name, amount in case.amounts.items()}
        take(store, [{"customer_id": case.case_id, **row}], NOW)
    seen = cases.views(store, policy, cases.starters())
    for key, (case, view) in enumerate(zip(cases.starters(), seen, strict=True), 1):
        in_book, own = explanation.explain(store, policy, NOW, key), view.explained
        assert in_book is not None
        for name in ("score", "tier", "rules", "known_points", "in_default", "binding"):
            assert own.scored[name] == in_book.scored[name], (case.case_id, name)
        assert own.limit["recommended"] == in_book.limit["recommended"]


def test_a_changed_policy_scores_a_case_anew(store: Store, policy: Policy) -> None:
    case = next(case for case in cases.starters() if case.case_id == "weak-figures-prompt-payer")
    assert cases.view(store, policy, case).tier == 1
    assert cases.view(store, with_thresholds(policy, (650, 500)), case).tier == 0


# Practice

PLAIN = Case(
    case_id="plain",
    origin="invented",
    currency="CNY",
    amounts={"annual_sales": 3_650_000, "credit_limit": 0},
    facts={"days_beyond_terms_12m": 3.0},
    decided=Decided(limit=0, terms_days=0),
    outcome=Outcome(bad=True, months=6, days_late=10),
)
ASSUMED = Assumptions(10, 80, 50, 6, 10, (100, 100, 80))


def test_money_of_a_judgement_is_what_the_hand_works_out(policy: Policy) -> None:
    def earned(limit: float, days: int, bad: bool = True, late: float | None = 10) -> float:
        seen = PLAIN.model_copy(update={"outcome": Outcome(bad=bad, months=6, days_late=late)})
        return practice.earned(policy, ASSUMED, seen, limit, days)

    assert earned(0, 30) == earned(900_000, 0) == pytest.approx(0.1 * 0.8 * 3_650_000)  # prepaid, eight tenths stay
    # 40 days at 10,000 a day: 400,000 outside, carried by the limit.
    assert earned(400_000, 30, bad=False) == pytest.approx(365_000 - 0.06 * 400_000)
    assert earned(400_000, 30) == pytest.approx(365_000 - 24_000 - 0.8 * 400_000)
    # Half of what the limit leaves unused is drawn before the end.
    assert earned(600_000, 30) == pytest.approx(365_000 - 24_000 - 0.8 * 500_000)
    # A limit for half of it: the other half of sales is prepaid.
    assert earned(200_000, 30, bad=False) == pytest.approx(0.1 * 3_650_000 * 0.9 - 12_000)
    assert earned(450_000, 30, bad=False, late=60) == pytest.approx(365_000 - 27_000)  # capped at 15 days late


def judge_all(store: Store, person: str, tier: str, pd: float | None = None) -> list[practice.Judgement]:
    """A person judges all invented cases; `tier` "copy" and `pd` None are the score's own."""
    policy, found = versions.in_force(store), cases.starters()
    for case, seen in zip(found, cases.views(store, policy, found), strict=True):
        code = policy.tier[seen.tier].code if tier == "copy" else tier
        stated = seen.pd_12m if pd is None else pd
        practice.judge(store, case, person, code, seen.limit, seen.terms_days, stated)
    return practice.judgements(store, person)


def test_who_copies_the_score_gets_the_scores_brier_value_and_money(store: Store) -> None:
    found = practice.report(judge_all(store, "Ada", "copy"))
    assert found.cases == len(cases.starters())
    assert found.brier == found.score_brier
    assert found.money_pct == found.score_money_pct
    assert found.bias == found.score_bias


def test_who_always_says_fine_is_too_lenient_and_who_always_says_bad_too_strict(store: Store) -> None:
    fine, bad = practice.report(judge_all(store, "Ada", "A", 0.01)), practice.report(judge_all(store, "Lin", "C", 0.99))
    assert fine.bias.leaning == "lenient"
    assert fine.bias.high is not None and fine.bias.high < 0
    assert bad.bias.leaning == "strict"
    assert fine.brier == pytest.approx(sum((0.01 - c.outcome.bad) ** 2 for c in cases.starters()) / fine.cases)


def test_a_team_leans_where_several_people_do_and_the_score_is_told_beside_it(store: Store) -> None:
    policy = versions.in_force(store)
    given = [replace(j, family="payment", good=(), poor=()) for j in judge_all(store, "Ada", "A", 0.01)]
    other = [replace(j, person="Lin", case_id=f"other {j.case_id}", family="external", pd=j.score_pd) for j in given]
    assert not progress.leanings(given + other, policy)
    both = given + [replace(j, person="Bo") for j in given]
    [one] = progress.leanings(both + other, policy)
    assert (one.of, one.side, one.people, one.team.leaning) == ("payment", None, 2, "lenient")
    assert one.team.cases == one.score.cases == len(given)  # a case that two judged is one case
    assert one.score == leaning.bias([Stated(j.score_pd - j.bad, j.bad) for j in given])
    assert not progress.leanings([j for j in both if j.case_id in {one.case_id for one in given[:9]}], policy)


def test_a_team_leans_on_a_characteristic_where_there_is_enough_else_on_its_family(store: Store) -> None:
    policy = versions.in_force(store)
    [j, *_] = judge_all(store, "Ada", "A", 0.01)

    def judged(number: int, person: str, family: str) -> practice.Judgement:
        """Everything fails where the quick ratio is poor, and half is stated all the same."""
        poor = number % 2 == 0
        marks = {"poor" if poor else "good": ("quick_ratio",), "good" if poor else "poor": ()}
        kept = {"family": family, "bad": poor, "pd": 0.5 if poor else 0.0, "score_pd": 1.0 if poor else 0.0}
        return replace(j, case_id=str(number), person=person, **kept, **marks)

    [ratio] = [c for c in policy.characteristic if c.id == "quick_ratio"]
    given = [judged(number, person, ratio.family) for number in range(40) for person in ("Ada", "Lin")]
    [one] = progress.leanings(given, policy)
    assert (one.of, one.side, one.people, one.team.cases) == ("quick_ratio", "poor", 2, 20)
    assert (one.team.mean, one.team.leaning) == (-0.5, "lenient")
    assert (one.score.mean, one.score.leaning) == (0, "unclear")
    assert not progress.leanings(given, policy, people_least=3)
    [few] = progress.leanings([one for one in given if int(one.case_id) < 18], policy)
    assert (few.of, few.side) == (ratio.family, None)


def test_a_judgement_keeps_which_known_values_were_good_and_which_poor(store: Store, policy: Policy) -> None:
    case = cases.starters()[0]
    given = practice.judge(store, case, "Ada", "B", 1000.0, 30, 0.2)
    lines = {line.characteristic.id: line for line in cases.view(store, policy, case).explained.lines}
    assert set(given.good) | set(given.poor) == set(case.facts)  # what was refused or never told is neither
    assert given.good and given.poor
    assert all(lines[name].points >= lines[name].characteristic.max_points / 2 for name in given.good)
    assert all(lines[name].points < lines[name].characteristic.max_points / 2 for name in given.poor)
    with store.transaction() as cursor:
        cursor.execute("update training_judgement set good = null, poor = null")  # judged before they were kept
    [older] = practice.judgements(store)
    assert (older.good, older.poor) == ((), ())
    assert practice.report([older]).by_characteristic == ()


def test_tiers_of_a_list_are_those_of_each_case(store: Store, policy: Policy) -> None:
    found = list(cases.starters())
    assert cases.tiers(store, policy, found) == [seen.tier for seen in cases.views(store, policy, found)]


def test_who_opened_a_case_is_kept_once(store: Store) -> None:
    case_id = cases.starters()[0].case_id
    library.opened(store, "Ada", case_id)
    first = store.rows("select * from training_read")
    library.opened(store, " Ada ", case_id)
    assert store.rows("select * from training_read") == first
    assert (library.read(store, "Ada"), library.read(store, "Lin")) == ({case_id}, set())
    with pytest.raises(AskedWrong):
        library.opened(store, "", case_id)


@pytest.mark.parametrize(
    "given",
    [
        ("", "A", 1.0, 30, 0.1),
        ("Ada", None, 1.0, 30, 0.1),
        ("Ada", "Z", 1.0, 30, 0.1),
        ("Ada", "A", None, 30, 0.1),
        ("Ada", "A", -1.0, 30, 0.1),
        ("Ada", "A", 1.0, None, 0.1),
        ("Ada", "A", 1.0, 400, 0.1),
        ("Ada", "A", 1.0, 30, None),
        ("Ada", "A", 1.0, 30, 1.5),
    ],
)
def test_an_incomplete_judgement_is_refused_and_leaves_nothing(store: Store, given: tuple[Any, ...]) -> None:
    with pytest.raises(AskedWrong):
        practice.judge(store, PLAIN, *given)
    assert practice.judgements(store) == []


def test_a_case_is_judged_once_by_each_person(store: Store) -> None:
    first = practice.judge(store, PLAIN, "Ada", "B", 1000.0, 30, 0.2)
    with pytest.raises(AskedWrong):
        practice.judge(store, PLAIN, " Ada ", "C", 0.0, 0, 0.9)
    practice.judge(store, PLAIN, "Lin", "C", 0.0, 0, 0.9)
    assert practice.judgements(store, "Ada") == [first]
    assert [j.person for j in practice.judgements(store)] == ["Ada", "Lin"]


# Cases of the book's own past

SECRET = {
    "customer_name": "Zhiyuan Precision",
    "region": "Wuxi-East",
    "salesperson": "Wang Qiming",
    "reg_no": "9132XQ77",
}


def rows(worse: bool) -> list[dict[str, Any]]:
    """Ten customers with figures that nobody else has; of the first four, `worse` says that they failed."""
    pick = random.Random(3)
    out = []
    for number in range(10):
        row: dict[str, Any] = {"customer_id": f"KD-{number}-7741", **SECRET, "industry": "C35"}
        row["customer_name"] = f"{SECRET['customer_name']} {number}"
        row |= {"annual_sales": 1234567.89 * (number + 1), "credit_limit": 345678.0 + number, "exposure": 222333.44}
        row |= {"past_due_amount": 98765.43 if worse else 0.0, "net_worth": 7654321.0 + number, "credit_days": 47}
        row |= {"quick_ratio": round(pick.uniform(0.713, 1.3), 6), "liabilities_to_assets_pct": 61.273 + number / 100}
        row |= {"interest_coverage": 3.417 + number / 10, "days_beyond_terms_12m": 7.531 + number}
        row |= {
            "statement_quality": "audited_12m",
            "external_grade": f"N{number % 3 + 1}",
            "years_since_incorporation": 2.37 * number,
        }
        row |= {"worst_days_past_due_24m": 41.37, "past_due_over_30_pct": 3.333, "months_trading": 20 + 5 * number}
        if worse:
            row |= {"days_beyond_terms_12m": 71.19, "k5": number < 4}
        out.append(row)
    return out


def with_past(store: Store, later: date = NOW) -> None:
    """A book that was assessed at THEN and, with what happened since, later."""
    take(store, rows(worse=False), THEN, whole_book=True)
    book.assess(store, as_of=THEN)
    take(store, rows(worse=True), later, whole_book=True)
    book.assess(store, as_of=later)


def of_book(store: Store) -> list[Case]:
    return [case for case in library.listed(store) if case.origin == "book"]


def test_cases_of_the_past_tell_what_was_known_and_what_happened(store: Store, policy: Policy) -> None:
    with_past(store)
    assert past.make(store, "Ada") == 10
    found = of_book(store)
    assert sum(case.outcome.bad for case in found) == 4
    for case in found:
        assert case.outcome.months == 9
        assert case.facts["days_beyond_terms_12m"] in (10.0, 22.5)  # the middle of the bins of then
        assert case.outcome.days_late == 75.0  # beside the open end of the bin of today
        assert case.amounts["past_due"] == 0.0
        assert case.outcome.overdue is not None and case.outcome.overdue > 0
        assert case.decided.terms_days == 47
        assert cases.view(store, policy, case).explained.scored["score"] is not None
    scores = sorted(score for (score,) in store.rows("select score from score where assessment_id = 1"))
    assert sorted(cases.view(store, policy, case).explained.scored["score"] for case in found) == scores


def test_names_cannot_be_recovered_from_a_case(store: Store) -> None:
    with_past(store)
    past.make(store, "Ada")
    kept = "\n".join(str(row) for row in store.rows("select * from training_case"))
    exact = {str(value) for row in (*rows(False), *rows(True)) for value in row.values() if isinstance(value, str)}
    exact |= {f"{v:g}" for row in (*rows(False), *rows(True)) for v in row.values() if isinstance(v, float) and v}
    exact |= {repr(v) for row in (*rows(False), *rows(True)) for v in row.values() if isinstance(v, float) and v}
    categories = {"audited_12m", "N1", "N2", "N3"}  # a case tells these as everybody's bin
    leaked = [text for text in exact - categories if re.search(rf"(?<![\w.]){re.escape(text)}(?![\w.])", kept)]
    assert not leaked
    assert "customer" not in kept and "2026-01" not in kept.replace(str(signing.now().date()), "")
    columns = {
        name
        for (name,) in store.rows("select column_name from duckdb_columns() where table_name = $t", t="training_case")
    }
    assert columns == {"case_id", "origin", "content", "added_by", "added_at"}
    for case in of_book(store):
        assert re.fullmatch("[0-9a-f]{12}", case.case_id)
        assert all(amount == float(f"{amount:.1e}") for amount in case.amounts.values())


def test_amounts_are_scaled_by_another_factor_in_each_case_and_the_ids_are_random(store: Store) -> None:
    with_past(store)
    past.make(store, "Ada")
    again = Store()
    with_past(again)
    past.make(again, "Ada")
    sales = [sorted(case.amounts["annual_sales"] for case in of_book(one)) for one in (store, again)]
    assert sales[0] != sales[1]
    exposures = {case.amounts["exposure"] for case in of_book(store)}  # alike for all ten, and no longer so
    assert len(exposures) > 5
    assert {case.case_id for case in of_book(store)}.isdisjoint(case.case_id for case in of_book(again))
    again.close()


def known_then(store: Store) -> list[str]:
    """What cases show as known then, without what the secret factor blurs."""
    return sorted(str((c.facts, c.expired, c.refused, c.flags, c.decided.terms_days)) for c in of_book(store))


def test_later_data_change_nothing_that_was_known_then(store: Store) -> None:
    with_past(store)
    past.make(store, "Ada")
    planted = Store()
    take(planted, rows(worse=False), THEN, whole_book=True)
    book.assess(planted, as_of=THEN)
    # A list and invoices of the time before, which came only later, with payments made since.
    late = take(planted, [{"customer_id": "KD-1-7741", "days_beyond_terms_12m": 88.0}], THEN - timedelta(days=9))
    ledger = take(planted, [{"customer_id": "KD-2-7741"}], NOW)
    with planted.transaction() as cursor:
        tomorrow = signing.now() + timedelta(days=2)
        cursor.execute("update import set created_at = ? where import_id in (?, ?)", [tomorrow, late, ledger])
        cursor.execute("update import set kind = 'invoices' where import_id = ?", [ledger])
        cursor.execute(
            "insert into item (import_id, line, customer_key, document, document_type, invoice_date, due_date, "
            "paid_date, amount) values (?, 1, 3, 'R1', 'invoice', date '2025-09-01', date '2025-10-01', "
            "date '2026-06-30', 500000)",
            [ledger],
        )
    take(planted, rows(worse=True), NOW, whole_book=True)
    book.assess(planted, as_of=NOW)
    past.make(planted, "Ada")
    assert known_then(planted) == known_then(store)
    planted.close()


def test_what_cannot_be_told_as_it_was_known_is_left_out(store: Store) -> None:
    take(store, rows(worse=False), THEN, whole_book=True)
    book.assess(store, as_of=THEN)
    # Taken in on the day of that assessment, but after it: knowledge by days cannot tell them apart.
    take(store, [{"customer_id": "KD-1-7741", "days_beyond_terms_12m": 88.0}], THEN)
    take(store, rows(worse=True), NOW, whole_book=True)
    book.assess(store, as_of=NOW)
    assert past.make(store, "Ada") == 9
    assert all(case.facts["days_beyond_terms_12m"] < 60 for case in of_book(store))


def test_a_failure_counts_at_once_and_a_good_end_after_half_a_year(store: Store) -> None:
    with_past(store, later=date(2026, 3, 31))
    assert past.make(store, "Ada") == 4
    assert all(case.outcome.bad for case in of_book(store))


def test_cases_are_made_once_for_an_assessment_and_never_twice_of_the_same(store: Store) -> None:
    with pytest.raises(AskedWrong):
        past.make(store, "Ada")
    with_past(store)
    past.make(store, "Ada")
    with pytest.raises(AskedWrong):
        past.make(store, "Lin")
    book.assess(store, as_of=NOW)
    with pytest.raises(AskedWrong):
        past.make(store, "Lin")  # all of them are in the library
    assert len(of_book(store)) == 10


def own_case(store: Store, policy: Policy, **changed: Any) -> Case:
    given: dict[str, Any] = {
        "by": "Ada",
        "texts": {name: f"What was {name}" for name in ("title", "known", "decided", "happened", "lesson")},
        "bins": {"days_beyond_terms_12m": 3, "external_grade": 5, "quick_ratio": schema.REFUSED_BIN},
        "currency": "CNY",
        "annual_sales": 500000.0,
        "limit": 40000.0,
        "terms_days": 30,
        "outcome": Outcome(bad=True, months=5, lost=30000),
    }
    return library.add_own(store, policy, **given | changed)


def test_a_team_adds_a_case_of_its_own(store: Store, policy: Policy) -> None:
    made = own_case(store, policy)
    assert library.listed(store)[-1] == made
    lines = {line.characteristic.id: line for line in cases.view(store, policy, made).explained.lines}
    assert lines["days_beyond_terms_12m"].bin == 3
    assert lines["external_grade"].bin == 5
    assert lines["quick_ratio"].is_refused
    practice.judge(store, made, "Lin", "B", 1000.0, 30, 0.3)


@pytest.mark.parametrize(
    "lacking",
    [
        *({"by": " "}, {"texts": {}}, {"bins": {}}, {"annual_sales": 0.0}, {"limit": None}, {"terms_days": None}),
        {"outcome": None},
    ],
)
def test_an_incomplete_case_is_refused(store: Store, policy: Policy, lacking: dict[str, Any]) -> None:
    with pytest.raises(AskedWrong):
        own_case(store, policy, **lacking)
    assert library.listed(store) == list(cases.starters())


def test_the_middle_of_every_bin_is_in_the_bin(store: Store, policy: Policy) -> None:
    for place in range(1, 7):
        chosen = {c.id: place for c in policy.characteristic if place <= len(c.bins)}
        made = own_case(store, policy, bins=chosen)
        lines = {line.characteristic.id: line for line in cases.view(store, policy, made).explained.lines}
        assert {name: lines[name].bin for name in chosen} == chosen


# Units and progress


def answer_all(store: Store, person: str, unit: units.Unit, right: bool = True) -> None:
    for number, question in enumerate(unit.question):
        option = next(place for place, option in enumerate(question.option) if option.right == right)
        assert units.answer(store, person, unit.id, number, option) is right


def test_a_unit_is_done_once_all_is_answered_right(store: Store) -> None:
    unit = units.units()[0]
    answer_all(store, "Ada", unit, right=False)
    assert units.standings(store, "Ada")[unit.id].state == "open"
    answer_all(store, "Ada", unit)
    assert units.standings(store, "Ada")[unit.id].state == "done"
    assert units.standings(store, "Lin")[unit.id].state == "open"
    with pytest.raises(AskedWrong):
        units.answer(store, "", unit.id, 0, 0)
    with pytest.raises(AskedWrong):
        units.answer(store, "Ada", unit.id, 9, 0)


def test_refreshers_fall_due_when_the_policy_changed_or_half_a_year_passed(store: Store, policy: Policy) -> None:
    first, second = units.units()[:2]
    answer_all(store, "Ada", first)
    later = signing.now() + timedelta(days=200)
    assert units.standings(store, "Ada", signing.now() + timedelta(days=170))[first.id].state == "done"
    assert units.standings(store, "Ada", later)[first.id].state == "due"
    with store.transaction() as cursor:
        versions.put_in_force(cursor, with_thresholds(policy, (710, 610)), "Lin", "other lines")
    answer_all(store, "Ada", second)
    found = units.standings(store, "Ada")
    assert (found[first.id].state, found[second.id].state) == ("due", "done")
    assert found[first.id].last == {}
    answer_all(store, "Ada", first)
    assert units.standings(store, "Ada")[first.id].state == "done"


def test_progress_of_a_team_and_its_agreement(store: Store) -> None:
    assert progress.team(store) == []
    assert progress.agreement([]) == progress.Agreement(0, None)
    answer_all(store, "Ada", units.units()[0])
    for case, ada, lin in zip(cases.starters()[:3], "ABC", "ACC", strict=True):
        practice.judge(store, case, "Ada", ada, 1000.0, 30, 0.5)
        practice.judge(store, case, "Lin", lin, 1000.0, 30, 0.5)
    practice.judge(store, cases.starters()[3], "Lin", "C", 0.0, 0, 0.5)
    ada, lin = progress.team(store)
    assert (ada.person, ada.units_done, ada.cases, ada.right) == ("Ada", 1, 3, pytest.approx(1 / 3))
    assert (lin.cases, lin.right) == (4, 0.75)
    assert ada.agreement == lin.agreement == progress.Agreement(3, pytest.approx(2 / 3))
    assert progress.agreement([ada, lin]) == progress.Agreement(3, pytest.approx(2 / 3))
    course = progress.over_time(practice.judgements(store, "Lin"))
    assert [right for right, _, _ in course] == [0, 0.5, pytest.approx(2 / 3), 0.75]
    assert course[-1][1] == 0.25


def test_training_changes_nothing_of_the_book(store: Store) -> None:
    with_past(store)
    before = portfolio.newest(store), money.of_book(store, versions.in_force(store))
    past.make(store, "Ada")
    practice.judge(store, PLAIN, "Ada", "B", 1000.0, 30, 0.2)
    answer_all(store, "Ada", units.units()[0])
    assert (portfolio.newest(store), money.of_book(store, versions.in_force(store))) == before
