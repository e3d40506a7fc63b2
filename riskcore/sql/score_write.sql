-- What the assessment keeps of each customer just scored. Past due and points known of the last one are in the listing.
insert into score_kept
select $assessment, customer_key, score, external_score, best, worst, tier, rules, little_known, exposure,
  bins_packed(sized), bins_beyond(sized)
from sized
order by customer_key;
