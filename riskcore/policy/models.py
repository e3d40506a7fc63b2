"""What a policy is made of beside the scorecard, each part with the rules that it must keep."""

import hashlib
import json
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from riskcore import schema
from riskcore.policy.alerts import AlertRule, check_alerts
from riskcore.policy.base import Colour, Frozen, Months, Name, Share, TierCode, Word, broken
from riskcore.policy.card import Characteristic, Family
from riskcore.policy.feedback import Feedback
from riskcore.policy.overrides import Overrides
from riskcore.policy.radar import Radar
from riskcore.policy.radar import check as check_radar


class Test(Frozen):
    """One comparison of a fact; all comparisons named must hold. `negate` turns the whole test round.

    `values_known` counts the characteristics named in `of` whose value is known today.
    """

    __test__ = False  # not a test case

    fact: str
    known: bool | None = None
    equals: float | None = None
    below: float | None = None
    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    within: tuple[Word, ...] | None = Field(None, alias="in")
    of: tuple[str, ...] = ()
    negate: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        asked = (self.known, self.equals, self.below, self.above, self.at_least, self.at_most, self.within)
        if all(a is None for a in asked):
            raise broken("test_empty", self.fact)
        if self.fact not in FACTS:
            raise broken("fact_unknown", self.fact)
        if unknown := set(self.of) - {f.name for f in schema.CHARACTERISTICS}:
            raise broken("characteristic_unknown", min(unknown))
        return self


class Case(Frozen):
    """When a rule fires, and the best tier that it then allows (none: it only flags)."""

    best_tier: TierCode | None = None
    all: tuple[Test, ...] = Field(min_length=1)


class Rule(Frozen):
    """A bound on the tier. It never changes the score; the strictest case that fires counts."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]+$")]
    name: Name
    hard: bool = False
    little_known: bool = False
    watch: bool = False
    grade_d: bool = False
    best_grade: str | None = None
    limit: Literal["none", "secured"] | None = None
    case: tuple[Case, ...] = Field(min_length=1)


class Strategy(Frozen):
    """How customers of a tier are treated; terms in days, shares in per cent, review cycle in months."""

    terms_days: Annotated[int, Field(ge=0, le=365)]
    terms_days_by_approval: Annotated[int, Field(ge=0, le=365)]
    prepay: bool
    deposit_pct: Annotated[int, Field(ge=0, le=100)] = 0
    kept_pct: Share  # of a customer's sales that stays when it is treated this way
    max_factor_pct: Annotated[int, Field(ge=0, le=500)]
    review_months: Months
    approver: Name


class Tier(Frozen):
    """A class of customers from `min_score` points, inclusive; the worst tier has none."""

    code: TierCode
    name: Name
    min_score: int | None = None
    colour: Literal["blue", "orange", "red", "gray", "violet", "green", "yellow"]
    light: Colour
    dark: Colour
    ink_light: Colour
    ink_dark: Colour
    measure: Name
    strategy: Strategy


class ExternalScore(Frozen):
    """What a credit score from elsewhere, on this policy's scale, stands for."""

    use: Literal["fill", "prefer", "compare", "ignore"]
    valid_months: Months
    expired_at_most: int
    same_source: tuple[str, ...] = ()


class Grade(Frozen):
    """A band of the score that thresholds do not move."""

    code: str
    min_score: int


class PdScale(Frozen):
    """How a score reads as odds of good to bad within 12 months; grades best first."""

    anchor_score: int
    good_bad_odds: Annotated[float, Field(gt=0)]
    points_to_double_odds: Annotated[float, Field(gt=0)]
    grade: tuple[Grade, ...]


class Loss(Frozen):
    """Loss given default and the share of an unused limit that is drawn, both in per cent."""

    lgd_pct: Share
    ead_share_pct: Share


class Limit(Frozen):
    """How a credit limit follows from need, capacity and our own size; factors in per cent by grade of the score."""

    step: Annotated[int, Field(ge=1)]
    peak_factor: Annotated[float, Field(ge=1, le=5)]
    late_days_most: Annotated[int, Field(ge=0, le=90)]
    net_worth_share_pct: Share
    working_capital_share_pct: Share
    own_sales_share_pct: Share
    grade_factor_pct: dict[Word, Annotated[int, Field(ge=0, le=500)]]


class Money(Frozen):
    """What sales on credit earn and cost, in per cent: assumptions that a book may replace by its own."""

    margin_pct: Share
    cost_of_money_pct: Share
    retention_uncertainty_pct: Share


class Ratios(Frozen):
    """How ratios of financial statements are made where usage differs."""

    quick_without_prepayments: bool = True


class Industry(Frozen):
    """A section of the industry classification with its risk grade and outlook; `words` are its names in files."""

    section: str
    name: Name
    grade: str
    outlook: str
    words: tuple[str, ...]


class Country(Frozen):
    """A country and its risk grade; `words` are its names in files."""

    code: str
    name: Name
    grade: str
    words: tuple[str, ...]


class Band(Frozen):
    """From and to, both included, of an agency's scale, and the normalised grade that it stands for."""

    lower: float = Field(alias="from")
    upper: float = Field(alias="to")
    grade: str


class Letter(Frozen):
    """A step of an agency's scale of letters, by all spellings of it, and the normalised grade that it stands for."""

    words: tuple[str, ...] = Field(min_length=1)
    grade: str


class Agency(Frozen):
    """A scale of figures, of letters (best first, one per notch) or of both; `words` are the agencies that use it.

    An agency with several scales stands among the words of each.
    """

    id: str
    name: Name
    words: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    grades: tuple[Letter, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not (self.bands or self.grades):
            raise broken("scale_empty", self.id)
        words = [word.casefold() for letter in self.grades for word in letter.words]
        if doubles := {word for word in words if words.count(word) > 1}:
            raise broken("named_twice", f"{self.id} {min(doubles)}")
        return self


class PaymentIndex(Frozen):
    """From which value of an agency's payment index on a company pays how many days beyond terms."""

    lower: float = Field(alias="from")
    days_beyond_terms: float


# What a rule may ask for beside characteristics: columns of a file and counts that the scoring query works out.
COUNTS = (
    "known_points_pct",
    "values_known",
    "filled",
    "external_grades_below_ours",
    "exposure_to_own_sales_pct",
    "exposure_or_zero",
    "registration_number_fails",
)
FACTS = (
    *(f.name for f in schema.CHARACTERISTICS),
    "flag",
    "net_worth",
    "secured_amount",
    "exposure",
    "z_double_prime",
    *COUNTS,
)

# Parts that came after policies had been kept: one that says nothing of them keeps its hash.
_LATER: tuple[str, ...] = ("feedback", "radar", "override", "alert")


class Policy(Frozen):
    """One version of the whole policy."""

    name: Name
    in_force: date
    source: str
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    home_country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    base_score: int
    missing_mode: Literal["table", "reallocate", "zero", "refuse"]
    prior_share_pct: Annotated[int, Field(ge=0, le=100)]
    external_score: ExternalScore
    pd_scale: PdScale
    loss: Loss
    limit: Limit
    money: Money
    ratios: Ratios = Ratios()
    tier: tuple[Tier, ...] = Field(min_length=2, max_length=7)
    rule: tuple[Rule, ...]
    external_grade_best: dict[Word, str]
    industry: tuple[Industry, ...]
    country: tuple[Country, ...]
    agency: tuple[Agency, ...]
    payment_index: tuple[PaymentIndex, ...] = ()
    radar: Radar | None = None
    family: tuple[Family, ...]
    characteristic: tuple[Characteristic, ...]
    alert: tuple[AlertRule, ...] = ()
    override: Overrides | None = None
    feedback: Feedback | None = None

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical form, in hexadecimal."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def canonical(self) -> str:
        """The policy as JSON with sorted names: what is hashed and what the store keeps."""
        data = self.model_dump(mode="json", by_alias=True)
        for name in _LATER:
            if getattr(self, name) == type(self).model_fields[name].get_default(call_default_factory=True):
                del data[name]
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def total_points(self) -> int:
        """All points there are to win."""
        return sum(c.max_points for c in self.characteristic)

    @property
    def top_score(self) -> int:
        """The highest score there is."""
        return self.base_score + self.total_points

    @property
    def thresholds(self) -> tuple[int, ...]:
        """The lowest score of each tier but the worst, best tier first."""
        return tuple(t.min_score for t in self.tier if t.min_score is not None)

    def tier_place(self, code: str) -> int:
        """A tier's place, 0 for the best."""
        return [t.code for t in self.tier].index(code)

    def known_characteristic(self, name: str) -> Characteristic:
        """The characteristic with this id; KeyError where the policy has none."""
        return {c.id: c for c in self.characteristic}[name]

    @model_validator(mode="after")
    def _check(self) -> Self:
        for what, names in (
            ("tier", [t.code for t in self.tier]),
            ("rule", [r.code for r in self.rule]),
            ("characteristic", [c.id for c in self.characteristic]),
            ("family", [f.id for f in self.family]),
        ):
            doubles = {n for n in names if names.count(n) > 1}
            if doubles:
                raise broken("named_twice", f"{what} {min(doubles)}")
        check_thresholds(self)
        codes = {t.code for t in self.tier}
        check_alerts(self.alert, codes)
        for rule in self.rule:
            for case in rule.case:
                if case.best_tier is not None and case.best_tier not in codes:
                    raise broken("rule_tier_unknown", f"{rule.code}: {case.best_tier}")
                if any(t.fact == "flag" for t in case.all) and rule.code.lower() not in schema.FIELDS:
                    raise broken("rule_flag_unknown", rule.code)
        if lacking := {g.code for g in self.pd_scale.grade} - set(self.limit.grade_factor_pct):
            raise broken("grade_factor_missing", min(lacking))
        if self.radar:
            check_radar(self.radar, [g.code for g in self.pd_scale.grade])
        families = {f.id for f in self.family}
        for c in self.characteristic:
            if c.family not in families:
                raise broken("family_unknown", f"{c.id}: {c.family}")
        return self


def check_thresholds(policy: "Policy") -> None:
    """Whether tiers stand in falling order on the scale, the worst without a start of its own."""
    *better, worst = policy.tier
    if worst.min_score is not None:
        raise broken("worst_tier_start", worst.min_score)
    above = policy.top_score + 1
    before = str(policy.top_score)
    for tier in better:
        if tier.min_score is None:
            raise broken("tier_start_missing", tier.code)
        if not policy.base_score < tier.min_score < above:
            raise broken("tier_start_order", f"{tier.code} {tier.min_score}", before=before)
        above, before = tier.min_score, f"{tier.code} {tier.min_score}"
