"""The policy file: complete by default, and every breach named with file, place, rule and value."""

import csv

import pytest

from riskcore import policy as policies
from riskcore.errors import PolicyError
from riskcore.text import Words
from tests.reference import GOLDEN

TEXT = policies.DEFAULT.read_text("utf-8")
POLICY = policies.load()


def test_the_default_policy_is_the_card() -> None:
    with (GOLDEN / "scorecard_default.csv").open(encoding="utf-8") as lines:
        card = list(csv.DictReader(lines))
    bins = [
        (c.family, c.code, c.id, str(b.points), str(c.max_points), str(c.missing_points), str(c.refused_points))
        for c in POLICY.characteristic
        for b in c.bins
    ]
    keys = ("family", "code", "id", "points", "max_points", "missing_points", "refused_points")
    assert bins == [tuple(row[k] for k in keys) for row in card]
    assert [str(c.valid_months or "") for c in POLICY.characteristic for _ in c.bins] == [
        r["valid_months"] for r in card
    ]
    assert (len(POLICY.characteristic), len(bins), POLICY.total_points) == (25, 122, 550)
    assert [r.code for r in POLICY.rule] == [f"K{n}" for n in range(1, 10)] + [f"S{n}" for n in range(1, 9)]
    assert (POLICY.thresholds, POLICY.base_score, POLICY.top_score) == ((700, 600), 300, 850)


def test_the_same_content_is_the_same_version() -> None:
    again = policies.parse(TEXT.replace("\n[[tier]]", "\n\n# a remark\n[[tier]]"), "other.toml")
    assert again.hash == POLICY.hash == policies.from_canonical(POLICY.canonical()).hash
    assert policies.with_thresholds(POLICY, [701, 600]).hash != POLICY.hash


def test_rating_on_what_is_known_only_drops_the_bound_for_silence() -> None:
    draft = policies.rate_on_what_is_known(POLICY)
    assert draft.missing_mode == "reallocate"
    assert {r.code for r in POLICY.rule} - {r.code for r in draft.rule} == {"S2"}
    assert draft.hash != POLICY.hash


BREACHES = [
    ("min_score = 600\ncolour", "min_score = 720\ncolour", "tier_start_order"),
    ('best_tier = "B"', 'best_tier = "X"', "rule_tier_unknown"),
    ("{lower = 0.5, upper = 0.7, points = 7}", "{lower = 0.6, upper = 0.7, points = 7}", "bins_gap"),
    ("{upper = 0.5, points = 0}", "{upper = 0.5, points = 1}", "worst_bin_is_zero"),
    ('not_monotone = "growth of 60% and more can be overtrading"\n', "", "bins_not_monotone"),
    ("missing_points = 10\n", "missing_points = 26\n", "missing_above_max"),
    ('fact = "net_worth", below', 'fact = "network", below', "fact_unknown"),
    ("home_country", "home_land", "missing"),
    ('home_country = "CN"', "home_country = \"C' or 'N\"", "wrong_value"),
    ('code = "K2"', 'code = "K1"', "named_twice"),
    ('family = "financial"', 'family = "finance"', "family_unknown"),
    ("lgd_pct = 80 ", 'lgd_pct = "much" ', "wrong_value"),
    ("valid_months = 18\n", "valid_months = 18\nvalid_months_x = 1\n", "extra_forbidden"),
]


@pytest.mark.parametrize(("old", "new", "rule"), BREACHES, ids=[b[2] for b in BREACHES])
def test_a_breach_names_file_place_rule_and_value(old: str, new: str, rule: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError) as caught:
        policies.parse(TEXT.replace(old, new, 1), "mine.toml")
    assert caught.value.slots["rule"].key == f"policy_rules.{rule}"
    for lang in ("zh", "en"):
        sentence = Words(lang).error(caught.value)
        assert sentence.startswith("mine.toml") and Words(lang).phrase(caught.value.slots["rule"]) in sentence


def test_thresholds_out_of_order_are_refused() -> None:
    with pytest.raises(PolicyError):
        policies.with_thresholds(POLICY, [600, 700])


def test_a_file_that_is_no_policy_is_refused_in_words() -> None:
    for text in ("not toml [", "name = 3"):
        with pytest.raises(PolicyError) as caught:
            policies.parse(text, "mine.toml")
        assert "mine.toml" in Words("en").error(caught.value)
    with pytest.raises(PolicyError, match="policy_absent"):
        policies.load(policies.DEFAULT.with_name("absent.toml"))


def test_two_to_seven_tiers_load() -> None:
    worst, middle = '[[tier]]\ncode = "C"', '[[tier]]\ncode = "B"'
    parts = TEXT.split("[[tier]]")
    five = TEXT.replace(
        middle,
        "[[tier]]" + parts[2].split("# Rules")[0].replace('code = "B"', 'code = "E"').replace("600", "650") + middle,
    )
    assert worst in five
    assert policies.parse(five).thresholds == (700, 650, 600)
