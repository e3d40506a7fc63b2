"""Drafts of a meeting: thresholds and assumptions under a name, kept in the book under an id that the URL carries.

Every save counts a version up. Who saves names the version that was seen, so that nobody overwrites what another
person saved in between.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from riskcore import money, portfolio, signing
from riskcore.errors import AskedWrong
from riskcore.money import Assumptions
from riskcore.store import Cursor, Store

NAME_MOST, NOTE_MOST = 60, 500

_LISTED = """
select draft_id, name, note, thresholds, assumptions, version, saved_by, saved_at
from draft
where deleted_at is null
order by saved_at desc, draft_id
"""


@dataclass(frozen=True)
class Draft:
    """Thresholds (best tier first) and assumptions of a meeting; version 0 until it is saved."""

    draft_id: str
    name: str
    note: str
    thresholds: tuple[int, ...]
    assumptions: Assumptions
    version: int = 0
    saved_by: str = ""
    saved_at: datetime | None = None


def new(name: str, note: str, thresholds: Sequence[int], assumptions: Assumptions) -> Draft:
    """A draft under a fresh random id, still to be saved."""
    return Draft(secrets.token_hex(5), name, note, tuple(thresholds), assumptions)


def save(store: Store, draft: Draft, expected_version: int, by: str) -> Draft:
    """Save a draft over the version that was seen (0: none yet) and return it as it now is.

    AskedWrong, and nothing is changed, where somebody saved or deleted it in between; it names who and when.
    """
    with store.transaction() as cursor:
        return save_within(cursor, draft, expected_version, by)


def save_within(cursor: Cursor, draft: Draft, expected_version: int, by: str) -> Draft:
    """The same inside the caller's transaction."""
    name = signing.required(draft.name, 1, NAME_MOST, "draft_name_missing")
    note = signing.required(draft.note, 0, NOTE_MOST, "draft_note_long")
    person, now, kept = signing.name(by), signing.now(), money.to_json(draft.assumptions)
    _check_unchanged(cursor, draft.draft_id, expected_version)
    saved = replace(draft, name=name, note=note, version=expected_version + 1, saved_by=person, saved_at=now)
    cursor.execute(
        "insert or replace into draft values (?, ?, ?, ?, ?, ?, ?, ?, null, null)",
        [draft.draft_id, name, note, list(draft.thresholds), kept, saved.version, person, now],
    )
    return saved


def get(store: Store, draft_id: str) -> Draft:
    """The draft under an id; AskedWrong where there is none, or it was deleted (by whom and when)."""
    found = {draft.draft_id: draft for draft in listed(store)}
    if draft_id not in found:
        with_deleted = store.one("select deleted_by, deleted_at from draft where draft_id = $id", id=draft_id)
        if with_deleted is None:
            raise AskedWrong("draft_absent")
        raise AskedWrong("draft_deleted", by=with_deleted[0], when=signing.said(with_deleted[1]))
    return found[draft_id]


def listed(store: Store) -> list[Draft]:
    """All drafts but the deleted ones, the last saved first."""
    return [_made(row) for row in store.rows(_LISTED)]


def duplicate(store: Store, draft_id: str, name: str, by: str) -> Draft:
    """Save a copy of a draft under another name and an id of its own."""
    kept = get(store, draft_id)
    return save(store, new(name, kept.note, kept.thresholds, kept.assumptions), 0, by)


def delete(store: Store, draft_id: str, expected_version: int, by: str) -> None:
    """Mark a draft as deleted; AskedWrong where somebody saved it since that version."""
    person = signing.name(by)
    with store.transaction() as cursor:
        _check_unchanged(cursor, draft_id, expected_version)
        cursor.execute(
            "update draft set deleted_by = ?, deleted_at = ? where draft_id = ?", [person, signing.now(), draft_id]
        )


def flow(store: Store, assessment_id: int, before: Sequence[int], after: Sequence[int]) -> pd.DataFrame:
    """Who moves from tier to tier between two sets of thresholds: `was, now` (places), `customers, exposure`."""
    asked = portfolio.starts(after) | portfolio.starts(before, "u")
    return store.ask("draft_flow", assessment=assessment_id, **asked)


def _check_unchanged(cursor: Cursor, draft_id: str, expected_version: int) -> None:
    row = cursor.execute(
        "select version, saved_by, saved_at, deleted_by, deleted_at from draft where draft_id = ?", [draft_id]
    ).fetchone()
    if row is None:
        if expected_version:
            raise AskedWrong("draft_absent")
        return
    version, saved_by, saved_at, deleted_by, deleted_at = row
    if deleted_at is not None:
        raise AskedWrong("draft_deleted", by=deleted_by, when=signing.said(deleted_at))
    if version != expected_version:
        raise AskedWrong("draft_saved_between", by=saved_by, when=signing.said(saved_at))


def _made(row: Sequence[Any]) -> Draft:
    draft_id, name, note, thresholds, assumptions, version, saved_by, saved_at = row
    said = json.loads(assumptions)
    kept = Assumptions(**{**said, "kept_pct": tuple(said["kept_pct"])})
    return Draft(draft_id, name, note, tuple(thresholds), kept, version, saved_by, saved_at)
