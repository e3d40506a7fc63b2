-- Every kind of file: what an import is of, and the tables of invoices, ageing, statements, ratings, lists and rates.

alter table import add column kind VARCHAR default 'customers';
alter table import add column sheet VARCHAR default '';   -- of a workbook
alter table import add column taken_by VARCHAR default '';
alter table import add column overlapping BOOLEAN default false;  -- names documents that an earlier import named too
alter table import add column undone_at TIMESTAMP;         -- from then on the import counts no more
alter table import add column undone_by VARCHAR;

-- Only what had been taken in by the end of that day; NULL: all that counted when it was made.
alter table assessment add column known_by DATE;

-- The day that the row's values are of, where that is not the import's own as-of date.
alter table input add column dated DATE;

-- A document, or a part of one that was paid by itself; a credit note and a payment on account are negative.
-- An open list says what was open on its import's as-of date; dated rows count from their own dates on.
create table item (
    import_id INTEGER not null,
    line BIGINT not null,
    customer_key INTEGER not null,
    document VARCHAR not null,       -- what tells it from the customer's other documents
    document_type VARCHAR not null,  -- invoice, credit_note, payment or down_payment
    invoice_date DATE not null,
    due_date DATE,                   -- NULL: not known
    paid_date DATE,                  -- NULL: open
    amount DECIMAL(18,2) not null,   -- of this part, in its currency
    currency VARCHAR,                -- NULL: the book's
    disputed BOOLEAN,
    number VARCHAR,                  -- the document's bare number, NULL where `document` is that
    settles VARCHAR[]                -- of a payment: numbers of the invoices that it pays, where its file lacks them
);

-- What of documents was paid on days that their file does not tell; payments of other files tell them.
create table item_paid (
    import_id INTEGER not null,
    line BIGINT not null,
    customer_key INTEGER not null,
    document VARCHAR not null,
    document_type VARCHAR not null,
    invoice_date DATE not null,
    due_date DATE,
    amount DECIMAL(18,2) not null,
    currency VARCHAR,
    number VARCHAR
);

-- Receivables by age on the import's as-of date; from_day is NULL for what is not due, to_day for an open end.
create table ageing (
    import_id INTEGER not null,
    line BIGINT not null,
    customer_key INTEGER not null,
    basis VARCHAR not null,          -- due or invoice: the date that the days count from
    from_day INTEGER,
    to_day INTEGER,
    amount DECIMAL(18,2) not null,
    currency VARCHAR
);

create table statement (
    import_id INTEGER not null,
    line BIGINT not null,
    customer_key INTEGER not null,
    period_end DATE not null,
    currency VARCHAR,
    audit_opinion VARCHAR,
    cash DECIMAL(18,2),
    trading_assets DECIMAL(18,2),
    notes_receivable DECIMAL(18,2),
    receivables DECIMAL(18,2),
    prepayments DECIMAL(18,2),
    inventory DECIMAL(18,2),
    current_assets DECIMAL(18,2),
    fixed_assets DECIMAL(18,2),
    intangibles DECIMAL(18,2),
    goodwill DECIMAL(18,2),
    total_assets DECIMAL(18,2),
    short_term_borrowings DECIMAL(18,2),
    payables DECIMAL(18,2),
    current_liabilities DECIMAL(18,2),
    long_term_borrowings DECIMAL(18,2),
    bonds_payable DECIMAL(18,2),
    total_liabilities DECIMAL(18,2),
    share_capital DECIMAL(18,2),
    capital_reserve DECIMAL(18,2),
    surplus_reserve DECIMAL(18,2),
    retained_earnings DECIMAL(18,2),
    equity DECIMAL(18,2),
    market_value_of_equity DECIMAL(18,2),
    revenue DECIMAL(18,2),
    cost_of_sales DECIMAL(18,2),
    selling_expense DECIMAL(18,2),
    admin_expense DECIMAL(18,2),
    finance_cost DECIMAL(18,2),
    interest_expense DECIMAL(18,2),
    operating_profit DECIMAL(18,2),
    profit_before_tax DECIMAL(18,2),
    income_tax DECIMAL(18,2),
    net_profit DECIMAL(18,2),
    ebit DECIMAL(18,2),
    depreciation DECIMAL(18,2),
    operating_cash_flow DECIMAL(18,2),
    others MAP(VARCHAR, DECIMAL(22,6))  -- all other figures by their captions, ratios and amounts per share among them
);

create table rating (
    import_id INTEGER not null,
    line BIGINT not null,
    customer_key INTEGER not null,
    report_date DATE not null,
    agency VARCHAR,
    grade VARCHAR,                   -- as the agency writes it
    score DOUBLE,
    pd_pct DOUBLE
);

-- Who stands on a public list or a watch list; flag is the rule's fact that a place on it means.
create table list_entry (
    import_id INTEGER not null,
    line BIGINT not null,
    flag VARCHAR not null,
    customer_id VARCHAR,
    customer_name VARCHAR,
    reg_no VARCHAR,
    listed_on DATE,
    removed_on DATE,
    reason VARCHAR
);

-- Units of the book's currency for one unit of `currency`, from a day on.
create table rate (
    import_id INTEGER not null,
    line BIGINT not null,
    currency VARCHAR not null,
    day DATE not null,
    rate DOUBLE not null
);

-- What was settled once for a layout of headings: kind, mapping and answers, as JSON.
create table layout (
    fingerprint VARCHAR primary key,
    kind VARCHAR not null,
    mapping VARCHAR not null,        -- normalised heading to field
    answers VARCHAR not null,        -- question to answer
    file_name VARCHAR not null,
    kept_at TIMESTAMP not null
);

-- What a person said of a value entered by hand.
create table remark (
    import_id INTEGER not null,
    customer_key INTEGER not null,
    field VARCHAR not null,
    source VARCHAR not null,
    disputed BOOLEAN not null
);
