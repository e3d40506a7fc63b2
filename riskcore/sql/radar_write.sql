-- What others than our score tell of the customers just scored; a state of 1 is known and not too old.
insert into opinion
select customer_key, z_double_prime, z_double_prime_date,
  case when external_grade_state = 1 then external_grade end,
  case when days_beyond_terms_12m_state = 1 then days_beyond_terms_12m end,
  case when past_due_over_30_pct_state = 1 then past_due_over_30_pct end,
  case when worst_days_past_due_24m_state = 1 then worst_days_past_due_24m end
from sized
where z_double_prime is not null or external_grade_state = 1
  or 1 in (days_beyond_terms_12m_state, past_due_over_30_pct_state, worst_days_past_due_24m_state)
order by customer_key;
