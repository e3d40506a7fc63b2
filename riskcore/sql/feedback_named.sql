-- What was said in one direction of some customers, and why people deviated from their tier that way, largest exposure
-- first; of one characteristic where it is named.
with said as (
  select customer_key, given_by as said_by, given_at as said_at, because, opinion, characteristic from feedback
  union all
  select customer_key, asked_by, asked_at, reason, if(direction = 'up', 'too_low', 'too_high'), null
  from override
  where not exists (
    from override_event ended where ended.override_id = override.override_id and event in ('refused', 'withdrawn')
  )
)
select customer_key, customer_name, listing.score, listing.tier, said_by, because
from said join listing using (customer_key)
where opinion = $direction and customer_key in (select unnest($keys))
  and ($characteristic::varchar is null or characteristic = $characteristic)
qualify row_number() over (partition by customer_key, lower(said_by) order by said_at desc) = 1
order by position, said_at desc
limit $most
