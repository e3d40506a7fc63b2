-- A customer's score in every assessment, oldest first.
select as_of, assessment_id, score.score, score.tier, score.exposure
from score join assessment using (assessment_id)
where customer_key = $customer
order by assessment_id;
