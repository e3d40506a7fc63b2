"""Which mark stands before the decimals: what each column of numbers shows, else what the others of the file show."""

from collections.abc import Sequence
from dataclasses import dataclass

from riskcore import schema
from riskcore.ingest.columns import NUMBERS, Scratch
from riskcore.ingest.mapping import Match

# Numbers that can be read in one way only: 12,5 and 1.234,50 and 1.234.567, and the same with a point.
_COMMA = r"\D*(\d*,(\d{1,2}|\d{4,})|0,\d{3}|\d{4,},\d{3}|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})\D*"
_POINT = r"\D*(\d*\.(\d{1,2}|\d{4,})|0\.\d{3}|\d{4,}\.\d{3}|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})\D*"
_EITHER = r"\D*[1-9]\d{0,2}\.\d{3}\D*"  # 12.500: twelve and a half, or twelve thousand five hundred

_FIRST = 2_000


@dataclass(frozen=True)
class Marks:
    """What the cells of a column show: a comma or a point before decimals, and a number with a point of either kind."""

    comma: bool
    point: bool
    either: str | None


def marks(scratch: Scratch, matches: Sequence[Match]) -> dict[int, Marks]:
    """What the mapped columns of numbers show, by their place."""
    found: dict[int, Marks] = {}
    open_places = [m.index for m in matches if m.field and schema.field(m.field).kind in NUMBERS]
    # Most columns show a point within a few lines; the whole of the others is looked through.
    for rows in (f"(from upload limit {_FIRST})", "upload"):
        if open_places:
            shown = ", ".join(map(_shown, open_places))
            row = scratch.cursor.execute(f"select {shown} from {rows}").fetchone() or ()
            found |= {place: Marks(*row[3 * at : 3 * at + 3]) for at, place in enumerate(open_places)}
            open_places = [place for place in open_places if not found[place].point]
    return found


def _shown(place: int) -> str:
    cell = f"c{place}"
    marked = f"contains({cell}, ',') or contains({cell}, '.')"
    return (
        f"coalesce(bool_or(case when {marked} then regexp_full_match({cell}, '{_COMMA}') end), false), "
        f"coalesce(bool_or(case when {marked} then regexp_full_match({cell}, '{_POINT}') end), false), "
        f"min(case when contains({cell}, '.') and regexp_full_match({cell}, '{_EITHER}') then {cell} end)"
    )


def with_comma(found: dict[int, Marks], said: bool | None = None) -> set[int]:
    """The columns whose decimals follow a comma; `said` decides where the file itself does not."""
    whole = of_file(found)
    other = said if whole is None else whole
    return {i for i, m in found.items() if (m.comma if m.comma or m.point else other) and not m.point}


def undecided(found: dict[int, Marks], matches: Sequence[Match]) -> Match | None:
    """The first column of amounts that may be read in two ways, a thousand times apart."""
    if of_file(found) is not None:
        return None
    amounts = (m for m in matches if m.field and schema.field(m.field).kind == "amount")
    return next(
        (m for m in amounts if found[m.index].either and not (found[m.index].comma or found[m.index].point)), None
    )


def of_file(found: dict[int, Marks]) -> bool | None:
    """Whether the file writes decimals after a comma: its columns agree; None where they do not or show nothing."""
    shown = {m.comma for m in found.values() if m.comma != m.point}
    return shown.pop() if len(shown) == 1 else None
