"""What two policies do differently, in words of either language."""

from typing import Any

import pytest

from riskcore import changes
from riskcore import policy as policies
from riskcore.policy import Policy
from riskcore.text import LANGUAGES, Words

POLICY = policies.load()
EN = Words("en")


def made(**parts: Any) -> Policy:
    return Policy.model_validate(POLICY.model_dump(mode="json", by_alias=True) | parts)


def with_one(name: str, **parts: Any) -> Policy:
    """The policy with one characteristic changed."""
    data = POLICY.model_dump(mode="json", by_alias=True)["characteristic"]
    return made(characteristic=[c | parts if c["id"] == name else c for c in data])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_thresholds_and_names_are_no_change_of_points(lang: str) -> None:
    wished = policies.with_thresholds(POLICY, (690, 580))
    assert changes.in_words(Words(lang), POLICY, wished) == []
    assert changes.in_words(Words(lang), POLICY, made(source="elsewhere")) == []


def test_points_are_told_bin_by_bin_was_and_now() -> None:
    c = POLICY.known_characteristic("days_beyond_terms_12m")
    data = c.model_dump(mode="json", by_alias=True)
    data["bins"][2]["points"] -= 1
    wished = with_one(c.id, bins=data["bins"], missing_points=c.missing_points - 1)
    [said] = changes.in_words(EN, POLICY, wished)
    was = c.bins[2].points
    assert said.startswith(f"{c.name.en}, points: {was} → {was - 1} (")
    assert said.endswith(f"{c.missing_points} → {c.missing_points - 1} (missing)")
    [back] = changes.in_words(Words("zh"), wished, POLICY)
    assert back.startswith(f"{c.name.zh}的得分：{was - 1} → {was}（")
    assert back.endswith(f"{c.missing_points - 1} → {c.missing_points}（缺失）")


def test_a_draft_on_what_is_known_names_missing_values_and_the_rules_left_out() -> None:
    said = changes.in_words(EN, POLICY, policies.rate_on_what_is_known(POLICY))
    gone = " ".join(rule.code for rule in POLICY.rule if rule.little_known)
    assert gone
    assert said == [
        "Missing values: points of the table, at most the customer's own share → the customer's own share of points",
        f"Rules that no longer apply: {gone}",
    ]
    assert f"新增的规则：{gone}" in changes.in_words(Words("zh"), policies.rate_on_what_is_known(POLICY), POLICY)


@pytest.mark.parametrize(
    ("wished", "said"),
    [
        (with_one("quick_ratio", valid_months=7), "{quick_ratio}: defined otherwise"),
        (made(characteristic=POLICY.model_dump(mode="json", by_alias=True)["characteristic"][1:]), "{0}: no longer"),
        (made(prior_share_pct=POLICY.prior_share_pct + 1), "Other parts of the policy differ as well."),
        (
            made(tier=[t | {"strategy": t["strategy"] | {"terms_days": 1}} for t in POLICY.model_dump()["tier"]]),
            "Other",
        ),
    ],
)
def test_what_is_not_points_is_not_passed_over(wished: Policy, said: str) -> None:
    names = {c.id: c.name.en for c in POLICY.characteristic}
    expected = said.replace("{quick_ratio}", names["quick_ratio"]).replace("{0}", POLICY.characteristic[0].name.en)
    assert any(one.startswith(expected) for one in changes.in_words(EN, POLICY, wished))


def test_many_changes_are_counted() -> None:
    data = POLICY.model_dump(mode="json", by_alias=True)
    wished = made(characteristic=[c | {"missing_points": 0} for c in data["characteristic"]])
    whole, some = changes.in_words(EN, POLICY, wished, 99), changes.in_words(EN, POLICY, wished, 5)
    assert len(whole) > 10
    assert some == [*whole[:4], f"And {len(whole) - 4} more changes."]
