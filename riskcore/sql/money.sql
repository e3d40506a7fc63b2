-- Money by segment and tier under thresholds (best first), from the cube. One row per place and tier; see money.py.
with tiered as (
  select *,
    least(greatest(len(list_filter($thresholds, lambda start: coalesce(score, -1) < start)), best), worst)::integer as tier,
    case when in_default then 1.0
      else 1 / (1 + $odds * pow(2, (coalesce(score, $lowest) - $anchor) / $doubling)) end as pd_12m
  from cube where assessment_id = $assessment and dimension = $dimension
),
on_terms as (
  select *,
    sales_cents::double / 100 as sales,
    case when $prepaid[tier + 1] then 0
      else (sales_cents::double * $terms[tier + 1] + sales_late_cents::double) / 100 / 365 end as on_terms
  from tiered
)
select place, segment, tier,
  sum(customers)::bigint as customers,
  sum(exposure_cents)::double / 100 as exposure_today,
  sum(pd_12m * $lgd * (exposure_cents::double + $ead * unused_cents::double) / 100) as expected_loss_today,
  sum(sales) as sales,
  sum(on_terms) as exposure_on_terms,
  sum($margin * sales * $kept[tier + 1]) as margin_kept,
  sum(pd_12m * $lgd * on_terms) as expected_loss,
  sum($cost * on_terms) as cost_of_money,
  sum($margin * sales * $kept[tier + 1] - (pd_12m * $lgd + $cost) * on_terms) as money,
  coalesce(sum(sales) filter (where $prepaid[tier + 1]), 0) as sales_prepaid,
  sum(tier_limit_cents[tier + 1])::double / 100 as "limit",
  sum(tier_limit_up_cents[tier + 1])::double / 100 as limit_up,
  sum(tier_limit_down_cents[tier + 1])::double / 100 as limit_down
from on_terms
group by place, segment, tier
order by place, tier;
