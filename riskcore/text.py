"""Every sentence of the product, Chinese beside English, read from `data/text/*.toml`.

A sentence's key is `<file>.<name>`: `overview.title` stands in `overview.toml` under `title`. Nested tables
join their names with dots. A test demands both languages and the same {slots} in both.

What follows a number stands in two forms, of which the first is for one: `{n} {n:customer|customers}`.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from riskcore.errors import Phrase, RiskError

FOLDER = Path(__file__).parents[1] / "data" / "text"
LANGUAGES = ("zh", "en")
NAMES = {"zh": "中文", "en": "EN"}  # each in its own script, whatever the language of the page


class _Forms(Formatter):
    """Like `str.format`, and `{n:customer|customers}` gives the form that goes with the number."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, two_forms, many = format_spec.partition("|")
        if not two_forms:
            return str(super().format_field(value, format_spec))
        return one if str(value).lstrip("+-−<>≤≥ ") == "1" else many


_FORMS = _Forms()


@dataclass(frozen=True)
class Words:
    """The sentences of one language: `t("overview.title")`, `t("overview.rows", n=3)`."""

    lang: str

    def __call__(self, key: str, **slots: Any) -> str:
        """The sentence under `key`, its slots filled, phrases and pairs of names worded; KeyError where none is."""
        worded = {name: self._worded(value) for name, value in slots.items()}
        return _FORMS.format(_sentences()[key][self.lang], **worded)

    def phrase(self, phrase: Phrase) -> str:
        """A phrase in this language."""
        return self(phrase.key, **phrase.slots)

    def _worded(self, value: Any) -> Any:
        if isinstance(value, Phrase):
            return self.phrase(value)
        return self.of(value) if isinstance(value, dict) else value

    def of(self, names: Any) -> str:
        """This language's member of a pair such as a policy's `name = {zh, en}`."""
        return str(names[self.lang] if isinstance(names, dict) else getattr(names, self.lang))

    def error(self, error: RiskError) -> str:
        """An error as one sentence."""
        return self(error.key, **error.slots)


def keys() -> list[str]:
    """All keys, in the order of the files."""
    return list(_sentences())


def pair(key: str) -> dict[str, str]:
    """Both languages' raw sentences under `key`."""
    return _sentences()[key]


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return {
        key: sentence
        for path in sorted(FOLDER.glob("*.toml"))
        for key, sentence in _walk(path.stem, tomllib.loads(path.read_text("utf-8")))
    }


def _walk(prefix: str, node: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in node.items():
        key = f"{prefix}.{name}"
        if set(value) <= set(LANGUAGES):
            yield key, value
        else:
            yield from _walk(key, value)
