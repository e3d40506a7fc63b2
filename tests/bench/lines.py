"""A line of the table that measurements print."""

from collections.abc import Sequence


def line(name: str, goal: str, values: Sequence[float | str], met: list[bool], form: str = ".0f") -> None:
    """One measure: its goal, its values, and whether they meet it."""
    shown = "".join(f"{value if isinstance(value, str) else format(value, form):>12}" for value in values)
    print(f"{name:42}{goal:>10}{shown}  {('met' if all(met) else 'NOT MET') if met else ''}".rstrip())
