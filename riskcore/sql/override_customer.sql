-- A customer in the newest assessment as one who asks to override sees it, and its tier in the one that was looked at.
select now.tier, now.score, now.rules, now.exposure, now.best, l.credit_limit, seen.tier as tier_seen
from score now
join listing l using (customer_key)
left join score seen on seen.customer_key = now.customer_key and seen.assessment_id = $seen
where now.assessment_id = $newest and now.customer_key = $customer
