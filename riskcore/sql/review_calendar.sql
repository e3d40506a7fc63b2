-- Every customer of the listing with the one day on which its next review is due, what says so, and whose it is.
-- $months and $codes: of the tiers, best first. $offset: the local time's from UTC. Filters NULL where not set.
with reviewed as (
  select customer_key, outcome, escalated_to, next_review_on, reviewed_by, reviewed_at,
    (reviewed_at + $offset::interval)::date as reviewed_on, list_position($codes, tier) - 1 as place_then
  from review
  where review_id in (
    select max(review_id) from review
    where $customers is null or list_contains($customers, customer_key) group by customer_key
  )
),
called as (
  select customer_key, min(due_on) as called_on, arg_min(cause, (due_on, call_id)) as called_by
  from review_call c left join reviewed r using (customer_key)
  where (r.reviewed_at is null or c.called_at > r.reviewed_at)
    and ($customers is null or list_contains($customers, customer_key))
  group by customer_key
),
owned as (
  select customer_key, arg_max_null(owner, set_at) as owner, true as is_set from review_owner
  where $customers is null or list_contains($customers, customer_key)
  group by customer_key
),
told as (
  select position, customer_key, customer_id, customer_name, search, industry, region, salesperson, tier, score,
    exposure, first_assessed, next_review_date, case when last_review_date <= $today then last_review_date end as said_on,
    $months[tier + 1] as cycle
  from listing
  where $customers is null or list_contains($customers, customer_key)
),
planned as (
  select told.*, outcome, escalated_to, reviewed_by, called_on, called_by,
    coalesce(reviewed_on, said_on) as last_on,
    case when is_set then owned.owner else reviewed_by end as owner,
    case
      when reviewed_on is not null then next_review_on
      when next_review_date > coalesce(said_on, date '0001-01-01') then next_review_date
      else coalesce(said_on, first_assessed) + to_months(cycle)
    end::date as planned_on,
    case
      when reviewed_on is not null then 'review'
      when next_review_date > coalesce(said_on, date '0001-01-01') then 'file'
      when said_on is not null then 'file_last'
      else 'first'
    end as planned_by,
    case when tier > place_then then (reviewed_on + to_months(cycle))::date end as worse_on
  from told
  left join reviewed using (customer_key)
  left join called using (customer_key)
  left join owned using (customer_key)
),
due as (
  select *, least(planned_on, worse_on, called_on) as due_on,
    case when called_on < least(planned_on, worse_on) then 'call_' || called_by
      when worse_on < planned_on then 'worse' else planned_by end as because
  from planned
),
calendar as (
  select *,
    case when due_on < $today then 'overdue'
      when escalated_to is not null then 'escalated'
      when due_on <= $today + $soon then 'due'
      when called_on is null and last_on >= $today - $window then 'done'
      when due_on <= $today + $window then 'due'
      else 'later' end as status
  from due
)
select * exclude (search) from calendar
where ($search is null or contains(search, $search))
  and ($tiers is null or list_contains($tiers, tier::integer))
  and ($industry is null or industry = $industry)
  and ($region is null or region = $region)
  and ($salesperson is null or salesperson = $salesperson)
  and ($statuses is null or list_contains($statuses, status))
  and ($owner is null or owner = $owner)
  and ($nobody is null or owner is null)
  and ($due_by is null or due_on <= $due_by)
