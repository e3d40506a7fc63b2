"""Which imports tell of different customers, so that their rows can be joined by customer instead of being grouped."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

# (column that decides, its type, columns of which the first that is not NULL is taken, condition) to an expression.
# A condition names the columns of a row as `{row}column`.
Last = Callable[[str, str, Sequence[str], str], str]


@dataclass(frozen=True)
class Layer:
    """Rows of imports of which no two tell of a customer in the same range of keys.

    `filled`: columns that any of them fills. `first`, `last`: the places of the oldest and the newest row.
    """

    imports: tuple[int, ...]
    rows: int
    first_key: int
    last_key: int
    first: int
    last: int
    filled: frozenset[str]

    @property
    def cells(self) -> int:
        """About what it takes to hold the layer, in values."""
        return self.rows * (len(self.filled) + 4)


def arrange(imports: Iterable[Layer]) -> list[Layer]:
    """As few layers as hold all imports, each of which comes as one; those of the most rows first."""
    layers: list[Layer] = []
    for one in sorted(imports, key=lambda layer: layer.first_key):
        place = next((place for place, layer in enumerate(layers) if layer.last_key < one.first_key), None)
        if place is None:
            layers.append(one)
        else:
            layers[place] = _together(layers[place], one)
    return sorted(layers, key=lambda layer: -layer.rows)


def _together(a: Layer, b: Layer) -> Layer:
    return Layer(
        imports=(*a.imports, *b.imports),
        rows=a.rows + b.rows,
        first_key=a.first_key,
        last_key=b.last_key,
        first=min(a.first, b.first),
        last=max(a.last, b.last),
        filled=a.filled | b.filled,
    )


def joined(layers: Sequence[Layer]) -> Last:
    """The last that was said where each layer is a row named `layer_<place>`, NULL where it has none."""

    def last(name: str, sql_type: str, values: Sequence[str], condition: str) -> str:
        telling = sorted((at for at in enumerate(layers) if name in at[1].filled), key=lambda at: -at[1].last)
        if not telling:
            return f"null::{sql_type}"
        rows = [(f"layer_{place}.", layer) for place, layer in telling]
        cases = [(condition.format(row=row), first_of(values, layer.filled, row), row) for row, layer in rows]
        if all(newer.first > older.last for (_, newer), (_, older) in pairwise(rows)):
            if all(holds == f"{value} is not null" for holds, value, _ in cases):
                return f"coalesce({', '.join(value for _, value, _ in cases)})"
            return f"case {' '.join(f'when {holds} then {value}' for holds, value, _ in cases)} end"
        newest = ", ".join(f"case when {holds} then {row}placed end" for holds, _, row in cases)
        return f"case greatest({newest}) {' '.join(f'when {row}placed then {value}' for _, value, row in cases)} end"

    return last


def grouped(filled: frozenset[str]) -> Last:
    """The last that was said where all rows of a customer are a group."""

    def last(name: str, sql_type: str, values: Sequence[str], condition: str) -> str:
        if name not in filled:
            return f"null::{sql_type}"
        return f"arg_max_null({first_of(values, filled, '')}, placed) filter (where {condition.format(row='')})"

    return last


def first_of(values: Sequence[str], filled: frozenset[str], row: str) -> str:
    """The first of the columns that is not NULL; those that nobody fills are left out, but for the last one."""
    kept = [f"{row}{value}" for value in values[:-1] if value in filled]
    return f"coalesce({', '.join((*kept, row + values[-1]))})" if kept else row + values[-1]
