"""The same opinions on all customers, as one query: what `opinions` says of one, in SQL."""

from riskcore.policy import Policy
from riskcore.policy.radar import Radar
from riskcore.radar.opinions import JUDGES, MODEL, PAIRS, SEEN, agency_range, places

_ENDS = ("best", "worst")


def compile_query(policy: Policy, radar: Radar) -> str:
    """The query of all opinions on the customers of `listing` with those of `opinion`, as of `$as_of`.

    One row per customer: all columns of `listing`, per judge `<judge>_best` and `<judge>_worst`, how many `judges` have
    an opinion, per pair `gap_<number>`, the largest `gap`, the first `pair` that has it, and the ranges of that pair,
    `first_best`, `first_worst`, `second_best` and `second_worst`. `radar` is that of the policy.
    """
    ranges = {
        "score": _score_sql(policy),
        "z_double_prime": _z_sql(policy, radar),
        "agency": _agency_sql(policy),
        "payment": _payment_sql(policy, radar),
    }
    placed = [f"{ranges[judge][end]} as {judge}_{name}" for judge in JUDGES for end, name in enumerate(_ENDS)]
    # `greatest` leaves out what is not known, so that an opinion that is not there is nowhere apart.
    gaps = [
        f"greatest(0, {a}_best - {b}_worst, {b}_best - {a}_worst)::utinyint as gap_{number}"
        for number, (a, b) in enumerate(PAIRS)
    ]
    names = [f"gap_{number}" for number in range(len(PAIRS))]
    judges = " + ".join(f"({judge}_best is not null)::integer" for judge in JUDGES)
    whens = " ".join(f"when {name} then {number}" for number, name in enumerate(names))
    sides = [f"{_of_pair(side, end)} as {name}_{end}" for side, name in enumerate(("first", "second")) for end in _ENDS]
    return f"""
with placed as (select listing.*, {", ".join(placed)} from listing left join opinion using (customer_key)),
spread as (select *, {", ".join(gaps)}, {judges} as judges from placed),
topped as (select *, greatest({", ".join(names)}) as gap from spread),
paired as (select *, case gap {whens} end as pair from topped)
select *, {", ".join(sides)} from paired
"""


def _of_pair(side: int, end: str) -> str:
    """One end of the range of the first (0) or the second judge of the pair."""
    return f"case pair {' '.join(f'when {number} then {pair[side]}_{end}' for number, pair in enumerate(PAIRS))} end"


def _score_sql(policy: Policy) -> tuple[str, str]:
    grades = policy.pd_scale.grade
    whens = " ".join(f"when score >= {grade.min_score} then {place}" for place, grade in enumerate(grades))
    place = f"case when score is null or little_known then null {whens} else {len(grades) - 1} end"
    return place, place


def _z_sql(policy: Policy, radar: Radar) -> tuple[str, str]:
    at, zones = places(policy), {zone.zone: zone for zone in radar.zone}
    edges = {"distress": f"< {MODEL.distress!r}", "safe": f"> {MODEL.safe!r}", "grey": "is not null"}
    is_new = f"z_double_prime_date >= $as_of::date - interval {int(radar.statement_months)} month"
    is_new += f" and abs(z_double_prime) < {SEEN!r}"
    best, worst = (
        " ".join(
            f"when z_double_prime {edge} then {at[getattr(zones[name], end)] if name in zones else 'null'}"
            for name, edge in edges.items()
        )
        for end in _ENDS
    )
    return f"case when {is_new} then case {best} end end", f"case when {is_new} then case {worst} end end"


def _agency_sql(policy: Policy) -> tuple[str, str]:
    ranges = {name: agency_range(policy, name) or (0, 0) for name in policy.external_grade_best}
    best, worst = (" ".join(f"when '{name}' then {place[end]}" for name, place in ranges.items()) for end in (0, 1))
    return f"case external_grade {best} else null end", f"case external_grade {worst} else null end"


def _payment_sql(policy: Policy, radar: Radar) -> tuple[str, str]:
    at, both = places(policy), []
    for end in _ENDS:
        measures = []
        for measure in radar.payment:
            name = measure.characteristic
            whens = [
                f"when {name} <= {step.up_to!r}::double then {at[getattr(step, end)]}"
                for step in measure.step
                if step.up_to is not None
            ]
            ladder = f"case {' '.join(whens)} else {at[getattr(measure.step[-1], end)]} end"
            measures.append(f"case when abs({name}) < {SEEN!r} then {ladder} end")
        both.append(f"greatest({', '.join([*measures, 'null', 'null'])})")
    return both[0], both[1]
