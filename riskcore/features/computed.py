"""What rows of invoices, statements and the like amount to: facts that a source works out for each customer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Computed:
    """A temporary table with a row per customer_key, the day `dated` that its facts are of, and the newest import_id.

    `stated`: characteristics among its columns. `plain`: attributes among them that replace
    what an older list says. `fallback`: attributes that serve only where no list says anything. `flags`: facts of
    rules; each fires when the table or a list says so. `special`: those of `stated` that may be known without a value,
    such as interest coverage without debt; the table says when in `<f>_special`. `alone`: facts that no other
    source tells.
    """

    table: str
    stated: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    special: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    def known(self, name: str) -> str:
        """Whether the table knows a field of its own; SQL."""
        special = f" or coalesce({self.table}.{name}_special, false)" if name in self.special else ""
        return f"({self.table}.{name} is not null{special})"
