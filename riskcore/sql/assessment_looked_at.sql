-- The day of an assessment of the newest data with all that is known, where $policy is the one in force.
select as_of from assessment
where assessment_id = $assessment and known_by is null
  and as_of >= coalesce((select max(as_of) from import where undone_at is null), as_of)
  and $policy = (select policy_hash from in_force order by number desc limit 1)
