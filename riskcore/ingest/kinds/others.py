"""Figures of a file of statements that are none of the known ones: kept under their captions, so that none is lost."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from riskcore.errors import Phrase
from riskcore.ingest import decimals
from riskcore.ingest.columns import Column, source_sql, type_column
from riskcore.ingest.kinds import captions
from riskcore.ingest.kinds.base import VALUE_MOST, Problem, Shaping
from riskcore.ingest.kinds.long_form import LongForm, is_amount, says_something
from riskcore.ingest.mapping import Match
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import is_reason, line_multiplier

_ANY = "total_assets"  # how such figures are read: as any amount of a statement
_TYPE = "decimal(22,6)"  # as large as the known amounts can be, and as fine as a cell is read
_LOOKED_AT = 2_000  # rows that show whether a column holds figures
_LISTED = 5
_UNNAMED = re.compile(r"#\d+")  # a heading that the file does not have
_CODE = re.compile(r"0\d+|\d{16,}")


@dataclass(frozen=True)
class Others:
    """The columns of such figures, typed, and the captions that they are kept under."""

    columns: Sequence[Column]
    names: Sequence[str]


def find(shaping: Shaping) -> Others:
    """The columns of figures that are not mapped: of a long form its other captions, else those with numbers."""
    upload = shaping.upload
    if isinstance(upload, LongForm):
        beside = dict(enumerate(upload.others, len(upload.headings)))
    else:
        mapped = {c.match.index for c in shaping.columns}
        beside = {place: heading for place, heading in enumerate(upload.headings) if place not in mapped}
        beside = {place: heading for place, heading in beside.items() if _holds_figures(upload, place, heading)}
    unit = line_multiplier(upload.unit_line)
    found = [
        Match(place, said, (), _ANY, 1.0, "values", file_unit=1 if captions.is_no_money(said) else unit)
        for place, said in beside.items()
    ]
    marks = decimals.marks(shaping.scratch, [*(c.match for c in shaping.columns), *found])
    told = next(
        (answer == "thousands" for name, answer in shaping.answers.items() if name.startswith("decimals")), None
    )
    commas = decimals.with_comma(marks, told)
    columns = [type_column(shaping.scratch, match, shaping.policy, match.index in commas) for match in found]
    return Others(columns, captions.told_apart(_named(match.heading) for match in found))


def _named(heading: str) -> str:
    return heading if _UNNAMED.fullmatch(heading) else captions.without_unit(heading)


def _holds_figures(upload: Upload, place: int, heading: str) -> bool:
    """Whether a column holds amounts mostly, and neither codes nor the numbers of the rows."""
    if is_reason(heading) or (place == 0 and _UNNAMED.fullmatch(heading)):  # a first one without heading is an index
        return False
    said = [text for text in upload.rows.column(f"c{place}").slice(0, _LOOKED_AT).to_pylist() if text]
    said = [text for text in said if says_something(text)]
    if not said or any(_CODE.fullmatch(text) for text in said):
        return False
    counts_rows = len(said) > 2 and any(said == [str(n + first) for n in range(len(said))] for first in (0, 1))
    return not counts_rows and 2 * sum(map(is_amount, said)) >= len(said)


def make(shaping: Shaping, others: Others) -> None:
    """Make the temporary table `other`: line, `others` (caption to amount, in units of money; NULL for none)."""
    cursor = shaping.scratch.cursor
    said = {"captions": pa.array([others.names], pa.list_(pa.string()))}
    cursor.register("other_said", pa.table(said))
    values = ", ".join(f"try_cast({c.value} as {_TYPE})" for c in others.columns)
    known = f"list_filter(list_zip(captions, [{values}]::{_TYPE}[]), lambda each: each[2] is not null)"
    cursor.execute(
        f"create or replace temp table other as select line, "
        f"case when len(told) > 0 then map_from_entries(told) else null::map(varchar, {_TYPE}) end as others "
        f"from (select line, {known} as told from {source_sql(others.columns)} cross join other_said)"
    )


def unread(shaping: Shaping, others: Others) -> Iterator[Problem]:
    """Cells among such figures that are no number, or a larger one than can be held."""
    cursor = shaping.scratch.cursor
    for column in others.columns:
        cell = f"upload.c{column.match.index}"
        too_large = f"({column.value}) is not null and try_cast({column.value} as {_TYPE}) is null"
        wrong = f"{column.table}.wrong" if column.read else "false"
        for line, text, is_wrong in cursor.execute(
            f"select line, {cell}, coalesce({wrong}, false) from {source_sql([column])} where {wrong} or ({too_large})"
        ).fetchall():
            read = column.read[text] if is_wrong else None
            reason, slots = (str(read.reason), read.slots) if read else ("problems.too_large", dict[str, Any]())
            yield line, column.match.heading, text[:VALUE_MOST], reason, slots, "cell"


def notes(shaping: Shaping) -> list[Phrase]:
    """How many such figures are kept of the rows that are taken, and under which captions."""
    kept = shaping.scratch.cursor.execute(
        "select caption, count(*) from (select unnest(map_keys(others)) as caption from other "
        "semi join typed using (line) anti join aside using (line)) join (select unnest(captions) as caption, "
        "generate_subscripts(captions, 1) as place from other_said) using (caption) "
        "group by caption order by min(place)"
    ).fetchall()
    if not kept:
        return []
    listed = "、".join(caption for caption, _ in kept[:_LISTED]) + ("…" if len(kept) > _LISTED else "")
    return [Phrase("statements.kept", {"n": len(kept), "figures": sum(n for _, n in kept), "captions": listed})]
