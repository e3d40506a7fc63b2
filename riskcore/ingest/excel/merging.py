"""What merged cells say about the rows and columns that they span."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from .formats import CURRENCY

Row = tuple[int, list[str]]  # the number of a row in its sheet, and its texts
Range = tuple[int, int, int, int]  # first row, first column, last row, last column
Spans = Mapping[int, list[tuple[int, int]]]

_HEADINGS_MOST = 12  # rows from the top among which merged headings are looked for
_AMOUNT = re.compile(rf"-?(?:{CURRENCY.pattern})?[\d,]*\d(?:\.\d+)?%?")
_YEAR = re.compile(r"(19|20)\d\d")


def spread(
    rows: Iterable[Row], merges: Sequence[Range], places: Mapping[int, int], tally: Counter[str]
) -> Iterator[Row]:
    """The rows with what a merged cell says in all that it spans; `places` are the columns' places in the rows.

    Sideways it goes into the headings below it. Downwards each row gets it; a number only in the columns at the left
    that name a row, since an amount that stands for several rows would count once for each. `tally` counts
    `headings_joined`, `merged_down` and `merged_once` while the rows are taken.
    """
    wide: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    tall: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for top, left, bottom, right in merges:
        across = [place for column, place in places.items() if left <= column <= right]
        if top == bottom and len(across) > 1:
            wide[top].append((min(across), max(across)))
        elif top < bottom and left in places:
            tall[top].append((places[left], bottom))
    return _filled_down(_headings_joined(iter(rows), wide, tally), tall, tally)


def _filled_down(rows: Iterable[Row], tall: Spans, tally: Counter[str]) -> Iterator[Row]:
    said: dict[int, tuple[int, str]] = {}  # per place the last row that a text is for
    for line, texts in rows:
        for place, (bottom, text) in list(said.items()):
            if line > bottom:
                del said[place]
            elif not texts[place]:
                texts[place] = text
        for place, bottom in sorted(tall.get(line, ())):
            names_rows = all(said.get(left, (0, ""))[0] >= bottom for left in range(place))
            if texts[place] and (names_rows or not _AMOUNT.fullmatch(texts[place])):
                said[place] = (bottom, texts[place])
                tally["merged_down"] += 1
            elif texts[place]:
                tally["merged_once"] += 1
        yield line, texts


def _headings_joined(rows: Iterator[Row], wide: Spans, tally: Counter[str]) -> Iterator[Row]:
    top = list(islice(rows, _HEADINGS_MOST))
    for place, row in enumerate(top):
        joined, below = row, place + 1
        while below < len(top) and _is_over(joined, top[below][1], wide):
            joined = (top[below][0], _joined(joined, top[below][1], wide))
            below += 1
        if below > place + 1:
            tally["headings_joined"] = below - place
            return chain(top[:place], [joined], top[below:], rows)
    return chain(top, rows)


def _is_over(row: Row, below: list[str], wide: Spans) -> bool:
    """Whether a row is the upper of two rows of headings: a word is merged over several words below it.

    Elsewhere only one of the two rows says anything; where both do, the lower one is the first row of the data.
    """
    line, texts = row
    spans = wide.get(line, ())
    inside = {place for left, right in spans for place in range(left, right + 1)}
    words = [text for text in (*texts, *below) if text]
    return (
        any(sum(map(bool, below[left : right + 1])) > 1 for left, right in spans)
        and sum(map(bool, texts)) > 1
        and not any(a and a != b for place, a in enumerate(texts) if place not in inside and (b := below[place]))
        and not any(":" in text or "：" in text for text in texts)
        and not any(_AMOUNT.fullmatch(word) and not _YEAR.fullmatch(word) for word in words)
    )


def _joined(row: Row, below: list[str], wide: Spans) -> list[str]:
    line, texts = row
    over = list(texts)
    for left, right in wide.get(line, ()):
        over[left : right + 1] = [texts[left]] * (right + 1 - left)
    return [a if a == b else " ".join(filter(None, (a, b))) for a, b in zip(over, below, strict=True)]
