"""What a policy says of alerts: which changes of a customer are told, and from where on."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from riskcore.policy.base import Frozen, Name, TierCode, broken

# tier: a fall, in tiers. days_beyond_terms: a rise, in days. past_due_share: a rise of the share of the exposure that
# is past due, in points of per cent. legal_events: a rise of their number. utilisation: exposure in per cent of the
# limit. statement_age: months since the newest statement. exposure: a rise, in per cent. rule: one that is hard or on
# the watch list fires, and did not before; it has no mark.
Watches = Literal[
    "tier",
    "days_beyond_terms",
    "past_due_share",
    "legal_events",
    "utilisation",
    "statement_age",
    "exposure",
    "rule",
]


class AlertRule(Frozen):
    """A change that is told. `from_mark` holds in all tiers but those that `tier_mark` names; None: it is not watched.

    Falls and rises are told from the mark on, a level or a growth above it; a rise only to more than `above`, where
    that is named: who pays before the due date is not late for coming nearer to it. `review_within_days`: what is told
    opens a review that is due so many days later.
    """

    code: Annotated[str, StringConstraints(pattern=r"^W[0-9]+$")]
    name: Name
    watches: Watches
    from_mark: Annotated[float, Field(ge=0)] | None = None
    above: float | None = None
    tier_mark: dict[TierCode, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    review_within_days: Annotated[int, Field(ge=1, le=365)] | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        has_mark = self.from_mark is not None or bool(self.tier_mark)
        if has_mark == (self.watches == "rule"):
            raise broken("alert_mark", self.code)
        marks = [*self.tier_mark.values(), *([] if self.from_mark is None else [self.from_mark])]
        if self.watches in {"tier", "days_beyond_terms", "past_due_share", "legal_events"} and min(marks) <= 0:
            raise broken("alert_rise", f"{self.code} {min(marks):g}")
        if self.above is not None and self.watches not in {"days_beyond_terms", "past_due_share", "legal_events"}:
            raise broken("alert_above", self.code)
        return self

    def mark(self, tier: str) -> float | None:
        """The mark for customers of a tier; None: they are not watched."""
        return self.tier_mark.get(tier, self.from_mark)


def check_alerts(rules: tuple[AlertRule, ...], tiers: set[str]) -> None:
    """Whether codes are unlike, and tiers named are those of the policy."""
    codes = [rule.code for rule in rules]
    if doubles := {code for code in codes if codes.count(code) > 1}:
        raise broken("named_twice", f"alert {min(doubles)}")
    for rule in rules:
        if unknown := set(rule.tier_mark) - tiers:
            raise broken("rule_tier_unknown", f"{rule.code}: {min(unknown)}")
