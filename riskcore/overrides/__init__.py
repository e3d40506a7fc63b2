"""Overrides: a person's documented deviation from the tier of the score, for a time, and by two where much is owed.

Up: the tier becomes at worst the one named; down: at best. A rule beats it. Rows are only added.
"""

from riskcore.overrides.asking import Event, Wish, ask, holding, latest, say
from riskcore.overrides.judged import (
    LEAST,
    MEASURES,
    MONTHS,
    Later,
    Outcome,
    Outcomes,
    Rate,
    Rates,
    later,
    outcomes,
    rates,
)
from riskcore.overrides.kept import (
    LIVE,
    STATES,
    Direction,
    Override,
    State,
    ended_since,
    get,
    how_many,
    listed,
    live_of,
    looked_on,
)

__all__ = [
    "LEAST",
    "LIVE",
    "MEASURES",
    "MONTHS",
    "STATES",
    "Direction",
    "Event",
    "Later",
    "Outcome",
    "Outcomes",
    "Override",
    "Rate",
    "Rates",
    "State",
    "Wish",
    "ask",
    "ended_since",
    "get",
    "holding",
    "how_many",
    "later",
    "latest",
    "listed",
    "live_of",
    "looked_on",
    "outcomes",
    "rates",
    "say",
]
