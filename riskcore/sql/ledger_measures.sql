-- Sums for the measures of receivables, over the 12 months after $year.
select coalesce(sum(cents) filter (paid_date is null and has_rate), 0)::double / 100 as receivables,
  coalesce(sum(cents) filter (paid_date is null and has_rate and coalesce(days_late, 0) <= 0), 0)::double
    / 100 as not_past_due,
  coalesce(sum(cents) filter (has_rate and invoice_date <= $year and (paid_date is null or paid_date > $year)), 0)
    ::double / 100 as receivables_before,
  case when bool_or(not listed and is_invoice and invoice_date > $year)
    then sum(cents) filter (has_rate and invoice_date > $year and document_type in ('invoice', 'credit_note'))::double
      / 100 end as sales,
  sum(cents * (due_date - invoice_date)) filter (has_rate and counted_on is not null and paid_date > $year)::double
    / nullif(sum(cents) filter (has_rate and counted_on is not null and paid_date > $year), 0) as terms_days,
  sum(cents * (paid_date - invoice_date)) filter (has_rate and counted_on is not null and paid_date > $year)::double
    / nullif(sum(cents) filter (has_rate and counted_on is not null and paid_date > $year), 0) as days_to_pay,
  count(*) filter (not has_rate) as items_without_rate
from ledger_item
