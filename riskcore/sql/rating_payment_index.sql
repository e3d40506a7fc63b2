-- Days beyond terms by the newest index of payments of each customer, from `payment_band`.
with told as (
  select customer_key,
    arg_max({'index': agency_payment_index, 'dated': coalesce(dated, live.as_of), 'import_id': import_id},
      date_diff('day', date '1800-01-01', coalesce(dated, live.as_of)) * 10000000 + live.seq) as newest
  from input join live using (import_id)
  where agency_payment_index is not null and bureau_days_beyond_terms_state is null
    and coalesce(dated, live.as_of) <= $as_of and customer_key between $first and $last
  group by customer_key
)
select customer_key, newest.dated as dated, newest.import_id as import_id,
  (select arg_max(days, lower) from payment_band where lower <= newest.index) as bureau_days_beyond_terms
from told
