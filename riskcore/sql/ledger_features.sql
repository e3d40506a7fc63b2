-- How each customer pays, from its items: one pass in integers, one division at the end of each ratio. The worst days
-- are known from this pass where the latest item alone is material; ledger_worst.sql finds those that are sought.
create or replace temp table ledger as
with summed as (
  select customer_key, max(import_id) as import_id,
    sum(cents) filter (paid_date is null) as open_net,
    sum(cents) filter (paid_date is null and is_invoice and due_date is not null) as open_dated,
    bool_or(paid_date is null and is_invoice and due_date is null) as has_undated,
    sum(cents) filter (paid_date is null and is_invoice and days_late > 0) as late,
    sum(cents) filter (paid_date is null and is_invoice and days_late > 30) as late_30,
    sum(cents) filter (paid_date is null and is_invoice and days_late > 90) as late_90,
    sum(cents) filter (invoice_date > $year and document_type in ('invoice', 'credit_note')) as sold,
    bool_or(not listed and invoice_date > $year and is_invoice) as has_history,
    min(invoice_date) filter (is_invoice) as first_sale,
    max(invoice_date) filter (is_invoice) as last_sale,
    max(case when document_type = 'payment' then invoice_date when is_invoice then paid_date end) as last_receipt,
    bool_or(counted_on > $year and not (listed and paid_date is null)) as has_payments,
    sum(cents) filter (counted_on > $year) as weight,
    sum(cents * days_late) filter (counted_on > $year) as cent_days,
    sum(cents) filter (counted_on > $year and coalesce(paid_date, $as_of) > $quarter) as weight_now,
    sum(cents * days_late) filter (counted_on > $year and coalesce(paid_date, $as_of) > $quarter) as cent_days_now,
    sum(cents) filter (counted_on > $two_years) as weight_24m,
    max(days_late) filter (counted_on > $two_years) as worst,
    arg_max(cents, days_late) filter (counted_on > $two_years) as worst_cents,
    bool_or(paid_date is null or paid_date > $half_year) as has_been_open,
    sum(cents) filter (invoice_date <= $month_1 and (paid_date is null or paid_date > $month_1)) as balance_1,
    sum(cents) filter (invoice_date <= $month_2 and (paid_date is null or paid_date > $month_2)) as balance_2,
    sum(cents) filter (invoice_date <= $month_3 and (paid_date is null or paid_date > $month_3)) as balance_3,
    sum(cents) filter (invoice_date <= $month_4 and (paid_date is null or paid_date > $month_4)) as balance_4,
    sum(cents) filter (invoice_date <= $month_5 and (paid_date is null or paid_date > $month_5)) as balance_5,
    sum(cents) filter (invoice_date <= $month_6 and (paid_date is null or paid_date > $month_6)) as balance_6
  from ledger_item
  group by customer_key
),
limits as (  -- the newest credit limit, unknown where its currency has no rate
  select customer_key, arg_max_null(limit_converted,
    date_diff('day', date '1800-01-01', coalesce(dated, live.as_of)) * 10000000 + live.seq) as credit_limit
  from input join live using (import_id) left join conversion on conversion.currency = input.currency
  where credit_limit is not null and coalesce(dated, live.as_of) <= $asked_for
  group by customer_key
),
joined as (
  select summed.*, credit_limit, coalesce(is_mixed, false) as is_mixed, is_mixed is null as is_converted,
    greatest(0, open_net, balance_1, balance_2, balance_3, balance_4, balance_5, balance_6) as peak
  from summed left join ledger_unconverted using (customer_key) left join limits using (customer_key)
)
select customer_key, import_id, $as_of::date as dated,
  case when has_payments and not is_mixed then round(cent_days::double / nullif(weight, 0), 6) end as days_beyond_terms_12m,
  case when is_mixed then null
    when open_dated > 0 then round(coalesce(late_30, 0)::double * 100 / open_dated, 6)
    when not has_undated and weight > 0 then 0 end as past_due_over_30_pct,
  case when is_mixed then null
    when worst <= 0 then 0
    when worst_cents * 100 >= weight_24m then worst end as worst_days_past_due_24m,
  coalesce(worst > 0 and worst_cents * 100 < weight_24m and not is_mixed, false) as is_worst_sought,
  case when has_payments and not is_mixed
    then round(cent_days_now::double / nullif(weight_now, 0)
      - (cent_days - cent_days_now)::double / nullif(weight - weight_now, 0), 6) end as payment_trend_days,
  case when is_converted and has_been_open and credit_limit > 0
    then round(peak::double / credit_limit::double, 6) end as peak_utilisation_6m_pct,
  case when is_converted then (coalesce(open_net, 0)::decimal(20,0) * 0.01)::decimal(18,2) end as exposure,
  exposure as ar_balance,
  case when is_converted then (coalesce(late, 0)::decimal(20,0) * 0.01)::decimal(18,2) end as past_due_amount,
  case when is_converted and has_history then (sold::decimal(20,0) * 0.01)::decimal(18,2) end as annual_sales,
  first_sale as relationship_start, last_sale as last_sale_date, last_receipt as last_receipt_date,
  -- Credits not applied yet are taken off what is oldest.
  case when is_converted
    then coalesce(late_90 * 100 >= open_net and least(late_90, open_net) >= $minimum_cents, false) end as k5
from joined
