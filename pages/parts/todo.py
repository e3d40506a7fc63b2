"""What every part of the page To do works with."""

from dataclasses import dataclass
from datetime import date

from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.store import Store
from riskcore.text import Words


@dataclass(frozen=True)
class Room:
    """The book on screen, its newest assessment, the policy in force, and whose name is typed (may be empty)."""

    t: Words
    store: Store
    policy: Policy
    assessed: Assessed
    who: str
    today: date
