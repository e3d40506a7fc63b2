-- The reviews that were called for a disagreement on some customers and stand open, with the day they are due.
select customer_key, min(due_on) from review_call
where cause = 'disagreement' and list_contains($keys, customer_key) and not exists (
  select 1 from review where review.customer_key = review_call.customer_key and reviewed_at >= called_at
)
group by customer_key;
