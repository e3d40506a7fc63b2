-- What people said of a customer last, each person once for an assessment, newest first.
select opinion, characteristic, because, score, tier, given_by, given_at, version
from feedback join policy using (policy_hash)
where customer_key = $customer
qualify row_number() over (partition by assessment_id, $person[given_by] order by feedback_id desc) = 1
order by feedback_id desc
limit $most
