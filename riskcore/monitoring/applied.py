"""What questions over assessments start from: the policy that one applied, and rows by name."""

from typing import Any

from riskcore import versions
from riskcore.errors import AskedWrong
from riskcore.policy import Policy
from riskcore.store import Store, by_column, sql


def policy_of(store: Store, assessment_id: int) -> Policy:
    """The policy that an assessment applied; AskedWrong where there is no such assessment."""
    row = store.one("select policy_hash from assessment where assessment_id = $number", number=assessment_id)
    if row is None:
        raise AskedWrong("assessment_absent", number=assessment_id)
    return versions.kept(store, row[0])[0]


def named(store: Store, question: str, **values: Any) -> list[dict[str, Any]]:
    """The answer to a question in riskcore/sql as rows of Python values by column."""
    return by_column(store.cursor().execute(sql(question), values))
