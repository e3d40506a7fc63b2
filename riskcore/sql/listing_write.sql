-- The customers just scored as a user pages them, from one place to another. `search` is what a search looks through.
insert into listing
select position, customer_key, customer_id, customer_name,
  lower(customer_id || ' ' || customer_name || ' ' || coalesce(short_name, '')) as search,
  nullif(trim(industry), ''), nullif(trim(region), ''), nullif(trim(salesperson), ''),
  exposure, past_due, credit_limit, score, best, worst, tier, rules, known_points, little_known,
  reason, reason_state, reason_value,
  nullif(trim(parent_id), ''), credit_days, annual_sales, late_days, in_default, unused_limit,
  need, capacity, own_cap, binding, tier_limit, last_review_date, next_review_date, first_assessed.day,
  days_beyond_terms, legal_events, statement_date
from placed join sized using (customer_key) join customer using (customer_key)
  join first_assessed using (customer_key)
where position > $after and position <= $through
order by position;
