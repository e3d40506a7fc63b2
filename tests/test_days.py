"""Days as people here count them."""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts.format import day_of
from riskcore.days import local, months_later
from riskcore.text import Words


def test_moments_are_kept_in_utc() -> None:
    kept = datetime(2026, 11, 24, 0)
    assert local(kept, ZoneInfo("Asia/Shanghai")).replace(tzinfo=None) == datetime(2026, 11, 24, 8)
    assert local(kept).astimezone(UTC) == datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of the process cannot be set here")
def test_what_was_said_in_the_morning_bears_the_day_of_those_who_said_it(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = datetime(2026, 11, 23, 22, 30)  # 06:30 of the next day in Shanghai
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        found = [day_of(Words("zh"), moment) for moment in (kept, pd.Timestamp(kept), None)]
    time.tzset()
    assert found == ["2026-11-24", "2026-11-24", "–"]


@given(day=st.dates(date(2000, 1, 1), date(2100, 1, 1)), months=st.integers(0, 120))
def test_months_later_is_as_pandas_counts(day: date, months: int) -> None:
    assert months_later(day, months) == (pd.Timestamp(day) + pd.DateOffset(months=months)).date()
