"""Files handed back: the rows set aside with their reasons, and the template to fill in."""

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from riskcore import schema
from riskcore.ingest.checking import Checked
from riskcore.ingest.upload import Upload
from riskcore.ingest.words import heading_currency, is_reason
from riskcore.policy import Characteristic, Policy
from riskcore.spreadsheet import csv_bytes
from riskcore.text import Words, keys

# Facts of the template beside the characteristics, with an example of each; those in words come from the texts.
_EXAMPLES = {
    "customer_id": None,
    "customer_name": None,
    "industry": None,
    "region": None,
    "salesperson": None,
    "exposure": "120000",
    "past_due_amount": "15000",
    "credit_limit": "200000",
    "annual_sales": "900000",
    "customer_revenue": "36000000",
    "net_worth": "8000000",
    "secured_amount": "0",
    "incorporation_date": "2012-05-18",
    "relationship_start": "2019-03-01",
    "credit_score": "680",
}
# What follows from the facts above or from the policy's tables, and is asked for in a file of its own at most.
_DERIVED = {
    "net_worth_to_requested_limit",
    "years_since_incorporation",
    "months_trading",
    "industry_risk_grade",
    "industry_outlook",
    "country_risk_grade",
}


def set_aside_csv(upload: Upload, checked: Checked, t: Words) -> bytes:
    """The rows set aside as they were, with a last column of reasons: UTF-8 with BOM, no live formulas.

    What titles said of the unit stands in the headings, so that the file is complete without them.
    """
    reasons: defaultdict[int, list[str]] = defaultdict(list)
    for problem in checked.problems.to_dict("records"):
        if problem["effect"] == "row":
            reason = t(problem["reason"], **problem["slots"])
            heading = problem["column"]
            reasons[problem["line"]].append(
                t("problems.at_column", heading=heading, reason=reason) if heading else reason
            )
    # A file of rows set aside that comes back has a column of reasons already.
    kept = [i for i, heading in enumerate(upload.headings) if not is_reason(heading)]
    chosen = upload.rows.filter(pc.is_in(upload.rows["line"], value_set=pa.array(list(reasons), pa.int64())))
    cells = [chosen.column(f"c{i}").to_pylist() for i in kept]
    rows = {line: [column[at] or "" for column in cells] for at, line in enumerate(chosen["line"].to_pylist())}
    rows |= {b.line: [b.text, *[""] * (len(kept) - 1)] for b in upload.broken}
    heading = [*(_with_unit(upload, checked, i) for i in kept), t("problems.reason_heading")]
    return _csv([heading, *([*rows[line], t("problems.between").join(reasons[line])] for line in sorted(rows))])


_UNITS = {10**3: ("千元", "thousand"), 10**4: ("万元", "万元"), 10**6: ("百万元", "million"), 10**8: ("亿元", "亿元")}


def _with_unit(upload: Upload, checked: Checked, index: int) -> str:
    """A heading, with the unit of the file's titles behind it where that is what the column is counted in."""
    heading = upload.headings[index]
    if index not in checked.units:
        return heading
    unit = _UNITS.get(checked.units[index], ("千万元", "千万元"))[heading.isascii()]
    return f"{heading} ({' '.join(filter(None, (heading_currency(upload.unit_line), unit)))})"


def fix_of(reason: str) -> str | None:
    """The key of what to do about a problem, by the key of its reason; None where nothing is proposed."""
    key = f"fixes.{reason.removeprefix('problems.')}"
    return key if key in keys() else None


def template_csv(policy: Policy, t: Words) -> bytes:
    """A file to fill in: headings in the reader's language and one row that is clearly an example."""
    asked = [c for c in policy.characteristic if c.id not in _DERIVED]
    names = [*_EXAMPLES, *(c.id for c in asked), *(f.name for f in schema.FLAGS)]
    examples = [
        *(value or _worded_example(name, policy, t) for name, value in _EXAMPLES.items()),
        *(_example(c, t) for c in asked),
        *("0" for _ in schema.FLAGS),
    ]
    return _csv([[t(f"fields.{name}") for name in names], examples])


def _worded_example(name: str, policy: Policy, t: Words) -> str:
    return t.of(policy.industry[0].name) if name == "industry" else t(f"fields.example.{name}")


def _example(characteristic: Characteristic, t: Words) -> str:
    """A value in the middle of a characteristic's bins."""
    middle = characteristic.bins[len(characteristic.bins) // 2]
    if characteristic.is_category:
        return str(t.of(middle.name) if middle.name else middle.value)
    return f"{middle.lower if middle.lower is not None else middle.upper:g}"


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    heading, *cells = rows
    return csv_bytes(pd.DataFrame(cells, columns=list(heading), dtype="str"))
