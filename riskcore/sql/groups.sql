-- Connected customers: those with one topmost parent, be it a customer or not, if they are two or more; the sums are of
-- the group. With $customer the members of its group, else one row for each of the $top groups by exposure.
with recursive above as (
  select customer_id, parent_id as top, 1 as steps from listing where parent_id is not null
  union all
  select above.customer_id, parent.parent_id, steps + 1
  from above join listing as parent on parent.customer_id = above.top
  where parent.parent_id is not null and steps < 10  -- those who own each other in a ring go round until here
),
parented as (
  select customer_id, if(max(steps) = 10, min(top), arg_max(top, steps)) as group_id from above group by customer_id
),
connected as (
  select listing.*, coalesce(parented.group_id, listing.customer_id) as group_id
  from listing left join parented using (customer_id)
  where parented.group_id is not null or listing.customer_id in (select group_id from parented)
),
summed as (
  select *,
    count(*) over together as members,
    (coalesce(sum(exposure) over together, 0))::double as group_exposure,
    (coalesce(sum(past_due) over together, 0))::double as group_past_due,
    max(tier) over together as worst_tier,
    max(if(customer_id = group_id, customer_name, null)) over together as head_name,
    row_number() over (partition by group_id order by position) as place_within
  from connected
  window together as (partition by group_id)
),
placed as (
  select *,
    group_exposure / nullif((select sum(exposure) from listing where exposure > 0), 0)::double as share,
    dense_rank() over (order by group_exposure desc, group_id) as place
  from summed
  where members > 1
)
select place, group_id, head_name, members, group_exposure, group_past_due, share, worst_tier,
  position, customer_key, customer_id, customer_name, tier, score, exposure, past_due
from placed
where case when $customer::integer is null then place_within = 1 and place <= $top
  else group_id = (select group_id from placed where customer_key = $customer) end
order by place, position;
