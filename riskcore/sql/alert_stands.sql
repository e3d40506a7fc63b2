-- Every alert and how it stands on a day: open, snoozed or acknowledged; a snooze ends on its day.
select a.alert_id, a.customer_key, a.code, a.watches, a.cause, a.told, a.assessment_id, a.raised_at,
  e.until, e.note, e.said_by, e.said_at,
  case when e.event = 'acknowledged' then 'acknowledged'
    when e.event = 'snoozed' and e.until > $today::date then 'snoozed' else 'open' end as stands
from alert a
left join (
  select alert_id, arg_max(event, said_at) as event, arg_max(until, said_at) as until, arg_max(note, said_at) as note,
    arg_max(said_by, said_at) as said_by, max(said_at) as said_at
  from alert_event group by alert_id
) e using (alert_id)
