"""Correlations of short vectors: plain, ranked, partial, their intervals, and the power to see them.

`ratings` is always a float64 matrix of shape (raters, pairs) with NaN where a rater gave no rating.
A number that does not exist is None here, or NaN inside arrays; never an infinity, never a warning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.distributions import (
    average_ranks,
    kendall_tau_b,
    normal_below,
    normal_quantile,
    t_quantile,
    t_upper,
)
from simtui.analysis.layer_results import Interval, Partial

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MIN_PAIRS = 3
"""With two pairs every correlation is -1 or 1; from three on it says something."""

MIN_PAIRS_FOR_VERDICT = 5
"""Below this the numbers are shown and nothing is concluded from them."""

MAX_PAIRS_NEEDED = 1_000_000

_Z95 = normal_quantile(0.975)
_RELATIVE_TOLERANCE = 4 * float(np.finfo(np.float64).eps)
_FLAT = 1e-12
"""Spread below this share of the largest value is rounding error, not variation."""


def optional(value: float) -> float | None:
    """`value` as a plain float, None where it is not a finite number."""
    return float(value) if math.isfinite(value) else None


def is_constant(values: Vector) -> bool:
    """Whether the finite entries of `values` show no variation beyond rounding error."""
    finite = values[np.isfinite(values)]
    return finite.size == 0 or bool(np.ptp(finite) <= _FLAT * np.abs(finite).max())


def normalize(values: Vector) -> Vector | None:
    """`values` rescaled to a minimum of 0 and a maximum of 1, as in the homework; NaN entries stay NaN.

    None where all values are equal: there is no scale to put them on.
    """
    if is_constant(values):
        return None
    low = np.nanmin(values)
    return np.asarray((values - low) / (np.nanmax(values) - low), dtype=np.float64)


def zscore_raters(ratings: Matrix) -> Matrix:
    """Each rater's ratings with mean 0 and population standard deviation 1 over what that rater rated.

    A rater who gave one value throughout becomes all NaN.
    """
    flat = np.array([is_constant(row) for row in ratings], dtype=bool)
    scored = np.full(ratings.shape, np.nan)
    varied = ratings[~flat]
    if varied.size:
        centred = varied - np.nanmean(varied, axis=1, keepdims=True)
        scored[~flat] = centred / np.sqrt(np.nanmean(centred**2, axis=1, keepdims=True))
    return scored


def mean_rating(ratings: Matrix) -> Vector:
    """Mean over raters, shape (pairs,); NaN for a pair that nobody rated."""
    rated = np.isfinite(ratings)
    count = rated.sum(axis=0)
    total = np.where(rated, ratings, 0.0).sum(axis=0)
    mean: Vector = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    return mean


def pearson_rows(first: Matrix, second: Matrix) -> NDArray[np.float64]:
    """Pearson r along the last axis of two arrays that broadcast, over entries finite in both.

    NaN where fewer than three entries are shared or one side is constant over them.
    """
    first, second = np.broadcast_arrays(first, second)
    both = np.isfinite(first) & np.isfinite(second)
    n = both.sum(axis=-1)
    a, first_varies = _centred(first, both, n)
    b, second_varies = _centred(second, both, n)
    spread = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    usable = (n >= MIN_PAIRS) & first_varies & second_varies & (spread > 0)
    r = np.divide((a * b).sum(axis=-1), spread, out=np.full(spread.shape, np.nan), where=usable)
    return np.asarray(np.clip(r, -1.0, 1.0), dtype=np.float64)


def _centred(
    values: NDArray[np.float64], keep: NDArray[np.bool_], n: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    known = np.where(keep, values, 0.0)
    mean = known.sum(axis=-1, keepdims=True) / np.maximum(n, 1)[..., None]
    centred = np.where(keep, values - mean, 0.0)
    varies = np.abs(centred).max(axis=-1, initial=0.0) > _FLAT * np.abs(known).max(axis=-1, initial=0.0)
    return centred, varies


def pearson(first: Vector, second: Vector) -> float | None:
    """Pearson r over the entries finite in both; None under three of them or where one side is constant."""
    return optional(float(pearson_rows(first, second)))


def spearman(first: Vector, second: Vector) -> float | None:
    """Spearman ρ: Pearson r of the average ranks, over the entries finite in both."""
    a, b = _rankable(first, second)
    if len(a) < MIN_PAIRS:
        return None
    return pearson(average_ranks(a), average_ranks(b))


def kendall(first: Vector, second: Vector) -> float | None:
    """Kendall's τ-b, which corrects for ties on both sides, over the entries finite in both."""
    a, b = _rankable(first, second)
    if len(a) < MIN_PAIRS or is_constant(a) or is_constant(b):
        return None
    return optional(kendall_tau_b(a, b))


def _rankable(first: Vector, second: Vector) -> tuple[Vector, Vector]:
    both = np.isfinite(first) & np.isfinite(second)
    # Means of z-scores that are equal on paper differ in the last bit; a rank must not see that.
    return np.round(first[both], 12), np.round(second[both], 12)


def fisher_ci(r: float, n: int) -> Interval | None:
    """95 % interval of a correlation of `n` independent pairs: tanh(atanh r ± 1.96 / √(n − 3)).

    None under four pairs, and at r = ±1, where the transform has no value.
    """
    if n <= 3 or abs(r) >= 1:
        return None
    centre, reach = math.atanh(r), _Z95 / math.sqrt(n - 3)
    return math.tanh(centre - reach), math.tanh(centre + reach)


def fisher_mean(correlations: Iterable[tuple[float, int]]) -> tuple[float, Interval | None] | None:
    """Fisher-z mean of the correlations of several groups, each given as (r, n pairs), with its interval.

    Groups count with n − 3, the inverse of the variance of their z, those under four pairs only where no group has
    more. The interval takes the groups' pairs as independent: tanh(mean z ± 1.96 / √Σ (n − 3)); None where no group
    has four pairs, or r = ±1. The mean is None for no group, or where r = +1 and r = −1 meet.
    """
    groups = list(correlations)
    if not groups:
        return None
    if any(abs(r) >= 1 for r, _ in groups):
        ends = {r for r, _ in groups if abs(r) >= 1}
        return (ends.pop(), None) if len(ends) == 1 else None
    weights = [max(0, n - 3) for _, n in groups]
    total = sum(weights)
    if not total:
        return math.tanh(math.fsum(math.atanh(r) for r, _ in groups) / len(groups)), None
    z = math.fsum(weight * math.atanh(r) for weight, (r, _) in zip(weights, groups, strict=True)) / total
    reach = _Z95 / math.sqrt(total)
    return math.tanh(z), (math.tanh(z - reach), math.tanh(z + reach))


def partial(first: Vector, second: Vector, covariates: Matrix) -> Partial:
    """Pearson r of what is left of `first` and `second` after least squares on `covariates` (c, pairs).

    The regression has an intercept; df = n − 2 − c, c not counting covariates that repeat others; p is
    that of the t test. All None where no degree of freedom is left, or nothing of a variable is (a layer given itself).
    """
    keep = np.isfinite(first) & np.isfinite(second) & np.isfinite(covariates).all(axis=0)
    n = int(keep.sum())
    a, b, given = first[keep], second[keep], covariates[:, keep]
    given = given[[not is_constant(row) for row in given]]
    if n < MIN_PAIRS or is_constant(a) or is_constant(b):
        return Partial()
    design = np.column_stack([np.ones(n), *((row - row.mean()) / row.std() for row in given)])
    targets = np.column_stack([a - a.mean(), b - b.mean()])
    coefficients, _, rank, _ = np.linalg.lstsq(design, targets, rcond=1e-10)
    left = targets - design @ coefficients
    df = n - 1 - int(rank)
    share = np.sqrt((left**2).sum(axis=0) / (targets**2).sum(axis=0))
    if df < 1 or bool((share < 1e-8).any()):
        return Partial()
    r = float(np.clip((left[:, 0] @ left[:, 1]) / math.sqrt(np.prod((left**2).sum(axis=0))), -1, 1))
    if 1 - r * r <= 0:
        return Partial(r=r, p=0.0, df=df)
    return Partial(r=r, p=2 * t_upper(abs(r) * math.sqrt(df / (1 - r * r)), df), df=df)


def power_of_r(r: float, n: int, alpha: float = 0.05) -> float:
    """Chance that `n` pairs show a true correlation `r` at the two-sided level `alpha`; n at least 4.

    Fisher's approximation with the bias term r / (2 (n − 1)) and the exact critical r of the t test
    (Cohen, 1988), the form used by R's pwr package.
    """
    t = -t_quantile(alpha / 2, n - 2)
    critical = math.atanh(t / math.sqrt(t * t + n - 2))
    shift = math.atanh(r) + r / (2 * (n - 1))
    scale = math.sqrt(n - 3)
    return normal_below((shift - critical) * scale) + normal_below((-shift - critical) * scale)


def detectable_r(n: int, power: float = 0.8) -> float | None:
    """The correlation that `n` pairs detect with the stated power at p < .05; None under four pairs."""
    if n < 4:
        return None
    top = 1 - 1e-12
    if power_of_r(top, n) < power:
        return None
    return brent_root(lambda r: power_of_r(r, n) - power, 0.0, top, xtol=1e-10)


def pairs_needed(r: float, power: float = 0.8) -> int | None:
    """The fewest pairs that detect `r` with the stated power at p < .05.

    None for an r that is ±1, or so near 0 that a million pairs would not do.
    """
    size = abs(r)
    if size >= 1 or power_of_r(size, MAX_PAIRS_NEEDED) < power:
        return None
    low, high = 3, MAX_PAIRS_NEEDED
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of_r(size, middle) >= power else (middle, high)
    return high


def brent_root(f: Callable[[float], float], low: float, high: float, *, xtol: float) -> float:
    """Where f is 0 between `low` and `high`, at which its signs must differ, within `xtol`.

    Brent's method with the steps of scipy.optimize.brentq, and so the same last digit; importing scipy.optimize takes
    longer than everything else in an analysis whose similarities are known. Raises ValueError for equal signs.
    """
    before, now, other = low, high, 0.0
    f_before, f_now, f_other = f(before), f(now), 0.0
    step_before = step = 0.0
    if f_before == 0 or f_now == 0:
        return before if f_before == 0 else now
    if (f_before < 0) == (f_now < 0):
        raise ValueError("f has the same sign at both ends")
    while True:
        if f_before != 0 and (f_before < 0) != (f_now < 0):
            other, f_other = before, f_before
            step_before = step = now - before
        if abs(f_other) < abs(f_now):
            before, now, other = now, other, now
            f_before, f_now, f_other = f_now, f_other, f_now
        tolerance = (xtol + _RELATIVE_TOLERANCE * abs(now)) / 2
        half = (other - now) / 2
        if f_now == 0 or abs(half) < tolerance:
            return now
        attempt = math.inf
        if abs(step_before) > tolerance and abs(f_now) < abs(f_before):
            if before == other:
                attempt = -f_now * (now - before) / (f_now - f_before)
            else:
                rise, other_rise = (f_before - f_now) / (before - now), (f_other - f_now) / (other - now)
                slopes = f_other * other_rise - f_before * rise
                attempt = -f_now * slopes / (other_rise * rise * (f_other - f_before))
        if 2 * abs(attempt) < min(abs(step_before), 3 * abs(half) - tolerance):
            step_before, step = step, attempt
        else:
            step_before = step = half
        before, f_before = now, f_now
        now += step if abs(step) > tolerance else math.copysign(tolerance, half)
        f_now = f(now)
