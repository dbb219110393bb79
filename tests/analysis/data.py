"""Published numbers that the statistics must reproduce, typed in from their sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simtui.analysis.agreement import Agreement, agreement
from simtui.analysis.people import People, people
from simtui.analysis.usable import usable

# The homework's own example: 20 pairs of the digit 8, its network (fc) and its two raters; r = -0.171.
HOMEWORK_SIMILARITY = np.array(
    [
        *[0.89012032, 0.85038942, 0.79451427, 0.91285908, 0.75113269, 0.85352826, 0.8943915],
        *[0.91537622, 0.89762527, 0.77289525, 0.75942052, 0.81272061, 0.80574378, 0.79841236],
        *[0.95246642, 0.94559149, 0.87369754, 0.88077555, 0.84055772, 0.86749835],
    ]
)
HOMEWORK_RATINGS = np.array(
    [
        [5, 8, 8, 8, 5, 6, 9, 6, 6, 7, 5, 7, 10, 8, 4, 7, 7, 8, 9, 7],
        [5, 7, 8, 9, 4, 8, 9, 6, 6, 8, 7, 8, 10, 8, 2, 8, 6, 9, 8, 6],
    ],
    dtype=np.float64,
)
HOMEWORK_R = -0.171

# Shrout & Fleiss (1979), table 2: four judges (rows) rate six targets; ICC as printed in their table 4.
SHROUT_FLEISS = np.array(
    [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]], dtype=np.float64
)
SHROUT_FLEISS_ICC = {"icc_a1": 0.29, "icc_ak": 0.62, "icc_c1": 0.71, "icc_ck": 0.91}

# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), example C: four observers, twelve units.
_ = np.nan
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
)
KRIPPENDORFF_ALPHA = {"interval": 0.849, "ordinal": 0.815}


def simulated(k: int, n: int, *, seed: int, noise: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A latent similarity, shape (n,), and `k` raters who rate it from 1 to 10 with noise, shape (k, n)."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=n)
    heard = latent + noise * rng.normal(size=(k, n))
    return latent, np.clip(np.round(5.5 + 2 * heard), 1, 10)


def people_of(
    ratings: np.ndarray, names: Sequence[str] | None = None, *, zscore: bool = False, seed: int = 0
) -> People:
    """What ratings, (raters, pairs), say by themselves."""
    return people(usable(ratings, names, zscore=zscore), seed=seed)


def agreement_of(
    similarities: Mapping[str, np.ndarray],
    ratings: np.ndarray,
    names: Sequence[str] | None = None,
    *,
    zscore: bool = False,
    **options: Any,
) -> Agreement:
    """Layers against ratings, (raters, pairs)."""
    return agreement(similarities, usable(ratings, names, zscore=zscore), **options)
