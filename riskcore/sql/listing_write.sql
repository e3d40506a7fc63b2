-- The customers just scored as a user pages them, largest exposure first. `search` is what a search looks through.
insert into listing
select row_number() over () as position, *
from (
  select customer_key, customer_id, customer_name,
    lower(customer_id || ' ' || customer_name || ' ' || coalesce(short_name, '')) as search,
    nullif(trim(industry), ''), nullif(trim(region), ''), nullif(trim(salesperson), ''),
    exposure, past_due, credit_limit, score, best, worst, tier, rules, known_points, little_known,
    reason, reason_state, reason_value,
    nullif(trim(parent_id), ''), credit_days, annual_sales, late_days, in_default, unused_limit,
    need, capacity, own_cap, binding, tier_limit, last_review_date, next_review_date, first_assessed.day,
    days_beyond_terms, legal_events, statement_date
  from sized join customer using (customer_key) join first_assessed using (customer_key)
  order by exposure desc nulls last, customer_id  -- sorted once: the rows are numbered as they come
);
