"""What a column's values are like: whether they can be what its heading says, and what they are where it is silent."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from riskcore import schema
from riskcore.ingest.cells import ORDERS, read_date, read_number, silence

_FEWEST = 3  # distinct values that say anything
_TEXTS_KEPT = 1 << 16
_LOOKED_AT = 200  # of many, evenly apart
_HARDLY, _MOSTLY = 0.2, 0.9
_LOOKS = {"customer_id": "code", "date": "date", "amount": "amount_with_decimals"}
_CODE = re.compile(r"(?=\S*\d)(?=\S{4,})[A-Za-z]{0,6}[-_./]?\d[\w\-./]*", re.ASCII)
_YEAR = re.compile(r"\d{4}(?:\.0+)?")
_COUNTED = re.compile(r"\d{1,7}")
_DECIMALS = re.compile(r"-?[\d,' ]*\d[.,]\d{2}-?|\([\d,' ]*\d[.,]\d{2}\)")


def can_hold(name: str, distinct: Sequence[str]) -> bool:
    """Whether the values may be dates or amounts, where the field holds such; a few that cannot say nothing."""
    kind = schema.field(name).kind
    said = [text for text in distinct if _says(text)]
    if len(said) < _FEWEST or kind not in {"date", "amount"}:
        return True
    if kind == "date" and sum(bool(_YEAR.fullmatch(text)) for text in said) >= _HARDLY * len(said):
        return True  # below a heading that says so, a year is a day too
    return _share(kind, said) >= _HARDLY


def fitting(needs: Sequence[Sequence[str]], columns: Mapping[int, Sequence[str]]) -> dict[int, str]:
    """A column for each need by its values alone, where exactly one fits: codes for the customer, dates, amounts.

    `columns`: the distinct values of those that no heading gave a field.
    """
    found: dict[int, str] = {}
    for group in needs:
        name = group[0]
        kind = _LOOKS.get("customer_id" if "customer_id" in group else schema.field(name).kind, "")
        free = {index: distinct for index, distinct in columns.items() if index not in found}
        likely = [index for index, distinct in free.items() if kind and _fits(kind, distinct)]
        if len(likely) == 1:
            found[likely[0]] = "customer_id" if kind == "code" else name
    return found


def _fits(kind: str, distinct: Sequence[str]) -> bool:
    said = [text for text in distinct if _says(text)]
    if len(said) < _FEWEST or (kind == "code" and _share("date", said) >= _MOSTLY):
        return False
    return _share(kind, said) >= _MOSTLY


# The same columns are looked at for each kind of file.
@lru_cache(maxsize=_TEXTS_KEPT)
def _says(text: str) -> bool:
    return silence(text, stated=False) is None


@lru_cache(maxsize=_TEXTS_KEPT)
def _is_date(text: str) -> bool:
    return not _YEAR.fullmatch(text) and any(read_date(text, order).reason is None for order in ORDERS)


def _share(kind: str, said: Sequence[str]) -> float:
    """The share of texts that read as a date, an amount with decimals or a code."""
    if kind == "code" and _just_counts(said):
        return 0.0
    said = said[:: -(-len(said) // _LOOKED_AT)]
    if kind == "code":
        return sum(bool(_CODE.fullmatch(text)) for text in said) / len(said)
    if kind == "amount_with_decimals":
        return sum(bool(_DECIMALS.fullmatch(text)) for text in said) / len(said)
    if kind == "date":
        return sum(map(_is_date, said)) / len(said)
    numbers = [text for text in said if any(read_number(text, None, comma).reason is None for comma in (False, True))]
    return len(numbers) / len(said)


def _just_counts(said: Sequence[str]) -> bool:
    """Whether the values number the rows: 1, 2, 3."""
    if not all(_COUNTED.fullmatch(text) for text in said):
        return False
    numbers = [int(text) for text in said]
    return all(b - a == 1 for a, b in pairwise(numbers))
