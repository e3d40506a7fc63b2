"""Columns of a large file as the database reads them at once, and which cells are plain enough for that.

What a sample taught of a column is all that is used. A cell that is not plain is no problem yet: its row goes the
careful way, cell by cell, by the same rules as any small file.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from riskcore.ingest.cells import Cell
from riskcore.ingest.columns import _NUMBERED, NUMBERS, Column
from riskcore.ingest.problems import _NEVER_NEGATIVE
from riskcore.ingest.words import cell_words, normalise_heading, unit_of
from riskcore.policy import Policy

_BLANKS = " \t\u00a0\u2003\u3000"
_WORDS_MOST = 64  # texts of a column that are looked up
_AMOUNT_MOST = 10**15  # larger ones are looked at one by one
_THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"
_DIGIT = re.compile(r"\d")
_COMMA = r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d*)?"
_SAME_LETTERS = r"[!-&(-~一-鿿 ]+"  # of a number or name that is kept letter by letter
_FORMATS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d", "%Y年%m月%d日")


@dataclass(frozen=True)
class Plain:
    """SQL of a column as it is read at once.

    `value` and `state` over the columns of text c0, c1 and so on; `is_plain`: whether that is all there is to a cell,
    which may use the value under its name, `<field>_raw`. `unlike`: over the column as it is kept, under the name of
    its field, what no plain value is; '' where any is.
    """

    value: str
    state: str
    is_plain: str
    unlike: str


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
    column: Column,
    policy: Policy,
    answers: Mapping[str, str],
    comma: bool,
    underscores: bool,
    bound: Bound,
    later: Bound,
) -> Plain:
    """A column as it is read at once.

    `comma`: its decimals follow one. `underscores`: the file holds some between figures. `later` is what `unlike`
    binds.
    """
    kind, name = column.field.kind, column.field.name
    source, raw = f"c{column.match.index}", f"{name}_raw"
    understood = {text: cell for text, cell in column.read.items() if cell.reason is None}
    silent = [text for text, cell in understood.items() if cell.value is None][:_WORDS_MOST]
    fits, unlike = "", ""
    if kind in NUMBERS:
        value, fits, unlike = _number(source, column, policy, comma, bound)
        if underscores:
            fits = f"{fits} and not contains({source}, '_')"
        if answers.get(f"percent:{column.match.index}") == "times_100":
            value = f"round(({value}) * 100, 6)"
        if column.match.multiplier != 1:
            value = f"({value}) * {int(column.match.multiplier)}::decimal(9,0)"
    elif kind == "date":
        value = _date(source, understood, bound)
        unlike = (
            f"{name} not between date '1900-01-01' and date '2099-12-31' or {name} = date '1970-01-01'"  # the epoch
        )
    elif name == "customer_id":
        value, unlike = _trimmed(source, bound), _no_id(name, later)
    elif kind == "text" and name != "currency":
        value, unlike = _trimmed(source, bound), _no_text(name, later)
        if name in _NUMBERED:
            unlike = f"contains({name}, '+') or {unlike}"  # what a spreadsheet shortened
    else:
        known = [(text, cell.value) for text, cell in understood.items() if cell.value is not None][:_WORDS_MOST]
        cases = " ".join(f"when {bound.add(text)} then {bound.add(value)}" for text, value in known)
        value = f"case {source} {cases} end" if cases else "null"
        value = f"({value})::{'boolean' if kind == 'flag' else 'varchar'}"
    is_silent = f"list_contains({bound.add(silent)}, {source})" if silent else ""
    # A word that says nothing may look like a name, or like a day: 9999-12-31.
    if silent and (kind not in NUMBERS or any(map(_DIGIT.search, silent))):
        value = f"case when {is_silent} then null else {value} end"
    has_value = f"coalesce({raw} is not null{fits}, false)" if fits else f"{raw} is not null"
    is_plain = " or ".join(filter(None, (f"{source} is null", has_value, is_silent)))
    return Plain(value, _state(source, understood, silent, bound), f"({is_plain})", unlike)


def _state(source: str, understood: Mapping[str, Cell], silent: Sequence[str], bound: Bound) -> str:
    """SQL of the state that a word gives, '' where none does."""
    said = [(text, understood[text].state) for text in silent if understood[text].state is not None]
    cases = " ".join(f"when {bound.add(text)} then {bound.add(state)}" for text, state in said)
    return f"(case {source} {cases} end)::utinyint" if cases else ""


def _number(source: str, column: Column, policy: Policy, comma: bool, bound: Bound) -> tuple[str, str, str]:
    """The value before it is reckoned with, what its text must be like, and what it must not be."""
    kind, name, raw = column.field.kind, column.field.name, f"{column.field.name}_raw"
    digits, written = source, ""
    if comma:
        digits = f"replace(replace({source}, '.', ''), ',', '.')"
        written = f" and regexp_full_match({source}, {bound.add(_COMMA)})"
    elif any(re.fullmatch(_THOUSANDS, text) for text in column.read):
        digits = f"replace({source}, ',', '')"
        written = f" and (not contains({source}, ',') or regexp_full_match({source}, {bound.add(_THOUSANDS)}))"
    is_negative = not (kind == "count" or name in _NEVER_NEGATIVE or unit_of(policy, name) in {"years", "months"})
    if kind != "amount":
        # Casts take nan and inf for numbers.
        low, high = (
            (policy.base_score, policy.top_score) if kind == "score" else ("-1e300" if is_negative else 0, 1e300)
        )
        return f"try_cast({digits} as double)", written, f"{name} not between {low} and {high}"
    most = f"{_AMOUNT_MOST}::decimal(18,2)"
    within = f"between {f'-{most}' if is_negative else 0} and {most}"
    if column.match.multiplier == 1 and column.final == raw:  # it is kept as it is
        return f"try_cast({digits} as {column.field.sql_type})", written, f"{name} not {within}"
    return f"try_cast({digits} as decimal(28,6))", f"{written} and {raw} {within}", ""


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
    """A text without blanks at its ends, which most have none of and a trim of all would look for long."""
    wide = [bound.add(blank) for blank in _BLANKS if blank > "~"]
    at_ends = " or ".join(f"{side}_with({source}, {blank})" for side in ("starts", "ends") for blank in wide)
    return (
        f"case when {source} < '!' or ends_with({source}, ' ') or ends_with({source}, chr(9)) "
        f"or strlen({source}) > length({source}) and ({at_ends}) "
        f"then nullif(trim({source}, {bound.add(_BLANKS)}), '') else {source} end"
    )


def _begins(name: str) -> str:
    """SQL of whether a text begins with an apostrophe or an equals sign."""
    return f"{name} >= chr(39) and {name} < '(' or {name} >= '=' and {name} < '>'"


def _no_text(name: str, later: Bound) -> str:
    """Words that say that nothing is told, which most texts show that they are not by their length or last letter."""
    words = cell_words("cell.missing") | cell_words("cell.error")
    longest = max(len(word.encode()) for word in words)
    shown = "" if any(word[-1] in "0123456789" for word in words) else f"and {name}[-1] not between '0' and '9' "
    listed = later.add(sorted(words))
    return f"{_begins(name)} or strlen({name}) <= {longest} {shown}and list_contains({listed}, lower({name}))"


def _no_id(name: str, later: Bound) -> str:
    """ASCII that ends in a figure is a number of a customer; all else is looked at longer."""
    words = cell_words("cell.missing") | cell_words("cell.error") | cell_words("cell.total")
    named = later.add(sorted({normalise_heading(word) for word in words}))
    bare = rf"lower(regexp_replace({name}, '[^\pL\pN]', '', 'g'))"
    return (
        f"contains({name}, ':') or contains({name}, chr(9)) or contains({name}, '+') or {_begins(name)} or "
        f"not (strlen({name}) = length({name}) and {name}[-1] between '0' and '9') and "
        f"(not regexp_full_match({name}, {later.add(_SAME_LETTERS)}) or list_contains({named}, {bare}))"
    )
