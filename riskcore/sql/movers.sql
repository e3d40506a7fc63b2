-- Customers whose tier differs under the thresholds $t… and those in force $u…, largest exposure first.
with tiered as (
  select *,
    least(greatest(case when score >= $u1 then 0 when score >= $u2 then 1 when score >= $u3 then 2
      when score >= $u4 then 3 when score >= $u5 then 4 when score >= $u6 then 5 else $last end, best), worst) as was,
    least(greatest(case when score >= $t1 then 0 when score >= $t2 then 1 when score >= $t3 then 2
      when score >= $t4 then 3 when score >= $t5 then 4 when score >= $t6 then 5 else $last end, best), worst) as now
  from listing
)
select position, customer_key, customer_id, customer_name, score, was, now, exposure, past_due, credit_limit,
  industry, region, salesperson, rules, reason, reason_state, reason_value
from tiered
where case $direction when 'better' then now < was when 'worse' then now > was else now <> was end
order by position
limit $most offset $skip;
