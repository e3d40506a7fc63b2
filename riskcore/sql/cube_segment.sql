-- The same cells by one dimension: its most frequent values by name, "not given" at place -1, the others together.
insert into cube
with named as (
  select coalesce(nullif(trim(dimension_column), ''), '') as segment, * from scored
),
ranked as (
  select segment, row_number() over (order by count(*) desc, segment) - 1 as place
  from named where segment <> '' group by segment
),
placed as (
  select named.*,
    case when named.segment = '' then -1 else least(ranked.place, $shown) end as place,
    case when ranked.place >= $shown then '' else named.segment end as shown_segment
  from named left join ranked using (segment)
)
select $assessment, $dimension, shown_segment, place, score, best, worst, little_known,
  count(*),
  count(exposure),
  (coalesce(sum(exposure), 0) * 100)::bigint,
  (coalesce(sum(past_due), 0) * 100)::bigint
from placed
group by shown_segment, place, score, best, worst, little_known;
