"""The names of what is known of a customer: one word per fact, with its unit, used by files, tables and code.

A *field* is anything that a row of an upload may carry. A *characteristic* is a field that earns points; which
bins and points it has is the policy's business. A *flag* says that a rule's fact was found.
"""

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

FIELDS: dict[str, Field] = {f.name: f for f in (*IDENTITY, *ATTRIBUTES, *CHARACTERISTICS, *FLAGS)}

# What a cell says of a characteristic or of the credit score; NULL in an input row where it says nothing.
MISSING, KNOWN, REFUSED, EXPIRED, WITHDRAWN = 0, 1, 2, 3, 4

# A stored bin: 0 missing, 1 to 6 the bin, 7 refused, 8 + bin expired.
REFUSED_BIN, EXPIRED_BINS = 7, 8

STATED: tuple[Field, ...] = (*CHARACTERISTICS, FIELDS["credit_score"])  # fields whose cells carry a state

SEGMENTS = ("industry", "region", "salesperson")
