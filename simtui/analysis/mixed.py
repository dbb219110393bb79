"""Ratings on similarity for new people and new pairs at once: the mixed model with crossed random effects.

The model is lme4's `rating ~ similarity + (1 | rater) + (0 + similarity | rater) + (1 | pair)`. A complete table has
a closed form from its mean squares; any other is fitted by REML (`mixed_reml`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simtui.analysis.correlation import MIN_PAIRS, Matrix, Vector, is_constant, mean_rating, optional
from simtui.analysis.distributions import f_upper, t_quantile, t_upper
from simtui.analysis.layer_results import SHAPE, Followed, Interval, Mixed
from simtui.analysis.resampling import WHOLE_RANGE
from simtui.analysis.usable import UsableRatings

_NIL = 1e-20
"""Below this share of the ratings' sum of squares a mean square is rounding error."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A slope with its standard error, the degrees of freedom of the latter, and the variances it rests on."""

    slope: float
    se: float
    df: float
    var_pair: float
    var_rater_slope: float


def mixed(similarity: Vector, ratings: Matrix) -> Mixed:
    """How ratings (raters, pairs), NaN where missing, rise with similarity (pairs,), for new people and new pairs.

    All None under two raters or three rated pairs, or where similarity or mean rating is constant.
    """
    rated = np.isfinite(ratings).any(axis=0)
    x, y = similarity[rated], ratings[:, rated]
    y = y[np.isfinite(y).any(axis=1)]
    mean = mean_rating(y)
    if len(y) < 2 or len(x) < MIN_PAIRS or is_constant(x) or is_constant(mean):
        return Mixed()
    x = (x - x.mean()) / x.std()
    found: Estimate | None
    if np.isfinite(y).all():
        found = _complete(x, y)
    else:
        from simtui.analysis.mixed_reml import reml

        found = reml(x, y)
    f, p_f = differ_in(x, y)
    if found is None or not found.se > 0:
        return Mixed(differ_f=f, differ_p=p_f)
    reach = -t_quantile(0.025, found.df) * found.se
    return Mixed(
        slope=found.slope,
        se=found.se,
        df=found.df,
        p=2 * t_upper(abs(found.slope) / found.se, found.df),
        ci=(found.slope - reach, found.slope + reach),
        ci_r=interval_of_r(float(np.corrcoef(x, mean)[0, 1]), len(x), reach / float(mean.std())),
        var_pair=found.var_pair,
        var_rater_slope=found.var_rater_slope,
        differ_f=f,
        differ_p=p_f,
    )


def _complete(x: Vector, y: Matrix) -> Estimate:
    """Closed form of a complete table (k, n); x has mean 0.

    With S = Σx², raters' slopes b_j and their variance s_b², s²_ȳ the residual mean square of the mean rating
    (df n − 2) and MSE that of the table without pairs, raters and slopes (df (n − 2)(k − 1)):
    SE² = s²_ȳ / S + s_b² / k − MSE / (kS) where s_b² > MSE / S, else s²_ȳ / S; degrees of freedom after
    Satterthwaite (1946).
    """
    k, n = y.shape
    total = float(x @ x)
    slopes, mse = _slopes(x, y)
    mean = y.mean(axis=0)
    slope = float(slopes.mean())
    left = mean - mean.mean() - slope * x
    of_mean = float(left @ left) / (n - 2)
    spread = float(slopes.var(ddof=1))
    parts = [(of_mean / total, n - 2)]
    if spread > mse / total:
        parts += [(spread / k, k - 1), (-mse / (k * total), (n - 2) * (k - 1))]
    variance = sum(part for part, _ in parts)
    below = sum(part**2 / df for part, df in parts)
    return Estimate(
        slope=slope,
        se=math.sqrt(max(variance, 0.0)),
        df=variance**2 / below if below > 0 else float(n - 2),
        var_pair=max(0.0, of_mean - mse / k),
        var_rater_slope=max(0.0, spread - mse / total),
    )


def _slopes(x: Vector, y: Matrix) -> tuple[Vector, float]:
    """Each rater's slope, and the mean square of what pairs, raters and slopes leave of a complete table."""
    k, n = y.shape
    centred = y - y.mean(axis=1, keepdims=True)
    slopes = centred @ x / (x @ x)
    left = centred - slopes[:, None] * x
    left = left - left.mean(axis=0)
    return slopes, float((left**2).sum()) / ((n - 2) * (k - 1))


def own_slopes(similarity: Vector, ratings: Matrix) -> Vector:
    """Each person's slope (people,), in rating points per standard deviation of similarity over all pairs (pairs,).

    ratings: (people, pairs), NaN where missing. NaN for who rated under three pairs, or pairs of one similarity.
    """
    rated = np.isfinite(ratings)
    count = rated.sum(axis=1)
    x = np.where(rated, (similarity - similarity.mean()) / (similarity.std() or 1.0), 0.0)
    x = np.where(rated, x - x.sum(axis=1, keepdims=True) / np.maximum(count, 1)[:, None], 0.0)
    size = (x * x).sum(axis=1)
    known = (count >= MIN_PAIRS) & (size > 1e-9)
    product = (x * np.where(rated, ratings, 0.0)).sum(axis=1)
    slopes: Vector = np.divide(product, size, out=np.full(len(ratings), np.nan), where=known)
    return slopes


def differ_in(x: Vector, y: Matrix) -> tuple[float | None, float | None]:
    """Whether raters' slopes on x (pairs,) differ, y (raters, pairs) with NaN where missing: F and p, or Nones."""
    if len(y) < 2 or len(x) < MIN_PAIRS:
        return None, None
    if np.isfinite(y).all():
        return differ(x, y)
    from simtui.analysis.mixed_reml import differ_incomplete

    return differ_incomplete(x - x.mean(), y)


def differ(x: Vector, y: Matrix) -> tuple[float | None, float | None]:
    """Whether raters' slopes on x differ in a complete table: F = s_b² S / MSE on (k − 1, (n − 2)(k − 1)), and p."""
    k, n = y.shape
    x = x - x.mean()
    slopes, mse = _slopes(x, y)
    if mse <= _NIL * float((y**2).sum()):
        return None, None
    f = float(slopes.var(ddof=1) * (x @ x)) / mse
    return f, f_upper(f, k - 1, (n - 2) * (k - 1))


def interval_of_r(r: float, n: int, reach: float) -> Interval | None:
    """The interval of a slope, on the scale of r: tanh(atanh r ± atanh c); c is the least |r| that excludes 0.

    reach: half the width of the slope's interval, over the standard deviation of the mean rating. Of its square,
    t² (1 − r²) / (n − 2) is due to pairs and shrinks with r, and the rest to raters; hence c² (1 + t² / (n − 2)) =
    reach² + r² t² / (n − 2). It excludes 0 exactly where the slope's interval does, and where raters do not differ
    c is the critical r of the t test, which makes it Fisher's interval to about 1 %. None where it would say nothing.
    """
    share = t_quantile(0.025, n - 2) ** 2 / (n - 2)
    critical = math.sqrt((reach**2 + share * r * r) / (1 + share))
    if critical >= 1:
        return None
    if abs(r) >= 1:
        return r, r
    centre, half = math.atanh(r), math.atanh(critical)
    low, high = math.tanh(centre - half), math.tanh(centre + half)
    return (low, high) if high - low < WHOLE_RANGE else None


def following(
    layers: Mapping[str, Vector], covariates: Mapping[str, Vector], ratings: UsableRatings
) -> dict[str, Followed]:
    """How far each person's ratings rise with every layer and with `SHAPE`, by name; empty where nobody can be used.

    layers, covariates: by name, of all pairs, (pairs,); one that is constant over the rated pairs, or not known of all
    of them, is left out.
    """
    shape = {SHAPE: covariates[SHAPE]} if SHAPE in covariates else {}
    rated = ratings.rated
    h = ratings.averaged[:, rated]
    found = {}
    for name, values in (dict(layers) | shape).items():
        x = values[rated]
        if len(h) and len(x) >= MIN_PAIRS and np.isfinite(x).all() and not is_constant(x):
            f, p = differ_in(x, h)
            slopes = own_slopes(x, h)
            everybody = ratings.for_everybody(slopes)
            finite = slopes[np.isfinite(slopes)]
            mean = optional(float(finite.mean())) if finite.size else None
            found[name] = Followed(slopes=everybody, mean=mean, differ_f=f, differ_p=p)
    return found
