-- What was said in one direction of some customers, largest exposure first; of one characteristic where it is named.
select customer_key, customer_name, listing.score, listing.tier, given_by, because
from feedback join listing using (customer_key)
where opinion = $direction and customer_key in (select unnest($keys))
  and ($characteristic::varchar is null or characteristic = $characteristic)
qualify row_number() over (partition by customer_key, lower(given_by) order by feedback_id desc) = 1
order by position, feedback_id desc
limit $most
