-- The customers with the largest exposures, with each one's share of all exposure and the running share.
with total as (
  select sum(exposure) filter (where exposure > 0) as amount from listing
),
largest as (
  select * from listing where exposure > 0 order by position limit $top
)
select customer_key, customer_id, customer_name, tier, score, exposure,
  exposure::double / nullif(total.amount, 0)::double as share,
  sum(exposure) over (order by position)::double / nullif(total.amount, 0)::double as running_share
from largest, total
order by position;
