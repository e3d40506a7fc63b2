"""How much is known of a book: by family, how old, what it allows at best, and which file would add most."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import pyarrow as pa

from riskcore import schema, scoring
from riskcore.policy import Characteristic, Policy
from riskcore.store import Store

# What the scoring query reads beside characteristics and flags.
AMOUNTS = (
    "net_worth",
    "secured_amount",
    "exposure",
    "past_due",
    "own_annual_sales",
    "registration_number_fails",
    "z_double_prime",
    "override_best",
    "override_worst",
)


class Known(NamedTuple):
    """What is known of a family: the shares of all its values, 0 to 1. A value is a characteristic of a customer."""

    family: str
    known: float
    refused: float
    expired: float
    missing: float


def by_family(store: Store, assessment_id: int, policy: Policy) -> list[Known]:
    """The shares of each family, in the policy's order; all are 0 in an assessment of nobody."""
    counts = {f.id: dict.fromkeys(("known", "refused", "expired", "missing"), 0) for f in policy.family}
    for c, state, customers, _ in _bins(store, assessment_id, policy):
        counts[c.family][state] += customers
    return [
        Known(family, **{state: n / max(1, sum(of_one.values())) for state, n in of_one.items()})
        for family, of_one in counts.items()
    ]


def best_score(policy: Policy, store: Store, assessment_id: int) -> int | None:
    """The score of a customer with the best of all that is known of anybody in the book, and nothing else.

    None where even that customer cannot be scored.
    """
    bins = _bins(store, assessment_id, policy)
    row: dict[str, Any] = {c.id: _best_value(c) for c, state, _, _ in bins if state == "known"}
    filled = "select count(external_score) > 0 from score where assessment_id = $assessment"
    if (answer := store.one(filled, assessment=assessment_id)) and answer[0]:
        row["credit_score"] = float(policy.top_score)
    cursor = store.cursor()
    cursor.register("best_row", _facts(row))
    [score] = cursor.execute(f"select score from ({scoring.compile_query(policy, 'best_row')})").fetchone() or (None,)
    return None if score is None else int(score)


def most_useful_file(policy: Policy, store: Store, assessment_id: int) -> tuple[str, float] | None:
    """The kind of file that could add most points, and how many on average to a customer; None where nothing is open.

    Open are the maximum less the present points of the characteristics in that file, where they are not known today.
    """
    missed = {c.file: 0.0 for c in policy.characteristic}
    for c, state, customers, points in _bins(store, assessment_id, policy):
        if state != "known":
            missed[c.file] += customers * c.max_points - points
    for c, stood_for in _stood_for(store, assessment_id, policy):
        missed[c.file] -= stood_for
    file = max(missed, key=missed.__getitem__)
    row = store.one("select customers from assessment where assessment_id = $assessment", assessment=assessment_id)
    return (file, missed[file] / row[0]) if row and missed[file] > 0 else None


def nobody_can_leave_worst(store: Store, assessment_id: int, policy: Policy) -> bool:
    """Whether too little is known of every customer for any but the worst tier, wherever the thresholds stand."""
    row = store.one(
        "select bool_and(little_known and best = $worst) from cube "
        "where assessment_id = $assessment and dimension = ''",
        assessment=assessment_id,
        worst=len(policy.tier) - 1,
    )
    return bool(row and row[0])


def _bins(store: Store, assessment_id: int, policy: Policy) -> list[tuple[Characteristic, str, int, int]]:
    """Each bin that holds customers: its characteristic, what is known of a value in it, customers, their points."""
    question = "select characteristic, bin, customers, points from bin_count where assessment_id = $assessment"
    states = {0: "missing", schema.REFUSED_BIN: "refused"}
    return [
        (policy.known_characteristic(name), states.get(code, "expired" if code > schema.EXPIRED_BINS else "known"), *n)
        for name, code, *n in store.rows(question, assessment=assessment_id)
    ]


def _stood_for(store: Store, assessment_id: int, policy: Policy) -> Iterable[tuple[Characteristic, float]]:
    """Per characteristic, the points of all its silent values that external scores stand for."""
    if policy.external_score.use != "fill":
        return ()
    sums = ", ".join(
        f"coalesce(sum(external_score - $base) filter (where {c.id}_bin = 0), 0)" for c in policy.characteristic
    )
    question = f"select {sums} from score where assessment_id = $assessment"
    row = store.one(question, assessment=assessment_id, base=policy.base_score) or ()
    width = policy.top_score - policy.base_score
    return ((c, float(above) * c.max_points / width) for c, above in zip(policy.characteristic, row, strict=True))


def _best_value(c: Characteristic) -> float | str:
    """A value inside the bin with the most points."""
    best = max(c.bins, key=lambda b: b.points)
    if best.value is not None:
        return best.value
    if best.lower is None or best.upper is None:
        return (best.upper or 0.0) - 1 if best.lower is None else best.lower + 1
    return (best.lower + best.upper) / 2


def _facts(row: dict[str, Any]) -> pa.Table:
    """One customer's facts as the scoring query reads them: what `row` holds is known, and nothing else."""
    columns: dict[str, pa.Array] = {}
    for field in schema.STATED:
        kind = pa.string() if field.kind == "category" else pa.float64()
        columns[field.name] = pa.array([row.get(field.name)], kind)
        columns[f"{field.name}_state"] = pa.array([schema.KNOWN if field.name in row else schema.MISSING], pa.uint8())
    columns |= {flag.name: pa.array([None], pa.bool_()) for flag in schema.FLAGS}
    columns |= {name: pa.array([None], pa.float64()) for name in AMOUNTS}
    return pa.table(columns)
