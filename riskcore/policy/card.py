"""The scorecard of a policy: families of characteristics, their bins and points."""

from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from riskcore import schema
from riskcore.policy.base import Frozen, Months, Name, Points, Word, broken


class Family(Frozen):
    """A group of characteristics."""

    id: str
    name: Name


class Bin(Frozen):
    """One interval or one category of a characteristic, and the points it earns."""

    points: Points
    lower: float | None = None
    upper: float | None = None
    value: Word | None = None
    name: Name | None = None
    words: tuple[str, ...] = ()


class Special(Frozen):
    """A word that stands in a column of numbers and earns a bin of its own, such as `no debt`."""

    bin: int
    name: Name
    words: tuple[str, ...]


class Characteristic(Frozen):
    """A fact that earns points; bin 1 is the worst and earns none."""

    id: str
    code: str
    family: str
    name: Name
    long_name: Name
    unit: Literal["times", "percent", "days", "months", "years", "count", "notches", "category"]
    valid_months: Months | None = None
    dated_by: Literal["own_statement_date"] | None = None  # else the as-of date of the import
    file: Literal["statements", "bureau", "receivables", "master"]  # the kind of file that tells it
    missing_points: Points
    refused_points: Points
    required: bool = False
    movable: bool = True
    reason: Name
    special: Special | None = None
    words: dict[str, float] = Field(default_factory=dict)
    not_monotone: str | None = None
    closed: Literal["left", "right"] | None = None
    bins: tuple[Bin, ...] = Field(min_length=2, max_length=6)

    @property
    def max_points(self) -> int:
        """The most points that any bin earns."""
        return max(b.points for b in self.bins)

    @property
    def is_category(self) -> bool:
        """Whether values are words rather than numbers."""
        return self.unit == "category"

    @model_validator(mode="after")
    def _check(self) -> Self:
        known = {f.name: f for f in schema.CHARACTERISTICS}
        if self.id not in known:
            raise broken("characteristic_unknown", self.id)
        if self.is_category != (known[self.id].kind == "category"):
            raise broken("characteristic_unit", self.unit)
        if min(b.points for b in self.bins) != 0:
            raise broken("worst_bin_is_zero", min(b.points for b in self.bins))
        if max(self.missing_points, self.refused_points) > self.max_points:
            raise broken("missing_above_max", max(self.missing_points, self.refused_points), most=self.max_points)
        if self.is_category:
            values = [b.value for b in self.bins]
            if None in values or len(set(values)) != len(values):
                raise broken("category_values", values)
        else:
            self._check_intervals()
        if self.special and not 1 <= self.special.bin <= len(self.bins):
            raise broken("special_bin", self.special.bin)
        return self

    def _check_intervals(self) -> None:
        if self.closed is None:
            raise broken("closed_missing", self.id)
        ascending = sorted(self.bins, key=lambda b: float("-inf") if b.lower is None else b.lower)
        lowest = 0 if self.unit == "count" else None  # a count below 0 is no count: it is missing
        if ascending[0].lower != lowest or ascending[-1].upper is not None:
            raise broken("bins_open_ends", self.id)
        for left, right in pairwise(ascending):
            if left.upper is None or left.upper != right.lower:
                raise broken("bins_gap", left.upper if left.upper is not None else right.lower)
        points = [b.points for b in ascending]
        if points not in (sorted(points), sorted(points, reverse=True)) and not self.not_monotone:
            raise broken("bins_not_monotone", points)
