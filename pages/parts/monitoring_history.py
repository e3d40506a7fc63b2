"""A customer through the assessments: each step of its score, and whether facts or the policy made it."""

from collections.abc import Sequence
from itertools import pairwise

import pandas as pd
import streamlit as st

from pages.parts.format import MINUS, NOTHING, bin_of, count, day, plain, signed
from riskcore import schema
from riskcore.monitoring import Change, Step
from riskcore.policy import Policy
from riskcore.text import Words

_CHANGES = 4  # written out a step; the rest are summed up
_MARKS = {
    "policy": "monitoring.history.policy",
    "both": "monitoring.history.both",
    "bins": "monitoring.history.bins",
    "stand_in": "monitoring.history.stand_in",
}


def draw(t: Words, steps: list[Step], most: int = 8) -> None:
    """The last steps, newest first, a row each: date and policy, score, tier, and what changed."""
    with st.container(gap=None):
        st.subheader(t("customer.history"), anchor=False)
        st.caption(t("monitoring.history.note"))
    rows = [row(t, before, step) for before, step in pairwise([None, *steps])][-most:]
    st.table(
        pd.DataFrame(rows[::-1], columns=["date", "score", "tier", "changes"]),
        border="horizontal",
        hide_index=True,
        hide_header=True,
    )


def row(t: Words, before: Step | None, step: Step) -> tuple[str, str, str, str]:
    """A step as the cells of a table, in Markdown."""
    tier = step.policy.tier[step.tier]
    version = t("monitoring.history.version", n=step.version)
    if before is not None and step.policy_changed:
        version = f"**{t('monitoring.history.new_version', was=before.version, n=step.version)}**"
    score = NOTHING if step.score is None else count(step.score)
    return (
        f"{plain(day(t, step.as_of))} :gray[{version}]",
        f"**{score}** {_moved(before, step)}".strip(),
        f":{tier.colour}-badge[**{tier.code}**]",
        "  \n".join(changes(t, before, step)),
    )


def changes(t: Words, before: Step | None, step: Step) -> list[str]:
    """What changed at a step, in lines of Markdown."""
    if before is None:
        return [f":gray[{t('monitoring.history.first')}]"]
    came = [code for code in step.rules if code not in before.rules]
    went = [code for code in before.rules if code not in step.rules]
    told = moved(t, before.policy, step.policy, step.changes, step.elsewhere, came, went)
    if step.by_person != before.by_person:
        told.append(plain(t("overrides.step_began") if step.by_person else t("overrides.step_ended")))
    return told or [f":gray[{t('monitoring.history.nothing')}]"]


def moved(
    t: Words,
    earlier: Policy,
    later: Policy,
    all_changes: Sequence[Change],
    elsewhere: int | None,
    came: Sequence[str],
    went: Sequence[str],
    most: int = _CHANGES,
) -> list[str]:
    """Changes between two assessments, points from elsewhere, and rules that came and went, in lines of Markdown."""
    told = [f"{_points(one.points)} {change(t, earlier, later, one)}" for one in all_changes[:most]]
    if rest := all_changes[most:]:
        points = sum(one.points for one in rest)
        more = t("monitoring.history.more", n=len(rest), points=signed(points, count(abs(points))))
        told.append(f":gray[{plain(more)}]")
    if elsewhere:
        told.append(f"{_points(elsewhere)} {plain(t('monitoring.history.elsewhere'))}")
    if came:
        told.append(plain(t("monitoring.history.fires", rules=_rules(t, later, came))))
    if went:
        told.append(plain(t("monitoring.history.over", rules=_rules(t, earlier, went))))
    return told


def change(t: Words, earlier: Policy, later: Policy, one: Change) -> str:
    """One characteristic: its values before and after, and what else than facts moved its points."""
    was, now = ((p, code) for p, code in ((earlier, one.bin_was), (later, one.bin_now)))
    policy = later if one.bin_now is not None else earlier
    name = t.of(policy.known_characteristic(one.characteristic).name)
    words = [None if code is None else value(t, p, one.characteristic, code) for p, code in (was, now)]
    if None in words or words[0] == words[1]:
        text = t("monitoring.history.same_bin", name=name, now=words[1] or words[0])
    else:
        text = t("monitoring.history.change", name=name, was=words[0], now=words[1])
    mark = _mark(t, one)
    return plain(text) + (f" :gray[{plain(mark)}]" if mark else "")


def value(t: Words, policy: Policy, name: str, code: int) -> str:
    """A stored bin in words."""
    if code == schema.MISSING:
        return t("customer.not_supplied")
    if code == schema.REFUSED_BIN:
        return t("customer.refused_short")
    if code > schema.EXPIRED_BINS:
        return t("customer.expired_short")
    return bin_of(t, policy.known_characteristic(name), code)


def _mark(t: Words, one: Change) -> str:
    if one.bin_was is None:
        return t("monitoring.history.came")
    if one.bin_now is None:
        return t("monitoring.history.went")
    return "" if one.cause == "facts" else t(_MARKS[one.cause])


def _rules(t: Words, policy: Policy, codes: Sequence[str]) -> str:
    return ", ".join(f"{rule.code} {t.of(rule.name)}" for rule in policy.rule if rule.code in codes)


def _points(points: int) -> str:
    text = signed(points, count(abs(points)))
    return f":{'red' if text.startswith(MINUS) else 'blue'}[**{plain(text)}**]"


def _moved(before: Step | None, step: Step) -> str:
    if before is None or before.score is None or step.score is None or before.score == step.score:
        return ""
    return _points(step.score - before.score)
