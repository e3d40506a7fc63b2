-- Customers and exposure of the newest assessment that an override bounds on $today: in all, by direction, by reason and
-- by who asked, most customers first. One row per kind and key.
with standing as (override_standing),
held as (
  select direction, reason_code, asked_by, l.exposure
  from standing join listing l using (customer_key)
  where state = 'in_force'
),
keyed as (
  select 'all' as kind, '' as key, '' as shown, exposure from held
  union all select 'direction', direction, direction, exposure from held
  union all select 'reason', reason_code, reason_code, exposure from held
  union all select 'person', $person[asked_by], asked_by, exposure from held
)
select kind, min(shown) as name, count(*) as customers, coalesce(sum(exposure), 0)::double as exposure
from keyed
group by kind, key
order by kind, customers desc, exposure desc, name
