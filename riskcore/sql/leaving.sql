-- How many customers of the listing are known from these imports alone.
select count(*)
from listing
join (
  select customer_key
  from input join import using (import_id)
  where undone_at is null
  group by customer_key
  having bool_and(import_id in (select unnest($imports)))
) using (customer_key);
