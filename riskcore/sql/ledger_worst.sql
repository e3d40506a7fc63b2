-- The worst days past due of the customers for whom they are sought: the most days that invoices worth a hundredth of
-- those of the 24 months were late by, or more.
update ledger set worst_days_past_due_24m = found.worst
from (
  select customer_key, coalesce(max(days_late) filter (days_late > 0 and so_late * 100 >= weight_24m), 0) as worst
  from (
    select customer_key, days_late,
      sum(cents) over (partition by customer_key order by days_late desc) as so_late,
      sum(cents) over (partition by customer_key) as weight_24m
    from ledger_item semi join (select customer_key from ledger where is_worst_sought) using (customer_key)
    where counted_on > $two_years
  )
  group by customer_key
) found
where ledger.customer_key = found.customer_key
