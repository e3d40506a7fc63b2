-- Alerts under filters, each NULL where it is not set. `stands`: open, snoozed or acknowledged; a snooze ends on its
-- day. Those of watched customers stand first, then the newest day, then the larger exposure.
with last_event as (
  select alert_id, arg_max(event, said_at) as event, arg_max(until, said_at) as until, arg_max(note, said_at) as note,
    arg_max(said_by, said_at) as said_by, max(said_at) as said_at
  from alert_event group by alert_id
),
by_person as (
  select customer_key, arg_max(is_watched, said_at) as is_watched from watched group by customer_key
),
standing as (
  select a.alert_id, a.customer_key, a.code, a.watches, a.cause, a.told, a.assessment_id, a.raised_at,
    e.until, e.note, e.said_by, e.said_at,
    case when e.event = 'acknowledged' then 'acknowledged'
      when e.event = 'snoozed' and e.until > $today::date then 'snoozed' else 'open' end as stands
  from alert a left join last_event e using (alert_id)
)
select s.*, assessment.as_of as day, customer.customer_id,
  coalesce(l.customer_name, customer.customer_id) as customer_name, l.tier, l.exposure, coalesce(w.is_watched, false) or coalesce(l.rules & $watch_rules::integer > 0, false) as is_watched
from standing s
join assessment using (assessment_id)
join customer on customer.customer_key = s.customer_key
left join listing l on l.customer_key = s.customer_key
left join by_person w on w.customer_key = s.customer_key
where ($stands::varchar is null or stands = $stands)
  and ($codes::varchar[] is null or list_contains($codes, code))
  and ($tiers::integer[] is null or list_contains($tiers, l.tier::integer))
  and ($customer::integer is null or s.customer_key = $customer)
  and ($alerts::integer[] is null or list_contains($alerts, alert_id))
  and ($since::date is null or assessment.as_of >= $since)
