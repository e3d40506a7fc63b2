"""An upload typed and judged: what can be taken in, and every row and cell that cannot, with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest import numbering, problems
from riskcore.ingest.asking import apply, ask, proven, settle
from riskcore.ingest.columns import Column, Scratch, make_typed
from riskcore.ingest.daycount import day_counted_to
from riskcore.ingest.kinds import CUSTOMERS, Kind
from riskcore.ingest.kinds.base import Asking, Shaping
from riskcore.ingest.mapping import Match
from riskcore.ingest.periods import day_named, day_told_of
from riskcore.ingest.reconciling import Reconciled
from riskcore.ingest.upload import Upload
from riskcore.policy import Policy
from riskcore.store import Store

# Dates up to which a file tells what was so; those of what is to come, or of long ago, say nothing of that.
_TELLING = {
    *("invoice_date", "posting_date", "paid_date", "period_end"),
    *("report_date", "rate_date", "listed_on", "removed_on"),
}


@dataclass(frozen=True)
class Checked:
    """What an upload holds under its kind, mapping and answers.

    `problems`: line, column (heading), value, reason (key of a text), slots, effect (`row` set aside, `cell` counted as
    missing), by line. `tables`: what goes into the store, by table, without its import; `customer_id` stands in place
    of `customer_key`. Of a large file they are names of temporary tables instead. `totals`: sums of the mapped amounts
    over the rows that are taken. `currency`: the one that the file names, if it names one for all. `as_of`: the day
    that was given, else the newest that the file tells of, today at the latest; None where it tells of none.
    `totals_by_currency`: the totals apart by the currency of their rows, '' for none; empty where nothing names any.
    `reconciled`: the file's own totals beside the sums of its rows. `units`: columns that are counted in what the
    titles say, and in how much. `proven`: what the file shows of its dates and decimals, by the name of the question
    that so is none.
    """

    rows_read: int
    rows_taken: int
    rows_set_aside: int
    problems: pd.DataFrame
    tables: dict[str, pa.Table | str]
    totals: dict[str, Decimal]
    notes: tuple[Phrase, ...]
    currency: str | None
    as_of: date | None
    totals_by_currency: dict[str, dict[str, Decimal]]
    reconciled: tuple[Reconciled, ...]
    units: dict[int, int]
    proven: dict[str, str] = field(default_factory=dict)


def check(
    upload: Upload,
    matches: Sequence[Match],
    answers: Mapping[str, str],
    policy: Policy,
    store: Store,
    kind: Kind = CUSTOMERS,
    as_of: date | None = None,
) -> Checked:
    """Type and judge every cell; FileRefused where the file cannot be taken in as a whole.

    `answers`: question to answer; the default where one is not given. `as_of`: the day that the file tells of, where
    it is known. The store is only asked, never changed.
    """
    mapped, said = with_id(matches, kind)
    with Scratch(upload) as scratch:
        asking = Asking(scratch, upload, mapped, policy, store)
        return judge(asking, kind, settle(ask(asking, kind), answers), said, as_of)


def judge(
    asking: Asking, kind: Kind, answers: Mapping[str, str], said: Sequence[Phrase] = (), as_of: date | None = None
) -> Checked:
    """The same where all is asked and answered and the scratch database open; `said`: notes of the mapping."""
    scratch = asking.scratch
    columns, notes = apply(scratch, asking.matches, answers, asking.policy)
    make_typed(scratch, columns)
    shaping = Shaping(scratch, asking.upload, columns, answers, asking.policy, asking.store, as_of)
    if as_of is None and kind.whole_by_default and _titled(asking.upload) is None:
        counted, newest = day_counted_to(shaping), _newest(scratch, columns)
        shaping = replace(shaping, as_of=counted if newest is None or (counted and counted >= newest) else None)
    notes = [*said, *notes, *_rounded(scratch, columns)]
    return replace(conclude(shaping, kind, notes), proven=proven(scratch, asking.matches))


def conclude(shaping: Shaping, kind: Kind, notes: Sequence[Phrase]) -> Checked:
    """The same where every cell stands typed in the table `typed`; `notes`: those of the mapping and the columns."""
    scratch, upload, columns, store = shaping.scratch, shaping.upload, shaping.columns, shaping.store
    said = numbering.unify(scratch, store) if kind.names_customers else []
    shaping = replace(shaping, as_of=shaping.as_of or _told_of(shaping, kind))
    currency = kind.currency(shaping)
    listed, reconciled = problems.find(shaping, kind)
    aside = listed.loc[listed["effect"] == "row", "line"].unique()
    if len(aside):
        scratch.cursor.register("aside", pa.table({"line": pa.array(aside, pa.int64())}))
    else:  # known to be empty, so that nothing is joined with it
        scratch.cursor.execute("create temp view aside as select null::bigint as line limit 0")
    tables = {name: scratch.gather(name, query) for name, query in kind.tables(shaping).items()}
    [taken] = scratch.cursor.execute("select count(*) from typed anti join aside using (line)").fetchone() or (0,)
    return Checked(
        rows_read=upload.rows_read,
        rows_taken=taken,
        rows_set_aside=upload.rows_read - taken,
        problems=listed,
        tables=tables,
        totals=_totals(scratch, columns),
        notes=(*upload.notes, *notes, *said, *kind.notes(shaping)),
        currency=currency,
        as_of=shaping.as_of,
        totals_by_currency=_by_currency(shaping, *kind.row_currency(shaping)),
        reconciled=reconciled,
        units={c.match.index: c.match.file_unit for c in columns if c.match.multiplier != (c.match.own_unit or 1)},
    )


def with_id(matches: Sequence[Match], kind: Kind) -> tuple[list[Match], list[Phrase]]:
    """The mapped columns, the customer's id among them where the kind names customers: else the name serves as one.

    FileRefused where what the kind needs is not mapped, or a field is mapped twice.
    """
    by_field: dict[str, Match] = {}
    for match in matches:
        if match.field is None:
            continue
        if match.field in by_field:
            raise FileRefused("file_field_twice", first=by_field[match.field].heading, second=match.heading)
        by_field[match.field] = match
    for group in kind.needs:
        if not by_field.keys() & set(group):
            if "customer_id" in group:
                raise FileRefused("file_no_customer")
            raise FileRefused("file_lacks", field=Phrase(f"fields.{group[0]}"))
    if "customer_id" in by_field or not kind.names_customers:
        return list(by_field.values()), []
    # The id is judged as an id, and the name is the same column letter by letter.
    as_id = replace(by_field.get("customer_name") or by_field["reg_no"], field="customer_id")
    return [as_id, *by_field.values()], [Phrase("questions.note_name_is_id")]


def _told_of(shaping: Shaping, kind: Kind) -> date | None:
    """The day that a list says in its titles that it is of, unless its rows tell of a later one; else their newest."""
    newest = _newest(shaping.scratch, shaping.columns)
    upload, is_list = shaping.upload, kind.whole_by_default or kind is CUSTOMERS
    titled = _titled(upload) if is_list else None
    if titled is None or titled > date.today() or (newest is not None and newest > titled):
        return newest
    return titled


def _titled(upload: Upload) -> date | None:
    """The day that the titles of a file, else its name, say that it is of."""
    return day_told_of(upload.titles) or day_named(upload.name)


def _newest(scratch: Scratch, columns: Sequence[Column]) -> date | None:
    """The latest day, today at most, of the dates that tell when something was so."""
    days = [f"max({c.field.name}) filter ({c.field.name} <= $today)" for c in columns if c.field.name in _TELLING]
    if not days:
        return None
    row = scratch.cursor.execute(f"select greatest({', '.join(days)}) from typed", {"today": date.today()}).fetchone()
    return row[0] if row else None


def _by_currency(shaping: Shaping, currency: str, join: str) -> dict[str, dict[str, Decimal]]:
    """The sums of the mapped amounts by currency over the rows that are taken, where anything tells the currency."""
    names = [c.field.name for c in shaping.columns if c.field.kind == "amount"]
    if not names or not currency:
        return {}
    sums = ", ".join(f"sum({name})" for name in names)
    rows = shaping.scratch.cursor.execute(
        f"select coalesce({currency}, '') as code, {sums} from typed {join} anti join aside using (line) "
        "group by all order by 1"
    ).fetchall()
    return {name: {row[0]: row[at] for row in rows if row[at] is not None} for at, name in enumerate(names, 1)}


def _rounded(scratch: Scratch, columns: Sequence[Column]) -> list[Phrase]:
    """The columns of amounts that lose decimals beyond the second, and what that does to their sums."""
    amounts = [c for c in columns if c.field.kind == "amount"]
    if not amounts:
        return []
    asked = ", ".join(
        f"count(*) filter ({n}_raw <> {n}), sum({n}_raw) filter ({n} is not null), sum({n})"
        for n in (c.field.name for c in amounts)
    )
    row = scratch.cursor.execute(f"select {asked} from typed").fetchone() or ()
    return [
        Phrase(
            "questions.note_rounded", {"heading": c.match.heading, "n": n, "was": f"{was:,.3f}", "now": f"{now:,.2f}"}
        )
        for c, n, was, now in zip(amounts, row[::3], row[1::3], row[2::3], strict=True)
        if n
    ]


def _totals(scratch: Scratch, columns: Sequence[Column]) -> dict[str, Decimal]:
    """The sums of the mapped amounts over the rows that are taken, where any is known."""
    names = [c.field.name for c in columns if c.field.kind == "amount"]
    if not names:
        return {}
    sums = ", ".join(f"sum({name})" for name in names)
    row = scratch.cursor.execute(f"select {sums} from typed anti join aside using (line)").fetchone() or ()
    return {name: total for name, total in zip(names, row, strict=True) if total is not None}
