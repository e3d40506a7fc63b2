"""The import page as Streamlit runs it: files of every kind, many at once, questions, what is known, and undoing."""

import io
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import data
from pages.parts.format import plain
from riskcore import book, portfolio
from riskcore.text import Words
from tests.screen import PAGES, books_in, captions, opened, sound

CUSTOMERS = "customer id,name,credit score\nX1,Ore & Sons,812\nX2,Pine Ltd,655\nX3,Oak GmbH,430\n"
RATIOS = "customer id,name,debt ratio,credit score\n" + "".join(
    f"Q{n},Quartz {n},0.{n + 40},{600 + n}\n" for n in range(9)
)
INVOICES = "invoice no,customer id,invoice date,due date,amount,currency,paid date\n" + "".join(
    f"I{n},X{n % 3 + 1},2026-0{n % 6 + 1}-05,2026-0{n % 6 + 2}-04,{1000 + n}.00,{'USD' if n % 4 == 0 else 'CNY'},"
    f"{'' if n % 5 == 0 else f'2026-0{n % 6 + 2}-20'}\n"
    for n in range(24)
)
STATEMENT = "报告日期,2025-12-31,2024-12-31\n" + "".join(
    f"{caption},{now},{before}\n"
    for caption, now, before in (
        ("货币资金(万元)", 120, 100),
        ("流动资产合计(万元)", 900, 800),
        ("资产总计(万元)", 2000, 1800),
        ("流动负债合计(万元)", 600, 500),
        ("负债合计(万元)", 1100, 1000),
        ("所有者权益(或股东权益)合计(万元)", 900, 800),
    )
)
PDF = b"%PDF-1.7\n%\xe2\xe3"
File = tuple[str, bytes, str]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sample book, copied for each test."""
    path = tmp_path_factory.mktemp("sample") / "sample.duckdb"
    book.make_sample(path, 20)
    return path


@pytest.fixture
def home(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of books of the test's own."""
    with books_in(tmp_path, sample, monkeypatch):
        yield tmp_path


def text(name: str, content: str) -> File:
    return (name, content.encode(), "text/csv")


def drop(app: AppTest, *files: File) -> AppTest:
    """Upload files together and let the page settle."""
    app.file_uploader[0].set_value(list(files))
    app.run()
    assert not app.exception
    return app


def main_button(app: AppTest) -> Any:
    """The filled button, where there is one."""
    found = [button for button in app.button if button.proto.type == "primary"]
    assert len(found) <= 1
    return found[0] if found else None


def queue(app: AppTest) -> dict[str, str]:
    """The states of the files in the queue by their names."""
    table = next(frame.value for frame in app.dataframe if "state" in frame.value and "rows" in frame.value)
    return dict(zip(table["file"], table["state"], strict=True))


def past(app: AppTest) -> dict[str, str]:
    """The history's states by file."""
    table = next(frame.value for frame in app.dataframe if "state" in frame.value and "by" in frame.value)
    return dict(zip(table["file"], table["state"], strict=True))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_many_files_wait_in_one_queue_and_are_taken_in_together(home: Path, lang: str) -> None:
    t = Words(lang)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("invoices.csv", INVOICES.replace("USD", "CNY"))
    app = drop(
        opened("imports", lang, book="own"),
        text("three.csv", CUSTOMERS),
        text("ratios.csv", RATIOS),
        ("report.csv", PDF, "text/csv"),
        ("packed.zip", packed.getvalue(), "application/zip"),
    )
    states = queue(app)
    assert states.pop("three.csv") == t("imports.state_ready")
    assert states.pop("ratios.csv") == t("imports.state_asks", n=1)
    assert states.pop("report.csv") == t("imports.state_refused", why=t("errors.file_pdf"))
    [member] = states
    assert "invoices.csv" in member
    assert main_button(app).label == t("imports.take_files", n=2)
    app.radio[0].set_value("times_100")
    app.run()
    assert main_button(app).label == t("imports.take_files", n=3)
    app.text_input(key="taken_by").set_value("Lin")
    main_button(app).click()
    app.run()
    assert not app.exception
    history = portfolio.imports(data.own())
    assert list(history["file_name"])[::-1] == ["three.csv", "ratios.csv", member]
    assert list(history["kind"])[::-1] == ["customers", "customers", "invoices"]
    assert set(history["taken_by"]) == {"Lin"}
    assert data.own().one("select count(*) from assessment") == (1,)
    [done] = [element.value for element in app.success]
    assert done == t("imported.done_files", n=3, taken=36, aside=0)
    # The refused one is still there, alone, with its sentence.
    assert [element.value for element in app.error] == [plain(t("errors.file_pdf"))]


def test_a_known_layout_is_taken_in_at_once_and_the_same_file_is_not(home: Path) -> None:
    t = Words("en")
    app = drop(opened("imports", book="own"), text("one.csv", RATIOS))
    app.radio[0].set_value("times_100")
    app.run()
    main_button(app).click()
    sound(app.run())
    drop(app, text("again.csv", RATIOS))
    assert len(portfolio.imports(data.own())) == 1
    assert main_button(app).label == t("imports.take", n=9)
    assert "one\\.csv" in app.warning[0].value
    next(button for button in app.button if button.label == t("imports.remove")).click()
    sound(app.run())
    drop(app, text("next month.csv", RATIOS.replace("Quartz", "Slate")))
    assert len(portfolio.imports(data.own())) == 2
    assert t("imported.at_once") in app.success[0].value
    assert not app.radio
    assert main_button(app) is None


def test_rows_set_aside_keep_a_known_layout_waiting(home: Path) -> None:
    app = drop(opened("imports", book="own"), text("one.csv", CUSTOMERS))
    main_button(app).click()
    sound(app.run())
    drop(app, text("two.csv", CUSTOMERS + ",Nobody,500\n"))
    assert len(portfolio.imports(data.own())) == 1
    assert main_button(app).label == Words("en")("imports.take", n=3)


def test_an_import_is_undone_by_name(home: Path) -> None:
    t = Words("en")
    app = drop(opened("imports", book="own"), text("three.csv", CUSTOMERS))
    main_button(app).click()
    sound(app.run())
    assert t("imports.undo_leaving", n=3) in [element.value for element in app.markdown]
    undo = next(button for button in app.button if button.label == t("imports.undo_confirm"))
    undo.click()
    app.run()
    assert [element.value for element in app.error] == [
        t("errors.person_missing", least=1, most=60).replace(".", r"\.")
    ]
    app.text_input(key="undo_by_taken").set_value("Ada")
    next(button for button in app.button if button.label == t("imports.undo_confirm")).click()
    sound(app.run())
    [(by, count)] = data.own().rows("select undone_by, count(undone_at) from import group by all")
    assert (by, count) == ("Ada", 1)
    assert past(app)["three.csv"].startswith("undone by Ada")
    assert data.own().one("select count(*) from listing") == (0,)
    drop(app, text("three.csv", CUSTOMERS))  # known by now, and no more the same as one that counts
    assert data.own().one("select count(*) from listing") == (3,)


def test_the_kind_can_be_changed_and_the_day_and_the_whole_list_said(home: Path) -> None:
    t = Words("en")
    app = drop(opened("imports", book="own"), text("three.csv", CUSTOMERS))
    kind = next(box for box in app.selectbox if box.label == t("imports.kind"))
    kind.set_value("ratings")
    sound(app.run())
    assert [box.value for box in app.selectbox if box.label == t("imports.kind")] == ["ratings"]
    assert not app.toggle
    next(box for box in app.selectbox if box.label == t("imports.kind")).set_value("customers")
    sound(app.run())
    app.date_input[0].set_value(date(2026, 3, 31))
    sound(app.run())
    app.toggle[0].set_value(True)
    sound(app.run())
    main_button(app).click()
    sound(app.run())
    [(kind_id, as_of, whole)] = data.own().rows("select kind, as_of, whole_book from import")
    assert (kind_id, as_of, whole) == ("customers", date(2026, 3, 31), True)


def test_a_file_is_left_out_of_the_others_and_the_list_is_cleared(home: Path) -> None:
    t = Words("en")
    app = drop(opened("imports", book="own"), text("a.csv", CUSTOMERS), text("b.csv", CUSTOMERS.replace("X", "Y")))
    next(button for button in app.button if button.label == t("imports.leave_out")).click()
    sound(app.run())
    assert main_button(app).label == t("imports.take_file")
    assert t("imports.state_left_out") in queue(app).values()
    app.button(key="clear").click()
    sound(app.run())
    assert main_button(app) is None
    assert t("imports.into_own") in captions(app)


def test_many_statements_ask_in_one_table(home: Path) -> None:
    t = Words("zh")
    files = [text(f"zcfzb60000{n}.csv", STATEMENT.replace("120", f"12{n}")) for n in range(4)]
    app = drop(opened("imports", "zh", book="own"), *files)
    assert t("imports.together", n=4) in [element.value for element in app.subheader]
    assert set(queue(app).values()) == {t("imports.state_ready")}
    main_button(app).click()
    sound(app.run())
    ids = [row[0] for row in data.own().rows("select customer_id from customer order by 1")]
    assert ids == [f"60000{n}" for n in range(4)]


def test_missing_rates_are_asked_for(home: Path) -> None:
    t = Words("en")
    app = drop(opened("imports", book="own"), text("three.csv", CUSTOMERS), text("invoices.csv", INVOICES))
    if app.radio:  # which of two currencies is the book's
        app.radio[0].set_value("CNY")
        sound(app.run())
    main_button(app).click()
    sound(app.run())
    assert t("imports.rates") in [element.value for element in app.subheader]
    assert app.button(key="rates_save").disabled
    missing = portfolio.missing_rates(data.own(), "CNY", date(2026, 11, 1))
    assert list(missing["currency"]) == ["USD"]
    assert list(missing["amounts"]) == [6]


def test_other_pages_keep_what_waits(home: Path) -> None:
    app = drop(opened("imports", book="own"), text("ratios.csv", RATIOS))
    sound(app.switch_page(PAGES["overview"]).run())
    sound(app.switch_page(PAGES["imports"]).run())
    assert len(app.radio) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_in_the_landing_folder_is_taken_in_beside_the_page(home: Path, lang: str) -> None:
    t = Words(lang)
    book.inbox().mkdir(exist_ok=True)
    (book.inbox() / "large.csv").write_text(RATIOS, "utf-8")
    (book.inbox() / "broken.csv").write_bytes(PDF)
    app = opened("imports", lang, book="own")
    assert t("imports.landing_note", path=plain(book.inbox())) in captions(app)
    app.button(key="landing_broken.csv").click()
    until_done(app)
    assert [element.value for element in app.error] == [plain(t("errors.file_pdf"))]
    (book.inbox() / "broken.csv").unlink()
    app.button(key="landing_large.csv").click()
    until_done(app)
    assert app.button(key="landing_large.csv").disabled
    app.radio[0].set_value("times_100")
    sound(app.run())
    app.button(key="landing_large.csv").click()
    sound(until_done(app))
    assert t("imported.done", name=r"large\.csv", taken=9, aside=0) in [element.value for element in app.success]
    assert portfolio.newest(data.own()).customers == 9
    assert t("imports.landing") not in [element.value for element in app.subheader]


def until_done(app: AppTest) -> AppTest:
    """Run the page until nothing is being taken in."""
    for _ in range(50):
        app.run()
        assert not app.exception
        if not any(button.key == "landing_cancel" for button in app.button):
            return app
        time.sleep(0.1)
    raise AssertionError("it did not end")
