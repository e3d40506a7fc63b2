-- How many customers have each score. Those without one are left out.
select score, sum(customers)::bigint
from cube
where assessment_id = $assessment and dimension = '' and score is not null
group by score
order by score;
