"""`riskcore reviews`: who is due for a review, by a day and of an owner."""

import argparse
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from typing import Any

from riskcore import book, portfolio, reviews
from riskcore.commands.files import DONE, Outcome, Stopped
from riskcore.commands.summary import existing
from riskcore.errors import Phrase
from riskcore.policy import Policy
from riskcore.text import Words
from riskcore.wording import NOTHING, is_nothing

_LINES_MOST = 50  # written for people; as JSON all are


def due(args: argparse.Namespace, t: Words) -> Outcome:
    """Customers overdue or due soon, or by the day asked for, the first due at the top."""
    today = date.today()
    with closing(existing(args.store or book.path("own"))) as store:
        if (assessed := portfolio.newest(store)) is None:
            raise Stopped(Phrase("cli.empty_book"))
        filters: dict[str, Any] = {"owner": args.owner, "due_by": args.due_by}
        if args.due_by is None:
            filters["statuses"] = ["overdue", "due"]
        total = int(reviews.tally(store, today, filters)["customers"].sum())
        most = None if args.json else _LINES_MOST
        rows = reviews.calendar(store, today, filters, per_page=most).to_dict("records")
        counts = reviews.counts(store, today)
    found = [_row(row, assessed.policy) for row in rows]
    said = {status: f"{counts[status]:,}" for status in reviews.STATUSES}
    lines = [t("cli.reviews", n=f"{total:,}", days=reviews.WINDOW_DAYS, **said)]
    lines += ["  " + _line(row, t) for row in found]
    if total > len(found):
        lines.append("  " + t("cli.reviews_more", n=f"{total - len(found):,}"))
    data = {"today": today.isoformat(), "due": total, "counts": counts, "customers": found}
    return Outcome(DONE, lines, {"reviews": data})


def _line(row: Mapping[str, Any], t: Words) -> str:
    return t(
        "cli.review",
        day=row["due_on"],
        code=row["tier"],
        id=row["customer_id"],
        name=row["customer_name"],
        owner=row["owner"] or NOTHING,
    )


def _row(row: Mapping[Any, Any], policy: Policy) -> dict[str, Any]:
    return {
        "customer_id": row["customer_id"],
        "customer_name": row["customer_name"],
        "tier": policy.tier[row["tier"]].code,
        "due_on": row["due_on"].date().isoformat(),
        "because": row["because"],
        "state": row["status"],
        "owner": None if is_nothing(row["owner"]) else row["owner"],
        "exposure": None if is_nothing(row["exposure"]) else float(row["exposure"]),
    }
