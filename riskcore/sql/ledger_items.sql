-- Items as seen on the day that the ledger tells through. days_late: to the payment, else to that day; below 0 is
-- early. counted_on: the last day up to then on which an invoice was paid, fell due, or stands overdue; NULL for what
-- says nothing of how the customer pays. cents: in the book's currency, else in the item's own.
create or replace temp view ledger_item as
with seen as (source_of_items)
select customer_key, import_id, line, document, document_type, invoice_date, due_date, paid_date, is_inferred,
  amount, currency, listed, document_type = 'invoice' as is_invoice, cents_of_item as cents, item_has_rate as has_rate,
  coalesce(paid_date, told_through) - due_date as days_late,
  case when not is_invoice or due_date is null then null
    when paid_date is null then case when due_date <= told_through then told_through end
    when due_date <= told_through then greatest(paid_date, due_date)
    else paid_date end as counted_on
from seen
