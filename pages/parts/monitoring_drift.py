"""Drift of the score and of each characteristic between two assessments, as a table with its reading in words."""

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.parts import data, monitoring_dates
from pages.parts.format import NOTHING, bin_of
from riskcore import monitoring
from riskcore.monitoring import Drift
from riskcore.monitoring.stability import BAND_POINTS, Where
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.text import Words

_BANDS = {
    "stable": ("monitoring.stable", "gray"),
    "unclear": ("monitoring.unclear", "gray"),
    "look": ("monitoring.look", "yellow"),
    "changed": ("monitoring.changed", "red"),
    "apart": ("monitoring.apart", "gray"),
}
_NO_BIN = {
    "missing": "customer.not_supplied",
    "refused": "customer.refused_short",
    "expired": "customer.expired_short",
    "not_scored": "monitoring.not_scored",
}
_ROWS = 14


def draw(t: Words, earlier: Assessed, later: Assessed) -> None:
    """What has drifted in one sentence, then the score and all characteristics, the largest drift first."""
    drifts = data.ask(monitoring.drift, earlier.assessment_id, later.assessment_id)
    with st.container(gap=None):
        st.subheader(t("monitoring.drift"), anchor=False)
        if drifts.score.band is None:
            st.caption(t("monitoring.no_drift"))
            return
        score = t("monitoring.score_drift", band=t(_BANDS[drifts.score.band][0]), psi=f"{drifts.score.psi:.2f}")
        st.markdown(f"{score} {summary(t, drifts.characteristics)}")
        if not drifts.same_scorecard:
            st.markdown(f":yellow[{t('monitoring.other_scorecard', was=earlier.version, now=later.version)}]")
        dates = {"was": monitoring_dates.dated(t, earlier), "now": monitoring_dates.dated(t, later)}
        st.caption(t("monitoring.drift_note", **dates))
    largest = sorted(drifts.characteristics, key=lambda drift: (drift.psi is not None, -(drift.psi or 0.0)))
    shown = pd.DataFrame([row(t, earlier.policy, later.policy, drift) for drift in (drifts.score, *largest)])
    column = st.column_config
    st.dataframe(
        shown,
        hide_index=True,
        row_height=32,
        height=32 * (min(len(shown), _ROWS) + 1) + 4,
        placeholder=NOTHING,
        key="drift",
        column_config={
            "name": column.TextColumn(t("customer.characteristic"), width=170),
            "psi": column.NumberColumn(t("monitoring.psi"), format="%.3f", width=92),
            "shift": band_column(t, "monitoring.shift"),
            "missing_was": column.NumberColumn(t("monitoring.missing_was"), format="%.1f", width=90),
            "missing_now": column.NumberColumn(t("monitoring.missing_now"), format="%.1f", width=90),
            "missing_shift": band_column(t, "monitoring.missing_shift"),
            "small": column.TextColumn(t("monitoring.small_cells"), width=380),
        },
    )
    st.caption(t("monitoring.small_note"))


def summary(t: Words, drifts: Sequence[Drift]) -> str:
    """How many characteristics drifted, or that none did."""
    bands, n = Counter(reading(drift) for drift in drifts), len(drifts)
    if bands["stable"] == n:
        return t("monitoring.all_stable", n=n)
    counts = {band: bands[band] for band in _BANDS if band != "stable"}
    return t("monitoring.not_all_stable", n=n, **counts)


def reading(drift: Drift) -> str:
    """The band of a drift; `apart` where it cannot be compared, empty where there is nobody to compare."""
    return (drift.band or "") if drift.comparable else "apart"


def row(t: Words, earlier: Policy, later: Policy, drift: Drift) -> dict[str, object]:
    """One line of the table."""
    shift, missing = reading(drift), drift.missing
    return {
        "name": t("thresholds.score") if drift.characteristic is None else name(t, earlier, later, drift),
        "psi": drift.psi,
        "shift": [t(_BANDS[shift][0])] if shift else [],
        "missing_was": missing.was_pct if missing else None,
        "missing_now": missing.now_pct if missing else None,
        "missing_shift": [t(_BANDS[missing.band][0])] if missing else [],
        "small": " · ".join(where_words(t, later, drift, where) for where in drift.small) or None,
    }


def name(t: Words, earlier: Policy, later: Policy, drift: Drift) -> str:
    """A characteristic's name in the policy that has it, the later one first."""
    return next(t.of(c.name) for p in (later, earlier) for c in p.characteristic if c.id == drift.characteristic)


def where_words(t: Words, policy: Policy, drift: Drift, where: Where) -> str:
    """A cell in words: a band of the score, a bin, or what is in neither."""
    if isinstance(where, str):
        return t(_NO_BIN[where])
    if drift.characteristic is None:
        return f"{where}–{min(where + BAND_POINTS - 1, policy.top_score)}"
    return bin_of(t, policy.known_characteristic(drift.characteristic), where)


def band_column(t: Words, key: str) -> object:
    """A column of readings as chips; what needs attention has colour."""
    return st.column_config.MultiselectColumn(
        t(key),
        options=[t(words) for words, _ in _BANDS.values()],
        color=[colour for _, colour in _BANDS.values()],
        width=112,
    )
