-- Each item with its part in the average days beyond terms of the 12 months after $year.
with weighed as (
  select *, case when counted_on > $year then cents end as weighed_cents,
    sum(weighed_cents) over () as all_cents
  from ledger_item
)
select document, document_type, invoice_date, due_date, paid_date, is_inferred, amount, currency,
  paid_date is null as is_open,
  case when counted_on is not null then days_late end as days_beyond_terms,
  weighed_cents::double / nullif(all_cents, 0) as weight,
  (weighed_cents * days_late)::double / nullif(all_cents, 0) as contribution,
  file_name, sheet, line
from weighed join import using (import_id)
order by abs(contribution) desc nulls last, invoice_date desc, document, line
