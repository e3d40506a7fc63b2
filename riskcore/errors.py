"""The errors that a person may see.

RiskError
├── PolicyError    a policy file breaks a rule of its own
├── FileRefused    an upload is refused whole; the store is unchanged
├── StoreError     the database cannot be opened or is held by another process
└── AskedWrong     a question that has no answer (unknown customer, thresholds out of order)

Each carries the key of a sentence in `data/text/errors.toml` and the values of its slots, so that the
same error reads well in both languages. `str()` is for logs only.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Phrase:
    """A sentence still to be worded in the reader's language: the key of a text and the values of its slots."""

    key: str
    slots: dict[str, Any] = field(default_factory=dict)


class RiskError(Exception):
    """An error with a sentence in both languages: `key` names it, `slots` fill it."""

    def __init__(self, key: str, **slots: Any) -> None:
        self.key = f"errors.{key}"
        self.slots = slots
        super().__init__(f"{key}: " + ", ".join(f"{name}={value!r}" for name, value in slots.items()))


class PolicyError(RiskError):
    """A policy that cannot be used; slots: file, place, rule, value."""


class FileRefused(RiskError):
    """An upload refused whole, before anything was changed."""


class StoreError(RiskError):
    """The database cannot be opened, is newer than the program, or is held by another process."""


class AskedWrong(RiskError):
    """A question that cannot be answered as it was put."""
