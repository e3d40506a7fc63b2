"""`riskcore alerts` and `riskcore digest`: what changed of customers and waits for somebody, and the week as a file."""

import argparse
from contextlib import closing
from datetime import date
from typing import Any

from riskcore import alerts, book, portfolio
from riskcore.commands.files import DONE, Outcome, Stopped
from riskcore.commands.summary import existing
from riskcore.errors import Phrase
from riskcore.spreadsheet import whole
from riskcore.text import Words
from riskcore.wording import is_nothing

_LINES_MOST = 50  # written for people; as JSON all are


def waiting(args: argparse.Namespace, t: Words) -> Outcome:
    """The open alerts, those of watched customers first, then the newest and the largest exposure."""
    today, filters = date.today(), {"stands": "open"}
    with closing(existing(args.store or book.path("own"))) as store:
        if (assessed := portfolio.newest(store)) is None:
            raise Stopped(Phrase("cli.empty_book"))
        policy = assessed.policy
        total, _ = alerts.count(store, policy, today, filters)
        rows = alerts.inbox(store, policy, today, filters, per_page=None if args.json else _LINES_MOST)
        by_rule = alerts.by_rule(store, today)["open"]
    found: list[dict[str, Any]] = [
        {
            "customer_id": row["customer_id"],
            "customer_name": row["customer_name"],
            "tier": None if is_nothing(row["tier"]) else policy.tier[int(row["tier"])].code,
            "exposure": None if is_nothing(row["exposure"]) else float(row["exposure"]),
            "code": row["code"],
            "told": alerts.told(t, policy, row["watches"], row["told"]),
            "day": row["day"].date().isoformat(),
            "watched": bool(row["is_watched"]),
        }
        for row in rows.to_dict("records")
    ]
    shown = t("cli.between").join(f"{code} {n:,}" for code, n in by_rule.items())
    lines = [t("cli.alerts", n=f"{total:,}", rules=shown) if total else t("cli.no_alerts")]
    lines += [
        "  {day}  {code}  {customer_id}  {name}: {told}".format(name=one["customer_name"], **one) for one in found
    ]
    if total > len(found):
        lines.append("  " + t("cli.alerts_more", n=f"{total - len(found):,}"))
    return Outcome(DONE, lines, {"alerts": found, "by_rule": by_rule})


def digest(args: argparse.Namespace, t: Words) -> Outcome:
    """The digest since a day as a workbook, written whole or not at all."""
    with closing(existing(args.store or book.path("own"))) as store:
        content = alerts.digest(store, t, date.today(), args.since)
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        with whole(args.out) as partial:
            partial.write_bytes(content)
    except OSError as error:
        raise Stopped(Phrase("cli.unwritable", {"path": str(args.out), "detail": error.strerror})) from error
    return Outcome(DONE, [t("cli.file_written", path=str(args.out))], {"out": str(args.out)})
