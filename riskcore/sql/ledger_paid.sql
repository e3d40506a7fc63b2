-- The account of documents with the payments that were applied: each a part paid on its day, the rest as it was. What
-- is left of a payment is the customer's money, unless a list from its day on has it in its amounts already or the book
-- does not know any invoice that it names; then it says no more than that it was made.
create or replace temp table ledger_changed as
with taken as (select place, sum(amount) as amount from ledger_applied group by place),
used as (select claim, sum(amount) as amount from ledger_applied group by claim),
about as (select claim, max(listed_on) as listed_on from ledger_named group by claim)
select s.* replace (p.import_id as import_id, p.line as line, a.amount as amount, a.day as paid_date,
  false as is_inferred, false as is_undated)
from ledger_applied a join ledger_settled s on s.rowid = a.place join ledger_settled p on p.rowid = a.claim
union all
select s.* replace ((s.amount - taken.amount)::decimal(18,2) as amount)
from ledger_settled s join taken on s.rowid = taken.place
where s.amount > taken.amount and not s.is_undated
union all
select s.* replace ((coalesce(used.amount, 0) + s.amount)::decimal(18,2) as amount,
  case when s.invoice_date <= greatest(s.listed_through, listed_on) or (settles is not null and about.claim is null)
    then s.invoice_date else s.paid_date end as paid_date)
from ledger_settled s left join used on s.rowid = used.claim left join about on s.rowid = about.claim
where s.is_claim and coalesce(used.amount, 0) + s.amount < 0;

delete from ledger_settled where is_claim or is_undated or rowid in (select place from ledger_applied);
insert into ledger_settled from ledger_changed;
drop table ledger_changed;
drop table ledger_claim;
drop table ledger_account;
drop table ledger_named;
drop table ledger_owed;
drop table ledger_applied
