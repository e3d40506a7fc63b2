"""Alerts: changes of customers that somebody should know of, the inbox they wait in, and who is watched."""

from riskcore.alerts.digest import digest
from riskcore.alerts.inbox import NOTE_MOST, Stands, acknowledge, by_rule, call_reviews, count, inbox, snooze
from riskcore.alerts.raising import raise_new
from riskcore.alerts.standing import Standing, hard_rules, standing, statement_months
from riskcore.alerts.telling import told
from riskcore.alerts.watching import (
    Watched,
    by_person,
    rules_since,
    unwatch,
    watch,
    watch_list,
    watch_rules,
    watched_count,
)

__all__ = [
    "NOTE_MOST",
    "Standing",
    "Stands",
    "Watched",
    "acknowledge",
    "by_person",
    "by_rule",
    "call_reviews",
    "count",
    "digest",
    "hard_rules",
    "inbox",
    "raise_new",
    "rules_since",
    "snooze",
    "standing",
    "statement_months",
    "told",
    "unwatch",
    "watch",
    "watch_list",
    "watch_rules",
    "watched_count",
]
