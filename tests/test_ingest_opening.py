"""What a person uploads, opened by its content: texts, archives, and what is refused with a way out."""

import gzip
import io
import struct
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
import xlsxwriter

from riskcore.errors import FileRefused
from riskcore.ingest import open_file, opening, read
from riskcore.text import Words

CSV = b"customer_id,amount\nA,1\nB,2\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def workbook(*names: str) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name in names:
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["customer_id", "amount"])
            page.write_row(1, 0, ["A", 1])
    return stream.getvalue()


def archive(members: dict[str, bytes], method: int = ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return stream.getvalue()


def refused(data: bytes, name: str = "file.bin") -> str:
    with pytest.raises(FileRefused) as error:
        open_file(data, name)
    return str(error.value.key).removeprefix("errors.")


def test_a_text_is_read_as_ever() -> None:
    opened = open_file(CSV, "book.csv")
    assert (opened.refused, opened.notes) == ((), ())
    (upload,), expected = opened.uploads, read(CSV, "book.csv")
    assert (upload.headings, upload.rows, upload.sha256) == (expected.headings, expected.rows, expected.sha256)


def test_a_workbook_is_known_by_its_content() -> None:
    (upload,) = open_file(workbook("Open items"), "named.csv").uploads
    assert (upload.name, upload.sheet, upload.headings) == ("named.csv", "Open items", ("customer_id", "amount"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "workbook_old"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "workbook_locked"),
        (b"%PDF-1.7", "file_pdf"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "file_markup"),
        (b"", "file_empty"),
        (b"Rar!\x1a\x07\x01\x00", "file_archive"),
        (b"PK\x03\x04 and nothing more", "archive_damaged"),
        (workbook("Sheet1")[:-200], "archive_damaged"),
        (archive({"mimetype": b"application/vnd.oasis", "content.xml": b"<x/>"}), "workbook_open_document"),
        (archive({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "workbook_none"),
        (archive({"__MACOSX/._a.csv": b"x", ".hidden": b"x", "folder/": b""}), "archive_empty"),
        (gzip.compress(CSV)[:-12], "archive_damaged"),
        (gzip.compress(archive({"a.csv": CSV})), "archive_nested"),
        (gzip.compress(gzip.compress(CSV)), "archive_nested"),
        (gzip.compress(b""), "file_empty"),
    ],
)
def test_what_cannot_be_opened_says_so(data: bytes, reason: str) -> None:
    assert refused(data) == reason


def test_a_binary_workbook() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relations = f'<Relationships><Relationship Id="a" Type="{kind}" Target="xl/workbook.bin"/></Relationships>'
    parts = {"[Content_Types].xml": b"<x/>", "_rels/.rels": relations.encode(), "xl/workbook.bin": b"\0"}
    assert refused(archive(parts)) == "workbook_binary"


def test_a_gzip_file_is_what_is_in_it() -> None:
    (upload,) = open_file(gzip.compress(CSV) + gzip.compress(b"C,3\n"), "book.csv.gz").uploads
    assert (upload.name, upload.rows.num_rows) == ("book.csv", 3)
    (upload,) = open_file(gzip.compress(workbook("one")), "book.xlsx.gz").uploads
    assert (upload.name, upload.sheet) == ("book.xlsx", "one")


def test_every_member_of_an_archive_is_opened() -> None:
    members = {
        "2023/balance.csv": CSV,
        "2024/balance.csv": CSV.replace(b"A,1", b"A,9"),
        "a/deep/../book.xlsx": workbook("one", "two"),
        "inner.zip": archive({"a.csv": CSV}),
        "paper.pdf": b"%PDF-1.7",
        "__MACOSX/._balance.csv": b"x",
        ".DS_Store": b"x",
        "folder/": b"",
    }
    opened = open_file(archive(members), "/tmp/year end.zip")
    assert [(u.name, u.sheet) for u in opened.uploads] == [
        ("year end.zip / 2023 / balance.csv", ""),
        ("year end.zip / 2024 / balance.csv", ""),
        ("year end.zip / deep / book.xlsx", "one"),
        ("year end.zip / deep / book.xlsx", "two"),
    ]
    assert len({u.sha256 for u in opened.uploads}) == 4
    assert [(r.name, r.error.key) for r in opened.refused] == [
        ("year end.zip / inner.zip", "errors.archive_nested"),
        ("year end.zip / paper.pdf", "errors.file_pdf"),
    ]
    assert [(n.key, n.slots) for n in opened.notes] == [("opening.members_passed", {"n": 2})]


def test_notes_of_a_member_name_it() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("data").write_column(0, 0, ["id", "A"])
        book.add_worksheet("plans").hide()
    (note,) = open_file(archive({"book.xlsx": stream.getvalue()}), "a.zip").notes
    assert Words("en").phrase(note) == "book.xlsx: hidden sheets were passed over: plans"


def raw_name(data: bytes, name: bytes, flags: int | None = None) -> bytes:
    """An archive whose member `x…` of the same length is named by these bytes, with these flags."""
    data = data.replace(b"x" * len(name), name)
    at = data.index(b"PK\x01\x02")
    return data if flags is None else data[: at + 8] + struct.pack("<H", flags) + data[at + 10 :]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("客户余额.csv", "gb18030"),
        ("应收账款（镕）.csv", "gbk"),
        ("客户.csv", "utf-8"),
        ("Résumé.csv", "cp437"),
        ("a.csv", "ascii"),
    ],
)
def test_names_of_members_in_their_own_encoding(name: str, codec: str) -> None:
    encoded = name.encode(codec)
    (upload,) = open_file(raw_name(archive({"x" * len(encoded): CSV}), encoded), "a.zip").uploads
    assert upload.name == f"a.zip / {name}"


def test_a_member_that_is_locked_packed_oddly_or_damaged_goes_alone() -> None:
    def opened_with(data: bytes) -> list[Any]:
        opened = open_file(data, "a.zip")
        return [[u.name for u in opened.uploads], [r.error.key for r in opened.refused]]

    both = archive({"xxxxx": CSV, "good.csv": CSV})
    assert opened_with(raw_name(both, b"a.csv", 0x1)) == [["a.zip / good.csv"], ["errors.archive_locked"]]
    assert opened_with(archive({"a.csv": CSV}, ZIP_BZIP2)) == [[], ["errors.archive_method"]]
    stored = archive({"a.csv": CSV, "good.csv": CSV}, 0)
    at = stored.index(b"A,1")
    damaged = stored[:at] + b"Z" + stored[at + 1 :]
    assert opened_with(damaged) == [["a.zip / good.csv"], ["errors.archive_damaged"]]


def test_a_member_with_a_lying_size_is_read_no_further() -> None:
    data = archive({"a.csv": CSV * 5000})
    at = data.index(b"PK\x01\x02") + 24
    lying = data[:at] + struct.pack("<I", 100) + data[at + 4 :]
    assert [r.error.key for r in open_file(lying, "a.zip").refused] == ["errors.archive_damaged"]


def test_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(archive({f"{n}.csv": CSV for n in range(201)})) == "archive_members"
    assert refused(archive({"a.csv": b"0" * 30_000_000})) == "file_inflates"
    monkeypatch.setattr(opening, "PACKED_MOST", 1000)
    assert refused(gzip.compress(CSV * 100)) == "archive_member_large"
    assert refused(workbook("Sheet1")) == "file_too_large"
    opened = open_file(archive({"large.csv": CSV * 100, "a.csv": CSV}), "a.zip")
    assert [r.error.key for r in opened.refused] == ["errors.archive_member_large"]
    assert [u.name for u in opened.uploads] == ["a.zip / a.csv"]
    monkeypatch.setattr(opening, "INFLATED_MOST", 1000)
    assert refused(archive({"large.csv": CSV * 100})) == "file_inflates"
    monkeypatch.setattr(opening, "ENTRIES_MOST", 1)
    assert refused(archive({"a.csv": CSV, "b.csv": CSV})) == "archive_members"


def test_each_refusal_is_worded_in_both_languages() -> None:
    for data in (archive({"a.zip": archive({"a.csv": CSV})}), archive({"a.xls": OLE})):
        (member,) = open_file(data, "a.zip").refused
        assert all(Words(lang).error(member.error) for lang in ("zh", "en"))


def test_a_path_in_a_name_stays_a_name() -> None:
    info = ZipInfo("../../etc/\u202epasswd.csv")
    stream = io.BytesIO()
    with ZipFile(stream, "w") as packed:
        packed.writestr(info, CSV)
    (upload,) = open_file(stream.getvalue(), "..\\..\\a.zip").uploads
    assert upload.name == "a.zip / etc / passwd.csv"
