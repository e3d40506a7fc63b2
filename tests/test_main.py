"""The command line, as it is called: what it prints, what it writes, and how it ends."""

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from riskcore import book, explanation, portfolio, versions
from riskcore import policy as policies
from riskcore.__main__ import main
from riskcore.store import Store
from riskcore.text import Words
from riskcore.wording import reason_of

TOP = Path(__file__).parents[1]
POLICY = policies.load()
IDS = [c.id for c in POLICY.characteristic]
SMALL = "customer_id,customer_name,credit_score\nC1,Nordic Steel,720\nC2,东海贸易,640\nC3,Alpha,555\n"
RATIOS = "customer_id,debt_ratio\nC1,0.4\nC2,0.95\n"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command with its books in a folder of its own; gives status, stdout and stderr."""
    monkeypatch.setenv("RISK_HOME", str(tmp_path / "home"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def command(*words: object) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        return status, *capsys.readouterr()

    return command


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file and give its path."""

    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def counts(path: Path) -> tuple[int, int, int]:
    """Imports, assessments and customers of a book."""
    with closing(Store(path)) as store:
        tables = ("import", "assessment", "customer")
        return tuple(store.one(f"select count(*) from {table}")[0] for table in tables)  # type: ignore[return-value]


# -- import


def test_the_smallest_useful_file_gives_tiers_at_once(run: Run, file: Any) -> None:
    status, out, err = run("import", file("small.csv", SMALL), "--as-of", "2026-10-31")
    assert (status, err) == (0, "")
    assert "3 of 3 rows taken in as of 2026-10-31" in out
    assert re.search(r"A: 1 customer.*\n.*B: 1 customer.*\n.*C: 1 customer", out)
    assert counts(book.path("own")) == (1, 1, 3)


def test_json_is_one_object_that_says_it_all(run: Run, file: Any, tmp_path: Path) -> None:
    store = tmp_path / "other.duckdb"
    status, out, _ = run("import", file("small.csv", SMALL), "--as-of", "2026-10-31", "--json", "--store", store)
    told = json.loads(out)
    assert status == told["status"] == 0
    assert told["store"] == str(store)
    [taken] = told["imports"]
    assert {m["heading"]: m["field"] for m in taken["mapping"]}["credit_score"] == "credit_score"
    assert (taken["rows_read"], taken["rows_taken"], taken["problems"]) == (3, 3, [])
    assert [(tier["code"], tier["customers"]) for tier in told["assessment"]["tiers"]] == [("A", 1), ("B", 1), ("C", 1)]
    assert told["assessment"]["policy"]["hash"] == POLICY.hash
    assert not book.path("own").exists()


def test_options_may_stand_before_the_command_too(run: Run, file: Any, tmp_path: Path) -> None:
    status, out, _ = run("--json", "--store", tmp_path / "b.duckdb", "import", file("small.csv", SMALL))
    assert (status, json.loads(out)["store"]) == (0, str(tmp_path / "b.duckdb"))


def test_rows_set_aside_are_listed_and_the_rest_is_taken(run: Run, file: Any) -> None:
    path = file("rows.csv", SMALL + "C1,Again,700\nC4,Too,many,cells\n" + "C5,Off,nan\n")
    status, out, _ = run("import", path, "--kind", "customers")
    assert status == 1
    assert "line 5" in out and "line 6" in out and "line 7" in out
    assert counts(book.path("own")) == (1, 1, 4)
    status, out, _ = run("import", path, "--kind", "customers", "--json")
    problems = json.loads(out)["imports"][0]["problems"]
    assert [(p["line"], p["effect"]) for p in problems] == [(5, "row"), (6, "row"), (7, "cell")]
    assert all(p["reason"] for p in problems)


def test_twenty_problems_on_the_terminal_and_all_of_them_in_json(run: Run, file: Any) -> None:
    path = file("many.csv", SMALL + "".join(f"C1,Again {n},700\n" for n in range(50)))
    _, out, _ = run("import", path, "--kind", "customers")
    assert len(re.findall(r"^  line \d+", out, re.MULTILINE)) == 20
    assert "30 more" in out
    _, out, _ = run("import", path, "--kind", "customers", "--json")
    assert len(json.loads(out)["imports"][0]["problems"]) == 50


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("headings.csv", b"customer_id,credit_score\n"),
        ("really.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"),
        ("twice.csv", b"customer_id,score,score\n1,2,3\n"),
        ("nul.csv", b"customer_id,credit_score\nC1,\x00\n"),
        ("nobody.csv", b"credit_score,debt\n700,1\n"),
        ("no_row.csv", b"customer_id,credit_score\n,700\n"),
    ],
)
def test_a_refused_file_is_one_sentence_and_changes_nothing(run: Run, file: Any, name: str, content: bytes) -> None:
    path = file(name, content)
    status, out, err = run("import", path)
    assert (status, out) == (3, "")
    assert err.startswith(name) and "Traceback" not in err
    assert not book.path("own").exists()
    run("import", file("small.csv", SMALL))
    before = counts(book.path("own"))
    status, out, _ = run("import", path, "--json")
    assert (status, json.loads(out)["status"]) == (3, 3)
    assert json.loads(out)["error"]
    assert counts(book.path("own")) == before


def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path) -> None:
    for path in (tmp_path / "absent.csv", tmp_path):
        status, out, err = run("import", path)
        assert (status, out, len(err.splitlines())) == (3, "", 1)
        assert str(path) in err
    assert not book.path("own").exists()


def test_an_open_question_stops_the_import_and_says_what_to_give(run: Run, file: Any) -> None:
    path = file("ratios.csv", RATIOS)
    status, out, err = run("import", path)
    assert (status, out) == (3, "")
    assert not book.path("own").exists()
    answers = re.findall(r"--answer (\S+)", err)
    assert len(answers) == 2
    _, out, _ = run("import", path, "--json")
    [question] = json.loads(out)["questions"]
    assert [option["give"] for option in question["options"]] == [f"--answer {a}" for a in answers]

    times_100 = next(a for a in answers if "100" in a)
    status, out, _ = run("import", path, "--answer", times_100, "--json")
    assert status == 0
    assert json.loads(out)["imports"][0]["answers"] == dict([times_100.rsplit("=", 1)])
    with closing(book.open_book("own")) as store:
        values = store.rows("select liabilities_to_assets_pct from input order by line")
    assert values == [(pytest.approx(40),), (pytest.approx(95),)]


def test_a_question_with_a_default_is_told_and_an_unknown_answer_stays_open(run: Run, file: Any) -> None:
    status, out, _ = run("import", file("industry.csv", "customer_id,industry\nC1,Basket weaving\nC2,Retail\n"))
    assert status == 0
    assert "Basket weaving" in out
    with closing(book.open_book("own")) as store:
        assert store.rows("select * from remembered") == []
    status, _, err = run("import", file("ratios.csv", RATIOS), "--answer", "percent:1=perhaps")
    assert status == 3
    assert "--answer percent:1=" in err


def test_several_files_are_taken_together_or_not_at_all(run: Run, file: Any) -> None:
    first, second = file("a.csv", SMALL), file("b.csv", SMALL.replace("720", "560"))
    bad, asking = file("bad.csv", b""), file("ratios.csv", RATIOS)
    assert run("import", first, second)[0] == 0
    assert counts(book.path("own"))[:2] == (2, 1)
    with closing(book.open_book("own")) as store:
        assert store.rows("select score from listing join customer using (customer_key) order by 1") == [
            (555,),
            (560,),
            (640,),
        ]
    status, out, err = run("import", first, bad, second)
    assert (status, out) == (3, "")
    assert err.startswith("bad.csv")
    status, _, err = run("import", first, asking)
    assert status == 3 and err.startswith("ratios.csv") and "--answer percent:1=" in err
    assert counts(book.path("own"))[:2] == (2, 1)


def test_every_kind_and_every_container_is_taken(run: Run, file: Any) -> None:
    headings = "customer_id,invoice number,invoice date,due date,payment date,amount"
    invoices = f"{headings}\nC1,1,2026-09-01,2026-10-01,2026-09-20,500.00\n"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("small.csv", SMALL)
        members.writestr("invoices.csv", invoices)
    status, out, _ = run("import", file("both.zip", archive.getvalue()), "--json")
    assert status == 0
    assert [(i["file"], i["kind"]) for i in json.loads(out)["imports"]] == [
        ("both.zip / small.csv", "customers"),
        ("both.zip / invoices.csv", "invoices"),
    ]
    status, out, _ = run("import", file("again.csv", invoices), "--kind", "open_items", "--no-whole-book", "--json")
    assert (status, json.loads(out)["imports"][0]["kind"]) == (0, "open_items")
    with closing(book.open_book("own")) as store:
        assert store.rows("select kind, whole_book from import order by import_id") == [
            ("customers", False),
            ("invoices", False),
            ("open_items", False),
        ]
        assert store.rows("select amount from item order by import_id") == [(500,), (500,)]


def test_an_import_is_undone_once_and_listed_as_such(run: Run, file: Any) -> None:
    run("import", file("a.csv", SMALL), "--as-of", "2026-09-30")
    run("import", file("b.csv", SMALL.replace("720", "560")), "--as-of", "2026-10-31")
    status, out, _ = run("undo", 2, "--by", "Li Na", "--json")
    told = json.loads(out)
    assert (status, told["undone"], told["assessment"]["tiers"][0]["customers"]) == (0, 2, 1)
    status, out, _ = run("imports", "--json")
    assert [(i["import_id"], i["undone"]) for i in json.loads(out)["imports"]] == [(2, True), (1, False)]
    assert "undone by Li Na" in run("imports")[1]
    before = counts(book.path("own"))
    for number, said in ((2, "Li Na"), (7, "7")):
        status, _, err = run("undo", number, "--by", "Wu")
        assert status == 3 and said in err
    assert counts(book.path("own")) == before


def test_the_whole_book_retires_the_others_and_a_second_time_is_noticed(run: Run, file: Any) -> None:
    run("import", file("small.csv", SMALL), "--as-of", "2026-09-30")
    some = file("some.csv", "customer_id,credit_score\nC1,700\n")
    _, out, _ = run("import", some, "--as-of", "2026-10-31")
    assert "3 customers assessed as of 2026-10-31" in out
    _, out, _ = run("import", some, "--as-of", "2026-10-31", "--whole-book")
    assert "1 customer assessed" in out
    assert "some.csv, as of 2026-10-31" in out


def test_what_a_terminal_would_obey_is_not_printed(run: Run, file: Any) -> None:
    row = "C9,\x1b[31mred\u202e,\x1b]0;title\x07\n"
    status, out, _ = run("import", file("escape.csv", SMALL + row))
    assert status == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", out)


# -- assess


def test_assess_as_of_a_date_replays_what_was_known_then(run: Run, file: Any) -> None:
    run("import", file("a.csv", SMALL), "--as-of", "2026-09-30")
    run("import", file("b.csv", SMALL.replace("720", "560")), "--as-of", "2026-10-31")
    status, out, _ = run("assess", "--as-of", "2026-10-01", "--json")
    told = json.loads(out)["assessment"]
    assert (status, told["as_of"], told["tiers"][0]["customers"]) == (0, "2026-10-01", 1)
    assert run("assess")[1].count("0 customers, exposure") == 1
    status, _, err = run("assess", "--as-of", "2026-01-01")
    assert status == 3 and "2026-09-30" in err
    assert counts(book.path("own")) == (2, 4, 3)


def test_assess_as_of_today_says_what_changed(run: Run, file: Any) -> None:
    run("import", file("a.csv", SMALL), "--as-of", "2026-09-30")
    status, out, _ = run("assess", "--as-of", "today", "--json")
    told = json.loads(out)
    assert (status, told["assessment"]["as_of"]) == (0, date.today().isoformat())
    moves = told["moves"]
    assert moves["since"] == "2026-09-30"
    assert "2026-09-30" in run("assess", "--as-of", "2026-10-01")[1].splitlines()[-1]


def test_assess_under_a_policy_file_is_a_draft(run: Run, file: Any) -> None:
    run("import", file("a.csv", SMALL))
    stricter = file(
        "stricter.toml", policies.DEFAULT.read_text("utf-8").replace("min_score = 700\ncol", "min_score = 730\ncol")
    )
    status, out, _ = run("assess", "--policy", stricter, "--json")
    told = json.loads(out)["assessment"]
    assert (status, told["policy"]["draft"], told["tiers"][0]["customers"]) == (0, True, 0)
    with closing(book.open_book("own")) as store:
        assert versions.in_force(store).hash == POLICY.hash
        assert portfolio.newest(store).draft  # type: ignore[union-attr]


def test_a_book_that_is_not_there_or_empty_is_not_assessed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "mistyped.duckdb"
    assert run("assess", "--store", path)[0] == 3
    assert not path.exists()
    Store(path).close()
    status, _, err = run("assess", "--store", path)
    assert (status, len(err.splitlines())) == (3, 1)
    assert counts(path) == (0, 0, 0)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Another process that keeps a book open."""
    code = "import pathlib as p, riskcore.store as s, sys; b = s.Store(p.Path(sys.argv[1])); print(flush=True); input()"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "\n"
        yield
        holder.communicate("\n")


def test_a_book_that_another_process_holds_is_one_clear_sentence(run: Run, file: Any) -> None:
    path = book.path("own")
    small = file("small.csv", SMALL)
    run("import", small)
    with held(path):
        for command in (["import", small], ["assess"], ["policy", "check", "--store", path]):
            status, out, err = run(*command)
            assert (status, out, len(err.splitlines())) == (3, "", 1)
            assert "in use by another process" in err
        assert run("score", small, "--out", small.with_suffix(".parquet"))[0] == 0
    assert counts(path) == (1, 1, 3)


def test_a_book_that_cannot_be_opened_is_one_clear_sentence(run: Run, file: Any, tmp_path: Path) -> None:
    small = file("small.csv", SMALL)
    for path in (tmp_path, small, small / "under" / "book.duckdb"):
        status, out, err = run("import", small, "--store", path)
        assert (status, out, len(err.splitlines())) == (3, "", 1)
        assert str(small) in err or str(tmp_path) in err
    assert small.read_text("utf-8") == SMALL


# -- score


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """The golden profiles as a file that a user would have, one row set aside among them."""
    with (TOP / "tests/golden/golden_profiles.csv").open(newline="", encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    path = tmp_path / "profiles.csv"
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(["customer_id", *IDS])
        writer.writerows([row["profile"], *(row[i] for i in IDS)] for row in rows)
        writer.writerow([rows[0]["profile"], *[""] * len(IDS)])
    return path


def expected() -> list[dict[str, str]]:
    with (TOP / "tests/golden/golden_profiles.csv").open(newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def test_the_golden_profiles_are_scored_from_a_file(run: Run, golden: Path, tmp_path: Path) -> None:
    out_file = tmp_path / "scored.csv"
    status, out, _ = run("score", golden, "--out", out_file)
    assert status == 1  # the last row names a customer twice
    assert f"line {len(expected()) + 2}" in out
    scored = pd.read_csv(out_file, encoding="utf-8-sig", keep_default_na=False)
    assert list(scored.columns) == [
        *("customer_id", "score", "score_tier", "tier", "rules", "known_points"),
        *(f"points_{i}" for i in IDS),
        *(f"reason_{n}" for n in range(1, 5)),
    ]
    families = {f.id: [f"points_{c.id}" for c in POLICY.characteristic if c.family == f.id] for f in POLICY.family}
    golden_families = [name for name in expected()[0] if name.startswith("points_")]
    assert len(scored) == len(expected())
    for row, wanted in zip(scored.to_dict("records"), expected(), strict=True):
        assert row["customer_id"] == wanted["profile"]
        for name in ("score", "score_tier", "tier", "known_points"):
            assert str(row[name]) == wanted[name], wanted["profile"]
        assert {b.split(":")[0] for b in wanted["bounds"].split()} <= set(row["rules"].split())
        sums = [sum(row[name] for name in columns) for columns in families.values()]
        assert sums == [int(wanted[name]) for name in golden_families]
        assert row["score"] == POLICY.base_score + sum(sums)


def sheet(path: Path) -> list[list[str]]:
    """The cells of a workbook's only sheet, row by row, as its XML holds them."""
    main_ns = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(path) as book_file:
        root = ElementTree.fromstring(book_file.read("xl/worksheets/sheet1.xml"))
        shared = []
        if "xl/sharedStrings.xml" in book_file.namelist():
            strings = ElementTree.fromstring(book_file.read("xl/sharedStrings.xml"))
            shared = ["".join(t.text or "" for t in s.iter(f"{main_ns}t")) for s in strings.iter(f"{main_ns}si")]
    assert not list(root.iter(f"{main_ns}f"))  # no formulas
    pane = next(root.iter(f"{main_ns}pane"))
    assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")
    rows = []
    for row in root.iter(f"{main_ns}row"):
        cells = {}
        for cell in row.iter(f"{main_ns}c"):
            text = "".join(part.text or "" for part in cell.iter() if part.tag in {f"{main_ns}v", f"{main_ns}t"})
            letters = re.match("[A-Z]+", cell.get("r", ""))[0]  # type: ignore[index]
            place = sum((ord(letter) - 64) * 26**power for power, letter in enumerate(reversed(letters))) - 1
            cells[place] = shared[int(text)] if cell.get("t") == "s" else text
        rows.append([cells.get(place, "") for place in range(6 + len(IDS) + 4)])
    return rows


def test_csv_parquet_and_xlsx_hold_the_same(run: Run, golden: Path, tmp_path: Path) -> None:
    for ending in ("csv", "parquet", "xlsx"):
        assert run("score", golden, "--out", tmp_path / f"scored.{ending}", "--lang", "zh")[0] == 1
    plain = pd.read_csv(tmp_path / "scored.csv", encoding="utf-8-sig", dtype="str", keep_default_na=False)
    parquet = pd.read_parquet(tmp_path / "scored.parquet")
    assert str(parquet["score"].dtype) == "Int16"
    assert parquet.astype("str").fillna("").to_numpy().tolist() == plain.to_numpy().tolist()
    assert sheet(tmp_path / "scored.xlsx") == [list(plain.columns), *plain.to_numpy().tolist()]
    assert "平均逾期 " in " ".join(plain["reason_1"])
    assert not list(tmp_path.glob("*.partial"))


def test_ids_are_kept_letter_by_letter_and_no_cell_acts(run: Run, file: Any, tmp_path: Path) -> None:
    names = ["007", "1E5", "=cmd()", "<script>alert(1)</script>", "+4", "http://a.b/c"]
    path = file("ids.csv", "customer_id,credit_score\n" + "".join(f"{name},700\n" for name in names))
    for ending in ("csv", "parquet", "xlsx"):
        assert run("score", path, "--out", tmp_path / f"scored.{ending}")[0] == 0
    plain = pd.read_csv(tmp_path / "scored.csv", encoding="utf-8-sig", dtype="str")
    assert plain["customer_id"].tolist() == ["'" + n if n == "=cmd()" else n for n in names]
    assert pd.read_parquet(tmp_path / "scored.parquet")["customer_id"].tolist() == names
    assert [row[0] for row in sheet(tmp_path / "scored.xlsx")[1:]] == names


def test_the_rows_keep_their_order_and_those_set_aside_are_absent(run: Run, file: Any, tmp_path: Path) -> None:
    ids = [f"C{n * 7919 % 1000:03}" for n in range(1000)]
    rows = "".join(f"{name},{300 + n % 550}\n" for n, name in enumerate(ids))
    path = file("order.csv", "customer_id,credit_score\n" + rows + "C000,700\n,500\n")
    status, out, _ = run("score", path, "--out", tmp_path / "order.parquet", "--json")
    assert (status, [p["line"] for p in json.loads(out)["problems"]]) == (1, [1002, 1003])
    scored = pd.read_parquet(tmp_path / "order.parquet")
    assert scored["customer_id"].tolist() == ids
    assert scored["score"].tolist() == [300 + n % 550 for n in range(1000)]


def test_the_reasons_are_those_of_the_customers_page(run: Run, tmp_path: Path) -> None:
    run("sample", "--customers", 300, "--out", tmp_path)
    path = next(tmp_path.glob("customers_2026-10-31.csv"))
    run("score", path, "--out", tmp_path / "scored.parquet", "--as-of", "2026-10-31")
    run("import", path, "--as-of", "2026-10-31")
    scored = pd.read_parquet(tmp_path / "scored.parquet").set_index("customer_id")
    t = Words("en")
    with closing(book.open_book("own")) as store:
        for customer_id in scored.index[::29]:
            [(key,)] = store.rows("select customer_key from customer where customer_id = $id", id=customer_id)
            found = explanation.explain(store, POLICY, date(2026, 10, 31), key)
            assert found is not None
            row = scored.loc[customer_id]
            states = [found.scored[f"{line.characteristic.id}_state"] for line in found.reasons()]
            words = [
                reason_of(t, line.characteristic, int(state), line.value)
                for line, state in zip(found.reasons(), states, strict=True)
            ]
            assert [reason for reason in row["reason_1":"reason_4"] if not pd.isna(reason)] == words
            assert [row[f"points_{line.characteristic.id}"] for line in found.lines] == [x.points for x in found.lines]
            assert row["score"] == found.scored["score"]


def test_score_asks_as_the_import_does(run: Run, file: Any, tmp_path: Path) -> None:
    path, out_file = file("ratios.csv", RATIOS), tmp_path / "out.csv"
    status, _, err = run("score", path, "--out", out_file)
    assert (status, out_file.exists()) == (3, False)
    given = next(a for a in re.findall(r"--answer (\S+)", err) if "100" in a)
    assert run("score", path, "--out", out_file, "--answer", given)[0] == 0
    assert "Liabilities at 95% of assets" in out_file.read_text("utf-8-sig")


def test_score_uses_the_policy_given_or_that_of_the_book_named(run: Run, file: Any, tmp_path: Path) -> None:
    small, out_file = file("small.csv", SMALL), tmp_path / "out.csv"
    ignoring = file("ignoring.toml", policies.DEFAULT.read_text("utf-8").replace('use = "fill"', 'use = "ignore"'))
    run("score", small, "--out", out_file, "--policy", ignoring)
    assert pd.read_csv(out_file)["score"].tolist() == [511] * 3
    run("import", small)
    assert run("score", small, "--out", out_file, "--store", book.path("own"))[0] == 0
    assert pd.read_csv(out_file)["score"].tolist() == [720, 640, 555]
    assert run("score", small, "--out", out_file, "--store", tmp_path / "absent.duckdb")[0] == 3
    assert not (tmp_path / "absent.duckdb").exists()


def test_score_writes_nothing_where_it_cannot_or_must_not(run: Run, file: Any, tmp_path: Path) -> None:
    small = file("small.csv", SMALL)
    assert run("score", small, "--out", small)[0] == 3
    assert small.read_text("utf-8") == SMALL
    (tmp_path / "folder.csv").mkdir()
    for out_file in (tmp_path / "folder.csv", small / "under" / "a.csv"):
        status, out, err = run("score", small, "--out", out_file)
        assert (status, out, len(err.splitlines())) == (3, "", 1)
    assert not list(tmp_path.rglob("*.partial"))


# -- sample


def test_a_sample_book_is_made_once_and_opens(run: Run) -> None:
    status, out, _ = run("sample", "--customers", 300)
    path = book.path("sample")
    assert status == 0 and str(path) in out
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    with closing(book.open_book("sample")) as store:
        newest = portfolio.newest(store)
        assert newest is not None
        assert newest.customers == 300
        assert portfolio.earlier(store, newest) is not None
    status, out, _ = run("sample", "--customers", 40, "--json")
    assert (status, json.loads(out)["made"]) == (0, False)
    with held(path):
        assert run("sample", "--customers", 40, "--force")[0] == 3
    assert run("sample", "--customers", 40, "--force")[0] == 0
    with closing(book.open_book("sample")) as store:
        assert portfolio.newest(store).customers == 40  # type: ignore[union-attr]


def test_neither_the_own_book_nor_another_file_is_replaced_by_a_sample(run: Run, file: Any) -> None:
    run("import", file("small.csv", SMALL))
    status, _, err = run("sample", "--store", book.path("own"), "--force")
    assert status == 3 and "own book" in err
    assert counts(book.path("own")) == (1, 1, 3)
    other = file("other.csv", SMALL)
    assert run("sample", "--store", other, "--force")[0] == 3
    assert other.read_text("utf-8") == SMALL


def test_the_files_of_a_sample_are_the_same_for_a_seed_and_can_be_taken_in(run: Run, tmp_path: Path) -> None:
    for folder, seed in (("a", 7), ("b", 7), ("c", 8)):
        status, out, _ = run("sample", "--customers", 60, "--out", tmp_path / folder, "--seed", seed, "--json")
        assert status == 0
    files = [Path(path) for path in json.loads(out)["files"]]
    assert len(files) == 2 and not book.path("sample").exists()
    same, other = (
        [(tmp_path / "a" / f.name).read_bytes() == (tmp_path / folder / f.name).read_bytes() for f in files]
        for folder in ("b", "c")
    )
    assert all(same) and not any(other)
    assert run("import", *files)[0] == 0


# -- policy check


def test_policy_check_tells_a_sound_policy_and_a_broken_one(run: Run, file: Any, tmp_path: Path) -> None:
    status, out, _ = run("policy", "check", "--json")
    assert (status, json.loads(out)["hash"], json.loads(out)["bins"]) == (0, POLICY.hash, 122)
    text = policies.DEFAULT.read_text("utf-8")
    broken = file("broken.toml", text.replace("min_score = 700\ncol", "min_score = 500\ncol"))
    status, out, _ = run("policy", "check", broken)
    assert status == 1
    assert "broken.toml" in out and "500" in out
    assert run("policy", "check", file("not.toml", "= nonsense"))[0] == 1
    assert run("policy", "check", tmp_path / "absent.toml")[0] == 3


# -- usage, language, and the command as a process


@pytest.mark.parametrize(
    "words",
    [
        "",
        "frobnicate",
        "import",
        "import a.csv --as-of yesterday",
        "import a.csv --answer percent",
        "assess --lang fr",
        "score a.csv",
        "score a.csv --out a.pdf",
        "sample --customers 0",
        "sample --customers many",
        "policy",
    ],
)
def test_wrong_usage_ends_with_two(run: Run, words: str) -> None:
    status, out, err = run(*words.split())
    assert (status, out) == (2, "")
    assert err.startswith("usage: riskcore")


def test_help_and_version_end_with_zero(run: Run) -> None:
    assert run("--version")[:2] == (0, "riskcore 0.1.0\n")
    for words in (["--help"], ["import", "--help"], ["policy", "check", "--help"]):
        status, out, _ = run(*words)
        assert status == 0 and out.startswith("usage: riskcore")


def test_the_language_is_the_one_asked_for_else_that_of_the_environment(
    run: Run, file: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file("empty.csv", b"")
    said = {lang: run("import", path, "--lang", lang)[2] for lang in ("zh", "en")}
    assert re.search("[\u4e00-\u9fff]", said["zh"]) and not re.search("[\u4e00-\u9fff]", said["en"])
    assert run("import", path)[2] == said["en"]
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert run("import", path)[2] == said["zh"]
    assert run("import", path, "--lang", "en")[2] == said["en"]
    assert re.search("[\u4e00-\u9fff]", run("--help")[1])


def test_it_runs_as_a_process_whatever_the_encoding_of_its_output(tmp_path: Path, file: Any) -> None:
    path = file("names.csv", SMALL + "C4,东海贸易,很高\n")
    command = [sys.executable, "-m", "riskcore", "import", str(path), "--lang", "zh"]
    environment = {"RISK_HOME": str(tmp_path), "PATH": "", "PYTHONIOENCODING": "ascii"}
    for ending in ([], ["--json"]):
        ended = subprocess.run([*command, *ending], cwd=TOP, env=environment, capture_output=True, check=False)
        assert (ended.returncode, ended.stderr) == (1, b"")
    problems = json.loads(ended.stdout)["imports"][0]["problems"]
    assert [(p["line"], p["value"]) for p in problems] == [(5, "很高")]


def test_ctrl_c_ends_an_import_cleanly(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    rows = "".join(f"C{n:07},Name {n},{300 + n % 500},{n % 97}.5\n" for n in range(1_900_000))
    path.write_text("customer_id,customer_name,credit_score,exposure\n" + rows, "utf-8")
    command = [sys.executable, "-m", "riskcore", "import", str(path), "--store", str(tmp_path / "book.duckdb")]
    with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        while not (tmp_path / "book.reading").exists():  # at work
            assert child.poll() is None
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
    assert (child.returncode, out, len(err.splitlines())) == (3, "", 1)
    assert [entry.name for entry in tmp_path.iterdir()] == ["large.csv"]
