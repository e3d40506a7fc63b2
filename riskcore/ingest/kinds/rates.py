"""Exchange rates: units of the book's currency for one unit of another, from a day on."""

from collections.abc import Iterator, Mapping, Sequence

from riskcore.ingest.columns import source_sql, type_column
from riskcore.ingest.kinds.base import Asking, Kind, Problem, Shaping
from riskcore.ingest.kinds.rates_wide import ROUGHLY, WideRates, crossed_sql, crosses, melted
from riskcore.ingest.mapping import Match
from riskcore.ingest.questioning import Option, Question
from riskcore.ingest.upload import Upload
from riskcore.store import Store

_SQL = {"as_is": "rate", "inverse": "1 / rate", "hundred": "rate / 100"}


def _own(store: Store, otherwise: str) -> str:
    kept = store.one("select value from meta where name = 'currency'")
    return str(kept[0]) if kept else otherwise


def ask(asking: Asking) -> list[Question]:
    """Which way round the rates are, where their size speaks against units of the book's currency for one."""
    by_field = {m.field: m for m in asking.matches if m.field}
    if not {"currency", "rate"} <= by_field.keys():
        return []
    own = _own(asking.store, asking.policy.currency)
    columns = [type_column(asking.scratch, by_field[name], asking.policy) for name in ("currency", "rate")]
    if isinstance(asking.upload, WideRates) and own in {str(c.currency) for c in columns[0].read.values()}:
        return []  # the column of the book's own currency tells
    told = asking.scratch.cursor.execute(
        f"select code, median(rate) from (select {columns[0].value} as code, {columns[1].value} as rate "
        f"from {source_sql(columns)}) where code is not null and rate > 0 group by 1 order by count(*) desc, 1"
    ).fetchall()
    votes = [(way, code, rate) for code, rate in told if (way := _way(code, own, rate))]
    if not votes or votes[0][0] == "as_is":
        return []
    way, code, rate = votes[0]
    match, slots = by_field["rate"], {"code": code, "own": own}
    options = tuple(
        Option(name, key, slots)
        for name, key in (
            ("as_is", "ledger.rate_as_is"),
            ("inverse", "ledger.rate_inverse"),
            ("hundred", "ledger.rate_hundred"),
        )
    )
    sample = {"heading": match.heading, "code": code, "sample": f"{rate:g}"}
    return [Question(f"rate:{match.index}", "rate", "ledger.rate", "rate", match.heading, sample, options, way)]


def _way(code: str, own: str, rate: float) -> str | None:
    """How a rate is meant by its size; None where that cannot be told."""
    if code == own or code not in ROUGHLY or own not in ROUGHLY:
        return None
    expected = ROUGHLY[code] / ROUGHLY[own]
    likely = {"as_is": expected, "inverse": 1 / expected, "hundred": 100 * expected}
    way = min(likely, key=lambda name: max(rate / likely[name], likely[name] / rate))
    return None if 1 / 3 < expected < 3 and way == "inverse" else way


def judge(shaping: Shaping) -> Iterator[Problem]:
    """Rows without a currency or a rate, and a second rate of a currency and day."""
    cursor = shaping.scratch.cursor
    for condition, name, reason in (
        ("currency is null", "currency", "ledger.no_currency"),
        ("rate is null or rate <= 0", "rate", "ledger.no_rate"),
    ):
        for (line,) in cursor.execute(f"select line from typed where {condition}").fetchall():
            yield line, shaping.heading(name), "", reason, {}, "row"
    day = shaping.column("rate_date", "null::date")
    for line, code, first in cursor.execute(
        f"select line, currency, first from (select line, currency, min(line) over (partition by currency, {day}) "
        "as first from typed where currency is not null and rate > 0) where line > first"
    ).fetchall():
        yield line, shaping.heading("currency"), code, "ledger.rate_twice", {"first": first}, "row"


def tables(shaping: Shaping) -> Mapping[str, str]:
    """The rates, turned as was answered; of a table with a column of the book's currency, by that column."""
    own = _own(shaping.store, shaping.policy.currency)
    if isinstance(shaping.upload, WideRates) and crosses(shaping.scratch, own):
        return {"rate": crossed_sql(shaping.scratch)}
    answer = next((a for name, a in shaping.answers.items() if name.startswith("rate:")), "as_is")
    return {
        "rate": f"select line, currency, {shaping.column('rate_date', 'null::date')} as day, {_SQL[answer]} as rate "
        "from typed anti join aside using (line) order by line"
    }


def fits(upload: Upload, matches: Sequence[Match]) -> float:
    """Rates stand in few columns and tell no customer."""
    return 0.3 if len(upload.headings) <= 6 and {"currency", "rate"} <= {m.field for m in matches} else -1.0


RATES = Kind(
    id="rates",
    fields=("currency", "rate_date", "rate"),
    needs=(("currency",), ("rate",)),
    tables=tables,
    group="rates",
    names_customers=False,
    ask=ask,
    judge=judge,
    fits=fits,
    reshape=melted,
)
