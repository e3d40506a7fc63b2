"""An opinion on a customer's score, kept with the score, tier, bin and segments as they stood then."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from riskcore import schema, signing, versions
from riskcore.errors import AskedWrong
from riskcore.store import Store

Opinion = Literal["agree", "too_high", "too_low"]

_THEN = """
select policy_hash, {bin}, score.score, score.tier, industry, region, salesperson
from score join assessment using (assessment_id) left join listing using (customer_key)
where assessment_id = ? and customer_key = ?
"""


@dataclass(frozen=True)
class Said:
    """What a person said of a customer's score; `version` is that of the policy then, `tier` a code of it."""

    opinion: Opinion
    characteristic: str | None
    because: str
    score: int | None
    tier: str
    given_by: str
    given_at: datetime
    version: int


def give(
    store: Store,
    assessment_id: int,
    customer_key: int,
    opinion: Opinion,
    by: str,
    because: str = "",
    characteristic: str | None = None,
) -> None:
    """Record what a person thinks of a customer's score in an assessment, and which characteristic is judged wrongly.

    AskedWrong, and nothing recorded, without a name, or without a reason where the score is said to be wrong.
    """
    person = signing.name(by)
    agrees = opinion == "agree"
    reason = signing.required(because, 0, signing.REASON_MOST, "reason_missing") if agrees else signing.reason(because)
    named = None if agrees else characteristic
    if named is not None and named not in {f.name for f in schema.CHARACTERISTICS}:
        raise AskedWrong("feedback_unknown")
    then = _THEN.format(bin=f"{named}_bin" if named else "null")
    with store.transaction() as cursor:
        row = cursor.execute(then, [assessment_id, customer_key]).fetchone()
        if row is None:
            raise AskedWrong("feedback_unknown")
        policy_hash, code, score, tier, *segments = row
        tier_code = versions.kept(store, policy_hash)[0].tier[tier].code
        [newest] = cursor.execute("select coalesce(max(feedback_id), 0) from feedback").fetchone() or (0,)
        values = [int(newest) + 1, customer_key, assessment_id, policy_hash, opinion, named, code, reason]
        values += [score, tier_code, *segments, person, signing.now()]
        cursor.execute(f"insert into feedback values ({', '.join('?' * len(values))})", values)


def said(store: Store, customer_key: int, most: int = 3) -> list[Said]:
    """What people said of a customer last, newest first; each person once for an assessment."""
    who = signing.persons(store.rows("select distinct given_by from feedback"))
    return [Said(*row) for row in store.rows("feedback_said", customer=customer_key, most=most, person=who)]
