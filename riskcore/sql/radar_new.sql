-- Of the largest customers whose opinions disagree, those whose review is not called yet. A disagreement that was reviewed
-- since, and whose ranges are still the same, gives its place to the next.
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
),
largest as (
  select *, customer_key in (from standing) as is_open from found
  where is_open or (customer_key, cause_key) not in (select customer_key, cause_key from called)
  order by position limit $most
)
select customer_key, cause_key, pair, gap, first_best, first_worst, second_best, second_worst
from largest where not is_open order by position;
