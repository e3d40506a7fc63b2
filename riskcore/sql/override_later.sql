-- What the first assessment at least $months (each of them) after the data of an override shows of its customer, by the
-- score of then; tiers of scores as in override_outcomes. One row per direction and number of months.
with standing as (override_standing),
assessed as (  -- the last of each day
  select as_of, max(assessment_id) as assessment_id
  from assessment join policy using (policy_hash)
  where not draft and known_by is null
  group by as_of
),
asked as (  -- the first of a customer on an assessment's data
  select customer_key, direction, a.as_of
  from standing join assessment a using (assessment_id)
  where began_at is not null and score is not null
  qualify row_number() over (partition by customer_key, a.as_of order by override_id) = 1
),
later as (
  select customer_key, direction, months, arg_min(assessed.assessment_id, assessed.as_of) as assessment_id
  from asked cross join (select unnest($months::integer[]) as months) horizon
  join assessed on assessed.as_of >= asked.as_of + to_months(months)
  group by customer_key, direction, asked.as_of, months
),
seen as (
  select direction, months,
    len(list_filter($starts::integer[], lambda start: coalesce(score, -1) < start)) = $worst as bad
  from later join score using (assessment_id, customer_key)
  where not little_known
)
select direction, months, count(*) as n, count(*) filter (where bad) as bad,
  count(*) filter (where bad = (direction = 'down')) as was_right
from seen
group by direction, months
order by months, direction desc
