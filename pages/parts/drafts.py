"""Drafts on the board: which one is open, saving it, the link that opens it, and opening another.

The URL carries `draft`, the id, and `a`, assumptions that are not saved; so a refresh or a second laptop loses nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import streamlit as st

from pages.parts import controls, data, meeting, person
from pages.parts.format import count, plain, short
from riskcore import drafts, money, signing
from riskcore.drafts import Draft
from riskcore.errors import AskedWrong, Phrase
from riskcore.money import Assumptions
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.text import Words

LISTED_MOST = 20
_NUMBERS = ("margin_pct", "lgd_pct", "ead_share_pct", "cost_of_money_pct", "retention_uncertainty_pct")
_NAME, _NOTE, _OPEN = "draft_name", "draft_note", "draft_save_open"


def _key(name: str) -> str:
    return f"draft_{data.kind()}_{name}"


def restore(assessed: Assessed) -> None:
    """Once a session, before the board is drawn: put on the table what the URL names, a draft or assumptions."""
    if _key("restored") in st.session_state:
        return
    st.session_state[_key("restored")] = True
    typed = st.query_params.get("a")
    if (opened := current(assessed)) is not None:
        meeting.assume(opened.assumptions)
        if "t" not in st.query_params:
            meeting.thresholds(assessed.policy)
            meeting.move_to(list(opened.thresholds))
    if typed and (kept := _assumptions(typed, assessed.policy)):
        meeting.assume(kept)


def current(assessed: Assessed) -> Draft | None:
    """The draft that is open: that of the URL, else of the session; None where it is gone, and `bar` says why."""
    asked = st.query_params.get("draft") or st.session_state.get(_key("open"))
    if not asked:
        return None
    try:
        found = drafts.get(data.store(), asked)
    except AskedWrong as refused:
        _close(Phrase(refused.key, refused.slots))
        return None
    if len(found.thresholds) != len(assessed.policy.thresholds):
        _close(Phrase("drafts.other_tiers", {"name": found.name}))
        return None
    if st.session_state.get(_key("open")) != found.draft_id:
        st.session_state[_key("open")] = found.draft_id
        st.session_state[_key("seen")] = found.version
    return found


def put_on_table(draft: Draft, policy: Policy) -> None:
    """Open a draft: its thresholds and assumptions are what the board shows from now on."""
    st.session_state[_key("restored")] = True
    st.session_state[_key("open")], st.session_state[_key("seen")] = draft.draft_id, draft.version
    st.query_params["draft"] = draft.draft_id
    st.session_state[_OPEN] = False
    meeting.thresholds(policy)
    meeting.move_to(list(draft.thresholds))
    meeting.assume(draft.assumptions)


def close() -> None:
    """No draft is open any more; the board stays as it is."""
    _close(None)


def bar(t: Words, assessed: Assessed, thresholds: list[int], assumptions: Assumptions) -> None:
    """One row: the draft that is open and whether it is saved; save, copy the link, open another."""
    opened = current(assessed)
    with st.container(width="content"):
        _tell(t)
        _row(t, assessed, opened, thresholds, assumptions)
        if opened is not None and opened.version != st.session_state[_key("seen")]:
            said = {"by": opened.saved_by, "when": _when(opened), "seen": st.session_state[_key("seen")]}
            st.warning(plain(t("drafts.newer", **said)))
            st.button(t("drafts.open_newest"), on_click=put_on_table, args=(opened, assessed.policy))


def _row(t: Words, assessed: Assessed, opened: Draft | None, thresholds: list[int], a: Assumptions) -> None:
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="draft_bar"):
        if opened is not None:
            # A badge would show the backslashes that keep foreign text plain.
            st.markdown(f":material/draft: **{plain(short(opened.name, 40))}**", width="content")
            changed = (tuple(thresholds), a) != (opened.thresholds, opened.assumptions)
            st.caption(t("drafts.unsaved") if changed else plain(saved_line(t, opened)), width="content")
        _save(t, assessed, opened, thresholds, a)
        _link(t, thresholds, _in_url(assessed, opened, a))
        _others(t, assessed, opened)


def saved_line(t: Words, draft: Draft) -> str:
    """Who saved a draft, when, and which version it is; foreign text, not yet escaped."""
    return t("drafts.saved_line", by=draft.saved_by, when=_when(draft), version=draft.version)


def _when(draft: Draft) -> str:
    return signing.said(draft.saved_at) if draft.saved_at else ""


def _save(t: Words, assessed: Assessed, opened: Draft | None, thresholds: list[int], a: Assumptions) -> None:
    popover = st.popover(t("drafts.save"), icon=":material/save:", key=_OPEN, on_change="rerun")
    if not popover.open:  # so that the fields start anew with the draft that is open then
        return
    with popover:
        name, note = (opened.name, opened.note) if opened else ("", "")
        st.text_input(t("drafts.name"), name, key=_NAME, max_chars=drafts.NAME_MOST)
        st.text_area(t("drafts.note"), note, key=_NOTE, max_chars=drafts.NOTE_MOST, height=68)
        person.ask(t, "draft_person")
        draft = replace(opened or drafts.new("", "", (), a), thresholds=tuple(thresholds), assumptions=a)
        seen = st.session_state[_key("seen")] if opened else 0
        st.button(t("drafts.save_now"), key="draft_save", on_click=_saved, args=(assessed.policy, draft, seen))
        if opened:
            fresh = drafts.new("", "", thresholds, a)
            st.button(t("drafts.save_as_new"), key="draft_save_new", on_click=_saved, args=(assessed.policy, fresh, 0))
        _tell_refused(t)


def _saved(policy: Policy, draft: Draft, seen: int) -> None:
    named = replace(draft, name=st.session_state[_NAME], note=st.session_state[_NOTE])
    try:
        kept = drafts.save(data.store(), named, seen, st.session_state["draft_person"])
    except AskedWrong as refused:
        st.session_state[_key("refused")] = Phrase(refused.key, refused.slots)
        return
    put_on_table(kept, policy)
    st.session_state[_key("done")] = Phrase("drafts.saved", {"name": kept.name})


def _link(t: Words, thresholds: list[int], in_url: dict[str, str]) -> None:
    for name in ("draft", "a"):
        if name in in_url:
            st.query_params[name] = in_url[name]
        else:
            st.query_params.pop(name, None)
    page = (st.context.url or "").split("?")[0]
    with st.popover(t("drafts.link"), icon=":material/link:"):
        st.caption(t("drafts.link_note"))
        starts = {"t": "-".join(str(start) for start in thresholds)}
        st.code(f"{page}?{urlencode(starts | in_url | controls.in_url())}", language=None, wrap_lines=True)


def _in_url(assessed: Assessed, opened: Draft | None, a: Assumptions) -> dict[str, str]:
    """What the URL says beside thresholds: the draft, and assumptions where they are not those that come with it."""
    named = {"draft": opened.draft_id} if opened else {}
    coming = opened.assumptions if opened else data.ask(money.of_book, assessed.policy)
    if a == coming:
        return named
    numbers = (*(getattr(a, n) for n in _NUMBERS), *a.kept_pct, a.own_annual_sales or 0)
    return named | {"a": "-".join(f"{number:.15g}" for number in numbers)}


def _assumptions(typed: str, policy: Policy) -> Assumptions | None:
    """Assumptions from the URL; None where they cannot be, or are for other tiers."""
    try:
        numbers = [float(number) for number in typed.split("-")]
    except ValueError:
        return None
    if len(numbers) != len(_NUMBERS) + len(policy.tier) + 1:
        return None
    *shares, own = numbers
    if not all(0 <= share <= 100 for share in shares) or not 0 <= own < 1e16:
        return None
    kept = tuple(shares[len(_NUMBERS) :])
    return Assumptions(**dict(zip(_NUMBERS, shares, strict=False)), kept_pct=kept, own_annual_sales=own or None)


def _others(t: Words, assessed: Assessed, opened: Draft | None) -> None:
    fitting = [d for d in drafts.listed(data.store()) if len(d.thresholds) == len(assessed.policy.thresholds)]
    if not fitting:
        return
    with st.popover(t("drafts.open"), icon=":material/folder_open:"):
        for draft in fitting[:LISTED_MOST]:
            st.button(
                f"{plain(draft.name)} :gray[{starts_line(assessed.policy, draft.thresholds)}]",
                key=f"draft_open_{draft.draft_id}",
                help=plain(saved_line(t, draft)),
                type="tertiary",
                on_click=put_on_table,
                args=(draft, assessed.policy),
            )
        if len(fitting) > LISTED_MOST:
            st.caption(t("frame.rows", first=1, last=LISTED_MOST, n=count(len(fitting))))
        if opened:
            st.button(t("drafts.close"), icon=":material/close:", on_click=close)


def starts_line(policy: Policy, thresholds: Sequence[int]) -> str:
    """Thresholds by their tiers: A 690 · B 580."""
    return " · ".join(f"{tier.code} {start}" for tier, start in zip(policy.tier, thresholds, strict=False))


def _close(refused: Phrase | None) -> None:
    if refused is not None:
        st.session_state[_key("refused")] = refused
    st.session_state.pop(_key("open"), None)
    st.query_params.pop("draft", None)


def _tell(t: Words) -> None:
    """What came of the last click, once."""
    if done := st.session_state.pop(_key("done"), None):
        st.toast(plain(t.phrase(done)), icon=":material/check:")
    if not st.session_state.get(_OPEN):  # else it is said beside the button
        _tell_refused(t)


def _tell_refused(t: Words) -> None:
    if refused := st.session_state.pop(_key("refused"), None):
        st.error(plain(t.phrase(refused)), icon=":material/error:")
