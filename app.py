"""The door: `streamlit run app.py` starts the dashboard. Computes nothing."""

import streamlit as st

from pages.parts import failing, serving

app = st.App("pages/frame.py", lifespan=serving.schedules, on_script_error=failing.tell)
