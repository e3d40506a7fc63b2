-- Customers and money by segment and tier under thresholds $t1 to $t6 (best first, NULL where there are fewer).
-- One row per place and tier.
with tiered as (
  select *,
    case when score >= $t1 then 0 when score >= $t2 then 1 when score >= $t3 then 2
      when score >= $t4 then 3 when score >= $t5 then 4 when score >= $t6 then 5 else $last end as score_tier
  from cube where assessment_id = $assessment and dimension = $dimension
),
final as (
  select *, least(greatest(score_tier, best), worst) as tier from tiered
)
select place, segment, tier,
  sum(customers)::bigint as customers,
  sum(with_exposure)::bigint as with_exposure,
  sum(exposure_cents)::double / 100 as exposure,
  sum(past_due_cents)::double / 100 as past_due,
  coalesce(sum(customers) filter (where little_known), 0)::bigint as little_known,
  coalesce(sum(exposure_cents) filter (where little_known), 0)::double / 100 as little_known_exposure,
  coalesce(sum(customers) filter (where tier <> score_tier), 0)::bigint as held
from final
group by place, segment, tier
order by place, tier;
