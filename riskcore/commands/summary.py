"""A book as commands find it, and its last assessment in short."""

from pathlib import Path

from riskcore import book, portfolio
from riskcore.commands.files import DONE, Outcome, Stopped
from riskcore.errors import Phrase, StoreError
from riskcore.store import Store
from riskcore.text import Words


def assessed(store: Store, t: Words) -> Outcome:
    """The last assessment in short: date, policy, and the mix of tiers."""
    last = portfolio.newest(store)
    if last is None:
        raise Stopped(Phrase("cli.empty_book"))
    mix = portfolio.mix(store, last.assessment_id, last.policy.thresholds).set_index("tier").to_dict("index")
    day, currency = last.as_of.isoformat(), book.currency(store)
    head = t("cli.assessed", n=f"{last.customers:,}", day=day, version=last.version, hash=last.policy.hash[:12])
    lines = [head + (t("cli.draft") if last.draft else "")]
    tiers = []
    for place, tier in enumerate(last.policy.tier):
        sums = mix.get(place, {"customers": 0, "with_exposure": 0})
        exposure = float(sums["exposure"]) if sums["with_exposure"] else None
        tiers.append({"code": tier.code, "customers": int(sums["customers"]), "exposure": exposure})
        shown = "–" if exposure is None else f"{exposure:,.0f} {currency}"
        lines.append("  " + t("cli.tier", code=tier.code, n=f"{sums['customers']:,}", exposure=shown))
    found = {"assessment_id": last.assessment_id, "as_of": day, "customers": last.customers, "currency": currency}
    policy = {"version": last.version, "hash": last.policy.hash, "draft": last.draft}
    return Outcome(DONE, lines, {"assessment": found | {"policy": policy, "tiers": tiers}})


def existing(path: Path) -> Store:
    """A book that is there already; a mistyped name makes no new one."""
    if not path.exists():
        raise Stopped(Phrase("cli.no_book", {"path": str(path)}))
    if path.is_file() and _beginning(path)[8:] not in {b"", b"DUCK"}:
        # The database would read a table of text into memory instead, and forget all that is put in.
        raise StoreError("store_unreadable", path=str(path))
    return Store(path)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(12)
