"""Small books for tests: facts as the scoring query reads them, made from plain values."""

import random
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from riskcore import assessment, schema, scoring
from riskcore.policy import Policy
from riskcore.policy.card import Bin
from riskcore.store import Store
from tests.reference import REFUSED, Expired

_ARROW = {"DOUBLE": pa.float64(), "VARCHAR": pa.string(), "BOOLEAN": pa.bool_(), "DECIMAL(18,2)": pa.float64()}
WITHDRAWN = "withdrawn"
EXTRA = (
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


def cell(value: Any) -> tuple[Any, int]:
    """A test's value as the pair of value and state that facts hold."""
    if value is None:
        return None, schema.MISSING
    if value == REFUSED:
        return None, schema.REFUSED
    if isinstance(value, Expired):
        return (None if value.value == "no_debt" else value.value), schema.EXPIRED
    return (None if value == "no_debt" else value), schema.KNOWN


def facts(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Facts, one row per customer, with everything that `rows` do not name left unknown."""
    columns: dict[str, pa.Array] = {"customer_key": pa.array(range(len(rows)), pa.int32())}
    for field in schema.STATED:
        cells = [cell(row.get(field.name)) for row in rows]
        kind = _ARROW[field.sql_type]
        values = [str(v) if v is not None and kind == pa.string() else v for v, _ in cells]
        columns[field.name] = pa.array(values, kind)
        columns[f"{field.name}_state"] = pa.array([state for _, state in cells], pa.uint8())
    for flag in schema.FLAGS:
        columns[flag.name] = pa.array([row.get(flag.name) for row in rows], pa.bool_())
    for name in EXTRA:
        columns[name] = pa.array([row.get(name) for row in rows], pa.float64())
    return pa.table(columns)


def score(policy: Policy, rows: Sequence[Mapping[str, Any]], table: pa.Table | None = None) -> list[dict[str, Any]]:
    """What the compiled query says of each row, in the order of the rows."""
    store = Store()
    cursor = store.cursor()
    cursor.register("facts", facts(rows) if table is None else table)
    answer = cursor.execute(f"select * from ({scoring.compile_query(policy)}) order by customer_key")
    names = [d[0] for d in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def bounds(policy: Policy, scored: Mapping[str, Any]) -> str:
    """The rules that bound a scored customer, written as in the golden files: `S1:B S2:C`."""
    last = len(policy.tier) - 1
    out = []
    for rule in scoring.rules_of(policy, scored["rules"]):
        place = scored[f"fired_{rule.code}"]
        if any(case.best_tier for case in rule.case):
            out.append(f"{rule.code}:{policy.tier[min(place, last)].code}")
    return " ".join(out)


def take(store: Store, rows: Sequence[Mapping[str, Any]], as_of: date, whole_book: bool = False) -> int:
    """Put an import into a book and return its number: each row names its `customer_id` and whatever it says."""
    columns: dict[str, pa.Array] = {"line": pa.array(range(2, len(rows) + 2))}
    for name, field in ((f.name, f) for f in (schema.IDENTITY[0], *schema.INPUT)):
        if any(name in row for row in rows):
            cells = [row.get(name) for row in rows]
            columns[name] = pa.array([None if c in {REFUSED, WITHDRAWN, "no_debt"} else c for c in cells])
            if field in schema.STATED:
                columns[f"{name}_state"] = pa.array([_state(c) for c in cells], pa.uint8())
    names = ", ".join(name for name in columns if name != "customer_id")
    with store.transaction() as cursor:
        [number] = cursor.execute("select coalesce(max(import_id), 0) + 1 from import").fetchone() or (1,)
        cursor.execute(
            "insert into import (import_id, file_name, sha256, as_of, whole_book, rows_read, rows_taken, "
            "rows_set_aside, encoding, delimiter, mapping, answers, created_at) "
            "values (?, 'a file', 'x', ?, ?, ?, ?, 0, 'UTF-8', ',', '{}', '{}', now()::timestamp)",
            [number, as_of, whole_book, len(rows), len(rows)],
        )
        cursor.register("said", pa.table(columns))
        cursor.execute(
            "insert into customer select row_number() over (order by line) + (select count(*) from customer), "
            "customer_id from said anti join customer using (customer_id)"
        )
        cursor.execute(
            f"insert into input_kept (import_id, customer_key, {names}) "
            f"select ?, customer_key, {names} from said join customer using (customer_id)",
            [number],
        )
        cursor.unregister("said")
    return int(number)


def _state(cell: Any) -> int | None:
    said = {REFUSED: schema.REFUSED, WITHDRAWN: schema.WITHDRAWN, None: None}
    return said.get(cell, schema.KNOWN)


def random_rows(customers: int, seed: int, policy: Policy) -> list[dict[str, Any]]:
    """Rows for `take`: segments with many values and none, amounts of either sign, refusals, silence, flags."""
    pick = random.Random(seed)
    rows = []
    for number in range(customers):
        quality = pick.gauss(0.6, 0.25)
        row: dict[str, Any] = {"customer_id": f"C{number:04}", "customer_name": f"客户 {pick.randint(0, 99):02} Co"}
        row["industry"] = pick.choice(["建筑业", "C35", "retail", "K", None, " "])
        row["region"] = pick.choice([f"Region {min(pick.randint(0, 30), pick.randint(0, 30))}", None])
        row["salesperson"] = pick.choice(["Ada", "Lin", "Noor"])
        row["exposure"] = pick.choice([None, 0, round(10 ** pick.uniform(2, 7), 2), -round(pick.random() * 900, 2)])
        row["past_due_amount"] = pick.choice([None, round(pick.random() * 5000, 2)])
        row["credit_score"] = pick.choice([None, None, None, float(pick.randint(400, 820))])
        for c in policy.characteristic if pick.random() < 0.9 else ():
            place = min(len(c.bins) - 1, max(0, round(pick.gauss(quality, 0.3) * (len(c.bins) - 1))))
            row[c.id] = pick.choices([inside(c.bins[place]), REFUSED, None], [16, 1, 2])[0]
        row |= {flag.name: pick.random() < 0.02 for flag in schema.FLAGS}
        rows.append(row)
    return rows


def inside(chosen: Bin) -> Any:
    """A value well inside a bin."""
    if chosen.value is not None:
        return chosen.value
    if chosen.lower is None or chosen.upper is None:
        return (chosen.upper or 0) - 0.4 if chosen.lower is None else chosen.lower + 0.4
    return (chosen.lower + chosen.upper) / 2


def assess(store: Store, policy: Policy, as_of: date | None = None) -> int:
    """Assess a book and return the assessment's number."""
    with store.transaction() as cursor:
        return assessment.run(cursor, policy, as_of)
