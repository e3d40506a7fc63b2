-- Customers whose opinions disagree and whose review is to be called, largest exposure first, so many as may stand open.
with called as (
  select customer_key, cause_key, called_at from review_call where cause = 'disagreement'
),
standing as (
  select distinct customer_key from called
  where not exists (select 1 from review where review.customer_key = called.customer_key and reviewed_at >= called_at)
),
found as (
  select *, concat($firsts[pair + 1], ' ', $codes[first_best + 1], '-', $codes[first_worst + 1], ' ',
    $seconds[pair + 1], ' ', $codes[second_best + 1], '-', $codes[second_worst + 1]) as cause_key
  from (opinions_of_all)
  where gap >= $least and coalesce(exposure, 0) >= $exposure_from
)
select customer_key, cause_key, pair, gap, first_best, first_worst, second_best, second_worst
from found anti join standing using (customer_key) anti join called using (customer_key, cause_key)
order by position
limit greatest(0, $open_most - (select count(*) from standing));
