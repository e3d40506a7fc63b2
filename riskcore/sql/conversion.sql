-- Units of the book's currency for one of each currency that has a rate by $as_of.
create or replace temp table conversion as
select $book::varchar as currency, 1::double as rate
union all
select rate.currency, arg_max(rate.rate, date_diff('day', date '1800-01-01', rate.day) * 10000000 + live.seq)
from rate join live using (import_id)
where rate.day <= $as_of and rate.currency <> $book
group by rate.currency
