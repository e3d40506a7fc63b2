"""The policy versions that a book keeps: which is in force, and which one an assessment used."""

from datetime import UTC, datetime

from riskcore import policy as policies
from riskcore.policy import Policy
from riskcore.store import Cursor, Store


def in_force(store: Store) -> Policy:
    """The newest version that is no draft; the default policy becomes version 1 of a book that has none."""
    row = store.one("select source from policy where not draft order by version desc limit 1")
    if row is not None:
        return policies.from_canonical(row[0])
    default = policies.load()
    with store.transaction() as cursor:
        keep(cursor, default, author="riskcore", reason="default policy", draft=False)
    return default


def keep(cursor: Cursor, policy: Policy, author: str, reason: str, draft: bool) -> int:
    """Keep a policy under its hash and return its version; one that is kept already stays as it is."""
    row = cursor.execute("select version from policy where policy_hash = ?", [policy.hash]).fetchone()
    if row is not None:
        return int(row[0])
    [newest] = cursor.execute("select coalesce(max(version), 0) from policy").fetchone() or (0,)
    now = datetime.now(UTC).replace(tzinfo=None)
    values = [policy.hash, newest + 1, draft, policy.canonical(), author, reason, now]
    cursor.execute("insert into policy values (?, ?, ?, ?, ?, ?, ?)", values)
    return int(newest) + 1


def kept(store: Store, policy_hash: str) -> tuple[Policy, int, bool]:
    """A kept policy, its version, and whether it is a draft."""
    row = store.one("select source, version, draft from policy where policy_hash = $h", h=policy_hash)
    if row is None:
        raise KeyError(policy_hash)
    return policies.from_canonical(row[0]), int(row[1]), bool(row[2])
