"""The mixed model of an incomplete table, where not everybody rated every pair: fitted by REML.

The random effects of one side (pairs or raters, whichever are more) are independent given the other's, so that the
equations of Henderson (1975) shrink to the size of the other side; the criterion is lme4's (Bates et al., 2015).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from simtui.analysis.correlation import Matrix, Vector
from simtui.analysis.distributions import f_upper

if TYPE_CHECKING:
    from simtui.analysis.mixed import Estimate

_MOST = 2_000
"""Raters, or pairs if they are fewer, up to which it is tested who differs: beyond, that takes minutes."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """At some variances: −2 log of the restricted likelihood, and intercept and slope with their covariance.

    Of the criterion and the covariance, for a residual variance of 1; rss: the residual sum of squares then.
    """

    log_det: float
    rss: float
    fixed: Vector
    covariance: Matrix


class _Table:
    """The crossproducts of an incomplete table, gathered once; variances come after."""

    def __init__(self, x: Vector, y: Matrix) -> None:
        rated = np.isfinite(y)
        k, n = y.shape
        weights = rated.astype(np.float64)
        known = np.where(rated, y, 0.0)
        self._counts, self._scatter = np.ones(k), np.zeros((k, 2, 2))
        self.n_ratings = int(rated.sum())
        self._by_pairs = n >= 2 * k
        # Columns: raters' intercepts and slopes, or pairs; then intercept, similarity and rating.
        of_fixed = np.stack([weights, weights * x, known])  # (3, k, n)
        ones = np.einsum("ikn,jkn->ij", of_fixed, np.stack([weights, np.broadcast_to(x, y.shape), known]))
        of_raters = np.stack([of_fixed.sum(axis=2), (of_fixed * x).sum(axis=2)])  # (2, 3, k)
        of_pairs = of_fixed.sum(axis=1)  # (3, n)
        squares = np.stack([weights.sum(axis=1), weights @ x, weights @ (x * x)])
        self._pair_counts = weights.sum(axis=0)
        if self._by_pairs:
            inner = np.block([[np.diag(squares[0]), np.diag(squares[1])], [np.diag(squares[1]), np.diag(squares[2])]])
            side = of_raters.transpose(0, 2, 1).reshape(2 * k, 3)
            self._outer = np.concatenate([weights.T, (weights * x).T, of_pairs.T], axis=1)  # (n, 2k + 3)
        else:
            inner, side = np.diag(self._pair_counts), of_pairs.T
            outer = np.concatenate([np.stack([weights, weights * x], axis=1), of_raters.transpose(2, 0, 1)], 2)
            blocks = np.stack([[squares[0], squares[1]], [squares[1], squares[2]]]).transpose(2, 0, 1)
            # Who rated the same pairs, as all of one list did, differ in their ratings alone: one stands for them all.
            _, first, member = np.unique(rated, axis=0, return_index=True, return_inverse=True)
            self._counts = np.bincount(member.ravel()).astype(np.float64)
            own = outer[:, :, -1]
            mean = np.stack([np.bincount(member.ravel(), own[:, i]) / self._counts for i in (0, 1)], axis=1)
            self._outer, self._blocks = outer[first], blocks[first]
            self._outer[:, :, -1] = mean
            gap = own - mean[member.ravel()]
            self._scatter = np.zeros((len(first), 2, 2))
            np.add.at(self._scatter, member.ravel(), gap[:, :, None] * gap[:, None, :])
        self._cross = np.block([[inner, side], [side.T, ones]])
        self._size = len(inner)

    def at(self, pair: float, rater: float, slope: float) -> _Fit:
        """The fit at these variances, each over the residual variance."""
        if self._by_pairs:
            diagonal = 1 + pair * self._pair_counts
            left = self._cross - self._outer.T @ (self._outer * (pair / diagonal)[:, None])
            log_det = float(np.log(diagonal).sum())
            scale = np.sqrt(np.repeat([rater, slope], self._size // 2))
        else:
            root = np.sqrt([rater, slope])
            block = np.eye(2) + root[:, None] * self._blocks * root
            scaled = self._outer * root[:, None]
            inverse = np.linalg.inv(block)
            flat = (-1, scaled.shape[2])
            solved = self._counts[:, None, None] * (inverse @ scaled)
            left = self._cross - scaled.reshape(flat).T @ solved.reshape(flat)
            left[-1, -1] -= float((inverse * (root[:, None] * self._scatter * root)).sum())
            log_det = float(self._counts @ np.linalg.slogdet(block)[1])
            scale = np.full(self._size, np.sqrt(pair))
        q = self._size
        factor = linalg.cholesky(np.eye(q) + scale[:, None] * left[:q, :q] * scale, lower=True)
        half = linalg.solve_triangular(factor, scale[:, None] * left[:q, q:], lower=True)
        rest = left[q:, q:] - half.T @ half
        covariance = np.linalg.inv(rest[:2, :2])
        fixed = covariance @ rest[:2, 2]
        log_det += 2 * float(np.log(np.diag(factor)).sum()) + float(np.linalg.slogdet(rest[:2, :2])[1])
        return _Fit(log_det, float(rest[2, 2] - rest[:2, 2] @ fixed), fixed, covariance)


def reml(x: Vector, y: Matrix) -> Estimate | None:
    """The slope on x, of mean 0, in a table (raters, pairs) with NaN; None where the residual variance is nil.

    Degrees of freedom after Satterthwaite as in Kuznetsova et al. (2017): 2 SE⁴ over the variance that the estimated
    variances, of those above 0, give SE².
    """
    from simtui.analysis.mixed import Estimate

    table = _Table(x, y)
    free = table.n_ratings - 2
    if free < 1:
        return None

    # Each variance as its share of itself and the residual: bounded steps never jump to where nothing leads back from.
    def profiled(shares: Vector) -> float:
        fit = table.at(*(shares / (1 - shares)))
        return fit.log_det / free + float(np.log(max(fit.rss, 1e-300)))

    found = optimize.minimize(
        profiled, (0.4, 0.4, 0.1), method="SLSQP", bounds=[(0, 0.9999)] * 3, options={"ftol": 1e-10}
    )
    ratios = np.asarray(found.x / (1 - found.x))
    fit = table.at(*ratios)
    residual = fit.rss / free
    if residual <= 1e-20 * float(np.nansum(y**2)):
        return None
    variances = np.array([*(ratios * residual), residual])
    above = [i for i, value in enumerate(variances) if value > 1e-6 * residual]

    def whole(chosen: Vector) -> Vector:
        every = np.zeros(4)
        every[above] = chosen
        return every

    def criterion(chosen: Vector) -> float:
        every = whole(chosen)
        there = table.at(*(every[:3] / every[3]))
        return float(there.log_det + free * np.log(every[3]) + there.rss / every[3])

    def of_slope(chosen: Vector) -> float:
        every = whole(chosen)
        return float(table.at(*(every[:3] / every[3])).covariance[1, 1] * every[3])

    at = variances[above]
    gradient, _ = _derivatives(of_slope, at, second=False)
    _, curvature = _derivatives(criterion, at)
    variance = of_slope(at)
    spread = float(gradient @ np.linalg.pinv(curvature / 2) @ gradient)
    return Estimate(
        slope=float(fit.fixed[1]),
        se=float(np.sqrt(variance)),
        df=2 * variance**2 / spread if spread > 0 else float(free),
        var_pair=float(variances[0]),
        var_rater_slope=float(variances[2]),
    )


def _derivatives(function: Callable[[Vector], float], at: Vector, *, second: bool = True) -> tuple[Vector, Matrix]:
    """Gradient and, with `second`, Hessian by central differences of 0.1 % (gradient) and 1 % of each variance."""
    n = len(at)
    gradient, curvature = np.empty(n), np.zeros((n, n))
    for i in range(n):
        step = np.zeros(n)
        step[i] = 1e-3 * at[i]
        gradient[i] = (function(at + step) - function(at - step)) / (2 * step[i])
    if second:
        steps = np.diag(1e-2 * at)
        middle = function(at)
        for i in range(n):
            a = steps[i]
            curvature[i, i] = (function(at + a) - 2 * middle + function(at - a)) / a[i] ** 2
            for j in range(i):
                b = steps[j]
                corners = function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
                curvature[i, j] = curvature[j, i] = corners / (4 * a[i] * b[j])
    return gradient, curvature


def differ_incomplete(x: Vector, y: Matrix) -> tuple[float | None, float | None]:
    """Whether raters' slopes on x differ: F of slopes of their own beside raters and pairs as fixed effects, and p.

    Nulls where nothing is left to estimate the error from, or both raters and pairs are too many.
    """
    k, n = y.shape
    if min(k, n) > _MOST:
        return None, None
    rest = _rest_by_pairs if n <= 2 * k else _rest_by_raters
    (alike, fewer), (own, df) = rest(x, y, own=False), rest(x, y, own=True)
    if fewer <= df or df < 1 or own <= 1e-20 * float(np.nansum(y**2)):
        return None, None
    f = (alike - own) / (fewer - df) / (own / df)
    return f, f_upper(f, fewer - df, df)


def _rest_by_raters(x: Vector, y: Matrix, *, own: bool) -> tuple[float, int]:
    """What is left of the ratings, a sum of squares, and its degrees of freedom: pairs are taken out first."""
    rated = np.isfinite(y)
    k = len(y)
    rater, pair = np.nonzero(rated)
    columns: NDArray[np.float64] = np.zeros((len(rater), 2 * k if own else k))
    columns[np.arange(len(rater)), rater] = 1
    if own:
        columns[np.arange(len(rater)), k + rater] = x[pair]
    everything = np.column_stack([columns, y[rated]])
    of_pair = np.zeros((y.shape[1], everything.shape[1]))
    counts = rated.sum(axis=0)
    np.add.at(of_pair, pair, everything)
    within = everything - (of_pair / np.maximum(counts, 1)[:, None])[pair]
    design, target = within[:, :-1], within[:, -1]
    solution, _, rank, _ = np.linalg.lstsq(design, target, rcond=1e-10)
    free = len(rater) - int((counts > 0).sum()) - int(rank)
    return float(((target - design @ solution) ** 2).sum()), free


def _rest_by_pairs(x: Vector, y: Matrix, *, own: bool) -> tuple[float, int]:
    """The same where raters are many: their intercepts and slopes are taken out first."""
    rated = np.isfinite(y)
    w = rated.astype(np.float64)
    known = np.where(rated, y, 0.0)
    count = np.maximum(w.sum(axis=1, keepdims=True), 1)
    known = w * (known - known.sum(axis=1, keepdims=True) / count)
    # Each rater's directions of unit length among the pairs that they rated: their mean, and their slope.
    directions = [w / np.sqrt(count)]
    taken = int((w.sum(axis=1) > 0).sum())
    if own:
        slope = w * (x - (w @ x)[:, None] / count)
        size = (slope**2).sum(axis=1)
        varies = size > 1e-10 * float(x @ x)
        slope = slope[varies] / np.sqrt(size[varies])[:, None]
        known[varies] -= (known[varies] * slope).sum(axis=1, keepdims=True) * slope
        directions.append(slope)
        taken += len(slope)
    normal = np.diag(w.sum(axis=0))
    for each in directions:
        normal -= each.T @ each
    target = known.sum(axis=0)
    values, vectors = np.linalg.eigh(normal)
    there = values > 1e-10 * max(float(values[-1]), 1e-300)
    explained = float(((vectors[:, there].T @ target) ** 2 / values[there]).sum())
    return float((known**2).sum()) - explained, int(rated.sum()) - taken - int(there.sum())
