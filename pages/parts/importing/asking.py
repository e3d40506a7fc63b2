"""What cannot be known of a file: its open questions, those of many files at once, and what was settled already."""

from collections.abc import Sequence, Set

import pandas as pd
import streamlit as st

from pages.parts.format import plain
from pages.parts.importing import intake, queue
from pages.parts.importing.intake import Waiting
from riskcore import ingest
from riskcore.text import Words

SHORT_LIST = 6  # answers that are shown at once; more of them go into a box


def together(t: Words, waiting: Sequence[Waiting]) -> set[str]:
    """A question that several files ask, each for itself, as one table; gives the kinds of question asked there.

    What is written there is taken at once; where a file proposes its own answer, nothing need be written.
    """
    asked: dict[str, list[tuple[Waiting, ingest.Question]]] = {}
    for one in waiting:
        for question in intake.prepared(one).questions:
            if question.of_file and question.free:
                asked.setdefault(question.kind, []).append((one, question))
    found = {kind: pairs for kind, pairs in asked.items() if len(pairs) > 1}
    for kind, pairs in found.items():
        _table(t, kind, pairs)
    return set(found)


def _table(t: Words, kind: str, pairs: Sequence[tuple[Waiting, ingest.Question]]) -> None:
    with st.container(border=True):
        with st.container(gap=None):
            st.subheader(t("imports.together", n=len(pairs)), anchor=False)
            st.caption(t("imports.together_note"))
        shown = pd.DataFrame(
            {
                "file": [queue.name_of(one.upload) for one, _ in pairs],
                "answer": [question.default or "" for _, question in pairs],
            }
        )
        column = st.column_config
        edited = st.data_editor(
            shown,
            hide_index=True,
            row_height=32,
            height=32 * (min(len(shown), queue.LINES_MOST) + 1) + 4,
            disabled=["file"],
            key=f"together_{kind}_{'_'.join(str(one.number) for one, _ in pairs)}",
            column_config={
                "file": column.TextColumn(t("imports.file"), width="large"),
                "answer": column.TextColumn(t(f"fields.{pairs[0][1].field}"), width="large", required=True),
            },
        )
        for (one, question), answer in zip(pairs, edited["answer"], strict=True):
            said = str(answer or "").strip()
            if said and said != (question.default or ""):
                one.answers[question.id] = said
            else:
                one.answers.pop(question.id, None)


def open_ones(t: Words, waiting: Waiting, elsewhere: Set[str]) -> None:
    """The open questions of the file in focus, large; those of this file alone stay until it is taken in.

    `elsewhere`: kinds of question that are asked in another place.
    """
    ready = intake.prepared(waiting)
    asked = [q for q in ready.questions if (q.of_file or q.id not in ready.answers) and q.kind not in elsewhere]
    if not asked:
        return
    with st.container(border=True):
        is_open = any(q.id not in ready.answers for q in asked)
        st.subheader(t("imports.questions" if is_open else "imports.proposed", n=len(asked)), anchor=False)
        for question in asked:
            _ask(t, waiting, question, ready.answers.get(question.id))
        if is_open:
            st.caption(t("imports.answer_first"))


def settled(t: Words, waiting: Waiting) -> None:
    """What was answered already, by a person, an earlier file or the default; each can be changed."""
    ready = intake.prepared(waiting)
    answered = [q for q in ready.questions if q.id in ready.answers and not q.of_file]
    if not answered:
        return
    with st.expander(t("imports.settled", n=len(answered))):
        for question in answered:
            _ask(t, waiting, question, ready.answers[question.id])


def _ask(t: Words, waiting: Waiting, question: ingest.Question, answer: str | None) -> None:
    said = choice(t, question, answer, f"question_{waiting.number}_{question.id}_{answer}")
    if said is not None and said != answer:
        kept = waiting.answers if question.of_file else intake.tray().chosen(waiting).answers
        kept[question.id] = said
        st.rerun()


def choice(t: Words, question: ingest.Question, answer: str | None, key: str) -> str | None:
    """A question as one choice, or a text where any answers it; None while there is no answer."""
    options = {option.value: ingest.worded(option, t) for option in question.options}
    sentence = plain(ingest.worded(question, t))
    if question.free:
        proposed = [*options, *([answer] if answer is not None and answer not in options else [])]
        said = st.selectbox(
            sentence,
            proposed,
            index=proposed.index(answer) if answer is not None else None,
            format_func=lambda value: options.get(value, value),
            accept_new_options=True,
            key=key,
        )
        return str(said).strip() or None if said is not None else None
    values = list(options)
    widget = st.radio if len(options) <= SHORT_LIST else st.selectbox
    return widget(
        sentence,
        values,
        index=values.index(answer) if answer in options else None,
        format_func=lambda value: plain(options[value]),
        key=key,
    )
