"""The default policy's file with another number of tiers, its colours told apart by all eyes."""

import re

from riskcore import policy as policies
from riskcore.policy import Policy

STARTS = {2: (630,), 5: (760, 690, 620, 550), 7: (790, 740, 690, 640, 590, 540)}
_CHIPS = {2: "blue red", 5: "violet blue gray orange red", 7: "violet blue green gray yellow orange red"}
_LIGHT = {
    2: "2E64B0 A8321A",
    5: "262B5E 2E64B0 4B9CBF C08705 A8321A",
    7: "262B5E 2E64B0 4B9CBF 747471 C08705 A8321A 5A1420",
}
_DARK = {
    2: "6AA3E6 DE5B47",
    5: "7172DC 7FAEDD D6E6F7 F2CB6B DE5062",
    7: "7172DC 7FAEDD D6E6F7 A8A9A0 F8E797 E39820 DE5062",
}
_PALE = {"4B9CBF", "C08705"}  # carry dark letters


def policy(count: int) -> Policy:
    """The policy with 2, 5 or 7 tiers: read from a file like any other."""
    return policies.parse(text(count), f"{count}.toml")


def text(count: int) -> str:
    """The default file's best and worst tier, and between them its middle one as often as needed.

    Rules that hold in the worst tier still do; those that hold in the middle one hold in the last but one.
    """
    head, best, middle, end = policies.DEFAULT.read_text("utf-8").split("[[tier]]")
    worst, rest = end.split("# Rules", 1)
    blocks = [best, *[middle] * (count - 2), worst]
    codes = "ABCDEFG"[:count]
    starts = (*STARTS[count], None)
    faces = zip(codes, starts, _CHIPS[count].split(), _LIGHT[count].split(), _DARK[count].split(), strict=True)
    tiers = [_changed(block, *face) for block, face in zip(blocks, faces, strict=True)]
    held = {"B": codes[-2], "C": codes[-1]}
    rest = re.sub('best_tier = "([BC])"', lambda found: f'best_tier = "{held[found[1]]}"', rest)
    rest = re.sub(r"tier_mark = \{(.*)\}", lambda found: f"tier_mark = {{{_marks(found[1], held)}}}", rest)
    return "[[tier]]".join([head, *tiers]) + "# Rules" + rest


def _marks(marks: str, held: dict[str, str]) -> str:
    """Marks of alerts by tier, such as `A = 10, B = 5`; where two tiers become one, the last one's."""
    pairs = (pair.split(" = ") for pair in marks.split(", "))
    return ", ".join(f"{code} = {mark}" for code, mark in {held.get(code, code): mark for code, mark in pairs}.items())


def _changed(block: str, code: str, start: int | None, chip: str, light: str, dark: str) -> str:
    ink = "#14181F" if light in _PALE else "#FFFFFF"
    values = {"code": code, "colour": chip, "light": f"#{light}", "dark": f"#{dark}", "ink_light": ink}
    for name, value in values.items():
        block = re.sub(f"(?m)^{name} = .*$", f'{name} = "{value}"', block)
    return re.sub("(?m)^min_score = .*$", f"min_score = {start}", block)
