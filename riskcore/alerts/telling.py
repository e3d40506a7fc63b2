"""An alert in words: what changed, from what to what."""

import json
from collections.abc import Callable
from typing import Any

from riskcore.policy import Policy
from riskcore.text import Words
from riskcore.wording import NOTHING, day, number

_MOST_SHOWN = 9999  # per cent of a limit: what has no limit is above any


def told(t: Words, policy: Policy, watches: str, figures: str) -> str:
    """What changed in one short phrase; `figures` is the JSON that the alert keeps. A rule is named by `policy`."""
    said: dict[str, Any] = json.loads(figures)
    if watches == "rule":
        names = {rule.code: t.of(rule.name) for rule in policy.rule}
        return t("alerts.told_rule", code=said["rule"], name=names.get(said["rule"], NOTHING))
    if watches == "statement_age":
        return t("alerts.told_statement_age", day=day(t, said["statement"]), n=said["months"])
    if watches == "tier":
        scores = {name: NOTHING if said[name] is None else str(said[name]) for name in ("score_was", "score_now")}
        if said["score_was"] == said["score_now"] and not said.get("is_overridden"):
            return t("alerts.told_tier_same", was=said["was"], now=said["now"], score=scores["score_now"])
        key = "alerts.told_tier_overridden" if said.get("is_overridden") else "alerts.told_tier"
        return t(key, was=said["was"], now=said["now"], **scores)
    key, shown = _NUMBERS[watches]
    was, now = (NOTHING if said[name] is None else shown(said[name]) for name in ("was", "now"))
    return t(key, was=was, now=now)


def _measured(value: float) -> str:
    return number(value, 1).removesuffix(".0")


def _utilised(value: float) -> str:
    return f"> {number(_MOST_SHOWN - 1)}%" if value >= _MOST_SHOWN else f"{_measured(value)}%"


_NUMBERS: dict[str, tuple[str, Callable[[float], str]]] = {
    "days_beyond_terms": ("alerts.told_days_beyond_terms", _measured),
    "past_due_share": ("alerts.told_past_due_share", _measured),
    "legal_events": ("alerts.told_legal_events", _measured),
    "utilisation": ("alerts.told_utilisation", _utilised),
    "exposure": ("alerts.told_exposure", number),
}
