"""Small books for tests: facts as the scoring query reads them, made from plain values."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from riskcore import schema, scoring
from riskcore.policy import Policy
from riskcore.store import Store
from tests.reference import REFUSED, Expired

_ARROW = {"DOUBLE": pa.float64(), "VARCHAR": pa.string(), "BOOLEAN": pa.bool_(), "DECIMAL(18,2)": pa.float64()}
EXTRA = ("net_worth", "secured_amount", "exposure", "past_due", "own_annual_sales", "registration_number_fails")


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
