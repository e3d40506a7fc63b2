-- The limits of all customers today and recommended, the changes, and how many of these were decided.
with decided as (select distinct customer_key, true as is_decided from limit_decision where assessment_id = $assessment),
proposed as (
  select customer_key, credit_limit, tier_limit[tier + 1] as recommended, tier_limit[tier + 1] - credit_limit as difference
  from listing
)
select
  coalesce(sum(credit_limit), 0)::double as today,
  coalesce(sum(recommended), 0)::double as recommended,
  coalesce(sum(difference) filter (where difference > 0), 0)::double as up,
  coalesce(-sum(difference) filter (where difference < 0), 0)::double as down,
  count(*) filter (where difference > 0) as up_count,
  count(*) filter (where difference < 0) as down_count,
  count(*) filter (where recommended <> coalesce(credit_limit, 0)) as changes,
  count(*) filter (where recommended <> coalesce(credit_limit, 0) and is_decided) as decided,
  count(*) filter (where recommended is null) as unknown
from proposed left join decided using (customer_key);
