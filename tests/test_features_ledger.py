"""How customers pay, against a plain account of the same items, as of any date and day of knowledge."""

import calendar
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskcore import policy as policies
from riskcore.features import facts, ledger, live
from riskcore.store import Store
from tests import books

POLICY = policies.load()
DAY = date(2026, 3, 31)
MEASURES = (
    "days_beyond_terms_12m",
    "past_due_over_30_pct",
    "worst_days_past_due_24m",
    "payment_trend_days",
    "peak_utilisation_6m_pct",
    "exposure",
    "past_due_amount",
    "annual_sales",
    "relationship_start",
    "last_sale_date",
    "last_receipt_date",
    "k5",
)


@dataclass(frozen=True)
class Item:
    """A part of a document; amounts in whole cents."""

    document: str
    invoice_date: date
    due_date: date | None
    paid_date: date | None = None
    cents: int = 10_000
    document_type: str = "invoice"
    currency: str | None = None
    customer: int = 1
    listed: bool = False  # told by a list of what is open
    settles: tuple[str, ...] = ()
    undated: bool = False  # paid on a day that its file does not tell


@dataclass(frozen=True)
class File:
    """An import of items."""

    items: Sequence[Item]
    as_of: date = DAY
    kind: str = "invoices"
    whole_book: bool = True
    taken_on: date = DAY
    rates: Mapping[str, tuple[date, float]] = field(default_factory=dict)


def emptied(store: Store) -> Store:
    """The same book without anything in it."""
    with store.transaction() as cursor:
        for table in ("item", "item_paid", "rate", "input_kept", "input_named", "import"):
            cursor.execute(f"delete from {table}")
    return store


def days(n: int) -> date:
    """The day n days after (below 0: before) the one that tests ask for."""
    return DAY + timedelta(days=n)


def invoice(due: int, paid: int | None = None, cents: int = 10_000, **more: Any) -> Item:
    """An invoice on terms of 30 days; due and paid are days from DAY."""
    document = more.pop("document", f"{due}/{paid}/{cents}")
    return Item(document, days(due - 30), days(due), None if paid is None else days(paid), cents, **more)


def take(store: Store, *files: File) -> None:
    """Put imports into a book."""
    with store.transaction() as cursor:
        cursor.execute(
            "insert into customer select n, 'C' || n from range(1, 4) three(n) anti join customer on customer_key = n"
        )
        for file in files:
            [number] = cursor.execute("select coalesce(max(import_id), 0) + 1 from import").fetchone() or (1,)
            named = {(i.customer, i.document) for i in file.items}
            told = cursor.execute(
                "select customer_key, document from item union all select customer_key, document from item_paid"
            ).fetchall()
            cursor.execute(
                "insert into import (import_id, file_name, sha256, as_of, whole_book, rows_read, rows_taken, "
                "rows_set_aside, encoding, delimiter, mapping, answers, created_at, kind, overlapping) "
                "values (?, ?, 'x', ?, ?, 0, 0, 0, '', '', '{}', '{}', ?, ?, ?)",
                [
                    number,
                    f"{number}.csv",
                    file.as_of,
                    file.whole_book,
                    datetime(file.taken_on.year, file.taken_on.month, file.taken_on.day, 12),
                    file.kind,
                    bool(named & set(told)),
                ],
            )
            for line, i in enumerate(file.items, 2):
                row = {
                    "import_id": number,
                    "line": line,
                    "customer_key": i.customer,
                    **{name: getattr(i, name) for name in ("document", "document_type", "invoice_date", "due_date")},
                    "amount": Decimal(i.cents) / 100,
                    "currency": i.currency,
                }
                if not i.undated:
                    row |= {"paid_date": i.paid_date, "disputed": False, "settles": list(i.settles) or None}
                cursor.execute(
                    f"insert into {'item_paid' if i.undated else 'item'} ({', '.join(row)}) "
                    f"values ({', '.join(f'${name}' for name in row)})",
                    row,
                )
            for currency, (day, rate) in file.rates.items():
                cursor.execute("insert into rate values (?, 2, ?, ?, ?)", [number, currency, day, rate])


def limits(store: Store, **limit: float) -> None:
    """A credit limit per customer id, listed and taken in on the day."""
    number = books.take(store, [{"customer_id": name, "credit_limit": amount} for name, amount in limit.items()], DAY)
    with store.transaction() as cursor:
        cursor.execute("update import set created_at = ? where import_id = ?", [DAY, number])


def measured(store: Store, as_of: date = DAY, known_by: date | None = None) -> dict[int, dict[str, Any]]:
    """The ledger's measures by customer key; empty where there is no ledger."""
    cursor = store.cursor()
    live.prepare(cursor, known_by)
    if ledger.work_out(cursor, POLICY, as_of, None) is None:
        return {}
    answer = cursor.execute("select * from ledger")
    names = [d[0] for d in answer.description]
    return {row[0]: dict(zip(names, row, strict=True)) for row in answer.fetchall()}


def of(*items: Item, as_of: date = DAY, **more: float) -> dict[str, Any]:
    """The measures of the one customer of a history."""
    store = Store()
    take(store, File(items))
    if more:
        limits(store, **more)
    return measured(store, as_of)[1]


def test_days_beyond_terms_weigh_by_value_and_early_payment_counts_negative() -> None:
    found = of(invoice(-60, -50, 30_000), invoice(-60, -70, 10_000))
    assert found["days_beyond_terms_12m"] == 5  # (3 x 10 - 1 x 10) / 4
    assert found["worst_days_past_due_24m"] == 10
    assert (found["dated"], found["import_id"]) == (DAY, 1)


def test_what_stands_open_and_overdue_counts_as_late_as_it_is() -> None:
    assert of(invoice(-10, -10), invoice(-40))["days_beyond_terms_12m"] == 20
    assert of(invoice(-400))["days_beyond_terms_12m"] == 400
    assert of(invoice(0))["days_beyond_terms_12m"] == 0
    assert of(invoice(1))["days_beyond_terms_12m"] is None


def test_credits_and_payments_weigh_nothing() -> None:
    others = [
        invoice(-50, -10, -90_000, document_type=kind, document=kind)
        for kind in ("credit_note", "payment", "down_payment")
    ]
    assert of(invoice(-60, -50), *others)["days_beyond_terms_12m"] == 10


def test_of_the_months_only_what_was_paid_or_due_in_them() -> None:
    year = 365
    assert of(invoice(-year, -year))["days_beyond_terms_12m"] is None
    assert of(invoice(-year - 9, -year + 1))["days_beyond_terms_12m"] == 10
    assert of(invoice(-year + 1, -year - 9))["days_beyond_terms_12m"] == -10
    assert of(invoice(5, -5))["days_beyond_terms_12m"] == -10  # paid before it is due
    assert of(invoice(-year, -year))["worst_days_past_due_24m"] == 0
    assert of(invoice(-2 * year - 9, -2 * year))["worst_days_past_due_24m"] is None


def test_too_little_is_not_known() -> None:
    found = of(invoice(10))
    unknown = ("days_beyond_terms_12m", "worst_days_past_due_24m", "payment_trend_days", "peak_utilisation_6m_pct")
    assert [found[name] for name in unknown] == [None] * 4
    assert found["past_due_over_30_pct"] == 0
    assert of(invoice(-400, -400))["past_due_over_30_pct"] is None
    assert of(invoice(-40, -40))["past_due_over_30_pct"] == 0
    assert of(replace(invoice(-40), due_date=None))["past_due_over_30_pct"] is None


def test_share_past_due_is_gross_of_credits() -> None:
    credit = invoice(-90, None, -50_000, document_type="credit_note")
    found = of(invoice(-31, cents=30_000), invoice(-30, cents=20_000), invoice(5, cents=10_000), credit)
    assert found["past_due_over_30_pct"] == 50
    assert (found["past_due_amount"], found["exposure"], found["ar_balance"]) == (500, 100, 100)


def test_worst_days_are_of_a_material_amount() -> None:
    many = [invoice(-100, -95, document=f"m{n}") for n in range(400)]
    assert of(*many)["worst_days_past_due_24m"] == 5
    late = [invoice(-100, -20 - n, document=f"late{n}") for n in range(5)]
    assert of(*many, *late[:4])["worst_days_past_due_24m"] == 5  # 4 of 404 are less than 1 %
    assert of(*many, *late)["worst_days_past_due_24m"] == 76  # 5 of 405 are more: those late by 76 days and more
    assert of(*many, invoice(-100, -20, 100_000))["worst_days_past_due_24m"] == 80


def test_a_list_of_what_is_open_tells_of_late_payers_alone_and_makes_no_average() -> None:
    store = Store()
    take(store, File([invoice(-40)], kind="open_items"))
    found = measured(store)[1]
    assert (found["days_beyond_terms_12m"], found["past_due_over_30_pct"]) == (None, 100)
    assert found["worst_days_past_due_24m"] == 40


def test_trend_is_the_last_three_months_less_the_nine_before() -> None:
    assert of(invoice(-40, -30), invoice(-240, -238))["payment_trend_days"] == 8
    assert of(invoice(-40, -30))["payment_trend_days"] is None
    assert of(invoice(-240, -230))["payment_trend_days"] is None


def test_peak_is_of_month_ends_and_the_day() -> None:
    spring = Item("a", date(2025, 12, 5), date(2026, 1, 4), date(2026, 1, 2), 80_000)
    between = Item("b", date(2026, 2, 2), date(2026, 2, 20), date(2026, 2, 20), 500_000)  # open on no month end
    assert of(spring, between, invoice(5, cents=30_000), C1=1000)["peak_utilisation_6m_pct"] == 80
    assert of(spring, invoice(5, cents=30_000), C1=0)["peak_utilisation_6m_pct"] is None
    assert of(invoice(5, cents=200_000), C1=1000)["peak_utilisation_6m_pct"] == 200
    assert of(invoice(-300, -300), C1=1000)["peak_utilisation_6m_pct"] is None


def test_sales_and_dates() -> None:
    credit = invoice(-90, None, -1_000, document_type="credit_note")
    payment = Item("p", days(-3), None, None, -500, "payment")
    found = of(invoice(-400, -390), invoice(-100, -90), invoice(-50, -45), credit, payment)
    assert found["annual_sales"] == 190
    assert (found["relationship_start"], found["last_sale_date"]) == (days(-430), days(-80))
    assert found["last_receipt_date"] == days(-3)


def test_a_list_does_not_tell_sales() -> None:
    store = Store()
    take(store, File([invoice(-10)], kind="open_items"))
    assert measured(store)[1]["annual_sales"] is None


@pytest.mark.parametrize(
    ("items", "fires"),
    [
        ([invoice(-91, cents=50_000)], True),
        ([invoice(-90, cents=50_000)], False),
        ([invoice(-91, cents=49_999)], False),
        ([invoice(-91, cents=50_000), invoice(5, cents=4_950_000)], True),
        ([invoice(-91, cents=50_000), invoice(5, cents=4_950_001)], False),
        ([invoice(-91, cents=50_000), Item("p", days(-3), None, None, -100, "payment")], False),
        ([invoice(-91, -1, cents=50_000)], False),
    ],
)
def test_k5_needs_a_material_amount_not_covered_by_credits(items: Sequence[Item], fires: bool) -> None:
    assert of(*items)["k5"] is fires


def test_an_old_ledger_is_read_on_its_own_day() -> None:
    late = of(invoice(-10, cents=90_000), as_of=days(200))
    assert (late["dated"], late["k5"], late["days_beyond_terms_12m"]) == (DAY, False, 10)


def test_a_list_counts_from_its_day_on() -> None:
    store = Store()
    take(store, File([invoice(-10)], kind="open_items"))
    assert measured(store, days(-1)) == {}
    assert measured(store)[1]["exposure"] == 100


def test_what_the_next_whole_list_does_not_name_was_paid() -> None:
    for due, paid in ((-70, -60), (-45, -45), (-10, -30), (None, -30)):
        store = Store()
        gone = Item("gone", days(-99), None if due is None else days(due))
        stays = replace(gone, document="stays")
        take(store, File([gone, stays], days(-60), "open_items"), File([stays], days(-30), "open_items"))
        found = measured(store)[1]
        assert (found["exposure"], found["last_receipt_date"]) == (100, days(paid))
        assert measured(store, days(-31))[1]["exposure"] == 200  # the second list is not made yet
        store.close()


def test_lists_of_one_day_and_parts_of_lists_are_not_silent() -> None:
    store = Store()
    one, other = invoice(5, document="one"), invoice(5, document="other")
    take(store, File([one], kind="open_items"), File([other], kind="open_items"))
    take(store, File([replace(other, document="third")], days(10), "open_items", whole_book=False))
    assert measured(store, days(10))[1]["exposure"] == 300


def test_a_payment_that_a_history_knows_stands_against_a_list() -> None:
    store = Store()
    paid = [invoice(-20, -5, 60_000, document="d"), invoice(-20, None, 40_000, document="d")]
    take(store, File(paid), File([invoice(-20, None, 30_000, document="d")], days(20), "open_items"))
    found = measured(store, days(20))[1]
    assert (found["exposure"], found["last_receipt_date"]) == (300, days(-5))
    take(store, File([invoice(-20, -5, 90_000, document="d")], days(15)))
    assert measured(store, days(20))[1]["exposure"] == 0


def test_a_later_history_without_payments_leaves_those_known() -> None:
    store = Store()
    take(store, File([invoice(-20, -5, document="d")]), File([invoice(-20, None, document="d")], days(9)))
    assert measured(store, days(9))[1]["days_beyond_terms_12m"] == 15


def test_other_currencies_are_converted_by_the_newest_rate() -> None:
    store = Store()
    abroad = invoice(-40, cents=10_000, currency="EUR")
    take(store, File([abroad, invoice(5, cents=20_000)], rates={"EUR": (days(-9), 8.0)}))
    assert (measured(store)[1]["exposure"], measured(store)[1]["past_due_over_30_pct"]) == (1000, 80)
    take(store, File([], rates={"EUR": (days(-1), 7.5)}), File([], rates={"EUR": (days(1), 1.0)}))
    assert measured(store)[1]["exposure"] == 950


def test_without_a_rate_there_is_no_money_and_ratios_only_in_one_currency() -> None:
    store = Store()
    mixed = [invoice(-40, currency="USD", customer=1), invoice(-20, customer=1)]
    single = [invoice(-40, currency="USD", customer=2), invoice(5, currency="USD", customer=2)]
    own = [invoice(-40, currency="CNY", customer=3)]
    take(store, File([*mixed, *single, *own], rates={"EUR": (days(-9), 8.0)}))
    limits(store, C1=100, C2=100, C3=100)
    found = measured(store)
    money = ("exposure", "ar_balance", "past_due_amount", "annual_sales", "peak_utilisation_6m_pct", "k5")
    assert [found[key][name] for key in (1, 2) for name in money] == [None] * 12
    ratios = ("days_beyond_terms_12m", "past_due_over_30_pct", "worst_days_past_due_24m")
    assert [[found[key][name] for name in ratios] for key in (1, 2)] == [[None] * 3, [40, 50, 40]]
    assert (found[3]["exposure"], found[3]["peak_utilisation_6m_pct"]) == (100, 100)


def test_facts_take_what_the_ledger_knows() -> None:
    store = Store()
    listed = {"customer_id": "C1", "days_beyond_terms_12m": 3.0, "exposure": 7.0, "region": "North"}
    books.take(store, [listed], days(-9))
    take(store, File([invoice(-100, cents=90_000)]))
    cursor = store.cursor()
    facts.prepare(cursor, POLICY, DAY)
    names = "days_beyond_terms_12m, days_beyond_terms_12m_import, exposure, region, k5, months_trading"
    assert cursor.execute(f"select {names} from facts").fetchall() == [(100, 2, 900, "North", True, 4)]


# A plain account of random histories, one document after the other.


@dataclass
class Standing:
    """A part as it stands, and what of it payments have taken."""

    item: Item
    file: File
    place: tuple[int, int]  # of its file and of its row there
    closed_on: date | None  # by the first whole list after its file
    pays: bool  # a payment that may be of invoices told elsewhere
    taken: int = 0

    @property
    def left(self) -> int:
        return abs(self.item.cents) - self.taken

    @property
    def state(self) -> str:
        return "undated" if self.item.undated else "open" if self.closed_on or not self.item.paid_date else "paid"


def settled(files: Sequence[File], as_of: date, known_by: date) -> tuple[list[Item], date | None]:
    """Items as they stand, by the rule in words: see ledger_settled.sql."""
    known = sorted(
        (f.as_of, n, f)
        for n, f in enumerate(files)
        if f.taken_on <= known_by and (f.kind != "open_items" or f.as_of <= as_of)
    )
    if not known:
        return [], None
    day = min(as_of, known[-1][0])
    told: dict[tuple[int, str], list[tuple[int, File, list[Standing]]]] = defaultdict(list)
    for place, (_, n, f) in enumerate(known):
        of_file: dict[tuple[int, str], list[Standing]] = defaultdict(list)
        for line, i in enumerate(f.items):
            if i.invoice_date <= day:
                seen = replace(i, paid_date=i.paid_date if i.paid_date and i.paid_date <= day else None)
                pays = i.document_type == "payment" and i.cents < 0 and (f.kind == "payments" or bool(i.settles))
                of_file[i.customer, i.document].append(Standing(seen, f, (n, line), None, pays))
        for name, parts in of_file.items():
            told[name].append((place, f, parts))
    whole = [f.as_of for _, _, f in known if f.kind == "open_items" and f.whole_book]
    found: list[Standing] = []
    for accounts in told.values():
        histories = [a for a in accounts if a[1].kind != "open_items"]
        paying = [a for a in histories if any(s.item.paid_date or s.item.undated for s in a[2])]
        lists = [a for a in accounts if a[1].kind == "open_items"]
        history = (paying or histories)[-1] if histories else None
        paid_in = history or lists[-1]
        open_in = paid_in
        owes = history and any(not s.item.paid_date and not s.item.undated for s in history[2])
        if history and owes and lists and lists[-1][0] > history[0]:
            open_in = lists[-1]
        listed = paid_in[1].kind == "open_items"
        for s in paid_in[2]:
            if s.item.paid_date or s.item.undated:
                found.append(replace(s, item=replace(s.item, listed=listed)))
        shown_on, listed = open_in[1].as_of, open_in[1].kind == "open_items"
        silent = [d for d in whole if d > shown_on]
        for s in open_in[2]:
            if s.item.paid_date is None and not s.item.undated:
                gone = silent[0] if silent and not s.pays else None
                closest = max(min(s.item.due_date or gone, gone), shown_on) if gone else None
                found.append(replace(s, item=replace(s.item, paid_date=closest, listed=listed), closed_on=gone))
    return paid_by_name(found, max(whole, default=None)), day


def paid_by_name(found: Sequence[Standing], listed_through: date | None) -> list[Item]:
    """The items after each payment was applied, one by one, to the invoices that it names."""
    owed: dict[tuple[int, str], list[Standing]] = defaultdict(list)
    for s in found:
        if s.item.document_type == "invoice" and s.item.cents > 0:
            owed[s.item.customer, s.item.document].append(s)
    payments = sorted((s for s in found if s.pays), key=lambda s: (s.item.invoice_date, s.place))
    listed_on: dict[tuple[int, str], date | None] = {}
    made: list[Item] = []

    def pay(part: Standing, payment: Standing, cents: int) -> None:
        part.taken += cents
        payment.taken += cents
        made.append(replace(part.item, cents=cents, paid_date=payment.item.invoice_date, undated=False))

    for name, parts in owed.items():
        listed_on[name] = max((p.file.as_of for p in parts if p.state == "open" and p.item.listed), default=None)
        parts.sort(key=lambda p: (p.item.paid_date or date.max, p.item.due_date or date.max, p.item.invoice_date))
    for which in range(max((len(p.item.settles) for p in payments), default=0)):
        for name, parts in owed.items():
            naming = [p for p in payments if (p.item.customer, *p.item.settles[which : which + 1]) == name]
            told_on = max(p.file.as_of for p in parts)
            closed_on = min((p.closed_on for p in parts if p.closed_on), default=date.max)
            for payment in naming:
                same = [
                    p
                    for p in parts
                    if p.state == "paid"
                    and not p.taken
                    and p.item.cents == payment.left
                    and p.item.paid_date == payment.item.invoice_date
                ]
                if same:
                    pay(same[0], payment, payment.left)
            later = [p for p in naming if (listed_on[name] or date.min) < p.item.invoice_date <= closed_on]
            steps = (
                (("paid", "undated"), [p for p in naming if p.item.invoice_date <= told_on]),
                (("open",), later),
                (("undated",), naming),
            )
            for states, those in steps:
                for payment in those:
                    for part in parts:
                        if part.state in states and (cents := min(part.left, payment.left)):
                            pay(part, payment, cents)
    for s in found:
        if s.pays and s.left:
            names = [(s.item.customer, number) for number in s.item.settles]
            lists = [d for d in (listed_through, *(listed_on.get(name) for name in names)) if d]
            is_over = any(s.item.invoice_date <= d for d in lists) or (names and not any(n in owed for n in names))
            made.append(replace(s.item, cents=-s.left, paid_date=s.item.invoice_date if is_over else s.item.paid_date))
        elif not s.pays and not s.item.undated and s.left:
            made.append(replace(s.item, cents=s.left if s.item.cents > 0 else s.item.cents))
    return made


def account(items: Iterable[Item], day: date, limit: float) -> dict[str, Any]:
    """The measures of one customer, as their definitions say."""
    items = list(items)
    year, quarter, half, two_years = (back(day, months) for months in (12, 3, 6, 24))

    def late(i: Item) -> int:
        return ((i.paid_date or day) - i.due_date).days if i.due_date else 0

    def counts(i: Item, start: date) -> bool:
        if i.document_type != "invoice" or i.due_date is None:
            return False
        if i.paid_date is None:
            return i.due_date <= day
        return i.paid_date > start or start < i.due_date <= day

    def average(weighed: list[Item]) -> float | None:
        return sum(i.cents * late(i) for i in weighed) / sum(i.cents for i in weighed) if weighed else None

    paying = [i for i in items if counts(i, year)]
    now = [i for i in paying if (i.paid_date or day) > quarter]
    before = [i for i in paying if i not in now]
    has_payments = any(i.paid_date or not i.listed for i in paying)
    trend = average(now) - average(before) if now and before and has_payments else None  # type: ignore[operator]
    owed = [i for i in items if i.paid_date is None]
    invoices = [i for i in owed if i.document_type == "invoice"]
    dated = sum(i.cents for i in invoices if i.due_date)
    share = sum(i.cents for i in invoices if i.due_date and late(i) > 30) * 100 / dated if dated else None
    if not invoices and paying:
        share = 0
    of_24m = [i for i in items if counts(i, two_years)]
    total = sum(i.cents for i in of_24m)
    ranked = [d for d in {late(i) for i in of_24m} if sum(i.cents for i in of_24m if late(i) >= d) * 100 >= total]
    ends = [day, *(end_of_month(day, n) for n in range(1, 7))]
    peak = max(
        sum(i.cents for i in items if i.invoice_date <= end and (i.paid_date is None or i.paid_date > end))
        for end in ends
    )
    lately = any(i.paid_date is None or i.paid_date > half for i in items)
    net = sum(i.cents for i in owed)
    late_90 = sum(i.cents for i in invoices if i.due_date and late(i) > 90)
    sold = [i for i in items if i.document_type == "invoice"]
    receipts = [i.invoice_date if i.document_type == "payment" else i.paid_date for i in items]
    receipts = [d for d, i in zip(receipts, items, strict=True) if d and i.document_type in ("invoice", "payment")]
    return {
        "days_beyond_terms_12m": average(paying) if has_payments else None,
        "past_due_over_30_pct": share,
        "worst_days_past_due_24m": max(0, *ranked) if of_24m else None,
        "payment_trend_days": trend,
        "peak_utilisation_6m_pct": max(0, peak) / limit if lately else None,
        "exposure": net / 100,
        "past_due_amount": sum(i.cents for i in invoices if i.due_date and late(i) > 0) / 100,
        "relationship_start": min((i.invoice_date for i in sold), default=None),
        "last_sale_date": max((i.invoice_date for i in sold), default=None),
        "last_receipt_date": max(receipts, default=None),
        "k5": late_90 * 100 >= net and min(late_90, net) >= 50_000,
    }


def back(day: date, months: int) -> date:
    """The same day of the month so many months before, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def end_of_month(day: date, months: int) -> date:
    """The last day of the month so many months before."""
    first = back(day.replace(day=1), months)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


@st.composite
def items(draw: st.DrawFn) -> Item:
    """A part of one of a few documents; what its files say of a document may differ."""
    day = days(draw(st.integers(-800, 60)))
    kind = draw(st.sampled_from(["invoice"] * 6 + ["credit_note", "payment"]))
    cents = draw(st.sampled_from([1, 900, 10_000, 50_000, 300_000]))
    due = draw(st.one_of(st.none(), st.integers(-5, 90), st.integers(20, 40)))
    paid = draw(st.one_of(st.none(), st.integers(0, 200)))
    names = st.lists(st.sampled_from("abc"), max_size=2, unique=True)
    return Item(
        draw(st.sampled_from("abcdef")),
        day,
        None if due is None else day + timedelta(days=due),
        None if paid is None else day + timedelta(days=paid),
        cents if kind == "invoice" else -cents,
        kind,
        None,
        draw(st.integers(1, 2)),
        settles=tuple(draw(names)) if kind == "payment" else (),
        undated=kind == "invoice" and paid is None and draw(st.booleans()),
    )


@st.composite
def files(draw: st.DrawFn) -> File:
    kind = draw(st.sampled_from(["invoices", "open_items", "payments"]))
    told = draw(st.lists(items(), min_size=1, max_size=6))
    if kind == "open_items":
        told = [replace(i, paid_date=None, settles=(), undated=False) for i in told]
    if kind == "payments":
        paid = [replace(i, document_type="payment", cents=-abs(i.cents), paid_date=None, undated=False) for i in told]
        told = [replace(i, settles=i.settles or tuple(draw(st.sampled_from(["a", "b", ""])))) for i in paid]
    as_of, taken = (days(draw(st.integers(-300, 60))) for _ in range(2))
    return File(told, as_of, kind, draw(st.booleans()), taken)


@pytest.fixture(scope="module")
def used() -> Iterator[Store]:
    """A book that examples use one after the other, since making one takes longer than they do."""
    made = Store()
    yield made
    made.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(files(), min_size=1, max_size=4), st.integers(-200, 90), st.integers(-200, 90))
def test_any_history_gives_what_a_plain_account_gives(
    used: Store, histories: list[File], asked: int, known: int
) -> None:
    store = emptied(used)
    take(store, *histories)
    limits(store, C1=1000, C2=2000)
    as_of, known_by = days(asked), days(known)
    found = measured(store, as_of, known_by)
    standing, day = settled(histories, as_of, known_by)
    assert set(found) == {i.customer for i in standing}
    for key, one in found.items():
        expected = account((i for i in standing if i.customer == key), day or as_of, 1000.0 * key)
        if min(as_of, known_by) < DAY:  # the limits are listed and taken in on that day
            expected["peak_utilisation_6m_pct"] = None
        for name, value in expected.items():
            close = pytest.approx(float(value), abs=1e-6) if isinstance(value, int | float) else value
            assert (one[name] if value is None or isinstance(value, bool | date) else float(one[name])) == close, name


@settings(max_examples=30, deadline=None)
@given(st.lists(files(), min_size=1, max_size=3), st.lists(files(), max_size=2), st.integers(-200, 60))
def test_what_came_or_happened_later_changes_nothing(
    used: Store, told: list[File], later: list[File], asked: int
) -> None:
    as_of = days(asked)
    told = [replace(f, as_of=min(f.as_of, as_of), taken_on=as_of) for f in told]

    def then(*histories: File) -> dict[int, dict[str, Any]]:
        take(emptied(used), *histories)
        return measured(used, as_of, as_of)

    def forgotten(i: Item) -> Item:
        return replace(i, paid_date=i.paid_date if i.paid_date and i.paid_date <= as_of else None)

    expected = then(*told)
    not_known = [replace(f, taken_on=as_of + timedelta(days=1)) for f in later]
    not_made = [replace(f, kind="open_items", as_of=as_of + timedelta(days=1), taken_on=as_of) for f in later]
    assert then(*told, *not_known, *not_made) == expected
    assert (
        then(*(replace(f, items=[forgotten(i) for i in f.items if i.invoice_date <= as_of]) for f in told)) == expected
    )
