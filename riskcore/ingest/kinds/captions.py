"""Captions of financial statements: which figure a line of a statement holds."""

import re
import unicodedata
from functools import cache

from riskcore import schema
from riskcore.ingest.words import normalise_heading, synonyms, without_unit
from riskcore.text import pair

GROUP = "statements"
AMOUNTS = tuple(field.name for field in schema.STATEMENT_AMOUNTS)
CASH_FLOW = {"operating_cash_flow", "depreciation"}  # all else in a cash flow statement only leads over to these

_NUMBER = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．,，)）]\s*|[(（][一二三四五六七八九十]{1,3}[)）]\s*"
    r"|[(（]?\d{1,2}[)）]?[、.．)）]\s*|[(（]\d{1,2}[)）]\s*|[IVX]{1,4}\.\s+|[*☆△#]+)"
)
_BESIDE = re.compile(r"^(?:其中|其他|减|加|less|add|plus|of which|including|thereof)\s*[:：]\s*", re.IGNORECASE)
_UNIT = re.compile(r"[(（][^()（）]*(?:元|万|亿|USD|EUR|CNY|RMB|thousand|million|'000)[^()（）]*[)）]?", re.IGNORECASE)
_CASH_FLOW_BEGINS = re.compile(
    r"收到的现金|经营活动产生的现金流量|cash flows? from operating activities", re.IGNORECASE
)


def cleaned(caption: str) -> str:
    """A caption without its number, what it is beside (其中：, 减：) and blanks: `四、利润总额` is 利润总额.

    >>> cleaned(" 减：营业成本 "), cleaned("（一）基本每股收益"), cleaned("1．其中：利息费用")
    ('营业成本', '基本每股收益', '利息费用')
    """
    said = unicodedata.normalize("NFKC", caption).strip()
    for pattern in (_NUMBER, _BESIDE, _NUMBER):
        said = pattern.sub("", said, count=1).strip()
    return said


def figure_of(caption: str) -> tuple[str, int] | None:
    """The amount that a caption names, and its rank: of two captions for one amount the lower rank is taken."""
    key = normalise_heading(cleaned(caption))
    known = _known()
    return known.get(key) or known.get(without_unit(key))


def unit_of_caption(caption: str) -> str:
    """What a caption says of its unit, as it stands there: `(万元)`; empty where it says nothing."""
    found = _UNIT.search(unicodedata.normalize("NFKC", caption))
    return "" if found is None else found[0] if found[0].endswith(")") else f"{found[0]})"


def begins_cash_flow(caption: str) -> bool:
    """Whether a cash flow statement begins at or before this line."""
    return _CASH_FLOW_BEGINS.search(caption) is not None


@cache
def _known() -> dict[str, tuple[str, int]]:
    words = synonyms(GROUP)
    found: dict[str, tuple[str, int]] = {}
    for name in AMOUNTS:
        for rank, word in enumerate((*words.get(name, ()), name, *pair(f"fields.{name}").values())):
            found.setdefault(normalise_heading(word), (name, rank))
    return found
