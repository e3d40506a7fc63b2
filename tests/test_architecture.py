"""The law of the house: who may import whom, and where words may stand. Read from the sources with plain `ast`.

Each law is a function from a tree of files, `{path: text}`, to its breaches; `PLANTED` tries each on a breach.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

import pytest

TOP = Path(__file__).parents[1]
Files = dict[str, str]

FLOORS = (
    {"errors", "days"},  # every module may raise an error, and text words it
    {"schema", "text", "metrics", "altman", "names", "spreadsheet", "signing"},
    {"policy", "store"},
    {"versions"},
    {"ingest", "features", "scoring", "tiers", "settings", "strategy", "wording", "overrides"},
    {
        "portfolio",
        "assessment",
        "sample",
        "advice",
        "coverage",
        "changes",
        "explanation",
        "money",
        "limits",
        "statements",
        "receivables",
        "monitoring",
    },
    {"reports", "drafts", "decisions", "training", "reviews"},
    {"alerts", "radar", "feedback"},
    {"book"},
    {"printing", "landing", "entering", "schedule"},
    {"commands"},
    {"__main__"},
)
FLOOR_OF = {module: floor for floor, modules in enumerate(FLOORS) for module in modules}

CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
SENTENCE = re.compile(r"[A-Za-z]['A-Za-z]*[,:;]? [A-Za-z]['A-Za-z]*[,:;]? [A-Za-z]['A-Za-z]*")
NOT_WORDS = re.compile(r"^\w+/\w+\.py$|<style>.*?</style>|<[^>]*>|:material/\w+:|^.*sans-serif$", re.DOTALL)
SAYING = re.compile(
    "title|(sub)?header|write|markdown|caption|text|((form_submit|download|link)_)?button|page_link|metric|info|"
    "warning|error|success|toast|badge|spinner|status|expander|popover|checkbox|toggle|radio|selectbox|"
    "multiselect|(select_)?slider|pills|segmented_control|(text|number|date)_input|text_area|file_uploader|"
    r"\w*Column"
)
SAID = {"label", "help", "placeholder", "title", "page_title"}


def of(files: Files, *folders: str) -> Iterator[tuple[PurePosixPath, ast.Module]]:
    """The Python files among `files` that lie in one of the folders, parsed."""
    for path in map(PurePosixPath, files):
        if path.suffix == ".py" and path.parts[0] in folders:
            yield path, ast.parse(files[str(path)], str(path))


def imports(path: PurePosixPath, tree: ast.Module) -> Iterator[str]:
    """Dotted names of all that a file imports, wherever in it; `from a import b` counts as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.parts[: len(path.parts) - node.level] if node.level else ()
            yield from (".".join(filter(None, (*above, node.module, name.name))) for name in node.names)


def module_of(path: PurePosixPath) -> str:
    """The riskcore module that a file is, or is a part of."""
    return path.parts[1].removesuffix(".py")


def one_way(files: Files) -> Iterator[str]:
    """A module of riskcore imports only from floors below its own, and never the screen."""
    for path, tree in of(files, "riskcore"):
        own = module_of(path)
        if own == "__init__":
            continue
        if own not in FLOOR_OF:
            yield f"{path}: stands on no floor"
            continue
        for name in imports(path, tree):
            root, *rest = name.split(".")
            if root in {"streamlit", "pages", "app"}:
                yield f"{path}: imports {name}"
            elif root == "riskcore" and not below(rest, own):
                yield f"{path}: imports {name}, not below it"


def below(rest: list[str], own: str) -> bool:
    """Whether `riskcore.<rest>` is on a floor below the module `own`, or a part of it."""
    return not rest or rest[0] == own or FLOOR_OF.get(rest[0], len(FLOORS)) < FLOOR_OF[own]


def one_door(files: Files) -> Iterator[str]:
    """Only store.py imports duckdb."""
    for path, tree in of(files, "riskcore", "pages", "app.py"):
        if str(path) != "riskcore/store.py" and any(n.split(".")[0] == "duckdb" for n in imports(path, tree)):
            yield f"{path}: imports duckdb"


def frame_alone(files: Files) -> Iterator[str]:
    """Of files, only frame.py lies directly in pages/."""
    for path in map(PurePosixPath, files):
        if str(path.parent) == "pages" and path.name != "frame.py":
            yield f"{path}: belongs in a folder"


def pages_apart(files: Files) -> Iterator[str]:
    """No page imports another page; what two pages share is a part."""
    shown = [path.with_suffix("").parts[1:] for path, _ in of(files, "pages") if path.parts[1] != "parts"]
    for path, tree in of(files, "pages", "app.py"):
        for name in imports(path, tree):
            parts = tuple(name.removeprefix("pages.").split("."))
            if any(parts[: len(page)] == page for page in shown):
                yield f"{path}: imports the page {name}"


def short(files: Files) -> Iterator[str]:
    """No module reaches 400 lines."""
    for path, text in files.items():
        if (lines := text.count("\n")) >= 400 and path.endswith((".py", ".js", ".css")):
            yield f"{path}: {lines} lines"


def no_words(files: Files) -> Iterator[str]:
    """Pages hold no wording: neither Chinese, nor English sentences, nor labels written in place."""
    for path, text in files.items():
        if path.startswith("pages/") and not path.endswith(".py") and CJK.search(text):
            yield f"{path}: Chinese"
    for path, tree in of(files, "pages", "app.py"):
        documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
                words = NOT_WORDS.sub(" ", node.value)
                if CJK.search(words) or SENTENCE.search(words):
                    yield f"{path}:{node.lineno}: {node.value!r}"
            elif isinstance(node, ast.Call):
                yield from (f"{path}:{node.lineno}: {label!r}" for label in labels(node))


def labels(call: ast.Call) -> Iterator[str]:
    """Text written in place where a widget says something, though it be one word."""
    saying = isinstance(call.func, ast.Attribute) and SAYING.fullmatch(call.func.attr)
    said = [*(call.args[:1] if saying else ()), *(k.value for k in call.keywords if k.arg in SAID)]
    texts = [node.value for node in said if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    yield from (text for text in texts if re.search("[A-Za-z]", NOT_WORDS.sub("", text)))


LAWS: tuple[Callable[[Files], Iterator[str]], ...] = (
    one_way,
    one_door,
    frame_alone,
    pages_apart,
    short,
    no_words,
)


@pytest.fixture(scope="module")
def checkout() -> Files:
    paths = [TOP / "app.py", *TOP.glob("pages/**/*"), *TOP.glob("riskcore/**/*.py")]
    kept = [path for path in paths if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(TOP).as_posix(): path.read_text("utf-8") for path in kept}


@pytest.mark.parametrize("law", LAWS)
def test_the_checkout_keeps(law: Callable[[Files], Iterator[str]], checkout: Files) -> None:
    assert len(checkout) > 1
    breaches = list(law(checkout))
    assert not breaches, "\n".join(breaches)


PAGE = {"pages/book/overview.py": "", "pages/frame.py": "", "pages/parts/charts.py": ""}
PLANTED = (
    (one_way, {"riskcore/policy.py": "def late():\n    from riskcore import scoring"}),
    (one_way, {"riskcore/policy.py": "from riskcore.store import Store"}),
    (one_way, {"riskcore/scoring/sql.py": "from ..portfolio import cube"}),
    (one_way, {"riskcore/text.py": "import streamlit.components.v2"}),
    (one_way, {"riskcore/helpers.py": ""}),
    (one_door, {"riskcore/scoring.py": "import duckdb"}),
    (one_door, {"pages/parts/charts.py": "from duckdb import connect"}),
    (one_door, {"app.py": "import duckdb as d"}),
    (frame_alone, {"pages/overview.py": ""}),
    (frame_alone, {"pages/board.js": ""}),
    (pages_apart, PAGE | {"pages/book/customers.py": "from pages.book import overview"}),
    (pages_apart, PAGE | {"pages/parts/charts.py": "from pages.book.overview import draw"}),
    (pages_apart, PAGE | {"pages/book/customers.py": "import book.overview"}),
    (pages_apart, PAGE | {"app.py": "from pages import frame"}),
    (short, {"pages/parts/board.js": "\n" * 400}),
    (no_words, {"pages/frame.py": "st.write(f'{count} 位客户')"}),
    (no_words, {"pages/frame.py": "st.html('<p>No rows here yet</p>')"}),
    (no_words, {"pages/frame.py": "notes = ['Drag a handle, then release it']"}),
    (no_words, {"pages/frame.py": "left.metric('Exposure', 3)"}),
    (no_words, {"pages/frame.py": "st.page_link(page, label=':material/home: Overview')"}),
    (no_words, {"pages/frame.py": "st.column_config.NumberColumn('Score')"}),
    (no_words, {"pages/parts/board.js": "title.textContent = '客户'"}),
)


@pytest.mark.parametrize(("law", "files"), PLANTED)
def test_a_breach_is_seen(law: Callable[[Files], Iterator[str]], files: Files) -> None:
    assert list(law(files))


KEPT = (
    {"riskcore/scoring/sql.py": "from . import bins\nfrom riskcore.scoring.bins import edges"},
    {"riskcore/scoring.py": "import pandas\nfrom riskcore import policy\nfrom riskcore.errors import RiskError"},
    {"riskcore/__main__.py": "from riskcore import book", "riskcore/store.py": "import duckdb"},
    PAGE | {"pages/book/customers.py": "from pages.parts import charts\nfrom riskcore import book"},
    {"pages/frame.py": '"""What runs around every page."""\nst.title(t("overview.title"))'},
    {"pages/frame.py": "st.html('<style>.st-key-main button{color: red} a b c{}</style>')"},
    {"pages/frame.py": "st.button(t('frame.reset'), icon=':material/undo:', key='main')"},
)


@pytest.mark.parametrize("files", KEPT)
def test_what_is_allowed_passes(files: Files) -> None:
    assert not [breach for law in LAWS for breach in law(files)]
