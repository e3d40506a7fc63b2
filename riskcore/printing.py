"""A recorded decision as one page of A4: PDF in either language, with the board as it stood.

The page is laid out by the template `data/print/decision.typ`. What it says reaches it as JSON, never as a part of
the template, so that a name is a name whatever it holds. A character that the font lacks is shown as 〓 and listed.
"""

import json
import struct
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import typst

from riskcore import changes, decisions, signing
from riskcore.decisions import Decision
from riskcore.policy import Policy
from riskcore.store import Store
from riskcore.text import Words
from riskcore.wording import MINUS, NOTHING, number

DATA = Path(__file__).parents[1] / "data"
TEMPLATE, FONTS = DATA / "print" / "decision.typ", DATA / "fonts"
LACKING = "〓"
NAME_WIDTH = 44  # Latin letters that a customer's name may take; a Chinese character takes two
CHANGES_SHOWN = 4
BAR_POINTS, TICK_POINTS = 5, 50
_HASH_SHOWN = 12
_LACKING_SHOWN = 16
_JOINED = "\u00a0"  # a blank at which no line ends
_SUMS = ("exposure_on_terms", "margin_kept", "expected_loss", "cost_of_money", "money", "sales_prepaid", "limit")


def decision_pdf(store: Store, decision_id: int, t: Words) -> bytes:
    """The decision under a number on one page, in the language of `t`; AskedWrong where there is none."""
    page, lacking = _printable(_page(decisions.get(store, decision_id), t))
    page["lacking"] = t("print.lacking", sign=LACKING, characters=" ".join(lacking[:_LACKING_SHOWN])) if lacking else ""
    pdf = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"page": json.dumps(page, ensure_ascii=False)},
        pdf_standards="ua-1",
    )
    assert isinstance(pdf, bytes)
    return pdf


def _page(d: Decision, t: Words) -> dict[str, Any]:
    """Everything that the page says, worded, and where the marks of the board stand."""
    effect = d.effect
    heading = t("print.number", n=d.decision_id)
    if d.puts_back is not None:
        key = "print.puts_back_first" if d.puts_back == decisions.FIRST else "print.puts_back"
        heading = f"{heading} · {t(key, n=d.puts_back)}"
    moved = effect.better + effect.worse
    said = {
        "n": f"{effect.customers:,}",
        "better": f"{effect.better:,}",
        "worse": f"{effect.worse:,}",
        "money": _whole(effect.total("after", "money")),
        "change": _change(effect.total("after", "money") - effect.total("before", "money")),
        "currency": effect.currency,
    }
    labels = (
        *(
            "product",
            "title",
            "changed",
            "board",
            "board_note",
            "board_alt",
            "by_tier",
            "tier",
            "customers",
            "exposure",
            "money",
        ),
        *("before", "after", "change", "whole", "movers", "nobody", "customer", "score", "mover_tier"),
        *("mover_exposure", "assumed", "assumed_note", "why", "decided_by", "signed_on", "pd_note"),
    )
    return {
        "lang": t.lang,
        "labels": {name: t(f"print.{name}") for name in labels},
        "heading": heading,
        "starts": _starts(d, t),
        "changed": changes.in_words(t, d.before, d.after, CHANGES_SHOWN),
        "moves": t("print.moves" if moved else "print.moves_none", **said),
        "board": _board(d, t),
        "by_tier_note": t("print.by_tier_note", currency=effect.currency),
        "tiers": _tiers(d, t),
        "sums": [
            [t(f"print.sum_{name}"), *_two(effect.total("before", name), effect.total("after", name))] for name in _SUMS
        ],
        "movers_note": t("print.movers_note", shown=len(effect.largest), n=f"{moved:,}"),
        "movers": [_mover(row, d.after) for row in effect.largest],
        "assumptions": _assumptions(d, t),
        "reason": d.reason,
        "decided_by": d.decided_by,
        "facts": [
            [t("print.decided_at"), signing.said(d.decided_at)],
            [t("print.as_of"), d.as_of.isoformat()],
            [
                t("print.policy"),
                t(
                    "print.policy_change",
                    was=d.version_before,
                    was_hash=d.before.hash[:_HASH_SHOWN],
                    now=d.version,
                    now_hash=d.after.hash[:_HASH_SHOWN],
                ),
            ],
        ],
    }


def _starts(d: Decision, t: Words) -> list[dict[str, str]]:
    """The thresholds, worst tier first as on the board: before, after and the change."""
    pairs = list(zip(d.after.tier, d.before.thresholds, d.after.thresholds, strict=False))
    return [
        {
            "label": t("print.starts", code=tier.code),
            "before": str(was),
            "after": str(now),
            "change": _change(now - was) if now != was else t("print.unchanged"),
            "colour": tier.light,
        }
        for tier, was, now in reversed(pairs)
    ]


def _tiers(d: Decision, t: Words) -> list[dict[str, Any]]:
    """The effect by tier, best first, and in all; a tier is a letter, a name and a colour."""
    rows: list[dict[str, Any]] = []
    for place, tier in enumerate(d.after.tier):
        before, after = d.effect.before[place], d.effect.after[place]
        mark = {"code": tier.code, "name": t.of(tier.name), "colour": tier.light, "ink": tier.ink_light}
        rows.append(mark | {"cells": _cells(before, after)})
    names = ("customers", "exposure_today", "money")
    all_before, all_after = ({name: d.effect.total(side, name) for name in names} for side in ("before", "after"))
    return [*rows, {"code": "", "name": t("print.total"), "cells": _cells(all_before, all_after)}]


def _cells(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    return [
        *_two(before["customers"], after["customers"]),
        *_two(before["exposure_today"], after["exposure_today"])[:2],
        *_two(before["money"], after["money"]),
    ]


def _mover(row: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    was, now = row["was"], row["now"]
    return {
        "name": _cut(row["customer_name"], NAME_WIDTH),
        "score": NOTHING if row["score"] is None else str(row["score"]),
        "tiers": f"{policy.tier[was].code} → {policy.tier[now].code} {'▲' if now < was else '▼'}",
        "exposure": NOTHING if row["exposure"] is None else _whole(row["exposure"]),
    }


def _assumptions(d: Decision, t: Words) -> list[list[str]]:
    """Each assumption by name, with what it was where it is another now."""

    def said(now: float, before: float, unit: str = "%") -> str:
        shown = f"{now:g}{unit}"
        return shown if now == before else t("print.was", now=shown, before=f"{before:g}{unit}")

    was, now = d.assumptions_before, d.assumptions
    kept = zip(d.after.tier, now.kept_pct, was.kept_pct, strict=True)
    return [
        [t("print.margin_pct"), said(now.margin_pct, was.margin_pct)],
        [t("print.lgd_pct"), said(now.lgd_pct, was.lgd_pct)],
        [t("print.ead_share_pct"), said(now.ead_share_pct, was.ead_share_pct)],
        [t("print.cost_of_money_pct"), said(now.cost_of_money_pct, was.cost_of_money_pct)],
        [t("print.retention_uncertainty_pct"), said(now.retention_uncertainty_pct, was.retention_uncertainty_pct, "")],
        [
            t("print.kept"),
            t("print.between").join(f"{tier.code}{_JOINED}{said(pct, before)}" for tier, pct, before in kept),
        ],
        [t("print.own_sales"), NOTHING if now.own_annual_sales is None else _whole(now.own_annual_sales)],
    ]


def _board(d: Decision, t: Words) -> dict[str, Any]:
    """The histogram: everything as shares of its width and height, from left and from below."""
    policy, starts = d.after, d.after.thresholds
    low, span = policy.base_score, policy.top_score - policy.base_score
    bars: dict[int, list[int]] = {}
    for score, customers in d.effect.scores:
        tier = sum(score < start for start in starts)
        bars.setdefault(min(score - low, span - 1) // BAR_POINTS, [0] * len(policy.tier))[tier] += customers
    top = _cut_at([sum(bar) for bar in bars.values()])
    edges = [policy.top_score, *starts, low]
    gone = [was for was, now in zip(d.before.thresholds, starts, strict=True) if was != now]
    return {
        "bars": [
            {"x": bar * BAR_POINTS / span, "parts": _stacked(counts, top, policy)}
            | {"cut": f"{sum(counts):,}" if sum(counts) > top else ""}
            for bar, counts in sorted(bars.items())
        ],
        "bar_width": BAR_POINTS / span,
        "strip": [
            {"x": (edges[place + 1] - low) / span, "width": (edges[place] - edges[place + 1]) / span}
            | {"code": tier.code, "name": t.of(tier.name), "colour": tier.light}
            for place, tier in enumerate(policy.tier)
        ],
        "now": _lines({start: str(start) for start in starts}, low, span),
        "was": _lines({start: t("print.was_start", start=start) for start in gone}, low, span),
        "ticks": [{"x": n / span, "text": str(low + n)} for n in range(0, span + 1, TICK_POINTS)],
        "grid": [{"y": n / top, "text": f"{n:,}"} for n in _steps(top)],
    }


def _stacked(counts: Sequence[int], top: float, policy: Policy) -> list[dict[str, Any]]:
    """A bar from below, worst tier first, cut at the top."""
    parts, begin = [], 0.0
    for place in reversed(range(len(counts))):
        end = min(begin + counts[place], top)
        if end > begin:
            parts.append({"y": begin / top, "height": (end - begin) / top, "colour": policy.tier[place].light})
        begin = end
    return parts


def _lines(starts: Mapping[int, str], low: int, span: int) -> list[dict[str, Any]]:
    """Where thresholds stand, from the left, with their labels; `level` keeps those of near ones apart."""
    lines: list[dict[str, Any]] = []
    for start, label in sorted(starts.items()):
        x = (start - low) / span
        near = bool(lines) and x - lines[-1]["x"] < 0.07
        lines.append({"x": x, "text": label, "level": (lines[-1]["level"] + 1) % 3 if near else 0})
    return lines


def _cut_at(heights: Sequence[int]) -> float:
    """The height at which bars are cut, so that up to three spikes do not flatten the rest; at least 1."""
    falling = sorted(heights, reverse=True)
    for spikes in (3, 2, 1):
        if len(falling) > spikes and falling[spikes] >= 10 and falling[spikes - 1] > 1.3 * falling[spikes]:
            return falling[spikes] * 1.04
    return max([1, *falling])


def _steps(top: float) -> list[int]:
    """Two to four round heights below the top."""
    step = next(n * 10**power for power in range(12) for n in (1, 2, 5) if top / (n * 10**power) < 5)
    return list(range(step, int(top) + 1, step))


def _two(before: float, after: float) -> list[str]:
    return [_whole(before), _whole(after), _change(round(after) - round(before))]


def _whole(amount: float) -> str:
    return number(round(amount))


def _change(amount: float) -> str:
    return f"{round(amount):+,}".replace("-", MINUS) if round(amount) else NOTHING


def _cut(text: str, width: int) -> str:
    """A text cut to a width in Latin letters."""
    kept = ""
    for letter in text:
        width -= 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width < 1:
            return kept + "…"
        kept += letter
    return kept


def _printable(value: Any) -> tuple[Any, list[str]]:
    """The same value with every character of its texts in the font, and those that had to be replaced."""
    lacking: dict[str, None] = {}

    def letter(char: str) -> str:
        if unicodedata.category(char) in {"Cc", "Cf"}:  # steers the text and shows nothing
            return "" if unicodedata.category(char) == "Cf" else " "
        if ord(char) in _covered():
            return char
        lacking[f"U+{ord(char):04X}"] = None
        return LACKING

    def walk(node: Any) -> Any:
        if isinstance(node, str):
            return "".join(letter(char) for char in unicodedata.normalize("NFC", node))
        if isinstance(node, dict):
            return {name: walk(inner) for name, inner in node.items()}
        return [walk(inner) for inner in node] if isinstance(node, list) else node

    return walk(value), list(lacking)


@cache
def _covered() -> frozenset[int]:
    """The code points of the regular fonts."""
    return frozenset().union(*(_points(path.read_bytes()) for path in FONTS.glob("*-Regular.ttf")))


def _points(font: bytes) -> set[int]:
    """The code points of a font: formats 4 and 12 of its `cmap` table (OpenType specification)."""
    [tables] = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sLLL", font, 12 + 16 * n) for n in range(tables))
    cmap = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    [subtables] = struct.unpack_from(">H", font, cmap + 2)
    points: set[int] = set()
    for n in range(subtables):
        table = cmap + struct.unpack_from(">HHL", font, cmap + 4 + 8 * n)[2]
        [form] = struct.unpack_from(">H", font, table)
        if form == 4:
            [double] = struct.unpack_from(">H", font, table + 6)
            lasts = struct.unpack_from(f">{double // 2}H", font, table + 14)
            firsts = struct.unpack_from(f">{double // 2}H", font, table + 16 + double)
            ranges = list(zip(firsts, lasts, strict=True))[:-1]  # the last one only closes the table
        elif form == 12:
            [groups] = struct.unpack_from(">L", font, table + 12)
            ranges = [struct.unpack_from(">LL", font, table + 16 + 12 * n) for n in range(groups)]
        else:
            continue
        points.update(point for first, last in ranges for point in range(first, last + 1))
    return points
