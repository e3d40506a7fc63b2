"""A file made ready to be taken in: recognised, mapped, asked about, judged; the one entry of pages and commands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from riskcore.errors import FileRefused
from riskcore.ingest import layouts, recognising
from riskcore.ingest.asking import ask, is_answer
from riskcore.ingest.checking import Checked, judge, with_id
from riskcore.ingest.columns import Scratch
from riskcore.ingest.kinds import Kind
from riskcore.ingest.kinds.base import Asking
from riskcore.ingest.loading import Prepared, remembered_headings
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Question
from riskcore.ingest.upload import Upload
from riskcore.policy import Policy
from riskcore.store import Store


@dataclass(frozen=True)
class Preparing:
    """How far a file is ready.

    `upload`: in the form that is mapped. `confidence`: of the kind, from 0 to 1. `answers`: what was given, else
    remembered, else the default, for every question that has one. `checked` is None while a question is open or the
    file is refused. `remembered`: a file of this layout was taken in before. `refused`: why it cannot be taken in under
    this kind and mapping. `layout`: the fingerprint of the file as it came.
    """

    upload: Upload
    kind: Kind
    confidence: float
    matches: tuple[Match, ...]
    questions: tuple[Question, ...]
    answers: Mapping[str, str]
    open_questions: tuple[Question, ...]
    checked: Checked | None
    as_of: date
    whole_book: bool
    remembered: bool
    refused: FileRefused | None
    layout: str

    @property
    def prepared(self) -> Prepared:
        """What can be taken in; FileRefused where a question is open or nothing is left to take."""
        if self.refused is not None:
            raise self.refused
        if self.checked is None:
            raise FileRefused("file_question_open", heading=self.open_questions[0].heading)
        return Prepared(
            self.upload,
            self.kind,
            self.matches,
            self.answers,
            self.checked,
            self.as_of,
            self.whole_book,
            self.questions,
            self.layout,
        )


def prepare(
    upload: Upload,
    policy: Policy,
    store: Store,
    *,
    kind: Kind | None = None,
    fields: Mapping[int, str | None] | None = None,
    answers: Mapping[str, str] | None = None,
    as_of: date | None = None,
    whole_book: bool | None = None,
) -> Preparing:
    """Make a file ready; the store is only asked, and what is wrong with the file stands in the answer.

    What a person chose wins over what is remembered of the layout, and that over what is proposed: `kind`, `fields`
    by the place of a column in `Preparing.upload` (None leaves it out) and `answers` by the question's id. `as_of`:
    else the newest day that the file tells of, today at the latest.
    """
    layout = layouts.find(store, upload)
    known = remembered_headings(store)
    if kind is None and layout is not None:
        kind = layout.kind
    if layout is not None and kind is not layout.kind:
        layout = None
    guess = (
        recognising.recognise(upload, policy, known)
        if kind is None
        else recognising.as_kind(upload, kind, policy, known)
    )
    if layout is not None:
        guess = replace(guess, confidence=1.0, matches=layouts.recall(layout, guess.matches))
    matches = _chosen(guess.matches, fields or {})
    asked: tuple[Question, ...] = ()
    settled: dict[str, str] = {}
    checked: Checked | None = None
    refused: FileRefused | None = None
    try:
        mapped, said = with_id(matches, guess.kind)
        with Scratch(guess.upload) as scratch:
            asking = Asking(scratch, guess.upload, mapped, policy, store)
            asked = ask(asking, guess.kind)
            settled = _answered(asked, answers or {}, layout.answers if layout else {})
            if len(settled) == len(asked):
                checked = judge(asking, guess.kind, settled, said, as_of)
    except FileRefused as error:
        refused = error
    return Preparing(
        upload=guess.upload,
        kind=guess.kind,
        confidence=guess.confidence,
        matches=matches,
        questions=asked,
        answers=settled,
        open_questions=tuple(question for question in asked if question.id not in settled),
        checked=checked,
        as_of=as_of or (checked and checked.as_of) or date.today(),
        whole_book=guess.kind.whole_by_default if whole_book is None else whole_book,
        remembered=layout is not None,
        refused=refused,
        layout=layouts.fingerprint(upload),
    )


def _chosen(matches: Sequence[Match], fields: Mapping[int, str | None]) -> tuple[Match, ...]:
    """The proposal with what a person chose in its place; a field that was chosen leaves the column that had it."""
    takers = {name: matches[index].heading for index, name in fields.items() if name}
    return tuple(
        replace(m, field=fields[m.index], confidence=1.0, how="chosen", rival="")
        if m.index in fields
        else replace(m, field=None, confidence=0.0, how="none", rival=takers[m.field])
        if m.field in takers
        else m
        for m in matches
    )


def _answered(asked: Sequence[Question], given: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, str]:
    """The answer of each question that has one: a person's, else the layout's, else the default."""
    settled = {}
    for question in asked:
        for answer in (given.get(question.id), kept.get(layouts.name_of(question)), question.default):
            if answer is not None and is_answer(question, answer):
                settled[question.id] = answer
                break
    return settled
