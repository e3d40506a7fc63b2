"""What a kind of file is: the facts that its columns may hold, and how its rows become rows of the store."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from riskcore.errors import Phrase
from riskcore.ingest.columns import Column, Scratch
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Question
from riskcore.ingest.upload import Upload
from riskcore.policy import Policy
from riskcore.store import Store

VALUE_MOST = 120  # characters shown of a cell that is listed

# Line, heading, value, key of the reason, slots of that, and effect: `row` sets the row aside, `cell` counts the
# value as missing, `note` takes it as it is and says so.
Problem = tuple[int, str, str, str, dict[str, Any], str]


@dataclass(frozen=True)
class Asking:
    """An upload whose columns are mapped, in `scratch` as the table `upload` of texts (line, c0 to cN)."""

    scratch: Scratch
    upload: Upload
    matches: Sequence[Match]
    policy: Policy
    store: Store


@dataclass(frozen=True)
class Shaping:
    """An upload whose cells are typed: in `scratch` as the table `typed`, with `line` and a column per mapped field.

    `answers`: every question of the file and its answer. While `judge` runs, rows that cells set aside are in `typed`
    still; while `tables` are asked for, a table `aside` holds the lines that are not to be taken. `as_of`: the day
    that the file tells of, None where it is not known yet.
    """

    scratch: Scratch
    upload: Upload
    columns: Sequence[Column]
    answers: Mapping[str, str]
    policy: Policy
    store: Store
    as_of: date | None = None

    def has(self, *names: str) -> bool:
        """Whether all of these fields are mapped."""
        return set(names) <= {c.field.name for c in self.columns}

    def column(self, name: str, otherwise: str = "null") -> str:
        """The name of a field's column in `typed`, or what stands in its place where it is not mapped."""
        return name if self.has(name) else otherwise

    def heading(self, name: str) -> str:
        """The heading of a mapped field, '' where it is not mapped."""
        return next((c.match.heading for c in self.columns if c.field.name == name), "")


def nothing_asked(asking: Asking) -> list[Question]:
    """No question of its own."""
    return []


def nothing_wrong(shaping: Shaping) -> Iterator[Problem]:
    """No problem of its own."""
    return iter(())


def nothing_said(shaping: Shaping) -> list[Phrase]:
    """No note of its own."""
    return []


def as_it_is(upload: Upload) -> Upload | None:
    """No other shape."""
    return None


def no_more_to_say(upload: Upload, matches: Sequence[Match]) -> float:
    """The headings alone decide."""
    return 0.0


def no_currency(shaping: Shaping) -> str | None:
    """No currency for the book."""
    return None


def column_of_currencies(shaping: Shaping) -> tuple[str, str]:
    """The column alone, if there is one."""
    return shaping.column("currency", ""), ""


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    `group`: the group of words in `data/synonyms.csv` that its headings are looked up in, beside those of all kinds.
    `fields`: what its columns may be taken for. `needs`: of each group one field at least is to be mapped.
    `one_row_per_customer`: a second row of a customer is set aside. `names_customers`: its rows belong to customers,
    by number, else by name. `tables`: per table of the store a query on the scratch database that gives the rows for
    it: its columns without `import_id`, with `customer_id` in place of `customer_key`; `input` is among them
    wherever customers are named, with a row per customer: customer_id, customer_name, line, and what is said of it.
    `fits`: what the values say, from -1 (cannot be this kind) to 1 (can be no other). `reshape`: the upload in the form
    that is mapped, None where it has that already. `whole_by_default`: such a file is the whole list unless a person
    says otherwise. `notes`: what is to be said of a checked file beside its problems. `currency`: the one that becomes
    the book's where it has none. `row_currency`: SQL of a row's currency over `typed`, '' for none, and its join.
    """

    id: str
    fields: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    tables: Callable[[Shaping], Mapping[str, str]]
    group: str = ""
    one_row_per_customer: bool = False
    names_customers: bool = True
    ask: Callable[[Asking], list[Question]] = nothing_asked
    judge: Callable[[Shaping], Iterator[Problem]] = nothing_wrong
    fits: Callable[[Upload, Sequence[Match]], float] = no_more_to_say
    reshape: Callable[[Upload], Upload | None] = as_it_is
    whole_by_default: bool = False
    notes: Callable[[Shaping], list[Phrase]] = nothing_said
    currency: Callable[[Shaping], str | None] = no_currency
    row_currency: Callable[[Shaping], tuple[str, str]] = column_of_currencies

    def requires(self, field: str) -> bool:
        """Whether a file of this kind cannot be taken in without the field, or another that serves as well."""
        return any(field in group for group in self.needs)
