"""Columns of a large file as the database reads them at once, and which cells are plain enough for that.

What a sample taught of a column is all that is used. A cell that is not plain is no problem yet: its row goes the
careful way, cell by cell, by the same rules as any small file.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from riskcore.ingest.cells import Cell
from riskcore.ingest.columns import NUMBERS, Column
from riskcore.ingest.problems import _NEVER_NEGATIVE
from riskcore.ingest.words import cell_words, normalise_heading, unit_of
from riskcore.policy import Policy

_BLANKS = " \t\u00a0\u2003\u3000"
_WORDS_MOST = 64  # texts of a column that are looked up
_AMOUNT_MOST = 10**15  # larger ones are looked at one by one
_THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"
_COMMA = r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d*)?"
_SAME_LETTERS = r"[!-&(-~一-鿿 ]+"  # of a number or name that is kept letter by letter
_FORMATS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d", "%Y年%m月%d日")


@dataclass(frozen=True)
class Plain:
    """SQL over the columns of text c0, c1 and so on: a column's value, its state, and whether that is all there is.

    `is_plain` may use the value under its name, `<field>_raw`.
    """

    value: str
    state: str
    is_plain: str


class Bound:
    """Values that a statement binds, each under a name of its own."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def add(self, value: Any) -> str:
        """The place of a value in the statement."""
        name = f"b{len(self.values)}"
        self.values[name] = value
        return f"${name}"


def plain(
    column: Column, policy: Policy, answers: Mapping[str, str], comma: bool, underscores: bool, bound: Bound
) -> Plain:
    """A column as it is read at once. `comma`: its decimals follow one; `underscores`: the file holds some."""
    kind, name = column.field.kind, column.field.name
    source, raw = f"c{column.match.index}", f"{name}_raw"
    understood = {text: cell for text, cell in column.read.items() if cell.reason is None}
    silent = [text for text, cell in understood.items() if cell.value is None][:_WORDS_MOST]
    state = _state(source, understood, silent, bound)
    if kind in NUMBERS:
        value, fits = _number(source, raw, column, comma, bound)
        if underscores:
            fits = f"{fits} and not contains({source}, '_')"
        if kind == "count" or name in _NEVER_NEGATIVE or unit_of(policy, name) in {"years", "months"}:
            fits = f"{fits} and {raw} >= 0"
        if kind == "score":
            fits = f"{fits} and {column.final} between {policy.base_score} and {policy.top_score}"
        if answers.get(f"percent:{column.match.index}") == "times_100":
            value = f"round(({value}) * 100, 6)"
        if column.match.multiplier != 1:
            value = f"({value}) * {int(column.match.multiplier)}::decimal(9,0)"
    elif kind == "date":
        value = _date(source, understood, bound)
        fits = f"{raw} between date '1900-01-01' and date '2099-12-31' and {raw} <> date '1970-01-01'"  # the epoch
    elif name == "customer_id":
        value, fits = _trimmed(source, bound), _id(raw, bound)
    elif kind == "text" and name != "currency":
        value = _trimmed(source, bound)
        words = cell_words("cell.missing") | cell_words("cell.error")
        fits = f"substr({raw}, 1, 1) not in (chr(39), '=') and {_none_of(words, raw, bound)}"
    else:
        known = [(text, cell.value) for text, cell in understood.items() if cell.value is not None][:_WORDS_MOST]
        cases = " ".join(f"when {bound.add(text)} then {bound.add(value)}" for text, value in known)
        value = f"case {source} {cases} end" if cases else "null"
        value = f"({value})::{'boolean' if kind == 'flag' else 'varchar'}"
        fits = f"{raw} is not null"
    silence = f" or list_contains({bound.add(silent)}, {source})" if silent else ""
    return Plain(value, state, f"({source} is null or coalesce({fits}, false){silence})")


def _none_of(words: Collection[str], raw: str, bound: Bound) -> str:
    """SQL of whether a text is none of some words, which most texts show by their length or last letter."""
    longest = max(len(word.encode()) for word in words)
    shown = "" if any(word[-1] in "0123456789" for word in words) else f"or {raw}[-1] between '0' and '9'"
    listed = bound.add(sorted(words))
    return f"case when strlen({raw}) > {longest} {shown} then true else not list_contains({listed}, lower({raw})) end"


def _state(source: str, understood: Mapping[str, Cell], silent: Sequence[str], bound: Bound) -> str:
    said = [(text, understood[text].state) for text in silent if understood[text].state is not None]
    cases = " ".join(f"when {bound.add(text)} then {bound.add(state)}" for text, state in said)
    return f"(case {source} {cases} end)::utinyint" if cases else "null::utinyint"


def _number(source: str, raw: str, column: Column, comma: bool, bound: Bound) -> tuple[str, str]:
    digits, written = source, ""
    if comma:
        digits = f"replace(replace({source}, '.', ''), ',', '.')"
        written = f"regexp_full_match({source}, {bound.add(_COMMA)}) and "
    elif any(re.fullmatch(_THOUSANDS, text) for text in column.read):
        digits = f"replace({source}, ',', '')"
        written = f"(not contains({source}, ',') or regexp_full_match({source}, {bound.add(_THOUSANDS)})) and "
    is_amount = column.field.kind == "amount"
    # As it is stored, where nothing is to be reckoned with it first.
    is_final = column.match.multiplier == 1 and column.final == raw
    as_amount = column.field.sql_type if is_final else "decimal(28,6)"
    value = f"try_cast({digits} as {as_amount if is_amount else 'double'})"
    most = f"{_AMOUNT_MOST}::decimal(18,2)" if is_amount else "1e300"  # casts take nan and inf for numbers
    return value, f"{written}{raw} between -{most} and {most}"


def _date(source: str, understood: Mapping[str, Cell], bound: Bound) -> str:
    iso = f"try_cast({source} as date)"
    written = {text: cell.value for text, cell in understood.items() if cell.value is not None}
    for form in _FORMATS:
        read = dict(_read(written, form))
        # Only a form that says of every date what was understood of it before.
        if read and 10 * len(read) >= 9 * len(written) and all(written[text] == day for text, day in read.items()):
            whole = f"length({source}) = 8" if form == "%Y%m%d" else "true"
            return f"coalesce(case when {whole} then try_strptime({source}, {bound.add(form)})::date end, {iso})"
    return iso


def _read(texts: Mapping[str, Any], form: str) -> Iterator[tuple[str, Any]]:
    for text in texts:
        with suppress(ValueError):
            yield text, datetime.strptime(text, form).date()


def _trimmed(source: str, bound: Bound) -> str:
    return f"nullif(trim({source}, {bound.add(_BLANKS)}), '')"


def _id(raw: str, bound: Bound) -> str:
    """ASCII that ends in a figure is a number of a customer; all else is looked at longer."""
    words = cell_words("cell.missing") | cell_words("cell.error") | cell_words("cell.total")
    named = bound.add(sorted({normalise_heading(word) for word in words}))
    bare = rf"lower(regexp_replace({raw}, '[^\pL\pN]', '', 'g'))"
    return (
        f"not contains({raw}, ':') and not contains({raw}, chr(9)) and substr({raw}, 1, 1) not in (chr(39), '=') and "
        f"case when strlen({raw}) = length({raw}) and {raw}[-1] between '0' and '9' then true "
        f"else regexp_full_match({raw}, {bound.add(_SAME_LETTERS)}) and not list_contains({named}, {bare}) end"
    )
