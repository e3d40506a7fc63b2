"""Who, why and when: what a person writes under a draft or a decision, and the time as it is kept and said."""

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from riskcore.days import local
from riskcore.errors import AskedWrong

NAME_MOST = 60
REASON_LEAST, REASON_MOST = 10, 500


def name(text: str) -> str:
    """A person's name, trimmed; AskedWrong where there is none or it is too long."""
    return required(text, 1, NAME_MOST, "person_missing")


def person(text: str) -> str:
    """Who a name is, however it is written: one whose names give the same is one person.

    >>> person("Strauß"), person(" ＳＴＲＡＵＳＳ"), person("Işık") == person("IŞIK")
    ('strauss', 'strauss', True)
    """
    folded = unicodedata.normalize("NFKC", " ".join(text.split())).casefold()
    return " ".join(folded.replace("i\u0307", "i").replace("ı", "i").split())  # I is a capital of both in Turkish


def persons(rows: Iterable[tuple[str]]) -> dict[str, list[str]]:
    """The names of some rows with who each is, as a value to bind: `$person[name]` in SQL."""
    names = ["", *(text for (text,) in rows)]  # an empty one would be bound without a type
    return {"key": names, "value": [person(text) for text in names]}


def reason(text: str) -> str:
    """A reason, trimmed; AskedWrong where it is too short or too long to be one."""
    return required(text, REASON_LEAST, REASON_MOST, "reason_missing")


def required(text: str, least: int, most: int, error: str) -> str:
    """A text with its blanks made single, `least` to `most` letters long; else AskedWrong under the key `error`.

    >>> required("  too   many\\nblanks ", 1, 20, "any")
    'too many blanks'
    """
    clean = " ".join(text.split())
    if not least <= len(clean) <= most:
        raise AskedWrong(error, least=least, most=most)
    return clean


def now() -> datetime:
    """The present moment as the store keeps it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


def said(moment: datetime) -> str:
    """A kept moment in this machine's own time, with its distance from UTC: 2026-11-24 15:52 (UTC+08:00)."""
    here = local(moment)
    return f"{here:%Y-%m-%d %H:%M} (UTC{here.isoformat()[-6:]})"
