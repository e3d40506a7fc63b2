insert into alert_level
select $assessment, customer_key, late_before, late_now, share_before, share_now, events_before, events_now,
  used_before, used_now, statement_before, statement_now
from alert_seen
order by customer_key
