"""Each thing that an alert rule can watch, as a query over `alert_seen`: who changed, and from what to what."""

from collections.abc import Callable

from riskcore.policy import Policy
from riskcore.policy.alerts import AlertRule

Query = Callable[[Policy, AlertRule], str]


def changes(policy: Policy, rule: AlertRule) -> str:
    """The query of those whom the rule tells of: `customer_key`, `cause` and `told`, the figures as JSON.

    $reference and $reference_day are the assessment compared with and its day, $day the present one.
    """
    return _OF[rule.watches](policy, rule)


def _tier(policy: Policy, rule: AlertRule) -> str:
    codes = "[" + ", ".join(f"'{tier.code}'" for tier in policy.tier) + "]"
    told = (
        f"{{'was': {codes}[tier_judged_before + 1], 'now': {codes}[tier_judged + 1], "
        "'score_was': score_before, 'score_now': score, 'is_overridden': is_overridden}"
    )
    mark = _mark(policy, rule, "tier_judged_before")
    return (
        f"select customer_key, {codes}[tier_judged + 1] || '|' || $reference as cause, to_json({told}) as told "
        f"from alert_seen where tier_judged::integer - tier_judged_before::integer >= {mark}"
    )


def _rise(name: str) -> Query:
    def query(policy: Policy, rule: AlertRule) -> str:
        # A rise may move the tier: the mark of the tier that the customer had counts, or the new one's if it is lower.
        mark = f"least({_mark(policy, rule, 'tier')}, {_mark(policy, rule, 'tier_before')})"
        high = "" if rule.above is None else f" and {name}_now > {float(rule.above)!r}::double"
        return _numbers(f"{name}_before", f"{name}_now", f"round({name}_now - {name}_before, 6) >= {mark}{high}")

    return query


def _utilisation(policy: Policy, rule: AlertRule) -> str:
    mark = _mark(policy, rule, "tier")
    return _numbers("used_before", "used_now", f"used_now > {mark} and not coalesce(used_before > {mark}, false)")


def _statement_age(policy: Policy, rule: AlertRule) -> str:
    months = f"({_mark(policy, rule, 'tier')})::integer"

    def too_old(statement: str, day: str) -> str:
        return f"{statement} + to_months({months}) < {day}"

    stood = f"coalesce({too_old('statement_before', '$reference_day::date')}, false)"
    told = f"to_json({{'statement': statement_now, 'months': {months}}})"
    return (
        f"select customer_key, statement_now::varchar as cause, {told} as told "
        f"from alert_seen where {too_old('statement_now', '$day::date')} and not {stood}"
    )


def _exposure(policy: Policy, rule: AlertRule) -> str:
    # In a tier that is watched then and now: what was sold before a fall is not new.
    marks = " and ".join(
        f"(exposure - exposure_before) * 100 > abs(exposure_before) * {_mark(policy, rule, tier)}"
        for tier in ("tier_before", "tier")
    )
    return _numbers("exposure_before::double", "exposure::double", f"exposure > exposure_before and {marks}")


def _rule(policy: Policy, rule: AlertRule) -> str:
    watched = [(1 << bit, one.code) for bit, one in enumerate(policy.rule) if one.hard or one.watch]
    cases = ", ".join(f"case when fired & {bit} > 0 then '{code}' end" for bit, code in watched) or "null"
    mask = sum(bit for bit, _ in watched)
    return (
        "select customer_key, fired_code || '|' || $reference as cause, to_json({'rule': fired_code}) as told from ("
        f"select customer_key, unnest([{cases}]) as fired_code from ("
        f"select customer_key, rules & ~coalesce(rules_before, 0) & {mask} as fired from alert_seen) where fired > 0"
        ") where fired_code is not null"
    )


def _numbers(before: str, after: str, condition: str) -> str:
    told = f"to_json({{'was': {before}, 'now': {after}}})"
    return f"select customer_key, $reference::varchar as cause, {told} as told from alert_seen where {condition}"


def _mark(policy: Policy, rule: AlertRule, tier: str) -> str:
    """The mark of the tier at a place; NULL, with which no comparison holds, where it is not watched."""
    marks = [(place, rule.mark(one.code)) for place, one in enumerate(policy.tier)]
    whens = " ".join(f"when {place} then {float(mark)!r}::double" for place, mark in marks if mark is not None)
    return f"(case {tier} {whens} end)"


_OF: dict[str, Query] = {
    "tier": _tier,
    "days_beyond_terms": _rise("late"),
    "past_due_share": _rise("share"),
    "legal_events": _rise("events"),
    "utilisation": _utilisation,
    "statement_age": _statement_age,
    "exposure": _exposure,
    "rule": _rule,
}
