-- Recommended limits that differ from today's, with what was decided of each; filters NULL where not set.
with decided as (
  select customer_key, choice, decided_limit, decided_by, reason as decided_why, decided_at
  from limit_decision
  where assessment_id = $assessment
  qualify row_number() over (partition by customer_key order by decision_id desc) = 1
),
proposed as (
  select *, tier_limit[tier + 1] as recommended, tier_limit[tier + 1] - credit_limit as difference
  from listing
)
select position, customer_key, customer_id, customer_name, tier, score, rules, exposure, credit_limit, recommended,
  difference, binding, need, capacity, own_cap, credit_days, tier_limit, choice, decided_limit, decided_by, decided_why,
  decided_at
from proposed left join decided using (customer_key)
where recommended <> coalesce(credit_limit, 0)
  and ($search is null or contains(search, $search))
  and ($tiers is null or list_contains($tiers, tier::integer))
  and case $direction when 'up' then difference > 0 when 'down' then difference < 0 else true end
  and ($undecided is null or choice is null)
  and ($customers is null or list_contains($customers, customer_key))
