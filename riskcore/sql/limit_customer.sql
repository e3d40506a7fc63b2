-- The listing's row of one customer, the limit recommended today, and the newest decision about it.
select listing.*, tier_limit[tier + 1] as recommended, tier_limit[tier + 1] - listing.credit_limit as difference,
  choice, decided_limit, decided_by, decision.reason as decided_why, decided_at
from listing left join (
  select * from limit_decision where assessment_id = (select max(assessment_id) from assessment)
) as decision on decision.customer_key = listing.customer_key
where listing.customer_key = $customer
order by decision_id desc
limit 1;
