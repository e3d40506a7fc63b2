"""What makes a pattern of opinions, and how far a draft made of one may go."""

from typing import Annotated

from pydantic import Field

from riskcore.policy.base import Frozen, Share


class Feedback(Frozen):
    """From how many customers, people and per cent of all opinions on the same thing on it is a pattern.

    `surely_over_pct`: so much, at least, is the lower end of the share's 95 % interval. A draft moves a threshold by at
    most `line_points_most` points, or the points of a bin by `bin_step_pct` per cent of the characteristic's maximum.
    """

    customers: Annotated[int, Field(ge=2)]
    people: Annotated[int, Field(ge=1)]
    share_pct: Share
    surely_over_pct: Share
    line_points_most: Annotated[int, Field(ge=1, le=100)]
    bin_step_pct: Annotated[int, Field(ge=1, le=100)]
