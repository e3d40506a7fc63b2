"""In which currency the amounts of a row are: by its column, by headings and titles, and by what its cells say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from riskcore.errors import FileRefused
from riskcore.ingest.columns import Column, type_column
from riskcore.ingest.kinds.base import Asking, Problem, Shaping
from riskcore.ingest.questioning import Option, Question
from riskcore.ingest.words import SIGNS, heading_currency
from riskcore.store import Store

_APART = "\x1f"  # between codes, since a cell may hold any word in place of one


@dataclass(frozen=True)
class Named:
    """The currencies of a file: `codes` that it names, and of a row `sql` over `typed` with `join` behind it.

    `sql` is '' where nothing names any. `contradictions`: line, and what its own cells say beside each other.
    """

    codes: frozenset[str]
    sql: str
    join: str = ""
    contradictions: tuple[tuple[int, str], ...] = ()


def ask(asking: Asking) -> list[Question]:
    """Which of several currencies is the book's, where it has none."""
    match = next((m for m in asking.matches if m.field == "currency"), None)
    if match is None or of_book(asking.store):
        return []
    read = type_column(asking.scratch, match, asking.policy).read
    codes = sorted({cell.currency for cell in read.values() if cell.currency})
    if len(codes) < 2:
        return []
    options = tuple(Option(code, "ledger.currency_code", {"code": code}) for code in codes)
    slots = {"heading": match.heading, "currencies": ", ".join(codes)}
    return [Question("book_currency", "currency", "ledger.currency", "currency", match.heading, slots, options)]


def of_book(store: Store) -> str | None:
    """The currency that the book took from a file, None where it has none yet."""
    row = store.one("select value from meta where name = 'currency'")
    return str(row[0]) if row else None


def of_file(shaping: Shaping) -> str | None:
    """The currency that was answered to be the book's, else the only one that the file names."""
    codes = named(shaping).codes
    return shaping.answers.get("book_currency") or (next(iter(codes)) if len(codes) == 1 else None)


def of_rows(shaping: Shaping) -> tuple[str, str]:
    """SQL of a row's currency over `typed`, '' where nothing names any, and what is to be joined for it."""
    return named(shaping).sql, named(shaping).join


def named(shaping: Shaping) -> Named:
    """What the column of currencies, headings, titles and cells of amounts name, taken together once for a file.

    Makes the temporary table `row_currency` (line, currency) where it takes more than the column. FileRefused where
    headings name several, or where a sign such as $ may stand for several and nothing tells which.
    """
    known = shaping.scratch.known
    if "currencies" not in known:
        known["currencies"] = _named(shaping)
    found: Named = known["currencies"]
    return found


def _named(shaping: Shaping) -> Named:
    amounts = [c for c in shaping.columns if c.field.kind == "amount"]
    column = next((c for c in shaping.columns if c.field.name == "currency"), None)
    heads = {heading_currency(text) for text in (*(c.match.heading for c in amounts), shaping.upload.unit_line)}
    headings = sorted(code for code in heads if code)
    telling = [c for c in amounts if any(cell.currency for cell in c.read.values())]
    said = {cell.currency for c in (*telling, *([column] if column else [])) for cell in c.read.values()}
    found = {code for code in (*headings, *said) if code}
    codes, signs = frozenset(found - SIGNS.keys()), found & SIGNS.keys()
    if _contradict(headings):
        raise FileRefused("file_currencies", currencies=", ".join(headings))
    if not telling and not signs and not (headings and column):
        return Named(codes, "currency" if column else f"'{headings[0]}'" if headings else "")
    combined = _combined(shaping, telling, headings, column is not None)
    meant = {words: _meant(words.split(_APART), codes, signs, of_book(shaping.store)) for words in combined}
    cursor = shaping.scratch.cursor
    table = {"words": pa.array(meant, pa.string()), "currency": pa.array(meant.values(), pa.string())}
    cursor.register("currency_meant", pa.table(table))
    cursor.execute(
        "create or replace temp table row_currency as "
        "select line, words, currency from currency_said left join currency_meant using (words)"
    )
    lines = cursor.execute(
        "select line, words from row_currency where currency is null and contains(words, $apart)", {"apart": _APART}
    ).fetchall()
    contradictions = tuple((line, words.replace(_APART, ", ")) for line, words in lines)
    return Named(codes, "row_currency.currency", "left join row_currency using (line)", contradictions)


def _combined(shaping: Shaping, telling: Sequence[Column], headings: Sequence[str], has_column: bool) -> list[str]:
    """Make `currency_said` (line, and all that its row names, sorted, with _APART between); what there is of that."""
    cursor = shaping.scratch.cursor
    places = []
    for column in telling:
        read = {text: cell.currency for text, cell in column.read.items() if cell.currency}
        place = f"named_{column.match.index}"
        cursor.register(place, pa.table({"text": pa.array(read, pa.string()), "code": pa.array(read.values())}))
        places.append((place, f"c{column.match.index}"))
    words = ["typed.currency"] if has_column else []
    words += [f"'{code}'" for code in headings] + [f"{place}.code" for place, _ in places]
    joins = " ".join(f"left join {place} on {place}.text = upload.{cell}" for place, cell in places)
    cursor.execute(
        "create or replace temp table currency_said as select typed.line, "
        f"array_to_string(list_sort(list_distinct([{', '.join(words)}])), $apart) as words "
        f"from typed {f'left join upload using (line) {joins}' if joins else ''}",
        {"apart": _APART},
    )
    return shaping.scratch.texts("select distinct words from currency_said where words <> ''")


def _contradict(words: Sequence[str]) -> bool:
    """Whether codes and signs cannot all stand for one currency."""
    codes, signs = set(words) - SIGNS.keys(), set(words) & SIGNS.keys()
    return len(codes) > 1 or len(signs) > 1 or any(code not in SIGNS[sign] for code in codes for sign in signs)


def _meant(words: Sequence[str], codes: frozenset[str], signs: set[str], book: str | None) -> str | None:
    """The currency that a row's codes and signs stand for; None for those that contradict each other.

    A sign alone is the one currency of the file and the book that bears it; of a first file that names no other, None:
    the book's, whichever that is.
    """
    if _contradict(words):
        return None
    if own := set(words) - SIGNS.keys():
        return own.pop()
    [sign] = words
    likely = {*codes, book} & set(SIGNS[sign])
    if len(likely) == 1:
        return likely.pop()
    if not codes and book is None and signs == {sign}:
        return None
    raise FileRefused("file_currency_sign", sign=sign, currencies=", ".join(SIGNS[sign]))


def judge(shaping: Shaping, amount: str, heading: str) -> Iterator[Problem]:
    """Rows whose own cells name two currencies; currencies without a rate, with the sum of an amount over `typed`."""
    found = named(shaping)
    for line, words in found.contradictions:
        yield line, shaping.heading("currency"), words, "problems.two_currencies", {}, "row"
    if found.sql:
        rows = f"select line, {found.sql} as currency, {amount} as amount from typed {found.join} "
        yield from without_rate(shaping, f"{rows} anti join total_line using (line)", heading, of_file(shaping))


def without_rate(shaping: Shaping, rows: str, heading: str, currency: str | None) -> Iterator[Problem]:
    """Currencies other than the book's that no rate is known for: their rows and sum, on the first line of each.

    `rows`: SQL of line, currency and amount. `currency`: the one that becomes the book's where it has none.
    """
    own = of_book(shaping.store) or currency or shaping.policy.currency
    rated = {
        str(code)
        for (code,) in shaping.store.rows(
            "select distinct currency from rate join import using (import_id) where undone_at is null"
        )
    }
    for line, code, count, total in shaping.scratch.cursor.execute(
        f"select min(line), currency, count(*), coalesce(sum(amount), 0) from ({rows}) "
        "where currency is not null group by currency order by 1"
    ).fetchall():
        if code != own and code not in rated:
            slots = {"rows": count, "total": f"{total:,.2f}", "own": own}
            yield line, heading, code, "ledger.without_rate", slots, "note"
