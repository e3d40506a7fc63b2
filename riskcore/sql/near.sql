-- Customers at most $points from a threshold ($t…, best first) that divides their final tier, largest exposure first:
-- the nearest such line, the points to it (below 0: under it), and the recommended limits above and below it.
with line as (
  select (unnest([0, 1, 2, 3, 4, 5]))::utinyint as place, unnest([$t1, $t2, $t3, $t4, $t5, $t6]::integer[]) as start
),
near as (  -- places first, and what is shown of them afterwards: a page of names is read, not a book of them
  select position, place, start
  from listing join line on score between start - $points and start + $points and best <= place and worst > place
  qualify row_number() over (partition by position order by abs(score - start), place) = 1
  order by position
  limit $most offset $skip
)
select position, customer_key, customer_id, customer_name, score, place, start, score - start as distance,
  exposure, past_due, industry, rules, reason, reason_state, reason_value,
  tier_limit[place + 1] - tier_limit[place + 2] as limit_at_stake
from listing join near using (position)
order by position
