-- What assessments keep takes less room: it grows by each of them.

-- Bins are digits of one number. A digit's base is one more than the bins its characteristic came with; codes that it
-- cannot hold (refused, expired, a bin more) leave how often the base fits into them in a second number, two bits each.
-- That one is text and NULL where it is 0: where few texts repeat, each takes some bits only.
create macro bins_packed(s) as (
  s.quick_ratio_bin % 6 * 1::ubigint
  + s.liabilities_to_assets_pct_bin % 7 * 6::ubigint
  + s.interest_coverage_bin % 6 * 42::ubigint
  + s.return_on_assets_pct_bin % 6 * 252::ubigint
  + s.cash_flow_to_current_liabilities_pct_bin % 7 * 1512::ubigint
  + s.revenue_growth_pct_bin % 6 * 10584::ubigint
  + s.net_worth_to_requested_limit_bin % 6 * 63504::ubigint
  + s.statement_quality_bin % 6 * 381024::ubigint
  + s.external_grade_bin % 6 * 2286144::ubigint
  + s.legal_events_24m_bin % 5 * 13716864::ubigint
  + s.bureau_days_beyond_terms_bin % 6 * 68584320::ubigint
  + s.external_grade_change_12m_bin % 5 * 411505920::ubigint
  + s.days_beyond_terms_12m_bin % 7 * 2057529600::ubigint
  + s.past_due_over_30_pct_bin % 6 * 14402707200::ubigint
  + s.worst_days_past_due_24m_bin % 6 * 86416243200::ubigint
  + s.payment_trend_days_bin % 5 * 518497459200::ubigint
  + s.peak_utilisation_6m_pct_bin % 6 * 2592487296000::ubigint
  + s.broken_promises_24m_bin % 5 * 15554923776000::ubigint
  + s.years_since_incorporation_bin % 7 * 77774618880000::ubigint
  + s.months_trading_bin % 6 * 544422332160000::ubigint
  + s.ownership_changes_24m_bin % 5 * 3266533992960000::ubigint
  + s.industry_risk_grade_bin % 6 * 16332669964800000::ubigint
  + s.industry_outlook_bin % 5 * 97996019788800000::ubigint
  + s.country_risk_grade_bin % 6 * 489980098944000000::ubigint
  + s.largest_customer_share_pct_bin % 5 * 2939880593664000000::ubigint
);
create macro bins_beyond(s) as nullif(
  s.quick_ratio_bin // 6 * 1::bigint
  + s.liabilities_to_assets_pct_bin // 7 * 4::bigint
  + s.interest_coverage_bin // 6 * 16::bigint
  + s.return_on_assets_pct_bin // 6 * 64::bigint
  + s.cash_flow_to_current_liabilities_pct_bin // 7 * 256::bigint
  + s.revenue_growth_pct_bin // 6 * 1024::bigint
  + s.net_worth_to_requested_limit_bin // 6 * 4096::bigint
  + s.statement_quality_bin // 6 * 16384::bigint
  + s.external_grade_bin // 6 * 65536::bigint
  + s.legal_events_24m_bin // 5 * 262144::bigint
  + s.bureau_days_beyond_terms_bin // 6 * 1048576::bigint
  + s.external_grade_change_12m_bin // 5 * 4194304::bigint
  + s.days_beyond_terms_12m_bin // 7 * 16777216::bigint
  + s.past_due_over_30_pct_bin // 6 * 67108864::bigint
  + s.worst_days_past_due_24m_bin // 6 * 268435456::bigint
  + s.payment_trend_days_bin // 5 * 1073741824::bigint
  + s.peak_utilisation_6m_pct_bin // 6 * 4294967296::bigint
  + s.broken_promises_24m_bin // 5 * 17179869184::bigint
  + s.years_since_incorporation_bin // 7 * 68719476736::bigint
  + s.months_trading_bin // 6 * 274877906944::bigint
  + s.ownership_changes_24m_bin // 5 * 1099511627776::bigint
  + s.industry_risk_grade_bin // 6 * 4398046511104::bigint
  + s.industry_outlook_bin // 5 * 17592186044416::bigint
  + s.country_risk_grade_bin // 6 * 70368744177664::bigint
  + s.largest_customer_share_pct_bin // 5 * 281474976710656::bigint, 0
)::varchar;
create macro bin_code(bins, beyond, weight, base, shift) as
  (bins // weight % base + base * ((coalesce(beyond::bigint, 0) >> shift) & 3))::utinyint;

-- One row per assessment and customer, ordered by customer_key. Tiers count from 0, best first; rules is a bit set in
-- the policy's order, as text for the same reason.
create table score_kept (
    assessment_id INTEGER not null,
    customer_key INTEGER not null,
    score SMALLINT,
    external_score SMALLINT,
    best UTINYINT not null,
    worst UTINYINT not null,
    tier UTINYINT not null,
    rules VARCHAR not null,
    little_known BOOLEAN not null,
    exposure DECIMAL(18,2),
    bins UBIGINT not null,
    beyond VARCHAR
);
insert into score_kept
select assessment_id, customer_key, score, external_score, best, worst, tier, rules, little_known, exposure,
  bins_packed(was), bins_beyond(was)
from score as was;
drop table score;

-- The same with a column per bin: 0 missing, 1 to 6 a bin, 7 refused, 8 + bin expired.
create view score as
select assessment_id, customer_key, score, external_score, best, worst, tier, rules::integer as rules, little_known,
  exposure,
  bin_code(bins, beyond, 1, 6, 0) as quick_ratio_bin,
  bin_code(bins, beyond, 6, 7, 2) as liabilities_to_assets_pct_bin,
  bin_code(bins, beyond, 42, 6, 4) as interest_coverage_bin,
  bin_code(bins, beyond, 252, 6, 6) as return_on_assets_pct_bin,
  bin_code(bins, beyond, 1512, 7, 8) as cash_flow_to_current_liabilities_pct_bin,
  bin_code(bins, beyond, 10584, 6, 10) as revenue_growth_pct_bin,
  bin_code(bins, beyond, 63504, 6, 12) as net_worth_to_requested_limit_bin,
  bin_code(bins, beyond, 381024, 6, 14) as statement_quality_bin,
  bin_code(bins, beyond, 2286144, 6, 16) as external_grade_bin,
  bin_code(bins, beyond, 13716864, 5, 18) as legal_events_24m_bin,
  bin_code(bins, beyond, 68584320, 6, 20) as bureau_days_beyond_terms_bin,
  bin_code(bins, beyond, 411505920, 5, 22) as external_grade_change_12m_bin,
  bin_code(bins, beyond, 2057529600, 7, 24) as days_beyond_terms_12m_bin,
  bin_code(bins, beyond, 14402707200, 6, 26) as past_due_over_30_pct_bin,
  bin_code(bins, beyond, 86416243200, 6, 28) as worst_days_past_due_24m_bin,
  bin_code(bins, beyond, 518497459200, 5, 30) as payment_trend_days_bin,
  bin_code(bins, beyond, 2592487296000, 6, 32) as peak_utilisation_6m_pct_bin,
  bin_code(bins, beyond, 15554923776000, 5, 34) as broken_promises_24m_bin,
  bin_code(bins, beyond, 77774618880000, 7, 36) as years_since_incorporation_bin,
  bin_code(bins, beyond, 544422332160000, 6, 38) as months_trading_bin,
  bin_code(bins, beyond, 3266533992960000, 5, 40) as ownership_changes_24m_bin,
  bin_code(bins, beyond, 16332669964800000, 6, 42) as industry_risk_grade_bin,
  bin_code(bins, beyond, 97996019788800000, 5, 44) as industry_outlook_bin,
  bin_code(bins, beyond, 489980098944000000, 6, 46) as country_risk_grade_bin,
  bin_code(bins, beyond, 2939880593664000000, 5, 48) as largest_customer_share_pct_bin
from score_kept;

-- Segments are looked at in the newest assessment only.
delete from cube where dimension <> '' and assessment_id < (select max(assessment_id) from assessment);
