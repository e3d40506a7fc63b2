-- Overrides in the states $states (NULL: all), of one customer or all, the last asked for first.
select standing.*, customer.customer_id, coalesce(listing.customer_name, customer.customer_id) as customer_name,
  listing.tier as tier_now
from standing
join customer using (customer_key)
left join listing using (customer_key)
where ($states::varchar[] is null or list_contains($states::varchar[], state))
  and ($override::integer is null or override_id = $override)
  and ($customer::integer is null or standing.customer_key = $customer)
order by list_position(['waiting', 'in_force'], state) nulls last, asked_at desc, override_id desc
limit $most offset $skip
