"""The policy versions that a book keeps: which is in force, and which one an assessment used."""

from dataclasses import dataclass
from datetime import date, datetime

from riskcore import policy as policies
from riskcore import signing
from riskcore.policy import Policy
from riskcore.store import Cursor, Store, sql


@dataclass(frozen=True)
class Current:
    """An assessment that shows where the book stands; `created_at` in UTC."""

    assessment_id: int
    as_of: date
    created_at: datetime


def in_force(store: Store) -> Policy:
    """The policy that came into force last; the default policy becomes version 1 of a book that has none."""
    found = _last(store.cursor())
    if found is None:
        with store.transaction() as cursor:
            found = in_force_within(cursor)
    return found


def in_force_within(cursor: Cursor) -> Policy:
    """The same inside the caller's transaction, in which no other can come into force."""
    found = _last(cursor)
    if found is None:
        found = policies.load()
        keep(cursor, found, author="riskcore", reason="default policy", draft=False)
    return found


def current(cursor: Cursor) -> Current | None:
    """The newest assessment, where it shows where the book stands; None where it does not or there is none.

    That is: it applied the policy in force to the newest data, with all that is known.
    """
    row = cursor.execute(sql("assessment_current")).fetchone()
    return Current(*row) if row else None


def keep(cursor: Cursor, policy: Policy, author: str, reason: str, draft: bool) -> int:
    """Keep a policy under its hash and return its version; a new one that is no draft comes into force.

    One that is kept already stays as it is.
    """
    row = cursor.execute("select version from policy where policy_hash = ?", [policy.hash]).fetchone()
    if row is not None:
        return int(row[0])
    [newest] = cursor.execute("select coalesce(max(version), 0) from policy").fetchone() or (0,)
    values = [policy.hash, newest + 1, draft, policy.canonical(), author, reason, signing.now()]
    cursor.execute("insert into policy values (?, ?, ?, ?, ?, ?, ?)", values)
    if not draft:
        _enforce(cursor, policy)
    return int(newest) + 1


def put_in_force(cursor: Cursor, policy: Policy, author: str, reason: str) -> int:
    """Bring a policy into force, be it new, a draft or one that was in force before; returns its version."""
    version = keep(cursor, policy, author, reason, draft=False)
    row = cursor.execute("select policy_hash from in_force order by number desc limit 1").fetchone()
    if row is None or row[0] != policy.hash:
        cursor.execute("update policy set draft = false where policy_hash = ? and draft", [policy.hash])
        _enforce(cursor, policy)
    return version


def kept(store: Store, policy_hash: str) -> tuple[Policy, int, bool]:
    """A kept policy, its version, and whether it is a draft."""
    row = store.one("select source, version, draft from policy where policy_hash = $h", h=policy_hash)
    if row is None:
        raise KeyError(policy_hash)
    return policies.from_canonical(row[0]), int(row[1]), bool(row[2])


def _last(cursor: Cursor) -> Policy | None:
    row = cursor.execute(
        "select source from in_force join policy using (policy_hash) order by number desc limit 1"
    ).fetchone()
    return policies.from_canonical(row[0]) if row else None


def _enforce(cursor: Cursor, policy: Policy) -> None:
    cursor.execute(
        "insert into in_force select coalesce(max(number), 0) + 1, ?, ? from in_force", [policy.hash, signing.now()]
    )
