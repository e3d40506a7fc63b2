"""What every part of the Feedback page works with."""

from dataclasses import dataclass

from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.store import Store
from riskcore.text import Words


@dataclass(frozen=True)
class Room:
    """The words, the book, the policy in force, the newest assessment, and who reads; `who` may be empty."""

    t: Words
    store: Store
    policy: Policy
    assessed: Assessed
    who: str
