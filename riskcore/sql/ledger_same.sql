-- Payments that an invoice's own file shows too: of the same day and amount.
insert into ledger_applied
with owed as (
  select *, row_number() over (partition by customer_key, bare, money, paid_date, amount order by turn) as n
  from ledger_owed anti join ledger_applied using (place) where state = 'paid'
),
claimed as (
  select *, row_number() over (partition by customer_key, bare, money, day, rest order by turn) as n
  from (
    select * exclude (amount), settles[$which] as bare, amount - coalesce(taken, 0) as rest
    from ledger_claim left join (select claim, sum(amount) as taken from ledger_applied group by claim) using (claim)
  )
  where rest > 0 and bare is not null
)
select place, claim, day, rest from owed join claimed using (customer_key, bare, money, n)
where owed.paid_date = day and owed.amount = rest
