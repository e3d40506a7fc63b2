-- Customers and exposure by tier under $t… (now) and under $u… (was), from the cube. One row per pair that occurs.
with tiered as (
  select customers, exposure_cents,
    least(greatest(case when score >= $u1 then 0 when score >= $u2 then 1 when score >= $u3 then 2
      when score >= $u4 then 3 when score >= $u5 then 4 when score >= $u6 then 5 else $last end, best), worst) as was,
    least(greatest(case when score >= $t1 then 0 when score >= $t2 then 1 when score >= $t3 then 2
      when score >= $t4 then 3 when score >= $t5 then 4 when score >= $t6 then 5 else $last end, best), worst) as now
  from cube where assessment_id = $assessment and dimension = ''
)
select was, now, sum(customers)::bigint as customers, sum(exposure_cents)::double / 100 as exposure
from tiered
group by was, now
order by was, now;
