"""The line of headings: what stands above it, and a name of its own for each column."""

import re
from collections.abc import Sequence

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.decoding import clean_text

COLUMNS_MOST = 300
CELL_MOST = 32_000  # characters; what a spreadsheet holds in one cell
TITLES_MOST = 10  # lines of title above the headings that are passed over
HEADING_MOST = 200  # characters of a heading that are kept
_UNIT = re.compile(
    r"(?:金额|数量|货币)?单位[\s:：]|\b(?:unit|amounts?)s?\s*(?::|：|\bin\b)|\bin thousands?\b", re.IGNORECASE
)


def titles_above(rows: Sequence[Sequence[str]]) -> int:
    """How many of these rows are a title above the headings: one cell each, or cells such as `Date: 31 January`.

    They count as that only where a row of several words follows, which are the headings.
    """
    for place, cells in enumerate(rows[: TITLES_MOST + 1]):
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) < 2 or all(":" in cell or "：" in cell for cell in filled):
            continue
        # A line that is cut short is a title only above many headings; a spreadsheet fills all lines to one width.
        is_padded = all(len(title) >= len(cells) for title in rows[:place])
        are_words = all(any(ch.isalpha() for ch in cell) for cell in filled)
        return place if are_words and (is_padded or len(filled) > 2) else 0
    return 0


def unit_among(titles: Sequence[Sequence[str]]) -> str:
    """The title that says in what unit the amounts are, as it stands in the file; empty where none does."""
    cells = [clean_text(cell, HEADING_MOST) for title in titles for cell in title]
    return next((cell for cell in cells if _UNIT.search(cell)), "")


def named(cells: Sequence[str]) -> tuple[tuple[str, ...], tuple[Phrase, ...]]:
    """The headings, each once, and what is to be said of them: an empty one is `#n`, a second of a name ` (2)`.

    FileRefused where there are too many.
    """
    if len(cells) > COLUMNS_MOST:
        raise FileRefused("file_columns", columns=len(cells), most=COLUMNS_MOST)
    names: list[str] = []
    doubles: list[str] = []
    taken = {clean_text(cell, HEADING_MOST) for cell in cells}
    for place, cell in enumerate(cells, 1):
        name = clean_text(cell, HEADING_MOST) or f"#{place}"
        if name in names:
            doubles.append(name[:60])
            number = 2
            while f"{name} ({number})" in taken:
                number += 1
            name = f"{name} ({number})"
            taken.add(name)
        names.append(name)
    said = ", ".join(dict.fromkeys(doubles[:5]))
    return tuple(names), ((Phrase("reading.headings_twice", {"headings": said}),) if doubles else ())
