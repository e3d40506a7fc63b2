-- The cells of one dimension of an assessment's cube.
select segment, place, score, best, worst, little_known, in_default, customers, with_exposure, exposure_cents,
  past_due_cents, unused_cents, sales_cents, sales_late_cents, tier_limit_cents, tier_limit_up_cents, tier_limit_down_cents
from cube
where assessment_id = $assessment and dimension = $dimension
order by place, score;
