"""The landing folder and long work: what is offered, how far it is, and that cancelling leaves the book as it was."""

import io
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from riskcore import book, landing
from riskcore.errors import AskedWrong
from riskcore.ingest import bulk
from riskcore.ingest.bulk import Cancelled
from riskcore.store import Store

SMALL = "customer_id,customer_name,credit_score\nC1,Nordic Steel,720\nC2,东海贸易,640\nC3,Alpha,555\n"
TABLES = ("import", "assessment", "customer", "input", "listing", "layout")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("RISK_HOME", str(tmp_path))
    with closing(book.open_book("own")) as opened:
        yield opened


def put(name: str, content: str | bytes) -> Path:
    """A file in the landing folder."""
    path = book.inbox() / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def held(store: Store) -> list[int]:
    """How many rows each table of the book has."""
    return [store.one(f"select count(*) from {table}")[0] for table in TABLES]  # type: ignore[index]


def names(store: Store) -> set[str]:
    return {one.name for one in landing.waiting(store)}


def test_files_wait_until_they_are_taken_in_and_stay_where_they_are(store: Store) -> None:
    path = put("a.csv", SMALL)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("inner.csv", SMALL.replace("720", "600"))
    packed = put("b.zip", archive.getvalue())
    for passed in (".hidden.csv", "~$open.xlsx", "half.csv.part"):
        put(passed, SMALL)
    (book.inbox() / "link.csv").symlink_to(path)
    (book.inbox() / "folder").mkdir()
    assert names(store) == {"a.csv", "b.zip"}
    [first] = [one for one in landing.waiting(store) if one.name == "a.csv"]
    assert (first.size, first.path) == (len(SMALL.encode()), path)

    outcome = landing.take_in_one(store, path, landing.Choices(), "Li Na").result()
    assert outcome.taken is not None
    assert names(store) == {"b.zip"}
    landing.take_in_one(store, packed, landing.Choices()).result()
    assert names(store) == set()
    assert path.read_text("utf-8") == SMALL
    path.write_text(SMALL.replace("720", "730"), "utf-8")
    assert names(store) == {"a.csv"}
    path.write_text(SMALL, "utf-8")
    book.undo(store, outcome.taken.import_ids[0], "Li Na")
    assert names(store) == {"a.csv"}
    assert store.rows("select taken_by, undone_by from import order by import_id") == [("Li Na", "Li Na"), ("", None)]


def test_undoing_forgets_nothing_and_happens_once(store: Store) -> None:
    landing.take_in_one(store, put("a.csv", SMALL), landing.Choices()).result()
    later = landing.take_in_one(store, put("b.csv", SMALL.replace("720", "560")), landing.Choices()).result()
    assert later.taken is not None
    book.undo(store, later.taken.import_ids[0], "Wu")
    assert store.rows("select score from listing order by score") == [(555,), (640,), (720,)]
    assert held(store)[:4] == [2, 3, 3, 6]
    for number in (later.taken.import_ids[0], 99):
        with pytest.raises(AskedWrong):
            book.undo(store, number, "Wu")
    assert held(store)[:4] == [2, 3, 3, 6]


def test_what_asks_or_is_refused_takes_nothing(store: Store) -> None:
    before = held(store)
    asked = landing.take_in_one(store, put("r.csv", "customer_id,debt_ratio\nC1,0.4\n"), landing.Choices()).result()
    assert asked.taken is None
    assert [q.id for q in asked.files[0].tables[0].open_questions] == ["percent:1"]
    refused = landing.take_in_one(store, put("p.csv", "%PDF-1.7"), landing.Choices()).result()
    assert refused.taken is None and refused.files[0].refused[0].error.key == "errors.file_pdf"
    assert held(store) == before
    answered = landing.Choices(answers={"percent:1": "times_100"})
    assert landing.take_in_one(store, book.inbox() / "r.csv", answered).result().taken is not None


@pytest.mark.parametrize("stage", ["bytes", "read", "judged", "written", "assessed"])
def test_cancelling_at_any_stage_leaves_the_book_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setattr(bulk, "BULK_FROM", 0)
    landing.take_in_one(store, put("a.csv", SMALL), landing.Choices()).result()
    before = held(store)
    rows = "".join(f"D{n:06},Name {n},{300 + n % 500}\n" for n in range(200_000))
    run = landing.take_in_one(store, put("large.csv", SMALL.partition("\n")[0] + "\n" + rows), landing.Choices())
    shares = []
    while run.is_running and run.progress().stage != stage:
        shares.append(run.progress().share)
        time.sleep(0.001)
    began = time.monotonic()
    run.cancel()
    assert time.monotonic() - began < 1
    assert shares == sorted(shares)
    with pytest.raises(Cancelled):
        run.result()
    assert held(store) == before
    assert not store.private.exists()
    again = landing.take_in_one(store, book.inbox() / "large.csv", landing.Choices())
    assert again.result().taken is not None
    assert again.progress().share == 1.0
    assert held(store)[2] == 200_003


def test_a_killed_process_leaves_no_copy_behind(tmp_path: Path) -> None:
    path = tmp_path / "book.duckdb"
    left = path.with_suffix(".reading")
    left.mkdir()
    (left / "1.csv").write_text("what was read when it was killed", "utf-8")
    with closing(Store(path)):
        assert not left.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["book.duckdb"]
