"""Layers against the pixels over all digits at once, and r over all digits for new people and new pairs.

One test for all layers: with ten of them, one in three studies would hold a difference at p < .05 by chance alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.analysis import resampling
from simtui.analysis.correlation import Matrix, Vector, mean_rating, pearson_rows
from simtui.analysis.distributions import chi2_upper, t_upper
from simtui.analysis.layer_results import ForNew, Heterogeneity, Interval, OverallDifference
from simtui.analysis.new_people import for_new, own_r
from simtui.analysis.resampling import Units, percentile_interval

EQUIVALENT = 0.1
"""A difference of Fisher z below this is none that matters."""

N_RESAMPLES = 9_999

_NEARLY_ONE = 0.999
"""An r of exactly 1, as resamples of few pairs give, has no Fisher z."""

_PAIRS, _PEOPLE = 8, 9
"""The generators of both, after the seed: other resampling uses the streams 0 to 7 of it."""


@dataclass(frozen=True, slots=True)
class DigitTable:
    """A digit's pairs. layers: (layers, pairs), none constant; ratings: (all raters, pairs), NaN where missing."""

    layers: Matrix
    ratings: Matrix
    units: Units

    @property
    def weight(self) -> float:
        """Of its Fisher z in means over digits."""
        return float(max(0, self.layers.shape[1] - 3))


@dataclass(frozen=True, slots=True)
class OverDigits:
    """ci_crossed, for_new: of each layer's r over the digits, for new people and pairs, by resampling both, and with
    few people in mind. differences: of all but the baseline.
    """

    ci_crossed: tuple[Interval | None, ...]
    for_new: tuple[ForNew, ...]
    differences: tuple[OverallDifference, ...]


def over_digits(digits: Sequence[DigitTable], names: Sequence[str], baseline: str, *, seed: int = 0) -> OverDigits:
    """What holds of the layers `names` over all digits, for new people and pairs.

    People are drawn once for all digits, pairs within each. Raises ValueError where no digit has four pairs.
    """
    weights = np.array([digit.weight for digit in digits])
    if not weights.any():
        raise ValueError("no digit has four rated pairs")
    weights = weights / weights.sum()
    seen, alone, crossed = np.zeros(len(names)), np.zeros((N_RESAMPLES, len(names))), None
    together = len(digits[0].ratings) >= 2
    both = np.zeros((N_RESAMPLES, len(names)))
    people = np.stack([[own_r(layer, digit.ratings) for layer in digit.layers] for digit in digits])
    for i, (digit, weight) in enumerate(zip(digits, weights, strict=True)):
        human = mean_rating(digit.ratings)
        seen += weight * _z(pearson_rows(digit.layers, human))
        alone += weight * _z(resampling.bootstrap(digit.layers, human, digit.units, _stream(seed, i), N_RESAMPLES))
        if together:
            # The same generator of people for every digit: the same people are drawn in all of them.
            rng = _stream(seed, i), np.random.default_rng([seed, _PEOPLE])
            drawn = resampling.crossed_bootstrap(digit.layers, digit.ratings, digit.units, rng, N_RESAMPLES)
            both += weight * _z(drawn)
    crossed = both if together else None
    ends = [None if crossed is None else percentile_interval(crossed[:, i]) for i in range(len(names))]
    # Of a person who has no digit of some, the mean is over the others.
    there = (np.isfinite(people) * weights[:, None, None]).sum(axis=0)
    own = np.nansum(people * weights[:, None, None], axis=0) / np.where(there > 0, there, np.nan)
    df = sum(digit.units.count - 2 for digit, weight in zip(digits, weights, strict=True) if weight)
    n = 3 + int(sum(digit.weight for digit in digits))
    return OverDigits(
        ci_crossed=tuple(None if each is None else (math.tanh(each[0]), math.tanh(each[1])) for each in ends),
        for_new=tuple(for_new(math.tanh(seen[i]), own[i], np.tanh(alone[:, i]), df, n) for i in range(len(names))),
        differences=_differences(seen, alone, crossed, list(names), baseline),
    )


def _stream(seed: int, digit: int) -> np.random.Generator:
    return np.random.default_rng([seed, _PAIRS, digit])


def _z(r: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.arctanh(np.clip(r, -_NEARLY_ONE, _NEARLY_ONE)), dtype=np.float64)


def _differences(
    seen: Vector, alone: Matrix, crossed: Matrix | None, names: list[str], baseline: str
) -> tuple[OverallDifference, ...]:
    if baseline not in names:
        return ()
    base = names.index(baseline)
    others = [i for i in range(len(names)) if i != base]
    dz = seen[others] - seen[base]
    of_pairs = alone[:, others] - alone[:, [base]]
    family: list[float | None] = [None] * len(others)
    if crossed is not None:
        of_both = crossed[:, others] - crossed[:, [base]]
        family = [*family_p(dz, of_both)]
    return tuple(
        OverallDifference(
            layer=names[i],
            dz=float(dz[place]),
            ci=percentile_interval(of_pairs[:, place]),
            ci_crossed=None if crossed is None else percentile_interval(of_both[:, place]),
            p_family=family[place],
            equivalent=None if crossed is None else _equivalent(of_both[:, place]),
        )
        for place, i in enumerate(others)
    )


def family_p(seen: Vector, resampled: Matrix) -> tuple[float | None, ...]:
    """Two-sided p of each difference (layers,) from its resamples (resamples, layers), for all of them together.

    By the largest |t| over the layers of the resamples about what was seen (Westfall & Young, 1993); None where
    resamples without r are too many, or do not vary.
    """
    defined = resampled[np.isfinite(resampled).all(axis=1)]
    if len(defined) < (1 - resampling.MAX_UNDEFINED) * len(resampled):
        return (None,) * len(seen)
    error = defined.std(axis=0)
    varies = error > 1e-12
    scale = np.where(varies, error, 1.0)
    largest = (np.abs(defined - seen) / scale)[:, varies].max(axis=1, initial=0.0)
    reached = [int((largest >= size).sum()) for size in np.abs(seen) / scale]
    return tuple(
        (count + 1) / (len(defined) + 1) if usable else None for count, usable in zip(reached, varies, strict=True)
    )


def _equivalent(resampled: Vector) -> bool | None:
    defined = resampled[np.isfinite(resampled)]
    if len(defined) < (1 - resampling.MAX_UNDEFINED) * len(resampled):
        return None
    low, high = np.percentile(defined, [5, 95])
    return bool(low > -EQUIVALENT and high < EQUIVALENT)


def heterogeneity(correlations: Sequence[tuple[float, int]]) -> Heterogeneity | None:
    """Cochran's Q of the correlations of several digits, each (r, pairs); None for under two that have an r and a z."""
    usable = [(r, n) for r, n in correlations if n > 3 and abs(r) < 1]
    if len(usable) < 2:
        return None
    z, weight = np.arctanh([r for r, _ in usable]), np.array([n - 3.0 for _, n in usable])
    q = float(weight @ (z - weight @ z / weight.sum()) ** 2)
    return Heterogeneity(q=q, df=len(usable) - 1, p=chi2_upper(q, len(usable) - 1))


def williams_t(first: Vector, second: Vector, human: Vector) -> tuple[float, float] | None:
    """Williams' t that two layers correlate alike with the same ratings, all (pairs,), and its two-sided p, df n − 3.

    t = (r₁ − r₂) √((n − 1)(1 + r₁₂) / (2 |R| (n − 1) / (n − 3) + r̄² (1 − r₁₂)³)) (Williams, 1959; Steiger, 1980).
    None under four pairs, where a side is constant, or where both layers say the same.
    """
    n = len(human)
    a, b, between = (float(r) for r in pearson_rows(np.stack([first, second, first]), np.stack([human, human, second])))
    if n < 4 or not math.isfinite(a + b + between) or 1 - abs(between) < 1e-12:
        return None
    determinant = 1 - a * a - b * b - between * between + 2 * a * b * between
    below = 2 * determinant * (n - 1) / (n - 3) + ((a + b) / 2) ** 2 * (1 - between) ** 3
    if below <= 0:
        return None
    t = (a - b) * math.sqrt((n - 1) * (1 + between) / below)
    return t, 2 * t_upper(abs(t), n - 3)
