-- The imports of items that count on $as_of: histories, payments, and the lists made by then. told_through: the day up
-- to which they tell, and no later one. closed_on: the day of the first whole list after the import; what the import
-- shows as open and no later one names was paid by then. Two lists of one day are parts of one list. listed_through:
-- the day of the last whole list; what was paid by then is in its amounts.
create or replace temp table ledger_import as
with counted as (
  select import_id, seq, as_of as told_on, kind = 'open_items' as listed, kind = 'payments' as pays, whole_book,
    overlapping
  from live
  where kind in ('invoices', 'payments') or (kind = 'open_items' and as_of <= $as_of)
)
select import_id, seq, told_on, listed, pays, overlapping,
  least($as_of::date, (select max(told_on) from counted)) as told_through,
  (select min(list.told_on) from counted list where list.listed and list.whole_book and list.told_on > counted.told_on)
    as closed_on,
  (select max(list.told_on) from counted list where list.listed and list.whole_book) as listed_through
from counted
