-- Since which day a bit of the rules is set without a break, for some customers and assessments of the same rules.
with told as (
  select customer_key, as_of, rules & $bit::integer > 0 as fires
  from score join assessment using (assessment_id)
  where list_contains($customers::integer[], customer_key) and list_contains($assessments::integer[], assessment_id)
),
last_without as (select customer_key, max(as_of) filter (not fires) as day from told group by customer_key)
select customer_key, min(as_of)
from told join last_without using (customer_key)
where fires and (day is null or as_of > day)
group by customer_key
