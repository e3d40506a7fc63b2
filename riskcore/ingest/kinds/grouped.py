"""Lists grouped by customer: the name on a line of its own, the documents below it, a total after them."""

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from riskcore.errors import Phrase
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import normalise_heading, synonyms

_LEAST_COLUMNS = 3
_TOTALS_MORE = 2  # lines of totals beside one for each group


def filled_down(upload: Upload) -> Upload | None:
    """The upload with each group's name in all of its rows, without the lines of names; None where none is grouped.

    Names stand in the first column, alone on their lines; the rows of their documents leave it empty, or hold
    something else there in a file that names no customer in a column. Or labelled cells say who it is: `A/C: ABS001`.
    """
    if (labelled := _labelled(upload)) is not None:
        return labelled
    width = len(upload.headings)
    if width < _LEAST_COLUMNS or not upload.rows.num_rows:
        return None
    names = upload.rows.column("c0")
    others = pa.scalar(False)
    for place in range(1, width):
        others = pc.or_(others, pc.is_valid(upload.rows.column(f"c{place}")))
    alone = pc.and_(pc.is_valid(names), pc.invert(others))
    below, beside = pc.and_(pc.is_null(names), others), pc.and_(pc.is_valid(names), others)
    counted = [pc.sum(which).as_py() for which in (alone, below, beside)]
    if not counted[1] and 0 < counted[0] <= counted[2] and not _names_customers(upload.headings):
        return _headed(upload, names, alone)
    if not 0 < counted[0] <= counted[1] or counted[2] > counted[0] + _TOTALS_MORE:
        return None
    groups = pc.fill_null_forward(pc.if_else(alone, names, pa.scalar(None, pa.string())))
    rows = upload.rows.set_column(1, "c0", pc.if_else(beside, names, groups)).filter(pc.invert(alone))
    passed = upload.rows.num_rows - rows.num_rows
    return replace(
        upload,
        headings=(_heading(upload), *upload.headings[1:]),
        rows=rows,
        rows_read=upload.rows_read - passed,
        notes=(*upload.notes, Phrase("ledger.note_grouped", {"n": passed})),
    )


def _headed(upload: Upload, names: pa.ChunkedArray, alone: pa.ChunkedArray) -> Upload | None:
    """The upload with a column for the names that head its groups; None where its first row is of no group.

    The label of a group's total, `Total Acme`, moves to that column.
    """
    if not alone[0].as_py():
        return None
    groups = pc.fill_null_forward(pc.if_else(alone, names, pa.scalar(None, pa.string()))).to_pylist()
    is_total = [
        first is not None and first != group and str(first).endswith(group)
        for first, group in zip(names.to_pylist(), groups, strict=True)
    ]
    labelled = pa.array(is_total)
    rows = upload.rows.append_column(
        f"c{len(upload.headings)}", pc.if_else(labelled, names, pa.array(groups, pa.string()))
    )
    rows = rows.set_column(1, "c0", pc.if_else(labelled, pa.scalar(None, pa.string()), names)).filter(pc.invert(alone))
    passed = upload.rows.num_rows - rows.num_rows
    return replace(
        upload,
        headings=(*upload.headings, "customer_name"),
        rows=rows,
        rows_read=upload.rows_read - passed,
        notes=(*upload.notes, Phrase("ledger.note_grouped", {"n": passed})),
    )


def _labelled(upload: Upload) -> Upload | None:
    """The upload with a column for each fact of a customer that the lines above its groups tell, without these lines.

    The headings stand again in each group, so that the line of the first one is the last title. None where that is no
    such line, or no other group has one.
    """
    if not upload.titles or _names_customers(upload.headings):
        return None
    if not (first := _told(upload.titles[-1].split("  "))):
        return None
    begins = pc.match_substring(pc.fill_null(upload.rows.column("c0"), ""), ":")
    lines = upload.rows.filter(begins).drop_columns(["line"]).to_pylist()
    groups = [first, *(_told([cell for cell in line.values() if cell]) for line in lines)]
    if not lines or not all(groups):
        return None
    places = pc.cumulative_sum(begins.combine_chunks().cast(pa.int64()))
    rows, is_numbered = upload.rows, pc.is_valid(upload.rows.column("c0"))
    labels = pc.coalesce(*rows.columns[1:])  # of totals, which have no number
    for place, field in enumerate(first, len(upload.headings)):
        whose = pa.array([one.get(field) for one in groups], pa.string()).take(places)
        rows = rows.append_column(f"c{place}", pc.if_else(is_numbered, whose, labels))
    return replace(
        upload,
        headings=(*upload.headings, *first),
        rows=rows.filter(pc.invert(begins)),
        rows_read=upload.rows_read - len(lines),
        notes=(*upload.notes, Phrase("ledger.note_grouped", {"n": len(lines)})),
    )


def _told(cells: Sequence[str]) -> dict[str, str]:
    """What labelled cells tell of a customer, by field, such as `Name: ABS Garages Ltd`; empty where no id is told."""
    found: dict[str, str] = {}
    for label, _, value in (cell.partition(":") for cell in cells):
        for field in ("customer_id", "customer_name"):
            words = {normalise_heading(word) for word in synonyms("ledger").get(field, ())}
            if value.strip() and field not in found and normalise_heading(label) in words:
                found[field] = value.strip()
                break
    return found if "customer_id" in found else {}


def _heading(upload: Upload) -> str:
    """The first heading, that of a customer's name where the file has none there and no customer elsewhere."""
    first, *others = upload.headings
    return "customer_name" if first.startswith("#") and not _names_customers(others) else first


def _names_customers(headings: Sequence[str]) -> bool:
    known = {normalise_heading(w) for f in ("customer_id", "customer_name") for w in synonyms("ledger").get(f, ())}
    return any(normalise_heading(heading) in known for heading in headings)
