"""What can be said of an override that lives: approved or refused by a second person, or withdrawn."""

import streamlit as st

from pages.parts import data, person
from pages.parts.format import plain
from riskcore import book, signing
from riskcore.errors import AskedWrong
from riskcore.overrides import Event, Override
from riskcore.text import Words

_TOLD = "override_told"


def toast() -> None:
    """What was done, said once on the page that comes after it."""
    if told := st.session_state.pop(_TOLD, None):
        st.toast(told, icon=":material/check:")


def buttons(t: Words, live: Override, key: str) -> None:
    """A form for each thing that can be said of it, in the container at hand; `key` tells those of a page apart."""
    if live.state == "waiting":
        note = t("overrides.approve_note", by=live.asked_by)
        _saying(t, live, "approved", t("overrides.approve"), note, t("overrides.done_approved"), key)
        note = t("overrides.refuse_note")
        _saying(t, live, "refused", t("overrides.refuse"), note, t("overrides.done_refused"), key)
    note = t("overrides.withdraw_note")
    _saying(t, live, "withdrawn", t("overrides.withdraw"), note, t("overrides.done_withdrawn"), key)


def begin_anew(done: str, *forgotten: str) -> None:
    """Say it once, close the form, and show the book as it now is."""
    st.session_state[_TOLD] = done
    for key in forgotten:
        st.session_state.pop(key, None)
    st.rerun(scope="app")


def _saying(t: Words, live: Override, event: Event, label: str, note: str, done: str, key: str) -> None:
    key = f"{key}_{event}"
    with st.popover(label, key=f"{key}_open", on_change="rerun"):
        st.caption(plain(note))
        refusal = st.container()  # above the fields: below them it would be out of sight
        by = person.ask(t, f"{key}_person")
        optional = event == "approved"
        hint = "" if optional else t("decisions.why_hint", least=signing.REASON_LEAST)
        name = t("overrides.note_optional") if optional else t("decisions.why")
        why = st.text_area(name, key=f"{key}_why", max_chars=signing.REASON_MOST, height=80, placeholder=hint)
        if st.button(label, key=f"{key}_confirm"):
            try:
                book.settle_override(data.store(), live.override_id, event, by, why)
            except AskedWrong as refused:
                refusal.error(plain(t.error(refused)), icon=":material/error:")
            else:
                begin_anew(done, f"{key}_open", f"{key}_why")
