-- Customers whose tier differs between two assessments, each by its own policy, largest exposure first.
select customer_id, l.customer_name, b.tier as was, a.tier as now, b.score as score_was, a.score as score_now, a.exposure
from score a
join score b on b.customer_key = a.customer_key and b.assessment_id = $earlier
join customer on customer.customer_key = a.customer_key
left join (select customer_key, customer_name from listing) l on l.customer_key = a.customer_key
where a.assessment_id = $later and a.tier <> b.tier
order by a.exposure desc nulls last, customer_id
