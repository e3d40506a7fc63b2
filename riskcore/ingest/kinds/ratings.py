"""Ratings: what an agency's report says of a company, one row per company and report."""

from collections.abc import Iterator, Mapping, Sequence

from riskcore.ingest.cells import silence
from riskcore.ingest.kinds import matching
from riskcore.ingest.kinds.base import VALUE_MOST, Asking, Kind, Problem, Shaping
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Option, Question
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import plain, synonyms
from riskcore.policy import agencies
from riskcore.policy.models import Agency

_STATED = ("legal_events_24m", "bureau_days_beyond_terms")
_SAID = (
    *("reg_no", "incorporation_date", "agency_grade", "agency_limit", "agency_payment_index", "k1", "k2", "k3", "s3"),
    *_STATED,
)
_RATED = ("agency_grade", "agency_score", "agency_pd_pct")
NO_AGENCY = "none"  # the answer that keeps a grade without reading it


def ask(asking: Asking) -> list[Question]:
    """Whose letters or figures a column holds, where neither a column of agencies nor its heading tells."""
    matches = {match.field: match for match in asking.matches}
    if "agency" in matches:
        return []
    asked = []
    for name in ("agency_grade", "agency_score"):
        match = matches.get(name)
        if match is None or _of_heading(asking, match):
            continue
        found = asking.scratch.texts(f"select distinct c{match.index} from upload where c{match.index} is not null")
        values = [text for text in found if silence(text, stated=True) is None]
        fitting = [agency for agency in asking.policy.agency if values and all(_reads(agency, v) for v in values)]
        if fitting:
            asked.append(_scale_question(asking, match, fitting, values))
    return asked


def _of_heading(asking: Asking, match: Match) -> Agency | None:
    return next((a for a in agencies.named_in(asking.policy, match.heading) if _holds(a, str(match.field))), None)


def _holds(agency: Agency, field: str) -> bool:
    return bool(agency.grades if field == "agency_grade" else agency.bands)


def _reads(agency: Agency, text: str) -> bool:
    """Whether a value stands on an agency's scale."""
    if any(agencies.letter_key(plain(text)) == agencies.letter_key(w) for step in agency.grades for w in step.words):
        return True
    try:
        return any(band.lower <= float(text) <= band.upper for band in agency.bands)
    except ValueError:
        return False


def _scale_question(asking: Asking, match: Match, fitting: list[Agency], values: list[str]) -> Question:
    upload = asking.upload
    told = [a for a in agencies.named_in(asking.policy, f"{upload.name} {upload.sheet}") if a in fitting]
    options = [Option(a.id, "ratings.scale_agency", {"agency": a.name}) for a in fitting]
    return Question(
        id=f"scale:{match.field}",
        kind="scale",
        key="ratings.scale",
        field=str(match.field),
        heading=match.heading,
        slots={"heading": match.heading, "samples": ", ".join(sorted(values)[:5])},
        options=(*options, Option(NO_AGENCY, "ratings.scale_none")),
        default=next((a.id for a in told or (fitting if len(fitting) == 1 else [])), None),
    )


def fits(upload: Upload, matches: Sequence[Match]) -> float:
    """A column of agencies beside one of grades or scores speaks for ratings."""
    fields = {match.field for match in matches}
    return 1.0 if "agency" in fields and fields & {"agency_grade", "agency_score"} else 0.0


def tables(shaping: Shaping) -> Mapping[str, str]:
    """Every rating with its agency; of each customer what its reports say beside, a row per day."""
    matching.prepare(shaping)
    _prepare_rated(shaping)
    said = ["customer_id", "customer_name", "line", "dated"]
    said += [name for name in _SAID if shaping.has(name) or (name == "k1" and shaping.has("company_status"))]
    said += [f"{name}_state" for name in _STATED if shaping.has(name)]
    values = {
        "customer_name": f"case when in_book then null else {shaping.column('customer_name', 'customer_id')} end",
        "dated": shaping.column("report_date", "null::date"),
        "k1": _closed(shaping),
    }
    listed = ", ".join(f"{values[name]} as {name}" if name in values else name for name in said)
    source = "(select * exclude customer_id from typed) join belongs using (line) anti join aside using (line)"
    return {
        "rating": "select belongs.customer_id, line, report_date, agency, grade, score, pd_pct "
        "from rated join belongs using (line) anti join aside using (line) order by line",
        "input": f"select {listed} from {source} "
        "qualify row_number() over (partition by customer_id, dated order by line desc) = 1 order by line",
    }


def _prepare_rated(shaping: Shaping) -> None:
    """Make the temporary table `rated` in scratch: line, report_date, agency, grade, score, pd_pct.

    A column of grades and one of scores that are of two scales make two rows.
    """
    day = shaping.column("report_date", "null::date")
    grade, score = shaping.column("agency_grade", "null::varchar"), shaping.column("agency_score", "null::double")
    pd_pct = shaping.column("agency_pd_pct", "null::double")
    bound: dict[str, str] = {}
    if shaping.has("agency"):
        rows = [("agency", grade, score, pd_pct)]
    else:
        bound = {name: _scale(shaping, name) for name in ("agency_grade", "agency_score") if shaping.has(name)}
        rows = [("null::varchar", "null::varchar", "null::double", pd_pct)]
        if shaping.has("agency_grade"):
            rows.append(("$agency_grade", grade, "null", "null"))
        if shaping.has("agency_score"):
            rows.append(("$agency_score", "null", score, "null"))
    parts = " union all ".join(
        f"select line, {day} as report_date, nullif({agency}, '') as agency, {g} as grade, {s} as score, {p} as pd_pct "
        "from typed"
        for agency, g, s, p in rows
    )
    shaping.scratch.cursor.execute(
        f"create or replace temp table rated as select * from ({parts}) "
        "where grade is not null or score is not null or pd_pct is not null",
        bound,
    )


def _scale(shaping: Shaping, name: str) -> str:
    """The id of the scale that a column is on, '' where nobody knows it."""
    answer = shaping.answers.get(f"scale:{name}")
    if answer is not None:
        return "" if answer == NO_AGENCY else answer
    named = agencies.named_in(shaping.policy, shaping.heading(name))
    return next((a.id for a in named if _holds(a, name)), "")


def _closed(shaping: Shaping) -> str:
    """Whether the company is insolvent, in liquidation or struck off: by its flag or its status, in SQL."""
    if not shaping.has("company_status"):
        return shaping.column("k1")
    status = f"case when {_speaks('closed')} then true when {_speaks('open')} then false end"
    return f"coalesce(k1 or {status}, k1, {status})" if shaping.has("k1") else status


def _speaks(word: str) -> str:
    """Whether a company's status holds one of the words for it; they are our own, letters and blanks alone."""
    said = (plain(w) for w in synonyms(RATINGS.group)[f"status.{word}"])
    words = "|".join(rf"\b{w}" if w.isascii() else w for w in said)
    return f"regexp_matches(lower(company_status), '{words}')"


def judge(shaping: Shaping) -> Iterator[Problem]:
    """Ratings that the policy's table gives no grade, and statuses of a company that are not known."""
    cursor = shaping.scratch.cursor
    _prepare_rated(shaping)
    scales = agencies.scales(shaping.policy)
    for name, table in scales.items():
        cursor.register(name, table)
    unread = cursor.execute(
        f"select line, agency, coalesce(grade, score::varchar) from ({agencies.graded('rated')}) "
        "where normal is null and (grade is not null or score is not null)"
    ).fetchall()
    for name in scales:
        cursor.unregister(name)
    heading = shaping.heading("agency_grade") or shaping.heading("agency_score")
    for line, agency, value in unread:
        yield line, heading, value[:VALUE_MOST], "problems.grade_unread", {"agency": (agency or "–")[:40]}, "note"
    if shaping.has("company_status"):
        for line, status in cursor.execute(
            "select line, company_status from typed "
            f"where company_status is not null and not {_speaks('closed')} and not {_speaks('open')}"
        ).fetchall():
            heading = shaping.heading("company_status")
            yield line, heading, status[:VALUE_MOST], "problems.status_unknown", {}, "note"


RATINGS = Kind(
    id="ratings",
    fields=(
        *("customer_id", "customer_name", "agency", "agency_score", "agency_pd_pct", "report_date", "company_status"),
        *_SAID,
    ),
    needs=(("customer_id", "customer_name", "reg_no"), (*_RATED, *(name for name in _SAID if name != "reg_no"))),
    tables=tables,
    group="ratings",
    ask=ask,
    judge=judge,
    fits=fits,
    notes=matching.notes,
)
