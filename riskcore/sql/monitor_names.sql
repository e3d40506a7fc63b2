-- The customers that stood at place $was and stand at $now, largest exposure first, each with the name last told.
with b as (
  select customer_key, case when little_known then -2 else tier::tinyint end as place, score, exposure
  from score where assessment_id = $earlier
),
a as (
  select customer_key, case when little_known then -2 else tier::tinyint end as place, score, exposure
  from score where assessment_id = $later
),
moved as (
  select customer_key, b.score as score_was, a.score as score_now, b.exposure as exposure_was,
    a.exposure as exposure_now, coalesce(a.exposure, b.exposure) as exposure
  from b full join a using (customer_key)
  where coalesce(b.place, -1) = $was and coalesce(a.place, -1) = $now
  order by coalesce(a.exposure, b.exposure) desc nulls last, customer_key
  limit $most offset $skip
),
told as (
  select customer_key, arg_max(customer_name, (coalesce(dated, as_of), import_id)) as customer_name
  from input join import using (import_id)
  where customer_key in (select customer_key from moved) and customer_name is not null and undone_at is null
  group by customer_key
)
select customer_key, customer_id, coalesce(customer_name, customer_id) as customer_name, score_was, score_now,
  exposure_was::double as exposure_was, exposure_now::double as exposure_now, exposure::double as exposure
from moved join customer using (customer_key) left join told using (customer_key)
order by exposure desc nulls last, customer_key
