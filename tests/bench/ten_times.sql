-- Every customer of the listing ten times, in order of exposure, and the sums of the last cube to match.
create temp table once as select * from listing;
truncate listing;
insert into listing
select * exclude (n) replace (
  row_number() over (order by exposure desc nulls last, customer_key, n) as position,
  (customer_key + n * 20000000)::integer as customer_key,
  customer_id || '-' || n as customer_id
)
from once, range(10) t(n)
order by position;
drop table once;
update cube set
  customers = customers * 10, with_exposure = with_exposure * 10,
  exposure_cents = exposure_cents * 10, past_due_cents = past_due_cents * 10, unused_cents = unused_cents * 10,
  sales_cents = sales_cents * 10, sales_late_cents = sales_late_cents * 10,
  tier_limit_cents = list_transform(tier_limit_cents, lambda x: x * 10),
  tier_limit_up_cents = list_transform(tier_limit_up_cents, lambda x: x * 10),
  tier_limit_down_cents = list_transform(tier_limit_down_cents, lambda x: x * 10)
where assessment_id = (select max(assessment_id) from assessment);
update assessment set customers = customers * 10
where assessment_id = (select max(assessment_id) from assessment);
