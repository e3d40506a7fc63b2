"""A question on a file, and its answers, in words."""

from dataclasses import dataclass, field
from typing import Any

from riskcore.policy import Name
from riskcore.text import Words


@dataclass(frozen=True)
class Option:
    """One answer: its value, the key of its text, and the slots of that."""

    value: str
    key: str
    slots: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """A question on a column; without a default it must be answered."""

    id: str
    kind: str
    key: str
    field: str
    heading: str
    slots: dict[str, Any]
    options: tuple[Option, ...]
    default: str | None = None
    free: bool = False  # any text answers it; the options are proposals
    of_file: bool = False  # the answer holds for this file alone, not for its layout


def worded(said: Question | Option, t: Words) -> str:
    """A question or an answer as a sentence; names of the policy among its slots in the reader's language."""
    slots = {name: t.of(value) if isinstance(value, Name) else value for name, value in said.slots.items()}
    return t(said.key, **slots)
