-- The listing's rows of some customers, largest exposure first.
select * from listing where list_contains($customers, customer_key) order by position;
