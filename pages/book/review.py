"""The review of one customer: what changed, the outcome, the reason and the next date, on one screen."""

from datetime import date

import streamlit as st

from pages.parts import controls, data, review_changes, review_form, review_words, words
from pages.parts.format import day, day_of, plain
from riskcore import limits, monitoring, reviews
from riskcore.reviews import Review, Seen

t = words.current()
asked = st.query_params.get("customer", "")
assessed = controls.assessed_or_stop()
store, today = data.store(), date.today()
key = int(asked) if asked.isdecimal() and len(asked) < 10 else -1  # a key is a 32-bit whole number
row = reviews.of_customer(store, key, today)


def to_calendar() -> None:
    """The way back."""
    here = {"part": "reviews", **controls.in_url()}
    st.page_link("book/todo.py", label=t("reviews.back"), icon=":material/arrow_back:", query_params=here)


if row is None:
    controls.head(t("reviews.title"))
    st.info(t("reviews.absent"))
    to_calendar()
    st.stop()

listed = limits.of_customer(store, key)
tier = assessed.policy.tier[listed["tier"]]
past = reviews.past(store, key)
before: Review | None = past[0] if past else None
with st.container(horizontal=True, vertical_alignment="center"):
    to_calendar()
    here = {"customer": asked, **controls.in_url()}
    st.page_link("book/customer.py", label=t("reviews.open_customer"), icon=":material/person:", query_params=here)
controls.head(plain(f"{t('reviews.title')} · {listed['customer_name']}"))
st.markdown(f":{tier.colour}-badge[**{tier.code}**] {plain(listed['customer_id'])} · " + review_words.standing(t, row))
if review_form.done(t, key, today):
    st.stop()

steps = data.ask(monitoring.history, key)
said_on = row["last_on"] if before is None else None
found = reviews.since(steps, before and before.assessment_id, said_on)
st.subheader(t("reviews.step_changes", day=day(t, found.then.as_of)), anchor=False)
if before is not None:
    st.caption(plain(t("reviews.since_review", by=before.reviewed_by, day=day_of(t, before.reviewed_at))))
elif said_on is not None:
    st.caption(t("reviews.since_file", day=day(t, said_on)))
else:
    st.caption(t("reviews.since_first"))
review_changes.draw(t, assessed, found, listed, reviews.calls(store, key), bool(past))
if assessed.draft:
    st.info(t("reviews.on_draft"))
    st.stop()
review_form.draw(t, assessed, Seen(key, assessed.assessment_id, before.review_id if before else 0), row["tier"], today)
