"""When something fails: a sentence for the person, and the details in the log under a number that both can name."""

import logging
import secrets

import streamlit as st

from pages.parts import words
from riskcore.errors import RiskError

_log = logging.getLogger(__name__)


def tell(error: Exception) -> bool:
    """Show an error as one sentence; true, because Streamlit need not show it again."""
    t = words.current()
    if isinstance(error, RiskError):
        st.error(t.error(error), icon=":material/error:")
        return True
    reference = secrets.token_hex(3)
    _log.error(reference, exc_info=error)
    st.error(t("frame.failed", reference=reference), icon=":material/error:")
    return True
