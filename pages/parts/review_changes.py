"""The first step of a review: a customer then and now, what moved its points, and what waits for the review."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.parts import data, monitoring_history, override_words, review_words
from pages.parts.format import NOTHING, count, day, full_money, is_nothing, plain, signed
from riskcore import alerts, book, explanation, overrides
from riskcore.monitoring import Step
from riskcore.portfolio import Assessed
from riskcore.reviews import Call, Since
from riskcore.text import Words

_CHANGES = 8  # written out; the rest are summed up


def draw(
    t: Words, assessed: Assessed, found: Since, listed: dict[str, Any], calls: list[Call], is_reviewed: bool
) -> None:
    """`listed`: the customer's row of `riskcore.limits.of_customer`; `is_reviewed`: since a review on record."""
    left, right = st.columns([5, 4], gap="large")
    with left:
        _then_and_now(t, assessed, found, listed, is_reviewed)
    with right:
        if waiting := _waiting(t, assessed, int(listed["customer_key"]), calls):
            st.markdown(f"**{plain(t('reviews.open_calls'))}**")
            st.markdown("  \n".join(waiting))
        if found.then.assessment_id != found.now.assessment_id:
            _points(t, found)
        live = overrides.live_of(data.store().cursor(), int(listed["customer_key"]))
        if live is not None:
            st.markdown(f"**{plain(t('reviews.override'))}**")
            st.markdown(override_words.line(t, assessed.policy, live))


def _waiting(t: Words, assessed: Assessed, customer_key: int, calls: list[Call]) -> list[str]:
    """Calls for a review, and alerts that called none and are still open, in lines of Markdown."""
    told = {one.why["alert_id"] for one in calls if one.cause == "alert"}
    asked = {"stands": "open", "customer": customer_key}
    found = alerts.inbox(data.store(), assessed.policy, date.today(), asked).to_dict("records")
    lines = [f":material/flag: {review_words.called(t, assessed.policy, one)}" for one in calls]
    for one in found:
        if one["alert_id"] not in told:
            what = alerts.told(t, assessed.policy, one["watches"], one["told"])
            lines.append(f":material/notifications: {plain(t('reviews.alert', code=one['code'], what=what))}")
    return lines


def _then_and_now(t: Words, assessed: Assessed, found: Since, listed: dict[str, Any], is_reviewed: bool) -> None:
    """The figures of both assessments, or that nothing moved; only those of now where there is nothing earlier."""
    then, now = found.then, found.now
    if then.assessment_id == now.assessment_id:
        st.markdown(plain(t("reviews.same_assessment") if is_reviewed else t("reviews.only_one")))
        rows, _ = _figures(t, now, listed, None)
        _table(rows, ())
        return
    key, known_by = int(listed["customer_key"]), then.created_at.date()
    facts = data.ask(explanation.explain, assessed.policy, then.as_of, key, known_by)
    rows, has_moved = _figures(t, now, listed, (then, None if facts is None else facts.scored))
    if not (has_moved or found.changes or found.came or found.went):
        st.markdown(plain(t("reviews.nothing")))
    was, is_now = t("reviews.was", day=day(t, then.as_of)), t("reviews.now", day=day(t, now.as_of))
    _table(rows, (" ", plain(was), plain(is_now), t("reviews.change")))


def _figures(
    t: Words, now: Step, listed: dict[str, Any], then: tuple[Step, Any] | None
) -> tuple[list[tuple[str, ...]], bool]:
    """Score, tier and amounts now, and where there is a `then` at that time and what moved; whether anything did."""
    currency = data.ask(book.currency)
    rows: list[tuple[str, ...]] = []
    was, facts = then or (now, None)
    for label, side, moved in (
        (t("thresholds.score"), _score, _moved(was.score, now.score, count)),
        (t("overview.tier"), _tier, _by_tier(was, now)),
    ):
        rows.append((label, side(was), side(now), moved) if then else (label, side(now)))
    for label, name in (
        (t("overview.exposure"), "exposure"),
        (t("overview.past_due"), "past_due"),
        (t("reviews.limit"), "credit_limit"),
    ):
        before, shown = None if facts is None else facts[name], plain(full_money(listed[name], currency))
        moved = _moved(before, listed[name], lambda amount: full_money(amount, currency))
        rows.append((label, plain(full_money(before, currency)), shown, moved) if then else (label, shown))
    return rows, then is not None and any(row[-1] for row in rows)


def _table(rows: list[tuple[str, ...]], heads: Sequence[str]) -> None:
    frame = pd.DataFrame(rows, columns=list(heads) or None)
    st.table(frame, border="horizontal", hide_index=True, hide_header=not heads)


def _points(t: Words, found: Since) -> None:
    """The characteristics whose points changed, and the rules that came or went."""
    st.markdown(f"**{plain(t('reviews.points_moved'))}**")
    lines = monitoring_history.moved(
        t, found.then.policy, found.now.policy, found.changes, found.elsewhere, found.came, found.went, _CHANGES
    )
    st.markdown("  \n".join(lines) if lines else f":gray[{plain(t('reviews.no_points'))}]")


def _score(step: Step) -> str:
    return NOTHING if step.score is None else f"**{count(step.score)}**"


def _tier(step: Step) -> str:
    tier = step.policy.tier[step.tier]
    return f":{tier.colour}-badge[**{tier.code}**]"


def _by_tier(was: Step, now: Step) -> str:
    codes = [step.policy.tier[step.tier].code for step in (was, now)]
    if codes[0] == codes[1]:
        return ""
    return ":red[▼]" if now.tier > was.tier else ":blue[▲]"


def _moved(was: Any, now: Any, worded: Callable[[float], str]) -> str:
    """A difference with its sign; empty where there is none or a side is not known."""
    if is_nothing(was) or is_nothing(now):
        return ""
    difference = round(float(now) - float(was), 2)
    return plain(signed(difference, worded(abs(difference)))) if difference else ""
