-- The newest assessment, where it applied the policy in force to the newest data with all that is known.
select assessment_id, as_of, created_at from assessment
where assessment_id = (select max(assessment_id) from assessment) and known_by is null
  and as_of >= coalesce((select max(as_of) from import where undone_at is null), as_of)
  and policy_hash = (select policy_hash from in_force order by number desc limit 1)
