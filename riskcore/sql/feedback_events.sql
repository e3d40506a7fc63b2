-- What was done about patterns, newest first, and what became of a draft: a draft policy is in force where it came into
-- force, or was decided on with other thresholds, a draft of thresholds where a later decision put just these into force.
with drafted as (
  select pattern_event.*, thresholds, deleted_at is not null as is_deleted
  from pattern_event left join draft on draft_id = pattern_event.draft
),
decided as (
  select decision_id, decided_at, policy_after,
    case when puts_back is null then assessment.policy_hash end as decided_on,
    list_filter(from_json(source->'$.tier[*].min_score', '["integer"]'), lambda start: start is not null) as starts
  from decision join policy on policy_hash = policy_after left join assessment using (assessment_id)
)
select pattern, event, draft, drafted.reason, customers, said_by, said_at,
  case when min(decision_id) is not null or bool_or(in_force.policy_hash is not null) then 'in_force'
    when any_value(is_deleted) then 'deleted' else 'open' end,
  min(decision_id)
from drafted
left join decided on decided_at >= said_at and (draft in (policy_after, decided_on) or starts = thresholds)
left join in_force on in_force.policy_hash = draft and in_force.since >= said_at
group by all
order by said_at desc, pattern
