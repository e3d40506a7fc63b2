"""Four opinions on a customer on one scale, that of the score's grades, and where two of them disagree.

An opinion is a range of grades: our score's own, the zone of Altman's Z'', an agency's grade, and how the customer pays
us. Two opinions are as many grades apart as lie between their ranges, none where these overlap. None of this reaches
the score: the policy's part `radar` is read here alone.
"""

from riskcore.radar.disagreements import CAUSE, call_reviews, counts, disagreements, review_days
from riskcore.radar.opinions import JUDGES, PAIRS, Apart, Judge, Opinion, agency_range, apart, furthest, opinions
from riskcore.radar.query import compile_query

__all__ = [
    "CAUSE",
    "JUDGES",
    "PAIRS",
    "Apart",
    "Judge",
    "Opinion",
    "agency_range",
    "apart",
    "call_reviews",
    "compile_query",
    "counts",
    "disagreements",
    "furthest",
    "opinions",
    "review_days",
]
