-- Each alert that a rule raised in an assessment asks for a review. As reviews.call does one by one: none twice.
insert into review_call
select row_number() over (order by alert_id) + (select coalesce(max(call_id), 0) from review_call),
  customer_key, 'alert', code || '|' || cause,
  json_merge_patch(told::json, json_object('code', code, 'watches', watches, 'alert_id', alert_id))::varchar,
  $today::date + $within::integer, null, $now
from alert a
where assessment_id = $assessment and code = $code
  and not exists (
    select 1 from review_call c
    where c.customer_key = a.customer_key and c.cause = 'alert' and c.cause_key = a.code || '|' || a.cause
  )
