"""Lists of what was sold, row by row with quantity and price: made one row per document with its amount."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from riskcore.errors import Phrase
from riskcore.ingest.cells import read_number
from riskcore.ingest.kinds.documents import WORTH
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import normalise_heading, synonyms

_EXACT = pa.decimal128(18, 4)
_TOLD_APART = ("document_no", "customer_id", "customer_name", "invoice_date")


def totalled(upload: Upload) -> Upload | None:
    """The upload with quantity times price summed by document as its amount; None where it has one already.

    A row whose quantity or price cannot be read stays by itself and is listed: it has no amount that is a number.
    """
    quantities, prices = _places(upload, "column.quantity"), _places(upload, "column.price")
    if len(quantities) != 1 or len(prices) != 1 or any(_places(upload, name) for name in WORTH):
        return None
    numbers = _places(upload, "document_no")
    if not numbers or not upload.rows.num_rows:
        return None
    rows = upload.rows.combine_chunks()
    quantity, price = (rows.column(f"c{place}").combine_chunks() for place in (quantities[0], prices[0]))
    worth = pc.multiply(_read(quantity), _read(price))
    place = pa.array(range(rows.num_rows), pa.int64())
    # What cannot be multiplied, or names no document, is a document of its own.
    own = pc.or_(pc.is_null(worth), pc.is_null(rows.column(f"c{numbers[0]}").combine_chunks()))
    apart = {"own": pc.if_else(own, place, pa.scalar(-1, pa.int64()))}
    apart |= {f"c{n}": rows.column(f"c{n}") for name in _TOLD_APART for n in _places(upload, name)}
    summed = pa.table(apart | {"worth": worth, "place": place}).group_by(list(apart))
    documents = summed.aggregate([("worth", "sum"), ("place", "min")]).sort_by("place_min")
    first = documents.column("place_min")
    total = pc.cast(
        pc.round(documents.column("worth_sum"), 2, round_mode="half_towards_infinity"), pa.decimal128(38, 2)
    )
    told = pc.binary_join_element_wise(quantity.take(first), price.take(first), " × ", null_handling="replace")
    amounts = pc.if_else(pc.is_valid(total), pc.cast(total, pa.string()), told.cast(pa.string()))
    passed = rows.num_rows - documents.num_rows
    return replace(
        upload,
        headings=(*upload.headings, "amount"),
        rows=rows.take(first).append_column(f"c{len(upload.headings)}", amounts),
        rows_read=upload.rows_read - passed,
        notes=(*upload.notes, Phrase("ledger.note_priced", {"rows": rows.num_rows, "n": documents.num_rows})),
    )


def _places(upload: Upload, name: str) -> list[int]:
    known = {normalise_heading(word) for word in synonyms("ledger").get(name, ())}
    return [place for place, heading in enumerate(upload.headings) if normalise_heading(heading) in known]


def _read(cells: pa.Array) -> pa.Array:
    """The numbers of a column, NULL where a cell is none or too large or fine to be multiplied exactly."""
    encoded = cells.dictionary_encode()
    numbers = [read_number(text, None).value for text in encoded.dictionary.to_pylist()]
    fitting = [n if n is not None and abs(n) < 10**14 and n == round(n, 4) else None for n in numbers]
    return pa.array(fitting, _EXACT).take(encoded.indices)
