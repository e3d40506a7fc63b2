"""Customers' numbers with and without leading zeros: 0000012345 and 12345 are one customer, in the book's spelling."""

from riskcore.errors import Phrase
from riskcore.ingest.columns import Scratch
from riskcore.store import Store

_DIGITS = "regexp_full_match(customer_id, '[0-9]+')"
_BARE = "ltrim(customer_id, '0')"


def unify(scratch: Scratch, store: Store) -> list[Phrase]:
    """Give numbers in the table `typed` the spelling that the book has, else the shortest one of the file.

    A number that the book spells in this very way is left alone, and so is one that it spells in several others. Those
    of parents are spelled as the customers' own.
    """
    cursor = scratch.cursor
    columns = [row[0] for row in cursor.execute("select * from typed limit 0").description]
    named = [name for name in ("customer_id", "parent_id") if name in columns]
    numbers = " union ".join(f"select {name}::varchar as customer_id from typed" for name in named)
    [[padded]] = cursor.execute(
        f"select count(*) from ({numbers}) where customer_id like '0%' and {_DIGITS}"
    ).fetchall()
    only = "" if padded else "and customer_id like '0%'"
    book = store.cursor().sql(f"select customer_id from customer where {_DIGITS} {only}").to_arrow_table()
    if not padded and not len(book):
        return []
    cursor.register("book_id", book)
    cursor.execute(
        f"create or replace temp table spelled as with "
        f"told as (select distinct customer_id, {_BARE} as bare from ({numbers}) where {_DIGITS} and {_BARE} <> ''), "
        f"kept as (select {_BARE} as bare, any_value(customer_id) as spelling, count(*) as spellings from book_id "
        f"group by all), "
        f"short as (select bare, arg_min(customer_id, length(customer_id)) as spelling from told group by all) "
        f"select customer_id as told, coalesce(kept.spelling, short.spelling) as spelling from told "
        f"join short using (bare) left join kept using (bare) anti join book_id using (customer_id) "
        f"where coalesce(kept.spelling, short.spelling) <> told.customer_id and coalesce(kept.spellings, 1) = 1"
    )
    spelled = cursor.execute("select told, spelling from spelled order by all").fetchall()
    if spelled:
        scratch.settle("typed")
        for name in named:
            cursor.execute(f"update typed set {name} = spelling from spelled where typed.{name} = spelled.told")
        [(told, spelling), *_] = spelled
        return [Phrase("questions.note_zeros", {"n": len(spelled), "told": told, "spelling": spelling})]
    return []
