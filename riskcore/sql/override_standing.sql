-- Every override with what was said of it and where it stands on $today. `closed` is refused or withdrawn; `began_at` is
-- NULL until all have agreed.
select o.*, a.said_by as approved_by, a.said_at as approved_at, a.reason as approved_why,
  c.event as closed, c.said_by as closed_by, c.said_at as closed_at, c.reason as closed_why,
  case when needs_second then a.said_at else asked_at end as began_at,
  case when c.event is not null then c.event
    when expires_on <= $today then 'ended'
    when needs_second and a.said_at is null then 'waiting'
    else 'in_force' end as state
from override o
left join override_event a on a.override_id = o.override_id and a.event = 'approved'
left join override_event c on c.override_id = o.override_id and c.event <> 'approved'
