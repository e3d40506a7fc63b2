"""The file in focus: what it is, from which day, what of it will be taken, and the sums to hold against it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pandas as pd
import streamlit as st

from pages.parts import data
from pages.parts.format import count, day, full_money, is_nothing, plain
from pages.parts.importing import intake, queue
from pages.parts.importing.columns import field_name
from pages.parts.importing.intake import Waiting
from riskcore import book, ingest
from riskcore.ingest.reconciling import Reconciled
from riskcore.text import Words, keys

_SUMMED_MOST = 12  # a statement has forty amounts
_IN_TABLE = "questions.note_multiplied"  # the table of columns says it beside each column
_KEYS = frozenset(keys())
_CHECKED_BESIDE = ("exposure", "ar_balance", "past_due_amount", "amount", "open_amount", "paid_amount", "ageing_total")


def line(t: Words, waiting: Waiting) -> None:
    """One quiet line: the file, how it was read, what the reader has to say; then whether it came before."""
    upload = waiting.upload
    ready = intake.prepared(waiting)
    key = f"imports.delimiter_{ord(upload.delimiter)}" if upload.delimiter else ""
    delimiter = t(key) if key in _KEYS else ""
    parts = [
        f"**{plain(queue.name_of(upload))}**",
        upload.encoding,
        delimiter,
        t("imports.rows_n", n=count(upload.rows_read)),
    ]
    st.markdown(" · ".join(filter(None, parts)))
    notes = ready.checked.notes if ready.checked else ready.upload.notes
    told = [note for note in (*waiting.file_notes, *notes) if note.key != _IN_TABLE]
    said = list(dict.fromkeys(plain(t.phrase(note)) for note in told))
    if said:
        st.caption(t("imports.between_notes").join(said))
    if seen := ingest.seen_before(data.own(), upload.sha256):
        st.warning(
            t("imports.seen", name=plain(seen[0]), day=day(t, seen[1]), as_of=day(t, seen[2])),
            icon=":material/content_copy:",
        )


def settings(t: Words, waiting: Waiting) -> None:
    """The kind of the file, the day that it tells of, and whether it is the whole list."""
    ready, chosen = intake.prepared(waiting), intake.tray().chosen(waiting)
    kinds = list(ingest.KINDS)
    kind = st.selectbox(
        t("imports.kind"),
        kinds,
        index=kinds.index(ready.kind.id),
        format_func=lambda kind: t(f"kinds.{kind}"),
        key=f"kind_{waiting.number}_{ready.kind.id}",
        help=t("imports.kind_help"),
    )
    as_of = st.date_input(
        t("imports.as_of"),
        value=ready.as_of,
        max_value=max(date.today(), ready.as_of),
        help=t("imports.as_of_help"),
        format="YYYY-MM-DD",
        key=f"as_of_{waiting.number}_{ready.kind.id}_{ready.as_of}",
    )
    whole = ready.whole_book
    if f"kinds.whole.{ready.kind.id}" in _KEYS:
        whole = st.toggle(
            t(f"kinds.whole.{ready.kind.id}"),
            value=ready.whole_book,
            help=t(f"kinds.whole_help.{ready.kind.id}"),
            key=f"whole_{waiting.number}_{ready.kind.id}",
        )
    if kind != ready.kind.id:
        intake.change_kind(waiting, ingest.KINDS[kind])
        st.rerun()
    if as_of is not None and as_of != ready.as_of:
        waiting.as_of = as_of
        st.rerun()
    if whole != ready.whole_book:
        chosen.whole_book = whole


def summary(t: Words, checked: ingest.Checked) -> None:
    """What will be taken in, and the sums to hold against the file."""
    currency = book.currency(data.own())
    st.subheader(t("imports.will_take"), anchor=False)
    _numbers(
        [
            (t("imports.rows_read"), checked.rows_read),
            (t("imports.rows_taken"), checked.rows_taken),
            (t("imports.rows_set_aside"), checked.rows_set_aside),
        ]
    )
    lines: list[tuple[str, float]] = []
    for name, code, amount in _sums(checked):
        shown = code or currency
        label = field_name(t, name)
        lines.append((t("imports.total_of", field=label, currency=shown), float(amount)))
        own = [one for one in checked.reconciled if (one.field, one.currency) == (name, code)]
        if own:  # of several, one that does not agree
            lines.append(_against(t, min(own, key=lambda one: one.agrees), shown))
    if lines:
        st.subheader(t("imports.totals"), anchor=False)
        _numbers(lines)


def _sums(checked: ingest.Checked) -> list[tuple[str, str, Decimal]]:
    """Field, currency ('' for the book's) and total of the amounts that tell most, where any is known."""
    found = [
        (name, code, amount)
        for name, total in checked.totals.items()
        for code, amount in (checked.totals_by_currency.get(name) or {"": total}).items()
        if not is_nothing(amount)
    ]
    told = [one for one in found if one[0] in _CHECKED_BESIDE]
    return (told or found)[:_SUMMED_MOST]


def _numbers(lines: Sequence[tuple[str, float]]) -> None:
    """Names and whole numbers, these below each other to the right."""
    table = pd.DataFrame(lines, columns=["name", "number"])
    st.table(table.style.format({"number": count}), border="horizontal", hide_index=True, hide_header=True)


def _against(t: Words, one: Reconciled, currency: str) -> tuple[str, float]:
    """The file's own total, and whether the rows agree with it."""
    apart = full_money(abs(one.file_says - one.rows_say), currency)
    verdict = t("imports.agrees") if one.agrees else t("imports.differs", by=apart)
    return (f":gray[{verdict}]", float(one.file_says))


def set_aside(t: Words, waiting: Waiting) -> None:
    """The rows set aside, to correct and upload again."""
    ready = intake.prepared(waiting)
    checked = ready.checked
    if checked is None or not checked.rows_set_aside:
        return
    st.download_button(
        t("imports.set_aside", n=count(checked.rows_set_aside)),
        lambda: ingest.set_aside_csv(ready.upload, checked, t),
        file_name="set-aside.csv",
        mime="text/csv",
        icon=":material/download:",
        width="stretch",
        on_click="ignore",
        key=f"aside_{waiting.number}",
    )
