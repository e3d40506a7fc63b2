-- Tiers in two assessments. One row per pair; NULL where the customer was not in the book.
select b.tier as was, a.tier as now, count(*) as customers, coalesce(sum(coalesce(a.exposure, b.exposure)), 0)::double as exposure
from (select customer_key, tier, exposure from score where assessment_id = $before) b
full join (select customer_key, tier, exposure from score where assessment_id = $after) a using (customer_key)
group by b.tier, a.tier
order by was nulls last, now nulls last;
