"""How a person and a team get on: units, cases, how often they are right over time, and whether they agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from statistics import fmean

from riskcore import signing
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.training import leaning, practice
from riskcore.training.leaning import Bias, Side, Stated
from riskcore.training.practice import Judgement
from riskcore.training.units import standings


@dataclass(frozen=True)
class Agreement:
    """How often two people gave the same case the same tier: the share (0 to 1, None without pairs) and the pairs."""

    pairs: int
    share: float | None


@dataclass(frozen=True)
class Standing:
    """A person: units done and due again, cases judged, the share judged right, mean Brier value, agreement."""

    person: str
    units_done: int
    units_due: int
    cases: int
    right: float | None
    brier: float | None
    score_brier: float | None
    agreement: Agreement


@dataclass(frozen=True)
class Leaning:
    """A team that leans one way on some cases, and the score's own leaning on the same.

    Cases in which a characteristic was `side`, or, without one, in which the family of that id had lost most.
    """

    of: str
    side: Side | None
    people: int
    team: Bias
    score: Bias


def people(store: Store) -> list[str]:
    """All who answered a question or judged a case, by name."""
    question = "select person from training_answer union select person from training_judgement order by 1"
    return [person for (person,) in store.rows(question)]


def team(store: Store, now: datetime | None = None) -> list[Standing]:
    """Everybody's standing, by name."""
    agreed = {person: Agreement(pairs, share) for person, pairs, share in store.rows("training_agreement")}
    return [_standing(store, person, agreed.get(person, Agreement(0, None)), now) for person in people(store)]


def agreement(standings_of_all: Sequence[Standing]) -> Agreement:
    """The agreement of a whole team: each pair once."""
    pairs = sum(one.agreement.pairs for one in standings_of_all)
    same = sum(one.agreement.pairs * (one.agreement.share or 0) for one in standings_of_all)
    return Agreement(pairs // 2, same / pairs if pairs else None)


def leanings(given: Sequence[Judgement], policy: Policy, people_least: int = 2) -> list[Leaning]:
    """Where so many people together are too lenient or too strict, the furthest first; none where too little is known.

    By characteristic, and by family where none of its characteristics has enough cases. A case counts once, by the mean
    of what people stated.
    """
    by_case: dict[str, list[Judgement]] = {}
    for j in given:
        by_case.setdefault(j.case_id, []).append(j)
    contrasts = leaning.by_characteristic([_stated(same) for same in by_case.values()])
    family_of = {c.id: c.family for c in policy.characteristic}
    told = {family_of.get(one.characteristic) for one in contrasts}
    families = dict.fromkeys(same[0].family for same in by_case.values())
    asked: list[tuple[str, Side | None]] = [(one.characteristic, one.side) for one in contrasts if one.side]
    asked += [(family, None) for family in families if family and family not in told]
    found = []
    for of, side in asked:
        own = [same for same in by_case.values() if of in _marks(same[0], side)]
        judges = {signing.person(j.person) for same in own for j in same}
        team = leaning.bias([_stated(same) for same in own])
        if team.leaning in ("lenient", "strict") and len(judges) >= people_least:
            score = leaning.bias([_stated(same, of_score=True) for same in own])
            found.append(Leaning(of, side, len(judges), team, score))
    return sorted(found, key=lambda one: -abs(one.team.mean or 0.0))


def over_time(given: Sequence[Judgement]) -> list[tuple[float, float, float]]:
    """After each case, oldest first: the share judged right so far, and the mean Brier values, own and the score's."""
    right, own, score = (
        accumulate(values)
        for values in ([float(j.is_right) for j in given], [j.brier for j in given], [j.score_brier for j in given])
    )
    sums = zip(right, own, score, strict=True)
    return [(a / n, b / n, c / n) for n, (a, b, c) in enumerate(sums, 1)]


def _standing(store: Store, person: str, agreed: Agreement, now: datetime | None) -> Standing:
    given = practice.judgements(store, person)
    found = practice.report(given)
    states = [one.state for one in standings(store, person, now).values()]
    return Standing(
        person=person,
        units_done=states.count("done"),
        units_due=states.count("due"),
        cases=len(given),
        right=sum(j.is_right for j in given) / len(given) if given else None,
        brier=found.brier,
        score_brier=found.score_brier,
        agreement=agreed,
    )


def _stated(same: Sequence[Judgement], of_score: bool = False) -> Stated:
    """What was stated of one case on average, with its characteristics as they were judged first."""
    first = same[0]
    mean = fmean(j.score_pd if of_score else j.pd for j in same)
    return Stated(mean - first.bad, first.bad, first.good, first.poor)


def _marks(j: Judgement, side: Side | None) -> tuple[str | None, ...]:
    return {"poor": j.poor, "good": j.good, None: (j.family,)}[side]
