-- What a meeting leaves behind: drafts, decisions, and which policy was in force from when.

-- thresholds best tier first; assumptions as JSON. A deleted draft stays, marked.
create table draft (
    draft_id VARCHAR primary key,
    name VARCHAR not null,
    note VARCHAR not null,
    thresholds INTEGER[] not null,
    assumptions VARCHAR not null,
    version INTEGER not null,  -- 1 when first saved; one more at each save
    saved_by VARCHAR not null,
    saved_at TIMESTAMP not null,
    deleted_by VARCHAR,
    deleted_at TIMESTAMP
);

-- Never changed once written. effect is JSON: what was known of the consequences when it was decided.
create table decision (
    decision_id INTEGER primary key,
    decided_by VARCHAR not null,
    reason VARCHAR not null,
    decided_at TIMESTAMP not null,
    as_of DATE not null,
    assessment_id INTEGER not null,  -- the one that was looked at
    policy_before VARCHAR not null,
    policy_after VARCHAR not null,
    assumptions_before VARCHAR not null,
    assumptions VARCHAR not null,
    effect VARCHAR not null,
    puts_back INTEGER                -- the earlier decision whose thresholds and assumptions these are
);

-- Grows only: the policy of the newest row is in force. A policy may come into force again.
create table in_force (number INTEGER primary key, policy_hash VARCHAR not null, since TIMESTAMP not null);
insert into in_force select row_number() over (order by version), policy_hash, created_at from policy where not draft;
