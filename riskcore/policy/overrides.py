"""What a policy says of overrides: for which reasons a person may deviate, for how long, and who has to agree."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from riskcore.policy.base import Frozen, Months, Name, Share, Word, broken


class OverrideReason(Frozen):
    """A reason to deviate; `direction` where it speaks for one alone (up: a better tier)."""

    code: Word
    name: Name
    direction: Literal["up", "down"] | None = None


class Overrides(Frozen):
    """`second_person_from`: the larger of exposure and limit, in the book's currency, from which two have to agree.

    `audit_pct` and `most_pct`: shares of customers or exposure overridden that are looked at, and that are too many.
    """

    longest_months: Months
    second_person_from: Annotated[float, Field(ge=0)]
    audit_pct: Share
    most_pct: Share
    reason: tuple[OverrideReason, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        codes = [reason.code for reason in self.reason]
        if doubles := {code for code in codes if codes.count(code) > 1}:
            raise broken("named_twice", f"override {min(doubles)}")
        if self.audit_pct > self.most_pct:
            raise broken("override_marks", f"{self.audit_pct:g} > {self.most_pct:g}")
        return self

    def allows(self, code: str, direction: str) -> bool:
        """Whether there is such a reason that speaks for this direction."""
        return any(r.code == code and r.direction in (None, direction) for r in self.reason)
