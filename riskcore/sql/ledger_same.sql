-- Payments that an invoice's own file shows too: of the same day and amount.
insert into ledger_applied
with owed as (
  select *, row_number() over (partition by account, paid_date, amount order by turn) as n
  from ledger_owed anti join ledger_applied using (place) where state = 'paid'
),
claimed as (
  select *, row_number() over (partition by account, day, rest order by turn) as n
  from (
    select claim, account, day, turn, amount - coalesce(taken, 0) as rest
    from ledger_named join ledger_claim using (claim)
    left join (select claim, sum(amount) as taken from ledger_applied group by claim) using (claim)
    where which = $which and is_same_money
  )
  where rest > 0
)
select place, claim, day, rest from owed join claimed using (account, n)
where owed.paid_date = day and owed.amount = rest
