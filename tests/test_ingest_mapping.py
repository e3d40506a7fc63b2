"""Which column is taken for which fact, and what is asked about it."""

import csv
from collections import Counter

import pytest

from riskcore import policy as policies
from riskcore import schema
from riskcore.ingest import CUSTOMERS, Question, normalise_heading, propose, questions, read, template_csv, worded
from riskcore.ingest.words import SYNONYMS, vocabulary
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words


@pytest.fixture(scope="module")
def policy() -> Policy:
    return policies.load()


@pytest.fixture(scope="module")
def store() -> Store:
    return Store()


def mapped(
    policy: Policy, headings: str, *rows: str, remembered: dict[str, str] | None = None
) -> dict[str, str | None]:
    """Headings and the fields they are taken for."""
    text = "\n".join((headings, *(rows or [",".join("1" for _ in headings.split(","))])))
    return {m.heading: m.field for m in propose(read(text.encode(), "a.csv"), policy, remembered or {})}


def asked(policy: Policy, store: Store, heading: str, *values: str) -> list[Question]:
    """The questions on one column beside the customer's id."""
    text = "\n".join((f"customer_id;{heading}", *(f"C{i};{value}" for i, value in enumerate(values))))
    upload = read(text.encode(), "a.csv")
    found = list(questions(upload, propose(upload, policy, {}), policy, store))
    for question in found:
        for lang in LANGUAGES:
            assert worded(question, Words(lang))
            assert len({worded(option, Words(lang)) for option in question.options}) == len(question.options)
    return found


def test_the_ten_columns_of_a_small_file(policy: Policy) -> None:
    headings = (
        "customer_id,name,industry,annual_revenue,credit_score,debt_ratio,avg_days_late,years_in_business,"
        "outstanding_balance,credit_limit"
    )
    assert list(mapped(policy, headings).values()) == [
        "customer_id",
        "customer_name",
        "industry",
        "customer_revenue",
        "credit_score",
        "liabilities_to_assets_pct",
        "days_beyond_terms_12m",
        "years_since_incorporation",
        "exposure",
        "credit_limit",
    ]


def test_every_synonym_means_its_field(policy: Policy) -> None:
    with SYNONYMS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if "." not in row["field"]]
    assert {row["field"] for row in rows} <= schema.FIELDS.keys()
    assert {row["lang"] for row in rows} == {
        *("en", "zh", "ja", "ko", "de", "fr", "es", "pt", "it", "nl", "pl", "tr", "ru", "sys")
    }
    groups = {group: vocabulary(policy, [*schema.FIELDS], group).keys for group in {row["kind"] for row in rows}}
    for row in rows:
        assert row["field"] in groups[row["kind"]][normalise_heading(row["synonym"])]
    known = vocabulary(policy, CUSTOMERS.fields).keys
    several = {heading: set(names) for heading, names in known.items() if len(names) > 1}
    assert all(
        names in ({"customer_id", "customer_name"}, {"external_grade", "agency_grade"}) for names in several.values()
    )
    assert max(Counter((row["kind"], row["field"], row["synonym"]) for row in rows).values()) == 1


def test_every_field_and_every_name_of_the_policy_is_known(policy: Policy) -> None:
    known = vocabulary(policy, [*schema.FIELDS]).keys
    for c in policy.characteristic:
        for name in (c.id, c.code, c.long_name.zh, c.long_name.en, c.name.zh, c.name.en):
            assert c.id in known[normalise_heading(name)]
    for f in schema.FIELDS:
        assert f in known[normalise_heading(f)]
        assert all(f in known[normalise_heading(Words(lang)(f"fields.{f}"))] for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Customer ID", "customer_id"),
        ("ＣＵＳＴＯＭＥＲ　ＮＯ．", "customer_id"),
        ("客户 编号", "customer_id"),
        ("KUNNR", "customer_id"),
        ("annual revenue", "customer_revenue"),
        ("Annual Revenues", "customer_revenue"),
        ("年营业收入（万元）", "customer_revenue"),
        ("annual sales", "annual_sales"),
        ("credit rating", "internal_grade"),
        ("credit ratings", "internal_grade"),
        ("risk class", "risk_class"),
        ("Custmer name", "customer_name"),
        ("outstading balance", "exposure"),
        ("应收账款余额万元", "ar_balance"),
        ("资产负债比率", "liabilities_to_assets_pct"),
        ("失信被执行人", "k2"),
        ("F1", "quick_ratio"),
        ("k9", "k9"),
        ("unsecured amount", None),
        ("uninsured limit", None),
        ("未逾期金额", None),
        ("上年营业收入", None),
        ("county", None),
        ("past due over 60", None),
        ("cost centre", None),
        ("#1", None),
        ('a"; drop table input; --', None),
    ],
)
def test_headings(policy: Policy, heading: str, field: str | None) -> None:
    quoted = '"' + heading.replace('"', '""') + '"'
    assert next(iter(mapped(policy, f"{quoted},other heading").values())) == field


@pytest.mark.parametrize(
    ("heading", "values", "field"),
    [
        ("Customer", ["0000012345", "0000012346", "K-7"], "customer_id"),
        ("Customer", ["Acme Ltd", "3M Company", "Beta"], "customer_name"),
        ("客户", ["上海某某有限公司", "北京某某"], "customer_name"),
        ("客户", ["C001", "C002"], "customer_id"),
        ("外部评级", ["N1", "n4", "AA"], "external_grade"),
        ("外部评级", ["AA+", "BBB", "N1"], "agency_grade"),
        ("credit score", ["A", "B", "n/a", "7"], "internal_grade"),
    ],
)
def test_values_decide_between_two_meanings(policy: Policy, heading: str, values: list[str], field: str) -> None:
    match = propose(read("\n".join((f"{heading};x", *(f"{v};1" for v in values))).encode(), "a"), policy, {})[0]
    assert (match.field, match.how) == (field, "values")


def test_a_score_without_letters_stays_a_score(policy: Policy) -> None:
    for values in (["700", "A"], ["n/a", "拒绝"], ["inf 1", "1e3"]):
        assert mapped(policy, "credit score,x", *(f"{v},1" for v in values))["credit score"] == "credit_score"


def test_a_field_is_used_once_and_the_surer_column_keeps_it(policy: Policy) -> None:
    assert mapped(policy, "Custmer name,Customer name") == {"Custmer name": None, "Customer name": "customer_name"}


def test_what_a_person_said_comes_first(policy: Policy) -> None:
    remembered = {"name": "short_name", "score": "", "kto": "customer_id"}
    assert mapped(policy, "Name,score,KTO,customer_id", remembered=remembered) == {
        "Name": "short_name",
        "score": None,
        "KTO": "customer_id",
        "customer_id": None,
    }


def test_samples_are_three_different_values(policy: Policy) -> None:
    upload = read(b"customer_id,x\n,1\n1,1\n1,1\n2,1\n3,1\n4,1\n", "a")
    assert [m.samples for m in propose(upload, policy, {})] == [("1", "2", "3"), ("1",)]


@pytest.mark.parametrize(
    ("heading", "multiplier"),
    [
        ("应收余额（万元）", 10_000),
        ("应收余额(人民币万元)", 10_000),
        ("应收余额万元", 10_000),
        ("应收余额万美元", 10_000),
        ("应收余额人民币", 1),
        ("outstanding_balance_usd", 1),
        ("Credit limit in EUR", 1),
        ("敞口（单位：亿）", 10**8),
        ("敞口（千元）", 1_000),
        ("Exposure (CNY thousand)", 1_000),
        ("Exposure ('000)", 1_000),
        ("Exposure (USD m)", 10**6),
        ("敞口（元）", 1),
        ("敞口", 1),
        ("合作时长(月)", 1),
        ("合作年限", 12),
        ("合作时长(年)", 12),
        ("合作年限(月)", 1),
        ("Years as customer", 12),
        ("years_with_us", 12),
        ("Months as customer", 1),
        ("成立年限", 1),
        ("Customer (k)", 1),
    ],
)
def test_a_heading_says_what_amounts_are_counted_in(policy: Policy, heading: str, multiplier: int) -> None:
    match = propose(read(f"{heading},x\n1,2\n".encode(), "a"), policy, {})[0]
    assert match.field is not None
    assert match.multiplier == multiplier


def test_the_template_maps_to_itself_in_both_languages(policy: Policy, store: Store) -> None:
    for lang in LANGUAGES:
        upload = read(template_csv(policy, Words(lang)), "template.csv")
        matches = propose(upload, policy, {})
        assert [m.how for m in matches] == ["same"] * len(matches)
        assert len({m.field for m in matches}) == len(matches)
        assert not questions(upload, matches, policy, store)


@pytest.mark.parametrize(
    ("heading", "values", "is_asked"),
    [
        ("debt_ratio", ["0.4", "0.62", "0.9", "0"], True),
        ("F2 (%)", ["0.4", "0.62"], True),
        ("debt_ratio", ["40", "62", "0.5"], False),
        ("debt_ratio", ["62%", "0.85"], True),
        ("debt_ratio", ["0.4%", "0.62％"], False),
        ("debt_ratio", ["0", "0", ""], False),
        ("F6", ["-0.2", "0.1", "n/a"], True),
        ("quick ratio", ["0.4", "0.62"], False),
        ("exposure", ["0.4", "0.62"], False),
    ],
)
def test_ratios_in_a_column_of_per_cents_are_asked_about(
    policy: Policy, store: Store, heading: str, values: list[str], is_asked: bool
) -> None:
    found = asked(policy, store, heading, *values)
    assert [(q.kind, q.default, [o.value for o in q.options]) for q in found] == [
        ("percent", None, ["times_100", "as_is"])
    ] * is_asked


@pytest.mark.parametrize(
    ("heading", "values", "options"),
    [
        ("credit score", ["300", "850", "", "unknown", "nan"], None),
        ("risk score", ["300", "850"], ["as_is", "mirror", "leave_out"]),
        ("风险评分", ["300", "850"], ["as_is", "mirror", "leave_out"]),
        ("credit score", ["0.2", "0.9"], ["stretch_good:1", "stretch_risk:1", "agency:creditsafe", "agency:coface"]),
        ("credit score", ["1", "5"], ["stretch_good:5", "stretch_risk:5", "agency:dnb_failure", "agency:allianz"]),
        ("credit score", ["20", "97"], ["stretch_good:100", "stretch_risk:100", "agency:dnb_failure"]),
        ("credit score", ["500", "900"], ["as_is", "stretch_good:1000", "stretch_risk:1000", "leave_out"]),
        ("credit score", ["-5", "700"], ["as_is", "leave_out"]),
        ("credit score", ["2000", "3000"], ["leave_out"]),
    ],
)
def test_a_score_off_the_scale_is_one_question(
    policy: Policy, store: Store, heading: str, values: list[str], options: list[str] | None
) -> None:
    found = asked(policy, store, heading, *values)
    assert [q.kind for q in found] == ["score"] * (options is not None)
    if options is not None:
        offered = [o.value for o in found[0].options]
        assert found[0].default is None
        assert [o for o in offered if o in options] == options
        assert offered[-1] == "leave_out"
        assert any(o.startswith("agency:") for o in offered) == any(o.startswith("agency:") for o in options)


def test_an_unknown_industry_is_asked_about_until_it_is_remembered(policy: Policy) -> None:
    store = Store()
    values = ["Retail", "制造业", "c", "C26", "Moonlight", "MOONLIGHT ", "n/a", "Stardust"]
    found = asked(policy, store, "industry", *values)
    assert [(q.id, q.default, q.slots["customers"]) for q in found] == [
        ("industry:moonlight", "none", 2),
        ("industry:stardust", "none", 1),
    ]
    assert [o.value for o in found[0].options] == ["none", *(i.section for i in policy.industry)]
    with store.transaction() as cursor:
        cursor.execute("insert into remembered values ('industry', 'moonlight', 'C')")
    assert [q.id for q in asked(policy, store, "industry", *values)] == ["industry:stardust"]


def test_at_most_twelve_industries_are_asked_about_those_of_most_customers_first(policy: Policy, store: Store) -> None:
    values = [f"Trade {n}" for n in range(20) for _ in range(n + 1)]
    found = asked(policy, store, "industry", *values)
    assert [q.slots["customers"] for q in found] == list(range(20, 8, -1))
