"""Which kind of file an upload is: judged for every kind by its headings and by what the values say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow.compute as pc

from riskcore.ingest.kinds import KINDS, Kind
from riskcore.ingest.mapping import Match, propose
from riskcore.ingest.upload import Upload
from riskcore.policy import Policy

_LOOKED_AT = 2_000  # rows


@dataclass(frozen=True)
class Guess:
    """An upload taken for a kind: in the form that is mapped, with its matches; `confidence` from 0 to 1."""

    kind: Kind
    upload: Upload
    matches: tuple[Match, ...]
    confidence: float


def recognise(upload: Upload, policy: Policy, remembered: Mapping[str, str]) -> Guess:
    """The kind that an upload fits best; less sure where another fits nearly as well."""
    guesses = [as_kind(upload, kind, policy, remembered) for kind in KINDS.values()]
    best, *others = sorted(guesses, key=lambda guess: -guess.confidence)
    margin = best.confidence - max((guess.confidence for guess in others), default=0.0)
    sure = best.confidence * min(1.0, 0.6 + 2 * margin)
    return Guess(best.kind, best.upload, best.matches, round(sure, 2))


def as_kind(upload: Upload, kind: Kind, policy: Policy, remembered: Mapping[str, str]) -> Guess:
    """An upload as one kind of file."""
    shaped = kind.reshape(upload) or upload
    matches = propose(shaped, policy, remembered, kind.fields, kind.group, kind.needs)
    return Guess(kind, shaped, matches, round(_strength(shaped, kind, matches), 2))


def _strength(upload: Upload, kind: Kind, matches: Sequence[Match]) -> float:
    """How well an upload fits a kind: needs met and columns mapped, then what the values say; from 0 to 1."""
    mapped = {m.field: m.confidence for m in matches if m.field is not None}
    met = [max((mapped.get(name, 0.0) for name in group), default=0.0) for group in kind.needs]
    filled = [m for m in matches if m.samples]
    share = sum(m.confidence for m in filled if m.field) / max(1, len(filled))
    strength = 0.5 * sum(met) / max(1, len(met)) + 0.5 * share
    if not all(met):
        strength *= 0.3
    if kind.one_row_per_customer and _repeats(upload, matches):
        strength *= 0.5
    return max(0.0, min(1.0, strength + 0.3 * kind.fits(upload, matches)))


def _repeats(upload: Upload, matches: Sequence[Match]) -> bool:
    """Whether many rows name a customer that an earlier row named already."""
    place = next((m.index for wanted in ("customer_id", "customer_name") for m in matches if m.field == wanted), None)
    if place is None:
        return False
    named = upload.rows.column(f"c{place}").slice(0, _LOOKED_AT).drop_null()
    return bool(len(named) - pc.count_distinct(named).as_py() > max(1, 0.1 * len(named)))
