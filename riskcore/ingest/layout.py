"""How a table lies in a file: its dialect, the titles above it, its headings, and how wide its rows are."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.decoding import clean_text
from riskcore.ingest.headings import CELL_MOST, COLUMNS_MOST, are_words, is_data, titles_above, with_units
from riskcore.ingest.lines import Dialect, Lines, lenient, quoted

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 100  # lines that decide
_SAMPLE_LETTERS = 1_000_000
_AGREE = 3  # rows that must agree before the headings are doubted
_RULER = re.compile(r"[\s|+]*[-=_]{3}[-=_+|\s]*")


@dataclass(frozen=True)
class Record:
    """A record of the sample: the lines it begins and ends on, its cells (None: broken), and its first line."""

    begins: int
    ends: int
    cells: list[str] | None
    text: str


@dataclass(frozen=True)
class Layout:
    """Where the rows of a table begin and what stands above them.

    `headings` are cells as they stand, all empty where the file has none that fit. `ends` is the number of the last
    line above the first row.
    """

    titles: tuple[list[str], ...]
    headings: list[str]
    ends: int
    notes: tuple[Phrase, ...]


def is_ruler(line: str) -> bool:
    """Whether a line is drawn, of dashes and frames, and holds no data."""
    return line[0] in "-=_|+ \t" and _RULER.fullmatch(line) is not None


def find_dialect(lines: Lines) -> tuple[Dialect, list[Record]]:
    """The dialect that makes most of a sample of the lines, with the records it makes of them; `sep=` is taken."""
    first = lines.take() or ""
    said = re.fullmatch(r'"?sep=(.)"?', first.strip(" "), re.IGNORECASE)
    if said is None:
        lines.give_back([first])
    sample = lines.peek(_SAMPLE, _SAMPLE_LETTERS)
    delimiters = (said[1],) if said is not None and said[1] in DELIMITERS else DELIMITERS
    # Apostrophes hold cells together only where one stands on either side of a cell, and no double quote does.
    singles = [d for d in delimiters if _sides(sample, d, "'") > 1 and not _sides(sample, d, '"')]
    dialects = [*(Dialect(d) for d in delimiters), *(Dialect(d, "'") for d in singles)]
    found = {dialect: _records(sample, lines.number, dialect) for dialect in dialects}
    best = max(dialects, key=lambda dialect: _merit(found[dialect], dialect))
    return best, found[best]


def _sides(sample: Sequence[str], delimiter: str, quote: str) -> int:
    """How many cells of the sample stand between two such quotes."""
    cut = re.escape(delimiter)
    pattern = re.compile(rf"(?:^|{cut}) *{quote}[^{quote}]+{quote} *(?={cut}|$)")
    return sum(len(pattern.findall(line)) for line in sample)


def _records(sample: Sequence[str], before: int, dialect: Dialect) -> list[Record]:
    lines = Lines(iter(sample), before)
    records: list[Record] = []
    blank = " \t" + dialect.delimiter
    while (line := lines.take()) is not None:
        if not line.strip(blank) or is_ruler(line):
            continue
        begins = lines.number
        if len(line) > 2 * CELL_MOST:
            cells = None
        elif dialect.quote in line:
            cells = quoted(lines, line, dialect, None)[0] or lenient(line, dialect)
        else:
            cells = line.split(dialect.delimiter)
        records.append(Record(begins, lines.number, cells, line))
    return records


def _merit(records: Sequence[Record], dialect: Dialect) -> tuple[bool, float, int]:
    """How much sense a dialect makes of the sample: how many rows are as wide as the headings, and how wide."""
    if not records:
        return False, 0.0, 0
    titles = titles_above([record.cells or [] for record in records])
    below = records[titles + 1 :]
    width = len(records[titles].cells or records[titles].text.split(dialect.delimiter))
    common, agree = _common(below)
    fits = common == width or not agree
    width = width if fits else common
    share = sum(len(r.cells or ()) == width for r in below) / len(below) if below else float(not titles)
    worth = share * (width - 1) * (1 if fits else 0.5)
    # A dialect that makes sense of all lines comes before one that needs some of them for a title.
    return titles == 0 and fits and worth >= 0.5, worth, width


def _common(records: Sequence[Record]) -> tuple[int, bool]:
    """The width that most of the rows have, and whether nearly all agree in it."""
    widths = Counter(len(record.cells) for record in records if record.cells is not None)
    if not widths:
        return 0, False
    width, count = widths.most_common(1)[0]
    return width, count >= _AGREE and count >= 0.8 * len(records)


def find_layout(dialect: Dialect, records: Sequence[Record]) -> Layout:
    """Titles, headings and width of a table; FileRefused where its headings cannot be read."""
    if not records:
        raise FileRefused("file_empty")
    titles = titles_above([record.cells or [] for record in records])
    common, agree = _common(records[titles + 1 :])
    first, rows = records[titles], records[titles + 1 :]
    if agree and common > 1 and (captions := _captions(records, common)) > titles:
        titles = captions
        first, rows = records[titles], records[titles + 1 :]
    above = tuple(record.cells or [record.text] for record in records[:titles])
    below = [row.cells for row in rows if row.cells is not None]

    if first.cells is not None and is_data(first.cells, below):
        said = (Phrase("reading.no_headings", {"line": first.begins}),)
        return Layout(above, [""] * len(first.cells), first.begins - 1, said)
    if first.cells is not None and (len(first.cells) == common or not agree or common < 2):
        units = rows and rows[0].cells and with_units(first.cells, rows[0].cells, below[1:])
        return Layout(above, units, rows[0].ends, ()) if units else Layout(above, first.cells, first.ends, ())
    if first.cells is None and not (agree and common > 1):
        columns = first.text.count(dialect.delimiter) + 1
        if columns > COLUMNS_MOST and dialect.quote not in first.text:
            raise FileRefused("file_columns", columns=columns, most=COLUMNS_MOST)
        raise FileRefused("file_heading_broken", line=first.begins)
    fitted, notes = _fitted(first, below, common, dialect)
    if not any(fitted) and not are_words([cell for cell in first.cells or [first.text] if cell.strip()]):
        # Nothing says that this line is headings: it is set aside as a row, with the others that do not fit.
        return Layout(above, fitted, first.begins - 1, (Phrase("reading.no_headings", {"line": first.begins}),))
    return Layout(above, fitted, first.ends, notes)


def _captions(records: Sequence[Record], common: int) -> int:
    """How many lines of a single text stand above one as wide as the rows, which is headings or plainly data."""
    for place, record in enumerate(records):
        filled = [cell for cell in record.cells or () if cell.strip()]
        if len(record.cells or ()) == common:
            below = [row.cells for row in records[place + 1 :] if row.cells is not None]
            return place if are_words(filled) or is_data(record.cells or (), below) else 0
        if len(filled) != 1:
            return 0
    return 0


def _fitted(
    first: Record, rows: Sequence[list[str]], width: int, dialect: Dialect
) -> tuple[list[str], tuple[Phrase, ...]]:
    """Headings for rows that agree in another width: mended where that is certain, else none, which is said."""
    bare = [cell.strip().strip(dialect.quote) for cell in first.text.split(dialect.delimiter)]
    if first.text.count(dialect.quote) % 2 and len(bare) == width:
        return bare, (Phrase("reading.heading_quote", {"line": first.begins}),)
    cells = first.cells or bare
    filled = [cell for cell in cells if cell.strip()]
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return cells[:width], ()
    if len(cells) < width and not any(cell.strip() for row in rows for cell in row[len(cells) :]):
        said = Phrase("reading.row_ends", {"found": len(cells), "expected": width})
        return cells + [""] * (width - len(cells)), (said,)
    if len(filled) == width:
        return filled, (Phrase("reading.heading_empty", {"line": first.begins}),)
    slots = {"line": first.begins, "found": len(cells), "expected": width, "text": clean_text(first.text, 120)}
    return [""] * width, (Phrase("reading.headings_unfit", slots),)
