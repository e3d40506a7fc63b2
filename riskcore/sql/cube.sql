-- The cells of one dimension of an assessment's cube.
select segment, place, score, best, worst, little_known, customers, with_exposure, exposure_cents, past_due_cents
from cube
where assessment_id = $assessment and dimension = $dimension
order by place, score;
