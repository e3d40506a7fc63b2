"""Where opinions on the customers of the newest assessment disagree, and the reviews that this calls."""

import json
from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from riskcore import reviews, versions
from riskcore.policy import Policy
from riskcore.radar.opinions import JUDGES, PAIRS
from riskcore.radar.query import compile_query
from riskcore.store import Cursor, Store, paging, sql

CAUSE = "disagreement"


def counts(store: Store, policy: Policy, as_of: date) -> dict[str, int]:
    """How many customers of the newest assessment have two opinions or more (`compared`), how many of these two that
    disagree (`apart`), and per pair, `pair_` and its number in PAIRS, those on whom these two disagree.

    `as_of`: the day of that assessment. Empty where the policy has no radar.
    """
    if (radar := policy.radar) is None:
        return {}
    columns = [f"count(*) filter (gap_{number} >= $least) as pair_{number}" for number in range(len(PAIRS))]
    answer = store.ask(
        "select count(*) filter (judges > 1) as compared, count(*) filter (gap >= $least) as apart, "
        f"{', '.join(columns)} from ({compile_query(policy, radar)})",
        as_of=as_of,
        least=radar.grades_apart,
    )
    return {str(name): int(value) for name, value in answer.iloc[0].items()}


def disagreements(
    store: Store, policy: Policy, as_of: date, pair: int | None = None, page: int = 1, per_page: int = 25
) -> pd.DataFrame:
    """The customers of the newest assessment on whom opinions disagree, furthest apart first, then largest exposure.

    `as_of`: the day of that assessment, whose policy has a radar. `pair`: only where these two disagree, by its number
    in PAIRS. One page of `customer_key, customer_id, customer_name, exposure, tier`, `<judge>_best` and `<judge>_worst`
    (places of grades, NULL where not known), `pair` and `gap`.
    """
    assert policy.radar is not None
    gap, shown = ("gap", "pair") if pair is None else (f"gap_{int(pair)}", f"{int(pair)} as pair")
    ranges = ", ".join(f"{judge}_best, {judge}_worst" for judge in JUDGES)
    found = (
        f"select position, {ranges}, {shown}, {gap} as gap from ({compile_query(policy, policy.radar)}) "
        f"where {gap} >= $least order by {gap} desc, position limit $most offset $skip"
    )
    return store.ask(
        f"select customer_key, customer_id, customer_name, exposure::double as exposure, tier, {ranges}, pair, gap "
        f"from ({found}) join listing using (position) order by gap desc, position",
        as_of=as_of,
        least=policy.radar.grades_apart,
        **paging(page, per_page),
    )


def call_reviews(cursor: Cursor, policy: Policy, today: date | None = None) -> int:
    """Call a review of the largest customers on whom opinions of the newest assessment disagree; how many.

    Of the policy's `reviews_most` largest, not counting those reviewed since for the same two opinions, each has one
    review that stands open; what is called is what lacks. None at all where the assessment is of a draft,
    of a policy not in force or of a past day. `today`: None is the clock's. Runs inside the caller's transaction.
    """
    assessed = versions.current(cursor)
    if (radar := policy.radar) is None or assessed is None:
        return 0
    codes = [grade.code for grade in policy.pd_scale.grade]
    query = compile_query(policy, radar)  # of our own names and the policy's numbers
    bound = {
        "as_of": assessed.as_of,
        "codes": codes,
        "firsts": [first for first, _ in PAIRS],
        "seconds": [second for _, second in PAIRS],
        "least": radar.grades_apart,
        "exposure_from": radar.exposure_from,
        "most": radar.reviews_most,
    }
    found = cursor.execute(sql("radar_new").replace("opinions_of_all", query), bound).fetchall()
    due_on = (today or date.today()) + timedelta(days=radar.review_within_days)
    called = 0
    for customer_key, cause_key, pair, gap, *ends in found:
        first_best, first_worst, second_best, second_worst = (codes[end] for end in ends)
        why = {"judges": PAIRS[pair], "grades": [[first_best, first_worst], [second_best, second_worst]], "apart": gap}
        called += reviews.call(cursor, customer_key, CAUSE, cause_key, json.dumps(why), due_on)
    return called


def review_days(store: Store, keys: Sequence[int]) -> dict[int, date]:
    """Of customers whose review was called for a disagreement and stands open, the day on which it is due."""
    return {int(key): day for key, day in store.rows("radar_reviews", keys=list(keys))}
