-- Per person and judged case when it was last seen, under which policy, and whether that is long ago by now; the case
-- seen longest ago first.
select person, case_id, policy_hash, seen_at, seen_at + to_months($months) <= $now as long_ago
from (
  select person, case_id, policy_hash, judged_at as seen_at from training_judgement
  union all
  select person, case_id, policy_hash, read_at from training_reread
)
qualify row_number() over (partition by person, case_id order by seen_at desc) = 1
order by person, seen_at, case_id
