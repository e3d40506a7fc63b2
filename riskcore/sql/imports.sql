-- The history of imports, newest first.
select import_id, file_name, as_of, whole_book, rows_read, rows_taken, rows_set_aside, encoding, created_at, sha256
from import
order by import_id desc;
