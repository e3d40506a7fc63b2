"""Statements with captions down the side and periods across, made into one row per period.

A sheet may hold two such blocks side by side, as balance sheets do. The company stands in a title, or only in the
name of the sheet or file; the date of 期末余额 stands in a title, or is asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date

import pyarrow as pa

from riskcore.ingest.cells import read_number, silence
from riskcore.ingest.headings import unit_among
from riskcore.ingest.kinds import captions
from riskcore.ingest.periods import Relative, period_in, relative, resolved
from riskcore.ingest.upload import Upload

_ROWS_MOST = 2_000  # a statement is short; what is longer is no statement
_SUFFIX = re.compile(r" \(\d+\)$|^#\d+$")  # what headings are given where they stand twice, or not at all
_OUTSIDE_CASH_FLOW = {"revenue", "cost_of_sales", "current_assets", "total_assets", "total_liabilities"}
_COMPANY = re.compile(
    r"(?:编制单位|编报单位|单位名称|公司名称|企业名称|会计主体|核算单位|company(?: name)?|entity)"
    r"\s*[:：]\s*(\S.*?)(?:\s{2}|$)",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"zcfzb|lrb|xjllb|(?:合并|母公司)?(?:及公司)?(?:资产负债表|利润表|损益表|现金流量表|财务报表|会计报表|财报|报表|年度报告|年报)"
    r"|\b(?:consolidated|balance sheets?|income statements?|profit and loss|cash flow|financials?|statements?|"
    r"annual|report|sheet\d*)\b|工作表\d*",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:[-/.年]\d{1,2}(?:[-/.月]\d{1,2}日?|月)?|年度?)?(?!\d)|(?<!\d)(?:19|20)\d{6}(?!\d)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_MOVEMENT = re.compile(r"借方|贷方|发生额|\bdebits?\b|\bcredits?\b", re.IGNORECASE)  # of an account, in a trial balance
_IS_COMPANY = re.compile(r"(?:公司|集团|厂|\bltd|\blimited|\binc|\bgmbh|\bco|\bllc|\bplc|\bag)\.?$", re.IGNORECASE)


@dataclass(frozen=True)
class LongForm(Upload):
    """Such a statement as rows of its periods; the line of a row is the place of its column, from 1.

    `company`: whose it is, by the title, the sheet or the file's name; '' where nothing says so. `undated`: line
    to the day that its heading means, where nothing says what period the file is of; such rows have no period.
    `others`: the captions of the columns of `rows` behind those that have headings, which no figure is taken from.
    """

    company: str = ""
    others: tuple[str, ...] = ()
    undated: Mapping[int, Relative] = field(default_factory=dict)


Row = tuple[str, ...]
Period = date | Relative


@dataclass(frozen=True)
class _Column:
    """A column of amounts: its place, its period, and the place of its captions.

    `beside`: its heading, where another column of the period is the one that counts; else ''.
    """

    place: int
    period: Period
    captions: int
    beside: str = ""


@dataclass(frozen=True)
class _Line:
    """A line of a statement: its caption, the figure it is taken for, and what its cells say by period."""

    caption: str
    figure: tuple[str, int] | None
    said: dict[Period, str]


def reshape(upload: Upload) -> Upload | None:
    """The rows of a statement's periods; None where the upload has no captions with amounts below periods."""
    if isinstance(upload, LongForm) or upload.rows.num_rows > _ROWS_MOST:
        return None
    grid = [_headings(upload), *_rows(upload)]
    places = _caption_places(grid)
    header = _header(grid, places)
    if header is None:
        return None
    titles = [*upload.titles, *("  ".join(filter(None, row)) for row in grid[:header])]
    columns = _columns(grid[header], places, _period_of_file(titles, upload))
    lines = list(_lines(grid[header + 1 :], columns))
    if not lines:
        return None
    taken, others = _taken(lines)
    unit = upload.unit_line or unit_among([title.split("  ") for title in titles])
    return _long_form(replace(upload, unit_line=unit), columns, taken, others, _company(titles, upload))


def _headings(upload: Upload) -> Row:
    return tuple(_SUFFIX.sub("", heading) for heading in upload.headings)


def _rows(upload: Upload) -> Iterator[Row]:
    texts = [upload.rows.column(f"c{place}").to_pylist() for place in range(len(upload.headings))]
    yield from (tuple(text or "" for text in row) for row in zip(*texts, strict=True))


def _caption_places(grid: Sequence[Row]) -> list[int]:
    """The columns that hold captions: two at least that name figures, one of a cash flow statement, or a heading."""
    places = []
    for place in range(len(grid[0])):
        texts = [row[place] for row in grid[1:] if row[place]]
        known = {figure[0] for text in texts if (figure := captions.figure_of(text))}
        headed = any(captions.heads_captions(row[place]) for row in grid)
        if len(known) > 1 or headed or any(map(captions.begins_cash_flow, texts)):
            places.append(place)
    return places


def _header(grid: Sequence[Row], places: Sequence[int]) -> int | None:
    """The last row that names periods above the first amount beside a caption, which is a known one if there is any."""
    named = [[row[place] for place in places] for row in grid]
    begins = [any(map(captions.figure_of, texts)) for texts in named]
    if not any(begins):
        begins = [any(texts) and not any(map(captions.heads_captions, texts)) for texts in named]
    found = None
    for number, row in enumerate(grid):
        beside = [cell for place, cell in enumerate(row) if place not in places]
        if begins[number] and any(map(is_amount, beside)):
            return found
        if not any(is_amount(cell) and not _YEAR.fullmatch(cell) for cell in beside) and any(
            map(_names_period, beside)
        ):
            found = number
    return None


def _names_period(text: str) -> bool:
    return _period(text, None) is not None


def is_amount(text: str) -> bool:
    """Whether a cell holds an amount, its decimals after a point or a comma."""
    return bool(text) and any(read_number(text, None, comma).value is not None for comma in (False, True))


def says_something(text: str) -> bool:
    """Whether a cell holds an amount, or what ought to be one."""
    said = silence(text, stated=False)
    return said is None or said.reason is not None


def _columns(header: Row, places: Sequence[int], of_file: date | None) -> list[_Column]:
    """The columns of amounts. Of two of one period in a block that of the whole year counts, else the first."""
    found: dict[tuple[int, Period], list[tuple[bool, _Column]]] = {}
    for place, heading in enumerate(header):
        beside = [p for p in places if p < place]
        period = _period(heading, of_file)
        if not beside or place in places or period is None:
            continue
        column = _Column(place, period, beside[-1], heading)
        found.setdefault((beside[-1], period), []).append(("累计" in heading, column))
    columns = []
    for same in found.values():
        counts = next((column for is_whole, column in same if is_whole), same[0][1])
        columns += [replace(column, beside="") if column is counts else column for _, column in same]
    return columns


def _period(heading: str, of_file: date | None) -> Period | None:
    """The day that a heading names, or means by the period of the file where that is known.

    None for what was debited or credited to accounts, which is no figure of a statement.
    """
    if _MOVEMENT.search(heading):
        return None
    if named := period_in(heading):
        return named
    meant = relative(heading)
    return resolved(meant, of_file) if meant and of_file else meant


def _lines(rows: Sequence[Row], columns: Sequence[_Column]) -> Iterator[_Line]:
    """The lines of all blocks that hold an amount. In a cash flow statement most known captions mean something else."""
    for place in dict.fromkeys(column.captions for column in columns):
        block = [column for column in columns if column.captions == place]
        in_cash_flow = False
        for row in rows:
            caption = row[place]
            figure = captions.figure_of(caption)
            if figure and figure[0] in _OUTSIDE_CASH_FLOW:
                in_cash_flow = False
            in_cash_flow = in_cash_flow or captions.begins_cash_flow(caption)
            if not any(is_amount(row[column.place]) for column in block):
                continue
            is_taken = figure is not None and (not in_cash_flow or figure[0] in captions.CASH_FLOW)
            for beside in dict.fromkeys(column.beside for column in block):
                told = [column for column in block if column.beside == beside]
                said = {c.period: row[c.place] for c in told if says_something(row[c.place])}
                if said:
                    yield _Line(f"{caption} {beside}".strip(), figure if is_taken and not beside else None, said)


def _taken(lines: Sequence[_Line]) -> tuple[dict[str, _Line], list[_Line]]:
    """Per figure one line, others filling its gaps, and the lines of all cells that are not taken."""
    taken: dict[str, _Line] = {}
    left = [dict(line.said) for line in lines]
    named = [(line.figure, at) for at, line in enumerate(lines) if line.figure]
    for (name, _), at in sorted(named, key=lambda item: item[0][1]):
        line = lines[at]
        first = taken.setdefault(name, replace(line, said={}))
        if captions.unit_of_caption(first.caption) == captions.unit_of_caption(line.caption):
            for period in [p for p, text in line.said.items() if p not in first.said and is_amount(text)]:
                first.said[period] = left[at].pop(period)
    in_order = {name: taken[name] for (name, _), _ in named if taken[name].said}
    return in_order, [replace(line, said=said) for line, said in zip(lines, left, strict=True) if said]


def _long_form(
    upload: Upload, columns: Sequence[_Column], taken: Mapping[str, _Line], others: Sequence[_Line], company: str
) -> LongForm:
    places = {column.period: column.place + 1 for column in reversed(columns) if not column.beside}
    periods = sorted(places, key=lambda period: places[period])
    texts: list[list[str | None]] = [
        [company or _file_name(upload)] * len(periods),
        [period.isoformat() if isinstance(period, date) else None for period in periods],
        *([line.said.get(period) for period in periods] for line in (*taken.values(), *others)),
    ]
    arrays = [pa.array([places[p] for p in periods], pa.int64()), *(pa.array(t, pa.string()) for t in texts)]
    names = ["line", *(f"c{place}" for place in range(len(texts)))]
    kept = {f.name: getattr(upload, f.name) for f in fields(Upload)}
    return LongForm(
        **kept
        | {
            "headings": ("customer_name", "period_end", *(captions.cleaned(line.caption) for line in taken.values())),
            "rows": pa.table(arrays, names=names),
            "rows_read": len(periods) + len(upload.broken),
        },
        company=company,
        others=tuple(line.caption for line in others),
        undated={places[period]: period for period in periods if not isinstance(period, date)},
    )


def _period_of_file(titles: Sequence[str], upload: Upload) -> date | None:
    """The period that the titles name, else the sheet or the file."""
    pieces = [piece for title in titles for piece in title.split("  ") if not _COMPANY.search(piece)]
    named = [" ".join(_DATES.findall(name)) for name in (upload.sheet, _file_name(upload))]
    return next((day for text in (*pieces, *named) if (day := period_in(text))), None)


def _company(titles: Sequence[str], upload: Upload) -> str:
    """Whose statement it is: what a title says, else the sheet's name, else the file's."""
    if found := next((found for title in titles if (found := _COMPANY.search(title))), None):
        return found[1].strip()
    for title in titles:
        for piece in title.split("  "):
            if _IS_COMPANY.search(left := _without_words(piece)):
                return left
    return _without_words(upload.sheet) or _without_words(_file_name(upload))


def _file_name(upload: Upload) -> str:
    """The file's own name without its ending; of an archive the member's."""
    return re.sub(r"\.\w{1,5}$", "", upload.name.split(" / ")[-1])


def _without_words(name: str) -> str:
    """What is left of a name without the words of statements and their dates."""
    return re.sub(r"^[\W_]+|[\W_]+$", "", _WORDS.sub(" ", _DATES.sub(" ", name.replace("_", " ")))).strip()
