"""Captions of financial statements: which figure a line of a statement holds."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from riskcore import schema
from riskcore.ingest import words
from riskcore.ingest.decoding import clean_text
from riskcore.ingest.words import heading_multiplier, normalise_heading, synonyms
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
_OF_STATEMENT = re.compile(
    r"资产负债表|利润表|损益表|现金流量表|财务报表|收到的现金|支付的现金|现金流[量入出]"
    r"|balance sheet|income statement|profit (?:and|&) loss|cash flow",
    re.IGNORECASE,
)
_HEADS_CAPTIONS = re.compile(r"(?:报表)?项目(?:名称)?|科目(?:名称)?|(?:line )?items?|captions?", re.IGNORECASE)
_NO_MONEY = re.compile(r"每股|\bper share\b|[%％]|(?:率|倍数|天数|次数)(?:[(（].*)?$", re.IGNORECASE)
_CAPTION_MOST = 120  # characters


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
    return known.get(key) or known.get(words.without_unit(key))


def unit_of_caption(caption: str) -> str:
    """What a caption says of its unit, as it stands there: `(万元)`; empty where it says nothing."""
    found = _UNIT.search(unicodedata.normalize("NFKC", caption))
    return "" if found is None else found[0] if found[0].endswith(")") else f"{found[0]})"


def begins_cash_flow(caption: str) -> bool:
    """Whether a cash flow statement begins at or before this line."""
    return _CASH_FLOW_BEGINS.search(caption) is not None


def heads_captions(text: str) -> bool:
    """Whether a heading says that captions stand below it."""
    return _HEADS_CAPTIONS.fullmatch(text) is not None


def speak_of_statements(texts: Iterable[str]) -> bool:
    """Whether the names or headings of a file say that it is of statements."""
    return any(_OF_STATEMENT.search(text) for text in texts)


def without_unit(caption: str) -> str:
    """A caption fit to be shown, without its number and its unit of money; `#` for one that is empty."""
    said, unit = cleaned(caption), unit_of_caption(caption)
    if unit and heading_multiplier(unit) is not None:
        said = _UNIT.sub("", said, count=1)
    return clean_text(said, _CAPTION_MOST) or "#"


def told_apart(named: Iterable[str]) -> list[str]:
    """The captions, each that stands there again with its number behind: `净利润 (2)`."""
    found: dict[str, None] = {}
    for name in named:
        apart, number = name, 1
        while apart in found:
            number += 1
            apart = f"{name} ({number})"
        found[apart] = None
    return list(found)


def is_no_money(caption: str) -> bool:
    """Whether a caption is of a ratio or of a share, which no unit of the file's titles is meant for."""
    return _NO_MONEY.search(caption) is not None


@cache
def _known() -> dict[str, tuple[str, int]]:
    named = synonyms(GROUP)
    found: dict[str, tuple[str, int]] = {}
    for name in AMOUNTS:
        for rank, word in enumerate((*named.get(name, ()), name, *pair(f"fields.{name}").values())):
            found.setdefault(normalise_heading(word), (name, rank))
    return found
