"""Who the sample book's customers are: names, places, trades, registration numbers."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from riskcore.sample.facts import Floats, Ints, Mask

Texts = npt.NDArray[np.str_]

# GB 32100: 31 characters (no I, O, S, V, Z), weights 3^i modulo 31. GB 11714 checks places 9 to 16 by itself.
_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_BODY_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])


@cache
def parts() -> dict[str, Any]:
    """The parts that names are made of: `names.toml`."""
    return tomllib.loads((Path(__file__).parent / "names.toml").read_text("utf-8"))


def industry_places(quality: Floats) -> Ints:
    """Each customer's place in the list of industries: the better the quality, the safer the industry."""
    shares = np.array([industry["share_pct"] for industry in parts()["industry"]])
    edges = np.quantile(quality, np.cumsum(shares)[:-1] / shares.sum())
    return np.searchsorted(edges, quality).astype(np.int64)


def who(rng: np.random.Generator, industry: Ints, wrong_number: Mask) -> dict[str, pd.Series]:
    """Columns that say who each customer is, one row per place in `industry`.

    `wrong_number` marks customers whose registration number fails its check character, where they are Chinese.
    """
    regions = parts()["region"]
    n = len(industry)
    shares = np.array([region["share_pct"] for region in regions])
    region = rng.choice(len(regions), n, p=shares / shares.sum())
    countries = np.array([r["country"] for r in regions])[region]
    return {
        "customer_name": _names(rng, region, industry),
        "industry": _taken([i["name"] for i in parts()["industry"]], industry),
        "region": _taken([r["name"] for r in regions], region),
        "country": pd.Series(countries, dtype="str"),
        "reg_no": pd.Series(_registration_numbers(rng, region, wrong_number), dtype="str"),
        "country_risk_grade": _taken([r.get("risk_grade") for r in regions], region),
        "salesperson": _taken(parts()["salespeople"], rng.integers(len(parts()["salespeople"]), size=n)),
    }


def _names(rng: np.random.Generator, region: Ints, industry: Ints) -> pd.Series:
    names = np.empty(len(region), dtype=object)
    for place, where in enumerate(parts()["region"]):
        style = parts()["style"][where["country"]]
        gap = "" if where["country"] == "CN" else " "
        rows = np.flatnonzero(region == place)
        stem = _drawn(rng, where.get("cities", [""]), len(rows)) + _drawn(rng, style["first"], len(rows))
        words = [trade[style["words"]] for trade in parts()["industry"]]
        counts = np.array([len(w) for w in words])[industry[rows]]
        starts = np.cumsum([0, *map(len, words[:-1])])[industry[rows]]
        word = _taken([w for trade in words for w in trade], starts + rng.integers(counts))
        form = _drawn(rng, style["forms"], len(rows))
        names[rows] = stem + _drawn(rng, style["second"], len(rows)) + gap + word + gap + form
    return pd.Series(names, dtype="str")


def _registration_numbers(rng: np.random.Generator, region: Ints, wrong: Mask) -> Texts:
    """18 characters with both check characters for Chinese firms, eight digits for others."""
    regions = parts()["region"]
    digits = rng.integers(10, size=(len(region), 18))
    codes = np.array([[int(c) for c in r.get("code", "000000")] for r in regions])
    digits[:, :2] = 9, 1  # registered by the market authority, an enterprise
    digits[:, 2:8] = codes[region]
    body = -(digits[:, 8:16] @ _BODY_WEIGHTS) % 11
    digits[:, 16] = np.where(body == 10, _CHARACTERS.index("X"), body)
    digits[:, 17] = (-(digits[:, :17] @ _WEIGHTS) + wrong) % 31
    chinese = np.array(["code" in r for r in regions])[region]
    letters = np.array(list(_CHARACTERS))[digits]
    numbers = np.ascontiguousarray(letters).view("U18").ravel()
    return np.where(chinese, numbers, np.ascontiguousarray(letters[:, 8:16]).view("U8").ravel())


def _taken(choices: Sequence[Any], places: Ints) -> pd.Series:
    return pd.Series(choices, dtype="str").take(places).reset_index(drop=True)


def _drawn(rng: np.random.Generator, choices: Sequence[str], n: int) -> pd.Series:
    return _taken(choices, rng.integers(len(choices), size=n))
