-- What people do with an assessment, week by week: overrides, reviews, alerts, feedback. Rows are only added.

-- A person's documented deviation from the tier of the score. Tiers are codes: a later policy may place them otherwise.
create table override (
    override_id INTEGER primary key,
    customer_key INTEGER not null,
    direction VARCHAR not null,      -- up: at worst this tier; down: at best this tier
    tier VARCHAR not null,
    reason_code VARCHAR not null,
    reason VARCHAR not null,
    expires_on DATE not null,        -- the first day on which it counts no more
    amount DECIMAL(18,2),            -- the larger of exposure and limit when it was asked for; NULL: neither known
    needs_second BOOLEAN not null,   -- counts only once another person approved
    assessment_id INTEGER not null,  -- the one that was looked at
    score SMALLINT,
    tier_before VARCHAR not null,
    asked_by VARCHAR not null,
    asked_at TIMESTAMP not null
);

create table override_event (
    override_id INTEGER not null,
    event VARCHAR not null,          -- approved, refused or withdrawn
    reason VARCHAR not null,
    said_by VARCHAR not null,
    said_at TIMESTAMP not null
);

create table review (
    review_id INTEGER primary key,
    customer_key INTEGER not null,
    assessment_id INTEGER not null,  -- the one that was looked at
    tier VARCHAR not null,           -- code, as it stood there
    outcome VARCHAR not null,        -- keep, change or escalate
    reason VARCHAR not null,
    escalated_to VARCHAR,
    next_review_on DATE not null,
    later_because VARCHAR,           -- why it is later than the tier's cycle; NULL: it is not
    reviewed_by VARCHAR not null,
    reviewed_at TIMESTAMP not null
);

-- A review asked for before its time. The customer's next review settles it.
create table review_call (
    call_id INTEGER primary key,
    customer_key INTEGER not null,
    cause VARCHAR not null,          -- alert, disagreement or person
    cause_key VARCHAR not null,      -- tells one cause from the next: none calls twice
    why VARCHAR not null,            -- JSON: the figures, or a person's reason
    due_on DATE not null,
    called_by VARCHAR,               -- NULL: the program
    called_at TIMESTAMP not null,
    unique (customer_key, cause, cause_key)
);

-- Who reviews a customer; the newest row of a customer counts, NULL is nobody.
create table review_owner (
    customer_key INTEGER not null,
    owner VARCHAR,
    set_by VARCHAR not null,
    set_at TIMESTAMP not null
);

create table alert (
    alert_id INTEGER primary key,
    customer_key INTEGER not null,
    code VARCHAR not null,           -- of the policy's alert rule
    watches VARCHAR not null,        -- what that rule watches
    cause VARCHAR not null,          -- with customer and code it tells one cause from the next: none is told twice
    assessment_id INTEGER not null,
    told VARCHAR not null,           -- JSON: the figures before and now
    raised_at TIMESTAMP not null
);

-- Assessments in which changes were looked for, and what each was compared with: that of the day looked at before.
create table alert_run (assessment_id INTEGER primary key, reference_id INTEGER);

-- Of the newest of them, each customer's figures on its day, and those that it compared them with. A figure that may
-- creep is compared with the lowest one since somebody was told of it or reviewed the customer.
create table alert_level (
    assessment_id INTEGER not null,
    customer_key INTEGER not null,
    late_before DOUBLE,              -- days beyond terms
    late_now DOUBLE,
    share_before DOUBLE,             -- past due, in per cent of the exposure
    share_now DOUBLE,
    events_before DOUBLE,            -- legal events of 24 months
    events_now DOUBLE,
    used_before DOUBLE,              -- exposure in per cent of the limit
    used_now DOUBLE,
    statement_before DATE,           -- what the newest financial statement is of
    statement_now DATE
);

create table alert_event (
    alert_id INTEGER not null,
    event VARCHAR not null,          -- acknowledged or snoozed
    until DATE,                      -- of a snooze: the day on which it is back
    note VARCHAR not null,
    said_by VARCHAR not null,
    said_at TIMESTAMP not null
);

-- Who is watched because a person says so; the newest row of a customer counts.
create table watched (
    customer_key INTEGER not null,
    is_watched BOOLEAN not null,
    reason VARCHAR not null,
    said_by VARCHAR not null,
    said_at TIMESTAMP not null
);

-- What a person thinks of a customer's score, as it stood then.
create table feedback (
    feedback_id INTEGER primary key,
    customer_key INTEGER not null,
    assessment_id INTEGER not null,
    policy_hash VARCHAR not null,
    opinion VARCHAR not null,        -- agree, too_high or too_low
    characteristic VARCHAR,          -- the one that is judged wrongly; NULL: none in particular
    bin UTINYINT,                    -- of that characteristic
    because VARCHAR not null,
    score SMALLINT,
    tier VARCHAR not null,
    industry VARCHAR,
    region VARCHAR,
    salesperson VARCHAR,
    given_by VARCHAR not null,
    given_at TIMESTAMP not null
);

-- What became of a pattern that repeats in feedback, overrides or training.
create table pattern_event (
    pattern VARCHAR not null,        -- what is gathered, such as tier:B:too_high
    event VARCHAR not null,          -- drafted or dismissed
    draft VARCHAR,                   -- id of the draft of thresholds, or the hash of the draft policy
    customers INTEGER not null,      -- whom it held then
    reason VARCHAR not null,
    said_by VARCHAR not null,
    said_at TIMESTAMP not null
);

-- Runs that the schedule of the book made, or tried to: the row stands before the run, so that none is made twice.
create table schedule_run (
    due_at TIMESTAMP primary key,
    ran_at TIMESTAMP not null,
    assessment_id INTEGER,           -- NULL: it failed, or did not come to its end
    failure VARCHAR,                 -- JSON: the key of the error's sentence and its slots
    since DATE,                      -- as of which the assessment is that it is compared with; NULL: there was none
    better INTEGER,                  -- customers that moved up since; NULL: tiers cannot be compared
    worse INTEGER,
    alerts INTEGER                   -- that it raised
);

-- Who read a judged case again after the policy had changed what it shows, or after a long while. Rows are only added.
create table training_reread (
    person VARCHAR not null,
    case_id VARCHAR not null,
    policy_hash VARCHAR not null,    -- in force at the time
    read_at TIMESTAMP not null
);

-- Who opened a case in the library before judging it or after, for the first time.
create table training_read (
    person VARCHAR not null,
    case_id VARCHAR not null,
    read_at TIMESTAMP not null,
    primary key (person, case_id)
);

-- Characteristics whose known value had at least half of its points, and those below; NULL: judged before they were kept.
alter table training_judgement add column good VARCHAR[];
alter table training_judgement add column poor VARCHAR[];

-- The day on which a customer was assessed in this book for the first time: where nobody reviewed it, its cycle begins.
create table first_assessed (customer_key INTEGER not null, day DATE not null);
insert into first_assessed
select customer_key, min(created_at)::date from score join assessment using (assessment_id) group by customer_key;

-- What the calendar of reviews needs of a customer; the two dates are those that files tell.
alter table listing add column last_review_date DATE;
alter table listing add column next_review_date DATE;
alter table listing add column first_assessed DATE;
update listing set first_assessed = day from first_assessed f where f.customer_key = listing.customer_key;

-- What others than our score tell of the customers of the last assessment, so far as it is known and not too old then.
create table opinion (
    customer_key INTEGER not null,
    z_double_prime DOUBLE,
    z_double_prime_date DATE,           -- the end of its year; how old is too old, the policy says
    external_grade VARCHAR,
    days_beyond_terms_12m DOUBLE,
    past_due_over_30_pct DOUBLE,
    worst_days_past_due_24m DOUBLE
);

-- What alerts watch beside score and amounts; known as of the assessment's day.
alter table listing add column days_beyond_terms DOUBLE;
alter table listing add column legal_events DOUBLE;
alter table listing add column statement_date DATE;
