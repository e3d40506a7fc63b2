"""Exchange rates: whichever way a file writes them, units of the book's currency for one of another."""

from datetime import date, datetime

import pytest

from riskcore import policy as policies
from riskcore.ingest import KINDS, load, read
from riskcore.ingest.preparing import Preparing, prepare
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words

POLICY = policies.load()
AS_OF, NOW = date(2026, 6, 30), datetime(2026, 7, 1, 9, 30)


def ready(text: str, answers: dict[str, str] | None = None, store: Store | None = None) -> Preparing:
    """A file of rates made ready in a book that counts in CNY unless another is given."""
    found = prepare(read(text.encode(), "a.csv"), POLICY, store or Store(), answers=answers, as_of=AS_OF)
    assert found.kind is KINDS["rates"]
    assert found.refused is None
    assert found.checked is not None
    for lang in LANGUAGES:
        t = Words(lang)
        assert all(t(q.key, **q.slots) and all(t(o.key, **o.slots) for o in q.options) for q in found.questions)
        assert all(t(p["reason"], **p["slots"]) for p in found.checked.problems.to_dict("records"))
    return found


def rates(found: Preparing) -> list[tuple[str, str | None, float]]:
    assert found.checked is not None
    rows = found.checked.tables["rate"].to_pylist()
    return [(r["currency"], r["day"] and str(r["day"]), round(r["rate"], 6)) for r in rows]


def test_units_of_the_book_for_one_need_no_question() -> None:
    found = ready("币种,日期,汇率\n美元,2026-01-31,7.1\nEUR,2026-01-31,7.9\n日元,2026-01-31,0.048\n")
    assert found.questions == ()
    assert rates(found) == [("USD", "2026-01-31", 7.1), ("EUR", "2026-01-31", 7.9), ("JPY", "2026-01-31", 0.048)]


@pytest.mark.parametrize(
    ("written", "default"),
    [(0.140845, "inverse"), (710.0, "hundred")],
)
def test_values_that_speak_for_another_way_are_asked_about(written: float, default: str) -> None:
    text = f"currency,date,rate\nUSD,2026-01-31,{written}\n"
    found = ready(text)
    [question] = found.questions
    assert question.default == default
    assert rates(found)[0] == ("USD", "2026-01-31", pytest.approx(7.1, abs=1e-4))
    assert rates(ready(text, {question.id: "as_is"}))[0][2] == pytest.approx(written)


def test_currencies_near_par_are_taken_as_they_are() -> None:
    store = Store()
    with store.transaction() as cursor:
        cursor.execute("insert into meta values ('currency', 'EUR')")
    found = ready("currency,date,rate\nUSD,2026-01-31,1.17\nGBP,2026-01-31,0.86\n", store=store)
    assert found.questions == ()


def test_rows_that_say_no_rate_and_a_second_one_are_set_aside() -> None:
    found = ready(
        "currency,date,rate\nUSD,2026-01-31,7.1\n,2026-01-31,7.1\nEUR,2026-01-31,0\nUSD,2026-01-31,7.2\n"
        "USD,2026-02-28,7.3\n"
    )
    assert found.checked is not None
    problems = found.checked.problems
    assert list(zip(problems["line"], problems["reason"], problems["effect"], strict=True)) == [
        (3, "ledger.no_currency", "row"),
        (4, "ledger.no_rate", "row"),
        (5, "ledger.rate_twice", "row"),
    ]
    assert rates(found) == [("USD", "2026-01-31", 7.1), ("USD", "2026-02-28", 7.3)]


def test_a_rate_without_a_day_is_of_the_imports_day() -> None:
    store = Store()
    prepared = ready("currency,exchange rate\nUSD,7.1\nHKD,0.91\n", store=store).prepared
    with store.transaction() as cursor:
        load(cursor, prepared, "", NOW)
    assert store.rows("select currency, day, rate from rate order by currency") == [
        ("HKD", AS_OF, 0.91),
        ("USD", AS_OF, 7.1),
    ]


WIDE = "Date,USD,CHF,GBP,HRK,CNY,\n2026-01-30,1.20,0.96,0.8,N/A,8.4,\n2026-01-29,1.25,0.96,0.8,N/A,8.0,\n"


def test_a_table_with_a_column_per_currency_is_turned_by_the_book_s_own() -> None:
    found = ready(WIDE)
    assert (found.kind.id, found.questions) == ("rates", ())
    told = {(code, day): rate for code, day, rate in rates(found)}
    assert told[("USD", "2026-01-30")] == 7.0
    assert told[("USD", "2026-01-29")] == 6.4
    assert told[("GBP", "2026-01-30")] == 10.5
    assert told[("EUR", "2026-01-30")] == 8.4  # the one that no column names, told by what all others are worth
    assert {code for code, _ in told} == {"USD", "CHF", "GBP", "EUR"}


def test_a_table_without_the_book_s_own_currency_is_asked_about() -> None:
    store = Store()
    with store.transaction() as cursor:
        cursor.execute("insert into meta values ('currency', 'EUR')")
    [question] = ready(WIDE, store=store).questions
    assert question.default == "inverse"
    told = {(code, day): rate for code, day, rate in rates(ready(WIDE, {question.id: "inverse"}, store=store))}
    assert told[("GBP", "2026-01-30")] == 1.25


def test_columns_that_are_no_currencies_make_no_table_of_rates() -> None:
    text = b"Date,USD,JPY,GBP,Note\n2026-01-30,1.2,180,0.8,closing\n"
    assert prepare(read(text, "a.csv"), POLICY, Store()).kind is not KINDS["rates"]
