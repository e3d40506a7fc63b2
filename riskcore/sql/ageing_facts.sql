-- One row per customer in lists of receivables by age, up to $as_of; reads `live` and `conversion`.
with list as (
  select import_id, as_of, seq, whole_book from live where kind = 'ageing' and as_of <= $as_of
),
entry as (
  select a.*, list.as_of, list.seq
  from ageing a join list using (import_id)
  where customer_key between $first and $last
    and (list.as_of > $as_of - interval 24 month or list.seq = (select max(seq) from list))
),
newest as (
  select a.customer_key, max(list.seq) as seq from ageing a join list using (import_id)
  where a.customer_key between $first and $last group by a.customer_key
),
terms as (
  select customer_key,
    arg_max(credit_days, date_diff('day', date '1800-01-01', coalesce(dated, live.as_of)) * 10000000 + live.seq) as days
  from input join live using (import_id)
  where credit_days is not null and coalesce(dated, live.as_of) <= $as_of
    and customer_key in (select customer_key from entry where basis = 'invoice')
  group by customer_key
),
-- Days past due that a bucket begins and ends with; 0 and less is not due. `sure`: nothing of it is due otherwise.
placed as (
  select entry.*, conversion.rate,
    case when basis = 'invoice' then from_day - terms.days when from_day is null then 0
      else greatest(from_day, 1) end as begins,
    case when basis = 'invoice' then coalesce(to_day, 99999) - terms.days when from_day is null then 0
      else coalesce(to_day, 99999) end as ends
  from entry left join terms using (customer_key)
  left join conversion on conversion.currency = coalesce(entry.currency, $book)
),
by_list as (
  select customer_key, seq, any_value(import_id) as import_id, any_value(as_of) as as_of,
    bool_and(rate is not null) as converted,
    count(distinct coalesce(currency, $book)) = 1 as one_currency,
    bool_and(amount = 0 or begins is not null) as dated,
    bool_and(amount = 0 or begins > 0 or ends <= 0) as parted_at_0,
    bool_and(amount = 0 or begins > 30 or ends <= 30) as parted_at_30,
    sum(amount * coalesce(rate, 1)) as balance,
    coalesce(sum(amount * coalesce(rate, 1)) filter (begins > 0), 0) as past_due,
    coalesce(sum(amount * coalesce(rate, 1)) filter (amount > 0), 0) as gross,
    coalesce(sum(amount * coalesce(rate, 1)) filter (amount > 0 and begins > 30), 0) as over_30,
    coalesce(sum(amount * coalesce(rate, 1)) filter (amount > 0 and begins > 90), 0) as over_90
  from placed group by customer_key, seq
),
worst as (
  select customer_key, max(begins) as days
  from placed join by_list b using (customer_key, seq)
  where begins > 0 and amount > 0 and (b.converted or b.one_currency)
    and amount * coalesce(rate, 1) >= 0.01 * b.gross and placed.as_of > $as_of - interval 24 month
  group by customer_key
),
whole as (select max(seq) as seq from list where whole_book)
select n.customer_key, b.as_of as dated, b.import_id,
  case when converted then round(balance, 2)::decimal(18,2) end as exposure,
  exposure as ar_balance,
  case when converted and dated and parted_at_0 then round(b.past_due, 2)::decimal(18,2) end as past_due_amount,
  case when (converted or one_currency) and dated and parted_at_30 and gross > 0
    then round(100 * over_30 / gross, 6)::double end as past_due_over_30_pct,
  worst.days::double as worst_days_past_due_24m,
  case when (converted or one_currency) and dated then over_90 > 0 and over_90 >= 0.01 * gross end as k5
from newest n join by_list b using (customer_key, seq) left join worst using (customer_key)
where n.seq >= coalesce((select seq from whole), 0)
union all
select n.customer_key, list.as_of, list.import_id, 0, 0, 0, null, worst.days::double, false
from newest n join list on list.seq = (select seq from whole) left join worst using (customer_key)
where n.seq < (select seq from whole)
