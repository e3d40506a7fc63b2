-- Currencies of amounts that count and have no rate by $as_of, those of most rows first.
with live as (select import_id from import where undone_at is null),
named as (
  select currency, invoice_date as day from item semi join live using (import_id)
  union all
  select currency, as_of as day from ageing join import using (import_id) where undone_at is null
  union all
  select currency, period_end as day from statement semi join live using (import_id)
  union all
  select currency, coalesce(dated, as_of) as day from input join import using (import_id)
  where undone_at is null and currency <> $book and coalesce(exposure, ar_balance, past_due_amount, credit_limit,
    requested_limit, annual_sales, customer_revenue, net_worth, working_capital, secured_amount, insured_limit,
    agency_limit, last_sale_amount, last_receipt_amount, registered_capital) is not null
)
select currency, count(*) as amounts, min(day) as first_day
from named
where currency <> $book and currency not in (select currency from rate semi join live using (import_id) where day <= $as_of)
group by currency
order by amounts desc, currency;
