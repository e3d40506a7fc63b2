-- The whole book by score and bound. One row per cell: counts, and sums in cents.
insert into cube
select $assessment, '', '', 0, score, best, worst, little_known,
  count(*),
  count(exposure),
  (coalesce(sum(exposure), 0) * 100)::bigint,
  (coalesce(sum(past_due), 0) * 100)::bigint
from scored
group by score, best, worst, little_known;
