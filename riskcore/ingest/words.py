"""What headings and cells are called: the words of `data/synonyms.csv` and of the policy, in one normal form."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from riskcore import schema
from riskcore.policy import Policy
from riskcore.text import pair

SYNONYMS = Path(__file__).parents[2] / "data" / "synonyms.csv"

_ACCENTED = re.compile("([a-z])[\u0300-\u036f]+")
_HUMPS = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=\d)(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_JOINING = {"of", "the", "de", "del", "da", "do", "das", "dos", "du", "des", "la", "le", "el", "los", "las"}
_JOINING |= {"d", "di", "della", "der", "den"}
_NUMBER = {"n", "no", "nr", "nro", "num", "number", "numero", "nummer"}
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_CHINESE_SIZES = {"千万": 10**7, "百万": 10**6, "万": 10**4, "亿": 10**8, "千": 10**3}
_SIZES = (
    *((re.compile(rf"{word}(?=[元人美港欧英日)\]】])"), size) for word, size in _CHINESE_SIZES.items()),
    (re.compile(r"\bthousands?\b|\bk\b|(?<!\d)'?000s?\b"), 10**3),
    (re.compile(r"\bmillions?\b|\bmn?\b"), 10**6),
)


# Traditional characters of these words, each before its simplified form.
_TRADITIONAL = (
    "與与專专業业東东嚴严個个為为書书買买爭争產产從从價价會会夥伙傳传體体餘余債债備备復复複复處处關关內内冊册"
    "沖冲況况凍冻淨净憑凭創创別别製制動动勢势區区協协單单佔占歷历曆历參参發发變变號号後后員员團团國国圓圆實实"
    "審审對对屬属幣币應应廢废異异歸归當当錄录徵征態态總总執执報报擔担據据攤摊數数無无舊旧時时顯显暫暂機机權权"
    "條条來来構构標标檔档歐欧匯汇彙汇氣气沒没濟济測测潤润點点現现蓋盖碼码確确種种積积稱称稅税簡简類类紅红約约"
    "級级納纳組组織织經经結结絕绝統统續续綜综編编繳缴職职聯联薦荐獲获營营補补見见譽誉計计訂订讓让議议設设證证"
    "評评識识訴诉試试詢询詳详請请諾诺負负財财責责賬账帳账貨货質质購购貸贷費费資资賒赊賴赖趨趋轉转運运過过遷迁"
    "違违遲迟適适銷销鎖锁鎊镑長长門门閉闭間间際际險险項项預预額额風风驗验齡龄戶户務务開开準准啟启貿贸歲岁兩两"
    "萬万億亿"
)
_SIMPLIFIED = str.maketrans(dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)))


def plain(text: str) -> str:
    """A word as it is compared: full width made half, traditional characters simplified, case folded, trimmed."""
    return unicodedata.normalize("NFKC", text).translate(_SIMPLIFIED).strip().casefold()


def _unaccented(text: str) -> str:
    """A text in its plain form without the accents of Latin letters, which exports and people leave out at will."""
    folded = plain(text)
    if folded.isascii():
        return folded
    return unicodedata.normalize("NFC", _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", folded)))


# Every kind of file that is tried looks at all headings that are known, and at the file's.
_remembering = lru_cache(1 << 14)


@_remembering
def normalise_heading(text: str) -> str:
    """A heading as it is compared: letters and digits only, in lower case, without what stands in brackets.

    >>> normalise_heading("Échéance (prévue)"), normalise_heading("KUNDEN-NR.")
    ('echeance', 'kundennr')
    """
    folded = _unaccented(text)
    return re.sub(r"[\W_]+", "", _BRACKETED.sub("", folded)) or re.sub(r"[\W_]+", "", folded)


def letters_of(text: str) -> str:
    """All letters and digits of a text in lower case, those in brackets too, to look for words in."""
    return re.sub(r"[\W_]+", "", plain(text))


def is_reason(heading: str) -> bool:
    """Whether a column is our own of reasons, in a file of rows set aside that comes back."""
    return heading in pair("problems.reason_heading").values()


@_remembering
def phrased(text: str) -> str:
    """A heading as words with blanks between them, in lower case, without what stands in brackets.

    Words that only join others are left out, and all that `number` is shortened to is one word.

    >>> phrased("FechaDeVencimiento"), phrased("N° de facture"), phrased("IDCliente"), phrased("Date of the invoice")
    ('fecha vencimiento', 'number facture', 'id cliente', 'date invoice')
    """
    apart = _HUMPS.sub(" ", unicodedata.normalize("NFKC", text))
    said = re.sub(r"[\W_]+", " ", _BRACKETED.sub(" ", _unaccented(apart))).split()
    told = ["number" if word in _NUMBER else word for word in said if word not in _JOINING]
    return " ".join(told if len(told) > 1 else said)


def heading_multiplier(heading: str) -> int | None:
    """What a heading says that its amounts are counted in: 10000 for `（万元）`, 1 for `（元）`, None for nothing."""
    folded = plain(heading)
    said = " ".join(_BRACKETED.findall(folded))
    if at_end := _money_at_end().search(normalise_heading(heading)):
        said += f" {at_end[0]}"
    return next((size for pattern, size in _SIZES if pattern.search(said)), 1 if "元" in said else None)


def line_multiplier(line: str) -> int:
    """What a title such as `单位：万元` or `Amounts in USD thousand` says that amounts are counted in, else 1."""
    folded = plain(line)
    size = re.search("|".join(_CHINESE_SIZES), folded)
    if size is not None:
        return _CHINESE_SIZES[size[0]]
    return next((size for pattern, size in _SIZES if pattern.search(folded)), 1)


@cache
def _listed() -> tuple[dict[str, str], ...]:
    with SYNONYMS.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def synonyms(group: str = "") -> dict[str, tuple[str, ...]]:
    """All words by what they stand for: a field, or `cell.missing`, `unit.days`, `currency.CNY`.

    `group`: with the words that mean this only in files of one group of kinds, such as `ledger`.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in _listed():
        if row["kind"] in {"", group}:
            found[row["field"]].append(row["synonym"])
    return {name: tuple(words) for name, words in found.items()}


@cache
def cell_words(name: str) -> frozenset[str]:
    """The words of cells under `name`, such as `cell.missing`, in their plain form."""
    return frozenset(plain(word) for word in synonyms().get(name, ()))


@cache
def currencies() -> dict[str, str]:
    """Words and signs of currencies, in their plain form, and the ISO code that each stands for."""
    codes = [name.removeprefix("currency.") for name in synonyms() if name.startswith("currency.")]
    return {word: code for code in codes for word in cell_words(f"currency.{code}")}


# What a sign before an amount may stand for; the other words of money name one currency each.
SIGNS = {"$": ("USD", "HKD", "TWD", "SGD", "AUD", "CAD", "NZD"), "¥": ("CNY", "JPY")}


@cache
def _currency_in_heading() -> re.Pattern[str]:
    signs = sorted({*currencies(), *SIGNS} - {"元"}, key=len, reverse=True)
    return re.compile("|".join(rf"(?<![a-z]){re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w) for w in signs))


def heading_currency(heading: str) -> str | None:
    """The currency that a heading names, `Exposure (USD '000)`, or its sign where that may stand for several."""
    found = _currency_in_heading().search(plain(heading))
    return None if found is None else currencies().get(found[0], found[0])


def without_unit(normalised: str) -> str:
    """A normalised heading without a unit of money or a currency at its end."""
    return _money_at_end().sub("", normalised) or normalised


@cache
def _money_at_end() -> re.Pattern[str]:
    names = sorted((word for word in currencies() if word.isalpha() and len(word) > 1), key=len, reverse=True)
    return re.compile(rf"(in)?({'|'.join(_CHINESE_SIZES)})?({'|'.join(map(re.escape, names))}|元)$")


@dataclass(frozen=True)
class Vocabulary:
    """Headings and the fields that each may stand for, by normal form and by phrase; values decide between several."""

    keys: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[str, ...]]


def vocabulary(policy: Policy, fields: Sequence[str], group: str = "") -> Vocabulary:
    """All headings of these fields that are known, with the policy's own names of its characteristics and rules."""
    headings = [(name, word) for name, words in synonyms(group).items() if name in fields for word in words]
    for name in fields:
        if schema.aged_days(name) is not None:
            continue  # headings of buckets are read, not looked up
        headings += [(name, word) for word in (name, *pair(f"fields.{name}").values())]
    for c in (c for c in policy.characteristic if c.id in fields):
        names = (c.code, c.name.zh, c.name.en, c.long_name.zh, c.long_name.en)
        headings += [(c.id, word) for word in names]
    for rule in policy.rule:
        if rule.code.lower() in fields:
            headings += [(rule.code.lower(), word) for word in (rule.code, rule.name.zh, rule.name.en)]
    return Vocabulary(_grouped(headings, normalise_heading), _grouped(headings, phrased))


def _grouped(headings: list[tuple[str, str]], form: Callable[[str], str]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, heading in headings:
        if name not in found[form(heading)]:
            found[form(heading)].append(name)
    return {heading: tuple(names) for heading, names in found.items()}


def category_words(policy: Policy, name: str) -> dict[str, str]:
    """A category's words in their plain form and the value that each stands for; empty for other fields."""
    bins = next((c.bins for c in policy.characteristic if c.id == name and c.is_category), ())
    return {
        plain(word): b.value
        for b in bins
        if b.value is not None
        for word in (*b.words, *((b.name.zh, b.name.en) if b.name else ()), b.value)
    }


def number_words(policy: Policy, name: str) -> dict[str, Decimal | None]:
    """Words that stand in a characteristic's column of numbers; None for the one with a bin of its own."""
    for c in policy.characteristic:
        if c.id == name:
            words = {plain(word): Decimal(repr(value)) for word, value in c.words.items()}
            special = (*c.special.words, c.special.name.zh, c.special.name.en) if c.special else ()
            return words | {plain(word): None for word in special}
    return {}


_UNITS = {
    **dict.fromkeys(("credit_days", "terms_days_1", "terms_days_2", "terms_days_net"), "days"),
    "credit_score": "points",
}


def unit_of(policy: Policy, name: str) -> str | None:
    """What a field is counted in: a characteristic's unit of the policy, None for money and text."""
    units = {c.id: c.unit for c in policy.characteristic}
    return units.get(name) or _UNITS.get(name)
