"""The sample book, scored by the reference: as realistic as promised, every rule met, the same for a seed."""

import itertools
from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import pandas as pd
import pytest

from riskcore.sample import SampleFile, book, own_annual_sales
from riskcore.schema import CHARACTERISTICS, FIELDS
from tests.reference import REFUSED, Expired, best_allowed, card, clamp, rules_reference, score_customer, tier_of

INDUSTRY_GRADE = {
    **dict.fromkeys(["Energy"], "1"),
    **dict.fromkeys(["Software", "Health"], "2"),
    **dict.fromkeys(["Machinery", "Electronics", "Chemicals", "Food", "Retail", "Transport", "Agriculture"], "3"),
    **dict.fromkeys(["Building", "Hotels"], "4"),
    **dict.fromkeys(["Real estate"], "5"),
}
FINANCIAL = [name for name, c in card().items() if c.family == "financial"]
FAMILIES = list(dict.fromkeys(c.family for c in card().values()))
EXTERNAL_GRADE_BEST = {"N1": 1, "N2": 2, "N3": 3, "N4": 5, "N5": 7}
GRADE_FROM = (800, 750, 700, 650, 600, 550)
FLAGS = ("k1", "k2", "k3", "k4", "k5", "k6", "k8", "s3", "s4")
GIVEN_BY_THE_ROW = {
    "years_since_incorporation",
    "months_trading",
    "net_worth_to_requested_limit",
    "industry_risk_grade",
    "industry_outlook",
}
Row = dict[str, Any]


def whole_months(start: date, end: date) -> int:
    return 12 * (end.year - start.year) + end.month - start.month - (start.day > end.day)


def values_of(row: Row, as_of: date) -> Row:
    """A row's characteristics as the reference takes them, with those that the row gives by itself."""
    values = {name: _value(name, row[name]) for name in card() if name in row}
    if row["relationship_start"]:
        values["months_trading"] = whole_months(date.fromisoformat(row["relationship_start"]), as_of)
    if row["incorporation_date"]:
        days = (as_of - date.fromisoformat(row["incorporation_date"])).days
        values["years_since_incorporation"] = days / 365.25
    limit = row["requested_limit"] or row["credit_limit"]
    if row["net_worth"] is not None and limit:
        values["net_worth_to_requested_limit"] = row["net_worth"] / limit
    if row["industry"]:
        values["industry_risk_grade"] = INDUSTRY_GRADE[row["industry"]]
        values["industry_outlook"] = "stable"
    if row["country"] == "CN":
        values["country_risk_grade"] = "2"
    statement = row["own_statement_date"]
    if statement and whole_months(date.fromisoformat(statement), as_of) > 18:
        values |= {name: Expired(v) for name in FINANCIAL if (v := values.get(name)) not in (None, REFUSED)}
    return values


def _value(name: str, cell: Any) -> Any:
    if not isinstance(cell, str) or cell == REFUSED or FIELDS[name].kind == "category":
        return cell
    return float(cell)


def number_fails(number: str) -> bool:
    """GB 32100: the weighted sum of all 18 characters, the last with weight one, is a multiple of 31."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1]
    return sum(alphabet.index(c) * w for c, w in zip(number, weights, strict=True)) % 31 != 0


def rules_of(row: Row, values: Row, score: int, own_sales: float) -> list[tuple[str, str]]:
    """All rules that fire for a row, each with the best tier it allows."""
    fired = rules_reference(values, **{n: row[n] for n in ("net_worth", "secured_amount", "exposure")})
    fired += [(flag.upper(), "C" if flag[0] == "k" else "B") for flag in FLAGS if row[flag]]
    if row["k7"] and not row["secured_amount"]:
        fired.append(("K7", "C"))
    if row["reg_no"] and row["country"] == "CN" and number_fails(row["reg_no"]):
        fired.append(("K9", "C"))
    grade = next((i for i, start in enumerate(GRADE_FROM, 1) if score >= start), 7)
    if EXTERNAL_GRADE_BEST.get(row["external_grade"], 0) >= grade + 2:
        fired.append(("S6", "A"))
    if 10 * row["exposure"] > own_sales:
        fired.append(("S7", "A"))
    return fired


def rows_of(frame: pd.DataFrame) -> list[Row]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


@cache
def files() -> list[SampleFile]:
    return book(2000)


@cache
def scored(place: int) -> pd.DataFrame:
    """Score, tier, rules and family points of each customer of the older (0) or newer (1) file, by id."""
    file = files()[place]
    own_sales = own_annual_sales(2000)
    answers = []
    for row in rows_of(file.frame):
        values = values_of(row, file.as_of)
        answer = score_customer(values)
        fired = rules_of(row, values, answer["score"], own_sales)
        kinds = Counter(
            "missing" if v is None else "refused" if v == REFUSED else type(v).__name__.lower()
            for v in map(values.get, card())
        )
        answers.append(
            {
                "customer_id": row["customer_id"],
                "score": answer["score"],
                "tier": clamp(tier_of(answer["score"]), best_allowed(fired)),
                "rules": {code for code, _ in fired},
                **{kind: kinds[kind] for kind in ("missing", "refused", "expired")},
                **answer["families"],
            }
        )
    return pd.DataFrame(answers).set_index("customer_id")


def test_two_dates_and_few_who_come_or_go():
    older, newer = files()
    assert (older.as_of, newer.as_of) == (date(2026, 9, 30), date(2026, 10, 31))
    assert [f.name for f in files()] == ["customers_2026-09-30.csv", "customers_2026-10-31.csv"]
    assert len(newer.frame) == 2000
    before, now = set(older.frame["customer_id"]), set(newer.frame["customer_id"])
    assert len(before) == len(older.frame)
    assert 1 <= len(now - before) <= 40
    assert 1 <= len(before - now) <= 40


def test_headings_are_fields_and_hold_what_a_row_does_not_give_by_itself():
    for file in files():
        assert set(file.frame) <= set(FIELDS)
        assert {c.name for c in CHARACTERISTICS} - set(file.frame) == GIVEN_BY_THE_ROW
        assert file.frame["customer_id"].str.fullmatch(r"C\d{6}").all()


@pytest.mark.parametrize("place", [0, 1])
def test_tiers_and_scores_are_spread_as_promised(place):
    shares = scored(place)["tier"].value_counts(normalize=True)
    assert 0.25 <= shares["A"] <= 0.40
    assert 0.30 <= shares["B"] <= 0.45
    assert 0.20 <= shares["C"] <= 0.40
    assert 620 <= scored(place)["score"].mean() <= 660


@pytest.mark.parametrize("pair", list(itertools.combinations(FAMILIES, 2)), ids=" ".join)
def test_families_go_together_but_not_in_step(pair):
    first, second = (scored(1)[family] for family in pair)
    assert 0.3 <= first.corr(second) <= 0.7


@pytest.mark.parametrize("code", [f"K{i}" for i in range(1, 10)] + [f"S{i}" for i in range(1, 9)])
def test_every_rule_is_met_by_somebody(code):
    assert scored(1)["rules"].map(lambda codes: code in codes).any()


def test_movers_both_ways():
    both = scored(0)["tier"].to_frame("before").join(scored(1)["tier"].rename("now"), how="inner")
    assert 0.10 <= (both["before"] != both["now"]).mean() <= 0.15
    assert (both["before"] < both["now"]).mean() > 0.03
    assert (both["before"] > both["now"]).mean() > 0.03


def test_missing_refused_and_expired_values():
    shares = scored(1)[["missing", "refused", "expired"]].mean() / len(card())
    assert 0.08 <= shares["missing"] <= 0.10
    assert 0.005 <= shares["refused"] <= 0.03
    assert 0.01 <= shares["expired"] <= 0.05
    assert 20 <= (scored(1)["missing"] == len(card())).sum() <= 100
    assert scored(1)["score"].mode().tolist() == [511]
    whole_family = files()[1].frame[["quick_ratio", "interest_coverage", "statement_quality"]].eq(REFUSED)
    assert whole_family.all(axis=1).sum() >= 20


def test_amounts():
    frame = files()[1].frame
    assert 450e6 <= frame["exposure"].sum() <= 700e6
    assert 0.06 <= frame["past_due_amount"].sum() / frame["exposure"].sum() <= 0.08
    assert (frame["exposure"] == 0).any()
    assert frame["exposure"].min() >= 0
    assert (frame["past_due_amount"] <= frame["exposure"]).all()
    assert 0.9 <= frame["annual_sales"].sum() / own_annual_sales(2000) <= 1
    assert set(frame["currency"]) == {"CNY"}
    share_known = frame[["secured_amount", "requested_limit"]].notna().mean()
    assert 0.02 < share_known["secured_amount"] < 0.10
    assert 0.10 < share_known["requested_limit"] < 0.20
    equity = frame["net_worth"].astype(float)
    liabilities_pct = pd.to_numeric(frame["liabilities_to_assets_pct"], errors="coerce")
    assert (equity[liabilities_pct > 101] < 0).all()
    assert (equity[liabilities_pct < 99] >= 0).all()


def test_some_customers_belong_to_another_one():
    frame = files()[1].frame
    parent = dict(zip(frame["customer_id"], frame["parent_id"], strict=True))
    sizes = Counter(p for p in parent.values() if isinstance(p, str))
    assert 0.03 <= sizes.total() / len(frame) <= 0.05
    assert set(sizes.values()) <= {1, 2, 3, 4} and len(set(sizes.values())) > 2
    assert all(not isinstance(parent[head], str) for head in sizes)
    older = files()[0].frame.set_index("customer_id")["parent_id"].dropna()
    assert older.to_dict() == {c: p for c, p in parent.items() if isinstance(p, str)}


def test_present_limits_are_often_too_large_and_at_times_too_small():
    frame, tiers = files()[1].frame, scored(1)["tier"].to_numpy()
    need = frame["annual_sales"].astype(float) / 12 * 1.2  # of thirty days
    wanted = need * pd.Series(tiers).map({"A": 2.2, "B": 0.7, "C": 0.0})
    settled = frame["credit_limit"].notna() & (frame["credit_limit"] < 40e6)  # beside the key accounts
    today = frame["credit_limit"].astype(float)
    assert 0.08 <= (wanted > today)[settled].mean() <= 0.5
    assert 1 <= today[settled].sum() / wanted[settled].sum() <= 2.5


def test_payment_figures_agree_with_each_other():
    frame = files()[1].frame
    worst = frame["worst_days_past_due_24m"].astype(float)
    assert not (worst < frame["days_beyond_terms_12m"]).any()
    assert not (worst[frame["past_due_over_30_pct"] > 0] <= 30).any()


def test_dates_lie_in_order():
    for file in files():
        frame, as_of = file.frame, file.as_of.isoformat()
        assert not (frame["incorporation_date"] > frame["relationship_start"]).any()
        assert frame["relationship_start"].max() <= as_of
        assert frame["own_statement_date"].max() < as_of


def test_identity():
    frame = files()[1].frame
    chinese = frame["country"] == "CN"
    assert 0.7 < chinese.mean() < 0.95
    assert {"DE", "SE", "GB", "US"} <= set(frame["country"].dropna())
    assert frame.loc[chinese, "reg_no"].str.fullmatch("[0-9A-HJ-NPQRTUWXY]{18}").all()
    assert 2 <= frame.loc[chinese, "reg_no"].map(number_fails).sum() <= 10
    assert frame.loc[chinese, "customer_name"].str.contains("[\u4e00-\u9fff]").all()
    assert frame.loc[frame["country"] == "DE", "customer_name"].str.contains("GmbH|AG").all()
    assert frame.loc[chinese, "country_risk_grade"].isna().all()
    assert frame.loc[~chinese & frame["country"].notna(), "country_risk_grade"].notna().all()
    assert frame["customer_name"].duplicated().mean() < 0.01
    assert 20 <= frame["salesperson"].nunique() <= 30
    assert set(frame["industry"].dropna()) == set(INDUSTRY_GRADE)


def test_numbers_are_rounded_as_a_reader_expects():
    frame = files()[1].frame
    for name in ("interest_coverage", "quick_ratio"):
        assert decimals(frame[name]) == 2
    for name in frame.columns[frame.columns.str.endswith("_pct")]:
        assert decimals(frame[name]) == 1
    for name in frame:
        if FIELDS[name].kind in ("amount", "count", "flag"):
            assert str(frame[name].dtype) == "Int64"


def decimals(column: pd.Series) -> int:
    """The most decimals that a number of the column is written with."""
    written = column.dropna().astype("str")
    return int(written[written != REFUSED].str.partition(".")[2].str.len().max())


def test_the_same_seed_gives_the_same_book_and_another_one_another():
    first, again, other = book(300), book(300), book(300, seed=8)
    for one, two in zip(first, again, strict=True):
        pd.testing.assert_frame_equal(one.frame, two.frame)
    assert not first[1].frame.equals(other[1].frame)


@pytest.mark.parametrize("customers", [1, 2, 10, 199, 200, 5000])
def test_any_size(customers):
    older, newer = book(customers, as_of=date(2025, 2, 28))
    assert (older.as_of, newer.as_of) == (date(2025, 1, 31), date(2025, 2, 28))
    assert len(newer.frame) == customers
    assert newer.frame["customer_id"].is_unique
    assert list(older.frame) == list(newer.frame)
    assert newer.frame["exposure"].notna().all()


def test_a_file_survives_being_written(tmp_path):
    file = files()[1]
    file.frame.to_csv(tmp_path / file.name, index=False)
    read = pd.read_csv(tmp_path / file.name, dtype="str")
    assert read["customer_name"].tolist() == file.frame["customer_name"].tolist()
    assert not read["exposure"].str.contains(".", regex=False).any()
    assert (read["quick_ratio"] == REFUSED).sum() == (file.frame["quick_ratio"] == REFUSED).sum()
