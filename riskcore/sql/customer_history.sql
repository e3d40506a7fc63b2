-- All that is kept of a customer in every assessment that holds it, oldest first.
select as_of, created_at, policy_hash, score.*
from score join assessment using (assessment_id)
where customer_key = $customer
order by assessment_id;
