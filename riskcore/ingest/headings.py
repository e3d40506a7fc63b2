"""The line of headings: what stands above it, whether it is one, and a name of its own for each column."""

import re
from collections.abc import Sequence
from itertools import pairwise

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.decoding import clean_text
from riskcore.ingest.periods import is_line_of_day

COLUMNS_MOST = 300
CELL_MOST = 32_000  # characters; what a spreadsheet holds in one cell
HEADING_MOST = 200  # characters of a heading that are kept
_TITLES_MOST = 10  # lines of title above the headings that are passed over
_TITLE_LONGEST = 2_000  # characters
_UNIT = re.compile(
    r"单位\s*[:：]?\s*(?:人民币|(?-i:[A-Z]{3}))?\s*(?:[百十千万亿]*[美欧港日]?元|[百千万亿]+(?!\w)|(?-i:[A-Z]{3}\b))"
    r"|^\W*(?:currency |amount )?units?\s*[:：].*(?:(?-i:[A-Z]{3})|thousand|million|[$€£¥])"
    r"|\b(?:amounts?|figures?|values?)\b.{0,20}\bin\b.*(?:(?-i:[A-Z]{3})|thousand|million|[$€£¥])",
    re.IGNORECASE,
)
_UNIT_CELL = re.compile(
    r"[(（]?(?:单位[:：]?)?(?:(?:人民币)?[百千万亿]*[美欧港日]?元|[百千万亿]+|[天日%％]|days?"
    r"|(?:(?-i:[A-Z]{3})|[$€£¥])?\s*(?:'?000s?|thousands?|millions?)|(?-i:[A-Z]{3}))[)）]?",
    re.IGNORECASE,
)
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?"
_YEAR_FIRST = rf"\d{{4}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?(?:[ T]{_CLOCK})?"
_KINDS = (
    ("date", re.compile(rf"{_YEAR_FIRST}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}")),
    ("time", re.compile(_CLOCK)),
    ("year", re.compile(r"(?:19|20)\d\d")),
    ("whole", re.compile(r"[-+]?\d+")),
    ("amount", re.compile(r"\(?[-+]?[$€£¥]? ?\d[\d,.' ]*(?:\)|%|-)?")),
)
_DAYS = re.compile(r"\d{1,3} ?[-~～–—] ?\d{2,3}|[<>] ?\d{2,3}|\d{2,3} ?\+")  # a bucket of an ageing list
_NUMBERS = ("year", "whole", "amount")


def titles_above(rows: Sequence[Sequence[str]]) -> int:
    """How many of these rows are a title above the headings: one cell each, or cells such as `Date: 31 January`.

    They count as that only where a row of several words follows, which are the headings.
    """
    for place, cells in enumerate(rows[: _TITLES_MOST + 1]):
        if sum(map(len, cells)) > _TITLE_LONGEST:
            return 0
        filled = [cell for cell in cells if cell.strip()]
        # The value of a label may stand in a cell of its own, on a line that has room to spare.
        pairs = pairwise(["", *filled]) if len(filled) < len(cells) else (("", cell) for cell in filled)
        if len(filled) < 2 or is_line_of_day(filled):
            continue
        if all(_is_label(cell) or before.endswith((":", "：")) for before, cell in pairs):
            continue
        # A line that is cut short is a title only above many headings; a spreadsheet fills all lines to one width.
        is_padded = all(len(title) >= len(cells) for title in rows[:place])
        return place if are_words(filled) and (is_padded or len(filled) > 2) else 0
    return 0


def _is_label(cell: str) -> bool:
    return ":" in cell or "：" in cell


def are_words(cells: Sequence[str]) -> bool:
    """Whether each of these cells holds a letter or a span of days such as `31 - 60`, as headings do."""
    return all(any(letter.isalpha() for letter in cell) or _DAYS.fullmatch(cell.strip()) for cell in cells)


def unit_among(titles: Sequence[Sequence[str]]) -> str:
    """What the titles say of the unit of the amounts, as it stands in the file; empty where they say nothing."""
    lines = [[clean_text(cell, HEADING_MOST) for cell in title if cell.strip()] for title in titles]
    said = [*(cell for cells in lines for cell in cells), *(" ".join(cells) for cells in lines)]
    return next((text for text in said if _UNIT.search(text)), "")


def with_units(headings: Sequence[str], row: Sequence[str], below: Sequence[Sequence[str]]) -> list[str] | None:
    """The headings with the units of a row such as `万元` below them in brackets; None where that row is none of units.

    A column of units or currencies goes on below; a row of them does not.
    """
    told = {place: cell.strip() for place, cell in enumerate(row) if cell.strip()}
    if not told or len(row) != len(headings) or not all(map(_UNIT_CELL.fullmatch, told.values())):
        return None
    if any(_UNIT_CELL.fullmatch(cells[place].strip()) for cells in below for place in told if place < len(cells)):
        return None
    said = {place: re.sub(r"[()（）]", "", unit) for place, unit in told.items()}
    return [
        f"{heading}（{said[place]}）" if place in said and said[place] not in heading else heading
        for place, heading in enumerate(headings)
    ]


def is_data(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row that stands where headings stand is a row of data, by strong evidence only.

    Every column that is numbers or dates below must be so in this row, and one must be what no heading is: a date
    above dates or, beside another such column, an amount with decimals or a number that goes on counting below.
    """
    if len(below) < 2:
        return False
    dates = proofs = typed = 0
    for place, cell in enumerate(first):
        values = [value for row in below if len(row) > place and (value := row[place].strip())]
        kinds = {_kind(value) for value in values}
        if len(values) < 2 or None in kinds or not (kinds <= set(_NUMBERS) or len(kinds) == 1):
            continue
        typed += 1
        own = _kind(cell.strip())
        if own not in kinds and not (own in ("whole", "amount") and kinds <= set(_NUMBERS)):
            return False
        dates += own in ("date", "time")
        proofs += (own == "amount" and "amount" in kinds) or _counts(cell, values)
    return (dates > 0 or (typed > 1 and proofs > 0)) and not _is_scale(first)


def _kind(text: str) -> str | None:
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(text)), None)


def _counts(cell: str, values: Sequence[str]) -> bool:
    """Whether this cell and the two below it count on, as rows that are numbered do."""
    run = [cell.strip(), *values[:2]]
    return all(_kind(text) in ("whole", "year") for text in run) and len({int(t) - i for i, t in enumerate(run)}) == 1


def _is_scale(cells: Sequence[str]) -> bool:
    """Whether the numbers of a row rise by equal steps, as months or days past due do in headings."""
    numbers = [float(cell) for cell in cells if re.fullmatch(r"\d{1,6}(\.\d+)?", cell.strip())]
    steps = {round(b - a, 6) for a, b in pairwise(numbers)}
    return len(numbers) > 2 and len(steps) == 1


def named(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[Phrase, ...]]:
    """The headings, each once, and what is to be said of them: an empty one is `#n`, a second of a name ` (2)`.

    FileRefused where there are too many.
    """
    if len(cells) > COLUMNS_MOST:
        raise FileRefused("file_columns", columns=len(cells), most=COLUMNS_MOST)
    plain = [clean_text(cell, HEADING_MOST) or f"#{place}" for place, cell in enumerate(cells, 1)]
    names: list[str] = []
    for name in plain:
        number = 1
        chosen = name
        while chosen in names or (number > 1 and chosen in plain):
            number += 1
            chosen = f"{name} ({number})"
        names.append(chosen)
    doubles = dict.fromkeys(name[:60] for name, chosen in zip(plain, names, strict=True) if name != chosen)
    said = ", ".join(list(doubles)[:5])
    return tuple(names), (Phrase("reading.headings_twice", {"headings": said}),) if doubles else ()
