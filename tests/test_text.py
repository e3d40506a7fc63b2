"""Words: both languages complete and alike, the Chinese Chinese, every key in use and every use a key.

As in `test_architecture.py`, each check is tried on planted breaches.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from riskcore import errors
from riskcore.text import LANGUAGES, Words, keys, pair

TOP = Path(__file__).parents[1]

# Keys put together while the program runs; everything under these counts as used.
DYNAMIC = (
    *(
        "assuming.",
        "board.",
        "coverage.",
        "customers.by_",
        "errors.",
        "fields.",
        "fixes.",
        "frame.open_",
        "frame.theme_",
        "imported.file_",
    ),
    *("imports.delimiter_", "imports.effect_", "imports.how_", "policy_rules.", "problems.", "reasons."),
    *("landing.stage_",),
    *("imports.asked.", "imports.filter_", "imports.made_", "imports.n_", "imports.said.", "kinds."),
    *("print.", "segments.", "thresholds.way_", "units."),
    *("assess.means.", "assess.state_", "customer.named."),
)

# What stands in Latin letters in Chinese sentences too. Single letters, codes such as K7 and names with an
# underscore need no entry.
LATIN = set(
    re.findall(
        r"\S+",
        "Altman BOM Brier CNY CSV EM English EUR Excel GB GB18030 ID JSON KB Linux "
        "MB NaN NUL PDF PowerShell SQL TOML TSV USD UTC UTF-8 Windows macOS",
    )
)
CODE = re.compile(r"[A-Za-z]\d*|[a-z]+[0-9]*(_[a-z0-9]+)+|\d+[a-z]*")

IDEOGRAPH = re.compile(r"[\u3400-\u9fff]")
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
MARKUP = re.compile(r"\{[^}]*\}|`[^`]*`|:material/\w+:|:[a-z-]+(?=\[)")
TONE = re.compile(r"[!！]|\bplease\b|(?<![申邀聘提])请(?!求)", re.IGNORECASE)
# What sentences count; a number before one of these may be one.
COUNTED = (
    "alerts amounts bins captions cases cells changes characteristics columns companies customers days documents "
    "entries figures files grades invoices items lines months notches notes opinions others overrides pairs payments "
    "people points rates recommendations reviews rows rules sheets times weeks years"
)
NEVER_ONE = ("most", "least", "expected", "seconds")
ALWAYS_MANY = re.compile(
    r"\{(?!" + "|".join(NEVER_ONE) + r")\w+\}\**\s+(?:[a-z]+\s+)?(" + "|".join(COUNTED.split()) + r")\b"
)
RISK_ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)}


def slots(sentence: str) -> set[str]:
    """The names of a sentence's slots; ValueError where its braces do not match."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def ill_worded(key: str, sentence: dict[str, str]) -> Iterator[str]:
    """What is wrong with a sentence and its twin."""
    if set(sentence) != set(LANGUAGES) or not all(sentence.values()):
        yield f"{key}: not in both languages"
        return
    if slots(sentence["zh"]) != slots(sentence["en"]):
        yield f"{key}: the slots differ"
    zh, en = (MARKUP.sub(" ", sentence[lang]) for lang in ("zh", "en"))
    words = re.findall(r"[A-Za-z0-9][A-Za-z0-9_-]*", zh)
    if foreign := [word for word in words if word not in LATIN and not CODE.fullmatch(word)]:
        yield f"{key}: not Chinese: {foreign}"
    if re.search("[A-Za-z]", en) and not (CHINESE.search(zh) or words):
        yield f"{key}: nothing of it in Chinese"
    if re.search(r"[\u3400-\u9fff] ?[,;?]", zh):
        yield f"{key}: Latin punctuation in Chinese"
    yield from (f"{key}: {many} of one" for many in ALWAYS_MANY.findall(sentence["en"]))
    if CHINESE.search(en.replace("中文", "")):  # a language's own name is the same in every language
        yield f"{key}: not English"
    yield from (f"{key}: tone: {words}" for words in (zh, en) if TONE.search(words))


def sources() -> dict[str, str]:
    """All Python of the product by path."""
    paths = [TOP / "app.py", *TOP.glob("pages/**/*.py"), *TOP.glob("riskcore/**/*.py")]
    return {path.relative_to(TOP).as_posix(): path.read_text("utf-8") for path in paths if path.is_file()}


def ill_used(files: dict[str, str], sentences: dict[str, dict[str, str]]) -> Iterator[str]:
    """Keys asked for that do not exist or lack a slot's value, and sentences that nothing asks for."""
    named: set[str] = set()
    for path, source in files.items():
        for node in ast.walk(ast.parse(source, path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                named.add(node.value)
            elif isinstance(node, ast.Call) and node.args:
                yield from (f"{path}:{node.lineno}: {problem}" for problem in ill_asked(node, sentences))
    yield from (f"{key}: used nowhere" for key in sentences if key not in named and not key.startswith(DYNAMIC))


def ill_asked(call: ast.Call, sentences: dict[str, dict[str, str]]) -> Iterator[str]:
    """What is wrong with `t("key", slot=...)`, `Phrase("key", {...})` or the raising of an error."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in {"t", "Phrase", *RISK_ERRORS}:
        return
    start, asked = ("errors." if name in RISK_ERRORS else ""), call.args[0]
    if isinstance(asked, ast.JoinedStr):
        first = asked.values[0]
        prefix = start + (str(first.value) if isinstance(first, ast.Constant) else "")
        if not prefix.startswith(DYNAMIC):
            yield f"a key put together under {prefix!r}, which DYNAMIC does not name"
    elif isinstance(asked, ast.Constant):
        key = f"{start}{asked.value}"
        given = {keyword.arg for keyword in call.keywords}
        if key not in sentences:
            yield f"{key}: no such sentence"
        elif name != "Phrase" and None not in given and (lacking := slots(sentences[key]["en"]) - given):
            yield f"{key}: no value for {sorted(lacking)}"


def test_every_sentence_is_well_worded_in_both_languages() -> None:
    assert keys()
    problems = [problem for key in keys() for problem in ill_worded(key, pair(key))]
    assert not problems, "\n".join(problems)


def test_every_key_exists_and_every_sentence_is_used() -> None:
    problems = list(ill_used(sources(), {key: pair(key) for key in keys()}))
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("", "Customers"),
        ("{n} 家客户", "{count} customers"),
        ("{n}", "{n} customers"),
        ("Customers", "Customers"),
        ("客户 overview", "Customer overview"),
        ("客户,敞口", "Customers, exposure"),
        ("客户", "客户"),
        ("客户", "Customers："),
        ("请选择文件", "Choose a file"),
        ("选择文件", "Please choose a file"),
        ("完成！", "Done"),
        ("{n} 家客户", "{n} customers"),
        ("{n} 家客户", "**{n}** more customers"),
    ],
)
def test_bad_wording_is_seen(zh: str, en: str) -> None:
    assert list(ill_worded("page.key", {"zh": zh, "en": en}))
    assert list(ill_worded("page.key", {"zh": zh}))


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("{n} 家客户，{share:.1%}", "{n} {n:customer|customers}, {share:.1%}"),
        ("下载 CSV，UTF-8 编码", "Download CSV in UTF-8"),
        ("距 A级差 {n} 分（K7）", "{n} {n:point|points} below A (K7)"),
        ("申请额度", "Requested limit"),
        ("列 `customer_id` 缺失", "The column `customer_id` is missing"),
        (":material/upload: 导入", ":material/upload: Import"),
        ("中文", "中文"),
        ("English", "English"),
        ("{first}–{last}", "{first}–{last}"),
    ],
)
def test_good_wording_passes(zh: str, en: str) -> None:
    assert not list(ill_worded("page.key", {"zh": zh, "en": en}))


SENTENCES: dict[str, dict[str, Any]] = {
    "page.rows": {"zh": "{n} 行", "en": "{n} rows"},
    "errors.empty": {"zh": "{file} 为空", "en": "{file} is empty"},
}
USED = 't("page.rows", n=3)\n'


@pytest.mark.parametrize(
    "source",
    [
        "",
        USED + 't("page.gone")',
        't("page.rows")',
        USED + 't(f"page.{name}")',
        USED + "t(f'{page}.title')",
        USED + 'Phrase("page.gone")',
        USED + 'raise FileRefused("gone")',
        USED + 'raise errors.FileRefused("empty", path=1)',
    ],
)
def test_bad_use_is_seen(source: str) -> None:
    assert list(ill_used({"pages/book/page.py": source}, SENTENCES))


@pytest.mark.parametrize(
    "source",
    [
        USED,
        'KEYS = ("page.rows",)\nt(KEYS[0], n=3)',
        USED + 'raise FileRefused("empty", file="a.csv")\nt(f"reasons.{code}", **facts)',
    ],
)
def test_good_use_passes(source: str) -> None:
    assert not list(ill_used({"pages/book/page.py": source}, SENTENCES))


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "1 customer"),
        ("+1", "+1 customer"),
        ("< 1", "< 1 customer"),
        (0, "0 customers"),
        ("1,001", "1,001 customers"),
    ],
)
def test_what_follows_a_number_goes_with_it(n: Any, said: str) -> None:
    assert Words("en")("limits.of_customers", n=n) == said
    assert Words("zh")("limits.of_customers", n=n) == f"{n} 家客户"
