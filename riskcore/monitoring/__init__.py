"""What became of the book between assessments: migration, one customer's past, customer quality by age, drift.

Every assessment speaks by its own policy: tiers are those of its own thresholds, points those of its own scorecard.
"""

from riskcore.monitoring.matrix import ABSENT, LITTLE_KNOWN, Migration, Share, migration, names
from riskcore.monitoring.quarters import Vintage, vintages
from riskcore.monitoring.stability import Cell, Drift, Drifts, Missing, drift
from riskcore.monitoring.steps import Change, Step, history

__all__ = [
    "ABSENT",
    "LITTLE_KNOWN",
    "Cell",
    "Change",
    "Drift",
    "Drifts",
    "Migration",
    "Missing",
    "Share",
    "Step",
    "Vintage",
    "drift",
    "history",
    "migration",
    "names",
    "vintages",
]
