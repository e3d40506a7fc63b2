"""What a person at the Thresholds page got for a release, and whether it was their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from riskcore import portfolio
from riskcore.store import Store
from riskcore.text import Words

_, MOVERS = Words("en")("thresholds.movers_note", n="~").split("~")  # how the caption of the movers ends


@dataclass
class Answer:
    """What the URL and the caption of the movers said after a release of these thresholds, and after how many ms."""

    asked: list[int]
    url: str = ""
    caption: str = ""
    took: float = 0.0

    def right(self, movers: int) -> bool:
        """Whether both speak of the thresholds asked for, under which so many customers move."""
        return self.url.endswith(f"&t={'-'.join(map(str, self.asked))}") and self.caption == f"{movers:,}{MOVERS}"


def wrong(answers: Sequence[Answer], home: Path) -> list[Answer]:
    """The answers that are not to what was asked, each held against the book's own count; nobody may serve the book."""
    store = Store(home / "sample.duckdb")
    shown = portfolio.newest(store)
    assert shown is not None
    in_force = shown.policy.thresholds
    counts = [portfolio.mover_counts(store, shown.assessment_id, a.asked, in_force)["all"] for a in answers]
    store.close()
    return [answer for answer, count in zip(answers, counts, strict=True) if not answer.right(count)]
