-- Customers of an earlier assessment whose outcome the later one tells, in no order: key; tier and bin of days late of
-- today; score and bins of then.
-- Who had failed already, had no score or was little known is left out.
select was.customer_key, later.tier, later.days_beyond_terms_12m_bin, was.score,
  was.quick_ratio_bin, was.liabilities_to_assets_pct_bin, was.interest_coverage_bin,
  was.return_on_assets_pct_bin, was.cash_flow_to_current_liabilities_pct_bin, was.revenue_growth_pct_bin,
  was.net_worth_to_requested_limit_bin, was.statement_quality_bin, was.external_grade_bin, was.legal_events_24m_bin,
  was.bureau_days_beyond_terms_bin, was.external_grade_change_12m_bin, was.days_beyond_terms_12m_bin,
  was.past_due_over_30_pct_bin, was.worst_days_past_due_24m_bin, was.payment_trend_days_bin,
  was.peak_utilisation_6m_pct_bin, was.broken_promises_24m_bin, was.years_since_incorporation_bin,
  was.months_trading_bin, was.ownership_changes_24m_bin, was.industry_risk_grade_bin, was.industry_outlook_bin,
  was.country_risk_grade_bin, was.largest_customer_share_pct_bin
from score was join score later using (customer_key)
where was.assessment_id = $earlier and later.assessment_id = $later
  and was.score is not null and not was.little_known and was.rules & $bad_then = 0
  and (later.rules & $bad_now <> 0) = $bad
order by random()
limit $most
