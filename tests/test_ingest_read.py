"""Files as rows of text: structure, encodings, delimiters, and what is refused whole."""

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from riskcore.errors import FileRefused
from riskcore.ingest import Upload, from_rows, read
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
        ((",".join(f"h{i}" for i in range(10_000)) + "\n1\n").encode(), "file_columns"),
        ((",".join(f'"h{i}"' for i in range(400)) + "\n1\n").encode(), "file_columns"),
        (b'id,"name\n1,A\n', "file_heading_broken"),
        (b"a,b\n1,\x00\n", "file_nul"),
        ("ид,имя\n1,ООО Ромашка\n".encode("koi8-r"), "file_encoding"),
        ("編號,名稱\n1,台灣公司\n".encode("big5"), "file_encoding"),
        ("客户编号,客户名称\n1,上海\n".encode() + b"2,\xff\xfe\n", "file_encoding"),
        (b"\xff\xfea\x00\xd8", "file_encoding"),
    ],
)
def test_refused_whole(data: bytes, key: str) -> None:
    assert refused(data) == key


def test_the_line_of_a_nul_is_named() -> None:
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


def said(upload: Upload) -> dict[str, dict[str, object]]:
    """The notes of an upload by key; each must be a sentence in both languages."""
    for lang in LANGUAGES:
        assert all(Words(lang).phrase(note) for note in upload.notes)
    return {note.key.removeprefix("reading."): note.slots for note in upload.notes}


def test_headings_that_stand_twice_get_a_number() -> None:
    upload = read(b"id,a,b,a,a (2),a\n1,2,3,4,5,6\n", "x.csv")
    assert upload.headings == ("id", "a", "b", "a (3)", "a (2)", "a (4)")
    assert said(upload) == {"headings_twice": {"headings": "a"}}


@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
def test_western_text_is_read_and_named(codec: str) -> None:
    upload = read("id,name\n1,Müller GmbH\n2,Société Générale\n".encode(codec), "a.csv")
    assert upload.encoding == "Windows-1252"
    assert upload.rows["c1"].to_pylist() == ["Müller GmbH", "Société Générale"]


RUSSIAN = (
    "Код;Контрагент;Сумма;Срок оплаты\n"
    "1;ООО «Ромашка»;1200,50;31.01.2026\n"
    "2;ЗАО Торговый дом № 5;300;15.02.2026\n"
    "3;ИП Ёлкин Пётр Семёнович;45,00;28.02.2026\n"
)


def test_russian_text_is_read_and_named() -> None:
    upload = read(RUSSIAN.encode("cp1251"), "a.csv")
    assert (upload.encoding, upload.headings) == ("Windows-1251", ("Код", "Контрагент", "Сумма", "Срок оплаты"))
    assert upload.rows["c1"].to_pylist() == ["ООО «Ромашка»", "ЗАО Торговый дом № 5", "ИП Ёлкин Пётр Семёнович"]
    even = "id,имя,счет\n1,Анна,долг\n2,Зима Ветер,плата\n3,Берёза Лето,оплата\n"  # every word reads as Chinese too
    assert read(even.encode("cp1251"), "a.csv").encoding == "Windows-1251"
    loud = RUSSIAN.upper()
    assert read(loud.encode("cp1251"), "a.csv").headings[1] == "КОНТРАГЕНТ"


OTHERS = (
    (RUSSIAN.replace("«", "").replace("»", "").replace("№", "N"), "koi8-r"),
    (RUSSIAN.replace("«", "").replace("»", "").replace("№", "N").lower(), "koi8-r"),
    (RUSSIAN.replace("«", "").replace("»", ""), "iso8859-5"),
    (RUSSIAN.replace("«", "").replace("»", ""), "cp866"),
    ("顧客番号,顧客名,金額\n1,株式会社アルファ,100\n2,ベータ商事,200\n", "shift-jis"),
    ("顧客番号,顧客名,金額\n1,株式会社アルファ,100\n2,ベータ商事,200\n", "euc-jp"),
    ("고객번호,고객명,금액\n1,알파 주식회사,100\n2,베타 상사,200\n", "euc-kr"),
    ("客戶編號,客戶名稱,金額\n1,阿爾法股份有限公司,100\n2,貝塔企業,200\n", "big5"),
    ("κωδικός;πελάτης;ποσό\n1;Άλφα ανώνυμη εταιρεία;100\n2;Βήτα εμπορική;200\n", "cp1253"),
    ("מספר;לקוח;סכום\n1;אלפא בעמ חברה ציבורית;100\n2;ביתא סחר ושיווק;200\n", "cp1255"),
    ("id;nazwa;kwota\n1;Żółta Gęś Łódź spółka;100\n2;Świeże źródło;200\n", "cp1250"),
)


@pytest.mark.parametrize(("text", "codec"), OTHERS, ids=[f"{place} {codec}" for place, (_, codec) in enumerate(OTHERS)])
def test_no_other_text_is_taken_for_russian(text: str, codec: str) -> None:
    try:
        assert read(text.encode(codec), "a.csv").encoding != "Windows-1251"
    except FileRefused as refused:
        assert refused.key == "errors.file_encoding"


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=9), min_size=8))
def test_no_chinese_text_is_taken_for_russian(names: list[str]) -> None:
    written = "编号,名称\n" + "".join(f"{place},{name}\n" for place, name in enumerate(names))
    assert read(written.encode("gb18030"), "a.csv").encoding == "GB18030"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_tab_text_of_a_spreadsheet(codec: str) -> None:
    upload = read("客户编号\t客户名称\r\n001\t上海某某\r\n".encode(codec), "a.txt")
    assert (upload.encoding, upload.delimiter, upload.headings) == ("UTF-16", "\t", ("客户编号", "客户名称"))
    assert upload.rows["c0"].to_pylist() == ["001"]


def test_a_list_printed_page_by_page() -> None:
    page = (
        "31.01.2026            Dynamic List Display               {n}\n"
        "----------------------------------------\n"
        "|  Customer  |  Name      |  Amount in LC|\n"
        "|----------------------------------------|\n"
        "|  00001{n}    |  Acme {n}    |  1.234,56-   |\n"
        "|  00002{n}    |            |    500,00    |\n"
        "----------------------------------------\n\n"
    )
    upload = read("".join(page.format(n=n) for n in (1, 2, 3)).encode(), "list.txt")
    assert upload.headings == ("Customer", "Name", "Amount in LC")
    assert upload.rows.column_names == ["line", "c0", "c1", "c2"]
    assert upload.rows["c0"].to_pylist() == ["000011", "000021", "000012", "000022", "000013", "000023"]
    assert upload.rows["c2"].to_pylist() == ["1.234,56-", "500,00"] * 3
    assert (upload.broken, upload.rows["line"].to_pylist()) == ((), [5, 6, 13, 14, 21, 22])
    assert said(upload) == {
        "titles": {"n": 1},
        "headings_again": {"n": 2},
        "titles_again": {"n": 2},
        "rulers": {"n": 9},
    }


def test_headings_repeated_between_rows_are_passed_over() -> None:
    upload = read(b'id,name\n1,A\nid,name\n2,B\n"id","name"\n3,C\n', "a.csv")
    assert upload.rows["c0"].to_pylist() == ["1", "2", "3"]
    assert said(upload) == {"headings_again": {"n": 2}}
    assert cells("2024\n7\n2024\n") == [["7"], ["2024"]]  # a number is no heading by being repeated


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("单位：万元", "单位：万元"),
        ("截止日期：2026-01-31,,金额单位：元", "金额单位：元"),
        ("编制单位：上海某某有限公司,,单位：人民币元", "单位：人民币元"),
        ("Unit: EUR thousand,,", "Unit: EUR thousand"),
        ("Amounts in USD thousands,,", "Amounts in USD thousands"),
        ("单位：,万元,", "单位： 万元"),
        ("编制单位：上海某某有限公司,,", ""),
        ("Unit: North,,", ""),
    ],
)
def test_the_unit_among_the_titles_is_kept(title: str, unit: str) -> None:
    upload = read(f"{title}\n编码,名称,余额\n1,甲,700\n".encode(), "a.csv")
    assert upload.headings == ("编码", "名称", "余额")
    assert upload.unit_line == unit
    assert said(upload).get("unit") == ({"text": unit} if unit else None)


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("id,name,\n1,A,\n2,B,\n", ("id", "name")),
        (",id,name\n,1,A\n,2,B\n", ("id", "name")),
        ("id,name,\n1,A,\n2,B,x\n", ("id", "name", "#3")),
        ("id,name\n1,A,\n2,B,\n3,C,\n", ("id", "name")),
        ("id,name,\n1,A\n2,B\n3,C\n", ("id", "name")),
        ("id,,name\n1,A\n2,B\n3,C\n", ("id", "name")),
        ("Customers\nid,name\n1,A\n2,B\n3,C\n", ("id", "name")),
        ("Customers\nRun: 2026\nid,name\n1,A\n2,B\n3,C\n4,D\n", ("id", "name")),
        ('id,"name\n1,A\n2,B\n3,C\n', ("id", "name")),
        ("id name\n1,A,x\n2,B,y\n3,C,z\n", ("#1", "#2", "#3")),
    ],
)
def test_headings_of_another_width_than_the_rows(text: str, headings: tuple[str, ...]) -> None:
    upload = read(text.encode(), "a.csv")
    assert upload.headings == headings
    assert upload.rows["c0"].to_pylist() == ["1", "2", "3", "4"][: upload.rows.num_rows]
    assert upload.rows.num_rows >= 2
    assert not upload.broken


def test_headings_that_cannot_be_matched_are_said_in_full() -> None:
    upload = read(b"id name\n1,A,x\n2,B,y\n3,C,z\n", "a.csv")
    assert said(upload) == {"headings_unfit": {"line": 1, "found": 1, "expected": 3, "text": "id name"}}


@pytest.mark.parametrize(
    "text",
    [
        "C1,Acme,2026-01-31\nC2,Beta,2026-02-28\nC3,Cato,2026-03-31\n",
        "C1,08:15,12.50\nC2,09:00,13.75\nC3,23:10,9.10\n",
        "C1,12,12.50\nC2,7,13.75\nC3,31,9.10\n",
        "1,Acme,700\n2,Beta,650\n3,Cato,640\n",
        "客户明细表\n1,甲,700\n2,乙,650\n3,丙,640\n4,丁,600\n",
    ],
)
def test_a_file_without_headings_keeps_its_first_row(text: str) -> None:
    upload = read(text.encode(), "a.csv")
    assert upload.headings == ("#1", "#2", "#3")
    assert (upload.rows.num_rows, upload.broken) == (text.count("\n") - (upload.notes[0].key == "reading.titles"), ())
    assert "no_headings" in said(upload)


@pytest.mark.parametrize(
    "text",
    [
        "Customer,2023,2024,2025\nA,1.5,2.5,3.5\nB,1.5,2.5,3.5\nC,2.5,3.5,1.5\n",
        "Customer,30,60,90\nA,1,2,3\nB,4,5,6\nC,7,8,9\n",
        "Company,2024-12-31,2025-12-31\nA,1.5,2.5\nB,1.5,2.5\nC,1.5,2.5\n",
        "1001,2202\n5.25,6.50\n7.25,8.50\n1.25,2.50\n",
        "No.,Date,Amount\n1,2026-01-31,1.50\n2,2026-02-28,2.50\n3,2026-03-31,3.50\n",
    ],
)
def test_headings_that_look_like_numbers_stay_headings(text: str) -> None:
    upload = read(text.encode(), "a.csv")
    assert upload.headings == tuple(text.split("\n", maxsplit=1)[0].split(","))
    assert (upload.rows.num_rows, upload.notes) == (3, ())


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('1,"Boots, 5" high",x', ["1", 'Boots, 5" high', "x"]),
        (r'1,"Boots, 5\" high",x', ["1", 'Boots, 5" high', "x"]),
        ('1,""A, B" and C",x', ["1", '"A, B" and C', "x"]),
        ('1,"A, B" ,x', ["1", "A, B", "x"]),
    ],
)
def test_a_quote_that_was_not_doubled_is_a_letter_where_the_row_then_fits(row: str, expected: list[str]) -> None:
    text = f"id,name,note\n{row}\n2,B,y\n"
    assert cells(text) == [expected, ["2", "B", "y"]]
    assert said(read(text.encode(), "a.csv")) == {"quotes": {"n": 1}}


def test_blanks_before_quotes_and_single_quotes() -> None:
    assert cells('id, name, x\n1, "A, B", 2\n2, "C", 3\n') == [["1", "A, B", "2"], ["2", "C", "3"]]
    single = "id,name,x\n1,'A, B',2\n2,'Ann's',3\n3,'D',4\n"
    assert cells(single) == [["1", "A, B", "2"], ["2", "Ann's", "3"], ["3", "D", "4"]]
    assert cells("id,name\n1,'t Hart\n2,O'Neil\n") == [["1", "'t Hart"], ["2", "O'Neil"]]


def test_rows_of_cells_become_an_upload() -> None:
    sheet: list[tuple[int, list[str]]] = [
        (1, ["Customers"]),
        (2, ["单位：万元", "", ""]),
        (4, ["id", "name", "name", ""]),
        (5, ["1", " A "]),
        (6, ["", "  "]),
        (7, ["id", "name", "name"]),
        (8, ["2", "B", "b", "", ""]),
    ]
    rows = [*sheet, *((n, [str(n), "x", "y"]) for n in range(9, 80)), (80, ["1", "2", "3", "4"])]
    upload = from_rows(rows, name="a.xlsx", sha256="00", encoding="Excel", delimiter="", sheet="一月")
    assert upload.headings == ("id", "name", "name (2)")
    assert upload.rows.slice(0, 2).to_pylist() == [
        {"line": 5, "c0": "1", "c1": "A", "c2": None},
        {"line": 8, "c0": "2", "c1": "B", "c2": "b"},
    ]
    assert [(b.line, b.reason) for b in upload.broken] == [(80, "problems.ragged")]
    assert (upload.sheet, upload.unit_line, upload.rows_read) == ("一月", "单位：万元", 74)
    assert set(said(upload)) == {"titles", "unit", "headings_twice", "headings_again"}
    with pytest.raises(FileRefused, match="file_only_headings"):
        from_rows([(1, ["id", "name"])], name="a", sha256="", encoding="Excel", delimiter="")
    with pytest.raises(FileRefused, match="file_empty"):
        from_rows([(1, ["", ""])], name="a", sha256="", encoding="Excel", delimiter="")


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
@example(["A", ";", "\n", "1", ";", "\n", "1", ";"])  # the first line is a title, and the second holds the headings
def test_no_line_is_lost(pieces: list[str]) -> None:
    """Each line that is no empty one begins a row, is within a quoted cell, holds headings, or is listed as broken."""
    body = "".join(pieces)
    try:
        upload = read(f"a,b,c\n{body}".encode(), "x.csv")
    except FileRefused as error:
        assert error.key == "errors.file_only_headings"
        return
    kept = "".join(cell or "" for row in cells(f"a,b,c\n{body}") for cell in row)
    told = [heading for heading in upload.headings if not heading.startswith("#")]
    shown = kept + "".join((*(b.text for b in upload.broken), *upload.titles, *told))
    for letter in "1A":
        assert shown.count(letter) == body.count(letter)
