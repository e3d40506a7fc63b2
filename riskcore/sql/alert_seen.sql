-- Each customer of the listing now, and what it is compared with. $reference: the assessment of the day before, $prior:
-- the one that `alert_level` is of, $same_day: whether that one is of the present day. A figure that may creep stands
-- against the lowest since it was last told or reviewed: what people have seen begins anew. `tier_judged` is the tier of
-- score and rules: one that a person lifted or lowered has another. $codes: of the tiers, best first; $day, $reference_day:
-- on which each of the two looked at overrides.
create or replace temp table alert_seen as
with run as (select reference_id from alert_run where assessment_id = $prior),
known as (
  select customer_key, bool_or(watches = 'days_beyond_terms') as late, bool_or(watches = 'past_due_share') as share,
    bool_or(watches = 'legal_events') as events
  from alert
  where assessment_id in (
    select assessment_id from alert_run where reference_id is not distinct from (select reference_id from run)
  )
  group by customer_key
),
reviewed as (select distinct customer_key from review where assessment_id >= $prior),
overridden as (  -- Where a person lowered no further than a rule may, that rule's bound is not known.
  select s.assessment_id, s.customer_key, least(greatest(
    tier_of_thresholds, case when direction = 'up' or s.best > list_position($codes, o.tier) - 1 then s.best else 0 end
  ), len($codes) - 1)::utinyint as tier_judged
  from (override_standing) o
  join assessment a on a.assessment_id = $assessment or a.assessment_id = $reference
  join score s on s.assessment_id = a.assessment_id and s.customer_key = o.customer_key
  where began_at <= a.created_at and coalesce(closed_at > a.created_at, true)
    and expires_on > case when a.assessment_id = $assessment then $day else $reference_day end
    and list_contains($codes, o.tier)
)
select l.customer_key, l.score, l.tier, l.rules, l.exposure,
  s.score as score_before, least(greatest(tier_of_thresholds, s.best), s.worst) as tier_before,
  coalesce(n.tier_judged, l.tier) as tier_judged, coalesce(o.tier_judged, tier_before) as tier_judged_before,
  n.tier_judged is not null as is_overridden,
  s.rules as rules_before, s.exposure as exposure_before,
  case when v.customer_key is not null then coalesce(p.late_now, p.late_before) when $same_day then p.late_before
    when k.late then coalesce(p.late_now, p.late_before) else least(p.late_before, p.late_now) end as late_before,
  case when v.customer_key is not null then coalesce(p.share_now, p.share_before) when $same_day then p.share_before
    when k.share then coalesce(p.share_now, p.share_before) else least(p.share_before, p.share_now) end as share_before,
  case when v.customer_key is not null then coalesce(p.events_now, p.events_before) when $same_day then p.events_before
    when k.events then coalesce(p.events_now, p.events_before)
    else least(p.events_before, p.events_now) end as events_before,
  case when $same_day then p.used_before else coalesce(p.used_now, p.used_before) end as used_before,
  case when $same_day then p.statement_before
    else coalesce(p.statement_now, p.statement_before) end as statement_before,
  l.days_beyond_terms as late_now,
  case when l.exposure > 0 then round(100 * l.past_due::double / l.exposure::double, 6) end as share_now,
  l.legal_events as events_now,
  -- Without a limit any exposure is above it.
  case when l.credit_limit > 0 then round(100 * coalesce(l.exposure, 0)::double / l.credit_limit::double, 6)
    when l.credit_limit = 0 then case when l.exposure > 0 then 9999 else 0 end end as used_now,
  l.statement_date as statement_now
from listing l
left join alert_level p on p.customer_key = l.customer_key and p.assessment_id = $prior
left join score s on s.customer_key = l.customer_key and s.assessment_id = $reference
left join overridden n on n.customer_key = l.customer_key and n.assessment_id = $assessment
left join overridden o on o.customer_key = l.customer_key and o.assessment_id = $reference
left join known k on k.customer_key = l.customer_key
left join reviewed v on v.customer_key = l.customer_key
