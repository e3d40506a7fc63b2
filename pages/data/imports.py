"""Import: a file of customers, its columns and questions, what it will change, and what it left to know."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pandas as pd
import streamlit as st

from pages.parts import controls, data, words
from pages.parts import imported as outcome
from pages.parts.format import count, day, full_money, is_nothing, plain
from riskcore import book, ingest, portfolio, versions
from riskcore.errors import FileRefused

t = words.current()
controls.head(t("imports.title"))
store = data.own()
policy = versions.in_force(store)
NONE = "–"
SUMMED = ("exposure", "ar_balance", "past_due_amount")
PROBLEMS_PER_PAGE = 8
SHORT_LIST = 6  # answers that are shown at once; more of them go into a box


def choose() -> ingest.Upload | None:
    """The uploader; the file it holds as rows of text, read once."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    round_ = st.session_state.setdefault("upload_round", 0)
    file = left.file_uploader(
        t("imports.choose"), type=["csv", "tsv", "txt"], key=f"upload_{round_}", help=t("imports.choose_help")
    )
    right.download_button(
        t("imports.template"),
        lambda: ingest.template_csv(policy, t),
        file_name="customers-template.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
    if file is None:
        st.caption(t("imports.into_own"))
        return None
    if st.session_state.get("upload_id") != file.file_id:
        st.session_state["upload_id"] = file.file_id
        st.session_state.pop("upload", None)
        st.session_state.pop("taken", None)
        st.session_state["upload"] = ingest.read(file.getvalue(), file.name)
    upload: ingest.Upload | None = st.session_state.get("upload")
    return upload


def mapping(upload: ingest.Upload) -> tuple[ingest.Match, ...]:
    """The proposal as a table in which a field can be changed; all stays as it is where all is clear."""
    proposed = ingest.propose(upload, policy, ingest.remembered_headings(store))
    used = sum(m.field is not None for m in proposed)
    with st.container(gap=None):
        st.subheader(t("imports.columns"), anchor=False)
        st.caption(t("imports.columns_note", n=len(proposed), used=used, unused=len(proposed) - used))
    names = [NONE, *ingest.CUSTOMERS.fields]
    shown = pd.DataFrame(
        {
            "heading": [m.heading for m in proposed],
            "samples": [", ".join(m.samples) for m in proposed],
            "field": [m.field or NONE for m in proposed],
            "confidence": [100 * m.confidence for m in proposed],
            "how": [t(f"imports.how_{m.how}") for m in proposed],
        }
    )
    edited = st.data_editor(
        shown,
        hide_index=True,
        row_height=32,
        key=f"mapping_{upload.sha256[:12]}",
        disabled=["heading", "samples", "confidence", "how"],
        column_config={
            "heading": st.column_config.TextColumn(t("imports.heading")),
            "samples": st.column_config.TextColumn(t("imports.samples"), width="medium"),
            "field": st.column_config.SelectboxColumn(
                t("imports.field"),
                options=names,
                required=True,
                width="medium",
                format_func=lambda name: t("imports.not_taken") if name == NONE else t(f"fields.{name}"),
            ),
            "confidence": st.column_config.ProgressColumn(
                t("imports.confidence"), format="%.0f%%", min_value=0, max_value=100
            ),
            "how": st.column_config.TextColumn(t("imports.note")),
        },
    )
    chosen = []
    for match, wished in zip(proposed, edited["field"], strict=True):
        name = None if wished == NONE else wished
        chosen.append(match if name == match.field else replace(match, field=name, confidence=1.0, how="chosen"))
    twice = {m.field for m in chosen if m.field and sum(o.field == m.field for o in chosen) > 1}
    if twice:
        st.error(t("imports.twice", fields=", ".join(t(f"fields.{f}") for f in sorted(twice))))
        st.stop()
    return tuple(chosen)


def ask_questions(questions: Sequence[ingest.Question]) -> dict[str, str] | None:
    """Each open question as one choice; None until all are answered."""
    answers: dict[str, str] = {}
    for question in questions:
        with st.container(border=True):
            options = {option.value: ingest.worded(option, t) for option in question.options}
            default = list(options).index(question.default) if question.default in options else None
            choice = st.radio if len(options) <= SHORT_LIST else st.selectbox
            answer = choice(
                plain(ingest.worded(question, t)),
                list(options),
                index=default,
                format_func=lambda value, options=options: plain(options[value]),
                key=f"question_{question.id}",
            )
            if answer is not None:
                answers[question.id] = answer
    return answers if len(answers) == len(questions) else None


def check(upload: ingest.Upload, matches: Sequence[ingest.Match], answers: Mapping[str, str]) -> ingest.Checked:
    """The file judged cell by cell, again only where its mapping or an answer changed."""
    asked = (upload.sha256, tuple(m.field for m in matches), tuple(sorted(answers.items())))
    if st.session_state.get("checked_for") != asked:
        st.session_state["checked"] = ingest.check(upload, matches, answers, policy, store)
        st.session_state["checked_for"] = asked
    checked: ingest.Checked = st.session_state["checked"]
    return checked


def summary(checked: ingest.Checked) -> None:
    """What will be taken in, and the sums to hold against the file."""
    currency = book.currency(store)
    st.subheader(t("imports.will_take"), anchor=False)
    rows = [
        (t("imports.rows_read"), f"**{count(checked.rows_read)}**"),
        (t("imports.rows_taken"), f"**{count(checked.rows_taken)}**"),
        (t("imports.rows_set_aside"), f"**{count(checked.rows_set_aside)}**"),
    ]
    rows += [
        (t(f"fields.{name}"), f"**{full_money(amount, currency)}**")
        for name, amount in checked.totals.items()
        if name in SUMMED and not is_nothing(amount)
    ]
    controls.small_table(rows)
    for note in checked.notes:
        st.caption(t.phrase(note))


def problems(checked: ingest.Checked) -> None:
    """Every rejected cell with line, column, value and reason."""
    found = checked.problems
    if found.empty:
        return
    with st.container(gap=None):
        st.subheader(t("imports.problems"), anchor=False)
        rows, cells = (int((found["effect"] == e).sum()) for e in ("row", "cell"))
        st.caption(t("imports.problems_note", rows=count(rows), cells=count(cells)))
    place = st.empty()
    page = controls.pages_of(len(found), key="problems_page", per_page=PROBLEMS_PER_PAGE)
    part = found.iloc[(page - 1) * PROBLEMS_PER_PAGE : page * PROBLEMS_PER_PAGE]
    place.dataframe(
        pd.DataFrame(
            {
                "line": part["line"],
                "column": part["column"],
                "value": part["value"],
                "reason": [t(key, **slots) for key, slots in zip(part["reason"], part["slots"], strict=True)],
                "effect": [t(f"imports.effect_{effect}") for effect in part["effect"]],
            }
        ),
        hide_index=True,
        row_height=32,
        column_config={
            "line": st.column_config.NumberColumn(t("imports.line"), width="small"),
            "column": st.column_config.TextColumn(t("imports.heading")),
            "value": st.column_config.TextColumn(t("imports.value")),
            "reason": st.column_config.TextColumn(t("imports.reason"), width="large"),
            "effect": st.column_config.TextColumn(t("imports.effect")),
        },
    )


def take_in(
    upload: ingest.Upload, checked: ingest.Checked, matches: Sequence[ingest.Match], answers: Mapping[str, str]
) -> None:
    """The date, whether it is the whole book, and the one button."""
    as_of = st.date_input(t("imports.as_of"), value=date.today(), help=t("imports.as_of_help"), format="YYYY-MM-DD")
    whole = st.checkbox(t("imports.whole_book"), help=t("imports.whole_book_help"))
    with st.container(key="main"):
        go = st.button(
            t("imports.take", n=count(checked.rows_taken)),
            type="primary",
            width="stretch",
            disabled=not checked.rows_taken,
        )
    if checked.rows_set_aside:
        st.download_button(
            t("imports.set_aside", n=count(checked.rows_set_aside)),
            lambda: ingest.set_aside_csv(upload, checked, t),
            file_name="set-aside.csv",
            mime="text/csv",
            icon=":material/download:",
            width="stretch",
            on_click="ignore",
        )
    st.caption(t("imports.one_transaction"))
    if go:
        book.take_in(store, [ingest.Prepared(upload, ingest.CUSTOMERS, matches, answers, checked, as_of, whole)])
        data.open_book("own")
        st.session_state["taken"] = (upload.name, checked.rows_taken, checked.rows_set_aside)
        st.session_state["upload_round"] += 1
        st.session_state.pop("upload", None)
        st.rerun()


def history() -> None:
    """The imports of the user's own book, newest first."""
    past = portfolio.imports(store)
    if past.empty:
        return
    st.subheader(t("imports.history"), anchor=False)
    st.dataframe(
        past[["file_name", "as_of", "rows_taken", "rows_set_aside", "whole_book", "encoding", "created_at"]],
        hide_index=True,
        row_height=32,
        column_config={
            "file_name": st.column_config.TextColumn(t("imports.file"), width="medium"),
            "as_of": st.column_config.DateColumn(t("imports.as_of"), format="YYYY-MM-DD"),
            "rows_taken": st.column_config.NumberColumn(t("imports.rows_taken"), format="localized"),
            "rows_set_aside": st.column_config.NumberColumn(t("imports.rows_set_aside"), format="localized"),
            "whole_book": st.column_config.CheckboxColumn(t("imports.whole_book")),
            "encoding": st.column_config.TextColumn(t("imports.encoding")),
            "created_at": st.column_config.DatetimeColumn(t("imports.taken_at"), format="YYYY-MM-DD HH:mm"),
        },
    )


def steps() -> None:
    """From the file to the button."""
    try:
        upload = choose()
    except FileRefused as refused:
        st.error(t.error(refused), icon=":material/error:")
        return
    if upload is None:
        return
    st.caption(
        t(
            "imports.file_line",
            name=plain(upload.name),
            encoding=upload.encoding,
            delimiter=t(f"imports.delimiter_{ord(upload.delimiter)}"),
            n=count(upload.rows_read),
        )
    )
    if seen := ingest.seen_before(store, upload.sha256):
        st.warning(
            t("imports.seen", name=plain(seen[0]), day=day(t, seen[1]), as_of=day(t, seen[2])),
            icon=":material/content_copy:",
        )
    left, right = st.columns([7, 3], gap="large")
    with left:
        matches = mapping(upload)
    with right:
        questions = ingest.questions(upload, matches, policy, store)
        if questions:
            st.subheader(t("imports.questions", n=len(questions)), anchor=False)
        answers = ask_questions(questions)
        if answers is None:
            st.caption(t("imports.answer_first"))
            return
        try:
            checked = check(upload, matches, answers)
        except FileRefused as refused:
            st.error(t.error(refused), icon=":material/error:")
            return
        summary(checked)
        take_in(upload, checked, matches, answers)
    with left:
        problems(checked)


steps()
if taken := st.session_state.get("taken"):
    outcome.show(t, *taken)
history()
