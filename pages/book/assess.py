"""One customer assessed by hand: an applicant before the first deal, or one of whom more is known now."""

import pandas as pd
import streamlit as st

from pages.parts import assessing, assessing_result, controls, data, words
from pages.parts.assessing import Form
from pages.parts.format import plain
from riskcore import book, entering, explanation, portfolio, versions
from riskcore.entering import Entry
from riskcore.explanation import Explained

FOUND_MOST = 6
# The result stays in view beside a form that is longer than the screen; where there is no room beside it, above it.
STICKY = """<style>
div:has(> .st-key-assess_result) {position: sticky; top: 4rem; align-self: flex-start; z-index: 2}
.st-key-assess_result {max-height: calc(100vh - 8rem); overflow-y: auto; background: light-dark(#FFF, #12161D)}
@media (max-width: 1000px) {
  .st-key-assess_both {flex-direction: column-reverse; flex-wrap: nowrap}
  .st-key-assess_both > div {width: 100% !important}
  .st-key-assess_result {max-height: 40vh; width: 100% !important}
}
</style>"""

t = words.current()
store = data.store()
policy, today = versions.in_force(store), entering.day_of(store)
asked = st.query_params.get("customer", "")
is_key = asked.isdecimal() and len(asked) < 10
present: Explained | None = data.ask(explanation.explain, policy, today, int(asked)) if is_key else None
scope = f"{data.kind()}_{asked if present else 'new'}"
controls.head(t("assess.title"))
st.html(STICKY)


def search() -> None:
    """The way to an existing customer, by the search of the list of customers."""
    typed = st.text_input(
        t("assess.find"),
        key="assess_find",
        placeholder=t("customers.search_hint"),
        icon=":material/search:",
        label_visibility="collapsed",
        width=420,
    )
    if not typed.strip():
        return
    rows = data.ask(portfolio.customers, {"search": typed}, "exposure", 1, FOUND_MOST)
    if rows.empty:
        st.caption(t("assess.found_none"))
        return
    column = st.column_config
    picked = controls.clicked_row(
        pd.DataFrame({"name": rows["customer_name"], "id": rows["customer_id"], "score": rows["score"]}),
        {
            "name": column.TextColumn(t("thresholds.customer"), width="large"),
            "id": column.TextColumn(t("customers.id"), width="small"),
            "score": column.NumberColumn(t("thresholds.score"), width=72),
        },
        f"assess_found_{typed}",
    )
    if picked is not None:
        choose(str(int(rows["customer_key"].iloc[picked])))


def choose(key: str | None) -> None:
    """Put a customer's form on screen, or that of a new one."""
    st.session_state.pop("assess_find", None)
    st.query_params.from_dict(({"customer": key} if key else {}) | controls.in_url())
    st.rerun()


def head() -> None:
    """Whom the form is of, and the ways to another one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if present is None:
            st.caption(t("assess.note_new"), width="content")
        else:
            st.markdown(f"**{plain(present.scored['customer_name'])}**", width="content")
            st.caption(t("assess.note_known"), width="content")
            if st.button(t("assess.to_customer"), type="tertiary", icon=":material/open_in_new:"):
                st.switch_page("book/customer.py", query_params={"customer": asked, **controls.in_url()})
            if st.button(t("assess.new"), type="tertiary", icon=":material/person_add:"):
                choose(None)


@st.fragment
def form_and_result() -> None:
    """The form with its result beside it; an entry runs this alone."""
    form = Form(t, policy, book.currency(store), today, present, scope, assessing.kept(scope))
    with st.container(horizontal=True, gap="large", key="assess_both"):
        left, right = st.container(width="stretch"), st.container(width=370, border=True, key="assess_result")
    with left:
        customer_id = assessing.identity(form, entering.proposed_id(store))
        assessing.business(form)
        for family in policy.family:
            assessing.family(form, family.id, t.of(family.name))
        assessing.flags(form)
    entry = Entry(int(asked) if present else None, customer_id, form.said)
    with right:
        assessing_result.show(form, entry)
        assessing_result.save(form, entry)


if data.assessed() is not None:
    search()
head()
form_and_result()
