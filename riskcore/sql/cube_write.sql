-- The cells of one dimension, or of the whole book where dimension_column is ''. One row per cell: counts, and sums in
-- cents. The most frequent values stand by name, "not given" at place -1, the others together at place $shown.
insert into cube
with named as (
  select dimension_column as segment, * from counted
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
  coalesce(sum(sales_late), 0)::bigint,
  [coalesce(sum(limit_1), 0)::bigint,
    coalesce(sum(limit_2), 0)::bigint,
    coalesce(sum(limit_3), 0)::bigint,
    coalesce(sum(limit_4), 0)::bigint,
    coalesce(sum(limit_5), 0)::bigint,
    coalesce(sum(limit_6), 0)::bigint,
    coalesce(sum(limit_7), 0)::bigint][1:any_value(tiers)],
  [coalesce(sum(greatest(limit_1 - limit_cents, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_2 - limit_cents, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_3 - limit_cents, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_4 - limit_cents, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_5 - limit_cents, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_6 - limit_cents, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_7 - limit_cents, 0)), 0)::bigint][1:any_value(tiers)],
  [coalesce(sum(greatest(limit_cents - limit_1, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_cents - limit_2, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_cents - limit_3, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_cents - limit_4, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_cents - limit_5, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_cents - limit_6, 0)), 0)::bigint,
    coalesce(sum(greatest(limit_cents - limit_7, 0)), 0)::bigint][1:any_value(tiers)]
from placed
group by shown_segment, place, score, best, worst, little_known, in_default;
