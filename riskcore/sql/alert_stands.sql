-- Every alert and how it stands on a day: open, snoozed or acknowledged; a snooze ends on its day. A review of the
-- customer acknowledges all that were raised before it.
select a.alert_id, a.customer_key, a.code, a.watches, a.cause, a.told, a.assessment_id, a.raised_at,
  e.until, e.note, e.said_by, e.said_at,
  case when e.event = 'acknowledged' then 'acknowledged'
    when e.event = 'snoozed' and e.until > $today::date then 'snoozed' else 'open' end as stands
from alert a
left join (
  select alert_id, arg_max(event, said_at) as event, arg_max(until, said_at) as until, arg_max(note, said_at) as note,
    arg_max(said_by, said_at) as said_by, max(said_at) as said_at
  from (
    select alert_id, event, until, note, said_by, said_at from alert_event
    union all
    select alert_id, 'acknowledged', null, reason, reviewed_by, reviewed_at
    from review join alert using (customer_key) where reviewed_at > raised_at
  )
  group by alert_id
) e using (alert_id)
