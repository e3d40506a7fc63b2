"""The files that wait to be taken in: opened once, made ready again where a choice or the book changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import streamlit as st

from pages.parts import data
from pages.parts.format import plain
from riskcore import ingest, versions
from riskcore.errors import FileRefused, Phrase
from riskcore.ingest.decoding import clean_name
from riskcore.ingest.layouts import fingerprint
from riskcore.policy import Policy
from riskcore.text import Words

_TRAY = "import_tray"


@dataclass
class Choices:
    """What a person chose for all files with the same headings; `guess`: the kind that the first of them fits."""

    kind: ingest.Kind | None = None
    guess: ingest.Kind | None = None
    fields: dict[int, str | None] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    whole_book: bool | None = None


@dataclass
class Waiting:
    """A table that waits, what was chosen for it alone, and how far it is ready.

    `left_out`: it is not taken in with the others.
    """

    number: int
    upload: ingest.Upload
    layout: str
    file_notes: tuple[Phrase, ...]
    answers: dict[str, str] = field(default_factory=dict)
    as_of: date | None = None
    left_out: bool = False
    ready_for: Any = None
    ready: ingest.Preparing | None = None


@dataclass
class Tray:
    """All that was uploaded in this session and is neither taken in nor put away."""

    waiting: list[Waiting] = field(default_factory=list)
    refused: list[ingest.Refused] = field(default_factory=list)
    choices: dict[str, Choices] = field(default_factory=dict)
    numbered: int = 0
    policy: Policy | None = None
    book_state: Any = None

    def chosen(self, waiting: Waiting) -> Choices:
        """The choices for the layout of a table."""
        return self.choices.setdefault(waiting.layout, Choices())

    def put_away(self, numbers: Iterable[int]) -> None:
        """Let go of tables."""
        gone = set(numbers)
        self.waiting = [one for one in self.waiting if one.number not in gone]


def look() -> Policy:
    """Hold the session's tray against the book as it stands now, once in each run of the page; its policy."""
    kept, store = tray(), data.own()
    kept.policy = versions.in_force(store)
    kept.book_state = store.one("select max(import_id), count(undone_at) from import")
    return kept.policy


def tray() -> Tray:
    """The session's tray."""
    kept: Tray = st.session_state.setdefault(_TRAY, Tray())
    return kept


def clear() -> None:
    """An empty tray."""
    st.session_state[_TRAY] = Tray(numbered=tray().numbered)


def receive(t: Words, files: Sequence[Any]) -> list[Waiting]:
    """Open what was dropped, put its tables into the tray, and give them; a file that is refused stops no other."""
    kept = tray()
    came: list[Waiting] = []
    bar = st.progress(0.0)
    for place, file in enumerate(files):
        name = clean_name(file.name)
        bar.progress(place / len(files), t("imports.reading", name=plain(name)))
        try:
            opened = ingest.open_file(file.getvalue(), file.name)
        except FileRefused as error:
            opened = ingest.Opened((), (ingest.Refused(name, error),))
        for upload in opened.uploads:
            kept.put_away([one.number for one in kept.waiting if _is_same(one.upload, upload)])
            kept.numbered += 1
            came.append(Waiting(kept.numbered, upload, fingerprint(upload), opened.notes))
            kept.waiting.append(came[-1])
            prepared(came[-1])
        names = {one.name for one in opened.refused}
        kept.refused = [one for one in kept.refused if one.name not in names] + list(opened.refused)
    bar.empty()
    return came


def _is_same(one: ingest.Upload, other: ingest.Upload) -> bool:
    return (one.sha256, one.name, one.sheet) == (other.sha256, other.name, other.sheet)


def prepared(waiting: Waiting) -> ingest.Preparing:
    """How far a table is ready under what was chosen, worked out again only where that or the book changed."""
    kept = tray()
    chosen, policy = kept.chosen(waiting), kept.policy
    assert policy is not None  # the page looked at the book first
    answers = chosen.answers | waiting.answers
    asked = (
        chosen.kind and chosen.kind.id,
        tuple(sorted(chosen.fields.items())),
        tuple(sorted(answers.items())),
        waiting.as_of,
        policy.hash,
        kept.book_state,
    )
    if waiting.ready is None or waiting.ready_for != asked:
        waiting.ready = ingest.prepare(
            waiting.upload,
            policy,
            data.own(),
            kind=chosen.kind or chosen.guess,
            fields=chosen.fields,
            answers=answers,
            as_of=waiting.as_of,
        )
        waiting.ready_for, chosen.guess = asked, waiting.ready.kind
    if chosen.whole_book is None:
        return waiting.ready
    return replace(waiting.ready, whole_book=chosen.whole_book)


def change_kind(waiting: Waiting, kind: ingest.Kind) -> None:
    """Take a table, and all of its layout, for another kind of file; what was chosen under the old one is no more."""
    tray().choices[waiting.layout] = Choices(kind)
    waiting.answers.clear()


def can_take(ready: ingest.Preparing) -> bool:
    """Whether nothing stands in the way of taking it in."""
    return ready.refused is None and ready.checked is not None and ready.checked.rows_taken > 0


def needs_nobody(waiting: Waiting) -> bool:
    """Whether it can be taken in without a click: its layout is known, it asks nothing, all its rows are good.

    The very same file as an earlier one needs somebody.
    """
    ready = prepared(waiting)
    return (
        can_take(ready)
        and ready.remembered
        and not any(question.of_file for question in ready.questions)
        and ready.checked is not None
        and ready.checked.rows_set_aside == 0
        and ingest.seen_before(data.own(), waiting.upload.sha256) is None
    )
