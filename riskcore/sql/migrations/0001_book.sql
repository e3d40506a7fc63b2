-- The book: policies, imports, what was said of each customer, and the assessments made of it.

create table meta (name VARCHAR primary key, value VARCHAR not null);

-- One row per policy version; source is its canonical TOML.
create table policy (
    policy_hash VARCHAR primary key,
    version INTEGER not null,
    draft BOOLEAN not null,
    source VARCHAR not null,
    author VARCHAR not null,
    reason VARCHAR not null,
    created_at TIMESTAMP not null
);

create table import (
    import_id INTEGER primary key,
    file_name VARCHAR not null,
    sha256 VARCHAR not null,
    as_of DATE not null,
    whole_book BOOLEAN not null,
    rows_read BIGINT not null,
    rows_taken BIGINT not null,
    rows_set_aside BIGINT not null,
    encoding VARCHAR not null,
    delimiter VARCHAR not null,
    mapping VARCHAR not null,  -- JSON: heading to field
    answers VARCHAR not null,  -- JSON: question to answer
    created_at TIMESTAMP not null
);

create table customer (customer_key INTEGER primary key, customer_id VARCHAR not null unique);

-- What one row of one import said; NULL where it said nothing. A state: 1 known, 2 refused, 4 withdrawn.
create table input (
    import_id INTEGER not null,
    customer_key INTEGER not null,
    line BIGINT not null,
    customer_name VARCHAR,
    short_name VARCHAR,
    tax_id VARCHAR,
    reg_no VARCHAR,
    country VARCHAR,
    region VARCHAR,
    industry VARCHAR,
    customer_group VARCHAR,
    parent_id VARCHAR,
    salesperson VARCHAR,
    currency VARCHAR,
    payment_terms VARCHAR,
    internal_grade VARCHAR,
    risk_class VARCHAR,
    agency_grade VARCHAR,
    legal_rep VARCHAR,
    incorporation_date DATE,
    relationship_start DATE,
    last_sale_date DATE,
    last_receipt_date DATE,
    last_review_date DATE,
    next_review_date DATE,
    own_statement_date DATE,
    exposure DECIMAL(18,2),
    ar_balance DECIMAL(18,2),
    past_due_amount DECIMAL(18,2),
    credit_limit DECIMAL(18,2),
    requested_limit DECIMAL(18,2),
    annual_sales DECIMAL(18,2),
    customer_revenue DECIMAL(18,2),
    net_worth DECIMAL(18,2),
    working_capital DECIMAL(18,2),
    secured_amount DECIMAL(18,2),
    insured_limit DECIMAL(18,2),
    agency_limit DECIMAL(18,2),
    last_sale_amount DECIMAL(18,2),
    last_receipt_amount DECIMAL(18,2),
    registered_capital DECIMAL(18,2),
    credit_days DOUBLE,
    agency_payment_index DOUBLE,
    employees DOUBLE,
    credit_block BOOLEAN,
    credit_score DOUBLE,
    quick_ratio DOUBLE,
    liabilities_to_assets_pct DOUBLE,
    interest_coverage DOUBLE,
    return_on_assets_pct DOUBLE,
    cash_flow_to_current_liabilities_pct DOUBLE,
    revenue_growth_pct DOUBLE,
    net_worth_to_requested_limit DOUBLE,
    statement_quality VARCHAR,
    external_grade VARCHAR,
    legal_events_24m DOUBLE,
    bureau_days_beyond_terms DOUBLE,
    external_grade_change_12m DOUBLE,
    days_beyond_terms_12m DOUBLE,
    past_due_over_30_pct DOUBLE,
    worst_days_past_due_24m DOUBLE,
    payment_trend_days DOUBLE,
    peak_utilisation_6m_pct DOUBLE,
    broken_promises_24m DOUBLE,
    years_since_incorporation DOUBLE,
    months_trading DOUBLE,
    ownership_changes_24m DOUBLE,
    industry_risk_grade VARCHAR,
    industry_outlook VARCHAR,
    country_risk_grade VARCHAR,
    largest_customer_share_pct DOUBLE,
    k1 BOOLEAN,
    k2 BOOLEAN,
    k3 BOOLEAN,
    k4 BOOLEAN,
    k5 BOOLEAN,
    k6 BOOLEAN,
    k7 BOOLEAN,
    k8 BOOLEAN,
    k9 BOOLEAN,
    s3 BOOLEAN,
    s4 BOOLEAN,
    quick_ratio_state UTINYINT,
    liabilities_to_assets_pct_state UTINYINT,
    interest_coverage_state UTINYINT,
    return_on_assets_pct_state UTINYINT,
    cash_flow_to_current_liabilities_pct_state UTINYINT,
    revenue_growth_pct_state UTINYINT,
    net_worth_to_requested_limit_state UTINYINT,
    statement_quality_state UTINYINT,
    external_grade_state UTINYINT,
    legal_events_24m_state UTINYINT,
    bureau_days_beyond_terms_state UTINYINT,
    external_grade_change_12m_state UTINYINT,
    days_beyond_terms_12m_state UTINYINT,
    past_due_over_30_pct_state UTINYINT,
    worst_days_past_due_24m_state UTINYINT,
    payment_trend_days_state UTINYINT,
    peak_utilisation_6m_pct_state UTINYINT,
    broken_promises_24m_state UTINYINT,
    years_since_incorporation_state UTINYINT,
    months_trading_state UTINYINT,
    ownership_changes_24m_state UTINYINT,
    industry_risk_grade_state UTINYINT,
    industry_outlook_state UTINYINT,
    country_risk_grade_state UTINYINT,
    largest_customer_share_pct_state UTINYINT,
    credit_score_state UTINYINT
);

-- Answers that are asked once and remembered: a heading's field, an industry's section.
create table remembered (kind VARCHAR not null, name VARCHAR not null, answer VARCHAR not null, primary key (kind, name));

create table assessment (
    assessment_id INTEGER primary key,
    policy_hash VARCHAR not null,
    as_of DATE not null,
    customers BIGINT not null,
    created_at TIMESTAMP not null
);

-- One row per assessment and customer, ordered by customer_key. Tiers count from 0, best first; rules is a bit set
-- in the policy's order; a bin is 0 missing, 1 to 6 a bin, 7 refused, 8 + bin expired.
create table score (
    assessment_id INTEGER not null,
    customer_key INTEGER not null,
    score SMALLINT,
    external_score SMALLINT,
    best UTINYINT not null,
    worst UTINYINT not null,
    tier UTINYINT not null,
    rules INTEGER not null,
    known_points SMALLINT not null,
    little_known BOOLEAN not null,
    exposure DECIMAL(18,2),
    past_due DECIMAL(18,2),
    quick_ratio_bin UTINYINT NOT NULL,
    liabilities_to_assets_pct_bin UTINYINT NOT NULL,
    interest_coverage_bin UTINYINT NOT NULL,
    return_on_assets_pct_bin UTINYINT NOT NULL,
    cash_flow_to_current_liabilities_pct_bin UTINYINT NOT NULL,
    revenue_growth_pct_bin UTINYINT NOT NULL,
    net_worth_to_requested_limit_bin UTINYINT NOT NULL,
    statement_quality_bin UTINYINT NOT NULL,
    external_grade_bin UTINYINT NOT NULL,
    legal_events_24m_bin UTINYINT NOT NULL,
    bureau_days_beyond_terms_bin UTINYINT NOT NULL,
    external_grade_change_12m_bin UTINYINT NOT NULL,
    days_beyond_terms_12m_bin UTINYINT NOT NULL,
    past_due_over_30_pct_bin UTINYINT NOT NULL,
    worst_days_past_due_24m_bin UTINYINT NOT NULL,
    payment_trend_days_bin UTINYINT NOT NULL,
    peak_utilisation_6m_pct_bin UTINYINT NOT NULL,
    broken_promises_24m_bin UTINYINT NOT NULL,
    years_since_incorporation_bin UTINYINT NOT NULL,
    months_trading_bin UTINYINT NOT NULL,
    ownership_changes_24m_bin UTINYINT NOT NULL,
    industry_risk_grade_bin UTINYINT NOT NULL,
    industry_outlook_bin UTINYINT NOT NULL,
    country_risk_grade_bin UTINYINT NOT NULL,
    largest_customer_share_pct_bin UTINYINT NOT NULL
);

-- How many customers stand in each bin of a characteristic, and what they earn there in all.
create table bin_count (
    assessment_id INTEGER not null,
    characteristic VARCHAR not null,
    bin UTINYINT not null,
    customers BIGINT not null,
    points BIGINT not null
);

-- in_default: a rule says default, so that the probability is 1 whatever the score.
-- Sums by score, bound and segment: what a dragged threshold needs. dimension '' is the whole book. place ranks
-- the segments by customers from 0; -1 is "not given", 12 all the others together.
create table cube (
    assessment_id INTEGER not null,
    dimension VARCHAR not null,
    segment VARCHAR not null,
    place TINYINT not null,
    score SMALLINT,
    best UTINYINT not null,
    worst UTINYINT not null,
    little_known BOOLEAN not null,
    in_default BOOLEAN not null,
    customers BIGINT not null,
    with_exposure BIGINT not null,
    exposure_cents BIGINT not null,
    past_due_cents BIGINT not null,
    unused_cents BIGINT not null,        -- of present limits
    sales_cents BIGINT not null,         -- ours to them, a year
    sales_late_cents BIGINT not null,    -- sales x days late (at most those of the policy)
    tier_limit_cents BIGINT[] not null,       -- recommended limits under each tier, best first
    tier_limit_up_cents BIGINT[] not null,    -- of that, above the present limit, where there is one
    tier_limit_down_cents BIGINT[] not null   -- and below it
);

-- The customers of the last assessment as a user pages them: position 1 has the largest exposure.
create table listing (
    position BIGINT not null,
    customer_key INTEGER not null,
    customer_id VARCHAR not null,
    customer_name VARCHAR not null,
    search VARCHAR not null,
    industry VARCHAR,
    region VARCHAR,
    salesperson VARCHAR,
    exposure DECIMAL(18,2),
    past_due DECIMAL(18,2),
    credit_limit DECIMAL(18,2),
    score SMALLINT,
    best UTINYINT not null,
    worst UTINYINT not null,
    tier UTINYINT not null,
    rules INTEGER not null,
    known_points SMALLINT not null,
    little_known BOOLEAN not null,
    reason UTINYINT,  -- place of the characteristic with the largest points lost, in the policy's order
    reason_state UTINYINT,
    reason_value VARCHAR,
    parent_id VARCHAR,
    credit_days DOUBLE,
    annual_sales DECIMAL(18,2),
    late_days DOUBLE not null,
    in_default BOOLEAN not null,
    unused_limit DECIMAL(18,2),
    need DOUBLE,
    capacity DOUBLE,
    own_cap DOUBLE,
    binding VARCHAR,
    tier_limit BIGINT[] not null
);
