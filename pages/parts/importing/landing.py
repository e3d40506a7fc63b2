"""The landing folder: files of any size that lie in it, taken in beside the page, with progress and a way to stop."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from pages.parts import data, imported, person
from pages.parts.format import count, plain
from pages.parts.importing import asking
from pages.parts.importing.queue import name_of
from riskcore import book, ingest, landing
from riskcore.errors import FileRefused, RiskError
from riskcore.ingest.bulk import Cancelled
from riskcore.signing import said
from riskcore.text import Words, keys

SHOWN_MOST = 6
_EVERY = 1.0  # seconds between two looks at work that runs
_KEYS = frozenset(keys())


@dataclass
class Desk:
    """The work of this server, one file at a time, whoever looks at it; and what was answered of each file."""

    run: landing.Run | None = None
    path: Path | None = None
    asked: dict[Path, landing.Ready] = field(default_factory=dict)
    choices: dict[Path, landing.Choices] = field(default_factory=dict)
    refused: dict[Path, RiskError] = field(default_factory=dict)


@st.cache_resource
def _desk() -> Desk:
    return Desk()


def show(t: Words) -> None:
    """What waits in the folder, or the file that is being taken in; nothing where there is neither."""
    desk = _desk()
    if desk.run is not None:
        _running(t)
        return
    waiting = landing.waiting(data.own())
    if not waiting:
        return
    with st.container(border=True):
        with st.container(gap=None):
            st.subheader(t("imports.landing"), anchor=False)
            st.caption(t("imports.landing_note", path=plain(book.inbox())))
        for one in waiting[:SHOWN_MOST]:
            _one(t, desk, one)
        if len(waiting) > SHOWN_MOST:
            st.caption(t("imports.landing_more", n=len(waiting) - SHOWN_MOST))


def _one(t: Words, desk: Desk, one: landing.Waiting) -> None:
    """A file that waits: its size and day, what it asks or why it is refused, and the button."""
    ready, place = desk.asked.get(one.path), st.container()
    if refused := desk.refused.get(one.path):
        st.error(plain(t.error(refused)), icon=":material/error:")
    if ready is not None:
        for refusal in ready.refused:
            sentence = plain(t.error(refusal.error))
            member = f"**{plain(refusal.name)}**  \n" if refusal.name != one.name else ""
            st.error(member + sentence, icon=":material/error:")
        for table in ready.tables:
            if table.refused is not None:
                st.error(plain(t.error(table.refused)), icon=":material/error:")
            for question in table.open_questions:
                _ask(t, desk, one.path, question)
    with place, st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        about = t("imports.megabytes", n=f"{one.size / 1e6:,.1f}"), said(one.modified).split(" (")[0]
        st.markdown(f"**{plain(one.name)}** &nbsp; :gray[{plain(t('imports.between_notes').join(about))}]")
        with st.container(horizontal=True, width="content"):
            begin = st.button(
                t("imports.landing_take"), key=f"landing_{one.name}", disabled=not _is_answered(desk, one)
            )
    if begin:
        start(one.path, desk.choices.get(one.path, landing.Choices()), st.session_state.get(person.KEY, ""))
        st.rerun()


def _ask(t: Words, desk: Desk, path: Path, question: ingest.Question) -> None:
    answer = asking.choice(t, question, None, f"landing_{path.name}_{question.id}")
    chosen = desk.choices.get(path, landing.Choices())
    if answer is not None and chosen.answers.get(question.id) != answer:
        desk.choices[path] = replace(chosen, answers={**chosen.answers, question.id: answer})


def _is_answered(desk: Desk, one: landing.Waiting) -> bool:
    ready = desk.asked.get(one.path)
    if ready is None:
        return True
    answers = desk.choices.get(one.path, landing.Choices()).answers
    return all(question.id in answers for table in ready.tables for question in table.open_questions)


def start(path: Path, choices: landing.Choices, by: str) -> None:
    """Begin to take a file in; what was said of it before is said anew when it ends."""
    desk = _desk()
    desk.asked.pop(path, None)
    desk.refused.pop(path, None)
    desk.path, desk.run = path, landing.take_in_one(data.own(), path, choices, by)


@st.fragment(run_every=_EVERY)
def _running(t: Words) -> None:
    """Where the work is; the rest of the page stays usable."""
    desk = _desk()
    if desk.run is None or desk.path is None:
        st.rerun()
    if not desk.run.is_running:
        _ended(t, desk, desk.run, desk.path)
        st.rerun()
    now = desk.run.progress()
    key = f"landing.stage_{now.stage}"
    parts = [t(key) if key in _KEYS else t("imports.landing_begins")]
    if now.rows:
        parts.append(t("imports.rows_n", n=count(now.rows)))
    if now.seconds_left is not None:
        parts.append(_left(t, now.seconds_left))
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{plain(desk.path.name)}**")
            if st.button(t("imports.landing_cancel"), key="landing_cancel", icon=":material/close:"):
                desk.run.cancel()
                _ended(t, desk, desk.run, desk.path)
                st.rerun()
        st.progress(now.share, t("imports.between_notes").join([f"{100 * now.share:.0f}%", *parts]))


def _left(t: Words, seconds: float) -> str:
    if seconds < 90:
        return t("imports.left_seconds", n=max(1, round(seconds)))
    return t("imports.left_minutes", n=round(seconds / 60))


def _ended(t: Words, desk: Desk, run: landing.Run, path: Path) -> None:
    """Keep what became of it: taken in, asked for, refused or cancelled."""
    desk.run = desk.path = None
    try:
        outcome = run.result()
    except Cancelled:
        st.session_state["told"] = t("landing.cancelled")
        return
    except RiskError as error:
        desk.refused[path] = error
        return
    except OSError:
        desk.refused[path] = FileRefused("file_gone")
        return
    if outcome.taken is None:
        desk.asked |= {one.path: one for one in outcome.files}
        return
    data.open_book("own")
    tables = [table for one in outcome.files for table in one.tables]
    lines = [imported.Line.of(name_of(table.upload), table.prepared) for table in tables]
    st.session_state["taken"] = imported.Taken(lines, outcome.taken.import_ids, at_once=False)
