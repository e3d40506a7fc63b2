-- Customers whose tier differs under the thresholds $t… and those in force $u…, largest exposure first, with what it
-- changes: the recommended limit, and the money of money.py (NULL without assumptions, or where sales are not known).
with tiered as (
  select *,
    least(greatest(case when score >= $u1 then 0 when score >= $u2 then 1 when score >= $u3 then 2
      when score >= $u4 then 3 when score >= $u5 then 4 when score >= $u6 then 5 else $last end, best), worst) as was,
    least(greatest(case when score >= $t1 then 0 when score >= $t2 then 1 when score >= $t3 then 2
      when score >= $t4 then 3 when score >= $t5 then 4 when score >= $t6 then 5 else $last end, best), worst) as now
  from listing
),
paged as (
  select *,
    $cost::double + $lgd::double * case when in_default then 1
      else 1 / (1 + $odds::double * pow(2, (coalesce(score, $lowest) - $anchor) / $doubling::double)) end as yearly_cost
  from tiered
  where case $direction when 'better' then now < was when 'worse' then now > was else now <> was end
  order by position
  limit $most offset $skip
)
select position, customer_key, customer_id, customer_name, score, was, now, exposure, past_due, credit_limit,
  industry, region, salesperson, rules, reason, reason_state, reason_value,
  tier_limit[now + 1] - tier_limit[was + 1] as limit_change,
  annual_sales::double * (
    $margin::double * (($kept::double[])[now + 1] - ($kept::double[])[was + 1])
    - yearly_cost / 365 * (
      if(($prepaid::boolean[])[now + 1], 0, ($terms::double[])[now + 1] + late_days)
      - if(($prepaid::boolean[])[was + 1], 0, ($terms::double[])[was + 1] + late_days))
  ) as money_change
from paged
order by position;
