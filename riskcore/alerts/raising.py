"""What changed of the customers between two days, held against the policy's alert rules: raised, and told once.

A change is one of the customer, not of the policy, and not what a person lifted or lowered: tiers are those of score
and rules, then and now by the present thresholds. Where the scorecard or a rule was changed in between, neither a fall
of the tier nor a rule that fires is told. States that stood when the book began, or when a figure was told for the
first time of any customer, are no changes either.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from riskcore import overrides, scoring, versions
from riskcore import policy as policies
from riskcore.alerts.measures import changes
from riskcore.policy import Policy
from riskcore.signing import now
from riskcore.store import Cursor, sql


@dataclass(frozen=True)
class _Compared:
    """What an assessment is compared with: the last one of the day looked at before, and the figures of `prior`.

    `same_day`: the figures kept are of the assessment's own day, so that those before them count still.
    """

    reference_id: int | None
    reference_day: date | None
    policy: Policy | None
    prior: int | None
    same_day: bool


def raise_new(cursor: Cursor, policy: Policy, assessment_id: int) -> int:
    """Tell what changed, of the assessment just made, and return how many alerts there are more.

    None, and nothing is compared with it later, where it is of a draft, of a policy not in force, or of a past day.
    The same change is not told twice, however often its day is assessed. Runs inside the caller's transaction.
    """
    assessed = versions.current(cursor)
    if assessed is None:
        return 0
    day = assessed.as_of
    found = _compared(cursor, day)
    _see(cursor, policy, assessment_id, found)
    told = 0
    if found.reference_id is not None and policy.alert:
        told = _raise(cursor, policy, assessment_id, day, found)
    cursor.execute("truncate alert_level")
    cursor.execute(sql("alert_levels"), {"assessment": assessment_id})
    cursor.execute("insert into alert_run values (?, ?)", [assessment_id, found.reference_id])
    cursor.execute("drop table alert_seen")
    return told


def _see(cursor: Cursor, policy: Policy, assessment_id: int, found: _Compared) -> None:
    """Make the temporary table `alert_seen`."""
    question = sql("alert_seen").replace("tier_of_thresholds", scoring.tier_sql(policy.thresholds, "s.score"))
    values: dict[str, Any] = {
        "prior": found.prior,
        "same_day": found.same_day,
        "assessment": assessment_id,
        "reference": found.reference_id,
        "codes": [tier.code for tier in policy.tier],
        "today": None,
        "day": overrides.looked_on(cursor, assessment_id),
        "reference_day": overrides.looked_on(cursor, found.reference_id),
    }
    cursor.execute(question.replace("override_standing", sql("override_standing")), values)


def _compared(cursor: Cursor, day: date) -> _Compared:
    """What to compare an assessment of a day with."""
    last = cursor.execute(
        "select assessment_id, as_of from alert_run join assessment using (assessment_id) "
        "order by assessment_id desc limit 1"
    ).fetchone()
    before = cursor.execute(
        "select assessment_id, as_of, source from alert_run join assessment using (assessment_id) "
        "join policy using (policy_hash) where as_of < ? order by as_of desc, assessment_id desc limit 1",
        [day],
    ).fetchone()
    # A file of a later day that was undone leaves figures of that day behind, with which nothing is compared.
    prior = last[0] if last and last[1] <= day else None
    policy = policies.from_canonical(before[2]) if before else None
    return _Compared(
        before[0] if before else None, before[1] if before else None, policy, prior, bool(last and last[1] == day)
    )


def _raise(cursor: Cursor, policy: Policy, assessment_id: int, day: date, found: _Compared) -> int:
    same_judgement = found.policy is not None and _judgement(found.policy) == _judgement(policy)
    known = cursor.execute("select count(used_before) > 0, count(statement_before) > 0 from alert_seen").fetchone() or (
        False,
        False,
    )
    stands = {"utilisation": known[0], "statement_age": known[1], "tier": same_judgement, "rule": same_judgement}
    [newest] = cursor.execute("select coalesce(max(alert_id), 0) from alert").fetchone() or (0,)
    values = {"day": day, "reference": found.reference_id, "reference_day": found.reference_day}
    for rule in policy.alert:
        if stands.get(rule.watches, True):
            question = sql("alert_write").replace("changes_of_rule", changes(policy, rule))
            bound = {"code": rule.code, "watches": rule.watches, "assessment": assessment_id, "now": now()}
            cursor.execute(question, {**values, **bound})
            if rule.review_within_days:
                called = {"code": rule.code, "assessment": assessment_id, "now": now()}
                cursor.execute(
                    sql("alert_calls"), {**called, "today": max(day, date.today()), "within": rule.review_within_days}
                )
    [last] = cursor.execute("select coalesce(max(alert_id), 0) from alert").fetchone() or (0,)
    return int(last) - int(newest)


_NOT_JUDGING = {
    *("name", "in_force", "source", "pd_scale", "loss", "limit", "money", "alert", "override", "feedback", "radar"),
    *("tier", "family"),
}


def _judgement(policy: Policy) -> object:
    """All of a policy from which a customer's score and bounds follow, the starts of tiers apart."""
    grades = [(grade.code, grade.min_score) for grade in policy.pd_scale.grade]
    return policy.model_dump(exclude=_NOT_JUDGING), [tier.code for tier in policy.tier], grades
