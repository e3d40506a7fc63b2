"""The watch list: customers whom a rule of the policy puts there, or a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from riskcore import policy as policies
from riskcore import scoring, signing
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.store import Cursor, Store, paging, sql

_ORDER = "order by exposure desc nulls last, customer_id"


@dataclass(frozen=True)
class Watched:
    """That a person watches a customer: why, who and since when."""

    reason: str
    said_by: str
    said_at: datetime


def watch_rules(policy: Policy) -> int:
    """The bits of the rules that put a customer on the watch list."""
    return sum(1 << bit for bit, rule in enumerate(policy.rule) if rule.watch)


def watch(store: Store, customer_key: int, reason: str, by: str) -> None:
    """Put a customer on the watch list; AskedWrong where somebody did already, or reason or name are missing."""
    person, why = signing.name(by), signing.reason(reason)
    with store.transaction() as cursor:
        if now := _of(cursor, customer_key):
            raise AskedWrong("watched_already", by=now.said_by, when=signing.said(now.said_at))
        _say(cursor, customer_key, True, why, person)


def unwatch(store: Store, customer_key: int, by: str) -> None:
    """Take a customer off the list again; a rule that fires keeps it there. AskedWrong where nobody watches it now."""
    person = signing.name(by)
    with store.transaction() as cursor:
        if _of(cursor, customer_key) is None:
            raise AskedWrong("watched_no_more")
        _say(cursor, customer_key, False, "", person)


def by_person(store: Store, customer_key: int) -> Watched | None:
    """Who watches a customer; None: nobody, though a rule may."""
    return _of(store.cursor(), customer_key)


def watch_list(store: Store, policy: Policy, page: int = 1, per_page: int | None = None) -> pd.DataFrame:
    """The customers watched, largest exposure first; one page, or all. `policy` is that of the newest assessment.

    Columns: `customer_key, customer_id, customer_name, tier, score, exposure, watch_rules` (bits of those that fire),
    and of a person `reason, said_by, said_at`, NULL where only a rule watches.
    """
    question = f"{sql('alert_watched')} {_ORDER} limit $most offset $skip"
    return store.ask(question, watch_rules=watch_rules(policy), **paging(page, per_page))


def watched_count(store: Store, policy: Policy) -> int:
    """How many customers are watched."""
    row = store.one(f"select count(*) from ({sql('alert_watched')})", watch_rules=watch_rules(policy))
    return int(row[0]) if row else 0


def rules_since(store: Store, policy: Policy, customer_keys: Sequence[int]) -> dict[tuple[int, str], date]:
    """By customer and code of a watch rule, the first day of the assessments since which it fires without a break.

    Only assessments under policies with the same rules count: in another one, a bit may be another rule's.
    """
    codes = [rule.code for rule in policy.rule]
    sources = store.rows("select distinct policy_hash, source from policy semi join assessment using (policy_hash)")
    alike = [h for h, source in sources if [rule.code for rule in policies.from_canonical(source).rule] == codes]
    listed = store.rows("select assessment_id from assessment where list_contains($alike, policy_hash)", alike=alike)
    asked = {"customers": list(customer_keys), "assessments": [number for (number,) in listed]}
    return {
        (key, rule.code): day
        for rule in scoring.rules_of(policy, watch_rules(policy))
        for key, day in store.rows("alert_since", bit=1 << codes.index(rule.code), **asked)
    }


def _of(cursor: Cursor, customer_key: int) -> Watched | None:
    row = cursor.execute(
        "select is_watched, reason, said_by, said_at from watched where customer_key = ? order by said_at desc limit 1",
        [customer_key],
    ).fetchone()
    return Watched(*row[1:]) if row and row[0] else None


def _say(cursor: Cursor, customer_key: int, is_watched: bool, reason: str, by: str) -> None:
    cursor.execute("insert into watched values (?, ?, ?, ?, ?)", [customer_key, is_watched, reason, by, signing.now()])
