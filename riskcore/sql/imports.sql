-- The history of imports, newest first; undone ones among them.
select import_id, kind, file_name, sheet, as_of, whole_book, rows_read, rows_taken, rows_set_aside, encoding, sha256,
  taken_by, created_at, overlapping, undone_at, undone_by, mapping, answers
from import
order by import_id desc;
