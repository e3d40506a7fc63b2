"""The library of cases: those that come with the product, those that a team adds, and those of the book's own past."""

import secrets
from collections.abc import Mapping, Sequence

from riskcore import schema, signing
from riskcore.errors import AskedWrong
from riskcore.policy import Name, Policy
from riskcore.store import Cursor, Store
from riskcore.training.case import Case, Decided, Outcome, middle, starters, tiers

TITLE_MOST, TEXT_MOST = 80, 1000
_TEXTS = ("title", "known", "decided", "happened", "lesson")


def listed(store: Store) -> list[Case]:
    """All cases: invented ones first, then the others as they were added."""
    rows = store.rows("select content from training_case order by added_at, case_id")
    return [*starters(), *(Case.model_validate_json(content) for (content,) in rows)]


def tiers_of(store: Store, policy: Policy, case_ids: Sequence[str]) -> list[int]:
    """The place of each case's tier under a policy, 0 the best, in their order."""
    by_id = {case.case_id: case for case in listed(store)}
    return tiers(store, policy, [by_id[case_id] for case_id in case_ids])


def new_id() -> str:
    """An id that says nothing of the case."""
    return secrets.token_hex(6)


def opened(store: Store, by: str, case_id: str) -> None:
    """Record that a person opened a case, which tells how it ended; the first time counts."""
    row = [signing.name(by), case_id, signing.now()]
    with store.transaction() as cursor:
        cursor.execute("insert into training_read values (?, ?, ?) on conflict do nothing", row)


def read(store: Store, person: str) -> set[str]:
    """The cases that a person opened."""
    return {case_id for (case_id,) in store.rows("select case_id from training_read where person = $by", by=person)}


def add(cursor: Cursor, cases: Sequence[Case], by: str) -> None:
    """Append cases to the library under a person's name."""
    now = signing.now()
    for case in cases:
        values = [case.case_id, case.origin, case.model_dump_json(), by, now]
        cursor.execute("insert into training_case values (?, ?, ?, ?, ?)", values)


def add_own(
    store: Store,
    policy: Policy,
    by: str,
    texts: Mapping[str, str],
    bins: Mapping[str, int],
    currency: str,
    annual_sales: float | None,
    limit: float | None,
    terms_days: int | None,
    outcome: Outcome | None,
) -> Case:
    """Add a case of the team and return it.

    `texts`: title, known, decided, happened, lesson, all needed. `bins`: by characteristic the number of a bin of the
    policy, 1 the worst, or schema.REFUSED_BIN; only the bin is kept. AskedWrong where something is missing.
    """
    person = signing.name(by)
    said = {name: _text(texts.get(name, ""), TITLE_MOST if name == "title" else TEXT_MOST) for name in _TEXTS}
    if not bins or not annual_sales or annual_sales <= 0 or limit is None or terms_days is None or outcome is None:
        raise AskedWrong("case_incomplete")
    case = Case(
        case_id=new_id(),
        origin="team",
        currency=currency,
        amounts={"annual_sales": annual_sales, "credit_limit": limit},
        facts={c.id: middle(c, bins[c.id]) for c in policy.characteristic if _is_bin(bins.get(c.id))},
        refused=tuple(c.id for c in policy.characteristic if bins.get(c.id) == schema.REFUSED_BIN),
        banded=True,
        title=said["title"],
        known=said["known"],
        lesson=said["lesson"],
        decided=Decided(limit=limit, terms_days=terms_days, text=said["decided"]),
        outcome=outcome.model_copy(update={"text": said["happened"]}),
    )
    with store.transaction() as cursor:
        add(cursor, [case], person)
    return case


def _is_bin(number: int | None) -> bool:
    return number is not None and 0 < number < schema.REFUSED_BIN


def _text(text: str, most: int) -> Name:
    """A text as it was typed, the same in both languages."""
    clean = signing.required(text, 1, most, "case_incomplete")
    return Name(zh=clean, en=clean)
