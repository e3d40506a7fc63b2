"""What falls due again for whom: units, judged cases that the policy sees otherwise by now, and practice as such."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from riskcore import signing, versions
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.training import library
from riskcore.training.case import Case, View, views
from riskcore.training.progress import people
from riskcore.training.units import FRESH_MONTHS, standings

Mark = Literal["read", "judged", "due"]


@dataclass(frozen=True)
class Shown:
    """What a policy makes of a case; `tier` is its code, the limit in the case's currency, 0 days paid in advance."""

    score: int | None
    tier: str
    pd_12m: float
    limit: float
    terms_days: int


@dataclass(frozen=True)
class Changed:
    """A case that shows something else than when a person judged it, or read it again."""

    case_id: str
    was: Shown
    now: Shown


@dataclass(frozen=True)
class Due:
    """What is due for a person: ids of units, cases, and practice where the last of it was half a year ago.

    `idle_since`: the day of the last case; None where practice is not due. `oldest`: the case that was read longest
    ago, to be read again where none is left to judge.
    """

    units: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()
    idle_since: datetime | None = None
    oldest: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether nothing is due."""
        return not (self.units or self.changed or self.idle_since)


def of_team(store: Store, now: datetime | None = None) -> dict[str, Due]:
    """What is due for each person for whom anything is, by name."""
    found = _due(store, people(store), now or signing.now())
    return {person: due for person, due in found.items() if not due.nothing}


def of_person(store: Store, person: str, now: datetime | None = None) -> Due:
    """What is due for one person."""
    return _due(store, [person], now or signing.now())[person]


def marks(store: Store, person: str, cases: Iterable[Case], now: datetime | None = None) -> dict[str, Mark]:
    """By case what a person did with it, judged above read, or that it is due again; nothing of other cases."""
    question = "select case_id from training_judgement where person = $person"
    judged = {case_id for (case_id,) in store.rows(question, person=person)}
    found: dict[str, Mark] = dict.fromkeys(library.read(store, person), "read")
    found |= dict.fromkeys(judged, "judged")
    due = of_person(store, person, now)
    found |= dict.fromkeys((one.case_id for one in due.changed), "due")
    if due.oldest and all(case.case_id in judged for case in cases):
        found[due.oldest] = "due"
    return found


def reread(store: Store, by: str, case_id: str) -> None:
    """Record that a person read a judged case again, with what the policy in force shows of it; AskedWrong where the
    person never judged it."""
    person, policy = signing.name(by), versions.in_force(store)
    with store.transaction() as cursor:
        question = "select 1 from training_judgement where person = ? and case_id = ?"
        if cursor.execute(question, [person, case_id]).fetchone() is None:
            raise AskedWrong("case_not_judged")
        row = [person, case_id, policy.hash, signing.now()]
        cursor.execute("insert into training_reread values (?, ?, ?, ?)", row)


def _due(store: Store, persons: Sequence[str], now: datetime) -> dict[str, Due]:
    in_force = versions.in_force(store)
    asked = set(persons)
    rows = [row for row in store.rows("training_seen", now=now, months=FRESH_MONTHS) if row[0] in asked]
    looks = _Looks(store, in_force, {case.case_id: case for case in library.listed(store)}, rows)
    found = {}
    for person in persons:
        seen = [row[1:] for row in rows if row[0] == person]  # the case read longest ago first
        idle = bool(seen) and seen[-1][-1]
        found[person] = Due(
            units=tuple(name for name, one in standings(store, person, now).items() if one.state == "due"),
            changed=tuple(filter(None, (looks.changed(case_id, then) for case_id, then, *_ in seen))),
            idle_since=seen[-1][2] if idle else None,
            oldest=seen[0][0] if idle else None,
        )
    return found


class _Looks:
    """Cases as the policies showed them under which they were last seen, each policy asked once."""

    def __init__(self, store: Store, in_force: Policy, by_id: Mapping[str, Case], rows: list[tuple[str, ...]]) -> None:
        self._now = in_force.hash
        self._kept: dict[str, dict[str, Shown]] = {}
        others = {case_id for _, case_id, then, *_ in rows if then != in_force.hash}
        wanted = [by_id[case_id] for case_id in sorted(others) if case_id in by_id]
        for used in {then for _, _, then, *_ in rows} | {in_force.hash} if wanted else ():
            policy = in_force if used == in_force.hash else versions.kept(store, used)[0]
            seen = views(store, policy, wanted)
            self._kept[used] = {c.case_id: _shown(policy, one) for c, one in zip(wanted, seen, strict=True)}

    def changed(self, case_id: str, then: str) -> Changed | None:
        if then == self._now or case_id not in self._kept.get(then, {}):
            return None
        was, now = self._kept[then][case_id], self._kept[self._now][case_id]
        return None if was == now else Changed(case_id, was, now)


def _shown(policy: Policy, seen: View) -> Shown:
    code = policy.tier[seen.tier].code
    return Shown(seen.explained.scored["score"], code, round(seen.pd_12m, 6), round(seen.limit, 2), seen.terms_days)
