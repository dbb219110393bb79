"""Power by simulation: how many pairs and raters it takes to see a correlation with what people share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import special

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

    raters: in all, over the lists. detected: share of the simulated studies in which the t test of r, which takes the
    raters as they are, has p < .05; detected_new: that of the mixed model, for new people and new pairs, null with
    fewer than two raters of a list. mean_r: of the layer with the mean rating; below the
    true r, as the mean of a few raters is not yet what all people share. ci_width: mean width of the 95 %
    interval (Fisher). Both null where no mean rating varies.
    """

    pairs: int
    raters: int
    detected: float
    mean_r: float | None
    ci_width: float | None
    detected_new: float | None = None


class Power(Struct, frozen=True, kw_only=True):
    """A table of cells and all that it rests on.

    r: true correlation of the layer with what all people share, over the pairs of one digit. reliability: mean
    r of one rater with another. scale: its ends. simulations: studies a cell; the share `detected` is exact to
    about ± 1/√simulations. cells: pairs after pairs, and raters within them. lists: pair lists, of which each rater
    rates one.
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
    lists: int = 1


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
    lists: int = 1,
    on_progress: Progress = untold,
) -> tuple[Cell, ...]:
    """The cells for every number of pairs and of raters.

    In every simulated study pairs and raters are drawn anew: similarity and latent similarity are bivariate
    normal with correlation r. The studies of smaller cells are parts of those of the largest. With lists, each rater
    rates every `lists`-th pair: a pair that nobody rates does not count.
    Raises ValueError for fewer than four pairs or no rater.
    """
    if min(pairs) < MIN_PAIRS or min(raters) < 1:
        raise ValueError("power needs at least four pairs and one rater")
    pairs, raters = sorted(set(pairs)), sorted(set(raters))
    rng = np.random.default_rng(seed)
    found = np.empty((len(pairs), len(raters), simulations))
    p_new = np.full(found.shape, np.nan)
    step = max(1, _AT_ONCE // (pairs[-1] * raters[-1]))
    for start in range(0, simulations, step):
        n = min(step, simulations - start)
        similarity = rng.standard_normal((n, pairs[-1]))
        latent = r * similarity + math.sqrt(1 - r * r) * rng.standard_normal(similarity.shape)
        ratings = _ratings(people, latent, raters[-1], rng)
        for column, k in enumerate(raters):
            means, there = _mean_ratings(ratings[:, :k], lists)
            for row, count in enumerate(pairs):
                rated = there[:count]
                found[row, column, start : start + n] = _correlations(
                    similarity[:, :count][:, rated], means[:, :count][:, rated]
                )
                p_new[row, column, start : start + n] = p_for_new_people(
                    similarity[:, :count], ratings[:, :k, :count], lists
                )
        on_progress(start + n, simulations)
    return tuple(
        _cell(count, k, int(_rated(count, k, lists).sum()), found[row, column], p_new[row, column])
        for row, count in enumerate(pairs)
        for column, k in enumerate(raters)
    )


def _ratings(people: Raters, latent: Vector, raters: int, rng: np.random.Generator) -> Vector:
    """What so many raters say of every pair, (studies, raters, pairs), around the middle of the scale."""
    studies, pairs = latent.shape
    noise = rng.standard_normal((studies, raters, pairs))
    style = formulas.draw_styles(people, (studies, raters, 1), rng)
    return formulas.lapse(people, formulas.rate(people, latent[:, None, :], noise, style), rng) - people.middle


def _rated(pairs: int, raters: int, lists: int) -> NDArray[np.bool_]:
    """Which pairs somebody rates: rater j rates the pairs of list j modulo lists."""
    return np.asarray(np.arange(pairs) % lists < raters)


def _mean_ratings(ratings: Vector, lists: int) -> tuple[Vector, NDArray[np.bool_]]:
    """Mean rating of each pair over those who rate its list, (studies, pairs), and which pairs somebody rates."""
    studies, raters, pairs = ratings.shape
    means = np.zeros((studies, pairs))
    for one in range(min(lists, raters)):
        means[:, one::lists] = ratings[:, one::lists, one::lists].mean(axis=1)
    return means, _rated(pairs, raters, lists)


def p_for_new_people(similarity: Vector, ratings: Vector, lists: int = 1) -> Vector:
    """p of the slope for new people and new pairs in each study, (studies,); NaN where there is no such test.

    similarity: (studies, pairs); ratings: (studies, raters, pairs), of which rater j's count of the pairs of list j
    modulo `lists`. The closed form of `simtui.analysis.mixed` in each list, pooled: mean squares with their degrees of
    freedom, slopes with their Σx². With one list it is that very test.
    """
    studies, raters, _ = ratings.shape
    size, slope_sum, of_mean, spread, residual = (np.zeros(studies) for _ in range(5))
    df_pairs = df_raters = df_residual = 0
    used = []
    for one in range(min(lists, raters)):
        x, y = similarity[:, one::lists], ratings[:, one::lists, one::lists]
        k, n = y.shape[1:]
        if k < 2 or n < MIN_PAIRS:
            continue
        x = x - x.mean(axis=1, keepdims=True)
        total = (x * x).sum(axis=1)
        centred = y - y.mean(axis=2, keepdims=True)
        slopes = np.einsum("skn,sn->sk", centred, x) / total[:, None]
        slope = slopes.mean(axis=1)
        left = centred - slopes[:, :, None] * x[:, None, :]
        mean = left.mean(axis=1)
        of_mean += (mean**2).sum(axis=1)
        residual += ((left - mean[:, None, :]) ** 2).sum(axis=(1, 2))
        spread += ((slopes - slope[:, None]) ** 2).sum(axis=1)
        slope_sum += total * slope
        size += total
        df_pairs, df_raters, df_residual = df_pairs + n - 2, df_raters + k - 1, df_residual + (n - 2) * (k - 1)
        used.append((total, k))
    if not used:
        return np.full(studies, np.nan)
    of_mean, spread, residual = of_mean / df_pairs, spread / df_raters, residual / df_residual
    # Lists have other people each: what people add is averaged over them with the squares of the lists' weights.
    share = sum(((total / size) ** 2 / k for total, k in used), np.zeros(studies))
    own = residual * len(used) / size
    extra = spread > own
    parts = np.where(extra, [of_mean / size, spread * share, -own * share], [of_mean / size, 0 * size, 0 * size])
    variance = parts.sum(axis=0)
    degrees = np.array([df_pairs, df_raters, df_residual])[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        df = variance**2 / (parts**2 / degrees).sum(axis=0)
        t = np.abs(slope_sum / size) / np.sqrt(variance)
        return np.asarray(2 * special.stdtr(df, -t), dtype=np.float64)


def _correlations(similarity: Vector, means: Vector) -> Vector:
    """Pearson r along the last axis; NaN where the mean rating does not vary."""
    a = similarity - similarity.mean(axis=-1, keepdims=True)
    b = means - means.mean(axis=-1, keepdims=True)
    spread = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    r = np.divide((a * b).sum(axis=-1), spread, out=np.full(spread.shape, np.nan), where=spread > 1e-9)
    return np.asarray(np.clip(r, -1.0, 1.0), dtype=np.float64)


def _cell(pairs: int, raters: int, rated: int, r: Vector, p_new: Vector) -> Cell:
    """rated: the pairs that somebody rates."""
    defined, tested = r[np.isfinite(r)], p_new[np.isfinite(p_new)]
    if not len(defined) or rated < MIN_PAIRS:
        return Cell(pairs=pairs, raters=raters, detected=0.0, mean_r=None, ci_width=None)
    t = float(special.stdtrit(rated - 2, 1 - LEVEL / 2))
    critical = t / math.sqrt(t * t + rated - 2)
    # At r = 1 the transform has no value, and the interval no width.
    z = np.arctanh(np.clip(defined, -1 + 1e-12, 1 - 1e-12))
    reach = float(special.ndtri(0.975)) / math.sqrt(rated - 3)
    return Cell(
        pairs=pairs,
        raters=raters,
        detected=float((np.abs(defined) > critical).sum() / len(r)),
        mean_r=float(defined.mean()),
        ci_width=float(np.mean(np.tanh(z + reach) - np.tanh(z - reach))),
        detected_new=float((tested < LEVEL).sum() / len(r)) if len(tested) else None,
    )
