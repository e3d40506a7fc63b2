-- Customers with items in a currency that has no rate; is_mixed: in several currencies, so that nothing adds up.
create or replace temp table ledger_unconverted as
select customer_key, count(distinct coalesce(currency, $book)) > 1 as is_mixed
from seen_items
group by customer_key
having bool_or(coalesce(currency, $book) not in (select conversion.currency from conversion))
