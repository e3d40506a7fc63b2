"""An assessment: one policy applied to what was known on one date, kept beside the earlier ones."""

from datetime import UTC, date, datetime

from riskcore import features, schema, scoring, settings, strategy, versions
from riskcore.policy import Policy
from riskcore.store import Cursor, sql

# The listing is written in parts of whole row groups: a group that is not full is written again at the checkpoint.
_PARTS, _ROW_GROUP, _GROUPS_LEAST = 4, 122_880, 4
SEGMENTS_SHOWN = 12  # values of a dimension in the cube; the rest are one

# What cube and listing need of a customer beside what the table `score` keeps.
_LISTED = (
    *("customer_name", "short_name", "parent_id", *schema.SEGMENTS, "credit_limit", "credit_days", "annual_sales"),
    *("past_due", "known_points", "reason", "reason_state", "reason_value", "late_days", "in_default", "unused_limit"),
    *("need", "capacity", "own_cap", "binding", "tier_limit", "last_review_date", "next_review_date"),
)
# What the table `opinion` keeps of others than our score.
_TOLD = ("external_grade", "days_beyond_terms_12m", "past_due_over_30_pct", "worst_days_past_due_24m")
_OPINIONS = ("z_double_prime", "z_double_prime_date", *_TOLD, *(f"{name}_state" for name in _TOLD))


def run(
    cursor: Cursor,
    policy: Policy,
    as_of: date | None = None,
    draft: bool = False,
    known_by: date | None = None,
) -> int:
    """Assess the book as of a date (None: that of its newest import) and return the assessment's number.

    Runs inside the caller's transaction: score, counts per bin, cube and listing are written, or nothing is.
    `draft` says that the policy is not one to be in force. `known_by`: only from what had been taken in by then.
    """
    versions.keep(cursor, policy, author="riskcore", reason="assessment", draft=draft)
    day = as_of or _newest_import(cursor)
    _size(cursor, policy, day, known_by)
    [number] = cursor.execute("select coalesce(max(assessment_id), 0) + 1 from assessment").fetchone() or (1,)
    now = datetime.now(UTC).replace(tzinfo=None)
    cursor.execute(
        "insert into assessment (assessment_id, policy_hash, as_of, known_by, customers, created_at) "
        "select ?, ?, ?, ?, count(*), ? from sized",
        [number, policy.hash, day, known_by, now],
    )
    keep(cursor, policy, number)
    cursor.execute(sql("first_assessed_write"), {"day": date.today()})
    _write_listing(cursor)
    cursor.execute("truncate opinion")
    cursor.execute(sql("radar_write"))
    cursor.execute("drop table sized")
    return int(number)


def keep(cursor: Cursor, policy: Policy, number: int) -> None:
    """Write scores, counts per bin and the cube of the customers in the temporary table `sized`."""
    cursor.execute(sql("score_write"), {"assessment": number})
    for c in policy.characteristic:
        cursor.execute(
            f"insert into bin_count select ?, ?, {c.id}_bin, count(*), sum({c.id}_points) from sized group by 3",
            [number, c.id],
        )
    cursor.execute("delete from cube where dimension <> ''")  # segments are looked at in the newest assessment only
    cursor.execute(sql("cube_rows"))
    for dimension in ("", *schema.SEGMENTS):
        query = sql("cube_write").replace("dimension_column", dimension or "''")  # one of four constants
        cursor.execute(query, {"assessment": number, "dimension": dimension, "shown": SEGMENTS_SHOWN})
    cursor.execute("drop table counted")


def _write_listing(cursor: Cursor) -> None:
    """Replace the listing, part by part, so that few of its wide rows are sorted at a time."""
    cursor.execute(sql("listing_clear"))
    cursor.execute(sql("listing_order"))
    [customers] = cursor.execute("select count(*) from placed").fetchone() or (0,)
    part = max(_GROUPS_LEAST, -(-customers // (_PARTS * _ROW_GROUP))) * _ROW_GROUP
    for after in range(0, customers, part):
        cursor.execute(sql("listing_write"), {"after": after, "through": after + part})
    cursor.execute("drop table placed")


def _newest_import(cursor: Cursor) -> date:
    row = cursor.execute("select max(as_of) from import where undone_at is null").fetchone()
    return row[0] if row and row[0] else date.today()


def _size(cursor: Cursor, policy: Policy, day: date, known_by: date | None) -> None:
    """Make the temporary table `sized`: per customer score, bins, points and limits, and little else."""
    points = [f"{c.id}_points" for c in policy.characteristic]
    columns = ", ".join(("customer_key", *scoring.columns(policy), *points, *_LISTED, *_OPINIONS, *_watched(policy)))
    own = settings.own_annual_sales(cursor)
    with features.asked(cursor, policy, day, own, known_by=known_by) as facts:
        for place, query in enumerate(facts.queries):
            scored = scoring.compile_query(policy, f"({query})")
            into = "insert into sized" if place else "create or replace temp table sized as"
            cursor.execute(
                f"{into} select {columns} from ({strategy.compile_query(policy, f'({scored})')})", facts.values
            )


def _watched(policy: Policy) -> list[str]:
    """What changes of it are told: days beyond terms, legal events, and the day that the newest statement is of."""
    known = (("days_beyond_terms_12m", "days_beyond_terms"), ("legal_events_24m", "legal_events"))
    columns = [f"case when {name}_state = {schema.KNOWN} then {name} end as {short}" for name, short in known]
    days = [f"{c.id}_date" for c in policy.characteristic if c.file == "statements" and not c.is_category]
    return [*columns, f"greatest({', '.join(days)}) as statement_date" if days else "null::date as statement_date"]
