"""What follows from a tier: the recommended credit limit, with the term that binds it.

Unsecured limit = min(need, capacity, own cap) x min(factor of the grade, factor of the tier), down to a whole step;
the secured part is added. need = average monthly sales x (terms + days late, at most 15) / 30 x peak factor;
capacity = a share of net worth or working capital, else the agency's limit; own cap = a share of our own yearly
sales. What is not known does not bind. Sales are taken as they stand in the file, tax included.
"""

from riskcore import schema
from riskcore.policy import Policy


def compile_query(policy: Policy, scored: str = "scored") -> str:
    """The strategy query over the table or step `scored`: its columns and those of the limit.

    Per customer: `in_default` (a rule says so); `late_days` that need and money allow for, 0 where unknown;
    `grade_place` (0 the best; past the last is default); `unused_limit`; `need`, `capacity`, `own_cap`; `tier_limit`,
    the recommended limit under each tier, best first, in whole units, NULL where no term is known; `binding`, the
    smallest of the terms under the tier in force, NULL where a factor or a rule makes it 0.
    """
    limit = policy.limit
    places = range(len(policy.tier))
    own_capacity = (
        f"least({_share('net_worth', limit.net_worth_share_pct)}, "
        f"{_share('working_capital', limit.working_capital_share_pct)})"
    )
    capacity = "case when own_capacity is null then agency_limit::double else greatest(own_capacity, 0) end"
    steps = {
        "graded": [
            f"{_late_days(policy)} as late_days",
            f"{_grade(policy)} as grade_place",
            "greatest(credit_limit - coalesce(exposure, 0), 0) as unused_limit",
            f"{own_capacity} as own_capacity",
            f"{_share('own_annual_sales', limit.own_sales_share_pct)} as own_cap",
        ],
        "able": [f"{capacity} as capacity", f"{_factor(policy)} as grade_factor_pct"],
        "needed": [f"{_need(policy, place)} as need_{place}" for place in places],
        "limited": [f"{_limit(policy, place)} as limit_{place}" for place in places],
    }
    source, chain = scored, []
    for name, columns in steps.items():
        chain.append(f"{name} as (\n  select *, {', '.join(columns)} from {source}\n)")
        source = name
    needs, limits = (f"[{', '.join(f'{what}_{place}' for place in places)}]" for what in ("need", "limit"))
    last = [
        f"grade_place = {len(policy.pd_scale.grade)} as in_default",
        f"{needs}[tier + 1] as need",
        f"{limits}::bigint[] as tier_limit",
        f"{_binding(policy, needs)} as binding",
    ]
    return f"with {', '.join(chain)}\nselect *, {', '.join(last)} from limited"


def _late_days(policy: Policy) -> str:
    late = "days_beyond_terms_12m"
    if all(c.id != late for c in policy.characteristic):
        return "0::double"
    capped = f"least({late}, {policy.limit.late_days_most})"
    return f"(case when {late}_bin not in (0, {schema.REFUSED_BIN}) then {capped} else 0 end)::double"


def _share(amount: str, pct: float) -> str:
    return f"{amount}::double * {pct / 100!r}"


def _grade(policy: Policy) -> str:
    """The grade of the score, worsened by rules that fire; past the last one where a rule says default."""
    grades = policy.pd_scale.grade
    whens = " ".join(f"when score >= {g.min_score} then {place}" for place, g in enumerate(grades))
    places = {g.code: place for place, g in enumerate(grades)}
    worse = [
        f"case when fired_{r.code} >= 0 then {places[r.best_grade]} else 0 end" for r in policy.rule if r.best_grade
    ]
    default = [f"case when fired_{r.code} >= 0 then {len(grades)} else 0 end" for r in policy.rule if r.grade_d]
    by_score = f"(case {whens} else {len(grades) - 1} end)"
    return f"greatest({', '.join([by_score, *worse, *default])}, 0)::utinyint"


def _factor(policy: Policy) -> str:
    factors = policy.limit.grade_factor_pct
    whens = " ".join(f"when {p} then {factors[g.code]}" for p, g in enumerate(policy.pd_scale.grade))
    held = [f"fired_{r.code} >= 0" for r in policy.rule if r.limit]
    by_grade = f"(case grade_place {whens} else 0 end)"
    return f"case when {' or '.join(held)} then 0 else {by_grade} end" if held else by_grade


def _need(policy: Policy, place: int) -> str:
    terms = policy.tier[place].strategy.terms_days
    return f"annual_sales::double / 12 * ({terms} + late_days) / 30 * {policy.limit.peak_factor!r}"


def _limit(policy: Policy, place: int) -> str:
    """Unsecured part in whole steps and secured part, under one tier; no tier better than a rule's bound counts."""
    most, step = policy.tier[place].strategy.max_factor_pct, policy.limit.step
    factor = f"least(grade_factor_pct, {most})"
    least = f"least(need_{place}, capacity, own_cap)"  # skips what is not known
    smallest = f"case when {least} is not null then greatest({least}, 0) end"
    none = [f"fired_{r.code} >= 0" for r in policy.rule if r.limit == "none"]
    unsecured = (
        f"case when {factor} = 0 then 0 else floor(round(({smallest}) * {factor} / 100, 2) / {step}) * {step} end"
    )
    whole = f"{unsecured} + coalesce(floor(secured_amount::double), 0)"
    return f"(case when {' or '.join(none)} then 0 else {whole} end)::bigint" if none else f"({whole})::bigint"


def _binding(policy: Policy, needs: str) -> str:
    mosts = "[" + ", ".join(str(t.strategy.max_factor_pct) for t in policy.tier) + "]"
    return (
        f"case when least(grade_factor_pct, {mosts}[tier + 1]) = 0 then null "
        f"when own_cap <= least({needs}[tier + 1], capacity, own_cap) then 'own_cap' "
        f"when capacity <= least({needs}[tier + 1], capacity, own_cap) then 'capacity' "
        f"when {needs}[tier + 1] is not null then 'need' end"
    )
