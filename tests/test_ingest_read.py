"""Files as rows of text: structure, encodings, delimiters, and what is refused whole."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from riskcore.errors import FileRefused
from riskcore.ingest import read
from riskcore.text import LANGUAGES, Words

PLAIN = "id,name,score\n1,Acme,700\n2,Beta,650\n"


def cells(data: bytes | str) -> list[list[str | None]]:
    """The cells of a file by row, without the numbers of the lines."""
    upload = read(data if isinstance(data, bytes) else data.encode(), "a.csv")
    columns = [upload.rows.column(f"c{i}").to_pylist() for i in range(len(upload.headings))]
    return [list(row) for row in zip(*columns, strict=True)]


def refused(data: bytes, name: str = "customers.csv") -> str:
    """The key under which a file is refused; its sentence must stand in both languages."""
    with pytest.raises(FileRefused) as caught:
        read(data, name)
    for lang in LANGUAGES:
        assert Words(lang).error(caught.value)
    return caught.value.key.removeprefix("errors.")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file_empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "file_empty"),
        (b"\xff\xfe", "file_empty"),
        (b"id,name,score\r\n\r\n", "file_only_headings"),
        (b"%PDF-1.7\n1 0 obj", "file_pdf"),
        (b"\n%PDF-1.4", "file_pdf"),
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", "file_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "file_excel"),
        (b"PK\x03\x04\x14\x00a.txt", "file_archive"),
        (b"\x1f\x8b\x08\x00", "file_archive"),
        (b"<html><table><tr><td>1", "file_markup"),
        (b"id,name\n1,A\x00B\n", "file_nul"),
        ("id,name\n1,A\x00B\n".encode("utf-16"), "file_nul"),
        (b"id,name,id \n1,2,3\n", "file_headings_twice"),
        ((",".join(f"h{i}" for i in range(10_000)) + "\n1\n").encode(), "file_columns"),
        ((",".join(f'"h{i}"' for i in range(400)) + "\n1\n").encode(), "file_columns"),
        (b'id,"name\n1,A\n', "file_heading_broken"),
        ("id,name\n1,Müller GmbH\n".encode("latin-1"), "file_encoding"),
        ("客户编号,客户名称\n1,上海\n".encode() + b"2,\xff\xfe\n", "file_encoding"),
        (b"\xff\xfea\x00\xd8", "file_encoding"),
    ],
)
def test_refused_whole(data: bytes, key: str) -> None:
    assert refused(data) == key


def test_duplicate_headings_and_the_line_of_a_nul_are_named() -> None:
    with pytest.raises(FileRefused) as twice:
        read(b"id,a,b,a,b\n1,2,3,4,5\n", "x.csv")
    assert twice.value.slots == {"headings": "a, b"}
    with pytest.raises(FileRefused) as nul:
        read(b"id,a\r\n1,2\r\n3,\x00\r\n", "x.csv")
    assert nul.value.slots == {"line": 3}


@pytest.mark.parametrize(
    ("codec", "shown"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 BOM"), ("utf-16", "UTF-16"), ("gb18030", "GB18030")],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(codec: str, shown: str, delimiter: str, newline: str) -> None:
    rows = [["客户编号", "客户名称", "评分"], ["001", "上海某某有限公司", "700"], ["002", "北京某某", "650"]]
    upload = read(newline.join(delimiter.join(row) for row in rows).encode(codec), "客户.csv")
    assert (upload.encoding, upload.delimiter, upload.headings) == (shown, delimiter, tuple(rows[0]))
    assert upload.rows["line"].to_pylist() == [2, 3]
    assert upload.rows["c1"].to_pylist() == ["上海某某有限公司", "北京某某"]


def test_a_line_that_names_the_delimiter_is_taken_and_counted() -> None:
    upload = read(b"sep=;\nid;name, first;x\n1;A, B;2\n", "a.csv")
    assert upload.delimiter == ";"
    assert upload.headings == ("id", "name, first", "x")
    assert upload.rows["line"].to_pylist() == [3]


def test_empty_lines_are_skipped_and_cells_are_trimmed() -> None:
    assert cells("\nid, name \n\n 1 ,\u3000Acme\u00a0\n,\n2,  \n") == [["1", "Acme"], ["2", None]]


@pytest.mark.parametrize(
    ("text", "headings", "first_line"),
    [
        ("客户明细表,,\n截止日期：2026-01-31,,单位：元\n编码,名称,评分\n1,甲,700\n", ("编码", "名称", "评分"), 4),
        ("Customers 2026\n\nid;name;score\n1;A, B;700\n", ("id", "name", "score"), 4),
        ('"Customers, ""all"""\nid,"full\nname",score\n1,A,700\n', ("id", "full name", "score"), 4),
        ("List,\n,\nname,score\nA,700\n", ("name", "score"), 4),
        ("name\nA\nB, C\n", ("name",), 2),
        ("name\n1,A,700\n2,B,650\n3\n", ("name",), 4),
        ("id,name\n1,A\n", ("id", "name"), 2),
    ],
)
def test_titles_above_the_headings_are_passed_over(text: str, headings: tuple[str, ...], first_line: int) -> None:
    upload = read(text.encode(), "a.csv")
    assert upload.headings == headings
    assert upload.rows["line"].to_pylist()[0] == first_line


def test_a_formula_that_is_a_text_is_that_text() -> None:
    assert cells('id,name\n="00123",A\n"=""00124""",=cmd()\n') == [["00123", "A"], ["00124", "=cmd()"]]


def test_headings_that_are_empty_get_a_number() -> None:
    assert read(b"id,,name,\n1,2,3,4\n", "a.csv").headings == ("id", "#2", "name", "#4")


@pytest.mark.parametrize(
    ("text", "good", "broken"),
    [
        ("id,n,s\n1,A,7\n2,B\n3,C,9\n", ["1", "3"], [(3, "ragged", {"found": 2, "expected": 3})]),
        ("id,n,s\n1,A,7,9\n3,C,9\n", ["3"], [(2, "ragged", {"found": 4, "expected": 3})]),
        ('id,n,s\n1,"A,7\n2,B,8\n3,"C, D",9\n', ["2", "3"], [(2, "broken_quote", {})]),
        ('id,n,s\n1,"A"x,7\n2,B,8\n', ["2"], [(2, "broken_quote", {})]),
        ('id,n,s\n1,"A,7\n2,B,8\n3,C",9\n4,D,1\n', ["2", "3", "4"], [(2, "broken_quote", {})]),
        ('id,n,s\n1,A,7\n2,"B,8', ["1"], [(3, "broken_quote", {})]),
        ("id,n,s\n1," + "x" * 40_000 + ",7\n2,B,8\n", ["2"], [(2, "cell_too_long", {"most": 32_000})]),
        ('id,n,s\n1,"' + "x," * 90_000 + '",7\n2,B,8\n', ["2"], [(2, "cell_too_long", {"most": 32_000})]),
    ],
)
def test_a_bad_row_sets_aside_itself_alone(
    text: str, good: list[str], broken: list[tuple[int, str, dict[str, int]]]
) -> None:
    upload = read(text.encode(), "a.csv")
    assert upload.rows["c0"].to_pylist() == good
    assert [(b.line, b.reason.removeprefix("problems."), b.slots) for b in upload.broken] == broken
    assert all(len(b.text) <= 300 for b in upload.broken)
    assert upload.rows_read == upload.rows.num_rows + len(upload.broken)


def test_a_cell_of_ten_megabytes_is_set_aside_with_a_short_text() -> None:
    upload = read(b"id,name\n1," + b"x" * 10_000_000 + b"\n2,B\n", "a.csv")
    assert upload.rows["c0"].to_pylist() == ["2"]
    assert [(b.reason, len(b.text)) for b in upload.broken] == [("problems.cell_too_long", 300)]


def test_quoted_cells_keep_delimiters_quotes_and_line_breaks_and_the_line_counts_in_the_file() -> None:
    text = 'id,name,note\n1,"Acme, ""the"" firm","a\r\nb\nc"\n2,5" pipe,x\n'
    assert cells(text) == [["1", 'Acme, "the" firm', "a\nb\nc"], ["2", '5" pipe', "x"]]
    assert read(text.encode(), "a.csv").rows["line"].to_pylist() == [2, 5]


def test_headings_over_several_lines() -> None:
    upload = read(b'"customer\r\nid",name\r\n1,A\r\n', "a.csv")
    assert upload.headings == ("customer id", "name")
    assert upload.rows["line"].to_pylist() == [3]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\data\\客户.csv", "客户.csv"),
        ("a\u202egpj.csv\x07", "agpj.csv"),
        ("x" * 500, "x" * 120),
        ("/", "–"),
    ],
)
def test_a_name_is_cleaned_for_showing(name: str, shown: str) -> None:
    assert read(PLAIN.encode(), name).name == shown


def test_many_broken_quotes_do_not_cost_the_square_of_their_number() -> None:
    lines = ["id,name,x", *(f'{i},"open,1' for i in range(20_000))]
    upload = read("\n".join(lines).encode(), "a.csv")
    assert upload.rows_read == 20_000


WORDS = [
    "Acme",
    "上海",
    "某某有限公司",
    "x y",
    "1,234.50",
    "a;b",
    'say "hi"',
    "p|q",
    "two\nlines",
    "0012",
    "=cmd()",
    "-",
]
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([*WORDS, ""]), min_size=width, max_size=width).filter(any), min_size=1, max_size=12
    )
)


@settings(max_examples=150, deadline=None)
@given(
    TABLES,
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
@example([["-", "two\nlines"]], ",", "utf-8", "\r")
@example([["a;b", "a;b"]] * 3, ",", "utf-8", "\n")
def test_what_is_written_is_read(table: list[list[str]], delimiter: str, codec: str, newline: str) -> None:
    out = io.StringIO()
    # The writer leaves a line break bare where lines end in another way.
    quoting = csv.QUOTE_ALL if newline == "\r" else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    headings = [f"标题{chr(65 + i)}" for i in range(len(table[0]))]
    writer.writerows([headings, *table])
    assert cells(out.getvalue().encode(codec)) == [[cell or None for cell in row] for row in table]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        upload = read(data, "x.csv")
    except FileRefused:
        return
    assert upload.rows_read == upload.rows.num_rows + len(upload.broken) > 0


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["1", "A", '"', '""', ",", "\n", ";", "\r", " ", '",', '\n"']), max_size=40))
def test_no_line_is_lost(pieces: list[str]) -> None:
    """Each line that is no empty one begins a row, is within a quoted cell, or is listed as broken."""
    body = "".join(pieces)
    try:
        upload = read(f"a,b,c\n{body}".encode(), "x.csv")
    except FileRefused as error:
        assert error.key == "errors.file_only_headings"
        return
    kept = "".join(cell or "" for row in cells(f"a,b,c\n{body}") for cell in row)
    shown = kept + "".join(b.text for b in upload.broken)
    for letter in "1A":
        assert shown.count(letter) == body.count(letter)
