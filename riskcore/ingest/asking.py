"""What a file leaves open and nobody may guess: ratios or per cent, what a score means, unknown industries."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from riskcore.errors import FileRefused, Phrase
from riskcore.ingest import cells, decimals
from riskcore.ingest.cells import Cell, Order
from riskcore.ingest.columns import Column, Scratch, source_sql, type_column
from riskcore.ingest.dayorder import Orders, find_orders
from riskcore.ingest.kinds import CUSTOMERS, Kind
from riskcore.ingest.kinds.base import Asking
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Option, Question
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import cell_words, plain, unit_of
from riskcore.policy import Policy
from riskcore.policy.models import Agency
from riskcore.store import Store

RATIO_BELOW = 1.5  # a column of per cents whose median is under this may hold ratios
INDUSTRIES_MOST = 12
NOT_KNOWN = "none"  # the answer that leaves an industry unknown; it is asked again another time
SCALES = (1, 5, 10, 100, 1000)  # where a score from elsewhere may end

_SECTION_CODE = re.compile(r"[A-T][0-9]{2,4}")


def questions(
    upload: Upload, matches: Sequence[Match], policy: Policy, store: Store, kind: Kind = CUSTOMERS
) -> tuple[Question, ...]:
    """All that is to be answered before the file can be checked as one of its kind."""
    with Scratch(upload) as scratch:
        return ask(Asking(scratch, upload, matches, policy, store), kind)


def ask(asking: Asking, kind: Kind) -> tuple[Question, ...]:
    """The same on a scratch database that is open already."""
    scratch, matches, policy, store = asking.scratch, asking.matches, asking.policy, asking.store
    marks = decimals.marks(scratch, matches)
    commas = decimals.with_comma(marks)
    unclear = decimals.undecided(marks, matches)
    asked = [] if unclear is None else [_decimals(unclear, str(marks[unclear.index].either))]
    asked += _dates(find_orders(scratch, matches), matches)
    for match in matches:
        if match.field is None:
            continue
        if unit_of(policy, match.field) == "percent":
            asked += _percent(scratch, type_column(scratch, match, policy, match.index in commas))
        elif match.field == "credit_score":
            asked += _score(scratch, type_column(scratch, match, policy, match.index in commas), policy)
        elif match.field == "industry":
            asked += _industries(scratch, match, policy, store)
    return (*asked, *kind.ask(asking))


def settle(asked: Sequence[Question], answers: Mapping[str, str]) -> dict[str, str]:
    """An answer per question, its default where none was given; FileRefused where one stays open."""
    settled = {}
    for question in asked:
        answer = answers.get(question.id, question.default)
        if answer is None or not is_answer(question, answer):
            raise FileRefused("file_question_open", heading=question.heading)
        settled[question.id] = str(answer)
    return settled


def proven(scratch: Scratch, matches: Sequence[Match]) -> dict[str, str]:
    """What the file shows of its dates and decimals, as answers to the questions that it leaves no room for."""
    orders = set(find_orders(scratch, matches).decided.values())
    comma = decimals.of_file(decimals.marks(scratch, matches))
    found = {"dates": str(next(iter(orders)))} if len(orders) == 1 else {}
    return found if comma is None else found | {"decimals": "thousands" if comma else "point"}


def is_answer(question: Question, answer: str) -> bool:
    """Whether a question can be answered so."""
    return bool(question.free and answer) or answer in {option.value for option in question.options}


def apply(
    scratch: Scratch, matches: Sequence[Match], answers: Mapping[str, str], policy: Policy
) -> tuple[list[Column], list[Phrase]]:
    """The mapped columns typed with the answers applied, and what is to be said about them."""
    columns: list[Column] = []
    notes: list[Phrase] = []
    low, high = policy.base_score, policy.top_score
    said = next((answer == "thousands" for name, answer in answers.items() if name.startswith("decimals")), None)
    commas = decimals.with_comma(decimals.marks(scratch, matches), said)
    found = find_orders(scratch, matches)
    order_of = {place: cast(Order, answers["dates"]) for place in found.possible} | dict(found.decided)
    for match in matches:
        answer = answers.get(f"percent:{match.index}") or answers.get(f"score:{match.index}") or "as_is"
        kind, _, detail = answer.partition(":")
        heading = {"heading": match.heading}
        if match.multiplier != 1:
            key = "questions.note_years" if match.field == "months_trading" else "questions.note_multiplied"
            notes.append(Phrase(key, heading | {"multiplier": match.multiplier}))
        if kind == "leave_out" and match.field == "credit_score":
            continue
        if kind == "agency" and match.field == "credit_score":
            # A grade that the file gives itself counts for more than one read from a scale.
            if all(m.field != "external_grade" for m in matches):
                columns.append(type_column(scratch, match, policy, grades=_grader(detail, policy)))
                notes.append(Phrase("questions.note_agency", heading))
            continue
        column = type_column(scratch, match, policy, match.index in commas, order_of.get(match.index))
        if kind == "times_100":
            # Rounded, so that 0.57 becomes 57 and not the float just below it; what has a sign is per cent already.
            signed = f"regexp_matches(upload.c{match.index}, '[%％]')"
            times = f"case when {signed} then {column.value} else round(({column.value}) * 100, 6) end"
            column = replace(column, value=times)
        elif kind == "mirror":
            column = replace(column, final=f"{low + high} - {column.final}")
        elif kind in {"stretch_good", "stretch_risk"}:
            share = f"{column.final} / {int(detail)}.0 * {high - low}"
            final = f"{low} + {share}" if kind == "stretch_good" else f"{high} - {share}"
            column = replace(column, final=f"round({final}, 6)")
            notes.append(Phrase("questions.note_stretched", heading | {"most": int(detail), "low": low, "high": high}))
        columns.append(column)
    return columns, notes


def _grader(agency_id: str, policy: Policy) -> Callable[[str], Cell]:
    agency = next(a for a in policy.agency if a.id == agency_id)

    def grade(text: str) -> Cell:
        said = cells.silence(text, stated=True) or cells.read_number(text, "points")
        value = None if said.value is None else grade_of(agency, float(said.value))
        return said if said.value is None else Cell(value)

    return grade


def _decimals(match: Match, sample: str) -> Question:
    slots = {"sample": sample, "whole": sample.replace(".", "")}
    options = (
        Option("thousands", "questions.decimals_thousands", slots),
        Option("point", "questions.decimals_point", {"sample": sample}),
    )
    return _question("decimals", match, "questions.decimals", {"heading": match.heading, "sample": sample}, options)


_ORDERS: dict[Order, str] = {
    "day": "questions.dates_day",
    "month": "questions.dates_month",
    "year": "questions.dates_year",
}


def _dates(found: Orders, matches: Sequence[Match]) -> list[Question]:
    """The one question on the dates of a file."""
    if not found.possible:
        return []
    place = next(iter(found.possible))
    match = next(m for m in matches if m.index == place)
    options = tuple(
        Option(order, _ORDERS[order], {"sample": found.sample, "day": cells.read_date(found.sample, order).value})
        for order in found.possible[place]
    )
    slots = {"heading": match.heading, "sample": found.sample}
    return [Question("dates", "dates", "questions.dates", str(match.field), match.heading, slots, options)]


def _percent(scratch: Scratch, column: Column) -> list[Question]:
    source = f"upload.c{column.match.index}"
    row = scratch.cursor.execute(
        f"select median(abs(value)) from (select {column.value} as value from {source_sql([column])} "
        f"where not regexp_matches({source}, '[%％]')) where value <> 0"
    ).fetchone()
    [median] = row or (None,)
    if median is None or median >= RATIO_BELOW:
        return []
    options = (Option("times_100", "questions.percent_times_100"), Option("as_is", "questions.percent_as_is"))
    slots = {"heading": column.match.heading, "median": f"{median:.3g}"}
    return [_question("percent", column.match, "questions.percent", slots, options)]


def _score(scratch: Scratch, column: Column, policy: Policy) -> list[Question]:
    low, high = policy.base_score, policy.top_score
    row = scratch.cursor.execute(
        f"select min(value), max(value), count(*) filter (where value between $low and $high) from "
        f"(select {column.value} as value from {source_sql([column])})",
        {"low": low, "high": high},
    ).fetchone()
    lowest, highest, on_scale = row or (None, None, 0)
    if lowest is None or highest is None:
        return []
    all_on_scale = low <= lowest and highest <= high
    speaks_of_risk = any(word in plain(column.match.heading) for word in cell_words("heading.risk"))
    if all_on_scale and not speaks_of_risk:
        return []
    scale = {"low": low, "high": high}
    options = [Option("as_is", "questions.score_as_is")] if on_scale else []
    if all_on_scale:
        options.append(Option("mirror", "questions.score_mirror", scale))
    most = next((most for most in SCALES if highest <= most), None)
    if not all_on_scale and lowest >= 0 and most is not None:
        stretched = scale | {"most": most}
        options.append(Option(f"stretch_good:{most}", "questions.score_stretch_good", stretched))
        options.append(Option(f"stretch_risk:{most}", "questions.score_stretch_risk", stretched))
    options += [
        Option(f"agency:{agency.id}", "questions.score_agency", {"agency": agency.name})
        for agency in policy.agency
        if covers(agency, lowest, highest)
    ]
    options.append(Option("leave_out", "questions.score_leave_out"))
    slots = {"heading": column.match.heading, "lowest": f"{lowest:g}", "highest": f"{highest:g}"} | scale
    key = "questions.score_risk" if all_on_scale else "questions.score"
    return [_question("score", column.match, key, slots, tuple(options))]


def covers(agency: Agency, lowest: float, highest: float) -> bool:
    """Whether an agency's scale reaches over all of the values."""
    return (
        bool(agency.bands)
        and min(b.lower for b in agency.bands) <= lowest
        and highest <= max(b.upper for b in agency.bands)
    )


def grade_of(agency: Agency, value: float) -> str | None:
    """The grade that a value on an agency's scale stands for, between two bands the lower; None off the scale."""
    if not covers(agency, value, value):
        return None
    return max((band for band in agency.bands if band.lower <= value), key=lambda band: band.lower).grade


def _industries(scratch: Scratch, match: Match, policy: Policy, store: Store) -> list[Question]:
    known = {industry_word(w) for i in policy.industry for w in (i.section, i.name.zh, i.name.en, *i.words)}
    known |= {str(name) for (name,) in store.rows("select name from remembered where kind = 'industry'")}
    counted = scratch.cursor.execute(
        f"select c{match.index}, count(*) from upload where c{match.index} is not null group by all order by 2 desc, 1"
    ).fetchall()
    words: dict[str, tuple[str, int]] = {}
    for text, customers in counted:
        word = industry_word(text)
        if word in known or plain(word) in cell_words("cell.missing") or _SECTION_CODE.fullmatch(word.upper()):
            continue
        words[word] = (words.get(word, (text, 0))[0], words.get(word, (text, 0))[1] + customers)
    options = (
        Option(NOT_KNOWN, "questions.industry_none"),
        *(
            Option(i.section, "questions.industry_section", {"section": i.section, "industry": i.name})
            for i in policy.industry
        ),
    )
    most = sorted(words.items(), key=lambda item: -item[1][1])[:INDUSTRIES_MOST]
    return [
        Question(
            id=f"industry:{word}",
            kind="industry",
            key="questions.industry",
            field="industry",
            heading=match.heading,
            slots={"word": text[:80], "customers": customers},
            options=options,
            default=NOT_KNOWN,
        )
        for word, (text, customers) in most
    ]


def industry_word(text: str) -> str:
    """An industry's word as it is remembered and looked up: trimmed, in lower case."""
    return text.strip().lower()


def _question(
    kind: str,
    match: Match,
    key: str,
    slots: dict[str, Any],
    options: tuple[Option, ...],
) -> Question:
    return Question(f"{kind}:{match.index}", kind, key, str(match.field), match.heading, slots, options)
