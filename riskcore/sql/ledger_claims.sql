-- Payments that may be of invoices told elsewhere, and those invoices' parts. An account is a customer's invoice number
-- in one currency. state: `paid` on a day that its own file tells, `undated`, or `open`, which is also what was paid on
-- a day that only lists show. listed_on: the day that a list gives the open amount of, with all payments up to then.
create or replace temp table ledger_claim as
select rowid as claim, customer_key, money, settles, invoice_date as day, -amount as amount,
  row_number() over (order by invoice_date, import_id, line, rowid) as turn
from ledger_settled where is_claim;

create or replace temp table ledger_owed as
with named as (
  select rowid as place, *, ltrim(trim(coalesce(number, document)), '0') as bare,
    case when is_undated then 'undated' when paid_date is null or is_inferred then 'open' else 'paid' end as state
  from ledger_settled where document_type = 'invoice' and amount > 0
)
select place, customer_key, bare, money, amount, state, paid_date,
  row_number() over (partition by customer_key, bare, money
    order by paid_date nulls last, due_date nulls last, invoice_date, document, line, place) as turn,
  max(told_on) over account as told_on,
  max(told_on) filter (state = 'open' and listed) over account as listed_on,
  min(closed_on) filter (state = 'open' and is_inferred) over account as closed_on
from named semi join (select distinct customer_key, unnest(settles) as bare from ledger_claim) using (customer_key, bare)
window account as (partition by customer_key, bare, money);

create or replace temp table ledger_applied (place bigint, claim bigint, day date, amount decimal(18,2))
