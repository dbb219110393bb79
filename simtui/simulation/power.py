"""Power by simulation: how many pairs and raters it takes to see a correlation with what people share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from simtui.progress import Progress, untold
from simtui.simulation import raters as formulas
from simtui.simulation.raters import Raters

LEVEL = 0.05
"""Two-sided."""

MIN_PAIRS = 4
"""With fewer there is no interval."""

Vector = NDArray[np.float64]

_AT_ONCE = 1 << 20
"""Ratings in memory at a time."""


class Cell(Struct, frozen=True, kw_only=True):
    """What comes of so many pairs and raters.

    detected: share of the simulated studies with p < .05. mean_r: of the layer with the mean rating; below the
    true r, as the mean of a few raters is not yet what all people share. ci_width: mean width of the 95 %
    interval (Fisher). Both null where no mean rating varies.
    """

    pairs: int
    raters: int
    detected: float
    mean_r: float | None
    ci_width: float | None


class Power(Struct, frozen=True, kw_only=True):
    """A table of cells and all that it rests on.

    r: true correlation of the layer with what all people share, over the pairs of one digit. reliability: mean
    r of one rater with another. scale: its ends. simulations: studies a cell; the share `detected` is exact to
    about ± 1/√simulations. cells: pairs after pairs, and raters within them.
    """

    format: str = "simtui.power"
    version: int = 1
    study_id: str
    r: float
    reliability: float
    lapses: float
    scale: tuple[int, int]
    level: float = LEVEL
    seed: int
    simulations: int
    cells: tuple[Cell, ...]


def population(low: int, high: int, reliability: float, lapses: float) -> Raters:
    """Raters of the reliability wanted on pairs whose latent similarity is normal. Raises SimtuiError."""
    normal = np.array([NormalDist().inv_cdf((i + 0.5) / 400) for i in range(400)])
    return formulas.calibrated(formulas.usual_raters(low, high, lapses), [normal / normal.std()], reliability)


def simulate_power(
    people: Raters,
    r: float,
    pairs: Sequence[int],
    raters: Sequence[int],
    *,
    simulations: int,
    seed: int = 0,
    on_progress: Progress = untold,
) -> tuple[Cell, ...]:
    """The cells for every number of pairs and of raters.

    In every simulated study pairs and raters are drawn anew: similarity and latent similarity are bivariate
    normal with correlation r. The studies of smaller cells are parts of those of the largest.
    Raises ValueError for fewer than four pairs or no rater.
    """
    if min(pairs) < MIN_PAIRS or min(raters) < 1:
        raise ValueError("power needs at least four pairs and one rater")
    pairs, raters = sorted(set(pairs)), sorted(set(raters))
    rng = np.random.default_rng(seed)
    found = np.empty((len(pairs), len(raters), simulations))
    step = max(1, _AT_ONCE // (pairs[-1] * raters[-1]))
    for start in range(0, simulations, step):
        n = min(step, simulations - start)
        similarity = rng.standard_normal((n, pairs[-1]))
        latent = r * similarity + math.sqrt(1 - r * r) * rng.standard_normal(similarity.shape)
        means = _mean_ratings(people, latent, raters, rng)
        for row, count in enumerate(pairs):
            found[row, :, start : start + n] = _correlations(similarity[:, :count], means[:, :, :count])
        on_progress(start + n, simulations)
    return tuple(
        _cell(count, k, found[row, column]) for row, count in enumerate(pairs) for column, k in enumerate(raters)
    )


def _mean_ratings(people: Raters, latent: Vector, raters: Sequence[int], rng: np.random.Generator) -> Vector:
    """Mean of the first so many raters, (raters given, studies, pairs), around the middle of the scale."""
    studies, pairs = latent.shape
    noise = rng.standard_normal((studies, raters[-1], pairs))
    style = formulas.draw_styles(people, (studies, raters[-1], 1), rng)
    ratings = formulas.lapse(people, formulas.rate(people, latent[:, None, :], noise, style), rng)
    ratings -= people.middle
    means = np.empty((len(raters), studies, pairs))
    total, before = np.zeros((studies, pairs)), 0
    for row, count in enumerate(raters):
        total += ratings[:, before:count].sum(axis=1)
        means[row], before = total / count, count
    return means


def _correlations(similarity: Vector, means: Vector) -> Vector:
    """Pearson r along the last axis; NaN where the mean rating does not vary."""
    a = similarity - similarity.mean(axis=-1, keepdims=True)
    b = means - means.mean(axis=-1, keepdims=True)
    spread = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    r = np.divide((a * b).sum(axis=-1), spread, out=np.full(spread.shape, np.nan), where=spread > 1e-9)
    return np.asarray(np.clip(r, -1.0, 1.0), dtype=np.float64)


def _cell(pairs: int, raters: int, r: Vector) -> Cell:
    from scipy import stats

    t = float(stats.t.isf(LEVEL / 2, pairs - 2))
    critical = t / math.sqrt(t * t + pairs - 2)
    defined = r[np.isfinite(r)]
    if not len(defined):
        return Cell(pairs=pairs, raters=raters, detected=0.0, mean_r=None, ci_width=None)
    # At r = 1 the transform has no value, and the interval no width.
    z = np.arctanh(np.clip(defined, -1 + 1e-12, 1 - 1e-12))
    reach = float(stats.norm.ppf(0.975)) / math.sqrt(pairs - 3)
    return Cell(
        pairs=pairs,
        raters=raters,
        detected=float((np.abs(defined) > critical).sum() / len(r)),
        mean_r=float(defined.mean()),
        ci_width=float(np.mean(np.tanh(z + reach) - np.tanh(z - reach))),
    )
