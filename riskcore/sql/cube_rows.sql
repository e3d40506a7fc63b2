-- What the cube sums of each customer just scored, in cents: converted once, as five cubes are made of it.
create or replace temp table counted as
with limited as (
  select *, (credit_limit::decimal(38,2) * 100)::bigint as limit_cents,
    tier_limit[1] * 100 as limit_1,
    tier_limit[2] * 100 as limit_2,
    tier_limit[3] * 100 as limit_3,
    tier_limit[4] * 100 as limit_4,
    tier_limit[5] * 100 as limit_5,
    tier_limit[6] * 100 as limit_6,
    tier_limit[7] * 100 as limit_7
  from sized
)
select coalesce(trim(industry), '') as industry, coalesce(trim(region), '') as region,
  coalesce(trim(salesperson), '') as salesperson, score, best, worst, little_known, in_default,
  exposure, past_due, unused_limit, annual_sales, round(annual_sales::double * 100 * late_days)::bigint as sales_late,
  len(tier_limit) as tiers, limit_cents, limit_1, limit_2, limit_3, limit_4, limit_5, limit_6, limit_7,
  greatest(limit_1 - limit_cents, 0) as up_1, greatest(limit_cents - limit_1, 0) as down_1,
  greatest(limit_2 - limit_cents, 0) as up_2, greatest(limit_cents - limit_2, 0) as down_2,
  greatest(limit_3 - limit_cents, 0) as up_3, greatest(limit_cents - limit_3, 0) as down_3,
  greatest(limit_4 - limit_cents, 0) as up_4, greatest(limit_cents - limit_4, 0) as down_4,
  greatest(limit_5 - limit_cents, 0) as up_5, greatest(limit_cents - limit_5, 0) as down_5,
  greatest(limit_6 - limit_cents, 0) as up_6, greatest(limit_cents - limit_6, 0) as down_6,
  greatest(limit_7 - limit_cents, 0) as up_7, greatest(limit_cents - limit_7, 0) as down_7
from limited;
