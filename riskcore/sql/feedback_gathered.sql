-- What people say of scores, gathered by what it is said of: one row for each group and direction.
-- Only of scores whose card places and bins as that in force: $hashes (thresholds and all characteristics alike), and
-- for a characteristic alone the pairs of $pair_hashes and $pair_names. A person's newest word counts, once for a
-- customer in an assessment and once for a customer in a group. $person: who each name is.
with alike as (
  select unnest($pair_hashes::varchar[]) as policy_hash, unnest($pair_names::varchar[]) as characteristic
),
said as (
  select *, $person[said_by] as person
  from (feedback_given)
  qualify row_number() over (
    partition by customer_key, assessment_id, $person[said_by], reason_code is null order by said_at desc
  ) = 1
),
of_card as (select * from said where policy_hash in (select unnest($hashes::varchar[]))),
grouped as (
  select 'tier' as kind, tier as value, * from of_card
  union all
  select 'industry', industry, * from of_card where industry is not null
  union all
  select 'region', region, * from of_card where region is not null
  union all
  select 'salesperson', salesperson, * from of_card where salesperson is not null
  union all
  select 'characteristic', characteristic, said.* from said join alike using (policy_hash, characteristic)
  where opinion <> 'agree'
),
own as (
  select * from grouped
  qualify row_number() over (partition by kind, value, customer_key, person order by said_at desc) = 1
),
counted as (
  select kind, value, opinion, list(distinct customer_key order by customer_key) as customers,
    count(distinct person) as people, count(*) as opinions,
    (sum(count(*)) over (partition by kind, value))::bigint as of_all,
    list(reason_code order by reason_code) filter (reason_code is not null) as reasons,
    list(bin order by bin) filter (kind = 'characteristic' and bin is not null) as bins
  from own
  group by kind, value, opinion
)
from counted
where opinion <> 'agree'
order by kind, value, opinion
