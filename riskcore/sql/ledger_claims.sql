-- Payments that may be of invoices told elsewhere, and those invoices' parts. An account is a customer's invoice number
-- in one currency. state: `paid` on a day that its own file tells, `undated`, or `open`, which is also what was paid on
-- a day that only lists show. listed_on: the day that a list gives the open amount of, with all payments up to then.
create or replace temp table ledger_claim as
select rowid as claim, -amount as amount, invoice_date as day,
  row_number() over (order by invoice_date, import_id, line, rowid) as turn
from ledger_settled where is_claim;

create or replace temp table ledger_part as
select rowid as place, customer_key, ltrim(trim(coalesce(number, document)), '0') as bare, money, amount, paid_date,
  told_on, listed, case when is_inferred then closed_on end as closed_on,
  case when is_undated then 'undated' when paid_date is null or is_inferred then 'open' else 'paid' end as state,
  row_number() over (order by paid_date nulls last, due_date nulls last, invoice_date, document, line, rowid) as turn
from ledger_settled
where document_type = 'invoice' and amount > 0
  and customer_key in (select customer_key from ledger_settled where is_claim and settles is not null);

create or replace temp table ledger_account as
select row_number() over () as account, customer_key, bare, money, max(told_on) as told_on,
  max(told_on) filter (state = 'open' and listed) as listed_on, min(closed_on) as closed_on
from ledger_part group by customer_key, bare, money;

create or replace temp table ledger_owed as
select account, place, ledger_part.amount, paid_date, state, turn
from ledger_part join ledger_account using (customer_key, bare, money);

create or replace temp table ledger_named as
with told as (
  select rowid as claim, customer_key, money, unnest(settles) as bare, generate_subscripts(settles, 1) as which
  from ledger_settled where is_claim
)
select claim, which, account, told.money = ledger_account.money as is_same_money, told_on, listed_on, closed_on
from told join ledger_account using (customer_key, bare);

drop table ledger_part;
create or replace temp table ledger_applied (place bigint, claim bigint, day date, amount decimal(18,2))
