"""Lists of accounts with a column for debits and one for credits: made one column of amounts, credits negative."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from riskcore.ingest.upload import Upload
from riskcore.ingest.words import normalise_heading, synonyms


def joined(upload: Upload) -> Upload | None:
    """The upload with what is debited less what is credited as its amount; None where it has no two such columns.

    A balance beside them is that of the account after each row, not what is open of the row, and is left out.
    """
    debit, credit = (_place(upload, f"column.{side}") for side in ("debit", "credit"))
    if debit is None or credit is None:
        return None
    debited, credited = _filled(upload, debit), _filled(upload, credit)
    turned = pc.if_else(
        pc.starts_with(credited, "-"),
        pc.utf8_slice_codeunits(credited, 1),
        pc.binary_join_element_wise("-", credited, ""),
    )
    # A row has one of both; where it has both, nobody can say which is meant, and the cell is listed as no number.
    both = pc.and_(pc.is_valid(debited), pc.is_valid(credited))
    amounts = pc.if_else(both, pc.binary_join_element_wise(debited, credited, " / "), pc.coalesce(debited, turned))
    gone = {credit, *(place for name in ("column.balance", "column.direction") for place in _places(upload, name))}
    kept = [place for place in range(len(upload.headings)) if place not in gone]
    columns = [amounts if place == debit else upload.rows.column(f"c{place}") for place in kept]
    rows = pa.table(
        [upload.rows.column("line"), *columns], names=["line", *(f"c{number}" for number in range(len(kept)))]
    )
    headings = tuple("amount" if place == debit else upload.headings[place] for place in kept)
    return replace(upload, headings=headings, rows=rows)


def _places(upload: Upload, name: str) -> list[int]:
    known = {normalise_heading(word) for word in synonyms("ledger").get(name, ())}
    return [place for place, heading in enumerate(upload.headings) if normalise_heading(heading) in known]


def _place(upload: Upload, name: str) -> int | None:
    found = _places(upload, name)
    return found[0] if len(found) == 1 else None


def _filled(upload: Upload, place: int) -> pa.Array:
    """A column's cells, NULL for those that say zero."""
    cells = upload.rows.column(f"c{place}").combine_chunks()
    return pc.if_else(pc.match_substring_regex(cells, r"^[0.,\s-]+$"), pa.scalar(None, pa.string()), cells)
