"""The names of what is known of a customer: one word per fact, with its unit, used by files, tables and code.

A *field* is anything that a row of an upload may carry. A *characteristic* is a field that earns points; which
bins and points it has is the policy's business. A *flag* says that a rule's fact was found.
"""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "amount", "number", "count", "flag", "category", "score"]

SQL_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "amount": "DECIMAL(18,2)",
    "number": "DOUBLE",
    "count": "DOUBLE",
    "flag": "BOOLEAN",
    "category": "VARCHAR",
    "score": "DOUBLE",
}


@dataclass(frozen=True)
class Field:
    """One fact: its name and kind. Amounts are in the book's currency; `_pct` means per cent (62 is 62%)."""

    name: str
    kind: Kind

    @property
    def sql_type(self) -> str:
        """The DuckDB type that holds it."""
        return SQL_TYPES[self.kind]


def _fields(kind: Kind, names: str) -> tuple[Field, ...]:
    return tuple(Field(name, kind) for name in names.split())


IDENTITY = _fields("text", "customer_id customer_name")

ATTRIBUTES = (
    *_fields(
        "text",
        "short_name tax_id reg_no country region industry customer_group parent_id salesperson currency "
        "payment_terms internal_grade risk_class agency_grade legal_rep",
    ),
    *_fields(
        "date",
        "incorporation_date relationship_start last_sale_date last_receipt_date last_review_date "
        "next_review_date own_statement_date",
    ),
    *_fields(
        "amount",
        "exposure ar_balance past_due_amount credit_limit requested_limit annual_sales customer_revenue net_worth "
        "working_capital secured_amount insured_limit agency_limit last_sale_amount last_receipt_amount "
        "registered_capital",
    ),
    *_fields("number", "credit_days agency_payment_index employees"),
    *_fields("flag", "credit_block"),
    *_fields("score", "credit_score"),
)

CHARACTERISTICS = (
    *_fields(
        "number",
        "quick_ratio liabilities_to_assets_pct interest_coverage return_on_assets_pct "
        "cash_flow_to_current_liabilities_pct revenue_growth_pct net_worth_to_requested_limit",
    ),
    *_fields("category", "statement_quality external_grade"),
    *_fields("count", "legal_events_24m"),
    *_fields("number", "bureau_days_beyond_terms external_grade_change_12m"),
    *_fields(
        "number",
        "days_beyond_terms_12m past_due_over_30_pct worst_days_past_due_24m payment_trend_days peak_utilisation_6m_pct",
    ),
    *_fields("count", "broken_promises_24m"),
    *_fields("number", "years_since_incorporation months_trading"),
    *_fields("count", "ownership_changes_24m"),
    *_fields("category", "industry_risk_grade industry_outlook country_risk_grade"),
    *_fields("number", "largest_customer_share_pct"),
)

FLAGS = _fields("flag", "k1 k2 k3 k4 k5 k6 k7 k8 k9 s3 s4")

# What the table `input` holds of a customer beside the import, the line and the states.
INPUT: tuple[Field, ...] = (IDENTITY[1], *ATTRIBUTES, *CHARACTERISTICS, *FLAGS)

# An invoice, credit note or payment as files write it; a document is known by its number, line, company and year.
LEDGER = (
    *_fields(
        "text",
        "document_no document_line company_code fiscal_year document_type debit_credit special_gl invoice_ref "
        "invoice_status",
    ),
    *_fields("date", "invoice_date posting_date baseline_date due_date paid_date"),
    *_fields("amount", "amount amount_local open_amount paid_amount credit_note_amount"),
    *_fields("number", "terms_days_1 terms_days_2 terms_days_net"),
    *_fields("flag", "disputed"),
)

# Receivables by age on the day of the file; `aged_31_60` and `aged_over_90` name further fields, see `field`.
AGEING = _fields("amount", "ageing_total not_due")

# One period of a customer's financial statements; amounts of the period, or at its end.
STATEMENT_AMOUNTS = _fields(
    "amount",
    "cash trading_assets notes_receivable receivables prepayments inventory current_assets fixed_assets intangibles "
    "goodwill total_assets short_term_borrowings payables current_liabilities long_term_borrowings bonds_payable "
    "total_liabilities share_capital capital_reserve surplus_reserve retained_earnings equity market_value_of_equity "
    "revenue cost_of_sales selling_expense admin_expense finance_cost interest_expense operating_profit "
    "profit_before_tax income_tax net_profit ebit depreciation operating_cash_flow",
)
STATEMENT = (*_fields("date", "period_end"), *_fields("text", "audit_opinion"), *STATEMENT_AMOUNTS)

# What an agency says of a customer; its grade is `agency_grade`.
RATING = (
    *_fields("text", "agency company_status"),
    *_fields("number", "agency_score agency_pd_pct"),
    *_fields("date", "report_date"),
)

WATCH_LIST = (*_fields("date", "listed_on removed_on"), *_fields("text", "list_reason"))

RATES = (*_fields("date", "rate_date"), *_fields("number", "rate"))  # of the book's currency for one of `currency`

FIELDS: dict[str, Field] = {
    f.name: f for f in (IDENTITY[0], *INPUT, *LEDGER, *AGEING, *STATEMENT, *RATING, *WATCH_LIST, *RATES)
}

_AGED = re.compile(r"aged_(\d{1,4})_(\d{1,4})|aged_over_(\d{1,4})")


def field(name: str) -> Field:
    """The field of a name, those of any bucket of an ageing list too; KeyError where there is none."""
    return Field(name, "amount") if _AGED.fullmatch(name) else FIELDS[name]


def aged_days(name: str) -> tuple[int, int | None] | None:
    """The first and last day of an ageing bucket's name, None for its open end; None for other names.

    >>> aged_days("aged_31_60"), aged_days("aged_over_90"), aged_days("not_due")
    ((31, 60), (91, None), None)
    """
    found = _AGED.fullmatch(name)
    if found is None:
        return None
    return (int(found[3]) + 1, None) if found[3] else (int(found[1]), int(found[2]))


# What a cell says of a characteristic or of the credit score; NULL in an input row where it says nothing.
MISSING, KNOWN, REFUSED, EXPIRED, WITHDRAWN = 0, 1, 2, 3, 4

# A stored bin: 0 missing, 1 to 6 the bin, 7 refused, 8 + bin expired.
REFUSED_BIN, EXPIRED_BINS = 7, 8

STATED: tuple[Field, ...] = (*CHARACTERISTICS, FIELDS["credit_score"])  # fields whose cells carry a state

SEGMENTS = ("industry", "region", "salesperson")
