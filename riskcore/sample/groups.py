"""Which customers of the sample book belong together, and the terms that they have today."""

import numpy as np
import pandas as pd

from riskcore.sample.facts import Floats, Mask

SUBSIDIARIES = 40  # customers whose head office is a customer too, in thousandths
MOST_OF_ONE = 4  # subsidiaries of one head office
TERMS_DAYS = (15.0, 30.0, 45.0, 60.0, 90.0)


def parents(rng: np.random.Generator, ids: pd.Series, may_belong: Mask) -> pd.Series:
    """The id of each customer's head office, empty for most: groups of two to five, the head office among them.

    Only customers of `may_belong` are in groups; a head office has no parent.
    """
    wanted = round(len(ids) * SUBSIDIARIES / 1000)
    drawn = rng.integers(1, MOST_OF_ONE + 1, size=wanted)
    sizes = np.diff(np.minimum(np.cumsum(drawn), wanted), prepend=0)
    sizes = sizes[sizes > 0]
    places = rng.permutation(np.flatnonzero(may_belong))
    heads, members = places[: len(sizes)], places[len(sizes) :][: sizes.sum()]
    of_whom = np.full(len(ids), -1)
    of_whom[members] = np.repeat(heads, sizes)[: len(members)]
    return ids.take(of_whom).mask(of_whom < 0).reset_index(drop=True)


def terms_today(rng: np.random.Generator, quality: Floats) -> Floats:
    """Days that each customer has to pay today; better ones longer, by and large."""
    inclination = 0.5 * quality + rng.standard_normal(len(quality))
    return np.array(TERMS_DAYS)[np.digitize(inclination, [-1.2, 0.3, 0.9, 1.7])]
