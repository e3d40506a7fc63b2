-- What people said last of each value of one customer, in imports that count.
select field, arg_max(struct_pack(import_id := import_id, source := source, disputed := disputed), seq)
from remark join live using (import_id)
where customer_key = $customer
group by field;
