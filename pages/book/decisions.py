"""Decisions and drafts: what is in force and why, printed or put back; drafts to open, copy, delete and compare."""

import streamlit as st

from pages.parts import charts, compare, controls, data, decide, drafts, meeting, person, words
from pages.parts.format import count, day, plain
from riskcore import book, decisions, signing, versions
from riskcore import drafts as kept_drafts
from riskcore.decisions import Decision
from riskcore.drafts import Draft
from riskcore.errors import AskedWrong
from riskcore.policy import Policy

PER_PAGE = 8
t = words.current()
controls.head(t("decisions.title"))
assessed = controls.assessed_or_stop()
policy = assessed.policy
in_force = versions.in_force(data.store())
currency = data.ask(book.currency)
palette = charts.Palette(dark=st.context.theme.type == "dark")
store = data.store()


def one_decision(made: Decision, is_in_force: bool) -> None:
    """A decision, readable as it was recorded, with its PDF and the way to put it back."""
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                when = signing.said(made.decided_at)
                said = t("decisions.line", n=made.decision_id, when=when, by=made.decided_by)
                st.markdown(f"**{plain(said)}**", width="content")
                if is_in_force:
                    st.badge(t("decisions.in_force"), color="green")
                if made.puts_back is not None:
                    key = "decisions.puts_back" if made.puts_back else "decisions.puts_back_first"
                    st.badge(t(key, n=made.puts_back), color="gray")
            with st.container(horizontal=True, vertical_alignment="center", width="content"):
                decide.download(t, made.decision_id, f"decision_download_{made.decision_id}")
                if not is_in_force:
                    put_back(made.decision_id, made.after)
        starts = decide.starts_lines(t, made.after, made.before.thresholds, made.after.thresholds)
        with st.container(gap=None):
            st.markdown(" &nbsp; ".join(starts))
            decide.changed(t, made.before, made.after)
            st.markdown(plain(decide.effect_line(t, made.effect)))
            st.markdown(plain(made.reason))
            names = {"was": made.version_before, "now": made.version, "hash": made.after.hash[:7]}
            st.caption(t("decisions.policy", day=day(t, made.as_of), **names))


def before_all(first: Decision) -> None:
    """What was in force before the first decision, and the way to put that back."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", border=True):
        st.caption(t("decisions.first", version=first.version_before, hash=first.before.hash[:7]), width="content")
        if first.before.hash != in_force.hash:
            put_back(decisions.FIRST, first.before)


def put_back(number: int, wished: Policy) -> None:
    """A popover that makes a new decision of an old one, or of what was before the first."""
    key = f"put_back_{number}"
    icon = ":material/settings_backup_restore:"
    with st.popover(t("decisions.put_back"), icon=icon, key=f"{key}_open", on_change="rerun"):
        note = "decisions.put_back_first_note" if number == decisions.FIRST else "decisions.put_back_note"
        st.caption(t(note, n=number))
        st.markdown(" &nbsp; ".join(decide.starts_lines(t, wished, in_force.thresholds, wished.thresholds)))
        decide.changed(t, in_force, wished)
        by, why = decide.signed_by(t, key)
        if st.button(t("decisions.confirm"), key=f"{key}_confirm"):
            try:
                new = decisions.put_back(store, number, by, why)
            except AskedWrong as refused:
                st.error(plain(t.error(refused)), icon=":material/error:")
            else:
                meeting.thresholds(policy)
                meeting.move_to(list(wished.thresholds))
                decide.after(new, key)


def history() -> None:
    """All decisions, newest first, a page of them."""
    with st.container(gap=None):
        st.subheader(t("decisions.history"), anchor=False)
        st.caption(t("decisions.history_note"))
    total = decisions.how_many(store)
    if not total:
        st.caption(t("decisions.none"))
        st.page_link("book/thresholds.py", label=t("thresholds.title"), icon=":material/arrow_forward:")
        return
    place = st.container()
    page = page_of(total, "decisions_page")
    with place:
        for made in decisions.history(store, page, PER_PAGE):
            one_decision(made, made.decision_id == total and made.after.hash == in_force.hash)
        if page * PER_PAGE >= total:
            before_all(made)


def page_of(total: int, key: str) -> int:
    """The page that is chosen; where all fits on one, nothing is said of pages."""
    return controls.pages_of(total, key=key, per_page=PER_PAGE) if total > PER_PAGE else 1


def copied(draft: Draft, by_key: str) -> None:
    """Save a copy under a name of its own."""
    try:
        name = t("drafts.copy_name", name=draft.name)[: kept_drafts.NAME_MOST]
        copy = kept_drafts.duplicate(store, draft.draft_id, name, st.session_state[by_key])
        st.session_state["drafts_told"] = t("drafts.copied", name=copy.name)
    except AskedWrong as refused:
        st.session_state["drafts_refused"] = t.error(refused)


def deleted(draft: Draft, by_key: str) -> None:
    """Mark the draft as deleted."""
    try:
        kept_drafts.delete(store, draft.draft_id, draft.version, st.session_state[by_key])
        st.session_state["drafts_told"] = t("drafts.deleted", name=draft.name)
    except AskedWrong as refused:
        st.session_state["drafts_refused"] = t.error(refused)


def one_draft(draft: Draft) -> None:
    """A draft: its lines and who saved it; open, duplicate, delete."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{plain(draft.name)}** &nbsp; {drafts.starts_line(policy, draft.thresholds)}")
            line = drafts.saved_line(t, draft)
            st.caption(plain(f"{draft.note} · {line}" if draft.note else line))
        with st.container(horizontal=True, width="content", vertical_alignment="center"):
            fits = len(draft.thresholds) == len(policy.thresholds)
            if st.button(t("drafts.open_one"), key=f"open_{draft.draft_id}", disabled=not fits):
                drafts.put_on_table(draft, policy)
                lines = "-".join(str(start) for start in draft.thresholds)
                query = {"t": lines, "draft": draft.draft_id, **controls.in_url()}
                st.switch_page("book/thresholds.py", query_params=query)
            with st.popover(t("drafts.duplicate"), type="tertiary", key=f"copy_{draft.draft_id}"):
                by_key = f"copy_by_{draft.draft_id}"
                person.ask(t, by_key)
                label = t("drafts.duplicate")
                st.button(label, key=f"copy_now_{draft.draft_id}", on_click=copied, args=(draft, by_key))
            with st.popover(t("drafts.delete"), type="tertiary", key=f"delete_{draft.draft_id}"):
                st.caption(t("drafts.delete_note"))
                by_key = f"delete_by_{draft.draft_id}"
                person.ask(t, by_key)
                label = t("drafts.delete")
                st.button(label, key=f"delete_now_{draft.draft_id}", on_click=deleted, args=(draft, by_key))


def all_drafts() -> None:
    """The drafts of the book, and two of them compared."""
    if told := st.session_state.pop("drafts_told", None):
        st.toast(plain(told), icon=":material/check:")
    if refused := st.session_state.pop("drafts_refused", None):
        st.error(plain(refused), icon=":material/error:")
    found = kept_drafts.listed(store)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t("drafts.title"), anchor=False, width="content")
        st.caption(count(len(found)), width="content")
    if not found:
        st.caption(t("drafts.none"))
        return
    place = st.container()
    page = page_of(len(found), "drafts_page")
    with place:
        for draft in found[(page - 1) * PER_PAGE : page * PER_PAGE]:
            one_draft(draft)
    compare.two(t, assessed, currency, palette)


decide.recorded(t)
history()
all_drafts()
