-- The cells of one dimension, or of the whole book where dimension_column is ''. One row per cell: counts, and sums in
-- cents. The most frequent values stand by name, "not given" at place -1, the others together at place $shown.
insert into cube
with named as (
  select coalesce(nullif(trim(dimension_column), ''), '') as segment, * from sized
),
ranked as (
  select segment, row_number() over (order by count(*) desc, segment) - 1 as place
  from named where segment <> '' group by segment
),
placed as (
  select named.*,
    case when $dimension = '' then 0 when named.segment = '' then -1 else least(ranked.place, $shown) end as place,
    case when ranked.place >= $shown then '' else named.segment end as shown_segment
  from named left join ranked using (segment)
)
select $assessment, $dimension, shown_segment, place, score, best, worst, little_known, in_default,
  count(*),
  count(exposure),
  (coalesce(sum(exposure), 0) * 100)::bigint,
  (coalesce(sum(past_due), 0) * 100)::bigint,
  (coalesce(sum(unused_limit), 0) * 100)::bigint,
  (coalesce(sum(annual_sales), 0) * 100)::bigint,
  coalesce(sum(round(annual_sales::double * 100 * late_days)::bigint), 0)::bigint,
  [coalesce(sum(tier_limit[1] * 100), 0)::bigint,
    coalesce(sum(tier_limit[2] * 100), 0)::bigint,
    coalesce(sum(tier_limit[3] * 100), 0)::bigint,
    coalesce(sum(tier_limit[4] * 100), 0)::bigint,
    coalesce(sum(tier_limit[5] * 100), 0)::bigint,
    coalesce(sum(tier_limit[6] * 100), 0)::bigint,
    coalesce(sum(tier_limit[7] * 100), 0)::bigint][1:any_value(len(tier_limit))],
  [coalesce(sum(greatest(tier_limit[1] * 100 - (credit_limit::decimal(38,2) * 100)::bigint, 0)), 0)::bigint,
    coalesce(sum(greatest(tier_limit[2] * 100 - (credit_limit::decimal(38,2) * 100)::bigint, 0)), 0)::bigint,
    coalesce(sum(greatest(tier_limit[3] * 100 - (credit_limit::decimal(38,2) * 100)::bigint, 0)), 0)::bigint,
    coalesce(sum(greatest(tier_limit[4] * 100 - (credit_limit::decimal(38,2) * 100)::bigint, 0)), 0)::bigint,
    coalesce(sum(greatest(tier_limit[5] * 100 - (credit_limit::decimal(38,2) * 100)::bigint, 0)), 0)::bigint,
    coalesce(sum(greatest(tier_limit[6] * 100 - (credit_limit::decimal(38,2) * 100)::bigint, 0)), 0)::bigint,
    coalesce(sum(greatest(tier_limit[7] * 100 - (credit_limit::decimal(38,2) * 100)::bigint, 0)), 0)::bigint][1:any_value(len(tier_limit))],
  [coalesce(sum(greatest((credit_limit::decimal(38,2) * 100)::bigint - tier_limit[1] * 100, 0)), 0)::bigint,
    coalesce(sum(greatest((credit_limit::decimal(38,2) * 100)::bigint - tier_limit[2] * 100, 0)), 0)::bigint,
    coalesce(sum(greatest((credit_limit::decimal(38,2) * 100)::bigint - tier_limit[3] * 100, 0)), 0)::bigint,
    coalesce(sum(greatest((credit_limit::decimal(38,2) * 100)::bigint - tier_limit[4] * 100, 0)), 0)::bigint,
    coalesce(sum(greatest((credit_limit::decimal(38,2) * 100)::bigint - tier_limit[5] * 100, 0)), 0)::bigint,
    coalesce(sum(greatest((credit_limit::decimal(38,2) * 100)::bigint - tier_limit[6] * 100, 0)), 0)::bigint,
    coalesce(sum(greatest((credit_limit::decimal(38,2) * 100)::bigint - tier_limit[7] * 100, 0)), 0)::bigint][1:any_value(len(tier_limit))]
from placed
group by shown_segment, place, score, best, worst, little_known, in_default;
