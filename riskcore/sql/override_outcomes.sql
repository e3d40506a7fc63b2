-- What became of customers that were overridden on earlier data, beside those of the same band of 50 points in the same
-- assessment that nobody overrode. Worst: the tier of the score ($worst; starts of tiers $starts) in the newest
-- assessment; bad: that, or in default. Of whom not enough is known now, nothing is said. One row per direction, per
-- reason and per person.
with standing as (override_standing),
now as (
  select customer_key, in_default,
    len(list_filter($starts::integer[], lambda start: coalesce(score, -1) < start)) = $worst as worst,
    coalesce(past_due, 0) > 0 as past_due
  from listing
  where not little_known
),
asked as (  -- the first of a customer on an assessment's data
  select o.override_id, o.customer_key, o.direction, o.reason_code, o.asked_by, o.assessment_id, s.score // 50 as band
  from standing o
  join score s on s.assessment_id = o.assessment_id and s.customer_key = o.customer_key
  join assessment a on a.assessment_id = o.assessment_id
  where o.began_at is not null and s.score is not null and a.as_of < $as_of
  qualify row_number() over (partition by o.customer_key, a.as_of order by o.override_id) = 1
),
band as (select distinct assessment_id, band from asked),
kept as (
  select s.assessment_id, s.score // 50 as band, count(*) as n,
    avg((now.worst or now.in_default)::integer) as bad, avg(now.in_default::integer) as in_default,
    avg(now.worst::integer) as worst, avg(now.past_due::integer) as past_due
  from score s
  join band on band.assessment_id = s.assessment_id and band.band = s.score // 50
  join now using (customer_key)
  anti join (select customer_key from standing where began_at is not null) touched using (customer_key)
  group by s.assessment_id, s.score // 50
),
seen as (
  select asked.direction, reason_code, asked_by, now.in_default, now.worst, now.past_due,
    now.worst or now.in_default as bad, (now.worst or now.in_default) = (direction = 'down') as was_right,
    kept.n as kept, kept.bad as kept_bad, kept.in_default as kept_in_default, kept.worst as kept_worst,
    kept.past_due as kept_past_due, assessment_id, band
  from asked join now using (customer_key) left join kept using (assessment_id, band)
),
keyed as (
  select 'direction' as kind, '' as key, '' as shown, * from seen
  union all select 'reason', reason_code, reason_code, * from seen
  union all select 'person', $person[asked_by], asked_by, * from seen
),
cell as (  -- one band of one assessment, so that each customer kept is counted once
  select kind, key, direction, min(shown) as name, count(*) as n, count(*) filter (where was_right) as was_right,
    count(*) filter (where bad) as bad, count(*) filter (where in_default) as in_default,
    count(*) filter (where worst) as worst, count(*) filter (where past_due) as past_due,
    any_value(kept) as kept, any_value(kept_bad) as kept_bad, any_value(kept_in_default) as kept_in_default,
    any_value(kept_worst) as kept_worst, any_value(kept_past_due) as kept_past_due
  from keyed
  group by kind, key, direction, assessment_id, band
)
select kind, direction, min(name) as name, sum(n)::integer as n, sum(was_right)::integer as was_right,
  sum(bad)::integer as bad, sum(in_default)::integer as in_default, sum(worst)::integer as worst,
  sum(past_due)::integer as past_due, coalesce(sum(kept), 0)::integer as kept,
  sum(n * kept_bad) / sum(n) filter (where kept > 0) as kept_bad,
  sum(n * kept_in_default) / sum(n) filter (where kept > 0) as kept_in_default,
  sum(n * kept_worst) / sum(n) filter (where kept > 0) as kept_worst,
  sum(n * kept_past_due) / sum(n) filter (where kept > 0) as kept_past_due
from cell
group by kind, key, direction
order by kind, direction desc, sum(n) desc, name
