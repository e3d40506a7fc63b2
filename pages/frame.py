"""The frame around every page: page settings, language, navigation, and one place where errors become sentences."""

from pathlib import Path

import streamlit as st

from pages.parts import failing, presenting, words
from riskcore.errors import RiskError

ICON = Path(__file__).parent / "parts" / "icon.svg"  # an emoji or a material icon would be fetched from outside

st.set_page_config(page_title=words.current()("frame.product"), page_icon=str(ICON), layout="wide")

t = words.current()
page = st.navigation(
    [
        st.Page("book/overview.py", title=t("overview.title"), default=True),
        st.Page("book/thresholds.py", title=t("thresholds.title"), url_path="thresholds"),
        st.Page("book/customers.py", title=t("customers.title"), url_path="customers"),
        st.Page("book/customer.py", title=t("customer.title"), url_path="customer", visibility="hidden"),
        st.Page("book/todo.py", title=t("todo.title"), url_path="todo"),
        st.Page("book/review.py", title=t("reviews.title"), url_path="review", visibility="hidden"),
        st.Page("book/assess.py", title=t("assess.title"), url_path="assess"),
        st.Page("book/monitoring.py", title=t("monitoring.title"), url_path="monitoring"),
        st.Page("book/limits.py", title=t("limits.title"), url_path="limits"),
        st.Page("book/decisions.py", title=t("decisions.title"), url_path="decisions"),
        st.Page("learn/training.py", title=t("training.title"), url_path="training"),
        st.Page("learn/feedback.py", title=t("feedback.title"), url_path="feedback"),
        st.Page("data/imports.py", title=t("imports.title"), url_path="import"),
    ],
    position="hidden" if presenting.on() else "top",
)
# Streamlit writes white on primary buttons, which cannot be read on the dark theme's light petrol.
st.html("<style>.st-key-main button{color:light-dark(#FFF,#0B0E13)}</style>")
# Columns stay side by side down to 640 pixels, too narrow for charts and tables.
st.html(
    "<style>@media (max-width:1000px){[class*='st-key-beside_'] > * > *{row-gap:1rem}"
    "[class*='st-key-beside_'] > * > * > *{flex:1 1 100%;min-width:100%}}</style>"
)
if presenting.on():
    presenting.enlarge()
try:
    page.run()
except RiskError as error:
    failing.tell(error)
words.name_language()
