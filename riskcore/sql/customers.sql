-- The listing under filters, each NULL where it is not set, with the override of each that is in force on $today.
select listing.*, override_direction, override_tier, override_by, override_until
from listing left join (
  select customer_key, direction as override_direction, tier as override_tier, asked_by as override_by,
    expires_on as override_until
  from (override_standing)
  where state = 'in_force'
) using (customer_key)
where ($search is null or contains(search, $search))
  and ($tiers is null or list_contains($tiers, tier::integer))
  and ($industry is null or industry = $industry)
  and ($region is null or region = $region)
  and ($salesperson is null or salesperson = $salesperson)
  and ($rule is null or rules & $rule::integer <> 0)
  and ($little_known is null or little_known)
  and ($over_limit is null or exposure > credit_limit)
  and ($overridden is null or override_until is not null)
  and ($statement_months::integer[] is null or statement_date + to_months(($statement_months::integer[])[tier + 1]) < $day::date)
