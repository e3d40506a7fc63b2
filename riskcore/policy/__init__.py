"""The policy: scorecard, rules, tiers and strategy, read from one TOML file into frozen, validated objects.

Nothing that an analyst may change is in code. A policy's identity is the SHA-256 of its canonical form, so that
the same content is the same version whatever its comments and spacing.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from riskcore.errors import Phrase, PolicyError
from riskcore.policy.base import Name
from riskcore.policy.card import Characteristic
from riskcore.policy.models import Policy, Rule, Test, Tier

__all__ = ["DEFAULT", "Characteristic", "Name", "Policy", "Rule", "Test", "Tier", "from_canonical", "load", "parse"]

DEFAULT = Path(__file__).parents[2] / "data" / "policy" / "default.toml"


def load(path: Path = DEFAULT) -> Policy:
    """The policy in a TOML file; PolicyError names the file, the place, the rule and the value."""
    try:
        return parse(path.read_text("utf-8"), path.name)
    except FileNotFoundError as error:
        raise PolicyError("policy_absent", file=path.name) from error
    except UnicodeDecodeError as error:
        raise PolicyError("policy_not_utf8", file=path.name) from error


def parse(text: str, file: str = "policy") -> Policy:
    """The policy in a TOML text."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError("policy_not_toml", file=file, detail=str(error)) from error
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        raise _policy_error(error.errors(include_url=False)[0], data, file) from error


def from_canonical(source: str) -> Policy:
    """The policy that the store keeps."""
    return Policy.model_validate_json(source)


def rate_on_what_is_known(policy: Policy) -> Policy:
    """A draft for a book with little known: missing points from the customer's own quality, and no bound for silence.

    Mode `reallocate`, and without the rules marked `little_known`.
    """
    data = policy.model_dump(mode="json", by_alias=True)
    rules = [r for r in data["rule"] if not r["little_known"]]
    return Policy.model_validate(data | {"missing_mode": "reallocate", "rule": rules})


def with_thresholds(policy: Policy, thresholds: Sequence[int]) -> Policy:
    """The same policy with other tier starts, best first; PolicyError where they are not in falling order."""
    data = policy.model_dump(mode="json", by_alias=True)
    for tier, start in zip(data["tier"], (*thresholds, None), strict=True):
        tier["min_score"] = start
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        raise _policy_error(error.errors(include_url=False)[0], data, policy.name.en) from error


def _policy_error(detail: ErrorDetails, data: dict[str, Any], file: str) -> PolicyError:
    context = detail.get("ctx", {})
    if detail["type"] == "ours":
        rule = Phrase(f"policy_rules.{context['rule']}", context["slots"])
        value = context["value"]
    else:
        key = detail["type"] if detail["type"] in {"missing", "extra_forbidden"} else "wrong_value"
        rule, value = Phrase(f"policy_rules.{key}"), detail["input"]
    place = _place(detail["loc"], data)
    shown = "–" if isinstance(value, dict) else str(value)[:80]
    return PolicyError("policy_invalid", file=file, place=place, rule=rule, value=shown)


def _place(loc: tuple[int | str, ...], data: Any) -> str:
    """A path in the file in its own words: `tier B, min_score`."""
    words: list[str] = []
    for step in loc:
        if isinstance(step, int):
            data = data[step] if isinstance(data, list) and step < len(data) else None
            named = data if isinstance(data, dict) else {}
            name = next((str(named[k]) for k in ("code", "id", "section", "value") if k in named), str(step + 1))
            words[-1:] = [f"{words[-1]} {name}"] if words else [name]
        else:
            words.append(step)
            data = data.get(step) if isinstance(data, dict) else None
    return ", ".join(words) or "–"
