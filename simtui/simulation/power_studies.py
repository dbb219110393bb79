"""Simulated studies for power: what pairs and raters draw, and whether each study detects r."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy import special

from simtui.progress import Progress, untold
from simtui.simulation import raters as formulas
from simtui.simulation.batches import Job, generator
from simtui.simulation.engines import compute
from simtui.simulation.raters import Raters

LEVEL = 0.05
"""Two-sided."""

MIN_PAIRS = 4
"""With fewer there is no interval."""

Vector = NDArray[np.float64]

_AT_ONCE = 1 << 20
"""Ratings in a batch, which are in memory at a time."""


class PowerCell(Struct, frozen=True, kw_only=True):
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
) -> tuple[PowerCell, ...]:
    """The cells for every number of pairs and of raters. Raises ValueError as `power_job`."""
    job = power_job(people, [(r, lists)], pairs, raters, simulations=simulations, seed=seed)
    return cells_of(job, compute(job, on_progress=on_progress))[0]


def power_job(
    people: Raters,
    settings: Sequence[tuple[float, int]],
    pairs: Sequence[int],
    raters: Sequence[int],
    *,
    simulations: int,
    seed: int = 0,
) -> Job:
    """The studies for every setting (r and number of lists), number of pairs and of raters.

    In every simulated study pairs and raters are drawn anew: similarity and latent similarity are bivariate
    normal with correlation r. The studies of smaller cells are parts of those of the largest, and study i has the same
    random numbers in every setting. With lists, each rater rates every `lists`-th pair: a pair that nobody rates does
    not count. Raises ValueError for fewer than four pairs or no rater.
    """
    if min(pairs) < MIN_PAIRS or min(raters) < 1:
        raise ValueError("power needs at least four pairs and one rater")
    pairs, raters = sorted(set(pairs)), sorted(set(raters))
    size = max(1, min(simulations, _AT_ONCE // (pairs[-1] * raters[-1])))
    # A batch is of one setting: the last of each is filled up with numbers of no study.
    padded = -(-simulations // size) * size
    told = {
        "people": asdict(people),
        "settings": [[r, lists] for r, lists in settings],
        "pairs": pairs,
        "raters": raters,
        "simulations": simulations,
        "padded": padded,
    }
    count = padded * len(settings)
    return Job(kind="power", work=f"{__name__}:studies", parameters=told, seed=seed, count=count, size=size)


def studies(told: Mapping[str, Any], indices: range, seed: int) -> list[list[list[float]]]:
    """A batch: for each number of pairs and of raters, the sums of `_sums` over its studies."""
    people, pairs, raters = Raters(**told["people"]), told["pairs"], told["raters"]
    setting, first = divmod(indices.start, told["padded"])
    r, lists = told["settings"][setting]
    numbers = range(first, min(first + len(indices), told["simulations"]))
    similarity = np.empty((len(numbers), pairs[-1]))
    ratings = np.empty((len(numbers), raters[-1], pairs[-1]))
    for place, number in enumerate(numbers):
        rng = generator(seed, number)
        similarity[place] = rng.standard_normal(pairs[-1])
        latent = r * similarity[place] + math.sqrt(1 - r * r) * rng.standard_normal(pairs[-1])
        ratings[place] = _ratings(people, latent[None], raters[-1], rng)[0]
    found: list[list[list[float]]] = [[] for _ in pairs]
    for k in raters:
        means, there = _mean_ratings(ratings[:, :k], lists)
        for row, count in enumerate(pairs):
            rated = there[:count]
            correlations = _correlations(similarity[:, :count][:, rated], means[:, :count][:, rated])
            p_new = p_for_new_people(similarity[:, :count], ratings[:, :k, :count], lists)
            found[row].append(_sums(int(rated.sum()), correlations, p_new))
    return found


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


def _sums(rated: int, r: Vector, p_new: Vector) -> list[float]:
    """Of some studies: with an r, detected, sum of r, sum of the widths, with a p, detected for new people.

    rated: the pairs that somebody rates.
    """
    if rated < MIN_PAIRS:
        return [0, 0, 0.0, 0.0, 0, 0]
    defined, tested = r[np.isfinite(r)], p_new[np.isfinite(p_new)]
    t = float(special.stdtrit(rated - 2, 1 - LEVEL / 2))
    critical = t / math.sqrt(t * t + rated - 2)
    # At r = 1 the transform has no value, and the interval no width.
    z = np.arctanh(np.clip(defined, -1 + 1e-12, 1 - 1e-12))
    reach = float(special.ndtri(0.975)) / math.sqrt(rated - 3)
    return [
        len(defined),
        int((np.abs(defined) > critical).sum()),
        float(defined.sum()),
        float(np.sum(np.tanh(z + reach) - np.tanh(z - reach))),
        len(tested),
        int((tested < LEVEL).sum()),
    ]


def cells_of(job: Job, results: Sequence[Any]) -> list[tuple[PowerCell, ...]]:
    """For each setting, the cells: pairs after pairs, and raters within them."""
    told = job.parameters
    each = job.batches // len(told["settings"])
    return [
        tuple(
            _cell(pairs, raters, told["simulations"], [batch[row][column] for batch in results[first : first + each]])
            for row, pairs in enumerate(told["pairs"])
            for column, raters in enumerate(told["raters"])
        )
        for first in range(0, job.batches, each)
    ]


def _cell(pairs: int, raters: int, simulations: int, parts: Sequence[Sequence[float]]) -> PowerCell:
    """parts: `_sums` of each batch, added up in their order, so that the last digit is the same too."""
    defined, detected, r, width, tested, detected_new = (sum(part[i] for part in parts) for i in range(6))
    if not defined:
        return PowerCell(pairs=pairs, raters=raters, detected=0.0, mean_r=None, ci_width=None)
    return PowerCell(
        pairs=pairs,
        raters=raters,
        detected=detected / simulations,
        mean_r=r / defined,
        ci_width=width / defined,
        detected_new=detected_new / simulations if tested else None,
    )
