-- Payments onto parts of the invoice that each names in place $which: in order of day, never more than is left of
-- either, and only those that the step is for.
insert into ledger_applied
with owed as (
  select *, sum(rest) over (partition by customer_key, bare, money order by turn) as up_to
  from (
    select * exclude (amount), amount - coalesce(taken, 0) as rest
    from ledger_owed left join (select place, sum(amount) as taken from ledger_applied group by place) using (place)
    where owed_of_step
  )
  where rest > 0
),
account as (select distinct customer_key, bare, money, told_on, listed_on, closed_on from ledger_owed),
claimed as (
  select *, sum(rest) over (partition by customer_key, bare, money order by turn) as up_to
  from (
    select * exclude (amount), settles[$which] as bare, amount - coalesce(taken, 0) as rest
    from ledger_claim left join (select claim, sum(amount) as taken from ledger_applied group by claim) using (claim)
  ) join account using (customer_key, bare, money)
  where rest > 0 and claim_of_step
)
select place, claim, day, least(owed.up_to, claimed.up_to) - greatest(owed.up_to - owed.rest, claimed.up_to - claimed.rest)
from owed join claimed using (customer_key, bare, money)
where owed.up_to - owed.rest < claimed.up_to and claimed.up_to - claimed.rest < owed.up_to
