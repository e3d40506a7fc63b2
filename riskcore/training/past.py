"""Cases made of the book's own past, without anything that tells whose they are.

A case keeps no name, id, key, place or person. Characteristics become the middle of their bin, dates become months, and
amounts are multiplied by one secret factor of the case, which is kept nowhere, and rounded to two leading figures.
Which customer a case was made of is not stored.
"""

import math
import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from secrets import SystemRandom
from typing import Any, NamedTuple

from riskcore import features, schema, settings, signing, versions
from riskcore.errors import AskedWrong
from riskcore.explanation import Explained
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.training import library
from riskcore.training.case import AMOUNTS, Case, Decided, Outcome, middle, views, views_of

OF_A_KIND_MOST = 6  # cases made at once that went bad, and as many that went well
MONTHS_MOST = 12  # an outcome counts within the year that a score speaks of
MONTHS_GOOD = 6  # a failure counts whenever it came; that all went well, only after so many months
FAILURES = ("K1", "K5", "K8")  # insolvent; over 90 days past due on a material amount; written off or sued by us
TRIED_MOST = 12  # customers of an assessment looked at for cases of a kind


class _Assessed(NamedTuple):
    """An assessment that cases can come from."""

    number: int
    as_of: date
    created_at: datetime
    policy: Policy


def make(store: Store, by: str, chance: random.Random | None = None) -> int:
    """Add anonymous cases of the book's past to the library, under a person's name, and return how many.

    Known then is what an earlier assessment knew; what happened is what the newest one tells. `chance` gives the secret
    factors. AskedWrong where there is nothing to make cases of, or where they were made since the newest assessment:
    several of one customer would tell more than one does.
    """
    person = signing.name(by)
    assessments = _assessments(store)
    if len(assessments) < 2:
        raise AskedWrong("cases_without_past")
    later, *earlier = assessments
    made_since = "select 1 from training_case where origin = 'book' and added_at >= $moment limit 1"
    if store.one(made_since, moment=later.created_at):
        raise AskedWrong("cases_made_already")
    known = {_signature(case) for case in library.listed(store)}
    made: list[Case] = []
    for bad in (True, False):
        of_a_kind: list[Case] = []
        for case in _cases(store, earlier, later, bad, chance or SystemRandom()):
            if _signature(case) not in known:
                known.add(_signature(case))
                of_a_kind.append(case)
            if len(of_a_kind) == OF_A_KIND_MOST:
                break
        made += of_a_kind
    if not made:
        raise AskedWrong("cases_without_past")
    with store.transaction() as cursor:
        library.add(cursor, made, person)
    return len(made)


def _assessments(store: Store) -> list[_Assessed]:
    """The newest assessment and those of a year before it, newest first; drafts are none."""
    rows = store.rows(
        "select assessment_id, as_of, assessment.created_at, policy_hash from assessment join policy using "
        "(policy_hash) where not draft order by assessment_id desc"
    )
    made = [_Assessed(number, day, at, versions.kept(store, of)[0]) for number, day, at, of in rows]
    return [one for one in made if one is made[0] or 0 < _months(one.as_of, made[0].as_of) <= MONTHS_MOST]


def _cases(store: Store, earlier: list[_Assessed], later: _Assessed, bad: bool, luck: random.Random) -> Iterator[Case]:
    """Cases that went bad, or well, from the oldest assessment on; no customer twice."""
    used: set[int] = set()
    currency = settings.get(store.cursor(), "currency") or later.policy.currency
    for then in reversed(earlier):
        months = _months(then.as_of, later.as_of)
        if not bad and months < MONTHS_GOOD:
            continue
        asked = {"earlier": then.number, "later": later.number, "bad": bad, "most": TRIED_MOST}
        marks = {"bad_then": _failures(then.policy), "bad_now": _failures(later.policy)}
        rows = {row[0]: row[1:] for row in store.rows("training_candidates", **asked, **marks) if row[0] not in used}
        found: list[tuple[Case, Explained]] = []
        past_due = {now.scored["customer_key"]: now.scored["past_due"] for now in _known(store, later, sorted(rows))}
        for was in _known(store, then, sorted(rows)):
            tier_now, late_now, score, *bins = rows[was.scored["customer_key"]]
            # What that assessment kept is the measure of what was known: nothing that came later is in it.
            if not _is_as_kept(was, score, bins):
                continue
            used.add(was.scored["customer_key"])
            past_due_now = past_due.get(was.scored["customer_key"])
            factor = math.exp(luck.uniform(math.log(0.4), math.log(2.5)))
            outcome = Outcome(
                bad=bad,
                months=months,
                days_late=_days_late(later.policy, late_now),
                overdue=None if past_due_now is None else max(0.0, _two_figures(float(past_due_now) * factor)),
                tier=later.policy.tier[tier_now].code,
            )
            if case := _anonymous(then.policy, was, outcome, currency, factor):
                found.append((case, was))
        yield from _alike(store, then.policy, found)


def _known(store: Store, then: _Assessed, customer_keys: list[int]) -> list[Explained]:
    """Customers as an assessment's day and the knowledge of then show them."""
    cursor, known_by = store.cursor(), then.created_at.date()
    own_sales = settings.own_annual_sales(cursor)
    for place, key in enumerate(customer_keys):
        features.prepare(cursor, then.policy, then.as_of, own_sales, (key, key), known_by)
        into = "insert into facts_then by name" if place else "create temp table facts_then as"
        cursor.execute(f"{into} select * from facts")
    return [seen.explained for seen in views_of(cursor, then.policy, "facts_then")] if customer_keys else []


def _is_as_kept(found: Explained, score: int | None, bins: list[int]) -> bool:
    kept = dict(zip((c.name for c in schema.CHARACTERISTICS), bins, strict=True))
    return found.scored["score"] == score and all(line.bin == kept[line.characteristic.id] for line in found.lines)


def _anonymous(policy: Policy, was: Explained, outcome: Outcome, currency: str, factor: float) -> Case | None:
    """The case of one customer; None where sales or limit are not known, so that nothing could be judged."""
    amounts = _amounts(was.scored, factor)
    if amounts.get("annual_sales", 0) <= 0 or amounts.get("credit_limit", -1) < 0:
        return None
    tier, days = policy.tier[was.scored["tier"]], was.scored["credit_days"]
    known = [line for line in was.lines if 0 < line.bin < schema.REFUSED_BIN]
    expired = [line for line in was.lines if line.is_expired]
    flags = {flag.name for flag in schema.FLAGS if was.scored[flag.name]} | {rule.code.lower() for rule in was.rules}
    return Case(
        case_id=library.new_id(),
        origin="book",
        currency=currency,
        amounts=amounts,
        facts={line.characteristic.id: middle(line.characteristic, line.bin) for line in known},
        expired={
            line.characteristic.id: middle(line.characteristic, line.bin - schema.EXPIRED_BINS) for line in expired
        },
        refused=tuple(line.characteristic.id for line in was.lines if line.is_refused),
        flags=tuple(flag.name for flag in schema.FLAGS if flag.name in flags),
        banded=True,
        decided=Decided(
            limit=amounts["credit_limit"],
            terms_days=tier.strategy.terms_days if days is None else min(max(round(days), 0), 365),
            tier=tier.code,
        ),
        outcome=outcome,
    )


def _days_late(policy: Policy, code: int) -> float | None:
    """The days beyond terms that a stored bin stands for, early payment as 0; None where they are not known."""
    c = next((c for c in policy.characteristic if c.id == "days_beyond_terms_12m"), None)
    number = code - schema.EXPIRED_BINS if code > schema.EXPIRED_BINS else code
    return None if c is None or number in (0, schema.REFUSED_BIN) else max(0.0, float(middle(c, number)))


def _amounts(scored: Mapping[str, Any], factor: float) -> dict[str, float]:
    return {name: _two_figures(float(scored[name]) * factor) for name in AMOUNTS if scored.get(name) is not None}


def _two_figures(amount: float) -> float:
    """An amount rounded to two leading figures.

    >>> _two_figures(1234567.0), _two_figures(-0.0871)
    (1200000.0, -0.087)
    """
    return float(f"{amount:.1e}")


def _alike(store: Store, policy: Policy, found: list[tuple[Case, Explained]]) -> Iterator[Case]:
    """The cases that read without their exact figures as the customers did."""
    seen = views(store, policy, [case for case, _ in found])
    for (case, was), now in zip(found, seen, strict=True):
        if all(now.explained.scored[name] == was.scored[name] for name in ("score", "tier")):
            yield case


def _failures(policy: Policy) -> int:
    """The bits of the rules that say that a customer failed."""
    return sum(1 << bit for bit, rule in enumerate(policy.rule) if rule.code in FAILURES or rule.grade_d)


def _months(start: date, end: date) -> int:
    return round((end - start).days / 30.44)


def _signature(case: Case) -> tuple[Any, ...]:
    """What tells one case from another of the same customer's: the intervals of all that was known."""
    return tuple(sorted(case.facts.items())), tuple(sorted(case.expired.items())), case.refused
