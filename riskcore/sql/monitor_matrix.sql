-- Customers and exposure by place in two assessments: a tier's, -2 little known, -1 not in the book.
select coalesce(b.place, -1) as was, coalesce(a.place, -1) as now, count(*) as customers,
  coalesce(sum(coalesce(a.exposure, b.exposure)), 0)::double as exposure
from (
  select customer_key, case when little_known then -2 else tier::tinyint end as place, exposure
  from score where assessment_id = $earlier
) b
full join (
  select customer_key, case when little_known then -2 else tier::tinyint end as place, exposure
  from score where assessment_id = $later
) a using (customer_key)
group by b.place, a.place
