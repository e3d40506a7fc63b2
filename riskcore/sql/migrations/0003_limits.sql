-- What people decided about a recommended limit. Rows are only added: the newest of a customer in an assessment counts.
create table limit_decision (
    decision_id BIGINT not null,
    assessment_id INTEGER not null,
    customer_key INTEGER not null,
    choice VARCHAR not null,          -- accept, adjust or reject
    limit_today DECIMAL(18,2),
    recommended BIGINT not null,
    decided_limit DECIMAL(18,2),      -- NULL: rejected where there is no limit today
    decided_by VARCHAR not null,
    reason VARCHAR not null,
    decided_at TIMESTAMP not null
);
