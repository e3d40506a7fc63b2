"""Files that are refused whole, uploaded in a real browser: one sentence each, and a book that stays as it was."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from riskcore import book, ingest, versions
from riskcore.store import Store
from riskcore.text import Words
from tests.e2e.server import serving

pytestmark = pytest.mark.browser

GOOD = b"customer id,name,credit score\nG1,Good One,700\nG2,Good Two,640\n"
WIDE = ",".join(f"column {n}" for n in range(10_000)).encode() + b"\n" + b"," * 9_999 + b"\n"
BAD = [
    ("empty.csv", b"", "file_empty", {}),
    ("headings.csv", b"customer id,name,credit score\n", "file_only_headings", {}),
    ("report.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "file_pdf", {}),
    ("wide.csv", WIDE, "file_columns", {"columns": 10_000, "most": 300}),
    ("nul.csv", b"customer id,name,credit score\nG1,Go\x00od,700\n", "file_nul", {"line": 2}),
    ("nobody.csv", b"colour,shape\nred,round\n", "file_no_customer", {}),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a book of one import."""
    home = tmp_path_factory.mktemp("books")
    store = Store(home / "book.duckdb")
    policy = versions.in_force(store)
    upload = ingest.read(GOOD, "good.csv")
    matches = ingest.propose(upload, policy, {})
    checked = ingest.check(upload, matches, {}, policy, store)
    book.take_in(store, [ingest.Prepared(upload, ingest.CUSTOMERS, matches, {}, checked, date(2026, 10, 31))])
    store.close()
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """A server of that folder."""
    with serving(home) as url:
        yield url


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_bad_file_is_one_sentence_and_changes_nothing(page: Page, address: str, home: Path, lang: str) -> None:
    t = Words(lang)
    before = hashlib.sha256((home / "book.duckdb").read_bytes()).hexdigest()
    page.goto(f"{address}/import?lang={lang}&book=own")
    uploader = page.locator("input[type=file]")
    for name, content, key, slots in BAD:
        uploader.set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
        said = page.get_by_test_id("stAlert")
        expect(said.get_by_test_id("stMarkdownContainer")).to_have_text(t(f"errors.{key}", **slots))
        assert said.count() == 1
        assert "Traceback" not in page.locator("body").inner_text()
        expect(page.locator(".st-key-main button:enabled")).to_have_count(0)
        page.get_by_role("button", name=t("imports.remove")).click()
        expect(said).to_have_count(0)
    assert hashlib.sha256((home / "book.duckdb").read_bytes()).hexdigest() == before
    assert not (home / "book.duckdb.wal").exists()
    page.goto(f"{address}/customers?lang={lang}&book=own")
    page.get_by_text({"zh": "共 2 行", "en": "2 in all"}[lang]).wait_for()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_thresholds_out_of_order_are_one_sentence(page: Page, address: str, lang: str) -> None:
    page.goto(f"{address}/thresholds?lang={lang}&book=own&t=600-700")
    said = page.get_by_test_id("stAlert").filter(has_text="600-700")
    expect(said).to_have_text(Words(lang)("thresholds.refused", asked="600-700"))
    expect(page.locator("[data-handle=A]")).to_have_attribute("aria-valuenow", "700")
    assert "Traceback" not in page.locator("body").inner_text()
