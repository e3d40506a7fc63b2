-- Payments onto parts of the invoice that each names in place $which: in order of day, never more than is left of
-- either, and only those that the step is for.
insert into ledger_applied
with owed as (
  select *, sum(rest) over (partition by account order by turn) as up_to
  from (
    select place, account, turn, amount - coalesce(taken, 0) as rest
    from ledger_owed left join (select place, sum(amount) as taken from ledger_applied group by place) using (place)
    where owed_of_step
  )
  where rest > 0
),
claimed as (
  select *, sum(rest) over (partition by account order by turn) as up_to
  from (
    select claim, account, day, turn, amount - coalesce(taken, 0) as rest
    from ledger_named join ledger_claim using (claim)
    left join (select claim, sum(amount) as taken from ledger_applied group by claim) using (claim)
    where which = $which and is_same_money and claim_of_step
  )
  where rest > 0
)
select place, claim, day,
  least(owed.up_to, claimed.up_to) - greatest(owed.up_to - owed.rest, claimed.up_to - claimed.rest)
from owed join claimed using (account)
where owed.up_to - owed.rest < claimed.up_to and claimed.up_to - claimed.rest < owed.up_to
