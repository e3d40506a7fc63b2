-- Overrides that count on the day $today and did not when the book was assessed, at $then, or the other way round.
select count(*) from (
  select
    began_at is not null and closed is null and expires_on > greatest($today, $as_of) as counts,
    began_at <= $then and (closed_at is null or closed_at > $then) and expires_on > greatest($then_day, $as_of) as did
  from standing
)
where counts is distinct from coalesce(did, false)
