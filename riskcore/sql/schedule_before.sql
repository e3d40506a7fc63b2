-- The assessment that one is compared with, and its day: the last before it that is neither a draft's, nor of a later
-- day, nor a look back at what had been known.
select was.assessment_id, was.as_of
from assessment was
join policy using (policy_hash)
join assessment now on was.assessment_id < now.assessment_id and was.as_of <= now.as_of
where now.assessment_id = $assessment and not policy.draft and was.known_by is null
order by was.assessment_id desc
limit 1
