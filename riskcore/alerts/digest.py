"""The digest of a week as a workbook: alerts, reviews overdue, tiers that changed, overrides that end."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pandas as pd

from riskcore import overrides, portfolio, reviews, versions
from riskcore.alerts.inbox import inbox
from riskcore.alerts.telling import told
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.portfolio import Assessed
from riskcore.settings import get
from riskcore.spreadsheet import workbook_bytes
from riskcore.store import Store
from riskcore.text import Words
from riskcore.wording import is_nothing

WEEK, ENDING_WITHIN = 7, 30  # days


def digest(store: Store, t: Words, today: date, since: date | None = None) -> bytes:
    """A workbook in the language of `t`, amounts in the book's currency; AskedWrong where the book is empty.

    Alerts told of data from `since` on (None: a week before the newest data) with how they stand, reviews overdue on
    `today`, customers whose tier changed since the last assessment up to `since`, overrides that end within 30 days.
    """
    assessed = portfolio.newest(store)
    if assessed is None:
        raise AskedWrong("digest_empty")
    start = since or assessed.as_of - timedelta(WEEK)
    money = t("alerts.exposure_in", currency=get(store.cursor(), "currency") or assessed.policy.currency)
    return workbook_bytes(
        {
            t("alerts.sheet_alerts"): _alerts(store, t, assessed, today, start, money),
            t("alerts.sheet_reviews"): _reviews(store, t, assessed.policy, today, money),
            t("alerts.sheet_tiers"): _tiers(store, t, assessed, start, money),
            t("alerts.sheet_overrides"): _overrides(store, t, today),
        }
    )


def _alerts(store: Store, t: Words, assessed: Assessed, today: date, since: date, money: str) -> pd.DataFrame:
    policy = assessed.policy
    rows = inbox(store, policy, today, {"since": since})
    names = {rule.code: t.of(rule.name) for rule in versions.in_force(store).alert}
    stands = {name: t(key) for name, key in _STANDS.items()}
    return pd.DataFrame(
        {
            t("fields.customer_id"): rows["customer_id"],
            t("fields.customer_name"): rows["customer_name"],
            t("reports.tier"): _codes(policy, rows["tier"]),
            money: rows["exposure"].astype(float),
            t("alerts.rule"): [f"{code} {names.get(code, '')}".strip() for code in rows["code"]],
            t("alerts.what"): [
                told(t, policy, w, figures) for w, figures in zip(rows["watches"], rows["told"], strict=True)
            ],
            t("alerts.when"): pd.to_datetime(rows["day"]),
            t("alerts.stands"): [stands[name] for name in rows["stands"]],
            t("alerts.by"): rows["said_by"],
            t("alerts.until"): pd.to_datetime(rows["until"]),
            t("alerts.remark"): rows["note"],
        }
    )


_STANDS = {
    "open": "alerts.is_open",
    "snoozed": "alerts.is_snoozed",
    "acknowledged": "alerts.is_acknowledged",
}


def _reviews(store: Store, t: Words, policy: Policy, today: date, money: str) -> pd.DataFrame:
    rows = reviews.calendar(store, today, {"statuses": ["overdue"]})
    return pd.DataFrame(
        {
            t("fields.customer_id"): rows["customer_id"],
            t("fields.customer_name"): rows["customer_name"],
            t("reports.tier"): _codes(policy, rows["tier"]),
            money: rows["exposure"].astype(float),
            t("alerts.due_on"): pd.to_datetime(rows["due_on"]),
            t("alerts.owner"): rows["owner"],
        }
    )


def _tiers(store: Store, t: Words, assessed: Assessed, since: date, money: str) -> pd.DataFrame:
    row = store.one(
        "select assessment_id, policy_hash from alert_run join assessment using (assessment_id) "
        "where as_of <= $since order by as_of desc, assessment_id desc limit 1",
        since=since,
    )
    earlier, before = (row[0], versions.kept(store, row[1])[0]) if row else (-1, assessed.policy)
    rows = store.ask("alert_tier_changes", earlier=earlier, later=assessed.assessment_id)
    return pd.DataFrame(
        {
            t("fields.customer_id"): rows["customer_id"],
            t("fields.customer_name"): rows["customer_name"],
            t("alerts.tier_was"): _codes(before, rows["was"]),
            t("alerts.tier_now"): _codes(assessed.policy, rows["now"]),
            t("alerts.score_was"): rows["score_was"],
            t("alerts.score_now"): rows["score_now"],
            money: rows["exposure"].astype(float),
        }
    )


def _overrides(store: Store, t: Words, today: date) -> pd.DataFrame:
    live = overrides.listed(store.cursor(), overrides.LIVE, today=today)
    ending = [one for one in live if one.expires_on <= today + timedelta(ENDING_WITHIN)]
    return pd.DataFrame(
        {
            t("fields.customer_id"): [one.customer_id for one in ending],
            t("fields.customer_name"): [one.customer_name for one in ending],
            t("alerts.tier_was"): [one.tier_before for one in ending],
            t("alerts.tier_overridden"): [one.tier for one in ending],
            t("alerts.ends_on"): pd.to_datetime([one.expires_on for one in ending]),
            t("alerts.by"): [one.asked_by for one in ending],
            t("alerts.why"): [one.reason for one in ending],
        }
    )


def _codes(policy: Policy, places: Iterable[Any]) -> list[str | None]:
    return [None if is_nothing(place) else policy.tier[int(place)].code for place in places]
