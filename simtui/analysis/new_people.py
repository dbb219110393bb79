"""r for new people and new units where the mixed model does not reach: over several digits, and of shared images.

Resampling alone takes few people to be more alike than they are: of two, half of the resamples draw only one. What
units and people add to the variance of r is therefore estimated apart, the first by the bootstrap of the units, the
second from people's own slopes, and both are summed with degrees of freedom after Satterthwaite (1946). What single
ratings add is in both: the interval is on the safe side.
"""

from __future__ import annotations

import math

import numpy as np

from simtui.analysis.correlation import Matrix, Vector, mean_rating
from simtui.analysis.distributions import t_quantile, t_upper
from simtui.analysis.layer_results import ForNew
from simtui.analysis.mixed import interval_of_r, own_slopes
from simtui.analysis.resampling import MAX_UNDEFINED


def own_r(similarity: Vector, ratings: Matrix) -> Vector:
    """What each person's ratings (people, pairs) add to r with their mean, (people,); their mean is r if complete.

    A person's slope, per standard deviation of the mean rating; NaN for who rated too little.
    """
    rated = np.isfinite(ratings).any(axis=0)
    spread = float(mean_rating(ratings[:, rated]).std())
    slopes = own_slopes(similarity[rated], ratings[:, rated])
    return slopes / spread if spread > 0 else np.full(len(ratings), np.nan)


def for_new(r: float, people: Vector, resampled: Vector, df_units: float, n: int) -> ForNew:
    """Interval and p of r.

    people: `own_r`, (people,), NaN for who has none. resampled: r in resamples of the units, of which df_units are the
    degrees of freedom. n: pairs. All None under two people or where too many resamples have no r.
    """
    own, units = people[np.isfinite(people)], resampled[np.isfinite(resampled)]
    k = len(own)
    if k < 2 or df_units < 1 or n < 4 or len(units) < (1 - MAX_UNDEFINED) * len(resampled) or not math.isfinite(r):
        return ForNew()
    of_people, of_units = float(own.var(ddof=1)) / k, float(units.var())
    variance = of_people + of_units
    if variance <= 0:
        return ForNew()
    df = variance**2 / (of_people**2 / (k - 1) + of_units**2 / df_units)
    se = math.sqrt(variance)
    return ForNew(ci=interval_of_r(r, n, -t_quantile(0.025, df) * se), df=df, p=2 * t_upper(abs(r) / se, df))
