-- The values of industry (0), region (1) and salesperson (2) in the listing, most customers first.
with named as (
  select 0 as dimension, industry as segment from listing
  union all select 1, region from listing
  union all select 2, salesperson from listing
)
select dimension, segment
from named
where segment is not null
group by dimension, segment
order by dimension, count(*) desc, segment;
