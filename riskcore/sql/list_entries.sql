-- Places on lists that count on $as_of; reads `live`. A list of a later day speaks for the day of each place too.
with told as (
  select e.*, live.as_of, live.seq, live.whole_book, coalesce(e.listed_on, live.as_of) as dated
  from list_entry e join live using (import_id)
),
newest_whole as (
  select flag, max(seq) as seq from told where whole_book and as_of <= $as_of group by flag
)
select distinct import_id, flag, customer_id, customer_name, reg_no, dated
from told left join newest_whole using (flag)
where dated <= $as_of and (removed_on is null or removed_on > $as_of)
  and told.seq >= coalesce(newest_whole.seq, 0)
