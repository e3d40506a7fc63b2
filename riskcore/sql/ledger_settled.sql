-- One account of each document, where several imports tell of it. Payments come from the newest history that knows one.
-- What is open comes from the newest of that history and the lists after it, and nothing is open of what the history
-- knows as paid. Where whole lists that follow are silent, it was paid on the day closest to its due date between the
-- import that shows it and the first list that does not.
create or replace temp table ledger_settled as
with told as not materialized (
  select item.* replace (case when paid_date <= told_through then paid_date end as paid_date),
    seq, told_on, listed, overlapping, closed_on, told_through
  from item join ledger_import using (import_id)
  where invoice_date <= told_through and keys_wanted
),
again as (  -- documents that several imports may tell of; all the others stand as they are told
  select distinct customer_key, document from told where overlapping
),
shown as (
  select customer_key, document, seq, listed,
    bool_or(paid_date is not null) as pays, bool_or(paid_date is null) as owes
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
select told.import_id, line, customer_key, document, document_type, invoice_date, due_date, amount, currency, listed,
  told_through, paid_date is null and closed_on is not null as is_inferred,
  case when is_inferred then greatest(least(due_date, closed_on), told_on) else paid_date end as paid_date
from told left join placed using (customer_key, document)
where paid_in is null or seq = case when paid_date is null then open_in else paid_in end
