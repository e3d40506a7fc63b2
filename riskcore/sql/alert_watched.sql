-- Who is watched now: by a person, or by a rule that fires; `since` of a rule is asked for apart.
with by_person as (
  select customer_key, arg_max(is_watched, said_at) as is_watched, arg_max(reason, said_at) as reason,
    arg_max(said_by, said_at) as said_by, max(said_at) as said_at
  from watched group by customer_key
)
select l.customer_key, l.customer_id, l.customer_name, l.tier, l.score, l.exposure,
  l.rules & $watch_rules::integer as watch_rules,
  case when p.is_watched then p.reason end as reason, case when p.is_watched then p.said_by end as said_by,
  case when p.is_watched then p.said_at end as said_at
from listing l left join by_person p using (customer_key)
where p.is_watched or l.rules & $watch_rules::integer > 0
