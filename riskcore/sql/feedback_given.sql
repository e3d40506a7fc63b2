-- What people say of scores: opinions, and overrides that were neither refused nor withdrawn, as opinions of a tier.
select customer_key, assessment_id, policy_hash, opinion, characteristic, bin, tier, industry, region, salesperson,
  given_by as said_by, given_at as said_at, because, null as reason_code
from feedback
union all
select customer_key, assessment_id, policy_hash, if(direction = 'up', 'too_low', 'too_high'), null, null, tier_before,
  industry, region, salesperson, asked_by, asked_at, override.reason, reason_code
from override join assessment using (assessment_id) left join listing using (customer_key)
where not exists (
  from override_event ended where ended.override_id = override.override_id and event in ('refused', 'withdrawn')
)
