-- The listing under filters, each NULL where it is not set.
select * from listing
where ($search is null or contains(search, $search))
  and ($tiers is null or list_contains($tiers, tier::integer))
  and ($industry is null or industry = $industry)
  and ($region is null or region = $region)
  and ($salesperson is null or salesperson = $salesperson)
  and ($rule is null or rules & $rule::integer <> 0)
  and ($little_known is null or little_known)
  and ($over_limit is null or exposure > credit_limit)
  and ($statement_months::integer[] is null or statement_date + to_months(($statement_months::integer[])[tier + 1]) < $day::date)
