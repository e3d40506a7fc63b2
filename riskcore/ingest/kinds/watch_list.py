"""Public lists and watch lists: who stands on it, since when and why; what a place on it means is asked once."""

from collections.abc import Iterator, Mapping, Sequence

from riskcore import names, schema
from riskcore.errors import Phrase
from riskcore.ingest.kinds.base import Asking, Kind, Problem, Shaping
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Option, Question
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import letters_of, normalise_heading, synonyms

FLAGS = ("k1", "k2", "k3", "k4", "k6", "s3")  # facts of rules that a list can tell
_NAMING = ("customer_id", "reg_no", "customer_name")
_WORD_LEAST = 2  # signs of a word that tells in a file's name what the list is


def ask(asking: Asking) -> list[Question]:
    """Which rule's fact a place on the list is; the default is what the file's name, sheet or headings say."""
    rules = {rule.code.lower(): rule for rule in asking.policy.rule}
    options = tuple(
        Option(flag, "lists.flag", {"code": rules[flag].code, "rule": rules[flag].name})
        for flag in FLAGS
        if flag in rules
    )
    upload, told = asking.upload, _told(asking.upload)
    default = told if any(option.value == told for option in options) else None
    return [
        Question(
            "list_flag",
            "list_flag",
            "lists.meaning",
            "list_reason",
            upload.name,
            {"heading": upload.name},
            options,
            default,
        )
    ]


def fits(upload: Upload, matches: Sequence[Match]) -> float:
    """A list says in its name or headings what it is of, or since when somebody stands on it."""
    words = synonyms(WATCH_LIST.group)
    flags = {normalise_heading(word) for flag in FLAGS for word in words.get(flag, ())} - _names_of(matches)
    if any(normalise_heading(heading) in flags for heading in upload.headings):
        return -1.0  # a column of yes and no for each customer
    if _told(upload):
        return 0.5
    return 0.0 if any(match.field in {"listed_on", "removed_on"} for match in matches) else -1.0


def _names_of(matches: Sequence[Match]) -> set[str]:
    return {normalise_heading(match.heading) for match in matches if match.field}


def _told(upload: Upload) -> str | None:
    """The flag of which the file's name, sheet or headings hold the longest word."""
    said = letters_of(" ".join((upload.name, upload.sheet, upload.unit_line, *upload.headings)))
    words = synonyms(WATCH_LIST.group)
    found = [
        (len(word), flag)
        for flag in FLAGS
        for word in (normalise_heading(w) for w in words.get(flag, ()))
        if len(word) >= _WORD_LEAST and word in said
    ]
    return max(found)[1] if found else None


def judge(shaping: Shaping) -> Iterator[Problem]:
    """Rows that name nobody, and places that ended before they began."""
    cursor = shaping.scratch.cursor
    named = " or ".join(f"{name} is not null" for name in _NAMING if shaping.has(name))
    for (line,) in cursor.execute(f"select line from typed where not ({named})").fetchall():
        yield line, "", "", "problems.no_customer_id", {}, "row"
    if shaping.has("listed_on", "removed_on"):
        for line, day in cursor.execute("select line, removed_on from typed where removed_on < listed_on").fetchall():
            yield line, shaping.heading("removed_on"), str(day), "problems.removed_before_listed", {}, "note"


def tables(shaping: Shaping) -> Mapping[str, str]:
    """The entries as they are; they meet customers when facts are asked for, those that come later too."""
    flag = next(flag for flag in FLAGS if flag == shaping.answers["list_flag"])
    columns = (*_NAMING, "listed_on", "removed_on")
    listed = ", ".join(f"{shaping.column(c, f'null::{schema.field(c).sql_type}')} as {c}" for c in columns)
    reason = shaping.column("list_reason", "null::varchar")
    return {
        "list_entry": f"select line, '{flag}' as flag, {listed}, {reason} as reason "
        "from typed anti join aside using (line) order by line"
    }


def notes(shaping: Shaping) -> list[Phrase]:
    """How many entries are of customers of the book."""
    entries = shaping.scratch.cursor.execute(tables(shaping)["list_entry"]).df()
    cursor = shaping.store.cursor()
    cursor.register("entry", entries)
    asked = f"select count(distinct line) from ({names.listed('entry', _TOLD)})"
    [(matched,)] = cursor.execute(asked).fetchall()
    cursor.close()
    return [Phrase("lists.note_matched", {"matched": matched, "others": len(entries) - matched})]


_TOLD = (
    "(select i.customer_key, customer.customer_id, i.customer_name, i.reg_no from input i join customer "
    "using (customer_key) join import using (import_id) where undone_at is null)"
)

WATCH_LIST = Kind(
    id="watch_list",
    fields=(*_NAMING, *(f.name for f in schema.WATCH_LIST)),
    needs=(("customer_name", "customer_id", "reg_no"),),
    tables=tables,
    group="watch_list",
    names_customers=False,
    ask=ask,
    judge=judge,
    fits=fits,
    notes=notes,
    whole_by_default=True,
)
