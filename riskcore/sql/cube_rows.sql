-- What the cube sums of each customer just scored, with limits in cents: converted once for all dimensions.
create or replace temp table counted as
select coalesce(trim(industry), '') as industry, coalesce(trim(region), '') as region,
  coalesce(trim(salesperson), '') as salesperson, score, best, worst, little_known, in_default,
  exposure, past_due, unused_limit, annual_sales, round(annual_sales::double * 100 * late_days)::bigint as sales_late,
  len(tier_limit) as tiers, (credit_limit::decimal(38,2) * 100)::bigint as limit_cents,
  tier_limit[1] * 100 as limit_1,
  tier_limit[2] * 100 as limit_2,
  tier_limit[3] * 100 as limit_3,
  tier_limit[4] * 100 as limit_4,
  tier_limit[5] * 100 as limit_5,
  tier_limit[6] * 100 as limit_6,
  tier_limit[7] * 100 as limit_7
from sized;
