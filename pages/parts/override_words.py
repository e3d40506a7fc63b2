"""Overrides in words: what they do to a tier, their reason, their line."""

from collections.abc import Mapping
from typing import Any

from pages.parts.format import day, is_nothing, plain
from riskcore import signing
from riskcore.explanation import Explained
from riskcore.overrides import Direction, Override
from riskcore.policy import Policy
from riskcore.text import Words


def reason_name(t: Words, policy: Policy, code: str) -> str:
    """What the policy calls a reason; its code where the policy does not have it."""
    names = {r.code: t.of(r.name) for r in policy.override.reason} if policy.override else {}
    return names.get(code, code)


def effect(t: Words, policy: Policy, customer: Explained) -> str | None:
    """What a person's override does to the tier, before any rule; None where there is none."""
    kept = customer.override
    if kept is None:
        return None
    said = {"by": kept.asked_by, "tier": kept.tier, "day": day(t, kept.expires_on)}
    if customer.override_place is None:
        return t("overrides.other_tiers", by=kept.asked_by, tier=kept.tier)
    if customer.wished_tier == customer.scored["score_tier"]:
        return t("overrides.up_idle", **said) if kept.direction == "up" else t("overrides.down_idle", **said)
    score_tier = policy.tier[customer.scored["score_tier"]].code
    said |= {"score_tier": score_tier, "reason": reason_name(t, policy, kept.reason_code)}
    return t("overrides.lifted", **said) if kept.direction == "up" else t("overrides.lowered", **said)


def holds_down(t: Words, customer: Explained) -> str:
    """That a person leaves no better tier; empty where there is no such override."""
    kept = customer.override
    if kept is None:
        return ""
    return t("overrides.path_lowered", by=kept.asked_by, tier=kept.tier, day=day(t, kept.expires_on))


def change(t: Words, direction: Direction, code: str) -> str:
    """The tier to which somebody lifts or lowers."""
    return t("overrides.up_to", code=code) if direction == "up" else t("overrides.down_to", code=code)


def why(t: Words, policy: Policy, kept: Override) -> str:
    """The reason and what the person wrote."""
    return t("overrides.why", name=reason_name(t, policy, kept.reason_code), text=kept.reason)


def mark(t: Words, row: Mapping[str, Any]) -> str | None:
    """That a customer of a list is overridden, by whom and until when; None where it is not."""
    if is_nothing(row["override_by"]):
        return None
    sign = "▲" if row["override_direction"] == "up" else "▼"
    said = {"by": row["override_by"], "day": day(t, row["override_until"])}
    return t("overrides.mark", sign=sign, tier=row["override_tier"], **said)


def line(t: Words, policy: Policy, kept: Override) -> str:
    """An override in Markdown: what, why, who, when and until when."""
    said = {"by": kept.asked_by, "when": signing.said(kept.asked_at), "day": day(t, kept.expires_on)}
    second = kept.approved_by
    who = t("overrides.asked_approved", second=second, **said) if second else t("overrides.asked", **said)
    waits, code = kept.state == "waiting", kept.tier
    if kept.direction == "up":
        what = t("overrides.up_waits", code=code) if waits else t("overrides.up_line", code=code)
    else:
        what = t("overrides.down_waits", code=code) if waits else t("overrides.down_line", code=code)
    return f"**{plain(what)}** · {plain(why(t, policy, kept))}  \n:gray[{plain(who)}]"
