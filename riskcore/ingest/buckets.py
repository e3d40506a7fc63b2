"""Headings of ageing lists read as the days that they stand for, in whatever way a system writes them."""

import re
from collections.abc import Sequence

from riskcore import schema
from riskcore.ingest.words import plain

_OLDEST = {"older", "oldest", "更早", "更久", "earlier"}  # everything beyond the oldest other bucket
_SIZES = {"": 1, "d": 1, "m": 30, "y": 365}
_UNITS = (
    (re.compile(r"个月|月|months?|mths?|monate?|mois|mes(es)?|мес(яц[а-я]*)?\.?"), "m"),
    (re.compile(r"年|years?|yrs?"), "y"),
    (re.compile(r"天|日|days?|tagen?|tag|jours?|j(?=\b)|d[ií]as?|дн(ей|я|и)?\.?|день"), "d"),
)
_BETWEEN = re.compile(r"((?<=\d)|(?<=\d[dmy]))(\s|_)*([-~–—−‐至到_]|to|through|and)(\s|_)*(?=\d)")
_NOISE = re.compile(
    r"past|due|delinquent|late|arrears|since|from(?!\s*\d)|after|invoice|date|开票|发票|overdue|dpd|age?ing|aged|age|old|bal(?:ance)?|amount|amt|bucket|b(?=\d)|账龄|账期|已?逾期|超期|应收账?款?|余额|金额|款项?|"
    r"合计|小计|total|[\s_:,()\[\]]"
)
_SPAN = re.compile(r"(?:d|over|current)?(\d+)([dmy]?)-(\d+)([dmy]?)")
_BEYOND = re.compile(r"(?:>|gt|über|plusde|свыше|более|más?de|over|morethan|beyond|超过|大于)(\d+)([dmy]?)(?:以上)?")
_MORE = "plus|above|over|more|(?:and|or)(?:over|above|more|older)|及?以上"
_FROM = re.compile(rf"(?:>=|≥|from|over)?(\d+)([dmy]?)-?(?:\+|[+&]?(?:{_MORE}))([dmy]?)")
_SINCE = re.compile(r"(?:>=|≥)(\d+)([dmy]?)")
_WITHIN = re.compile(r"(?:<|<=|≤|under|lessthan|within|upto)(\d+)([dmy]?)|(\d+)([dmy]?)(?:以内|以下|之?内)")
_MONTH = re.compile(r"(\d) ?months?")  # Xero: 1 Month is 31 to 60 days
_RANGE = {"range1": "aged_0_30", "range2": "aged_31_60", "range3": "aged_61_90", "range4": "aged_91_120"} | {
    "range5": "aged_over_120"  # ERPNext, where nobody chose other ranges
}


def fields_of(headings: Sequence[str]) -> dict[int, str]:
    """The places of headings that name buckets of age, and the field of each, none of them twice."""
    found: dict[int, str] = {}
    for place, heading in enumerate(headings):
        name = bucket_of(heading)
        if name is not None and name not in found.values():
            found[place] = name
    spans = {place: schema.aged_days(name) or (0, None) for place, name in found.items()}
    starts = {first for first, last in spans.values() if last is not None}
    for place, (first, last) in spans.items():
        if last is None and first - 1 in starts:  # `over 61` beside `61-90` begins with it
            found[place] = f"aged_over_{first - 2}"
    last = max((days[1] or 0 for name in found.values() if (days := schema.aged_days(name))), default=0)
    oldest = next((place for place, heading in enumerate(headings) if plain(heading) in _OLDEST), None)
    if oldest is not None and last:
        found[oldest] = f"aged_over_{last}"
    return found


def bucket_of(heading: str) -> str | None:
    """The ageing field that a heading names by itself; None where it names no days.

    >>> bucket_of("31～60天"), bucket_of("121-Above"), bucket_of("1-2年"), bucket_of("< 1 Month"), bucket_of("Amount")
    ('aged_31_60', 'aged_over_120', 'aged_366_730', 'aged_0_30', None)
    """
    text = re.sub(r"\([^()\d]*\)", "", plain(heading)).strip()
    if text in _RANGE:
        return _RANGE[text]
    if found := _MONTH.fullmatch(text):
        return _named(30 * int(found[1]) + 1, 30 * int(found[1]) + 30)
    for pattern, unit in _UNITS:
        text = pattern.sub(unit, text)
    text = _NOISE.sub("", _BETWEEN.sub("-", text))
    if found := _SPAN.fullmatch(text):
        first = _days(found[1], found[2] or found[4].replace("d", ""), starts=True)
        return _named(first, _days(found[3], found[4]))
    if found := _BEYOND.fullmatch(text):
        return _named(_days(found[1], found[2]) + 1, None)
    if found := _FROM.fullmatch(text):
        return _named(_days(found[1], found[2] or found[3], starts=True), None)
    if found := _SINCE.fullmatch(text):
        return _named(_days(found[1], found[2], starts=True), None)
    if found := _WITHIN.fullmatch(text):
        return _named(0, _days(found[1] or found[3], found[2] or found[4]))
    return None


def _days(number: str, unit: str, starts: bool = False) -> int:
    """Days from a number with its unit; a bucket that `starts` on a round number of them starts a day later."""
    days = int(number) * _SIZES[unit]
    return days + 1 if starts and days and (days % 5 == 0) else days


def _named(first: int, last: int | None) -> str | None:
    if last is None:
        return f"aged_over_{first - 1}" if first <= 9999 else None
    return f"aged_{first}_{last}" if first < last <= 9999 else None
