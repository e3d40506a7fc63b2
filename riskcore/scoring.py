"""A policy compiled to one query: from facts, one row per customer, to points, score, rules, bound and tier.

The query is a chain of small named steps in a common subset of SQL, and whole-number arithmetic from end to end, so
that engines agree to the bit. Every literal in it is a number of the policy or a word that the policy's own check
allows; values of customers are columns.

Facts: `<characteristic>` and `<characteristic>_state` (0 missing, 1 known, 2 refused, 3 expired) for each
characteristic, `credit_score` and its state, the flags, `net_worth`, `secured_amount`, `exposure`, `past_due`,
`registration_number_fails`, `own_annual_sales`, `z_double_prime`;
`override_best` and `override_worst` (places of tiers, NULL where no person bounds the tier).

A bin code is 0 missing, 1 to 6 the bin, 7 refused, 8 + bin expired.
"""

from collections.abc import Mapping

from riskcore import schema
from riskcore.policy import Characteristic, Policy, Rule, Test

# What an assessment keeps of each customer.
KEPT = (
    *("score", "external_score", "best", "worst", "tier", "rules", "little_known", "exposure"),
    *(f"{f.name}_bin" for f in schema.CHARACTERISTICS),
)


def compile_query(policy: Policy, facts: str = "facts") -> str:
    """The scoring query of a policy over the table or step named `facts`.

    One row per customer: all columns of `facts`, then per characteristic `<id>_bin` and `<id>_points`, and
    `external_score`, `external_points`, `known_points`, `score` (NULL: not scored), `rules` (bit set in the
    policy's order), `best`, `worst` (places of tiers, 0 best), `tier`, `little_known`, `reason` (place of the
    characteristic with the most points lost among those supplied, refused or expired) with its `reason_state` and
    `reason_value`.
    """
    steps = [
        ("raw_bins", _select("*", *(f"{_raw_bin(c)} as {c.id}_raw" for c in policy.characteristic), source=facts)),
        ("bins", _select("*", *(f"{_bin(c)} as {c.id}_bin" for c in policy.characteristic), source="raw_bins")),
        ("earned", _select("*", *_earned(policy), source="bins")),
        ("known", _select("*", *_sums(policy), f"{_external(policy)} as external_score", source="earned")),
        ("quality", _select("*", *_quality(policy), source="known")),
        ("pointed", _select("*", *_points(policy), source="quality")),
        ("scored", _select("*", f"{_score(policy)} as score", source="pointed")),
        ("fired", _select("*", *_cases(policy), source=f"(select *, {_counts(policy)} from scored)")),
        ("bound", _select("*", *_bound(policy), source="fired")),
        ("tiered", _select("*", f"{tier_sql(policy.thresholds)} as score_tier", source="bound")),
        ("judged", _select("*", *_judged(policy), source="tiered")),
    ]
    named = ",\n".join(f"{name} as (\n{body}\n)" for name, body in steps)
    return f"with {named}\n{_select('*', *_reason_told(policy), source='judged')}"


def rescore_query(policy: Policy, kept: str) -> str:
    """The query that scores bins again which an assessment kept, under a policy with the same bins and other points.

    `kept`: rows of the table `score`. One row per customer: `customer_key, exposure, was` (place of the tier kept),
    `score, now` (place of the tier under this policy). Bounds stay as they were found, also that of a rule which looks
    at the score itself.
    """
    bins = [f"{c.id}_bin" for c in policy.characteristic]
    columns = ("customer_key", "exposure", "external_score", "best", "worst", "tier as was", *bins)
    steps = [
        ("bins", _select(*columns, source=kept)),
        ("earned", _select("*", *_earned(policy), source="bins")),
        ("known", _select("*", *_sums(policy), source="earned")),
        ("quality", _select("*", *_quality(policy), source="known")),
        ("pointed", _select("*", *_points(policy), source="quality")),
        ("scored", _select("*", f"{_score(policy)} as score", source="pointed")),
    ]
    named = ",\n".join(f"{name} as (\n{body}\n)" for name, body in steps)
    now = f"least(greatest({tier_sql(policy.thresholds)}, best), worst) as now"
    return f"with {named}\n{_select('customer_key', 'exposure', 'was', 'score', now, source='scored')}"


def kept_points(policy: Policy, bins: Mapping[str, int], external_score: int | None) -> dict[str, int]:
    """The points of each characteristic again, from the bin codes that an assessment under the policy kept.

    One customer in plain numbers, where the compiled query takes longer to plan than to run; the two are held equal.
    """
    total, mode, use = policy.total_points, policy.missing_mode, policy.external_score.use
    earned = {c.id: _earned_in(policy, c, bins[c.id]) for c in policy.characteristic}
    judged = sum(c.max_points for c in policy.characteristic if earned[c.id] is not None)
    own_share = 100 * sum(points or 0 for points in earned.values()) + policy.prior_share_pct * (total - judged)
    points = {}
    for c in policy.characteristic:
        own = (2 * c.max_points * own_share + 100 * total) // (200 * total)
        missing = {"zero": 0, "reallocate": own}.get(mode, min(c.missing_points, own))
        silent = 0 if use == "fill" and external_score is not None else missing
        refused = 0 if mode == "zero" else min(c.refused_points, own)
        known = earned[c.id]
        points[c.id] = known if known is not None else silent if bins[c.id] == 0 else refused
    return points


def bins_of(c: Characteristic) -> object:
    """What tells the bins of a characteristic from other ones: where this is equal, a bin code means the same."""
    return c.unit, c.closed, [(b.lower, b.upper, b.value) for b in c.bins], c.special and c.special.bin


def tier_sql(thresholds: tuple[int, ...], score: str = "score") -> str:
    """The place of the tier that a score alone gives, 0 the best; not scored is the worst."""
    whens = " ".join(f"when {score} >= {int(start)} then {place}" for place, start in enumerate(thresholds))
    return f"(case {whens} else {len(thresholds)} end)::utinyint"


def columns(policy: Policy) -> list[str]:
    """The columns KEPT as the query gives them; bins of characteristics that the policy does not have are 0."""
    absent = {f"{f.name}_bin" for f in schema.CHARACTERISTICS} - {f"{c.id}_bin" for c in policy.characteristic}
    return [f"0::utinyint as {name}" if name in absent else name for name in KEPT]


def rules_of(policy: Policy, mask: int) -> list[Rule]:
    """The rules whose bits are set, in the policy's order."""
    return [rule for place, rule in enumerate(policy.rule) if mask >> place & 1]


def _select(*columns: str, source: str) -> str:
    return "  select " + ",\n    ".join(columns) + f"\n  from {source}"


def _number(value: float) -> str:
    return f"{value!r}::double"


def _raw_bin(c: Characteristic) -> str:
    if c.is_category:
        whens = [f"when {c.id} = '{b.value}' then {place}" for place, b in enumerate(c.bins, 1)]
        return f"case {' '.join(whens)} else 0 end"
    ascending = sorted(enumerate(c.bins, 1), key=lambda b: float("-inf") if b[1].lower is None else b[1].lower)
    below = "<" if c.closed == "left" else "<="
    whens = [f"when {c.id} {below} {_number(b.upper)} then {place}" for place, b in ascending if b.upper is not None]
    lowest = ascending[0][1].lower
    if lowest is not None:
        whens.insert(0, f"when {c.id} < {_number(lowest)} then 0")
    ladder = f"case {' '.join(whens)} else {ascending[-1][0]} end"
    # NaN and infinities are outside the range and so missing; without NULLs the ladder runs twice as fast.
    special = f" when {c.id} is null then {c.special.bin}" if c.special else ""
    return f"case when {c.id} between -1e300 and 1e300 then {ladder}{special} else 0 end"


def _bin(c: Characteristic) -> str:
    return (
        f"(case {c.id}_state when {schema.KNOWN} then {c.id}_raw when {schema.REFUSED} then {schema.REFUSED_BIN} "
        f"when {schema.EXPIRED} then case when {c.id}_raw > 0 then {schema.EXPIRED_BINS} + {c.id}_raw else 0 end "
        f"else 0 end)::utinyint"
    )


def _earned(policy: Policy) -> list[str]:
    """Points by the table: NULL where the value is missing or refused."""
    kept = 0 if policy.missing_mode == "zero" else None
    out = []
    for c in policy.characteristic:
        known = [f"when {place} then {b.points}" for place, b in enumerate(c.bins, 1)]
        expired = [
            f"when {schema.EXPIRED_BINS + place} then {min(b.points, c.missing_points) if kept is None else kept}"
            for place, b in enumerate(c.bins, 1)
        ]
        out.append(f"(case {c.id}_bin {' '.join(known + expired)} end)::integer as {c.id}_earned")
    return out


def _earned_in(policy: Policy, c: Characteristic, code: int) -> int | None:
    """The same for one bin code."""
    if code in (0, schema.REFUSED_BIN):
        return None
    is_expired = code > schema.EXPIRED_BINS
    points = c.bins[code - 1 - (schema.EXPIRED_BINS if is_expired else 0)].points
    if not is_expired:
        return points
    return 0 if policy.missing_mode == "zero" else min(points, c.missing_points)


def _sums(policy: Policy) -> list[str]:
    cs = policy.characteristic
    return [
        _sum(f"coalesce({c.id}_earned, 0)" for c in cs) + " as earned_points",
        _sum(f"(case when {c.id}_earned is null then 0 else {c.max_points} end)" for c in cs) + " as judged_points",
        _sum(f"(case when {c.id}_bin between 1 and 6 then {c.max_points} else 0 end)" for c in cs)
        + "::smallint as known_points",
        _sum(f"(case when {c.id}_bin = 0 then {c.max_points} else 0 end)" for c in cs) + " as silent_points",
    ]


def _sum(terms: object) -> str:
    return "(" + " + ".join(terms) + ")"  # type: ignore[arg-type]


def _external(policy: Policy) -> str:
    e = policy.external_score
    on_scale = f"credit_score between {policy.base_score} and {policy.top_score}"
    whole = "cast(floor(credit_score + 0.5) as integer)"
    return (
        f"case when {on_scale} then case credit_score_state when {schema.KNOWN} then {whole} "
        f"when {schema.EXPIRED} then least({whole}, {e.expired_at_most}) end end"
    )


def _quality(policy: Policy) -> list[str]:
    """The customer's own share of points in 1 / (100 x all points), shrunk to the prior where little is known."""
    total, prior = policy.total_points, policy.prior_share_pct
    stands = policy.external_score.use in {"fill", "prefer"}
    filled = "external_score is not null and silent_points > 0" if stands else "false"
    return [
        f"(100 * earned_points + {prior} * ({total} - judged_points)) as own_share",
        f"({filled}) as is_filled",
    ]


def _points(policy: Policy) -> list[str]:
    total, mode = policy.total_points, policy.missing_mode
    base, width = policy.base_score, policy.top_score - policy.base_score
    fills = policy.external_score.use == "fill"
    out = []
    for c in policy.characteristic:
        own = f"((2 * {c.max_points} * own_share + {100 * total}) // {200 * total})"  # half-up of max x share
        missing = {"zero": "0", "reallocate": own}.get(mode, f"least({c.missing_points}, {own})")
        refused = "0" if mode == "zero" else f"least({c.refused_points}, {own})"
        silent = f"case when is_filled then 0 else {missing} end" if fills else missing
        out.append(
            f"(case {c.id}_bin when 0 then {silent} when {schema.REFUSED_BIN} then {refused} "
            f"else {c.id}_earned end)::smallint as {c.id}_points"
        )
    stood = f"(2 * silent_points * (external_score - {base}) + {width}) // {2 * width}"
    out.append(
        f"(case when is_filled then {stood} else 0 end)::smallint as external_points"
        if fills
        else "0 as external_points"
    )
    return out


def _score(policy: Policy) -> str:
    card = (
        f"({policy.base_score} + external_points + " + " + ".join(f"{c.id}_points" for c in policy.characteristic) + ")"
    )
    if policy.missing_mode == "refuse":
        lacking = [f"{c.id}_bin not between 1 and 6" for c in policy.characteristic if c.required]
        card = f"(case when {' or '.join(lacking) or 'false'} then null else {card} end)"
    return f"coalesce(external_score, {card})" if policy.external_score.use == "prefer" else card


def _counts(policy: Policy) -> str:
    total = policy.total_points
    grades = policy.pd_scale.grade
    whens = " ".join(f"when score >= {g.min_score} then {place}" for place, g in enumerate(grades))
    ours = f"(case {whens} else {len(grades) - 1} end)"
    places = {g.code: place for place, g in enumerate(grades)}
    theirs = " ".join(f"when '{n}' then {places[best]}" for n, best in policy.external_grade_best.items())
    has_grade = any(c.id == "external_grade" for c in policy.characteristic) and theirs
    below = f"(case when external_grade_bin between 1 and 6 then case external_grade {theirs} end end) - {ours}"
    return (
        f"known_points * 100.0 / {total} as known_points_pct, "
        "is_filled::integer as filled, "
        f"{below if has_grade else 'null::integer'} as external_grades_below_ours, "
        "exposure::double * 100 / nullif(own_annual_sales, 0)::double as exposure_to_own_sales_pct, "
        "coalesce(exposure, 0) as exposure_or_zero"
    )


def _cases(policy: Policy) -> list[str]:
    """Per rule, the place of the tier of its strictest case that fires; -1 where none does, 0 where it only flags."""
    out = []
    for rule in policy.rule:
        places = [
            f"case when {' and '.join(_test(policy, rule, t) for t in case.all)} "
            f"then {policy.tier_place(case.best_tier) if case.best_tier else 0} else -1 end"
            for case in rule.case
        ]
        out.append(f"greatest({', '.join(places)}, -1) as fired_{rule.code}")
    return out


def _test(policy: Policy, rule: Rule, test: Test) -> str:
    ids = {c.id for c in policy.characteristic}
    if test.fact == "values_known":
        fact = _sum([f"({name}_bin between 1 and 6)::integer" for name in test.of if name in ids] or ["0"])
    elif test.fact == "flag":
        fact = f"coalesce({rule.code.lower()}, false)::integer"
    elif test.fact in ids:
        # The last value counts, known or expired: letting one expire must never lift a bound.
        fact = f"(case when {test.fact}_bin not in (0, {schema.REFUSED_BIN}) then {test.fact} end)"
    else:
        fact = test.fact
    parts = [
        f"{fact} {operator} {_number(edge)}"
        for operator, edge in (
            ("=", test.equals),
            ("<", test.below),
            (">", test.above),
            (">=", test.at_least),
            ("<=", test.at_most),
        )
        if edge is not None
    ]
    if test.within is not None:
        parts.append(f"{fact} in ({', '.join(repr(word) for word in test.within)})")
    if test.known is not None:
        known = f"{test.fact}_bin between 1 and 6" if test.fact in ids else f"{fact} is not null"
        parts.append(known if test.known else f"not ({known})")
    held = f"coalesce({' and '.join(parts)}, false)"
    return f"not {held}" if test.negate else held


def _bound(policy: Policy) -> list[str]:
    fired = [f"fired_{r.code}" for r in policy.rule] or ["-1"]
    mask = _sum(f"(case when {place} >= 0 then {1 << bit} else 0 end)" for bit, place in enumerate(fired))
    return [
        f"{mask}::integer as rules",
        f"greatest(0, override_best, {', '.join(fired)})::utinyint as best",
        # A rule beats a person: the worst tier allowed is never better than the rules' best one.
        f"greatest(coalesce(override_worst, {len(policy.tier) - 1}), {', '.join(fired)})::utinyint as worst",
    ]


def _judged(policy: Policy) -> list[str]:
    return [
        "least(greatest(score_tier, best), worst)::utinyint as tier",
        f"{_little_known(policy)} as little_known",
        f"{_reason(policy)} as reason",
    ]


def _little_known(policy: Policy) -> str:
    """Whether the customer stands in the worst tier for want of knowledge, and not for anything known to be bad."""
    worst = len(policy.tier) - 1
    silent = [f"fired_{r.code} = {worst}" for r in policy.rule if r.little_known]
    hard = [f"fired_{r.code} >= 0" for r in policy.rule if r.hard]
    of_silence = f"({' or '.join(['score is null', *silent])}) and worst = {worst}"
    return f"({of_silence} and not ({' or '.join(hard) or 'false'}))"


def _reason(policy: Policy) -> str:
    lost = [
        f"case when {c.id}_bin > 0 then ({c.max_points} - {c.id}_points) * 64 + {63 - place} else 0 end"
        for place, c in enumerate(policy.characteristic)
    ]
    most = f"greatest({', '.join(lost)})"
    return f"(case when {most} >= 64 then 63 - {most} % 64 end)::utinyint"


def _reason_told(policy: Policy) -> list[str]:
    """The state and the value of the characteristic that is the reason, so that lists can put it in words."""
    places = list(enumerate(policy.characteristic))
    state = " ".join(f"when {place} then {c.id}_state" for place, c in places)
    value = " ".join(f"when {place} then cast({c.id} as varchar)" for place, c in places)
    return [f"(case reason {state} end)::utinyint as reason_state", f"case reason {value} end as reason_value"]
