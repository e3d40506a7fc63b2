-- Where each of the customers just scored stands in the listing: largest exposure first.
create or replace temp table placed as
select customer_key, row_number() over (order by exposure desc nulls last, customer_id) as position
from sized join customer using (customer_key);
