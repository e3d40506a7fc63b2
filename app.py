"""The door: `streamlit run app.py` starts the dashboard. Computes nothing."""

import streamlit as st

app = st.App("pages/frame.py")
