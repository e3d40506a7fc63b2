"""From a pattern to a draft: a threshold that moves, or other points for a characteristic, each with its effect."""

import streamlit as st

from pages.parts import controls, data, decide, drafts, meeting
from pages.parts.format import MINUS, count, full_money, plain, short
from pages.parts.room import Room
from riskcore import book, decisions, money, portfolio
from riskcore import drafts as kept_drafts
from riskcore.drafts import Draft
from riskcore.errors import AskedWrong
from riskcore.feedback import drafting, events
from riskcore.feedback.drafting import Line, Points, Why
from riskcore.feedback.events import Event
from riskcore.feedback.patterns import Pattern
from riskcore.policy import Policy
from riskcore.text import Words
from riskcore.wording import bin_of


def offer(room: Room, one: Pattern, said: str, own: str) -> None:
    """A popover with the draft and its effect; a sentence where none can be made. `said`: the pattern in words."""
    t = room.t
    if one.kind not in ("tier", "characteristic"):
        segments = {
            "industry": t("feedback.segment_industry"),
            "region": t("feedback.segment_region"),
            "salesperson": t("feedback.segment_salesperson"),
        }
        st.caption(segments[one.kind])
        return
    popover = st.popover(t("feedback.draft"), icon=":material/draft:", key=f"draft_{own}", on_change="rerun")
    if not popover.open:  # what follows is asked of the whole book
        return
    with popover:
        if room.assessed.policy.hash != room.policy.hash:
            st.caption(t("feedback.on_draft"))
        elif one.kind == "tier":
            _line(room, one, said, own)
        else:
            _points(room, one, own)


def reopen(room: Room, event: Event) -> None:
    """A button to a draft of thresholds that was made of a pattern and is still one."""
    is_policy = event.draft is None or len(event.draft) == len(room.policy.hash)
    if is_policy or event.state != "open":
        return
    if st.button(room.t("feedback.open_draft"), key=f"reopen_{event.draft}", type="tertiary"):
        draft = kept_drafts.get(room.store, event.draft)
        if len(draft.thresholds) == len(room.assessed.policy.thresholds):
            _open(draft, room.assessed.policy)


def _open(draft: Draft, policy: Policy) -> None:
    """The board with the draft on the table, also where another one was before."""
    drafts.put_on_table(draft, policy)
    st.switch_page("book/thresholds.py", query_params={"draft": draft.draft_id, **controls.in_url()})


def _line(room: Room, one: Pattern, said: str, own: str) -> None:
    """The threshold that moves, what it does, and the button that saves and opens it."""
    t, policy = room.t, room.policy
    found = data.ask(drafting.line, policy, one)
    if not isinstance(found, Line):
        st.caption(_why(t, policy, found))
        return
    st.markdown(plain(_line_words(t, policy, found)))
    if 2 * found.moved < found.here and policy.feedback:
        st.caption(t("feedback.line_bound", most=policy.feedback.line_points_most))
    assumed = data.ask(money.of_book, policy)
    effect = data.ask(decisions.effect, room.assessed, found.thresholds, assumed)
    rows = data.ask(kept_drafts.flow, room.assessed.assessment_id, policy.thresholds, found.thresholds)
    exposure = float(rows.loc[rows["was"] != rows["now"], "exposure"].sum())
    st.markdown(plain(decide.effect_line(t, effect)))
    st.caption(plain(t("feedback.exposure_moves", exposure=full_money(exposure, effect.currency))))
    if st.button(t("feedback.open_line"), key=f"draft_open_{own}", icon=":material/arrow_forward:"):
        low, high = one.interval
        numbers = {"customers": len(one.customers), "people": one.people, "here": found.here, "moved": found.moved}
        shares = {"opinions": one.opinions, "of_all": one.of_all, "low": f"{low:.0%}", "high": f"{high:.0%}"}
        note = t("feedback.draft_note", what=said, points=_signed(found.points), **numbers, **shares)
        name = short(t("feedback.draft_name", what=said), kept_drafts.NAME_MOST)
        draft = kept_drafts.new(name, note[: kept_drafts.NOTE_MOST], found.thresholds, assumed)
        try:
            draft = events.save_draft(room.store, one, draft, room.who)
        except AskedWrong as refused:
            st.error(plain(t.error(refused)), icon=":material/error:")
        else:
            _open(draft, policy)
    largest = [(m["customer_name"], m["was"], m["now"], m["exposure"]) for m in effect.largest]
    decide.largest(t, policy, largest, effect.currency)


def _points(room: Room, one: Pattern, own: str) -> None:
    """The bins that earn other points, what it does, and the button that assesses the book under the draft."""
    t, policy = room.t, room.policy
    found = drafting.points(policy, one)
    if not isinstance(found, Points):
        st.caption(_why(t, policy, found))
        return
    c, currency = policy.known_characteristic(found.characteristic), data.ask(book.currency)
    for code, was, now in found.changes:
        st.markdown(plain(t("feedback.points_change", name=bin_of(t, c, code), was=was, now=now)))
    if policy.feedback:
        st.caption(t("feedback.points_note", step=policy.feedback.bin_step_pct))
    effect = data.ask(drafting.effect, room.assessed, found, one)
    moves = {"better": count(effect.better), "worse": count(effect.worse)}
    st.markdown(plain(t("feedback.book_moves", **moves)))
    st.markdown(plain(t("feedback.named_move", n=len(one.customers), moved=effect.named)))
    mixes = zip(policy.tier, effect.before, effect.after, strict=True)
    mix = [t("feedback.mix_change", code=tier.code, was=count(was), now=count(now)) for tier, was, now in mixes]
    st.caption(plain(" · ".join(reversed(mix))))
    st.caption(plain(t("feedback.exposure_moves", exposure=full_money(effect.exposure, currency))))
    st.caption(t("feedback.try_note"))
    if st.button(t("feedback.try_it"), key=f"draft_try_{own}", icon=":material/draft:"):
        try:
            book.try_draft(room.store, found.policy, one, room.assessed.as_of, room.who)
        except AskedWrong as refused:
            st.error(plain(t.error(refused)), icon=":material/error:")
        else:
            drafts.close()  # another draft's thresholds would hide what the points do
            meeting.thresholds(policy)
            meeting.move_to(list(policy.thresholds))
            st.switch_page("book/thresholds.py", query_params=controls.in_url())
    listed = data.ask(portfolio.listed, [key for key, _, _ in effect.largest]).set_index("customer_key")
    largest = [
        (listed.loc[key, "customer_name"], was, now, listed.loc[key, "exposure"]) for key, was, now in effect.largest
    ]
    decide.largest(t, policy, largest, currency)


def _why(t: Words, policy: Policy, why: Why) -> str:
    most = policy.feedback.line_points_most if policy.feedback else 0
    return {
        "no_tier_beyond": t("feedback.no_tier_beyond"),
        "nobody_left": t("feedback.nobody_left"),
        "too_far": t("feedback.too_far", most=most),
        "ends_stay": t("feedback.ends_stay"),
    }[why]


def _line_words(t: Words, policy: Policy, found: Line) -> str:
    starts = {"was": policy.thresholds[found.place], "now": found.thresholds[found.place]}
    numbers = {"points": _signed(found.points), "here": found.here, "moved": found.moved}
    return t("feedback.line_moves", code=policy.tier[found.place].code, **starts, **numbers)


def _signed(points: int) -> str:
    return f"{points:+d}".replace("-", MINUS)
