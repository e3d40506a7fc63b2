"""What two policies do differently, in words: points, missing values, rules, and whether anything else."""

from collections.abc import Iterator

from riskcore import schema
from riskcore.policy import Characteristic, Policy
from riskcore.text import Words
from riskcore.wording import bin_of

_TOLD = {"characteristic", "missing_mode", "rule", "name", "source", "in_force"}  # the last three change no number


def in_words(t: Words, before: Policy, after: Policy, most: int = 12) -> list[str]:
    """A sentence for each characteristic with other points, for missing values, for rules, and for all else at once.

    Thresholds are left out: where they stand is told by itself. Empty where nothing else differs. Of more than `most`
    sentences, the last says how many there are.
    """
    said = [*_silence(t, before, after), *_rules(t, before, after), *_characteristics(t, before, after)]
    if _rest(before) != _rest(after):
        said.append(t("decisions.changed_else"))
    return said if len(said) <= most else [*said[: most - 1], t("decisions.changed_more", n=len(said) - most + 1)]


def _characteristics(t: Words, before: Policy, after: Policy) -> Iterator[str]:
    was, now = ({c.id: c for c in policy.characteristic} for policy in (before, after))
    for name in was | now:
        old, new = was.get(name), now.get(name)
        if old is None or new is None:
            c, key = (new, "decisions.changed_new") if new else (old, "decisions.changed_gone")
            if c:
                yield t(key, name=t.of(c.name))
        elif old != new:
            yield _points(t, old, new) or t("decisions.changed_otherwise", name=t.of(new.name))


def _points(t: Words, old: Characteristic, new: Characteristic) -> str:
    """The bins that earn other points; empty where something else differs as well, or instead."""
    bins = tuple(b.model_copy(update={"points": a.points}) for a, b in zip(old.bins, new.bins, strict=False))
    earned = {"bins": bins, "missing_points": old.missing_points, "refused_points": old.refused_points}
    if len(old.bins) != len(new.bins) or new.model_copy(update=earned) != old:
        return ""
    was, now = _by_code(old), _by_code(new)
    apart = [
        t("decisions.changed_bin", name=bin_of(t, new, code), was=was[code], now=now[code])
        for code in was
        if was[code] != now[code]
    ]
    return t("decisions.changed_points", name=t.of(new.name), bins=t("print.between").join(apart))


def _by_code(c: Characteristic) -> dict[int, int]:
    bins = {place: b.points for place, b in enumerate(c.bins, 1)}
    return bins | {0: c.missing_points, schema.REFUSED_BIN: c.refused_points}


def _silence(t: Words, before: Policy, after: Policy) -> Iterator[str]:
    if before.missing_mode != after.missing_mode:
        modes = {
            "table": t("decisions.missing_table"),
            "reallocate": t("decisions.missing_reallocate"),
            "zero": t("decisions.missing_zero"),
            "refuse": t("decisions.missing_refuse"),
        }
        yield t("decisions.changed_missing", was=modes[before.missing_mode], now=modes[after.missing_mode])


def _rules(t: Words, before: Policy, after: Policy) -> Iterator[str]:
    was, now = ({rule.code: rule for rule in policy.rule} for policy in (before, after))
    gone = [code for code in was if code not in now]
    new = [code for code in now if code not in was]
    other = [code for code in now if code in was and now[code] != was[code]]
    if gone:
        yield t("decisions.changed_rules_gone", codes=" ".join(gone))
    if new:
        yield t("decisions.changed_rules_new", codes=" ".join(new))
    if other:
        yield t("decisions.changed_rules", codes=" ".join(other))


def _rest(policy: Policy) -> tuple[object, ...]:
    told = [getattr(policy, name) for name in type(policy).model_fields if name not in _TOLD | {"tier"}]
    return *told, *(tier.model_copy(update={"min_score": None}) for tier in policy.tier)
