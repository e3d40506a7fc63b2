"""Which of day, month and year stands first in dates such as 05/01/26: each column's own dates say, else the file's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from riskcore import schema
from riskcore.ingest.cells import ORDERS, Order, orders, read_date, unquoted
from riskcore.ingest.columns import Scratch
from riskcore.ingest.mapping import Match

_NEARLY_ALL, _NEARLY_NONE, _CLEARLY = 0.9, 0.01, 0.05  # shares of dates read, and of rows that cannot be
_ROWS = 20_000  # that are tried
_TO_COME = {"due_date", "next_review_date"}  # may lie after today; all other dates do not
_BEGINS, _ENDS = ("invoice_date", "posting_date"), ("due_date", "paid_date")


@dataclass(frozen=True)
class Orders:
    """What is known: the order of the columns that have one, and the orders that stay possible in the others.

    Columns that mix orders are in neither: each of their dates speaks for itself or is listed.
    """

    decided: Mapping[int, Order]
    possible: Mapping[int, tuple[Order, ...]]
    sample: str = ""


def find_orders(scratch: Scratch, matches: Sequence[Match]) -> Orders:
    """The orders of all mapped columns of dates.

    What one column shows holds for those that show nothing, unless columns contradict each other; then what cannot
    be decides: dates after today, or due before they were invoiced, in many rows under one order and in none under
    another.
    """
    dates = [m for m in matches if m.field and schema.field(m.field).kind == "date"]
    asked = ("dates", *((m.index, m.field) for m in dates))
    if asked not in scratch.known:
        scratch.known[asked] = _find(scratch, dates)
    found: Orders = scratch.known[asked]
    return found


def _find(scratch: Scratch, dates: Sequence[Match]) -> Orders:
    possible: dict[int, tuple[Order, ...]] = {}
    samples: dict[int, str] = {}
    for match in dates:
        place = f"c{match.index}"
        texts = scratch.texts(
            f"select distinct {place} from upload where substr({place}, 2, 1) in ('/', '-') "
            f"or substr({place}, 3, 1) in ('/', '-') order by all"
        )
        counted = orders(texts)
        most = max(counted.values(), default=0)
        if most and most >= _NEARLY_ALL * len(texts):
            found = tuple(order for order in ORDERS if counted[order] == most)
            # One that the orders read differently, so that a person sees what is asked.
            sample = next((text for text in texts if len({read_date(text, o).value for o in found}) > 1), "")
            possible[match.index] = found if sample else found[:1]
            samples[match.index] = sample
    decided = {place: found[0] for place, found in possible.items() if len(found) == 1}
    shown = set(decided.values())
    if len(shown) == 1:
        [of_file] = shown
        decided |= {place: of_file for place, found in possible.items() if of_file in found}
    still = {place: found for place, found in possible.items() if place not in decided}
    if still and (proven := _proven(scratch, dates, decided, still)):
        decided |= {place: proven for place, found in still.items() if proven in found}
        still = {place: found for place, found in still.items() if place not in decided}
    return Orders(decided, still, next((samples[place] for place in still), ""))


def _proven(
    scratch: Scratch, dates: Sequence[Match], decided: Mapping[int, Order], still: Mapping[int, tuple[Order, ...]]
) -> Order | None:
    """The one order of the undecided columns under which hardly a row says what cannot be, while many do otherwise."""
    rows = scratch.cursor.execute(
        f"select {', '.join(f'c{m.index}' for m in dates)} from upload limit {_ROWS}"
    ).fetchall()
    wrong: dict[Order, float] = {}
    for order in (o for o in ORDERS if any(o in found for found in still.values())):
        cache: dict[tuple[int, str], date | None] = {}
        bad = 0
        for row in rows:
            read: dict[str, date] = {}
            for match, text in zip(dates, row, strict=True):
                if text is None:
                    continue
                key = (match.index, text)
                if key not in cache:
                    cache[key] = read_date(unquoted(text), decided.get(match.index, order)).value
                if (day := cache[key]) is not None:
                    read[str(match.field)] = day
            bad += _cannot_be(read)
        wrong[order] = bad / max(1, len(rows))
    fine = [order for order, share in wrong.items() if share <= _NEARLY_NONE]
    if len(fine) == 1 and all(share >= _CLEARLY for order, share in wrong.items() if order not in fine):
        return fine[0]
    return None


def _cannot_be(read: Mapping[str, date]) -> bool:
    """Whether a row's dates contradict each other or today."""
    today = date.today()
    if any(day > today for name, day in read.items() if name not in _TO_COME):
        return True
    begun = next((read[name] for name in _BEGINS if name in read), None)
    return begun is not None and any(read[name] < begun for name in _ENDS if name in read)
