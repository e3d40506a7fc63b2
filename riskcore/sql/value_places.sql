-- Where each import tells of one customer: its first line and how many there are, of the table of its own kind if any.
with told as (
  select import_id, line, false as is_own from input where customer_key = $customer
  union all select import_id, line, true from item where customer_key = $customer
  union all select import_id, line, true from ageing where customer_key = $customer
  union all select import_id, line, true from statement where customer_key = $customer
  union all select import_id, line, true from rating where customer_key = $customer
),
own as (select * from told qualify is_own = max(is_own) over (partition by import_id))
select import_id, kind, file_name, sheet, taken_by, min(line) as line, count(*) as lines
from own join import using (import_id)
group by import_id, kind, file_name, sheet, taken_by;
