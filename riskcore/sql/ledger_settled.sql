-- One account of each document, where several imports tell of it. Payments come from the newest history that knows one.
-- What is open comes from the newest of that history and the lists after it, and nothing is open of what the history
-- knows as paid. Where whole lists that follow are silent, it was paid on the day closest to its due date between the
-- import that shows it and the first list that does not. is_undated: paid on a day that the file does not tell, which
-- is no item, but what payments of other files may be of. is_claim: a payment that ledger_claims.sql looks at.
create or replace temp table ledger_settled as
with parts as not materialized (
  select * exclude (disputed), false as is_undated from item where keys_wanted
  union all by name
  select *, true as is_undated from item_paid where keys_wanted
),
told as not materialized (
  select parts.* replace (case when paid_date <= told_through then paid_date end as paid_date),
    seq, told_on, listed, overlapping, closed_on, told_through, listed_through,
    document_type = 'payment' and amount < 0 and (pays or settles is not null) as is_claim
  from parts join ledger_import using (import_id)
  where invoice_date <= told_through
),
again as (  -- documents that several imports may tell of; all the others stand as they are told
  select distinct customer_key, document from told where overlapping
),
shown as (
  select customer_key, document, seq, listed, bool_or(paid_date is not null or is_undated) as pays,
    bool_or(paid_date is null and not is_undated) as owes
  from told semi join again using (customer_key, document)
  group by customer_key, document, seq, listed
),
chosen as (
  select customer_key, document,
    arg_max({'seq': seq, 'owes': owes}, pays::integer * 10000000 + seq) filter (not listed) as history,
    max(seq) filter (listed) as last_list
  from shown
  group by customer_key, document
),
placed as (
  select customer_key, document, coalesce(history.seq, last_list) as paid_in,
    case when history is null then last_list
      when history.owes then greatest(history.seq, last_list) end as open_in
  from chosen
)
select told.import_id, line, customer_key, document, number, document_type, invoice_date, due_date, amount, currency,
  coalesce(currency, $book) as money, settles, listed, told_on, closed_on, told_through, listed_through, is_undated,
  is_claim, paid_date is null and not is_undated and not is_claim and closed_on is not null as is_inferred,
  case when is_inferred then greatest(least(due_date, closed_on), told_on) else paid_date end as paid_date
from told left join placed using (customer_key, document)
where paid_in is null or seq = case when paid_date is null and not is_undated then open_in else paid_in end
