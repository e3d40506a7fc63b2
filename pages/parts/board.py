"""The threshold board: tier cards, histogram and segment bars that follow a dragged threshold in the browser.

Python sends the cube once, as packed columns; counting and drawing happen in `board.js`. Only committed
thresholds come back.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from riskcore.text import Words, keys, pair

FIRST, LAST = 300, 850
NOT_SCORED = LAST - FIRST + 1  # the place after the last score

Columns = Mapping[str, Any]

_DRAWN = ("code", "light", "dark", "ink_light", "ink_dark")  # of a tier, beside its name
_PINNED = ("key", "name", "score", "best", "worst")  # of a customer
_MONEY = ("exposure", "unused", "sales", "sales_late")  # in cents, by cell
_LIMITS = ("limit", "limit_up", "limit_down")  # in cents, by cell and tier

_FOLDER = Path(__file__).parent
_SCRIPTS = (
    "board_count.js",
    "board_money.js",
    "board_draw.js",
    "board_chart.js",
    "board_price.js",
    "board_pins.js",
    "board.js",
)


def script() -> str:
    """The board's JavaScript as one module, because inline scripts cannot import each other."""
    return "\n".join((_FOLDER / name).read_text("utf-8") for name in _SCRIPTS)


_mount = st.components.v2.component(
    "threshold_board",
    html='<div class="board"></div>',
    css=(_FOLDER / "board.css").read_text("utf-8"),
    js=script(),
)


def payload(
    total: Columns,
    segments: Columns,
    tiers: Sequence[Mapping[str, Any]],
    in_force: Sequence[int],
    thresholds: Sequence[int],
    *,
    lang: str,
    t: Words,
    currency: str,
    dimension: str = "industry",
    names: Mapping[str, str] | None = None,
    money: Mapping[str, Any] | None = None,
    pins: Sequence[Mapping[str, Any]] = (),
    present: bool = False,
) -> dict[str, Any]:
    """What the browser needs to draw the board at any thresholds, as JSON values.

    `total` and `segments` are cube columns, amounts in cents of `currency`; `segments` are those of `dimension`,
    and `names` are shown instead of their values. `in_force` and `thresholds` hold the minimum score of each tier
    but the worst, best first. `money` is what the money queries bind and `uncertainty`, of the share of sales kept
    in the prepaid tier, in percentage points; without it no money is drawn. `pins` are up to five customers to mark:
    `key, name, score` (None without one), `best, worst`. `present` is the board as the control of a meeting's screen.
    """
    return {
        "lang": lang,
        "currency": currency,
        "tiers": [{"name": _name(t, tier["name"]), **{part: tier[part] for part in _DRAWN}} for tier in tiers],
        "in_force": [int(score) for score in in_force],
        "thresholds": [int(score) for score in thresholds],
        "texts": {key.removeprefix("board."): pair(key)[lang] for key in keys() if key.startswith("board.")},
        "total": _total(total),
        "money": {**money, **_money(total, len(tiers))} if money else None,
        "pins": [{part: pin[part] for part in _PINNED} for pin in pins],
        "present": present,
        "segments": {"title": t(f"board.segments.{dimension}"), **_segments(segments, names or {}, t)},
    }


def show(payload: dict[str, Any], key: str, on_change: Callable[[list[int]], None] | None = None) -> list[int]:
    """Mount the board; the thresholds that a person has just committed, else those of the payload.

    `on_change` is called with committed thresholds before the script runs again.
    """
    count = len(payload["thresholds"])

    def take() -> None:
        thresholds = _valid(st.session_state[key].get("thresholds"), count)
        if thresholds is not None and on_change is not None:
            on_change(thresholds)

    committed = _mount(data=payload, key=key, on_thresholds_change=take).get("thresholds")
    return _valid(committed, count) or payload["thresholds"]


def _valid(thresholds: Any, count: int) -> list[int] | None:
    """What a browser sent, where it is `count` falling scores on the scale; else None."""
    if not isinstance(thresholds, list) or len(thresholds) != count:
        return None
    if not all(type(score) is int and FIRST < score <= LAST for score in thresholds):
        return None
    falling = all(upper > lower for upper, lower in pairwise(thresholds))
    return thresholds if falling else None


def _name(t: Words, name: Any) -> str:
    return name if isinstance(name, str) else t.of(name)


def _total(columns: Columns) -> dict[str, Any]:
    best, worst, little = (_filled(columns[name], int) for name in ("best", "worst", "little_known"))
    groups, group = _groups(best, worst, little)
    return {
        "groups": groups,
        "group": _packed(group, "<u2"),
        "score": _packed(_places(columns["score"]), "<u2"),
        "customers": _packed(_filled(columns["customers"], float), "<f8"),
        "with_exposure": _packed(_filled(columns["with_exposure"], float), "<f8"),
        "exposure": _packed(_filled(columns["exposure_cents"], float), "<f8"),
        "past_due": _packed(_filled(columns["past_due_cents"], float), "<f8"),
    }


def _money(columns: Columns, tiers: int) -> dict[str, Any]:
    """Cells by bounds and default for what follows from sales, and limits by the tier that the score alone gives.

    Limits are whole already, so they are summed here over what each bound makes of that tier: `limit[tier][place]`.
    """
    place = _places(columns["score"])
    best, worst, in_default = (_filled(columns[name], int) for name in ("best", "worst", "in_default"))
    groups, group = _groups(best, worst, in_default)
    finals = [np.clip(tier, best, worst) for tier in range(tiers)]

    def by_tier(name: str) -> list[str]:
        cells = np.array(columns[name].tolist(), dtype=float).reshape(-1, tiers)
        rows = np.arange(len(cells))
        sums = (np.bincount(place.astype(int), cells[rows, final], NOT_SCORED + 1) for final in finals)
        return [_packed(sum_, "<f8") for sum_ in sums]

    return {
        "groups": groups,
        "group": _packed(group, "<u2"),
        "score": _packed(place, "<u2"),
        **{name: _packed(_filled(columns[f"{name}_cents"], float), "<f8") for name in _MONEY},
        **{name: by_tier(f"tier_{name}_cents") for name in _LIMITS},
    }


def _segments(columns: Columns, names: Mapping[str, str], t: Words) -> dict[str, Any]:
    row, places = pd.factorize(_filled(columns["place"], int))
    value_of = dict(zip(row.tolist(), columns["segment"], strict=True))
    exposure = np.bincount(row, _filled(columns["exposure_cents"], float), len(places))
    known = np.bincount(row, _filled(columns["with_exposure"], float), len(places)) > 0

    def together(i: int) -> int:
        """0 a segment of its own, 1 the small ones together, 2 customers of whom it is not known."""
        return 0 if value_of[i] else 2 if places[i] < 0 else 1

    order = sorted(range(len(places)), key=lambda i: (together(i), -exposure[i]))
    unnamed = {1: t("segments.other"), 2: t("segments.none")}
    shown = np.argsort(order)[row]
    groups, group = _groups(shown, *(_filled(columns[name], int) for name in ("best", "worst")))
    return {
        "names": [unnamed.get(together(i)) or names.get(value_of[i], value_of[i]) for i in order],
        "exposure": exposure[order].tolist(),
        "known": known[order].tolist(),
        "groups": groups,
        "group": _packed(group, "<u2"),
        "score": _packed(_places(columns["score"]), "<u2"),
        "customers": _packed(_filled(columns["customers"], float), "<f8"),
    }


def _groups(*parts: Any) -> tuple[list[list[int]], Any]:
    """The distinct rows of small whole numbers, and each row's place among them."""
    if not len(parts[0]):
        return [], np.array([], dtype=int)
    shape = tuple(int(part.max()) + 1 for part in parts)
    distinct, place = np.unique(np.ravel_multi_index(parts, shape), return_inverse=True)
    return np.column_stack(np.unravel_index(distinct, shape)).tolist(), place


def _places(score: Any) -> Any:
    """Scores as places from 0; a score that is masked or NaN stands after the last."""
    numbers = _filled(score, float, np.nan)
    return np.where(np.isnan(numbers), NOT_SCORED, numbers - FIRST)


def _filled(column: Any, kind: type, empty: Any = 0) -> Any:
    values = np.ma.asarray(column)
    return np.ma.filled(values.astype(kind), kind(empty))


def _packed(column: Any, kind: str) -> str:
    """A column as base64 of little-endian numbers, which JSON carries faster than lists of numbers."""
    return base64.b64encode(np.ascontiguousarray(column, dtype=kind)).decode("ascii")
