"""From what an agency writes, letters or figures, to the normalised grade that the policy's table gives it."""

from collections.abc import Iterator

import pyarrow as pa

from riskcore import names
from riskcore.policy.models import Agency, Policy

_BEGINS = 4  # letters of an agency's name from which a longer name that begins with it is the same agency


def scales(policy: Policy) -> dict[str, pa.Table]:
    """The tables that `graded` reads, to be registered under their names.

    `scale_word`: word (of an agency), scale. `scale_letter`: scale, letter, place (a notch each, 0 the best), normal
    (the grade), rank (of that, 0 the best). `scale_band`: scale, lower, upper, normal, rank.
    """
    bins = next((c.bins for c in policy.characteristic if c.id == "external_grade"), ())
    ranks = {b.value: rank for rank, b in enumerate(reversed(bins))}
    words: list[dict[str, object]] = []
    letters: list[dict[str, object]] = []
    bands: list[dict[str, object]] = []
    for agency in policy.agency:
        words += [{"word": word, "scale": agency.id} for word in (agency.id, *agency.words)]
        for place, step in enumerate(agency.grades):
            step_of = {
                "scale": agency.id,
                "place": place,
                "normal": step.grade,
                "rank": ranks.get(step.grade, len(ranks)),
            }
            letters += [{"letter": letter_key(word)} | step_of for word in step.words]
        for band in agency.bands:
            graded_as = {"normal": band.grade, "rank": ranks.get(band.grade, len(ranks))}
            bands.append({"scale": agency.id, "lower": band.lower, "upper": band.upper} | graded_as)
    text, whole, figure = pa.string(), pa.int32(), pa.float64()
    normal = [("normal", text), ("rank", whole)]
    shapes = {
        "scale_word": (words, [("word", text), ("scale", text)]),
        "scale_letter": (letters, [("scale", text), ("letter", text), ("place", whole), *normal]),
        "scale_band": (bands, [("scale", text), ("lower", figure), ("upper", figure), *normal]),
    }
    return {name: pa.Table.from_pylist(rows, pa.schema(shape)) for name, (rows, shape) in shapes.items()}


def graded(source: str) -> str:
    """A query over `source` (agency, grade, score): each of its rows once, with scale, place, normal and rank.

    `normal` is the normalised grade, `rank` its rank and `place` the notch on the agency's own scale of letters, 0 the
    best; NULL where the table does not tell. Of a value between two bands the lower counts, of two scales the worse.
    """
    letter = "replace(translate(lower(c.grade), '（）＋－−–', '()+---'), ' ', '')"
    return f"""
with cases as (select distinct agency, grade, score from {source}),
agency_scale as (
  select distinct agency, scale
  from (select distinct agency, {names.key("agency")} as told from cases) a
  join (select {names.key("word")} as known, scale from scale_word) w
    on told = known or (starts_with(told, known) and (length(known) >= {_BEGINS} or strlen(known) > length(known)))
),
lettered as (
  select c.agency, c.grade, max(scale) as scale, max(place) as place, max(normal) as normal, max(rank) as rank
  from (select distinct agency, grade from cases) c join agency_scale using (agency) join scale_letter l using (scale)
  where l.letter = {letter} group by all
),
figured as (
  select agency, grade, score, arg_max(scale, rank) as scale, arg_max(normal, rank) as normal, max(rank) as rank
  from (
    select agency, grade, score, scale, arg_max(normal, lower) filter (where lower <= figure) as normal,
      arg_max(rank, lower) filter (where lower <= figure) as rank
    from (select *, coalesce(try_cast(grade as double), score) as figure from cases) join agency_scale using (agency)
    join scale_band using (scale)
    group by agency, grade, score, figure, scale having figure <= max(upper)
  ) where normal is not null group by all
)
select s.*, coalesce(l.scale, f.scale) as scale, l.place, coalesce(l.normal, f.normal) as normal,
  coalesce(l.rank, f.rank) as rank
from {source} s
left join lettered l on l.agency = s.agency and l.grade = s.grade
left join figured f on f.agency = s.agency and f.grade is not distinct from s.grade
  and f.score is not distinct from s.score
"""


def letter_key(text: str) -> str:
    """A grade in letters as it is compared."""
    return text.casefold().replace(" ", "")


def named_in(policy: Policy, text: str) -> Iterator[Agency]:
    """The scales whose agency a heading or a file's name tells: `S&P rating`, `FailureScore`."""
    plain, joined = text.casefold(), "".join(ch for ch in text.casefold() if ch.isalnum())
    for agency in policy.agency:
        for word in agency.words:
            bare = "".join(ch for ch in word.casefold() if ch.isalnum())
            if word.casefold() in plain or (len(bare) >= _BEGINS and bare in joined):
                yield agency
                break
