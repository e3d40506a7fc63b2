"""What was settled once for a layout, the headings of a file in their order, and holds for the next file of it."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from riskcore.ingest.kinds import KINDS, Kind
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Question
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import is_reason, normalise_heading
from riskcore.store import Cursor, Store

_PERIOD = re.compile(r"(19|20)\d{2}")


@dataclass(frozen=True)
class Layout:
    """A layout that is known: its kind, the fields of its headings ('' left out), its answers by name."""

    kind: Kind
    mapping: Mapping[str, str]
    answers: Mapping[str, str]


OF_ALL = {"dates", "decimals"}  # questions that are put on one column and hold for all


def fingerprint(upload: Upload) -> str:
    """What tells a layout from others: a digest of its headings in their order, without our column of reasons.

    Headings that name a period are alike whatever the period, so that next year's file is known too.
    """
    headings = [_unperiodic(heading) for heading in upload.headings if not is_reason(heading)]
    return hashlib.sha256("\n".join(headings).encode()).hexdigest()


def _unperiodic(heading: str) -> str:
    key = normalise_heading(heading)
    return re.sub(r"\d+", "0", key) if _PERIOD.search(key) else key


def recall(layout: Layout, matches: Sequence[Match]) -> tuple[Match, ...]:
    """The matches with the fields that the layout's columns had; a heading that is new keeps what is proposed."""
    known = {normalise_heading(heading): name for heading, name in layout.mapping.items()} | dict(layout.mapping)
    names = {m.index: known.get(m.heading, known.get(normalise_heading(m.heading))) for m in matches}
    taken = {name for name in names.values() if name}
    recalled = []
    for match in matches:
        name = names[match.index]
        if name is not None and not is_reason(match.heading):
            recalled.append(replace(match, field=name or None, confidence=1.0, how="remembered", rival=""))
        else:
            recalled.append(replace(match, field=None, confidence=0.0) if match.field in taken else match)
    return tuple(recalled)


def find(store: Store, upload: Upload) -> Layout | None:
    """What is known of an upload's layout, None where it is new or its kind is none any more."""
    row = store.one(
        "select kind, mapping, answers from layout where fingerprint = $fingerprint", fingerprint=fingerprint(upload)
    )
    if row is None or row[0] not in KINDS:
        return None
    return Layout(KINDS[row[0]], json.loads(row[1]), json.loads(row[2]))


def keep(
    cursor: Cursor,
    known_as: str,
    upload: Upload,
    kind: Kind,
    matches: Sequence[Match],
    questions: Sequence[Question],
    answers: Mapping[str, str],
    proven: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep what was settled for a layout; answers for one file alone, and those with a default that stood, are not.

    `proven`: answers that the file itself gave, so that a smaller one of its layout need not be asked about.
    """
    mapping = {m.heading: m.field or "" for m in matches if not is_reason(m.heading)}
    settled = dict(proven) | {
        name_of(question): answers[question.id]
        for question in questions
        if question.id in answers and not question.of_file and answers[question.id] != question.default
    }
    # A reshaped file's own form is known too: its rows set aside come back in that.
    for one in {known_as, fingerprint(upload)}:
        row = {
            "fingerprint": one,
            "kind": kind.id,
            "mapping": json.dumps(mapping, ensure_ascii=False),
            "answers": json.dumps(settled, ensure_ascii=False),
            "file_name": upload.name,
            "now": now,
        }
        cursor.execute(
            "insert or replace into layout values ($fingerprint, $kind, $mapping, $answers, $file_name, $now)", row
        )


def name_of(question: Question) -> str:
    """A question as it is kept: by its column's heading where its id tells the place, by its kind if of all columns."""
    if question.kind in OF_ALL:
        return question.kind
    is_placed = re.fullmatch(rf"{re.escape(question.kind)}:\d+", question.id)
    return f"{question.kind}:{normalise_heading(question.heading)}" if is_placed else question.id
