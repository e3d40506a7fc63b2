"""Large text files: the outcome is that of the careful way, and a kill leaves all or nothing."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from riskcore import ingest
from riskcore import policy as policies
from riskcore.errors import FileRefused
from riskcore.ingest import bulk
from riskcore.ingest.bulk import Cancelled, Watch, source
from riskcore.store import Store

POLICY = policies.load()
TOP = Path(__file__).parents[1]
pytestmark = pytest.mark.filterwarnings("ignore:Arrow output")  # the copy is small here
Both = Callable[..., tuple[ingest.Preparing, ingest.Preparing]]

HEADINGS = (
    "customer_id,customer_name,industry,exposure,incorporation_date,credit_score,quick_ratio,statement_quality,"
    "external_grade,legal_events_24m,employees,k1\n"
)
GRADES, QUALITIES = ("N1", "N3", "N5"), ("audited_12m", "none")


def row(number: int) -> str:
    """A plain row of a list of customers."""
    return (
        f"C{number:05},Nordic Steel {number},Retail,{number * 7 % 9973}.{number % 100:02},20{number % 20:02}-03-0"
        f"{1 + number % 9},{400 + number % 400},{number % 50 / 10},{QUALITIES[number % 2]},{GRADES[number % 3]},"
        f"{number % 4},{number % 90},{number % 2}\n"
    )


ODD = (
    'D1,东海贸易,零售业,"1,234.50",2001-01-01,700,1.5,none,N1,0,10,0\n',
    "D2,Bracket,Retail,(100),2001-01-01,700,nan,none,N1,1_0,10,yes\n",
    "D3,Date,Retail,1,2001/02/29,700,1e400,none,refused,0,10,0\n",
    "D4,Endless,Retail,1,infinity,700,1.5,none,N1,0,10,0\n",
    "D5,Negative,Retail,-5,1899-01-01,700,1.5,none,N9,-1,-4,0\n",
    "D6,Ragged,Retail,1\n",
    "D7,Ragged,Retail,1,2001-01-01,700,1.5,none,N1,0,10,0,too,many\n",
    "C00007,Again,Retail,1,2001-01-01,700,1.5,none,N1,0,10,0\n",
    ",Nobody,Retail,1,2001-01-01,700,1.5,none,N1,0,10,0\n",
    "Total,,,99999.99,,,,,,,,\n",
    "合 计,,,99999.99,,,,,,,,\n",
    "Printed by: A,,,,,,,,,,,\n",
    ",,,,,,,,,,,\n",
    "\n",
    "'007,'=Formula,Retail,1,epoch,700,1.5,none,N1,0,10,0\n",
    '="0042",N/A,-,1,20010203,withdrawn,1.5,,N1,0,10,\n',
    'D8,"Two\nlines",Retail,1,2001-01-01,700,1.5,none,N1,0,10,0\n',
    'D9,"Quoted ""twice""",Retail,1,2001-01-01,700,1.5,none,N1,0,10,0\n',
    "D10,  Blanks  ,Retail, 12 ,2001-01-01 10:00, 700 ,1.5,none,N1,0,10,0\n",
    "D11,Full,Retail,１２,2001年2月3日,700,62%,none,N1,0,10,0\n",
    f"D12,Large,Retail,{10**17},2001-01-01,700,1.5,none,N1,0,10,0\n",
    HEADINGS,
)


def shuffled(lines: tuple[str, ...], plain: int, every: int) -> str:
    """Odd lines far apart among plain ones, none near either end, so that the sample does not know them."""
    text, waiting = [HEADINGS], list(lines)
    for number in range(plain):
        text.append(row(number))
        if number > plain // 8 and number % every == 0 and waiting:
            text.append(waiting.pop(0))
    assert not waiting
    return "".join(text)


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """The same file prepared both ways; its rows are compared, and the book is left as it was."""
    monkeypatch.setattr(bulk, "BULK_FROM", 0)
    monkeypatch.setattr(source, "_HEAD", 1 << 13)
    monkeypatch.setattr(source, "_SLICE", 1 << 10)
    store = Store(tmp_path / "book.duckdb")

    def prepare(text: str, encoding: str = "utf-8", **chosen: object) -> tuple[ingest.Preparing, ingest.Preparing]:
        path = tmp_path / "large.csv"
        path.write_bytes(text.encode(encoding))
        small = ingest.prepare(ingest.read(path.read_bytes(), path.name), POLICY, store, **chosen)  # type: ignore[arg-type]
        with store.at_work() as cursor:
            large = bulk.prepare_bulk(path, POLICY, store, cursor, Watch(), **chosen)  # type: ignore[arg-type]
            assert (small.checked is None) == (large.checked is None)
            if small.checked is not None and large.checked is not None:
                assert small.checked.tables.keys() == large.checked.tables.keys()
                for name, rows in small.checked.tables.items():
                    found = large.checked.tables[name]
                    if isinstance(found, str):
                        found = cursor.execute(f"select * from {found}").to_arrow_table()
                    order = [(column, "ascending") for column in rows.column_names if column in {"line", "amount"}]
                    assert found.column_names == rows.column_names
                    assert found.sort_by(order).to_pylist() == rows.sort_by(order).to_pylist()
                assert isinstance(next(iter(large.checked.tables.values())), str), "it went the careful way as a whole"
        return small, large

    yield prepare
    store.close()


def agree(small: ingest.Preparing, large: ingest.Preparing) -> None:
    """What is said of the file is the same too."""
    assert small.checked is not None and large.checked is not None
    for name in ("rows_read", "rows_taken", "rows_set_aside", "totals", "currency", "as_of"):
        assert getattr(small.checked, name) == getattr(large.checked, name), name
    keep = ["line", "column", "value", "reason", "effect"]
    left, right = (p.checked.problems[keep].sort_values(keep).values.tolist() for p in (small, large))  # type: ignore[union-attr]
    assert left == right
    assert (small.kind, small.as_of, small.upload.sha256) == (large.kind, large.as_of, large.upload.sha256)


def test_plain_rows_are_what_the_careful_way_makes_of_them(both: Both) -> None:
    small, large = both(HEADINGS + "".join(map(row, range(3_000))))
    agree(small, large)
    assert len(large.upload.rows) == 0


def test_every_oddity_is_told_by_line_and_nothing_is_lost(both: Both) -> None:
    small, large = both(shuffled(ODD, 3_000, 100))
    agree(small, large)
    assert large.checked is not None
    assert large.checked.rows_set_aside > 8
    aside = set(large.checked.problems.query("effect == 'row'")["line"]) - {b.line for b in large.upload.broken}
    assert aside <= set(large.upload.rows["line"].to_pylist())


# What stands where something else should, by column, as people and systems write it.
STRANGE = (
    (
        "",
        "N/A",
        "-",
        "0007",
        "12+3",
        "'008",
        "=1+1",
        "E:1",
        "合 计",
        "x\ty",
        "Ｃ１",
        " C1 ",
        "\u3000C2\u3000",
        "1.2E+15",
    ),
    ("N/A", "无", "-", " padded ", "\u00a0Blank\u00a0", "=x", "'x", "东海", "Unknown", "TBD 1", ""),
    ("N/A", "unknown", "C35", "c", " Retail", ""),
    ("1_000", "0x10", "(5)", "1e400", "-0.004", "1.239", "1.5万", "N/A", "nan", "１２", "-7", f"{10**15 + 1}", ""),
    ("9999-12-31", "1970-01-01", "epoch", "infinity", "20200131", "2020-01-01 10:00", "2020-02-30", "1899-12-31", "-"),
    ("N/A", "refused", "5e2", "4_00", ""),
    ("inf", "-inf", "1e-400", "62%", "1 000", "withdrawn", "0x1", "1e300", "-1e301", ""),
    ("audited_12m", "AUDITED_12M", "best", "N/A", "declined", ""),
    ("N1", "n1", "AAA", "-", "refused", ""),
    ("-1", "2.7", "1_0", "none", "999", "N/A", ""),
    ("-4", "1e3", "0x1F", "about 5", ""),
    ("yes", "否", "2", "true", "maybe", "-", ""),
)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_stands_in_cells_is_what_the_careful_way_makes_of_it(both: Both, seed: int) -> None:
    chance = random.Random(seed)
    often = chance.choice((0.002, 0.02))
    lines = []
    for number in range(900):
        cells = row(number).rstrip("\n").split(",")
        lines.append(
            ",".join(chance.choice(s) if chance.random() < often else c for s, c in zip(STRANGE, cells, strict=True))
        )
    agree(*both(HEADINGS + "\n".join(lines) + "\n"))


@pytest.mark.parametrize("place", range(len(STRANGE)))
def test_what_the_sample_shows_of_a_column_holds_for_all_of_it(both: Both, place: int) -> None:
    lines = []
    for number in range(700):
        cells = row(number).rstrip("\n").split(",")
        if number % 3 == 0:
            cells[place] = STRANGE[place][number // 3 % len(STRANGE[place])]
        lines.append(",".join(cells))
    agree(*both(HEADINGS + "\n".join(lines) + "\n"))


def test_rows_keep_their_lines_where_the_database_reads_in_several_threads(tmp_path: Path) -> None:
    text = "customer_id,customer_name,industry,region\n"
    rows = (f"C{n:06},{'Nordic Steel ' * 30}{n},Retail {'and trade ' * 20},Region {n % 31}\n" for n in range(80_000))
    path = tmp_path / "large.csv"
    path.write_text(text + "".join(rows), "utf-8")
    with closing(Store(tmp_path / "book.duckdb")) as store, store.at_work() as cursor:
        ready = bulk.prepare_bulk(path, POLICY, store, cursor, Watch(), kind=ingest.KINDS["customers"])
        assert ready.checked is not None
        moved = "count(*) filter (line <> 2 + substr(customer_id, 2)::integer)"
        assert cursor.execute(f"select count(*), {moved} from typed").fetchone() == (80_000, 0)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_other_encodings_are_read_at_once_too(both: Both, encoding: str) -> None:
    names = HEADINGS + "".join(row(n).replace("Nordic Steel", "北方钢铁") for n in range(2_000))
    small, large = both(names, encoding)
    agree(small, large)
    assert large.upload.encoding == small.upload.encoding


def test_decimal_commas_and_dates_by_day_are_read_at_once(both: Both) -> None:
    lines = [
        f"C{n:05};Name {n};{n % 7}.{n % 1000:03},{n % 100:02};{1 + n % 28:02}.{1 + n % 12:02}.2019\n"
        for n in range(3_000)
    ]
    small, large = both("customer_id;customer_name;exposure;incorporation_date\n" + "".join(lines))
    agree(small, large)
    assert len(large.upload.rows) == 0


def test_years_as_a_customer_are_months_at_once_too(both: Both) -> None:
    lines = [f"C{n:05},公司{n},{1 + n % 9}{'' if n % 7 else '年'},{n}.50\n" for n in range(3_000)]
    small, large = both("客户编号,客户名称,合作年限,应收账款余额\n" + "".join(lines))
    assert [m.multiplier for m in large.matches if m.field == "months_trading"] == [12]
    agree(small, large)


def test_invoices_become_the_same_documents(both: Both) -> None:
    lines = [
        f"C{n % 500:04},{n:06},2026-0{1 + n % 9}-1{n % 10},2026-1{n % 3}-01,{'' if n % 4 else '2026-10-05'},{n}.50\n"
        for n in range(3_000)
    ]
    lines[2_000] = "C0001,000100,2026-02-10,2026-11-01,,100.50\n"  # there already
    lines[2_500] = "C0001,X9,12.03.2026,2026-11-01,,(40.00)\n"
    small, large = both("customer_id,invoice number,invoice date,due date,payment date,amount\n" + "".join(lines))
    assert small.kind.id == "invoices"
    agree(small, large)


def test_an_open_question_is_asked_of_the_sample(both: Both) -> None:
    text = "customer_id,debt_ratio\n" + "".join(f"C{n},0.{n % 90 + 10}\n" for n in range(3_000))
    small, large = both(text)
    assert [q.id for q in large.open_questions] == [q.id for q in small.open_questions] == ["percent:1"]
    agree(*both(text, answers={"percent:1": "times_100"}))


@pytest.mark.parametrize(("found", "instead"), [(b"C01000,", b"C01\x00000,"), (b"Steel 1000", b"Steel \xff\xfe")])
def test_bytes_that_are_no_text_are_refused_wherever_they_stand(tmp_path: Path, found: bytes, instead: bytes) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes((HEADINGS + "".join(map(row, range(2_000)))).encode().replace(found, instead))
    with pytest.raises(FileRefused):
        source.open_source(path, tmp_path / "private", Watch())


def test_too_many_odd_rows_are_refused_with_the_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "ODD_CELLS_MOST", 100)
    monkeypatch.setattr(source, "_HEAD", 1 << 13)
    monkeypatch.setattr(source, "_SLICE", 1 << 10)
    path = tmp_path / "large.csv"
    lines = [row(n).replace(",Retail,", ",Retail,about ") if 300 < n < 400 else row(n) for n in range(3_000)]
    path.write_text(HEADINGS + "".join(lines), "utf-8")
    with closing(Store(tmp_path / "book.duckdb")) as store, store.at_work() as cursor:
        found = bulk.prepare_bulk(path, POLICY, store, cursor, Watch())
    assert found.checked is None
    assert found.refused is not None
    assert (found.refused.key, found.refused.slots) == ("errors.file_bulk_odd", {"heading": "exposure", "n": 99})


def test_a_file_that_cannot_be_read_at_once_goes_the_careful_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.csv"
    lines = [row(n) if n != 1_500 else row(n).replace(",Retail,", ',"Retail,') for n in range(3_000)]  # left open
    path.write_text(HEADINGS + "".join(lines), "utf-8")
    with closing(Store(tmp_path / "book.duckdb")) as store, store.at_work() as cursor:
        small = ingest.prepare(ingest.read(path.read_bytes(), path.name), POLICY, store)
        agree(small, bulk.prepare_bulk(path, POLICY, store, cursor, Watch()))
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r", 5))
        found = bulk.prepare_bulk(path, POLICY, store, cursor, Watch())
        assert found.checked is not None and found.checked.rows_read == 3_000
        monkeypatch.setattr(bulk, "CAREFUL_MOST", 1_000)
        with pytest.raises(FileRefused, match="file_bulk"):
            bulk.prepare_bulk(path, POLICY, store, cursor, Watch())


def test_a_cancelled_reading_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text(HEADINGS + "".join(map(row, range(2_000))), "utf-8")
    watch = Watch()
    watch.cancel()
    with closing(Store(tmp_path / "book.duckdb")) as store:
        with pytest.raises(Cancelled), store.at_work() as cursor:
            bulk.prepare_bulk(path, POLICY, store, cursor, watch)
        assert not store.private.exists()
        assert path.exists()


IMPORTING = """
import sys
from pathlib import Path
from riskcore import landing
from riskcore.ingest import bulk
from riskcore.store import Store
bulk.BULK_FROM = 0
store = Store(Path(sys.argv[1]))
print("begun", flush=True)
landing.take_in(store, [(Path(sys.argv[2]), landing.Choices())], bulk.Watch())
print("done", flush=True)
"""


def test_a_kill_at_any_moment_leaves_all_or_nothing(tmp_path: Path) -> None:
    path, book = tmp_path / "large.csv", tmp_path / "book.duckdb"
    path.write_text(HEADINGS + "".join(map(row, range(20_000))), "utf-8")
    chance = random.Random(5)
    for _ in range(3):
        with closing(Store(book)) as store:
            before = _held(store)
        command = [sys.executable, "-c", IMPORTING, str(book), str(path)]
        with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "begun\n"
            time.sleep(chance.uniform(0.1, 1.5))
            os.kill(child.pid, signal.SIGKILL)
        with closing(Store(book)) as store:
            assert _held(store) in {before, (before[0] + 1, before[1] + 1, 20_000, before[3] + 20_000)}
    assert subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True).stdout == "begun\ndone\n"


def _held(store: Store) -> tuple[int, int, int, int]:
    """Imports, assessments, customers and rows of a book."""
    tables = ("import", "assessment", "customer", "input")
    return tuple(store.one(f"select count(*) from {table}")[0] for table in tables)  # type: ignore[return-value, index]
