"""Import: files as a team has them, what each is and asks, what it will change, and what it left to know."""

from collections.abc import Sequence

import streamlit as st

from pages.parts import controls, data, person, words
from pages.parts import imported as outcome
from pages.parts.format import count, plain
from pages.parts.importing import asking, columns, focus, history, intake, landing, problems, queue, rates
from pages.parts.importing.intake import Waiting
from riskcore import book, ingest
from riskcore.errors import FileRefused
from riskcore.policy import Policy

ENDINGS = ["csv", "tsv", "txt", "xlsx", "xlsm", "zip", "gz"]
t = words.current()
controls.head(t("imports.title"))
if told := st.session_state.pop("told", None):
    st.toast(told, icon=":material/check:")


def receive(policy: Policy) -> None:
    """The place to drop files; what is dropped goes into the queue, and what needs nobody into the book at once."""
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    turn = st.session_state.setdefault("upload_round", 0)
    files = left.file_uploader(
        t("imports.choose"),
        type=ENDINGS,
        accept_multiple_files=True,
        key=f"upload_{turn}",
        help=t("imports.choose_help", path=plain(book.inbox())),
    )
    right.download_button(
        t("imports.template"),
        lambda: ingest.template_csv(policy, t),
        file_name="customers-template.csv",
        mime="text/csv",
        icon=":material/download:",
        width="stretch",
        on_click="ignore",
    )
    if files:
        came = intake.receive(t, files)
        st.session_state["upload_round"] = turn + 1
        st.session_state.pop("taken", None)
        known = [one for one in came if intake.needs_nobody(one)]
        if known:
            take_in(known, st.session_state.get(person.KEY, ""), at_once=True)
        st.rerun()


def take_in(waiting: Sequence[Waiting], by: str, at_once: bool = False) -> None:
    """All of these files in one transaction, with one assessment; then what came of it."""
    prepared = [intake.prepared(one).prepared for one in waiting]
    try:
        taken = book.take_in(data.own(), prepared, by.strip())
    except FileRefused as refused:
        st.error(t.error(refused), icon=":material/error:")
        return
    data.open_book("own")
    lines = [outcome.Line.of(queue.name_of(one.upload), ready) for one, ready in zip(waiting, prepared, strict=True)]
    st.session_state["taken"] = outcome.Taken(lines, taken.import_ids, at_once)
    intake.tray().put_away(one.number for one in waiting)
    st.rerun()


def take_button(ready: Sequence[Waiting], label: str, by: str) -> None:
    """The one filled button."""
    with st.container(key="main"):
        if st.button(label, type="primary", width="stretch", disabled=not ready, key="take"):
            take_in(ready, by)


def one_file(waiting: Waiting, elsewhere: set[str], alone: bool) -> None:
    """The file in focus: its questions, its columns, what will be taken, its problems."""
    focus.line(t, waiting)
    asking.open_ones(t, waiting, elsewhere)
    ready = intake.prepared(waiting)
    left, right = st.columns([7, 3], gap="large")
    with left:
        columns.table(t, waiting)
        asking.settled(t, waiting)
        if ready.checked is not None:
            problems.table(t, waiting, ready.checked)
    with right:
        focus.settings(t, waiting)
        if ready.refused is not None:
            st.error(plain(t.error(ready.refused)), icon=":material/error:")
        if ready.checked is not None:
            focus.summary(t, ready.checked)
        if alone:
            by = person.ask(t, "taken_by")
            take_button(queue.ready_ones([waiting]), label_of_one(waiting), by)
            st.caption(t("imports.one_transaction"))
        focus.set_aside(t, waiting)
        with st.container(horizontal=True):
            if not alone:
                label = t("imports.with_them" if waiting.left_out else "imports.leave_out")
                if st.button(label, key=f"leave_{waiting.number}", type="tertiary"):
                    waiting.left_out = not waiting.left_out
                    st.rerun()
            if st.button(t("imports.remove"), key=f"remove_{waiting.number}", type="tertiary", icon=":material/close:"):
                intake.tray().put_away([waiting.number])
                st.rerun()


def label_of_one(waiting: Waiting) -> str:
    """What the button says where one file waits."""
    checked = intake.prepared(waiting).checked
    return t("imports.take", n=count(checked.rows_taken if checked else 0))


def refused_file(refused: ingest.Refused, alone: bool) -> None:
    """A file that cannot be read: why, and what to do."""
    sentence = plain(t.error(refused.error))
    st.error(sentence if alone else f"**{plain(refused.name)}**  \n{sentence}", icon=":material/error:")
    if st.button(t("imports.remove"), key="remove_refused", type="tertiary", icon=":material/close:"):
        intake.tray().refused.remove(refused)
        st.rerun()


def waiting_files() -> None:
    """The queue, its button, and the file in focus."""
    tray = intake.tray()
    lines = len(tray.waiting) + len(tray.refused)
    place = st.container()
    elsewhere = asking.together(t, tray.waiting)
    with place:
        shown = queue.table(t, tray)
    if shown is None:
        if "taken" not in st.session_state:
            st.caption(t("imports.into_own"))
        return
    if lines > 1:
        ready = queue.ready_ones(tray.waiting)
        with place, st.container(horizontal=True, vertical_alignment="bottom"):
            st.caption(t("imports.one_transaction"), width="content")
            if st.button(t("imports.clear"), key="clear", type="tertiary"):
                intake.clear()
                st.rerun()
            st.space("stretch")
            with st.container(width=160):
                by = person.ask(t, "taken_by")
            with st.container(width=180):
                label = t("imports.take_file") if len(ready) == 1 else t("imports.take_files", n=len(ready))
                take_button(ready, label, by)
    if isinstance(shown, ingest.Refused):
        refused_file(shown, alone=lines == 1)
    else:
        one_file(shown, elsewhere, alone=lines == 1)


receive(intake.look())
if done := st.session_state.get("taken"):
    outcome.show(t, done)
waiting_files()
landing.show(t)
rates.show(t)
history.show(t)
