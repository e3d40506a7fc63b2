-- Whom a person's override bounds on $day, from what had been said before $until (NULL: by now): places of the tiers
-- $codes, best first. A tier that there is not gives no place.
select customer_key, override_id,
  case when direction = 'down' then nullif(list_position($codes::varchar[], tier), 0) - 1 end::integer as override_best,
  case when direction = 'up' then nullif(list_position($codes::varchar[], tier), 0) - 1 end::integer as override_worst
from override
where expires_on > $day
  and ($until::timestamp is null or asked_at < $until)
  and (not needs_second or exists (
    select * from override_event e
    where e.override_id = override.override_id and event = 'approved' and ($until::timestamp is null or said_at < $until)
  ))
  and not exists (
    select * from override_event e
    where e.override_id = override.override_id and event <> 'approved' and ($until::timestamp is null or said_at < $until)
  )
qualify row_number() over (partition by customer_key order by override_id desc) = 1
