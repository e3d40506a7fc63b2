-- Alerts, over the step `standing`, under filters, each NULL where it is not set. `review_due`: when the first review that
-- is asked for of the customer, whatever for, and has not been done is due.
select s.*, assessment.as_of as day, customer.customer_id,
  coalesce(l.customer_name, customer.customer_id) as customer_name, l.tier, l.exposure,
  coalesce(w.is_watched, false) or coalesce(l.rules & $watch_rules::integer > 0, false) as is_watched, c.review_due
from standing s
join assessment using (assessment_id)
join customer on customer.customer_key = s.customer_key
left join listing l on l.customer_key = s.customer_key
left join (
  select customer_key, arg_max(is_watched, said_at) as is_watched from watched group by customer_key
) w on w.customer_key = s.customer_key
left join (
  select customer_key, min(due_on) as review_due from review_call where not exists (
    select 1 from review where review.customer_key = review_call.customer_key and reviewed_at >= called_at
  )
  group by customer_key
) c on c.customer_key = s.customer_key
where ($stands::varchar is null or stands = $stands)
  and ($codes::varchar[] is null or list_contains($codes, code))
  and ($tiers::integer[] is null or list_contains($tiers, l.tier::integer))
  and ($customer::integer is null or s.customer_key = $customer)
  and ($alerts::integer[] is null or list_contains($alerts, alert_id))
  and ($since::date is null or assessment.as_of >= $since)
