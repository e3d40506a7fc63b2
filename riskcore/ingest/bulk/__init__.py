"""Text files of any size: what is plain goes through the database at once, all else the careful way, cell by cell.

A sample of the file says what kind it is, which column is which and how each is written. The file is then read once
into a temporary table of the book. Rows that hold any cell that is not plain, and lines that are no rows, become a
small upload that is read and judged as any other. All rows together are judged set by set, so that the outcome is that
of a small file of the same content.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest import decimals
from riskcore.ingest.asking import apply
from riskcore.ingest.bulk.reading import reading
from riskcore.ingest.bulk.records import NotPlain, Walked, physical, walk
from riskcore.ingest.bulk.source import Source, open_source
from riskcore.ingest.bulk.watch import STAGES, Cancelled, Watch
from riskcore.ingest.checking import Checked, conclude, with_id
from riskcore.ingest.columns import Column, Scratch, make_typed
from riskcore.ingest.kinds import Kind
from riskcore.ingest.kinds.base import Shaping
from riskcore.ingest.layout import Layout, find_dialect, find_layout
from riskcore.ingest.lines import Dialect, Lines
from riskcore.ingest.preparing import Preparing, prepare
from riskcore.ingest.upload import _COUNTED, Upload, _rows, _Table, read
from riskcore.ingest.words import cell_words
from riskcore.policy import Policy
from riskcore.store import Cursor, Store

BULK_FROM = 48_000_000  # bytes; smaller files are read cell by cell
CAREFUL_MOST = 500_000_000  # bytes that can still be read so where a file cannot be read at once
ODD_CELLS_MOST = 20_000_000  # that are looked at one by one
_SHIFTS_MOST = 1_000  # places where lines and rows part, up to which problems are told by line
_LOOKED_AT = 2_000  # rows that show which column is written oddly
_HANDED_BACK_MOST = 200_000  # rows
_PACKED = (b"PK", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF")

__all__ = ["BULK_FROM", "STAGES", "Cancelled", "Watch", "is_bulk", "prepare_bulk"]


def is_bulk(path: Path) -> bool:
    """Whether a file is a text so large that it is read at once."""
    if path.stat().st_size < BULK_FROM:
        return False
    with path.open("rb") as file:
        return not file.read(4).startswith(_PACKED)


def prepare_bulk(
    path: Path,
    policy: Policy,
    store: Store,
    cursor: Cursor,
    watch: Watch,
    *,
    kind: Kind | None = None,
    fields: Mapping[int, str | None] | None = None,
    answers: Mapping[str, str] | None = None,
    as_of: date | None = None,
    whole_book: bool | None = None,
) -> Preparing:
    """Make a large file ready, as `ingest.prepare` does a small one; what is to be loaded stands on the cursor.

    FileRefused where the file cannot be read; Cancelled where that was asked for. The store is only asked.
    """
    chosen: dict[str, Any] = {
        "kind": kind,
        "fields": fields,
        "answers": answers,
        "as_of": as_of,
        "whole_book": whole_book,
    }
    try:
        return _at_once(path, policy, store, cursor, watch, chosen)
    except NotPlain as error:
        if path.stat().st_size > CAREFUL_MOST:
            raise FileRefused("file_bulk", most=CAREFUL_MOST // 1_000_000) from error
        watch.enter("judged")
        return prepare(read(path.read_bytes(), path.name), policy, store, **chosen)


def _at_once(
    path: Path, policy: Policy, store: Store, cursor: Cursor, watch: Watch, chosen: Mapping[str, Any]
) -> Preparing:
    watch.enter("bytes")
    source = open_source(path, store.private, watch)
    watch.enter("asked")
    dialect, records = find_dialect(Lines(iter(source.head.splitlines())))
    layout = find_layout(dialect, records)
    sample = replace(read(source.sample, path.name), sha256=source.sha256, encoding=source.encoding)
    known = prepare(sample, policy, store, **chosen)
    if known.checked is None:
        return known
    if known.upload is not sample or len(layout.headings) != len(sample.headings):
        raise NotPlain
    try:
        upload, checked = _Reading(source, sample, dialect, layout, known, policy, store, cursor, watch).check(
            chosen["as_of"]
        )
    except FileRefused as error:
        return replace(known, checked=None, refused=error)
    day = chosen["as_of"] or checked.as_of or date.today()
    return replace(known, upload=upload, checked=checked, as_of=day)


class _OfBook(Scratch):
    """The book's own cursor in the place of a database in memory; its tables are kept until they are loaded."""

    def __init__(self, cursor: Cursor, place: int) -> None:
        self.cursor = cursor
        self._place = place
        words = pa.table({"word": sorted(cell_words("cell.missing") | cell_words("cell.error"))})
        self.cursor.register("missing_word", words)

    def gather(self, name: str, query: str) -> str:
        """The name of a temporary view of the rows; they are copied only where another file comes before loading."""
        view = f"bulk_{self._place}_{name}"
        query = query.removesuffix(" order by line")  # they stand in the order of the file
        self.cursor.execute(f"create temp view {view} as {query}")
        return view

    def needs_typed(self) -> bool:
        """Whether what is to be loaded stands on `typed`."""
        views = self.cursor.execute("select view_name, sql from duckdb_views() where temporary and not internal")
        return any(name != "typed" and re.search(r"\btyped\b", query) for name, query in views.fetchall())

    def settle(self, name: str) -> None:
        """Make a table of a view, so that its rows can be changed."""
        self.cursor.execute(f"create temp table settled as from {name}")
        self.forget_typed()
        self.cursor.execute(f"alter table settled rename to {name}")

    def forget_typed(self) -> None:
        """Drop `typed`, and what it stands on."""
        kinds = "select table_type from information_schema.tables where table_name = 'typed'"
        [[kind]] = self.cursor.execute(kinds).fetchall()
        self.cursor.execute("drop view typed" if kind == "VIEW" else "drop table typed")
        self.cursor.execute("drop table if exists bulk_read")


class _Reading:
    """One large file on its way through the database."""

    def __init__(
        self,
        source: Source,
        sample: Upload,
        dialect: Dialect,
        layout: Layout,
        known: Preparing,
        policy: Policy,
        store: Store,
        cursor: Cursor,
        watch: Watch,
    ) -> None:
        self.source, self.sample, self.dialect, self.layout = source, sample, dialect, layout
        self.known, self.policy, self.store, self.cursor, self.watch = known, policy, store, cursor, watch
        self.matches, self.said = with_id(known.matches, known.kind)

    def check(self, as_of: date | None) -> tuple[Upload, Checked]:
        """Read the whole file and judge it; the upload holds the rows that went the careful way or are set aside."""
        cursor, watch = self.cursor, self.watch
        place = _clear(cursor)
        watch.enter("read", cursor, rows=self.source.line_ends)
        with Scratch(self.sample) as scratch:
            columns, _ = apply(scratch, self.matches, self.known.answers, self.policy)
            commas = decimals.with_comma(decimals.marks(scratch, self.matches), _said(self.known.answers))
        how = reading(
            self.source.path,
            self.dialect,
            self.layout.ends,
            len(self.layout.headings),
            columns,
            self.policy,
            self.known.answers,
            commas,
            self.source.underscores,
        )
        cursor.execute(how.read.sql, how.read.values)
        [rows] = cursor.execute("select count(*) from bulk_read").fetchone() or (0,)
        odd = [row for (row,) in cursor.execute(how.odd.sql, how.odd.values).fetchall()]
        if len(odd) * len(self.layout.headings) > ODD_CELLS_MOST:
            raise FileRefused("file_bulk_odd", heading=self._oddest(rows, odd), n=len(odd))
        walked = self._walk(rows, odd)
        careful = self._careful(walked.records)
        columns, notes = self._type(careful, columns)
        watch.enter("judged", cursor, rows=rows)
        self._view(how.columns, walked, odd, careful)
        upload = replace(careful, rows_read=rows - len(odd) + careful.rows_read)
        scratch = _OfBook(cursor, place)
        shaping = Shaping(scratch, upload, columns, self.known.answers, self.policy, self.store, as_of)
        checked = conclude(shaping, self.known.kind, [*self.said, *notes])
        if checked.rows_taken + checked.rows_set_aside != upload.rows_read:
            raise NotPlain
        if not scratch.needs_typed():
            scratch.forget_typed()
        return self._with_set_aside(upload, checked, walked, rows), checked

    def _view(self, columns: Sequence[str], walked: Walked, odd: Sequence[int], careful: Upload) -> None:
        """Make `typed`: the plain rows of `bulk_read` with their lines, and those that went the careful way."""
        line = walked.line_sql("rowid") if len(walked.starts) <= _SHIFTS_MOST else f"rowid + {self.layout.ends + 1}"
        query = f"select {line} as line, {', '.join(columns)} from bulk_read"
        if odd:
            self.cursor.register("bulk_odd", pa.table({"row": pa.array(odd, pa.int64())}))
            query += " anti join bulk_odd on bulk_odd.row = bulk_read.rowid"
        if len(careful.rows):
            query += " union all by name select * from bulk_careful"
        self.cursor.execute(f"create temp view typed as {query}")

    def _walk(self, rows: int, odd: Sequence[int]) -> Walked:
        unread: dict[int, int] = {}
        for place, text in self.cursor.execute("select line_byte_position, csv_line from bulk_unread").fetchall():
            # Places count from 1; empty lines before a record are told with it.
            record = str(text).lstrip("\r\n")
            unread[int(place) - 1 + len(str(text)) - len(record)] = len(record.rstrip("\r\n").split("\n"))
        above = self.layout.ends
        if not unread and not odd and self.source.line_ends - above in {rows, rows - 1}:
            return Walked((), (0,), (above + 1,))
        return walk(self.source.path, above, self.dialect.quote, self.dialect.delimiter, rows, unread, odd, self.watch)

    def _oddest(self, rows: int, odd: Sequence[int]) -> str:
        """The heading of the column in which most is written in another way than the database reads."""
        careful = self._careful(self._walk(rows, odd[:_LOOKED_AT]).records)
        with Scratch(careful) as scratch:
            columns, _ = apply(scratch, self.matches, self.known.answers, self.policy)
        return max(columns, key=lambda c: len(c.read)).match.heading

    def _with_set_aside(self, upload: Upload, checked: Checked, walked: Walked, rows: int) -> Upload:
        """The upload with the rows that were plain and are set aside, so that all of these can be handed back."""
        problems = checked.problems
        aside = set(problems.loc[problems["effect"] == "row", "line"]) - {b.line for b in upload.broken}
        missing = sorted(aside - set(upload.rows["line"].to_pylist()))
        if not missing or len(walked.starts) > _SHIFTS_MOST:
            return upload
        again = self._walk(rows, [walked.row(line) for line in missing[:_HANDED_BACK_MOST]])
        wanted = set(missing)
        more = self._careful([record for record in again.records if record[0] in wanted])
        return replace(upload, rows=pa.concat_tables([upload.rows, more.rows]).sort_by("line"))

    def _careful(self, records: Sequence[tuple[int, str]]) -> Upload:
        """The upload that some records of the file are."""
        lines = list(physical(records))
        table = _Table(self.layout)
        table.fill(_rows(Lines(line for _, line in lines), self.dialect, self.layout, table))
        rows = pa.Table.from_batches(table._batches, table._schema)
        numbers = pa.array([lines[at - 1][0] for at in rows["line"].to_pylist()], pa.int64())
        broken = tuple(replace(b, line=lines[b.line - 1][0]) for b in table._broken)
        return replace(
            self.sample,
            rows=rows.set_column(0, "line", numbers),
            broken=broken,
            rows_read=len(rows) + len(broken),
            notes=(
                *(note for note in self.sample.notes if note.key not in _COUNTED.values()),
                *(Phrase(_COUNTED[what], {"n": n}) for what, n in sorted(table.counts.items()) if n),
            ),
        )

    def _type(self, careful: Upload, columns: Sequence[Column]) -> tuple[list[Column], list[Phrase]]:
        """Make `bulk_careful` of the careful rows, typed, with `upload` and the texts that were read one by one.

        The sample stands beside them, so that they are understood as its columns are.
        """
        count = len(self.sample.rows)
        beside = self.sample.rows.set_column(0, "line", pa.array(range(-count, 0), pa.int64()))
        together = replace(self.sample, rows=pa.concat_tables([beside, careful.rows]), broken=(), rows_read=0)
        with Scratch(together) as scratch:
            typed, notes = apply(scratch, self.matches, self.known.answers, self.policy)
            make_typed(scratch, typed)
            told = [c.field.name for c in typed if c.field.kind == "amount"]
            kept = ", ".join(f"case when {name}_raw is not null then true end as {name}_raw" for name in told)
            some = f"* replace ({kept})" if kept else "*"
            rows = scratch.cursor.sql(f"select {some} from typed where line > 0").to_arrow_table()
            for c in typed:
                if c.read:
                    self.cursor.register(c.table, scratch.cursor.sql(f"from {c.table}").to_arrow_table())
        self.cursor.register("bulk_careful", rows)
        self.cursor.register("upload", careful.rows)
        return typed, notes


def _said(answers: Mapping[str, str]) -> bool | None:
    """Whether decimals follow a comma, where a person was asked that."""
    return next((answer == "thousands" for name, answer in answers.items() if name.startswith("decimals:")), None)


def _clear(cursor: Cursor) -> int:
    """Forget the tables of the file before, but for the rows that wait to be loaded; how many files wait."""
    named = cursor.execute("select view_name from duckdb_views() where temporary and not internal").fetchall()
    views = [str(name) for (name,) in named]
    for view in (name for name in views if re.match(r"bulk_\d+_", name)):
        cursor.execute(f"create temp table kept as from {view}")
        cursor.execute(f"drop view {view}")
        cursor.execute(f"alter table kept rename to {view}")
    for view in (name for name in views if not re.match(r"bulk_\d+_", name)):
        cursor.execute(f'drop view temp."{view}"')
        cursor.unregister(view)
    waiting = set()
    for (name,) in cursor.execute("select table_name from duckdb_tables() where temporary").fetchall():
        if found := re.match(r"bulk_(\d+)_", name):
            waiting.add(found[1])
        else:
            cursor.execute(f'drop table temp."{name}"')
    return len(waiting)
