-- Customers just scored that no assessment held before, with the day.
insert into first_assessed
select customer_key, $day from sized anti join first_assessed using (customer_key) order by customer_key;
