"""On a customer's page: watch it or not, and the alerts that wait."""

from datetime import date

import streamlit as st

from pages.parts import controls, data, person
from pages.parts.format import count, day, day_of, plain
from riskcore import alerts, scoring
from riskcore.errors import AskedWrong
from riskcore.portfolio import Assessed
from riskcore.signing import REASON_MOST
from riskcore.text import Words


def button(t: Words, assessed: Assessed, customer_key: int, rules: int) -> None:
    """Watch, or who watches since when and the way out; `rules` are the bits of the rules that fire."""
    store, policy = data.store(), assessed.policy
    watched = alerts.by_person(store, customer_key)
    by_rules = scoring.rules_of(policy, rules & alerts.watch_rules(policy))
    is_watched = watched is not None or bool(by_rules)
    label = t("alerts.watching") if is_watched else t("alerts.watch")
    icon = ":material/visibility:" if is_watched else ":material/visibility_off:"
    with st.popover(label, icon=icon, type="tertiary", key="customer_watch"):
        if by_rules:
            since = alerts.rules_since(store, policy, [customer_key])
            for rule in by_rules:
                began = day(t, since.get((customer_key, rule.code)))
                st.markdown(plain(t("alerts.watched_rule", code=rule.code, name=t.of(rule.name), day=began)))
        try:
            if watched:
                when = day_of(t, watched.said_at)
                st.markdown(plain(t("alerts.watched_line", by=watched.said_by, day=when, reason=watched.reason)))
                by = person.ask(t, "watch_person")
                if st.button(t("alerts.unwatch"), key="unwatch"):
                    alerts.unwatch(store, customer_key, by)
                    st.rerun()
            else:
                reason = st.text_area(t("alerts.watch_reason"), key="watch_reason", max_chars=REASON_MOST, height=80)
                by = person.ask(t, "watch_person")
                if st.button(t("alerts.watch_save"), key="watch_save"):
                    alerts.watch(store, customer_key, reason, by)
                    st.rerun()
        except AskedWrong as refused:
            st.error(plain(t.error(refused)), icon=":material/error:")


def waiting(t: Words, assessed: Assessed, customer_key: int) -> None:
    """The customer's open alerts in one line, with the way to them; nothing where there are none."""
    found = alerts.inbox(
        data.store(), assessed.policy, date.today(), {"stands": "open", "customer": customer_key}, 1, controls.PER_PAGE
    )
    if found.empty:
        return
    told = [
        alerts.told(t, assessed.policy, watches, figures)
        for watches, figures in zip(found["watches"], found["told"], strict=True)
    ]
    with st.container(horizontal=True, vertical_alignment="center", key="customer_alerts"):
        line = t("alerts.of_customer", n=count(len(told)), what=plain(t("alerts.between").join(told)))
        st.markdown(f":orange[:material/notifications:] {line}", width="content")
        if st.button(t("reviews.review_now"), type="tertiary", key="customer_alerts_review"):
            st.switch_page("book/review.py", query_params={"customer": str(customer_key), **controls.in_url()})
        if st.button(t("alerts.go"), type="tertiary", key="customer_alerts_go"):
            st.session_state["todo_part"] = "alerts"
            st.switch_page("book/todo.py")
