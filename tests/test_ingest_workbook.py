"""Workbooks: what cells become as text, what is merged or hidden, and what a hostile one may not do."""

import io
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from riskcore.errors import FileRefused
from riskcore.ingest import Opened, Upload, open_file, workbook
from riskcore.ingest.excel import child, formats, package, sheet

Book = xlsxwriter.Workbook


def made(fill: Callable[[Book], None], **options: Any) -> bytes:
    """The bytes of a workbook that `fill` wrote."""
    stream = io.BytesIO()
    with Book(stream, {"in_memory": True} | options) as book:
        fill(book)
    return stream.getvalue()


def of_rows(*rows: list[Any]) -> bytes:
    def fill(book: Book) -> None:
        page = book.add_worksheet("Data")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)

    return made(fill)


def changed(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """A workbook with one of its parts rewritten."""
    stream = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as old, ZipFile(stream, "w", ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content.decode()) if info.filename == part else content)
    return stream.getvalue()


def test_a_column_that_is_filled_late_sets_no_row_aside() -> None:
    rows = [["id", "amount"], *([f"C{n}", n] for n in range(80)), ["C80", 80, "a remark"]]
    [upload] = open_file(of_rows(*rows), "late.xlsx").uploads
    assert upload.headings == ("id", "amount", "#3")
    assert (upload.rows_read, upload.rows.num_rows) == (81, 81)


SHEET = "xl/worksheets/sheet1.xml"


def with_cells(cells: str) -> bytes:
    """A workbook whose second row is written as XML, under the headings a, b and c."""
    return changed(
        of_rows(["a", "b", "c"]),
        SHEET,
        lambda xml: xml.replace("</sheetData>", f'<row r="2">{cells}</row></sheetData>'),
    )


def only(data: bytes, name: str = "book.xlsx") -> Upload:
    opened = open_file(data, name)
    assert not opened.refused
    (upload,) = opened.uploads
    return upload


def cells(upload: Upload) -> list[list[str | None]]:
    return [list(row.values())[1:] for row in upload.rows.to_pylist()]


def said(told: Upload | Opened) -> dict[str, Any]:
    return {phrase.key.removeprefix("opening."): phrase.slots for phrase in told.notes}


def refused(data: bytes, name: str = "book.xlsx") -> str:
    with pytest.raises(FileRefused) as error:
        open_file(data, name)
    return str(error.value.key).removeprefix("errors.")


def formatted(value: Any, code: str, **options: Any) -> str | None:
    """What a value comes out as under a number format."""

    def fill(book: Book) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["id", "value"])
        page.write(1, 0, "A1")
        page.write(1, 1, value, book.add_format({"num_format": code}))

    return cells(only(made(fill, **options)))[0][1]


def test_a_table_comes_out_as_it_stands() -> None:
    upload = only(of_rows(["客户", "金额", "是否"], ["甲公司", 1234.5, True], ["乙公司", -7, False]), "客户.xlsx")
    assert (upload.name, upload.sheet, upload.encoding, upload.delimiter) == ("客户.xlsx", "Data", "Excel", "")
    assert upload.headings == ("客户", "金额", "是否")
    assert cells(upload) == [["甲公司", "1234.5", "TRUE"], ["乙公司", "-7", "FALSE"]]
    assert upload.rows["line"].to_pylist() == [2, 3]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("0.30000000000000004", "0.3"),
        ("1234.5600000000001", "1234.56"),
        ("12345678901234567", "12345678901234567"),
        ("1.2345678901234568E+16", "12345678901234568"),
        ("1E-7", "0.0000001"),
        ("1E5", "100000"),
        ("100.0", "100"),
        ("-0.5", "-0.5"),
        ("1E300", "1E300"),
        ("NaN", "NaN"),
    ],
)
def test_numbers_lose_their_noise_and_nothing_else(raw: str, text: str) -> None:
    assert formats.plain(raw) == text
    assert cells(only(with_cells(f'<c r="A2"><v>{raw}</v></c>'))) == [[text, None, None]]


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.62, "0%", "62%"),
        (0.07, "0.00%", "7%"),
        (0.61255, "0%", "61.255%"),
        (1234.5, "¥#,##0.00", "¥1234.5"),
        (-100, '"€"#,##0', "-€100"),
        (100, "[$¥-804]#,##0.00", "¥100"),
        (100, "[$CNY] #,##0.00", "CNY100"),
        (100, '_("$"* #,##0.00_);_("$"* (#,##0.00)', "$100"),
        (100, '#,##0.00 "USD"', "USD100"),
        (100, "[$kr-41D] #,##0", "100"),
        (100, "[$-804]#,##0", "100"),
        (1234.5, "[Red]#,##0.00;[Blue]-#,##0.00", "1234.5"),
        (1234.5, '#,##0.00"day"', "1234.5"),
        (123, "00000", "00123"),
        (0.5, "0.00E+00", "0.5"),
        (45000, "General", "45000"),
        (45000, "yyyy-mm-dd", "2023-03-15"),
        (45000, 'yyyy"年"m"月"d"日"', "2023-03-15"),
        (45000, "[$-804]dddd", "2023-03-15"),
        (45000, "mmm-yy", "2023-03-15"),
        (45000.5, "d/m/yyyy h:mm", "2023-03-15 12:00:00"),
        (45000.999999, "d/m/yyyy h:mm", "2023-03-16"),
        (0.4375, "h:mm AM/PM", "10:30:00"),
        (1.25, "[h]:mm", "30:00:00"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (60, "yyyy-mm-dd", "1900-02-29"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (-5, "yyyy-mm-dd", "-5"),
        (3_000_000, "yyyy-mm-dd", "3000000"),
    ],
)
def test_formats_say_what_a_number_is(value: float, code: str, text: str) -> None:
    assert formatted(value, code) == text


@pytest.mark.parametrize(
    ("number", "text"), [(14, "2023-03-15"), (31, "2023-03-15"), (57, "2023-03-15"), (9, "4500000%")]
)
def test_formats_that_are_built_in(number: int, text: str) -> None:
    assert formats.reader(number, "", False)("45000") == text


def test_both_date_systems() -> None:
    for value in (date(2024, 2, 29), datetime(1999, 12, 31, 23, 59, 30)):
        text = f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")
        assert formatted(value, "yyyy-mm-dd") == formatted(value, "yyyy-mm-dd", date_1904=True) == text


def test_errors_iso_dates_and_texts() -> None:
    row = (
        '<c r="A2" t="e"><v>#N/A</v></c><c r="B2" t="d"><v>2024-01-31T00:00:00.000Z</v></c>'
        '<c r="C2" t="inlineStr"><is><r><t>one_x000D_\n</t></r><r><t>two _x005F_x0041_</t></r>'
        "<rPh><t>aid</t></rPh></is></c>"
    )
    assert cells(only(with_cells(row))) == [["#N/A", "2024-01-31", "one\ntwo _x0041_"]]


def test_cells_without_places_follow_each_other() -> None:
    assert cells(only(with_cells("<c><v>1</v></c><c><v>2</v></c>"))) == [["1", "2", None]]


def test_other_prefixes_of_the_names() -> None:
    prefixed = changed(
        of_rows(["a", "b"], [1, 2]),
        SHEET,
        lambda xml: re.sub(r"<(/?)(?!\?)", r"<\1x:", xml).replace("xmlns=", "xmlns:x="),
    )
    assert cells(only(prefixed)) == [["1", "2"]]


def test_formulas_by_their_stored_value() -> None:
    row = '<c r="A2"><f>1+1</f><v>2</v></c><c r="B2"><f>1+2</f></c><c r="C2" t="str"><f>""</f><v></v></c>'
    upload = only(with_cells(row))
    assert cells(upload) == [["2", None, None]]
    assert said(upload) == {"unvalued": {"n": 1}}


def test_sheets_are_apart_and_the_hidden_and_the_empty_are_said() -> None:
    def fill(book: Book) -> None:
        for name, rows in (
            ("一", [["a"], ["1"]]),
            ("cover", [["Ageing"]]),
            ("secret", [["b"], ["2"]]),
            ("二", [["c"], ["3"]]),
        ):
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
            if name == "secret":
                page.very_hidden()

    opened = open_file(made(fill), "book.xlsx")
    assert [(u.sheet, u.headings) for u in opened.uploads] == [("一", ("a",)), ("二", ("c",))]
    assert len({u.sha256 for u in opened.uploads}) == 2
    assert said(opened) == {"sheets_hidden": {"sheets": "secret"}, "sheets_empty": {"sheets": "cover"}}
    assert refused(of_rows(["only", "headings"])) == "workbook_empty"


def test_hidden_rows_and_columns_are_taken_and_said() -> None:
    def fill(book: Book) -> None:
        page = book.add_worksheet()
        for number in range(4):
            page.write_row(number, 0, ["id", "name", "amount"] if number == 0 else [number, "x", number * 10])
        page.set_row(2, None, None, {"hidden": True})
        page.set_column(1, 1, None, None, {"hidden": True})
        page.set_column(7, 9, None, None, {"hidden": True})

    upload = only(made(fill))
    assert cells(upload) == [["1", "x", "10"], ["2", "x", "20"], ["3", "x", "30"]]
    assert said(upload) == {"hidden_rows": {"n": 1}, "hidden_columns": {"n": 1}}


def test_merged_headings_become_one_per_column() -> None:
    def fill(book: Book) -> None:
        page = book.add_worksheet()
        page.merge_range("A1:F1", "Ageing of receivables")
        page.merge_range("A2:A4", "Customer")
        page.merge_range("B2:E2", "2024")
        page.merge_range("B3:C3", "Due")
        page.merge_range("D3:E3", "Overdue")
        page.write_row("B4", ["CNY", "USD", "CNY", "USD", "Note"])
        page.write_row("A5", ["Acme", 1, 2, 3, 4, "late"])

    upload = only(made(fill))
    assert upload.headings == (
        "Customer",
        "2024 Due CNY",
        "2024 Due USD",
        "2024 Overdue CNY",
        "2024 Overdue USD",
        "Note",
    )
    assert cells(upload) == [["Acme", "1", "2", "3", "4", "late"]]
    assert said(upload)["headings_joined"] == {"n": 3}


def test_a_merged_heading_never_takes_a_row_of_data() -> None:
    def fill(book: Book) -> None:
        page = book.add_worksheet()
        page.write("A1", "Customer")
        page.merge_range("B1:C1", "Address")
        page.write_row("A2", ["Acme", "High Street", "Leeds"])
        page.write_row("A3", ["Bolt", "Low Street", "York"])

    assert cells(only(made(fill))) == [["Acme", "High Street", "Leeds"], ["Bolt", "Low Street", "York"]]


def test_merged_cells_fill_down_and_amounts_count_once() -> None:
    def fill(book: Book) -> None:
        page = book.add_worksheet()
        page.write_row("A1", ["编号", "客户", "单据", "金额", "合计", "备注"])
        page.merge_range("A2:A3", 1001)
        page.merge_range("B2:B3", "甲公司")
        page.merge_range("E2:E3", 300)
        page.merge_range("F2:F3", "争议")
        page.write_row("C2", ["R1", 100])
        page.write_row("C3", ["R2", 200])
        page.write_row("A4", [1002, "乙公司", "R3", 50, 50])

    upload = only(made(fill))
    assert cells(upload) == [
        ["1001", "甲公司", "R1", "100", "300", "争议"],
        ["1001", "甲公司", "R2", "200", None, "争议"],
        ["1002", "乙公司", "R3", "50", "50", None],
    ]
    assert said(upload) == {"merged_down": {"n": 3}, "merged_once": {"n": 1}}


def test_columns_that_hold_nothing_are_none() -> None:
    def fill(book: Book) -> None:
        page = book.add_worksheet()
        page.write_row(3, 2, ["id", "amount"])
        page.write_row(4, 2, ["A", 1])
        page.write_blank(0, 900, None, book.add_format({"bold": True}))

    upload = only(made(fill))
    assert (upload.headings, cells(upload)) == (("id", "amount"), [["A", "1"]])
    assert upload.rows["line"].to_pylist() == [5]


# Hostile ones. Each is over in ten seconds and leaves the memory of this process as it was.


def with_entity(xml: str) -> str:
    return xml.replace("<worksheet", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet', 1)


def with_huge_tag(xml: str) -> str:
    return xml.replace("<sheetData>", f'<sheetData x="{"0123456789" * 1_000_000}">')


def a_bomb() -> bytes:
    def blown(xml: str) -> str:
        return xml.replace("</sheetData>", '<row><c t="str"><v>' + "0" * 30_000_000 + "</v></c></row></sheetData>")

    return changed(of_rows(["a"], ["b"]), SHEET, blown)


def a_lying_size() -> bytes:
    """A workbook whose directory says that its sheet is 300 bytes long."""
    data = of_rows(["a"], *([[f"text {n}"] for n in range(2000)]))
    with ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    at = data.rindex(SHEET.encode()) - 46
    assert data[at + 24 : at + 28] == size
    return data[: at + 24] + (300).to_bytes(4, "little") + data[at + 28 :]


def memory() -> int:
    """Bytes that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (a_bomb, "file_inflates"),
        (a_lying_size, "workbook_damaged"),
        (lambda: changed(of_rows(["a"], ["b"]), SHEET, with_entity), "workbook_entities"),
        (lambda: changed(of_rows(["a"], ["b"]), SHEET, lambda xml: xml[: len(xml) // 2]), "workbook_damaged"),
        (lambda: with_cells('<c r="A2" t="s"><v>99</v></c>'), "workbook_damaged"),
        (lambda: with_cells('<c r="XFE2"><v>1</v></c>'), "workbook_damaged"),
        (lambda: with_cells('<c r="A2" t="s"><v>x</v></c>'), "workbook_damaged"),
        (lambda: with_cells('</row><row r="1048577"><c><v>1</v></c>'), "workbook_damaged"),
        (lambda: changed(of_rows(["a"], ["b"]), SHEET, with_huge_tag), "workbook_damaged"),
        (lambda: with_cells('</row><row r="x"><c><v>1</v></c>'), "workbook_damaged"),
        (lambda: of_rows(["h"] * 301, ["x"] * 301), "sheet_columns"),
        (lambda: changed(of_rows(["a"], ["b"]), "xl/_rels/workbook.xml.rels", lambda _: "<x/>"), "workbook_none"),
    ],
)
def test_a_hostile_workbook_is_refused_by_name(make: Callable[[], bytes], reason: str) -> None:
    data = make()
    before, started = memory(), time.monotonic()
    assert refused(data) == reason
    assert time.monotonic() - started < 10
    assert memory() - before < 30_000_000


def test_a_cell_in_the_last_corner_costs_nothing() -> None:
    def fill(book: Book) -> None:
        page = book.add_worksheet()
        page.write_row(0, 0, ["id", "name"])
        page.write_row(1, 0, [1, "Acme"])
        page.write(1_048_575, 16_383, "x")

    upload = only(made(fill))
    assert upload.rows["line"].to_pylist() == [2, 1_048_576]
    assert cells(upload) == [["1", "Acme", None], [None, None, "x"]]


def test_a_cell_too_long_sets_its_row_aside() -> None:
    upload = only(with_cells(f'<c r="A2" t="str"><v>{"x" * 40_000}</v></c></row><row r="3"><c r="A3"><v>1</v></c>'))
    assert [(b.line, b.reason) for b in upload.broken] == [(2, "problems.cell_too_long")]
    assert cells(upload) == [["1", None, None]]


def test_a_refused_sheet_leaves_the_others() -> None:
    def fill(book: Book) -> None:
        book.add_worksheet("wide").write_row(0, 0, ["h"] * 301)
        page = book.add_worksheet("good")
        page.write_row(0, 0, ["a"])
        page.write_row(1, 0, ["b"])

    opened = open_file(made(fill), "book.xlsx")
    assert [u.sheet for u in opened.uploads] == ["good"]
    assert [(r.name, r.error.key) for r in opened.refused] == [("book.xlsx / wide", "errors.sheet_columns")]


def test_macros_and_outside_links_are_not_touched() -> None:
    data = of_rows(["a"], ["b"])
    stream = io.BytesIO(data)
    with ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0" * 100)
    outside = '<Relationship Id="rId99" Type="x/worksheet" Target="http://127.0.0.1:9/s.xml" TargetMode="External"/>'
    linked = changed(
        stream.getvalue(),
        "xl/_rels/workbook.xml.rels",
        lambda xml: xml.replace("</Relationships>", outside + "</Relationships>"),
    )
    pointed = changed(
        linked,
        "xl/workbook.xml",
        lambda xml: xml.replace("</sheets>", '<sheet name="x" sheetId="9" r:id="rId99"/></sheets>'),
    )
    assert cells(only(pointed, "book.xlsm")) == [["b"]]


@pytest.mark.parametrize(("limit", "reason"), [("CELLS_MOST", "sheet_cells"), ("MERGES_MOST", "sheet_merges")])
def test_caps_of_a_sheet(limit: str, reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fill(book: Book) -> None:
        page = book.add_worksheet()
        page.merge_range("A1:B1", "x")
        page.merge_range("A2:B2", "y")

    monkeypatch.setattr(sheet, limit, 1)
    (tmp_path / child.BOOK).write_bytes(made(fill))
    parts = package.Package(tmp_path / child.BOOK)
    book = package.read_book(parts, 100)
    with pytest.raises(package.Unreadable) as error:
        sheet.read_sheet(parts, book, book.sheets[0], lambda line, texts: None, 10, 100)
    assert error.value.key == reason


def test_what_unpacks_to_too_much_is_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(package, "INFLATED_MOST", 1000)
    (tmp_path / child.BOOK).write_bytes(of_rows(["a"], ["b"]))
    with pytest.raises(package.Unreadable) as error:
        package.read_book(package.Package(tmp_path / child.BOOK), 100)
    assert error.value.key == "file_inflates"


def test_too_many_sheets() -> None:
    assert refused(made(lambda book: [book.add_worksheet() for _ in range(101)])) == "workbook_sheets"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_nothing_is_left_behind(temporary: Path) -> None:
    only(of_rows(["a"], ["b"]))
    refused(changed(of_rows(["a"], ["b"]), SHEET, with_entity))
    assert not list(temporary.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_child_that_dies_or_hangs_is_an_error_with_a_name(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = of_rows(["a"], ["b"])
    monkeypatch.setattr(workbook, "_START", "import os; os.abort()")
    assert refused(data) == "workbook_unread"
    note = temporary / "pids"
    forks = f"import os, time; os.fork(); open({str(note)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(60)"
    monkeypatch.setattr(workbook, "_START", forks)
    monkeypatch.setattr(workbook, "SECONDS_MOST", 1)
    assert refused(data) == "workbook_slow"
    pids = [int(pid) for pid in note.read_text().split()]
    assert len(pids) == 2
    time.sleep(0.2)
    assert not [pid for pid in pids if is_running(pid)]
    assert [path.name for path in temporary.iterdir()] == ["pids"]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory")
def test_the_child_has_limits_and_needs_no_packages() -> None:
    folder = Path(workbook.__file__).parent
    run = [sys.executable, "-I", "-S", "-c"]
    loaded = "import sys; sys.path.append(sys.argv[1]); from excel import child; child.bound(); "
    greedy = subprocess.run([*run, loaded + "bytearray(3_000_000_000)", folder], capture_output=True, check=False)
    assert b"MemoryError" in greedy.stderr
    spinning = loaded + "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass"
    assert subprocess.run([*run, spinning, folder], check=False).returncode in {-signal.SIGKILL, -signal.SIGXCPU}
    foreign = loaded + "print([m for m in ('duckdb', 'pandas', 'pyarrow', 'riskcore') if m in sys.modules])"
    assert subprocess.run([*run, foreign, folder], capture_output=True, check=True).stdout.strip() == b"[]"
