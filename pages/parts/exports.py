"""What is on screen as files: one small button for CSV and one for a workbook."""

from collections.abc import Callable

import streamlit as st

from riskcore.text import Words

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def buttons(t: Words, name: str, csv: Callable[[], bytes], xlsx: Callable[[], bytes]) -> None:
    """Two downloads, made when they are asked for; `name` is that of the files, without an ending."""
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        for ending, label, made, mime in (
            ("csv", t("exports.csv"), csv, "text/csv"),
            ("xlsx", t("exports.xlsx"), xlsx, _XLSX),
        ):
            st.download_button(
                label,
                made,
                file_name=f"{name}.{ending}",
                mime=mime,
                key=f"download_{name}_{ending}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
