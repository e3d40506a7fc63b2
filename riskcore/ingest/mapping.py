"""Which column holds which fact: proposed from headings, decided by values where a heading may mean two things."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from riskcore import schema
from riskcore.ingest import buckets
from riskcore.ingest.cells import read_number, silence
from riskcore.ingest.profiling import can_hold, fitting
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import (
    Vocabulary,
    category_words,
    heading_multiplier,
    line_multiplier,
    normalise_heading,
    phrased,
    plain,
    synonyms,
    vocabulary,
    without_unit,
)
from riskcore.policy import Policy

CUSTOMER_FIELDS = (schema.IDENTITY[0].name, *(f.name for f in schema.INPUT))

How = Literal["same", "remembered", "alike", "values", "chosen", "none"]

_ALIKE = 86  # likeness in per cent from which a heading is proposed
_TURNING = "未非无不已上下可负"  # characters that turn what follows into something else
_BY_VALUES = 0.4  # how sure a field is that no heading tells
_PROFILED = 2_000  # rows that decide between two meanings
_SUMMED = 200  # rows whose amounts are held against each other
_DOCUMENT = re.compile(r"[A-Za-z]{0,8}[/_.-]?\d[\w/.-]*", re.ASCII)
_MONTHS = "months_trading"
_YEARS = re.compile("^(?!.*(?:月|month)).*(?:年|year|yr)")  # 合作年限（月） counts months
_CODE = re.compile(r"(?=\S*\d)[\w\-./]+", re.ASCII)


@dataclass(frozen=True)
class Match:
    """What a column is taken for: a field or none, how sure that is and how it was found (`chosen` by a person).

    `rival`: the heading of the column that took the field that this one would have had, '' where none did.
    `file_unit`: what the titles of the file say that amounts are counted in.
    """

    index: int
    heading: str
    samples: tuple[str, ...]
    field: str | None
    confidence: float
    how: How
    rival: str = ""
    file_unit: int = 1

    @property
    def multiplier(self) -> int:
        """What a cell is multiplied by: 10000 for amounts in `万元`, as the heading says, else the file; 12 for years
        as a customer, which are kept in months; 1 for all else.
        """
        return self.own_unit or (self.file_unit if self._is_amount else 1)

    @property
    def own_unit(self) -> int | None:
        """What the heading says that its amounts, or months as a customer, are counted in, None where nothing."""
        if self.field == _MONTHS:
            return 12 if _YEARS.match(plain(self.heading)) else None
        return heading_multiplier(self.heading) if self._is_amount else None

    @property
    def _is_amount(self) -> bool:
        return self.field is not None and schema.field(self.field).kind == "amount"


def propose(
    upload: Upload,
    policy: Policy,
    remembered: Mapping[str, str],
    fields: Sequence[str] = CUSTOMER_FIELDS,
    group: str = "",
    needs: Sequence[Sequence[str]] = (),
) -> tuple[Match, ...]:
    """A match per column to one of the fields; each field once, the surer column keeping it.

    `remembered`: normalised heading to field, '' for a column that was left out. `needs`: of each group one field is
    wanted; where no heading gives one, values may, with little confidence.
    """
    known = vocabulary(policy, fields, group)
    unit = line_multiplier(upload.unit_line)
    aged = buckets.fields_of(upload.headings) if "ageing_total" in fields else {}
    matches = []
    for index, heading in enumerate(upload.headings):
        distinct = _distinct(upload, index)
        name, confidence, how = _find(heading, distinct, known, policy, remembered, fields, aged.get(index))
        if name is not None and how not in {"remembered", "chosen"} and not can_hold(name, distinct):
            name, confidence, how = None, 0.0, "none"
        samples = tuple(distinct[:3])
        matches.append(Match(index, heading, samples, name, confidence, how, file_unit=unit))
    named = [_named_document(match, matches, upload) for match in matches] if "document_no" in fields else matches
    return _by_profile(_open_by_sums(_each_field_once(named), upload), upload, needs)


def _named_document(match: Match, matches: Sequence[Match], upload: Upload) -> Match:
    """A column called `name` or 编号 as the document's number, where its values are such, each row has another, and
    other columns hold the customers, which come again. `id` alone is that of the row wherever others hold customers.
    """
    others = [m for m in matches if m is not match and m.field in {"customer_id", "customer_name"}]
    if others and match.field == "customer_id" and match.how == "same" and normalise_heading(match.heading) == "id":
        return replace(match, field="document_no", confidence=0.7, how="values")
    if (
        match.field not in {"customer_id", "customer_name"}
        or not others
        or any(m.field == "document_no" for m in matches)
    ):
        return match
    distinct = _distinct(upload, match.index)
    numbers = sum(bool(_DOCUMENT.fullmatch(text)) for text in distinct)
    if numbers < 0.9 * len(distinct) or not distinct:
        return match
    if match.field == "customer_id" and not all(len(_distinct(upload, m.index)) < 0.9 * len(distinct) for m in others):
        return match
    return replace(match, field="document_no", confidence=0.8, how="values")


def _open_by_sums(matches: tuple[Match, ...], upload: Upload) -> tuple[Match, ...]:
    """Of several columns that may be what is open, the one that is most often the amount less what was paid."""
    held = {m.field: m for m in matches if m.field is not None}
    if not {"amount", "paid_amount", "open_amount"} <= set(held):
        return matches
    first = held["open_amount"]
    others = [m for m in matches if m.field is None and m.rival == first.heading]
    if not others or first.how in {"remembered", "chosen"}:
        return matches
    amounts, paid = (_numbers(upload, held[name].index) for name in ("amount", "paid_amount"))

    def agreeing(match: Match) -> int:
        told = zip(amounts, paid, _numbers(upload, match.index), strict=True)
        return sum(a is not None and a - (p or 0) == (o or 0) for a, p, o in told)

    best = max((first, *others), key=agreeing)
    if best is first:
        return matches
    taken = replace(best, field="open_amount", confidence=0.9, how="values", rival="")
    left = replace(first, field=None, confidence=0.0, how="none", rival=best.heading)
    changed = {best.index: taken, first.index: left}
    return tuple(changed.get(m.index, m) for m in matches)


def _by_profile(matches: tuple[Match, ...], upload: Upload, needs: Sequence[Sequence[str]]) -> tuple[Match, ...]:
    """The matches with a column for each need that no heading met, where the values of one alone are like it."""
    mapped = {m.field for m in matches}
    unmet = [group for group in needs if not mapped & set(group)]
    if len(unmet) == len(needs):  # nothing speaks for this kind at all
        return matches
    free = {
        m.index: _distinct(upload, m.index)
        for m in matches
        if m.field is None and not m.rival and not _names_supplier(m.heading)
    }
    found = fitting(unmet, free)
    return tuple(
        replace(m, field=found[m.index], confidence=_BY_VALUES, how="values") if m.index in found else m
        for m in matches
    )


def _names_supplier(heading: str) -> bool:
    """Whether a column says of itself that it holds who is paid, who is no customer however much alike its values."""
    key = normalise_heading(heading)
    return any(normalise_heading(word) in key for word in synonyms().get("column.supplier", ()))


def _find(
    heading: str,
    distinct: list[str],
    known: Vocabulary,
    policy: Policy,
    remembered: Mapping[str, str],
    fields: Sequence[str],
    bucket: str | None,
) -> tuple[str | None, float, How]:
    key = normalise_heading(heading)
    if bucket is not None and remembered.get(key) != "":  # days are in its signs too: `< 1 Month` is not `1 Month`
        return bucket, 1.0, "same"
    if key in remembered and (remembered[key] in fields or not remembered[key]):
        return remembered[key] or None, 1.0, "remembered"
    if re.fullmatch(r"#\d+", heading):  # a heading that the file does not have
        return None, 0.0, "none"
    for spelling in (key, without_unit(key)):
        if names := known.keys.get(spelling):
            if names == ("credit_score",) and _are_letters(distinct):
                return "internal_grade", 0.9, "values"
            if len(names) == 1:
                return names[0], 1.0, "same"
            return _by_values(names, distinct, policy), 0.9, "values"
    return _alike(heading, known)


def _alike(heading: str, known: Vocabulary) -> tuple[str | None, float, How]:
    """The field of the heading most like this one, if it is alike enough and means the same."""
    phrase = phrased(heading)
    found = process.extract(phrase, known.phrases.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE, limit=10)
    for other, score, _ in found:
        if len(known.phrases[other]) == 1 and _same_meaning(phrase, other):
            return known.phrases[other][0], min(0.95, round(score / 100, 2)), "alike"
    return None, 0.0, "none"


def _same_meaning(phrase: str, other: str) -> bool:
    """Whether two phrases that look alike say the same: word by word, with the same figures and no `un-` before one."""
    if re.findall(r"\d+", phrase) != re.findall(r"\d+", other):
        return False
    if not phrase.isascii():
        return len(phrase) >= 4 and all((sign in phrase) == (sign in other) for sign in _TURNING)
    words, others = sorted(phrase.split()), sorted(other.split())
    return (
        len(phrase) >= 8
        and len(words) == len(others)
        and all(a[0] == b[0] and fuzz.ratio(a, b) >= 75 for a, b in zip(words, others, strict=True))
    )


def _are_letters(distinct: Sequence[str]) -> bool:
    """Whether most of the values hold no figure: grades such as A or BBB+, which are no score."""
    said = [text for text in distinct if silence(text, stated=True) is None]
    wordy = [text for text in said if not any(ch.isdigit() for ch in text)]
    letters = [text for text in wordy if read_number(text, "points").reason == "problems.not_a_number"]
    return 2 * len(letters) > len(said)


def _by_values(names: Sequence[str], distinct: Sequence[str], policy: Policy) -> str:
    """Which of the fields that a heading may stand for the values speak for."""
    for name in names:
        if words := category_words(policy, name):
            readable = sum(plain(text) in words for text in distinct)
            if 2 * readable > len(distinct):
                return name
    plain_names = [name for name in names if not category_words(policy, name)] or list(names)
    if {"customer_id", "customer_name"} <= set(plain_names):
        coded = sum(bool(_CODE.fullmatch(text)) for text in distinct)
        return "customer_id" if 5 * coded >= 4 * max(1, len(distinct)) else "customer_name"
    return plain_names[0]


def _each_field_once(matches: list[Match]) -> tuple[Match, ...]:
    order: dict[How, int] = {"remembered": 0, "same": 1, "values": 2, "alike": 3}
    kept: dict[str, int] = {}
    for match in sorted(matches, key=lambda m: (order.get(m.how, 9), -m.confidence, m.index)):
        if match.field is not None:
            kept.setdefault(match.field, match.index)
    return tuple(
        replace(m, field=None, confidence=0.0, how="none", rival=matches[kept[m.field]].heading)
        if m.field is not None and kept[m.field] != m.index
        else m
        for m in matches
    )


def _distinct(upload: Upload, index: int) -> list[str]:
    """The first distinct values of a column, in the order of the file."""
    column = upload.rows.column(f"c{index}").slice(0, _PROFILED)
    return [str(value) for value in pc.unique(column).to_pylist() if value is not None]


def _numbers(upload: Upload, index: int) -> list[Decimal | None]:
    """The first numbers of a column, None where a cell is none."""
    texts = upload.rows.column(f"c{index}").slice(0, _SUMMED).to_pylist()
    return [None if text is None else read_number(str(text), None).value for text in texts]
