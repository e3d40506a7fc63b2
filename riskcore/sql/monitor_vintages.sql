-- The customers of an assessment by quarter of the first sale and place (a tier's, -2 little known). The first sale is
-- what lists last told, else the earliest invoice, from the imports that counted when the assessment was made.
with assessed as (
  select as_of as day, created_at as made_at from assessment where assessment_id = $assessment
),
counted as (
  select import_id, kind, as_of, row_number() over (order by as_of, import_id) as seq, day
  from import, assessed
  where import.created_at <= made_at and (undone_at is null or undone_at > made_at)
),
told as (
  select customer_key, arg_max(relationship_start, (coalesce(dated, as_of), seq)) as first_sale
  from input join counted using (import_id)
  where relationship_start is not null and coalesce(dated, as_of) <= day
  group by customer_key
),
billed as (
  select customer_key, min(invoice_date) as first_sale
  from item join counted using (import_id)
  where document_type = 'invoice' and invoice_date <= day and (kind = 'invoices' or as_of <= day)
  group by customer_key
),
placed as (
  select date_trunc('quarter', coalesce(told.first_sale, billed.first_sale))::date as quarter,
    case when little_known then -2 else tier::tinyint end as place, score, exposure
  from score left join told using (customer_key) left join billed using (customer_key)
  where assessment_id = $assessment
)
select quarter, place, count(*) as customers,
  coalesce(sum(exposure), 0)::double as exposure,
  count(score) as scored,
  coalesce(sum(score), 0)::bigint as scores,
  coalesce(sum(exposure) filter (where score is not null and exposure > 0), 0)::double as scored_exposure,
  coalesce(sum(exposure * score) filter (where exposure > 0), 0)::double as weighed_scores
from placed
group by quarter, place
order by quarter nulls last, place
