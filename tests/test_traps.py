"""The traps of real exports: a file of each, taken in whole, against totals that were worked out without the reader."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from riskcore import policy as policies
from riskcore import portfolio
from riskcore.features import facts
from riskcore.ingest import KINDS, Upload, load, open_file, prepare
from riskcore.ingest.preparing import Preparing
from riskcore.store import Store
from riskcore.text import LANGUAGES, Words
from tests import books

FOLDER = Path(__file__).parent / "traps"
EXPECTED: list[dict[str, Any]] = tomllib.loads((FOLDER / "expected.toml").read_text("utf-8"))["file"]
POLICY = policies.load()
DAY, NOW = date(2026, 6, 30), datetime(2026, 7, 1, 9, 30)


def uploads(name: str) -> dict[str, Upload]:
    """The tables of a file by their names; of a workbook those that hold rows."""
    opened = open_file((FOLDER / name).read_bytes(), name)
    return {upload.name: upload for upload in opened.uploads}


def take(store: Store, upload: Upload, answers: dict[str, str] | None = None, kind: str | None = None) -> Preparing:
    """A table taken into a book, its questions answered by their kinds."""
    chosen = KINDS[kind] if kind else None
    ready = prepare(upload, POLICY, store, kind=chosen, as_of=DAY)
    given = {question.id: (answers or {})[question.kind] for question in ready.open_questions}
    ready = prepare(upload, POLICY, store, kind=chosen, answers=given, as_of=DAY)
    with store.transaction() as cursor:
        load(cursor, ready.prepared, "", NOW)
    return ready


def take_before(store: Store, names: list[str]) -> None:
    """Files that come first, each with the kind that is chosen for it, if one is."""
    for name, _, kind in (one.partition(":") for one in names):
        for upload in uploads(name).values():
            take(store, upload, kind=kind or None)


def texts(sums: dict[str, Decimal]) -> dict[str, str]:
    return {name: f"{amount:.2f}" for name, amount in sums.items()}


def texts_of(amounts: Iterable[float]) -> list[str]:
    return [f"{amount:.2f}" for amount in amounts]


@pytest.mark.parametrize("said", EXPECTED, ids=lambda said: str(said.get("member", said["name"])).rpartition("/")[2])
def test_a_trap(said: dict[str, Any]) -> None:
    found = uploads(said["name"])
    upload = found[said.get("member", said["name"])]
    store = Store()
    take_before(store, said.get("before", []))
    asked = said.get("asked", {})
    first = prepare(upload, POLICY, store, as_of=DAY)
    assert first.kind.id == said["kind"] and first.refused is None
    assert sorted(q.kind for q in first.questions) == sorted(asked)
    ready = take(store, upload, asked)
    checked = ready.checked
    assert checked is not None

    _lines_are_accounted_for(said, upload, ready)
    assert (checked.rows_read, checked.rows_set_aside) == (said["read"], said["aside"])
    totals = texts(checked.totals)
    assert {name: totals.get(name) for name in said.get("totals", {})} == said.get("totals", {})
    assert all(one.agrees for one in checked.reconciled)
    for lang in LANGUAGES:
        t = Words(lang)
        assert all(t.phrase(note) for note in checked.notes)
        assert all(t(p["reason"], **p["slots"]) for p in checked.problems.to_dict("records"))
    if "by_currency" in said:
        assert texts(checked.totals_by_currency["amount"]) == said["by_currency"]
    if "encoding" in said:
        assert upload.encoding.startswith(said["encoding"])
    if "currency" in said:
        assert checked.currency == said["currency"]

    if said.get("again"):
        take(store, upload, asked)
    _documents_are_right(said, store, checked.tables)
    _features_are_right(said, store)
    if "groups" in said:
        books.assess(store, POLICY, DAY)
        found_groups = portfolio.groups(store)
        assert (
            dict(zip(found_groups["group_id"], texts_of(found_groups["group_exposure"]), strict=True)) == said["groups"]
        )
    # The same layout asks nothing a second time.
    assert not prepare(upload, POLICY, store, as_of=DAY).open_questions


def _lines_are_accounted_for(said: dict[str, Any], upload: Upload, ready: Preparing) -> None:
    """Every line is a title, a heading, a row taken, or a row set aside with its reason."""
    checked = ready.checked
    assert checked is not None
    aside = checked.problems.query("effect == 'row'")["line"].nunique()
    assert aside == checked.rows_set_aside
    if not said["name"].endswith((".xlsx", ".zip")):
        codecs = {"UTF-16": "utf-16", "GB18030": "gb18030", "Windows-1252": "cp1252"}
        codec = codecs.get(upload.encoding.split(" ")[0], "utf-8-sig")
        lines = (FOLDER / said["name"]).read_bytes().decode(codec).splitlines()
        written = sum(bool(re.sub(r"[,\s\t|]", "", line)) for line in lines)
        assert written == checked.rows_read + sum(said["lines"].values())


def _documents_are_right(said: dict[str, Any], store: Store, tables: dict[str, Any]) -> None:
    if "open" in said and "ageing" in tables:
        amounts = [row["amount"] for row in tables["ageing"].to_pylist()]
        assert {"": f"{sum(amounts):.2f}"} == said["open"]
    if "item" in tables and "open" in said:
        items = tables["item"].to_pylist()
        sums: dict[str, Decimal] = {}
        for item in items:
            if item.get("paid_date") is None:
                code = item.get("currency") or ""
                sums[code] = sums.get(code, Decimal(0)) + item["amount"]
        assert texts(dict(sorted(sums.items()))) == said["open"]
        assert len(items) == said.get("items", len(items))
        if "types" in said:
            assert Counter(item["document_type"] for item in items) == said["types"]
        if "due" in said:
            number = {item["number"] or item["document"]: str(item["due_date"]) for item in items}
            assert number == said["due"]
    if "customers" in said:
        held = dict(store.rows("select customer_id, customer_name from input join customer using (customer_key)"))
        assert len(held) == said["customers"]
        named = said.get("names", {})
        assert {key: held.get(key) for key in named} == named


def _features_are_right(said: dict[str, Any], store: Store) -> None:
    wanted: dict[str, list[Any]] = said.get("features", {})
    names = ("exposure", "past_due", "worst_days_past_due_24m", "days_beyond_terms_12m")
    with store.transaction() as cursor:
        facts.prepare(cursor, POLICY, DAY)
        rows = cursor.execute(
            f"select customer_id, {', '.join(names)} from facts join customer using (customer_key)"
        ).fetchall()
    known = {row[0]: row[1:] for row in rows}
    shown = {
        key: [
            "" if value == "" else f"{known[key][at]:.2f}" if isinstance(value, str) else known[key][at]
            for at, value in enumerate(values)
        ]
        for key, values in wanted.items()
        if key in known
    }
    assert shown == wanted
