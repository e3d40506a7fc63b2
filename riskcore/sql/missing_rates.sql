-- Currencies of amounts that count and have no rate by $as_of, those of most rows first.
with live as (select import_id from import where undone_at is null),
named as (
  select currency, invoice_date as day from item semi join live using (import_id)
  union all
  select currency, as_of as day from ageing join import using (import_id) where undone_at is null
  union all
  select currency, period_end as day from statement semi join live using (import_id)
)
select currency, count(*) as amounts, min(day) as first_day
from named
where currency <> $book and currency not in (select currency from rate semi join live using (import_id) where day <= $as_of)
group by currency
order by amounts desc, currency;
