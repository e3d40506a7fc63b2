"""Customers: search, filter, sort, and open one."""

import pandas as pd
import streamlit as st

from pages.parts import controls, data, exports, override_words, words
from pages.parts.format import count
from riskcore import alerts, book, portfolio, reports, schema
from riskcore.wording import main_reasons

t = words.current()
controls.head(t("customers.title"))
assessed = controls.assessed_or_stop()
policy = assessed.policy
currency = data.ask(book.currency)
codes = [tier.code for tier in policy.tier]

search, chosen_tiers, sort = st.columns([3, 2, 2])
filters: dict[str, object] = {
    "search": search.text_input(
        t("customers.search"), key="search", placeholder=t("customers.search_hint"), icon=":material/search:"
    )
}
picked_codes = chosen_tiers.pills(t("customers.tiers"), codes[::-1], selection_mode="multi", key="tiers")
filters["tiers"] = [codes.index(code) for code in picked_codes] or None
order = sort.selectbox(
    t("customers.order"),
    ("exposure", "past_due", "score_low", "score_high", "name"),
    format_func=lambda o: t(f"customers.by_{o}"),
    key="order",
)
boxes = st.columns(5)
for box, dimension in zip(boxes, schema.SEGMENTS, strict=False):
    values = data.ask(portfolio.segment_values, dimension)
    filters[dimension] = box.selectbox(
        t(f"segments.{dimension}"),
        values,
        index=None,
        placeholder=t("customers.any"),
        key=f"filter_{dimension}",
        disabled=not values,
        format_func=lambda value: str(controls.value_name(t, value)),
    )
firing = data.ask(portfolio.held_by_rule, policy)
by_code = {r.code: r for r in policy.rule if firing[r.code]}
if (wanted := st.session_state.pop("customers_rule", None)) in by_code:
    st.session_state["filter_rule"] = wanted
rule = boxes[3].selectbox(
    t("customers.rule"),
    list(by_code),
    index=None,
    placeholder=t("customers.any"),
    key="filter_rule",
    format_func=lambda code: f"{code} {t.of(by_code[code].name)} ({count(firing[code])})",
)
filters["rule"] = None if rule is None else 1 << policy.rule.index(by_code[rule])
STATES = {
    "over_limit": (t("customers.over_limit"), {"over_limit": True}),
    "hard_rules": (t("customers.hard_rules"), {"rule": alerts.hard_rules(policy)}),
    "old_statements": (
        t("customers.old_statements"),
        {"statement_months": alerts.statement_months(policy), "day": assessed.as_of},
    ),
    "overridden": (t("customers.overridden"), {"overridden": True}),
}
if (wanted := st.session_state.pop("customers_state", None)) in STATES:
    st.session_state["filter_state"] = wanted
state = boxes[4].selectbox(
    t("customers.state"),
    list(STATES),
    index=None,
    placeholder=t("customers.any"),
    key="filter_state",
    format_func=lambda name: STATES[name][0],
)
filters |= STATES[state][1] if state else {}

total = data.ask(portfolio.customer_count, filters)
if not total:
    st.caption(t("customers.none"))
    st.stop()
st.caption(t("customers.hint"))
place = st.empty()
asked = hash((str(filters), order))  # another question starts on its first page
page = controls.pages_of(total, key=f"page_{asked}")
rows = data.ask(portfolio.customers, filters, order, page, controls.PER_PAGE)
shown = pd.DataFrame(
    {
        "id": rows["customer_id"],
        "name": rows["customer_name"],
        "tier": [[codes[p]] for p in rows["tier"]],
        "override": [override_words.mark(t, row) for row in rows.to_dict("records")],
        "score": rows["score"],
        "exposure": rows["exposure"].astype(float),
        "past_due": rows["past_due"].astype(float),
        "credit_limit": rows["credit_limit"].astype(float),
        "rules": [controls.rule_names(policy, mask) for mask in rows["rules"]],
        "reason": main_reasons(t, policy, rows),
        "industry": [controls.value_name(t, value) for value in rows["industry"]],
        "region": [controls.value_name(t, value) for value in rows["region"]],
        "salesperson": rows["salesperson"],
    }
)
if rows["override_by"].isna().all():  # a column for those pages only on which it says something
    shown = shown.drop(columns="override")
column = st.column_config
layout = {
    "id": column.TextColumn(t("customers.id"), width=72),
    "name": column.TextColumn(t("thresholds.customer"), width="medium"),
    "tier": controls.tier_column(t, policy, t("overview.tier")),
    "override": column.TextColumn(t("customers.override"), width=180),
    "score": column.NumberColumn(t("thresholds.score"), width=60),
    "exposure": controls.money_column(t("overview.exposure_in", currency=currency)),
    "past_due": controls.money_column(t("thresholds.past_due_in", currency=currency)),
    "credit_limit": controls.money_column(t("customers.limit_in", currency=currency)),
    "rules": column.TextColumn(t("customers.rules"), width=64),
    "reason": column.TextColumn(t("thresholds.reason"), width="medium"),
    "industry": column.TextColumn(t("segments.industry"), width="small"),
    "region": column.TextColumn(t("segments.region"), width=98),
    "salesperson": column.TextColumn(t("segments.salesperson"), width=96),
}
controls.customer_table(shown, rows["customer_key"], layout, f"customers_{page}_{asked}", place)
store = data.store()  # a download is made when no book is on screen
exports.buttons(
    t,
    "customers",
    lambda: reports.customers_csv(store, assessed, filters, order, t),
    lambda: reports.customers_xlsx(store, assessed, filters, order, t),
)
