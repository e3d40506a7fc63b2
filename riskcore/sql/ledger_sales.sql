-- Sales less credit notes and days of each of the 12 months up to $as_of, newest first.
with month as (
  select n, ($as_of - interval (n) month)::date as up_to, ($as_of - interval (n + 1) month)::date as after
  from range(12) months(n)
)
select coalesce(sum(cents), 0)::double / 100 as sold, up_to - after as days
from month left join ledger_item
  on invoice_date > after and invoice_date <= up_to and has_rate and document_type in ('invoice', 'credit_note')
group by n, up_to, after
order by n
