"""What agencies say: the external grade and its change, and days beyond terms where only an index of payments is told.

Grades are read through the policy's table each time, so that another table rates anew what was taken in long ago.
"""

from datetime import date

from riskcore.features import live
from riskcore.features.computed import Computed
from riskcore.features.live import Keys
from riskcore.policy import Policy, agencies
from riskcore.store import Cursor, sql

_LAST_KEY = 2**31 - 1


def grades(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> Computed | None:
    """External grade N1 to N5 of the newest rating up to `as_of`, of several agencies' on one day the worse.

    Change in notches, up positive, against the same agency's newest rating at least 12 months older than that one:
    steps of the agency's own letters where both are known, else of the normalised grades.
    """
    cursor.execute(
        "create or replace temp table rated as "
        "select customer_key, import_id, line, seq, report_date, agency, grade, score "
        f"from rating join live using (import_id) where report_date <= $as_of and {live.between(keys)}",
        {"as_of": as_of},
    )
    if not cursor.execute("select 1 from rated limit 1").fetchall():
        return None
    tables = agencies.scales(policy)
    for name, table in tables.items():
        cursor.register(name, table)
    cursor.execute(f"create or replace temp table rated_normally as {agencies.graded('rated')}")
    cursor.execute(f"create or replace temp table grades as {sql('rating_grades')}")
    for name in tables:
        cursor.unregister(name)
    cursor.execute("drop table rated")
    cursor.execute("drop table rated_normally")
    return Computed("grades", stated=("external_grade", "external_grade_change_12m"))


def payment_index(cursor: Cursor, policy: Policy, as_of: date, keys: Keys | None) -> Computed | None:
    """Days beyond terms at other suppliers by the newest index of payments, where none are told beside it."""
    if not cursor.execute("select 1 from input where agency_payment_index is not null limit 1").fetchall():
        return None
    cursor.execute("create or replace temp table payment_band (lower double, days double)")
    cursor.executemany(
        "insert into payment_band values (?, ?)", [[b.lower, b.days_beyond_terms] for b in policy.payment_index]
    )
    first, last = keys or (0, _LAST_KEY)
    cursor.execute(
        f"create or replace temp table payment_index as {sql('rating_payment_index')}",
        {"as_of": as_of, "first": first, "last": last},
    )
    cursor.execute("drop table payment_band")
    return Computed("payment_index", stated=("bureau_days_beyond_terms",))
