"""What questions over many assessments take, and how the book grows by each: 24 months of a million customers.

Run by itself: `PYTHONPATH=. python tests/bench/monitoring.py`. It takes some minutes, and half a gigabyte for so long;
SMALLER=10 makes all of it a tenth.
The assessments are written straight into the book: what payment tells changes quarterly, the rest yearly, amounts
monthly, and one customer in a hundred is away each month.
"""

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from riskcore import assessment, monitoring, policy, scoring, versions
from riskcore.policy import Characteristic, Policy
from riskcore.store import Cursor, Store
from tests.bench.lines import line

SMALLER = int(os.environ.get("SMALLER", "1"))
CUSTOMERS, MONTHS = 1_000_000 // SMALLER, 24
RUNS = 15

_SEEN = """
select customer_key, null::smallint as external_score, {bins},
  (case when hash(customer_key, 'e') % 10 < 8 then 10 ** (2 + hash(customer_key, 'x') % 4000 / 1000.0)
    * (0.7 + hash(customer_key, $month, 'a') % 600 / 1000.0) end)::decimal(18,2) as exposure,
  (case when hash(customer_key, $month, 'd') % 10 < 3 then exposure::double * (hash(customer_key, $month) % 500) / 1000
    else exposure * 0 end)::decimal(18,2) as past_due,
  (10 ** (3 + hash(customer_key, 'l') % 30 / 10.0))::bigint::decimal(18,2) as credit_limit
from (select *, hash(customer_key, 'q') % 1000 / 1000.0 as quality from customer) c
where customer_key % 100 <> $month
"""
_SIZED = """
create temp table sized as
select *, 0::utinyint as best, {worst}::utinyint as worst, {tier} as tier, {rules} as rules,
  score::smallint as known_points, score < 420 as little_known, false as in_default,
  credit_limit as unused_limit, credit_limit as annual_sales, 10.0 as late_days,
  [credit_limit::bigint, credit_limit::bigint // 2, 0] as tier_limit,
  'I' || customer_key % 20 as industry, 'R' || customer_key % 31 as region, 'S' || customer_key % 60 as salesperson
from (select *, ({base} + {sum})::smallint as score from (select *, {points} from ({seen})))
order by customer_key
"""


def main() -> None:
    """Measure, and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.duckdb"
        store = Store(path)
        began = perf_counter()
        sizes = fill(store, path)
        print(f"{MONTHS} assessments of {CUSTOMERS:,} customers in place after {perf_counter() - began:.0f} s\n")
        show(store, [(after - before) / 1e6 for before, after in pairwise(sizes)])
        store.close()


def show(store: Store, growth: list[float]) -> None:
    """The questions with their goals, and the file's growth in megabytes by each assessment but the first."""
    somebody = CUSTOMERS // 3
    print(f"{'':42}{'goal':>10}{'median':>12}{'processor':>12}")
    for name, goal, ask in (
        ("migration, two assessments, ms", 100, lambda: monitoring.migration(store, MONTHS // 2, MONTHS)),
        ("names of one cell, page of 50, ms", None, lambda: monitoring.names(store, MONTHS // 2, MONTHS, 1, 2)),
        (f"one customer, {MONTHS} assessments, ms", 30, lambda: monitoring.history(store, somebody)),
        ("drift of the score and of all, ms", 50, lambda: monitoring.drift(store, MONTHS // 2, MONTHS)),
    ):
        took, worked = _median_ms(ask)
        line(name, str(goal or ""), (took, worked), [] if goal is None else [took <= goal], ".1f")
    grown = sum(growth) / len(growth)
    line("growth of the file an assessment, MB", "15", (grown,), [grown <= 15], ".1f")


def fill(store: Store, path: Path) -> list[int]:
    """Make the assessments, and return the file's size in bytes after each."""
    card = policy.load()
    with store.transaction() as cursor:
        versions.keep(cursor, card, "bench", "bench", draft=False)
        cursor.execute(f"insert into customer select n, 'C' || n from range(1, {CUSTOMERS + 1}) keys(n)")
    sizes = []
    for month in range(1, MONTHS + 1):
        with store.transaction() as cursor:
            _assess(cursor, card, month)
        sizes.append(path.stat().st_size)
    return sizes


def _assess(cursor: Cursor, card: Policy, month: int) -> None:
    cs = card.characteristic
    made = _SIZED.format(
        seen=_SEEN.format(bins=", ".join(f"{_bin(c, place)} as {c.id}_bin" for place, c in enumerate(cs))),
        points=", ".join(f"{_points(c)} as {c.id}_points" for c in cs),
        sum=" + ".join(f"{c.id}_points" for c in cs),
        base=card.base_score,
        rules=f"(case when hash(customer_key, 'r') % 4 = 0 then 1 << (hash(customer_key, 's') % {len(card.rule)}) "
        "else 0 end)::integer",
        worst=len(card.tier) - 1,
        tier=scoring.tier_sql(card.thresholds),
    )
    cursor.execute(made, {"month": month})
    day, now = date(2024 + (month - 1) // 12, (month - 1) % 12 + 1, 1), datetime.now(UTC).replace(tzinfo=None)
    cursor.execute(
        "insert into assessment (assessment_id, policy_hash, as_of, customers, created_at) "
        "select ?, ?, ?, count(*), ? from sized",
        [month, card.hash, day, now],
    )
    assessment.keep(cursor, card, month)
    cursor.execute("drop table sized")


def _bin(c: Characteristic, place: int) -> str:
    """A bin that stays for a quarter or a year, better for better customers; one in ten is never known."""
    months = 3 if c.file == "receivables" else 12
    own = f"hash(customer_key, {place})"
    luck = f"hash(customer_key, {place}, ($month + {own} % {months}) // {months}) % 1000 / 1000.0"
    bins = len(c.bins)
    chosen = f"1 + least({bins - 1}, floor({bins} * (0.5 * quality + 0.5 * {luck})))"
    return f"(case when {own} % 10 = 0 then 0 else {chosen} end)::utinyint"


def _points(c: Characteristic) -> str:
    known = " ".join(f"when {place} then {b.points}" for place, b in enumerate(c.bins, 1))
    return f"(case {c.id}_bin {known} else {c.missing_points} end)::integer"


def _median_ms(ask: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and of all processors together."""
    taken = []
    for _ in range(RUNS):
        began, worked = perf_counter(), process_time()
        ask()
        taken.append((1000 * (perf_counter() - began), 1000 * (process_time() - worked)))
    clock, processor = zip(*taken, strict=True)
    return median(clock), median(processor)


if __name__ == "__main__":
    main()
