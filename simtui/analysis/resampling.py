"""Bootstrap and permutation of correlations, all resamples and all layers in a few matrix products.

A bootstrap resample is a row of weights: how often each pair was drawn. A correlation is then a handful
of weighted sums, so that thousands of resamples of every layer cost one matrix product, and all layers
see the same resamples, which is what a paired comparison of layers needs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import MIN_PAIRS_FOR_VERDICT, Matrix, Vector
from simtui.analysis.distributions import normal_below, normal_quantile
from simtui.analysis.layer_results import Interval
from simtui.analysis.mean_squares import lists_in

N_PERMUTATIONS = 9_999

N_BOOTSTRAP = 49_999
"""The ends of an interval then repeat to about 0.005 from seed to seed; with 9,999 to about 0.015."""

MAX_UNDEFINED = 0.05
"""Share of resamples without a correlation (all one pair, say) beyond which no interval is given."""

WHOLE_RANGE = 1.99
"""An interval of r that is so wide says nothing: it would be read as −1 to 1."""

_PRODUCT = 1 << 18
"""Multiplications in one matrix product. OpenBLAS starts threads for larger ones, and on a machine that
others use too, waiting for those costs ten times what they save; blocks this small also stay in cache."""

_DRAWN_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Units:
    """What the bootstrap draws, so that what is drawn is independent.

    A pair's weight is how often its unit was drawn; for images, how often both its images were, the
    product of their counts (the bootstrap of vertices: Snijders & Borgatti, 1999).
    """

    kind: Literal["pairs", "groups", "images"]
    count: int
    left: NDArray[np.intp]
    right: NDArray[np.intp]

    def draw(self, rng: np.random.Generator, n_resamples: int) -> Matrix:
        """Weights of shape (resamples, pairs)."""
        return self._weights(_counts(rng, n_resamples, self.count))

    def leave_one_out(self) -> Matrix:
        """Weights of shape (units, pairs): each row without one unit, for the jackknife."""
        return self._weights(1.0 - np.eye(self.count))

    def _weights(self, counts: Matrix) -> Matrix:
        if self.kind == "pairs":
            return counts
        if self.kind == "groups":
            return counts[:, self.left]
        same = self.left == self.right
        return np.asarray(counts[:, self.left] * np.where(same, 1.0, counts[:, self.right]))


def independent_units(n_pairs: int, images: Sequence[tuple[str, str]] | None = None) -> Units:
    """The units to draw for pairs made of `images` (left, right): the pairs, where no two share an image.

    Where some do, whole groups of connected pairs are drawn while there are many groups (at least five
    and half as many as pairs); where images are shared throughout, the images themselves are drawn.
    """
    alone = np.arange(n_pairs)
    if images is None:
        return Units("pairs", n_pairs, alone, alone)
    if len(images) != n_pairs:
        raise ValueError(f"{n_pairs} pairs but the images of {len(images)}")
    names = {name: i for i, name in enumerate(dict.fromkeys(name for pair in images for name in pair))}
    left = np.array([names[a] for a, _ in images], dtype=np.intp)
    right = np.array([names[b] for _, b in images], dtype=np.intp)
    group = _connected(len(names), left, right)[left]
    groups, member = np.unique(group, return_inverse=True)
    if len(groups) == n_pairs:
        return Units("pairs", n_pairs, alone, alone)
    if len(groups) >= max(MIN_PAIRS_FOR_VERDICT, n_pairs / 2):
        return Units("groups", len(groups), member, member)
    return Units("images", len(names), left, right)


def _connected(n: int, left: NDArray[np.intp], right: NDArray[np.intp]) -> NDArray[np.intp]:
    """A label for each of `n` images, equal for images that a chain of pairs connects."""
    label = np.arange(n)
    while True:
        lowest = label.copy()
        smaller = np.minimum(label[left], label[right])
        np.minimum.at(lowest, left, smaller)
        np.minimum.at(lowest, right, smaller)
        if np.array_equal(lowest, label):
            return label
        label = lowest


def _counts(rng: np.random.Generator, rows: int, n: int) -> Matrix:
    """How often each of `n` things comes up in n draws with replacement, shape (rows, n)."""
    counts = np.empty((rows, n))
    # Some rows at a time: fresh memory for all of them would cost as much as the draws. The generator gives the same.
    step = max(1, _DRAWN_AT_ONCE // n)
    for start in range(0, rows, step):
        drawn = rng.integers(0, n, size=(min(step, rows - start), n))
        drawn += np.arange(0, drawn.size, n)[:, None]
        counts[start : start + step] = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)
    return counts


def weighted_r(weights: Matrix, layers: Matrix, rating: NDArray[np.float64]) -> Matrix:
    """Pearson r of each layer (layers, pairs) with `rating` under each row of weights (resamples, pairs).

    `rating` is one vector (pairs,) or one a resample (resamples, pairs). Shape (resamples, layers), NaN
    where a weighted variance is nil. The inputs must be standardised (mean about 0, variance about 1):
    the moments are then as exact as those of centred data.
    """
    one, squares, k = np.ones((1, layers.shape[1])), layers**2, len(layers)
    # One product for all sums at once: what does not depend on the resample is multiplied out before.
    if rating.ndim == 1:
        sums = weights @ np.concatenate([one, layers, squares, layers * rating, [rating, rating**2]]).T
        product, rated, square = sums[:, 2 * k + 1 : -2], sums[:, -2:-1], sums[:, -1:]
    else:
        weighted = weights * rating
        sums = weights @ np.concatenate([one, layers, squares]).T
        of_rating = weighted @ np.concatenate([layers, one]).T
        product, rated = of_rating[:, :-1], of_rating[:, -1:]
        square = np.einsum("ij,ij->i", weighted, rating)[:, None]
    total = np.where(sums[:, :1] > 0, sums[:, :1], np.nan)
    layer_mean, mean = sums[:, 1 : k + 1] / total, rated / total
    layer_variance = sums[:, k + 1 : 2 * k + 1] / total - layer_mean**2
    variance = square / total - mean**2
    usable = (layer_variance > 1e-12) & (variance > 1e-12)
    r = (product / total - layer_mean * mean) / np.sqrt(np.where(usable, layer_variance * variance, np.nan))
    return np.asarray(np.clip(r, -1.0, 1.0), dtype=np.float64)


def _blocks(n_resamples: int, n_pairs: int, n_columns: int) -> Iterator[slice]:
    step = max(64, _PRODUCT // (n_pairs * n_columns))
    for start in range(0, n_resamples, step):
        yield slice(start, min(start + step, n_resamples))


def bootstrap(
    layers: Matrix, rating: Vector, units: Units, rng: np.random.Generator, n_resamples: int = N_BOOTSTRAP
) -> Matrix:
    """r of each layer with the rating in each resample of the units, shape (resamples, layers)."""
    layers, rating = standardised(layers), standardised(rating)
    r = np.empty((n_resamples, len(layers)))
    for block in _blocks(n_resamples, len(rating), 3 * len(layers) + 3):
        r[block] = weighted_r(units.draw(rng, block.stop - block.start), layers, rating)
    return r


def crossed_bootstrap(
    layers: Matrix,
    ratings: Matrix,
    units: Units,
    rng: tuple[np.random.Generator, np.random.Generator],
    n_resamples: int = N_BOOTSTRAP,
) -> Matrix:
    """r of each layer with the mean rating when units and raters are both drawn anew: new raters too.

    `rng` is the generator of the units and that of the raters. Shape (resamples, layers). A pair that no
    drawn rater rated has no weight in that resample.
    """
    layers, average = standardised(layers), _average(ratings)
    r = np.empty((n_resamples, len(layers)))
    for block in _blocks(n_resamples, ratings.shape[1], max(2 * len(layers) + 1, len(ratings))):
        rows = block.stop - block.start
        weights = units.draw(rng[0], rows)
        mean, count = average(_counts(rng[1], rows, len(ratings)))
        r[block] = weighted_r(weights if count.all() else np.where(count > 0, weights, 0.0), layers, mean)
    return r


def _average(ratings: Matrix) -> Callable[[Matrix], tuple[Matrix, Matrix]]:
    """The mean rating of each pair when raters were drawn so often, (resamples, raters), and how many gave one.

    Of lists each by itself: a product costs as much as there are ratings, not as there could be.
    """
    rated = np.isfinite(ratings)
    # One shift and one scale for all raters: it changes no correlation.
    known = np.where(rated, (ratings - np.nanmean(ratings)) / (np.nanstd(ratings) or 1.0), 0.0)
    present = rated.astype(np.float64)
    if rated.all():
        everybody = np.array([[float(len(known))]])
        return lambda drawn: (drawn @ known / len(known), everybody)
    tables = [(raters, pairs, known[np.ix_(raters, pairs)]) for raters, pairs in lists_in(rated)]

    def over_lists(drawn: Matrix) -> tuple[Matrix, Matrix]:
        total, count = np.zeros((len(drawn), known.shape[1])), np.zeros((len(drawn), known.shape[1]))
        for raters, pairs, table in tables:
            members = drawn[:, raters]
            count[:, pairs] = members.sum(axis=1, keepdims=True)
            total[:, pairs] = members @ table
        return total / np.maximum(count, 1.0), count

    def over_all(drawn: Matrix) -> tuple[Matrix, Matrix]:
        count = drawn @ present
        return drawn @ known / np.maximum(count, 1.0), count

    return over_lists if tables else over_all


def permutation_p(
    layers: Matrix, rating: Vector, rng: np.random.Generator, n_resamples: int = N_PERMUTATIONS
) -> Vector:
    """Two-sided p of each layer's r with the rating, shape (layers,): (b + 1) / (m + 1).

    b of the m random orders of the rating give an |r| at least as large as that seen (Phipson & Smyth,
    2010: the order seen is one of the orders, so that p is never 0).
    """
    layers, rating = standardised(layers), standardised(rating)
    # A sum counts as equal to the one seen up to rounding, else its own ties would be missed.
    seen = np.abs(layers @ rating) * (1 - 1e-12)
    reached = np.zeros(len(layers), dtype=np.int64)
    for block in _blocks(n_resamples, len(rating), len(layers)):
        orders = np.argsort(rng.random((block.stop - block.start, len(rating))), axis=1)
        reached += (np.abs(rating[orders] @ layers.T) >= seen).sum(axis=0)
    return np.asarray((reached + 1) / (n_resamples + 1), dtype=np.float64)


def standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean 0 and variance 1 along the last axis, which must not be constant."""
    centred = values - values.mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True)), dtype=np.float64)


def percentile_interval(resampled: Vector, widest: float = math.inf) -> Interval | None:
    """The middle 95 % of the resamples; None where too many of them have no correlation, or it is `widest` or wider."""
    defined = resampled[np.isfinite(resampled)]
    if len(defined) < (1 - MAX_UNDEFINED) * len(resampled):
        return None
    low, high = np.percentile(defined, [2.5, 97.5])
    return (float(low), float(high)) if high - low < widest else None


def bca_interval(resampled: Vector, seen: float, jackknife: Vector) -> Interval | None:
    """Bias-corrected and accelerated 95 % interval (Efron, 1987); `jackknife` leaves out one unit at a time.

    None where too many resamples have no correlation, where a leave-one-out correlation does not exist, where all
    resamples lie on one side of the one seen, or where it would reach from −1 to 1.
    """
    defined = resampled[np.isfinite(resampled)]
    if len(defined) < (1 - MAX_UNDEFINED) * len(resampled) or not np.isfinite(jackknife).all():
        return None
    below = (np.mean(defined < seen) + np.mean(defined <= seen)) / 2
    if not 0 < below < 1:
        return None
    bias = normal_quantile(float(below))
    deviations = jackknife.mean() - jackknife
    scale = float((deviations**2).sum()) ** 1.5
    acceleration = float((deviations**3).sum()) / (6 * scale) if scale > 0 else 0.0
    ends = []
    for z in (normal_quantile(0.025), normal_quantile(0.975)):
        shift = 1 - acceleration * (bias + z)
        if shift <= 0:
            return None
        ends.append(100 * normal_below(bias + (bias + z) / shift))
    low, high = np.percentile(defined, ends)
    # From end to end it says nothing: so few pairs that some resamples are straight lines.
    return (float(low), float(high)) if high - low < WHOLE_RANGE else None


def sign_p(differences: Vector) -> float | None:
    """Two-sided bootstrap p that a difference is 0: twice the smaller share of resamples on one side."""
    defined = differences[np.isfinite(differences)]
    if len(defined) < (1 - MAX_UNDEFINED) * len(differences):
        return None
    smaller = min(int((defined <= 0).sum()), int((defined >= 0).sum()))
    return min(1.0, 2 * (smaller + 1) / (len(defined) + 1))
