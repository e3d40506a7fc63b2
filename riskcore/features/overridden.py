"""Whose tier a person bounds on a date: facts beside those of files."""

from datetime import date, timedelta

from riskcore.policy import Policy
from riskcore.store import Cursor, sql

COLUMNS = ("override_id", "override_best", "override_worst")


def prepare(cursor: Cursor, policy: Policy, as_of: date, known_by: date | None) -> bool:
    """Make the temporary table `overridden`, beside `live`: customer_key and COLUMNS; whether it holds anybody.

    The newest data are looked at today, or on the day of knowledge: an override of today acts on them though they are
    of an earlier day. Data of a past day are looked at as they would have been then.
    """
    [newest] = cursor.execute("select max(as_of) from live").fetchone() or (None,)
    is_newest = newest is None or as_of >= newest
    told_by = known_by if is_newest else min(as_of, known_by or as_of)
    values = {
        "codes": [tier.code for tier in policy.tier],
        "day": max(as_of, told_by or date.today()),
        "until": told_by and told_by + timedelta(days=1),
    }
    cursor.execute(f"create or replace temp table overridden as {sql('override_bounds')}", values)
    [found] = cursor.execute("select count(*) from overridden").fetchone() or (0,)
    return bool(found)
