"""A million customers and ten million invoices from files to the book, beside the bare load of the same files.

Every measure runs in a process of its own, so that its peak memory is its own. SMALLER=10 makes all of it a tenth.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from riskcore import assessment, book, ingest, landing, policy, schema
from riskcore.features import ledger
from riskcore.ingest.bulk import Watch
from riskcore.store import Store

SMALLER = int(os.environ.get("SMALLER", "1"))
CUSTOMERS, INVOICES = 1_000_000 // SMALLER, 10_000_000 // SMALLER
AS_OF = "2026-10-31"
TOP = Path(__file__).parents[2]
_TYPES = {"number": "DOUBLE", "count": "DOUBLE", "category": "VARCHAR", "flag": "BOOLEAN"}
ALONE = {"clean": 1.4, "gb18030": 2.0, "dirty": 2.5}  # customers alone, against the floor
GOAL, PEAK_GOAL, PANDAS_GOAL = 2.5, 2_048, 4.0


def main() -> None:
    """Measure, and print one table."""
    folder = _folder()
    files = [folder / "customers.csv", folder / "invoices.csv"]
    floors = [_child("floor", str(file)) for file in files]
    floor = sum(f["seconds"] for f in floors)
    whole = _child("whole", *map(str, files))
    print(f"\n{CUSTOMERS:,} customers x 44 columns, {INVOICES:,} invoices; load {os.getloadavg()[0]:.1f}")
    print(f"{'bare typed load of both, s':44}{floor:10.1f}")
    _line("files to features, scores, cube, listing, s", whole["seconds"], None)
    _line("  against the bare load, times", whole["seconds"] / floor, GOAL)
    _line("  processor seconds against the bare load's", whole["cpu"] / sum(f["cpu"] for f in floors), None)
    _line("  peak memory, MB", whole["peak"], PEAK_GOAL)
    for step, seconds in sorted(whole["steps"].items(), key=lambda item: -item[1]):
        print(f"    {step:40}{seconds:10.1f}{100 * seconds / whole['seconds']:9.0f} %")
    peer = _child("pandas", str(files[1]))
    _line("features of invoices in pandas, s", peer["seconds"], None)
    _line("  against ours, times", peer["seconds"] / whole["steps"]["features of invoices"], -PANDAS_GOAL)
    for name, goal in ALONE.items():
        beside = _child("floor", str(files[0]))  # next to it: others may be at work on the machine
        alone = _child("alone", str(folder / f"customers-{name}.csv" if name != "clean" else files[0]))
        _line(f"customers alone, {name}: against the floor, times", alone["seconds"] / beside["seconds"], goal)
        _line("  processor seconds", alone["cpu"] / beside["cpu"], None)


def _line(name: str, value: float, goal: float | None) -> None:
    met = "" if goal is None else "met" if (value <= goal if goal > 0 else value >= -goal) else "NOT MET"
    print(f"{name:44}{value:10.2f}{'' if goal is None else f'{abs(goal):10.1f}  {met}'}")


def _folder() -> Path:
    """The folder of the files, made once."""
    folder = (
        Path(os.environ.get("RISK_BENCH_HOME") or Path(tempfile.gettempdir()) / "risk-bench") / f"ledger-{CUSTOMERS}"
    )
    if not (folder / "done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with closing(duckdb.connect()) as base:
            base.execute(f"copy ({_customers()}) to '{folder}/customers.csv' (format csv, header)")
            base.execute(f"copy ({_customers(dirty=True)}) to '{folder}/customers-dirty.csv' (format csv, header)")
            base.execute(f"copy ({_invoices()}) to '{folder}/invoices.csv' (format csv, header)")
        text = (folder / "customers.csv").read_text("utf-8")
        (folder / "customers-gb18030.csv").write_text(text, "gb18030")
        (folder / "done").touch()
    return folder


def _customers(dirty: bool = False) -> str:
    """One row per customer: 11 facts, the 25 characteristics with every tenth missing, 8 flags."""
    amount = "((hash(i, {n}) % 100000000) / 100.0)::decimal(18,2)"
    columns = {
        "customer_id": "format('C{:07d}', i)",
        "customer_name": "concat(case when i % 3 = 0 then '东海贸易' else 'Nordic Steel' end, ' ', i)",
        "industry": "['Manufacturing', 'Retail', 'Construction', 'C', 'G'][1 + (hash(i, 1) % 5)::int]",
        "region": "concat('Region ', hash(i, 2) % 31)",
        "salesperson": "concat('Sales ', hash(i, 3) % 60)",
        **{
            n: amount.format(n=k)
            for k, n in enumerate(("exposure", "past_due_amount", "credit_limit", "annual_sales"), 4)
        },
        "incorporation_date": "date '1980-01-01' + (hash(i, 8) % 14000)::int",
        "relationship_start": "date '2010-01-01' + (hash(i, 9) % 5000)::int",
    }
    for place, c in enumerate(policy.load().characteristic, 20):
        drawn = f"hash(i, {place})"
        if c.is_category:
            words = [b.value for b in c.bins if b.value]
            value = f"{words}[1 + ({drawn} % {len(words)})::int]"
        elif schema.FIELDS[c.id].kind == "count" or c.unit == "months":
            value = f"({drawn} % 4)::varchar"
        else:
            value = f"(({drawn} % 10000) / 100.0)::decimal(10,2)::varchar"
        if dirty:  # one cell in a thousand of every one of these columns
            value = f"case when hash(i, {place + 200}) % 1000 = 0 then concat('~', {value}, ' ?') else {value} end"
        columns[c.id] = f"case when hash(i, {place + 50}) % 10 > 0 then {value} end"
    columns |= {f"k{n}": f"(hash(i, {90 + n}) % 200 = 0)::int" for n in range(1, 9)}
    return (
        f"select {', '.join(f'{sql} as {name}' for name, sql in columns.items())} from range(1, {CUSTOMERS + 1}) t(i)"
    )


def _invoices() -> str:
    """Two years of invoices to 31 October 2026, 30 days to pay, four in five paid, from 10 days early to 30 late."""
    return (
        f"select format('C{{:07d}}', 1 + (hash(i) % {CUSTOMERS})::int) as customer_id, "
        "format('{:08d}', i) as document_no, day as invoice_date, day + 30 as due_date, "
        f"case when hash(i, 2) % 5 > 0 and day + 20 + (hash(i, 3) % 40)::int <= date '{AS_OF}' "
        "then day + 20 + (hash(i, 3) % 40)::int end as paid_date, "
        "((hash(i, 4) % 10000000) / 100.0)::decimal(18,2) as amount "
        f"from (select i, date '{AS_OF}' - (hash(i, 1) % 730)::int as day from range(1, {INVOICES + 1}) t(i))"
    )


def _child(what: str, *files: str) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, __file__, what, *files],
        check=False,
        cwd=TOP,
        env=os.environ | {"PYTHONPATH": str(TOP)},
        capture_output=True,
        text=True,
    )
    if ran.returncode:
        sys.exit(ran.stderr)
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _measured(work: Callable[[], dict[str, float]]) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    steps = work()
    found = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "steps": steps}
    print(json.dumps(found | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def floor(file: str) -> dict[str, float]:
    """The database alone: one read with all types told, into a table on disk."""
    with Path(file).open(encoding="utf-8") as source:
        names = source.readline().strip().split(",")
    fields = {name: schema.field(name) for name in names}
    types = ", ".join(f"'{n}': '{_TYPES.get(f.kind, f.sql_type)}'" for n, f in fields.items())
    with tempfile.TemporaryDirectory() as folder, closing(duckdb.connect(f"{folder}/floor.duckdb")) as base:
        read = f"read_csv('{file}', auto_detect = false, header = true, delim = ',', columns = {{{types}}})"
        base.execute(f"create table bare as from {read}")
        base.execute("checkpoint")
    return {}


class _Steps(Watch):
    """How long each stage took, and parts of the assessment."""

    def __init__(self) -> None:
        super().__init__()
        self.took: dict[str, float] = {}
        self._began = time.perf_counter()

    def enter(self, stage: str, cursor: Any = None, rows: int | None = None) -> None:
        now = time.perf_counter()
        if self.stage:
            self.took[self.stage] = self.took.get(self.stage, 0.0) + now - self._began
        self._began = now
        super().enter(stage, cursor, rows)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.took[name] = self.took.get(name, 0.0) + time.perf_counter() - began

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            with self.part(name):
                return work(*args, **named)

        return run


def whole(*files: str) -> dict[str, float]:
    """Both files through the door that the command line uses, the assessment included."""
    steps = _Steps()
    facts = sys.modules["riskcore.features.facts"]
    facts._SOURCES = tuple(  # type: ignore[attr-defined]
        steps.timed("features of invoices", source) if source is ledger.work_out else source
        for source in facts._SOURCES
    )
    assessment._size = steps.timed("features, scores, limits", assessment._size)  # type: ignore[assignment]
    assessment.keep = steps.timed("kept, cube", assessment.keep)  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder, closing(Store(Path(folder) / "book.duckdb")) as store:
        outcome = landing.take_in(store, [(Path(file), landing.Choices()) for file in files], steps)
        assert outcome.taken is not None, [(t.refused, t.open_questions) for f in outcome.files for t in f.tables]
    steps.enter("done")
    named = {"assessed": "assessment in all, commit", "written": "written into the book"}
    named |= {"bytes": "bytes", "asked": "sample recognised", "read": "read and typed", "judged": "judged and shaped"}
    return {named.get(name, name): seconds for name, seconds in steps.took.items()}


def alone(file: str) -> dict[str, float]:
    """One file into the book, without the assessment."""
    book.assess_in = lambda cursor: 0  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder, closing(Store(Path(folder) / "book.duckdb")) as store:
        chosen = landing.Choices(kind=ingest.KINDS["customers"])
        outcome = landing.take_in(store, [(Path(file), chosen)], Watch())
        assert outcome.taken is not None, [(t.refused, t.open_questions) for f in outcome.files for t in f.tables]
    return {}


def pandas(file: str) -> dict[str, float]:
    """The same features of invoices with pandas, from typed columns; reading does not count."""
    dates = ["invoice_date", "due_date", "paid_date"]
    with closing(duckdb.connect()) as base:
        items = base.sql(f"from read_csv('{file}', types = {{'document_no': 'VARCHAR'}})").df()
    steps, day = _Steps(), pd.Timestamp(AS_OF)
    began = time.perf_counter()
    items["cents"] = (items["amount"] * 100).round().astype("int64")
    items = items[items["invoice_date"] <= day]
    paid = items["paid_date"].where(items["paid_date"] <= day)
    late = (paid.fillna(day) - items["due_date"]).dt.days
    is_open = paid.isna()
    counts = ~is_open | (items["due_date"] < day)
    columns: dict[str, pd.Series] = {"customer_id": items["customer_id"], "balance": items["cents"].where(is_open, 0)}
    for name, months, until in (("year", 12, 0), ("quarter", 3, 0), ("before", 12, 3)):
        start, end = day - pd.DateOffset(months=months), day - pd.DateOffset(months=until)
        when = paid.fillna(day)
        within = counts & (when > start) & (when <= end)
        columns[f"{name}_weight"] = items["cents"].where(within, 0)
        columns[f"{name}_late"] = (items["cents"] * late).where(within, 0)
    columns["past_due"] = items["cents"].where(is_open & (items["due_date"] < day), 0)
    columns["over_30"] = items["cents"].where(is_open & (late > 30), 0)
    columns["sales"] = items["cents"].where(items["invoice_date"] > day - pd.DateOffset(months=12), 0)
    columns["last_sale"], columns["last_receipt"], columns["first_sale"] = (
        items["invoice_date"],
        paid,
        items["invoice_date"],
    )
    columns["worst"] = late.where(items["invoice_date"] > day - pd.DateOffset(months=24), 0)
    for month in range(7):
        end = day - pd.offsets.MonthEnd(month) if month else day
        columns[f"end_{month}"] = items["cents"].where((items["invoice_date"] <= end) & ~(paid <= end), 0)
    last = {"last_sale": "max", "last_receipt": "max", "first_sale": "min", "worst": "max"}
    frame = pd.DataFrame(columns)
    how = {name: last.get(name, "sum") for name in frame.columns if name != "customer_id"}
    by = frame.groupby("customer_id", sort=False).agg(how)
    by["days_beyond_terms_12m"] = by["year_late"] / by["year_weight"]
    by["payment_trend_days"] = by["quarter_late"] / by["quarter_weight"] - by["before_late"] / by["before_weight"]
    by["past_due_over_30_pct"] = 100 * by["over_30"] / by["balance"]
    by["peak"] = by[[f"end_{month}" for month in range(7)]].max(axis=1)
    assert dates and len(by)
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu": 0, "steps": steps.took, "peak": 0}))
    sys.exit()


if __name__ == "__main__":
    if sys.argv[1:]:
        _measured(
            lambda: {"floor": floor, "whole": whole, "alone": alone, "pandas": pandas}[sys.argv[1]](*sys.argv[2:])
        )
    else:
        main()
