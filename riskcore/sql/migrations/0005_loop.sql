-- The loop of a team: reviews, overrides, feedback, training.

-- Training. Rows are only added. option and question count from 0.
create table training_answer (
    person VARCHAR not null,
    unit_id VARCHAR not null,
    question INTEGER not null,
    option INTEGER not null,
    is_right BOOLEAN not null,
    policy_hash VARCHAR not null,  -- in force at the time
    answered_at TIMESTAMP not null
);

-- Cases of the team and of the book's past; content is JSON and holds nothing that tells whose the case is.
create table training_case (
    case_id VARCHAR primary key,  -- random
    origin VARCHAR not null,      -- team or book
    content VARCHAR not null,
    added_by VARCHAR not null,
    added_at TIMESTAMP not null
);

-- What a person would have decided on what was known then, and what the policy in force would have; the first one of a
-- case counts, because then the person knows what happened. Money is in per cent of the case's yearly sales.
create table training_judgement (
    person VARCHAR not null,
    case_id VARCHAR not null,
    bad BOOLEAN not null,
    family VARCHAR,               -- that had lost the largest share of its points
    tier VARCHAR not null,
    worst_tier BOOLEAN not null,
    credit_limit DOUBLE not null,
    terms_days INTEGER not null,
    pd DOUBLE not null,
    money_pct DOUBLE not null,
    score SMALLINT,
    score_tier VARCHAR not null,
    score_worst_tier BOOLEAN not null,
    score_pd DOUBLE not null,
    score_limit DOUBLE not null,
    score_money_pct DOUBLE not null,
    policy_hash VARCHAR not null,
    judged_at TIMESTAMP not null,
    primary key (person, case_id)
);
