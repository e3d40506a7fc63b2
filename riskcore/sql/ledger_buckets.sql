-- What is open by days past due, gross and net of credits; the bucket without days has no due date.
with bucket (place, from_day, to_day) as (
  values (1, 0, 0), (2, 1, 30), (3, 31, 60), (4, 61, 90), (5, 91, 180), (6, 181, 365), (7, 366, null),
    (8, null, null)
),
placed as (
  select is_invoice, cents,
    case when due_date is null then 8 when days_late <= 0 then 1 when days_late <= 30 then 2 when days_late <= 60 then 3
      when days_late <= 90 then 4 when days_late <= 180 then 5 when days_late <= 365 then 6 else 7 end as place
  from ledger_item where paid_date is null and has_rate
)
select from_day, to_day, count(cents) as items, coalesce(sum(cents) filter (is_invoice), 0)::double / 100 as gross,
  coalesce(sum(cents), 0)::double / 100 as net
from bucket left join placed using (place)
group by place, from_day, to_day
order by place
