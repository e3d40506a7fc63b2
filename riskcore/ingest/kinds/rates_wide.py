"""Tables of exchange rates with a column per currency, as central banks publish them: a row per currency and day."""

import re
from dataclasses import dataclass, fields
from math import log
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc

from riskcore.ingest.cells import silence
from riskcore.ingest.columns import Scratch
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import normalise_heading, synonyms

# Rough worth of one unit in US dollars: enough to tell a rate from its inverse and from one for a hundred units.
ROUGHLY = {
    **{"USD": 1.0, "EUR": 1.1, "GBP": 1.3, "CHF": 1.15, "CAD": 0.72, "AUD": 0.66, "NZD": 0.6, "SGD": 0.75},
    **{"CNY": 0.14, "HKD": 0.128, "TWD": 0.031, "JPY": 0.0067, "KRW": 0.00072, "INR": 0.0115, "THB": 0.029},
}
_CODE = re.compile(r"[A-Z]{3}")
_UNNAMED = re.compile(r"#\d+")
_KNOWN_LEAST = 3
_NEAR, _APART = log(1.35), log(1.12)  # how near a currency's worth is to what is expected, and how far the next one's


@dataclass(frozen=True)
class WideRates(Upload):
    """Such a table as rows, numbered on in place of lines: how many units of a currency one unit of another, which is
    the same in all of them and not named, is worth.
    """


def melted(upload: Upload) -> WideRates | None:
    """The rows of such a table; None where a column is neither of days nor of a currency."""
    if isinstance(upload, WideRates):
        return None
    days = {normalise_heading(word) for word in synonyms("rates")["rate_date"]}
    named = {at: text for at, text in enumerate(upload.headings) if not _UNNAMED.fullmatch(text)}
    dated = [at for at, text in named.items() if normalise_heading(text) in days]
    codes = {at: text for at, text in named.items() if _CODE.fullmatch(text)}
    if len(dated) != 1 or len(codes) + 1 != len(named) or len(ROUGHLY.keys() & codes.values()) < _KNOWN_LEAST:
        return None
    day = upload.rows.column(f"c{dated[0]}").combine_chunks()
    pieces = []
    for at, code in codes.items():
        cells = upload.rows.column(f"c{at}").combine_chunks()
        said = [text for text in pc.unique(cells).to_pylist() if text and silence(text, stated=False) is None]
        told = pc.is_in(cells, value_set=pa.array(said, pa.string()))
        rates = cells.filter(told)
        pieces.append(
            pa.table([pa.array([code] * len(rates), pa.string()), day.filter(told), rates], ["c0", "c1", "c2"])
        )
    rows = pa.concat_tables(pieces)
    rows = rows.add_column(0, "line", pa.array(range(1, rows.num_rows + 1), pa.int64()))
    kept = {f.name: getattr(upload, f.name) for f in fields(Upload)}
    headings = ("currency", upload.headings[dated[0]], "rate")
    return WideRates(**kept | {"headings": headings, "rows": rows, "rows_read": rows.num_rows})


def crosses(scratch: Scratch, own: str) -> bool:
    """Whether the book's own currency has a column, by which all others are worth so many units of it.

    It stands in the table `own_currency` from then on.
    """
    scratch.cursor.execute("create or replace temp table own_currency as select $own as currency", {"own": own})
    return bool(scratch.texts("select currency from typed semi join own_currency using (currency) limit 1"))


def crossed_sql(scratch: Scratch) -> str:
    """SQL of the rates (line, currency, day, rate) as units of the own currency, and those of the unnamed one."""
    kept = "typed anti join aside using (line)"
    own_rates = f"select rate_date, line, rate from {kept} semi join own_currency using (currency)"
    others = (
        f"select t.line, t.currency, t.rate_date as day, o.rate / t.rate as rate from ({kept}) t "
        f"join ({own_rates}) o on o.rate_date = t.rate_date anti join own_currency using (currency)"
    )
    base = _unnamed(scratch)
    named = f" union all select line, '{base}', rate_date, rate from ({own_rates})" if base else ""
    return f"select * from ({others}{named}) order by line"


def _unnamed(scratch: Scratch) -> str | None:
    """The currency that one unit is meant of, a code of ROUGHLY, if its worth by all columns tells it."""
    told = scratch.cursor.execute("select currency, median(rate) from typed where rate > 0 group by 1").fetchall()
    rates = {code: rate for code, rate in told if code in ROUGHLY}
    off = sorted(
        (median(abs(log(rate * ROUGHLY[code] / worth)) for code, rate in rates.items()), base)
        for base, worth in ROUGHLY.items()
        if base not in rates
    )
    if not rates or not off or off[0][0] > _NEAR or (len(off) > 1 and off[1][0] - off[0][0] < _APART):
        return None
    return off[0][1]
