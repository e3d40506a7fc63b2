-- States of the listing that ask for somebody, whatever changed: how many, and by how much limits are exceeded.
-- $statement_months: by place of the tier, the age in months from which statements are too old; NULL where none is.
select count(*) filter (exposure > credit_limit) as over_limit,
  coalesce(sum(exposure - credit_limit) filter (exposure > credit_limit), 0)::double as over_amount,
  count(*) filter (rules & $hard_rules::integer > 0) as hard_rules,
  count(*) filter (statement_date + to_months(($statement_months::integer[])[tier + 1]) < $day::date) as old_statements
from listing
