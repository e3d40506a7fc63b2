"""When a document falls due: told outright, by days from a date, or by a code of terms that says its days."""

import re
from dataclasses import dataclass

import pyarrow as pa

from riskcore.ingest.kinds.base import Asking, Shaping
from riskcore.ingest.questioning import Option, Question
from riskcore.ingest.words import plain, synonyms

DAYS = ("terms_days_1", "terms_days_2", "terms_days_net")
TOLD = ("due_date", *DAYS)  # fields that make a code of terms needless
CODES_SHOWN = 8

_DISCOUNT = re.compile(r"\d+([.,]\d+)?\s*%?\s*[/,-]?\s*\d+\s*(days?)?\s*[,;/]?\s*")  # the 2/10 of 2/10 net 30
_MONTH_END = re.compile(r"eom|end of month|month end")
_NET = re.compile(r"(n|net)?\s*[/-]?\s*0*(\d{1,3})\s*(d|days?)?")


@dataclass(frozen=True)
class Terms:
    """Days from the baseline date, or from the end of its month."""

    days: int
    month_end: bool = False


def read_terms(code: str) -> Terms | None:
    """The days that a code of terms says by itself; None where it says none.

    >>> read_terms("2/10N30"), read_terms("N060"), read_terms("NAH4"), read_terms("EOM+30")
    (Terms(days=30, month_end=False), Terms(days=60, month_end=False), None, Terms(days=30, month_end=True))
    """
    word = plain(code)
    if word in _words("terms.at_once"):
        return Terms(0)
    monthly = _MONTH_END.search(word) is not None
    word = _MONTH_END.sub("", word)
    for sign in _words("terms.month_end"):
        monthly, word = monthly or sign in word, word.replace(sign, "")
    for sign in _words("terms.days"):
        word = word.replace(sign, "days")
    word = word.strip(" +-")
    if (discount := _DISCOUNT.match(word)) and word.startswith("n", discount.end()):
        word = word[discount.end() :]
    found = _NET.fullmatch(word)
    if found and not (found[0].isdigit() and found[0].startswith("0")):  # 0001 is a code, not a day
        return Terms(int(found[2]), monthly)
    return Terms(0, monthly) if monthly and not word else None


def _words(name: str) -> tuple[str, ...]:
    return tuple(plain(word) for word in synonyms("ledger").get(name, ()))


def ask(asking: Asking) -> list[Question]:
    """What the codes of terms mean, where the due date hangs on them alone."""
    by_field = {m.field: m for m in asking.matches if m.field}
    match = by_field.get("payment_terms")
    if match is None or by_field.keys() & set(TOLD):
        return []
    counted = asking.scratch.texts(
        f"select c{match.index} from upload where c{match.index} is not null group by all order by count(*) desc, 1"
    )
    read = {code: terms for code in counted if (terms := read_terms(code))}
    if not read:
        return []
    more = len(read) - CODES_SHOWN
    listed = "; ".join(_listed(code, terms) for code, terms in list(read.items())[:CODES_SHOWN])
    codes = listed + (" …" if more > 0 else "")
    options = (
        Option("as_read", "ledger.terms_as_read", {"codes": codes}),
        Option("baseline", "ledger.terms_baseline"),
        Option("unknown", "ledger.terms_unknown"),
    )
    return [
        Question(
            id=f"terms:{match.index}",
            kind="terms",
            key="ledger.terms",
            field="payment_terms",
            heading=match.heading,
            slots={"heading": match.heading},
            options=options,
            default="as_read",
        )
    ]


def _listed(code: str, terms: Terms) -> str:
    return f"{code[:20]} = {'EOM + ' if terms.month_end else ''}{terms.days}"


def prepare_codes(shaping: Shaping) -> None:
    """Make the table `term_code`: code, days, month_end, for the codes in `typed` that say their days."""
    query = "select distinct payment_terms from typed where payment_terms is not null"
    codes = shaping.scratch.texts(query) if shaping.has("payment_terms") else []
    read = [(code, terms) for code in codes if (terms := read_terms(code))]
    table = pa.table(
        {
            "code": pa.array([code for code, _ in read], pa.string()),
            "days": pa.array([terms.days for _, terms in read], pa.int32()),
            "month_end": pa.array([terms.month_end for _, terms in read], pa.bool_()),
        }
    )
    shaping.scratch.cursor.register("term_code", table)


def due_sql(shaping: Shaping, baseline: str, is_free_credit: str) -> str:
    """SQL of the due date over `typed` joined with `term_code`; NULL where it is not known.

    Net days count before those of a discount, the longer discount before the shorter: ZBD3T, ZBD2T, ZBD1T. A credit
    that names no invoice is due on its baseline date, whatever its days say. `baseline` and `is_free_credit`: SQL.
    """
    if shaping.has("due_date"):
        return _by_days(shaping, baseline, is_free_credit, "due_date")
    answer = next((a for name, a in shaping.answers.items() if name.startswith("terms:")), "unknown")
    by_code = {
        "as_read": f"case when month_end then last_day({baseline}) else {baseline} end + term_code.days",
        "baseline": baseline,
    }.get(answer, "null::date")
    return _by_days(shaping, baseline, is_free_credit, "null::date", by_code)


def _by_days(shaping: Shaping, baseline: str, is_free_credit: str, told: str, by_code: str = "null::date") -> str:
    if not any(shaping.has(name) for name in DAYS):
        return f"coalesce({told}, {by_code})"
    first, second, net = (f"round({shaping.column(name)})::integer" for name in DAYS)
    some = " or ".join(f"{shaping.column(name)} is not null" for name in DAYS)
    days = (
        f"case when {is_free_credit} then 0 when {net} > 0 then {net} when {second} > 0 then {second} "
        f"when {some} then coalesce({first}, 0) end"
    )
    return f"coalesce({told}, {baseline} + ({days}))"
