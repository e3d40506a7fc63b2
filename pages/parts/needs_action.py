"""On the Overview: what asks for somebody now, each line with its number and the way to the list that it names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from pages.parts import data
from pages.parts.format import count, money
from riskcore import alerts, overrides, reviews
from riskcore.portfolio import Assessed
from riskcore.text import Words


@dataclass(frozen=True)
class _Line:
    key: str
    icon: str
    title: str
    note: str
    number: str
    go: Callable[[], None]


def card(t: Words, assessed: Assessed, currency: str) -> None:
    """Reviews overdue, open alerts, limits exceeded, hard rules, old statements: a line where there is something."""
    lines = [*_to_do(t, assessed), *_standing(t, assessed, currency)]
    with st.container(gap=None):
        st.subheader(t("alerts.needs_action"), anchor=False)
        st.caption(t("alerts.needs_note") if lines else t("alerts.nothing_needed"))
    with st.container(gap="xsmall"):
        for line in lines:
            said, number = st.columns([4, 1], vertical_alignment="center", gap="small")
            note = f"  \n:small[:gray[{line.note}]]" if line.note else ""
            said.markdown(f":gray[:material/{line.icon}:] {line.title}{note}")
            label = f"**{line.number}** :material/chevron_right:"
            with number.container(horizontal=True, horizontal_alignment="right"):
                if st.button(label, key=f"needs_{line.key}", type="tertiary", help=line.title):
                    line.go()


def _to_do(t: Words, assessed: Assessed) -> list[_Line]:
    """What waits on the page To do."""
    found, lines = reviews.counts(data.store(), date.today()), []
    if overdue := found["overdue"]:
        codes = [tier.code for tier in assessed.policy.tier]
        by_tier = [(code, found["by_tier"][code]["overdue"]) for code in codes]
        parts = [t("alerts.needs_tier", code=code, n=count(n)) for code, n in reversed(by_tier) if n]
        number = t("alerts.customers_n", n=count(overdue))
        lines.append(
            _Line(
                "reviews",
                "event_repeat",
                t("alerts.needs_reviews"),
                t("alerts.between").join(parts),
                number,
                lambda: _go_to_do("reviews", {"status": "overdue"}),
            )
        )
    if waiting := overrides.how_many(data.store())["waiting"]:
        number = t("alerts.alerts_n", n=count(waiting))
        note = t("alerts.needs_approval_note")
        lines.append(_Line("approval", "approval", t("alerts.needs_approval"), note, number, _go_feedback))
    by_rule = alerts.by_rule(data.store(), date.today())["open"]
    if by_rule:
        names = {rule.code: t.of(rule.name) for rule in assessed.policy.alert}
        most = sorted(by_rule.items(), key=lambda one: -one[1])[:3]
        note = t("alerts.between").join(
            t("alerts.needs_rule", name=names.get(code, code), n=count(n)) for code, n in most
        )
        number = t("alerts.alerts_n", n=count(sum(by_rule.values())))
        lines.append(
            _Line("alerts", "notifications", t("alerts.needs_alerts"), note, number, lambda: _go_to_do("alerts", {}))
        )
    return lines


def _standing(t: Words, assessed: Assessed, currency: str) -> list[_Line]:
    """States of customers, whether they changed or not."""
    policy = assessed.policy
    found: alerts.Standing = data.ask(alerts.standing, policy, assessed.as_of)
    lines = []
    if found.over_limit:
        note = t("alerts.needs_limit_note", amount=money(t, found.over_amount, currency))
        lines.append(("over_limit", "speed", t("alerts.needs_limit"), note, found.over_limit))
    if found.hard_rules:
        names = {rule.code: t.of(rule.name) for rule in policy.rule}
        parts = [t("alerts.needs_rule", name=names[code], n=count(n)) for code, n in found.hard[:3]]
        lines.append(
            ("hard_rules", "gavel", t("alerts.needs_rules"), t("alerts.between").join(parts), found.hard_rules)
        )
    if found.old_statements:
        title = t("alerts.needs_statements", n=found.months)
        note = t("alerts.needs_statements_note")
        lines.append(("old_statements", "history", title, note, found.old_statements))
    return [
        _Line(key, icon, title, note, t("alerts.customers_n", n=count(n)), lambda key=key: _go_customers(key))
        for key, icon, title, note, n in lines
    ]


def _go_to_do(part: str, query: dict[str, str]) -> None:
    st.session_state["todo_part"] = part
    st.switch_page("book/todo.py", query_params=query)


def _go_feedback() -> None:
    st.session_state["feedback_part"] = "overrides"
    st.switch_page("learn/feedback.py")


def _go_customers(state: str) -> None:
    st.session_state["customers_state"] = state
    st.switch_page("book/customers.py")
