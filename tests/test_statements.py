"""The second opinion of a customer's statements."""

from datetime import date
from decimal import Decimal

import pytest

from riskcore import statements
from riskcore.statements import Other
from riskcore.store import Store
from tests.test_features_statements import AUGUST, BALANCE, BEFORE, END_23, END_24, NOW, YEAR, at, state


def by_id(opinion: statements.Opinion) -> dict[str, float | None]:
    return {ratio.id: ratio.value for ratio in opinion.ratios}


def opinion_of(store: Store, as_of: date = AUGUST, known_by: date | None = None) -> statements.Opinion:
    found = statements.second_opinion(store, 1, as_of, known_by)
    assert found is not None
    return found


def test_all_ratios_with_the_figures_that_they_are_made_of() -> None:
    store = Store()
    more = {"receivables": 220, "payables": 110, "cost_of_sales": 1100, "net_profit": 60, "operating_profit": 110}
    more |= {"retained_earnings": 250, "surplus_reserve": 50, "trading_assets": 5}
    state(store, at(END_24, NOW, more, audit_opinion="unqualified"), at(END_23, BEFORE, equity=400))
    found = opinion_of(store)
    assert (found.period_end, found.period_before, found.is_year) == (END_24, END_23, True)
    assert by_id(found) == pytest.approx(
        {
            "quick_ratio": 1.4,
            "liabilities_to_assets_pct": 40,
            "interest_coverage": 4,
            "return_on_assets_pct": 10,
            "cash_flow_to_current_liabilities_pct": 20,
            "revenue_growth_pct": 10,
            "current_ratio": 2.4,
            "cash_ratio": 0.5,
            "liabilities_to_equity": 2 / 3,
            "gearing": 1 / 6,
            "gross_margin_pct": 50,
            "operating_margin_pct": 5,
            "net_margin_pct": 60 / 22,
            "return_on_equity_pct": 12,
            "receivable_days": 36.5,
            "inventory_days": 200 * 365 / 1100,
            "payable_days": 36.5,
            "asset_turnover": 2200 / 1200,
        },
        abs=1e-5,
    )
    for ratio in found.ratios:
        assert set(ratio.of) <= found.figures.keys()
    assert found.figures["retained"].value == 300
    assert found.figures["ebit"] == statements.Figure("ebit", 120, made_of=("profit_before_tax", "interest_expense"))
    z2 = next(score for score in found.altman if score.model == "z2")
    assert z2.value == pytest.approx(6.56 * 0.35 + 3.26 * 0.3 + 6.72 * 0.12 + 1.05 * 1.5)
    assert z2.zone == "safe"
    assert next(score for score in found.altman if score.model == "z").lacking == ("market_value_of_equity",)


def test_each_figure_names_its_file_and_line() -> None:
    store = Store()
    state(store, at(END_23, BEFORE), at(END_24, BALANCE))
    state(store, at(END_24, YEAR))
    with store.transaction() as cursor:
        cursor.execute("update import set file_name = 'year.xlsx', sheet = '利润表' where import_id = 2")
    found = opinion_of(store)
    assert found.figures["revenue"] == statements.Figure("revenue", 2200, "year.xlsx", "利润表", 2)
    assert found.figures["cash"] == statements.Figure("cash", 120, "f", "", 3)
    assert found.figures_before["revenue"].value == 2000


def test_other_figures_of_the_period_each_as_told_last() -> None:
    store = Store()
    first = {"应付职工薪酬": Decimal(7), "基本每股收益": Decimal("1.125")}
    state(store, at(END_23, BEFORE, others={"应付职工薪酬": Decimal(5)}), at(END_24, BALANCE, others=first))
    state(store, at(END_24, YEAR, others={"应付职工薪酬": Decimal(8)}))
    state(store, at(END_24, YEAR))
    assert opinion_of(store).others == (
        Other("基本每股收益", Decimal("1.125"), "f", "", 3),
        Other("应付职工薪酬", Decimal(8), "f", "", 2),
    )
    assert "others" not in opinion_of(store).figures


def test_what_was_not_known_yet_plays_no_part() -> None:
    store = Store()
    state(store, at(END_23, NOW), created=date(2024, 5, 1))
    before = opinion_of(store)
    state(store, at(END_24, NOW), created=date(2025, 5, 1))
    assert opinion_of(store, known_by=date(2025, 4, 30)) == before
    assert opinion_of(store, as_of=date(2024, 12, 30)) == before
    assert opinion_of(store).period_end == END_24
    assert statements.second_opinion(store, 1, date(2023, 1, 1)) is None
    assert statements.second_opinion(store, 2, AUGUST) is None


def test_finance_cost_in_place_of_interest_is_said() -> None:
    for figures, said in (({"interest_expense": None, "finance_cost": 30}, True), ({"finance_cost": 50}, False)):
        store = Store()
        state(store, at(END_24, NOW, figures))
        found = opinion_of(store)
        assert (by_id(found)["interest_coverage"], found.ebit_by_finance_cost) == (4, said)


def test_no_debt_is_known_without_a_value() -> None:
    store = Store()
    state(store, at(END_24, NOW, short_term_borrowings=0, interest_expense=0))
    [coverage] = [ratio for ratio in opinion_of(store).ratios if ratio.id == "interest_coverage"]
    assert (coverage.value, coverage.special) == (None, True)


def test_a_part_of_a_year_has_no_ratios_of_one() -> None:
    store = Store()
    state(store, at(date(2025, 6, 30), NOW))
    found = opinion_of(store)
    assert (found.is_year, found.altman) == (False, ())
    assert (by_id(found)["quick_ratio"], by_id(found)["interest_coverage"]) == (1.4, None)
