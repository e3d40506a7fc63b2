"""Financial statements as a second opinion on a customer: all ratios and Altman's scores, never part of the score."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from riskcore import altman, versions
from riskcore.features import live, ratios
from riskcore.features import statements as periods
from riskcore.store import Cursor, Store

# What figures that follow from others are made of, so far as it is known; finance cost stands in for interest.
_MADE_OF = {
    "equity": ("total_assets", "total_liabilities"),
    "total_liabilities": ("total_assets", "equity"),
    "quick_assets": ("current_assets", "inventory", "prepayments"),
    "working_capital": ("current_assets", "current_liabilities"),
    "retained": ("retained_earnings", "surplus_reserve"),
    "debt": ("short_term_borrowings", "long_term_borrowings", "bonds_payable"),
    "tangible": ("equity", "intangibles", "goodwill"),
    "interest": ("interest_expense", "finance_cost"),
    "ebit": ("profit_before_tax", "interest_expense", "finance_cost"),
}


@dataclass(frozen=True)
class Figure:
    """An amount of a statement, in its currency, and where it was told last: file, sheet and line.

    The line of a statement with periods across is the place of the period's column. A figure that follows from others
    has no file but the names of those, `made_of`.
    """

    name: str
    value: float
    file_name: str = ""
    sheet: str = ""
    line: int | None = None
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Other:
    """A figure that no ratio uses, under its caption, and where it was told last.

    `amount`: in the statement's currency, or of a share or a ratio as its caption says.
    """

    caption: str
    amount: Decimal
    file_name: str
    sheet: str
    line: int


@dataclass(frozen=True)
class Ratio:
    """A ratio, its unit, and the names of the figures that it is made of. `special`: it is known without a value."""

    id: str
    unit: str
    value: float | None
    of: tuple[str, ...]
    special: bool = False


@dataclass(frozen=True)
class Opinion:
    """What the newest statement of a customer says, its figures by name, and those of the year before.

    `period_before` is None where there is none. `is_year`: it is a whole year; else ratios of a year and Altman's
    scores are not told. `ebit_by_finance_cost`: EBIT was made with the finance cost, since the interest is not known.
    `others`: all other figures of the period, in the order of their files.
    """

    period_end: date
    period_before: date | None
    is_year: bool
    currency: str | None
    audit_opinion: str | None
    figures: Mapping[str, Figure]
    figures_before: Mapping[str, Figure]
    ratios: tuple[Ratio, ...]
    altman: tuple[altman.Score, ...]
    ebit_by_finance_cost: bool
    others: tuple[Other, ...]


def second_opinion(store: Store, customer_key: int, as_of: date, known_by: date | None = None) -> Opinion | None:
    """The opinion of the newest whole year by `as_of`, else of the newest period; None without statements.

    Ratios follow the policy in force. `known_by`: only from what had been taken in by then.
    """
    cursor = store.cursor()
    live.prepare(cursor, known_by)
    if not periods.prepare(cursor, versions.in_force(store), as_of, (customer_key, customer_key)):
        return None
    columns = [f"{periods.value(ratio)} as r_{ratio.id}" for ratio in ratios.RATIOS]
    columns += [f"({ratio.special}) as s_{ratio.id}" for ratio in ratios.RATIOS if ratio.special]
    answer = cursor.execute(
        f"with now as ({periods.newest('true', 'is_year')}) "
        f"select now.*, before.period_end as period_before, {', '.join(columns)} from now {periods.YEAR_BEFORE}"
    )
    names = [d[0] for d in answer.description]
    now = dict(zip(names, answer.fetchone() or (), strict=True))
    figures = _figures(cursor, customer_key, now["period_end"])
    before = _figures(cursor, customer_key, now["period_before"]) if now["period_before"] else {}
    return Opinion(
        period_end=now["period_end"],
        period_before=now["period_before"],
        is_year=now["is_year"],
        currency=now["currency"],
        audit_opinion=now["audit_opinion"],
        figures=figures,
        figures_before=before,
        ratios=tuple(Ratio(r.id, r.unit, now[f"r_{r.id}"], r.of, bool(now.get(f"s_{r.id}"))) for r in ratios.RATIOS),
        altman=altman.scores(now | {"retained_earnings": now["retained"]}) if now["is_year"] else (),
        ebit_by_finance_cost="ebit" in figures and "finance_cost" in figures["ebit"].made_of,
        others=_others(cursor, customer_key, now["period_end"]),
    )


def _figures(cursor: Cursor, customer_key: int, period_end: date) -> dict[str, Figure]:
    """All figures of a period that are known, by name."""
    places = ", ".join(
        f"arg_max({{'v': {name}::double, 'f': file_name, 's': sheet, 'l': line}}, placed) "
        f"filter (where {name} is not null) as {name}"
        for name in periods.AMOUNTS
    )
    bound = {"key": customer_key, "period_end": period_end}
    told = cursor.execute(
        f"select {places} from (select statement.*, file_name, sheet, live.seq * 10000000000 + line as placed "
        "from statement join live using (import_id) join import using (import_id) "
        "where customer_key = $key and period_end = $period_end)",
        bound,
    )
    cells = dict(zip(periods.AMOUNTS, told.fetchone() or (), strict=True))
    derived = cursor.execute(
        f"select {', '.join(periods.DERIVED)} from statement_period where period_end = $period_end",
        {"period_end": period_end},
    ).fetchone()
    found = {name: Figure(name, cell["v"], cell["f"], cell["s"], cell["l"]) for name, cell in cells.items() if cell}
    for name, value in zip(periods.DERIVED, derived or (), strict=True):
        if value is not None and name not in found:
            found[name] = Figure(name, value, made_of=_made_of(name, cells))
    return found


def _others(cursor: Cursor, customer_key: int, period_end: date) -> tuple[Other, ...]:
    """The figures of a period beside the known ones; of one caption in several files the one told last."""
    told = cursor.execute(
        """
with told as (
  select import_id, line, live.seq * 10000000000 + line as placed, unnest(map_entries(others)) as entry,
    generate_subscripts(map_keys(others), 1) as place
  from statement join live using (import_id) where customer_key = $key and period_end = $period_end
)
select entry.key, entry.value, file_name, sheet, line from told join import using (import_id)
qualify row_number() over (partition by entry.key order by placed desc) = 1
order by placed, place
""",
        {"key": customer_key, "period_end": period_end},
    )
    return tuple(Other(*row) for row in told.fetchall())


def _made_of(name: str, told: Mapping[str, object]) -> tuple[str, ...]:
    """The figures that a derived one was made of."""
    known = [part for part in _MADE_OF[name] if told[part] is not None]
    return tuple(part for part in known if part != "finance_cost" or "interest_expense" not in known)
