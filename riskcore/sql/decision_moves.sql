-- Who stands in another tier under the thresholds $t… in the newest assessment than in the one numbered $before: how
-- many in a better and in a worse one, and those with the largest exposures.
with tiered as (
  select listing.*, kept.tier as was,
    least(greatest(case when listing.score >= $t1 then 0 when listing.score >= $t2 then 1 when listing.score >= $t3 then 2
      when listing.score >= $t4 then 3 when listing.score >= $t5 then 4 when listing.score >= $t6 then 5
      else $last end, listing.best), listing.worst)::integer as now
  from listing join (select customer_key, tier::integer as tier from score where assessment_id = $before) as kept
    using (customer_key)
)
select count(*) filter (now < was), count(*) filter (now > was),
  coalesce(
    arg_min(
      {customer_id: customer_id, customer_name: customer_name, score: score, was: was, now: now,
        exposure: exposure::double}, position, $shown),
    [])
from tiered where now <> was
