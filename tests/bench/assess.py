"""What an assessment of a large book takes: by step, beside the bare typed load of the same customers from CSV.

Run by itself: `PYTHONPATH=. python tests/bench/assess.py`; SMALLER=10 makes it a tenth. RISK_MEMORY bounds the memory,
as it does anywhere. Memory is that of a process of its own, pages of the file that it keeps included.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from riskcore import assessment, schema, versions
from riskcore.store import Store
from tests.bench import books
from tests.bench.lines import line

CUSTOMERS = 1_000_000 // int(os.environ.get("SMALLER", "1"))
GOAL = 1.1  # floors: 2.5 for the whole way from the file, less 1.4 for the import
SCORED_GOAL = 0.7
MEMORY_GOAL = 1024

# Which step a statement belongs to, by how it begins.
STEPS = {
    "read": ("select import_id, count(", "create or replace temp table told"),
    "ledger": ("create or replace temp table ledger", "-- How each customer pays", "-- The worst days past due"),
    "scored": ("create or replace temp table sized", "insert into sized"),
    "stored": ("-- What the assessment keeps", "insert into bin_count"),
    "cube": ("delete from cube", "-- The cells of one dimension"),
    "listing": ("-- Where each of the customers", "select count(*) from placed", "-- The customers just scored"),
}

INVOICES = """
insert into item (import_id, line, customer_key, document, document_type, invoice_date, due_date, paid_date, amount)
select import_id, line, customer_key, line::varchar, 'invoice', sent, sent + 30,
  case when sent + 15 + late <= as_of then sent + 15 + late end, 10 + line % 1000
from (
  select last.import_id, as_of, customer_key, 10 * customer_key + place as line,
    as_of - (hash(line) % 700)::integer as sent, (hash(line, 1) % 60)::integer as late
  from customer, range(10) places (place), (select import_id, as_of from import order by import_id desc limit 1) last
)
order by customer_key
"""


class Timed:
    """A cursor that adds up what its statements take."""

    def __init__(self, cursor: Any) -> None:
        self._cursor, self.seconds = cursor, Counter[str]()

    def execute(self, text: str, *values: Any) -> Any:
        began = time.perf_counter()
        try:
            return self._cursor.execute(text, *values)
        finally:
            step = next((name for name, starts in STEPS.items() if text.startswith(starts)), "rest")
            self.seconds[step] += time.perf_counter() - began

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def measure(path: Path) -> dict[str, Any]:
    """Assess the book and give seconds by step, seconds and CPU seconds in all, and the peak of memory in MB."""
    store = Store(path)
    policy = versions.in_force(store)
    began, cpu = time.perf_counter(), time.process_time()
    with store.transaction() as cursor:
        timed = Timed(cursor)
        assessment.run(timed, policy)
    took = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "memory": _peak()}
    store.close()
    return {**timed.seconds, **took}


def floor(book: Path, folder: Path) -> dict[str, Any]:
    """Write the customers of the newest date to a CSV file, and load it into a table with types and nothing else."""
    names = [f.name for f in schema.INPUT]
    typed = {"customer_key": "INTEGER"} | {f.name: f.sql_type for f in schema.INPUT}
    with duckdb.connect(str(book)) as source:
        filled = source.execute(f"select {', '.join(f'count({name})' for name in names)} from input").fetchone()
        kept = ["customer_key", *(name for name, n in zip(names, filled or (), strict=True) if n)]
        csv = folder / "customers.csv"
        source.execute(f"copy (select {', '.join(kept)} from input order by customer_key) to '{csv}' (header)")
    began, cpu = time.perf_counter(), time.process_time()
    with duckdb.connect(str(folder / "floor.duckdb")) as target:
        columns = {name: typed[name] for name in kept}
        target.execute(
            f"create table loaded as select * from read_csv('{csv}', auto_detect=false, header=true, delim=',', "
            f"quote='\"', columns={columns})"
        )
        target.execute("checkpoint")
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "columns": len(kept)}


def one_list(path: Path) -> None:
    """Leave of a book the rows of its newest date, as one list of all customers tells them."""
    with duckdb.connect(str(path)) as book:
        older = "(select import_id from import where as_of < (select max(as_of) from import))"
        for table in ("input", "import"):
            book.execute(f"delete from {table} where import_id in {older}")


def add_ledger(path: Path) -> None:
    """Give a book ten invoices of each customer, with the rows that such a file leaves of the customers."""
    with duckdb.connect(str(path)) as book:
        columns = [row[0] for row in book.execute("describe import").fetchall()]
        new = {"import_id": "import_id + 1", "kind": "'invoices'", "whole_book": "false"}
        values = ", ".join(new.get(column, column) for column in columns)
        book.execute(f"insert into import select {values} from import order by import_id desc limit 1")
        book.execute(
            "insert into input_named (import_id, customer_key, line, customer_name, dated) "
            "select last.import_id, customer_key, line, customer_name, last.as_of - 700 from input, "
            "(select import_id, as_of from import order by import_id desc limit 1) last order by customer_key"
        )
        book.execute(INVOICES)


def main() -> None:
    """Measure a book of one list, the same with a ledger, and with an older list that names everybody too."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        single, beside, double = (folder / f"{name}.duckdb" for name in ("single", "beside", "double"))
        for path in (single, beside, double):
            shutil.copy(books.home(CUSTOMERS) / "sample.duckdb", path)
            Store(path).close()  # brings an older schema up to date
        for path in (single, beside):
            one_list(path)
        add_ledger(beside)
        bare = _alone("floor", single, folder)
        found = [_alone("measure", path) for path in (single, beside, double)]
    show(bare, found)


def show(bare: dict[str, Any], found: list[dict[str, Any]]) -> None:
    """The steps side by side, in seconds and in floors."""
    print(f"floor: {bare['columns']} columns loaded in {bare['seconds']:.1f} s, {bare['cpu']:.1f} s of CPU")
    print(f"\n{CUSTOMERS:,} customers{'':24}{'goal':>10}{'one list':>12}{'and ledger':>12}{'two lists':>12}")
    for step in (*STEPS, "rest"):
        line(f"{step}, s", "", [f.get(step, 0) for f in found], [], ".2f")
    for name, unit in (("all, s", "seconds"), ("all, CPU s", "cpu")):
        line(name, "", [f[unit] for f in found], [], ".1f")
    for name, unit in (("all against the floor", "seconds"), ("all against the floor, CPU", "cpu")):
        shares = [f[unit] / bare[unit] for f in found]
        line(name, f"{GOAL}", shares, [shares[0] <= GOAL], ".2f")
    scored = [(f["read"] + f["scored"] + f["stored"]) / bare["seconds"] for f in found]
    line("scored and stored against the floor", f"{SCORED_GOAL}", scored, [scored[0] <= SCORED_GOAL], ".2f")
    memory = [f["memory"] for f in found]
    line("peak of memory, MB", f"{MEMORY_GOAL}", memory, [m <= MEMORY_GOAL for m in memory])


def _alone(what: str, *paths: Path) -> dict[str, Any]:
    """Run a function of this file in a process of its own."""
    command = [sys.executable, __file__, what, *map(str, paths)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(json.loads(answer))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    if len(sys.argv) > 1:
        called = {"measure": measure, "floor": floor}[sys.argv[1]]
        print(json.dumps(called(*map(Path, sys.argv[2:]))))
    else:
        main()
