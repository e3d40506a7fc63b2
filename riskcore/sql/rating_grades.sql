-- Of each customer the newest of its agencies' newest ratings, the worse of two on one day, and how it changed: from
-- `rated_normally`, whose ratings are those up to the date asked for.
with read as (
  select *, row_number() over (partition by customer_key, agency order by report_date desc, seq desc, line desc) as age
  from rated_normally where normal is not null
),
newest as (
  select * from read where age = 1
  qualify row_number() over (partition by customer_key order by report_date desc, rank desc, agency) = 1
),
before as (
  select n.customer_key, arg_min({'scale': r.scale, 'place': r.place, 'rank': r.rank}, r.age) as was
  from newest n join read r
    on r.customer_key = n.customer_key and r.agency = n.agency
    and r.report_date <= n.report_date - interval 12 month
  group by n.customer_key
)
select n.customer_key, n.report_date as dated, n.import_id, n.normal as external_grade,
  case when n.place is not null and was.place is not null and n.scale = was.scale then was.place - n.place
    else was.rank - n.rank end::double as external_grade_change_12m
from newest n left join before using (customer_key)
