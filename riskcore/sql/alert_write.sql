-- What a rule tells of, but what it told before. Parameters that a rule does not need are named all the same.
insert into alert
select row_number() over (order by customer_key, cause) + (select coalesce(max(alert_id), 0) from alert),
  customer_key, $code, $watches, cause, $assessment, told::varchar, $now
from (changes_of_rule) found
where ($day::date, $reference_day::date, $reference::integer) is not null
  and not exists (
    select 1 from alert a where a.customer_key = found.customer_key and a.code = $code and a.cause = found.cause
  )
