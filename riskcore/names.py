"""Names of companies as they are compared: SQL over a column, alike wherever rows of two files are matched."""

_WIDE = "".join(map(chr, (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))))
_NARROW = "".join(chr(ord(ch) - 0xFEE0) for ch in _WIDE)

_CHINESE_FORMS = ("股份有限公司", "有限责任公司", "有限公司", "公司", "株式会社")
_FORMS = (
    *("company limited", "co ltd", "pte ltd", "pty ltd", "pvt ltd", "private limited", "sdn bhd", "limited", "ltd"),
    *("incorporated", "inc", "corporation", "corp", "company", "co", "llc", "llp", "plc", "gmbh", "ag", "kg", "sarl"),
    *("sas", "sa", "spa", "srl", "bv", "nv", "ab", "oy", "as", "sro", "kk"),
)


def key(column: str) -> str:
    """A name or a registration number as it is compared: letters and digits alone, half width, in lower case.

    SQL over a column; NULL where nothing is left.
    """
    # Few names hold full-width letters, and to translate costs ten times what it costs to look for one.
    narrow = f"case when regexp_matches({column}, '[{_WIDE}]') then translate({column}, '{_WIDE}', '{_NARROW}')"
    return f"nullif(regexp_replace(lower({narrow} else {column} end), '[^\\p{{L}}\\p{{N}}]+', '', 'g'), '')"


def core(column: str) -> str:
    """The same without the form of the company at its end: Acme Co., Ltd. is Acme, as Acme GmbH is."""
    words = "|".join(r"\W*".join(form.split()) for form in _FORMS)
    ending = rf"((\s|,)+({words})|{'|'.join(_CHINESE_FORMS)})[\s.,)）]*$"
    return key(f"regexp_replace(lower({column}), '{ending}', '')")


def may_be_one(number: str, other: str) -> str:
    """Whether two registration numbers, both made into keys, leave it open that they are of one company.

    Numbers of different registers, told by their lengths, say nothing of each other.
    """
    return f"({number} = {other} or length({number}) <> length({other}) or {number} is null or {other} is null)"


def listed(entries: str, told: str) -> str:
    """A query for the customers that stand on lists: all columns of `entries`, and `customer_key`; SQL.

    `entries` (customer_id, customer_name, reg_no) meet what was `told` (customer_key, customer_id, customer_name,
    reg_no) of customers by id, else by registration number, else by name; names alone do not do where both have
    numbers of one register and these differ.
    """
    return f"""
with entry_read as (
  select *, {key("customer_name")} as name, {key("reg_no")} as number from {entries}
),
told_keyed as materialized (
  select customer_key, customer_id, {key("customer_name")} as name, {key("reg_no")} as number from {told}
),
told_read as (
  select * from told_keyed where customer_id in (select customer_id from entry_read where customer_id is not null)
    or name in (select name from entry_read where name is not null)
    or number in (select number from entry_read where number is not null)
)
select e.* exclude (name, number), t.customer_key
from entry_read e join told_read t using (customer_id)
union
select e.* exclude (name, number), t.customer_key
from entry_read e join told_read t using (number)
union
select e.* exclude (name, number), t.customer_key
from entry_read e join told_read t using (name) where {may_be_one("t.number", "e.number")}
"""
