"""What every part of a policy is made of: frozen values, names in both languages, and breaches that can be worded.

A breach raises with the name of a sentence in `policy_rules.toml`, so that the person reads it in either language.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

TierCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]$")]
Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+-]+$")]  # safe as a literal in a compiled query
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Points = Annotated[int, Field(ge=0, le=550)]
Share = Annotated[float, Field(ge=0, le=100)]  # per cent
Months = Annotated[int, Field(ge=1, le=120)]


def broken(rule: str, value: Any, **slots: Any) -> PydanticCustomError:
    """A breach of a rule of ours; `rule` names its sentence in `policy_rules.toml`."""
    return PydanticCustomError("ours", "{rule}: {value}", {"rule": rule, "value": value, "slots": slots})


class Frozen(BaseModel):
    """Values that do not change once made, and no names that are not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Name(Frozen):
    """What a thing is called in both languages."""

    zh: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]
