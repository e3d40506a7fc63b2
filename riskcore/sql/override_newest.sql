-- The newest assessment, and whether it is of the newest data there are.
select assessment_id, policy_hash, as_of, created_at, known_by,
  as_of >= coalesce((select max(as_of) from import where undone_at is null), as_of) as is_newest
from assessment
order by assessment_id desc
limit 1
