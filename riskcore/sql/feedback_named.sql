-- What was said in one direction of some customers, and why people deviated from their tier that way, largest exposure
-- first; of one characteristic where it is named.
select customer_key, customer_name, listing.score, listing.tier, said_by, because
from (feedback_given) said join listing using (customer_key)
where opinion = $direction and customer_key in (select unnest($keys))
  and ($characteristic::varchar is null or characteristic = $characteristic)
qualify row_number() over (partition by customer_key, $person[said_by] order by said_at desc) = 1
order by position, said_at desc
limit $most
