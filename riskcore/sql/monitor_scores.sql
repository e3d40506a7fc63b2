-- How many customers of an assessment have each score; NULL is not scored.
select score, sum(customers)::bigint
from cube
where assessment_id = $assessment and dimension = ''
group by score
