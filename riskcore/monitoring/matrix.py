"""Who stands where in two assessments: the matrix of tiers, its rates, and the names behind each of its cells."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from riskcore.monitoring.applied import policy_of
from riskcore.store import Store, paging

# Where a customer can stand beside a tier's place, which counts from 0, best first. Both are also where the row and the
# column stand in a matrix: last but one, and last.
LITTLE_KNOWN, ABSENT = -2, -1


@dataclass(frozen=True)
class Share:
    """A part of the customers and of their exposure, 0 to 1; None where there is no exposure."""

    customers: float
    exposure: float | None


@dataclass(frozen=True)
class Migration:
    """Customers and exposure (of the later date, else of the earlier one) by place then (rows) and now (columns).

    Places are the tiers of each policy, best first, then LITTLE_KNOWN and ABSENT. `better` and `worse` are parts of
    those with a tier on both dates; None where nobody has, or where the two policies name other tiers.
    """

    customers: tuple[tuple[int, ...], ...]
    exposure: tuple[tuple[float, ...], ...]
    better: Share | None
    worse: Share | None

    @property
    def by_tier(self) -> list[list[int]]:
        """Customers by tier then and now, those little known in the worst one, where they are held."""
        *tiers, worst, little_known, _ = self.customers
        rows = (*tiers, tuple(map(sum, zip(worst, little_known, strict=True))))
        return [[*row[:-3], row[-3] + row[LITTLE_KNOWN]] for row in rows]

    @property
    def arrived(self) -> int:
        """Customers that came into the book."""
        return sum(self.customers[ABSENT])

    @property
    def left(self) -> int:
        """Customers that are not in the book any more."""
        return sum(row[ABSENT] for row in self.customers)


def migration(store: Store, earlier_id: int, later_id: int) -> Migration:
    """How customers moved from one assessment to another, be their policies the same or not.

    Amounts are in the book's currency; AskedWrong where there is no such assessment.
    """
    before, after = policy_of(store, earlier_id), policy_of(store, later_id)
    height, width = len(before.tier) + 2, len(after.tier) + 2
    customers = [[0] * width for _ in range(height)]
    exposure = [[0.0] * width for _ in range(height)]
    for was, now, n, amount in store.rows("monitor_matrix", earlier=earlier_id, later=later_id):
        customers[was][now], exposure[was][now] = n, amount
    same_tiers = [tier.code for tier in before.tier] == [tier.code for tier in after.tier]
    rated = same_tiers and any(customers[was][now] for was, now in _tiers(height, width))
    return Migration(
        customers=tuple(map(tuple, customers)),
        exposure=tuple(map(tuple, exposure)),
        better=_share(customers, exposure, better=True) if rated else None,
        worse=_share(customers, exposure, better=False) if rated else None,
    )


def names(
    store: Store, earlier_id: int, later_id: int, was: int, now: int, page: int = 1, per_page: int | None = 50
) -> pd.DataFrame:
    """The customers in one cell of the matrix, largest exposure first; one page, or all where `per_page` is None.

    Columns: `customer_key, customer_id, customer_name` (the last one told), `score_was, score_now, exposure_was,
    exposure_now` (NULL where absent or not known) and `exposure`, the one that the matrix counts.
    """
    return store.ask(
        "monitor_names",
        earlier=earlier_id,
        later=later_id,
        was=was,
        now=now,
        **paging(page, per_page),
    )


def _tiers(height: int, width: int) -> Iterator[tuple[int, int]]:
    return ((was, now) for was in range(height - 2) for now in range(width - 2))


def _share(customers: list[list[int]], exposure: list[list[float]], better: bool) -> Share:
    cells = list(_tiers(len(customers), len(customers[0])))
    moved = [(was, now) for was, now in cells if (now < was if better else now > was)]

    def total(matrix: Sequence[Sequence[float]], where: list[tuple[int, int]]) -> float:
        return sum(matrix[was][now] for was, now in where)

    all_exposure = total(exposure, cells)
    return Share(
        customers=total(customers, moved) / total(customers, cells),
        exposure=total(exposure, moved) / all_exposure if all_exposure > 0 else None,
    )
