"""The totals that a file gives itself: which rows they are, and whether its other rows add up to them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from riskcore import schema
from riskcore.ingest.columns import Column
from riskcore.ingest.kinds.base import Problem, Shaping
from riskcore.ingest.words import cell_words, plain
from riskcore.store import Cursor

_OF_PART = (
    r"^(?:(?:sub|grand)[\s-]*)?totals? (?:for|of) .+"
    r"|.+[\s:：-]*(?:小计|合计|总计)$|^(?:小计|合计|总计|共计)\s*[:：(（].*"
)
# Total Acme, or Acme Total as spreadsheets' pivots write it, where Acme stands in the column too.
_OF_NAME = re.compile(r"totals? (?P<after>.+)|(?P<before>.+) totals?", re.IGNORECASE)
_SUB = re.compile(r"小计|sub|\b(for|of)\b", re.IGNORECASE)
_FIRST = 3  # columns that are looked at although they are not mapped
_PER_ROW = Decimal("0.01")  # of difference that rounding may make
_OF_BOOK = {"amount_local"}  # in the book's currency, whatever the row's is


@dataclass(frozen=True)
class Reconciled:
    """What a file says that a column of amounts adds up to, and what its rows do; `currency` is '' where none is told.

    `line`: where the file says it. `rows`: how many were added up.
    """

    field: str
    heading: str
    currency: str
    file_says: Decimal
    rows_say: Decimal
    line: int
    rows: int

    @property
    def agrees(self) -> bool:
        """Whether both are equal but for rounding: a hundredth per row."""
        return abs(self.file_says - self.rows_say) <= _PER_ROW * max(1, self.rows)


def find_totals(shaping: Shaping) -> set[int]:
    """The lines of totals, kept in the table `total_line` of the scratch database with whether each is of all rows.

    Their labels stand in the columns of the customer, of the document or of a date, or in a first column that is not
    mapped; stars are labels too, one for each level.
    """
    cursor = shaping.scratch.cursor
    labels: dict[int, str] = {}
    mapped = {c.match.index: c for c in shaping.columns}
    for index in range(len(shaping.upload.headings)):
        column = mapped.get(index)
        if not (index < _FIRST if column is None else column.field in _LABELLED or _is_odd(column)):
            continue
        labels |= _labels(cursor, f"c{index}", column is None or column.field in schema.IDENTITY)
    levels = max((len(label) for label in labels.values() if _is_stars(label)), default=0)
    grand = [len(label) == levels if _is_stars(label) else _is_grand(label) for label in labels.values()]
    cursor.execute(
        "create or replace temp table total_line as "
        "select unnest($lines::bigint[]) as line, unnest($grand::boolean[]) as is_grand",
        {"lines": list(labels), "grand": grand},
    )
    return set(labels)


def _is_odd(column: Column) -> bool:
    """Whether a label stands among the dates of a column; what is no plain date was read one by one."""
    return column.field.kind == "date" and any(re.match(_exact(), plain(text)) for text in column.read)


_LABELLED = (*schema.IDENTITY, schema.FIELDS["document_no"], schema.FIELDS["document_type"])


def _labels(cursor: Cursor, cell: str, is_naming: bool) -> dict[int, str]:
    """The lines whose cell is the label of a total."""
    pattern = f"{_exact()}|{_OF_PART}|^totals? | totals?$" if is_naming else _exact()
    found = dict(
        cursor.execute(
            f"select line, {cell} from upload where regexp_matches({cell}, $p, 'i')", {"p": pattern}
        ).fetchall()
    )
    certain = re.compile(f"{_exact()}|{_OF_PART}", re.IGNORECASE)
    open_ = {
        line: (name["after"] or name["before"]).casefold()
        for line, text in found.items()
        if (name := _OF_NAME.fullmatch(text))
    }
    known = (
        {
            name
            for (name,) in cursor.execute(
                f"select distinct lower({cell}) from upload where lower({cell}) in (select unnest($names::varchar[]))",
                {"names": sorted(set(open_.values()))},
            ).fetchall()
        }
        if open_
        else set()
    )
    return {line: text for line, text in found.items() if certain.search(text) or open_.get(line) in known}


@cache
def _exact() -> str:
    """A pattern of the words for totals, however they are spaced: 合 计, TOTAL:, and of stars."""
    words = (r"\s*".join(map(re.escape, word.replace(" ", ""))) for word in sorted(cell_words("cell.total")))
    return rf"^(?:{'|'.join(words)})[\s:：]*$|^\*{{1,5}}$"


def _is_stars(label: str) -> bool:
    return set(label) == {"*"}


def _is_grand(label: str) -> bool:
    """Whether a label is that of all rows, and not of a customer or a page."""
    return bool(re.match(_exact(), plain(label))) and not _SUB.search(label)


def reconcile(shaping: Shaping) -> tuple[Reconciled, ...]:
    """The file's own totals of each column of amounts beside the sum of its rows, set aside or not, per currency.

    Where several currencies stand in the rows and a total names none, nothing is compared.
    """
    cursor = shaping.scratch.cursor
    if not cursor.execute("select count(*) from total_line").fetchall()[0][0]:
        return ()
    compared: list[Reconciled] = []
    for column in shaping.columns:
        if column.field.kind != "amount":
            continue
        name = column.field.name
        money = "''" if name in _OF_BOOK else f"coalesce({shaping.column('currency')}::varchar, '')"
        told = cursor.execute(
            f"select {money}, is_grand, {name}, line from typed join total_line using (line) "
            f"where {name} is not null order by line"
        ).fetchall()
        sums = {
            currency: (plain_sum, signed_sum, rows)
            for currency, plain_sum, signed_sum, rows in cursor.execute(
                f"select {money}, coalesce(sum({name}), 0), coalesce(sum({_signed(shaping, name)}), 0), "
                f"count(*) from typed anti join total_line using (line) where {name} is not null group by all"
            ).fetchall()
        }
        for currency in dict.fromkeys(row[0] for row in told):
            of_rows = currency if currency in sums else next(iter(sums)) if not currency and len(sums) == 1 else None
            if of_rows is None:
                continue
            plain_sum, signed_sum, rows = sums[of_rows]
            said = [(is_grand, amount, line) for money_, is_grand, amount, line in told if money_ == currency]
            pairs = [(amount, line, added) for amount, line in _says(said) for added in (plain_sum, signed_sum)]
            made = [
                Reconciled(name, column.match.heading, of_rows, amount, added, line, rows)
                for amount, line, added in pairs
            ]
            compared.append(next((one for one in made if one.agrees), made[0]))
    return tuple(compared)


def _signed(shaping: Shaping, name: str) -> str:
    """An amount that a column of debit and credit gives its sign."""
    if not shaping.has("debit_credit"):
        return name
    credit = ", ".join(f"'{word}'" for word in sorted({*cell_words("side.credit"), "h"}))
    return f"case when lower(debit_credit) in ({credit}) then -abs({name}) else {name} end"


def _says(said: Sequence[tuple[bool, Decimal, int]]) -> Iterator[tuple[Decimal, int]]:
    """What totals say of all rows, the likeliest first: the last of all rows, their sum, the sum of all parts."""
    grand = [(amount, line) for is_grand, amount, line in said if is_grand]
    if grand:
        yield grand[-1]
        yield sum((amount for amount, _ in grand), Decimal(0)), grand[-1][1]
    else:
        yield sum((amount for _, amount, _ in said), Decimal(0)), said[-1][2]


def differences(reconciled: Sequence[Reconciled]) -> Iterator[Problem]:
    """Totals that the rows do not add up to."""
    for one in reconciled:
        if not one.agrees:
            slots = {
                "file_says": f"{one.file_says:,.2f}",
                "rows_say": f"{one.rows_say:,.2f}",
                "difference": f"{one.file_says - one.rows_say:,.2f}",
            }
            yield one.line, one.heading, f"{one.file_says:.2f}", "problems.totals_differ", slots, "note"
