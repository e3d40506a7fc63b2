"""What commands share: a file made ready to be taken in, what it leaves open, and how a command ends."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from riskcore import ingest
from riskcore.errors import FileRefused, Phrase
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.text import Words

DONE, PROBLEMS, USAGE, FAILED = 0, 1, 2, 3
PROBLEMS_SHOWN = 20
_EFFECTS = {"row": "cli.effect_row", "cell": "cli.effect_cell", "note": "cli.effect_note"}


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit status, the lines for a person, and the same for a program."""

    status: int
    lines: list[str]
    data: dict[str, Any]


class Stopped(Exception):
    """A command that cannot go on, and has changed nothing: why, and what was asked or found."""

    def __init__(
        self, why: Phrase, questions: Iterable[ingest.Question] = (), checked: ingest.Checked | None = None
    ) -> None:
        super().__init__(why.key)
        self.why = why
        self.questions = tuple(questions)
        self.checked = checked


@dataclass(frozen=True)
class Ready:
    """A file that can be taken in, and what it asked; questions without an answer have a default."""

    prepared: ingest.Prepared
    asked: tuple[ingest.Question, ...]

    @property
    def checked(self) -> ingest.Checked:
        """What the file holds."""
        return self.prepared.checked


def make_ready(
    path: Path, policy: Policy, store: Store, answers: Mapping[str, str], as_of: date, whole_book: bool
) -> Ready:
    """The customers of a file under the proposed mapping; the store is only asked.

    Stopped where the file is refused, a question without a default has no answer, or no row is left.
    """
    try:
        upload = ingest.read(path.read_bytes(), path.name)
        matches = ingest.propose(upload, policy, ingest.remembered_headings(store))
        asked = ingest.questions(upload, matches, policy, store)
        still_open = [q for q in asked if chosen(q, answers) is None]
        if still_open:
            raise Stopped(Phrase("cli.open_questions", {"file": path.name, "n": len(still_open)}), still_open)
        given = {q.id: answers[q.id] for q in asked if q.id in answers}
        checked = ingest.check(upload, matches, given, policy, store)
    except OSError as error:
        raise Stopped(Phrase("cli.unreadable", {"file": str(path), "detail": error.strerror})) from error
    except FileRefused as error:
        raise Stopped(Phrase("cli.refused", {"file": path.name, "why": Phrase(error.key, error.slots)})) from error
    if not checked.rows_taken:
        raise Stopped(Phrase("cli.no_row_left", {"file": path.name}), checked=checked)
    return Ready(ingest.Prepared(upload, ingest.CUSTOMERS, matches, given, checked, as_of, whole_book), asked)


def chosen(question: ingest.Question, answers: Mapping[str, str]) -> ingest.Option | None:
    """The answer given to a question, else its default; None where it stays open."""
    value = answers.get(question.id, question.default)
    return next((option for option in question.options if option.value == value), None)


def stopped(stop: Stopped, t: Words) -> Outcome:
    """The end of a command that changed nothing."""
    lines = [t.phrase(stop.why)]
    data: dict[str, Any] = {"error": t.phrase(stop.why), "reason": stop.why.key}
    if stop.questions:
        data["questions"] = [question_data(q, t) for q in stop.questions]
        for question in stop.questions:
            lines += ["", ingest.worded(question, t)]
            lines += [f"  {answer(question, o.value)}    {ingest.worded(o, t)}" for o in question.options]
            lines += [f"  {answer(question, '…')}"] if question.free else []
    if stop.checked is not None:
        data["problems"] = problems_data(stop.checked, t)
        lines += problem_lines(data["problems"], t)
    return Outcome(FAILED, lines, data)


def answer(question: ingest.Question, value: str) -> str:
    """What to write on the command line to give an answer, quoted for a shell."""
    return f"--answer {shlex.quote(f'{question.id}={value}')}"


def question_data(question: ingest.Question, t: Words) -> dict[str, Any]:
    """A question for a program: its id, its sentence, and every answer as it is to be given."""
    options = [
        {"value": o.value, "text": ingest.worded(o, t), "give": answer(question, o.value)} for o in question.options
    ]
    return {
        "id": question.id,
        "heading": question.heading,
        "question": ingest.worded(question, t),
        "options": options,
    }


def ready_lines(ready: Ready, t: Words) -> list[str]:
    """What was understood of a file and is not plain from its headings, then its notes and problems."""
    named = [m for m in ready.prepared.matches if m.field not in {None, m.heading} and m.how not in {"same", "chosen"}]
    left_out = [m.heading for m in ready.prepared.matches if m.field is None]
    lines = [t("cli.taken_for", heading=m.heading, field=t(f"fields.{m.field}")) for m in named]
    if left_out:
        lines.append(t("cli.left_out", headings=t("cli.between").join(left_out)))
    for question in ready.asked:
        if option := chosen(question, ready.prepared.answers):
            lines.append(t("cli.settled", question=ingest.worded(question, t), answer=ingest.worded(option, t)))
    lines += [t.phrase(note) for note in ready.checked.notes]
    return lines + problem_lines(problems_data(ready.checked, t), t)


def ready_data(ready: Ready, t: Words) -> dict[str, Any]:
    """The same for a program, with every problem and the whole mapping."""
    return {
        "file": ready.prepared.upload.name,
        "encoding": ready.prepared.upload.encoding,
        "delimiter": ready.prepared.upload.delimiter,
        "rows_read": ready.checked.rows_read,
        "rows_taken": ready.checked.rows_taken,
        "rows_set_aside": ready.checked.rows_set_aside,
        "mapping": [
            {"heading": m.heading, "field": m.field, "confidence": m.confidence, "how": m.how}
            for m in ready.prepared.matches
        ],
        "answers": {q.id: option.value for q in ready.asked if (option := chosen(q, ready.prepared.answers))},
        "notes": [t.phrase(note) for note in ready.checked.notes],
        "problems": problems_data(ready.checked, t),
    }


def problems_data(checked: ingest.Checked, t: Words) -> list[dict[str, Any]]:
    """Every row and cell that was not taken as it stands, by line, with its reason in words."""
    return [
        {
            "line": int(p["line"]),
            "column": p["column"],
            "value": p["value"],
            "reason": t(p["reason"], **p["slots"]),
            "effect": p["effect"],
        }
        for p in checked.problems.to_dict("records")
    ]


def problem_lines(problems: list[dict[str, Any]], t: Words) -> list[str]:
    """The first problems, one a line, and how many more there are."""
    lines = []
    for p in problems[:PROBLEMS_SHOWN]:
        place = t("cli.at_column", line=p["line"], column=p["column"]) if p["column"] else t("cli.at", line=p["line"])
        effect = t(_EFFECTS[p["effect"]])
        lines.append("  " + t("cli.problem", place=place, value=p["value"], reason=p["reason"], effect=effect))
    if len(problems) > PROBLEMS_SHOWN:
        lines.append("  " + t("cli.more_problems", n=len(problems) - PROBLEMS_SHOWN))
    return lines
